/** Handover records for the tests, one of each kind, and any record at all. */
import fc from 'fast-check';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';

const eventTime = '2026-03-01T08:00:00.000+07:00';
const move = 'huu-nghi-1';
const containers = ['CSQU3054383'];
const digest = 'a'.repeat(64);
const evidence = [{ type: 'picture', sha256: digest } as const];
const remarks: Extract<HandoverRecord, { kind: 'disputed' }>['differences'] = [
  {
    code: 'SEAL_NUMBER',
    container: 'CSQU3054383',
    expected: 'VN123456',
    found: 'VN123465',
    text: [
      { lang: 'vi', text: 'Số niêm phong khác' },
      { lang: 'zh', text: '封志号不符', translated: true },
    ],
  },
];
const sealChecks: Extract<HandoverRecord, { kind: 'received' }>['sealChecks'] = [
  {
    container: 'CSQU3054383',
    expected: 'VN123456',
    found: 'VN123456',
    state: 'intact',
    method: 'person',
    photo: digest,
    checkedAt: eventTime,
    place: 'border-in',
    giver: 'huu-nghi',
    receiver: 'huu-nghi-quan',
  },
];
const officerSignatures = ['e30.e30.AA'];
const hotline = { number: '4711', sender: 'HN-07', receiver: 'HNQ-03' };

export const ONE_OF_EACH: HandoverRecord[] = [
  {
    kind: 'offered',
    move,
    custodyPoint: 'set-down',
    load: 'laden',
    track: 'north',
    vehicle: 'xe-1',
    homeGate: 'huu-nghi',
    plate: '12C-123.45',
    containers: [{ number: 'CSQU3054383', seals: ['VN123456'], grossKg: 24_000 }],
    withheld: { '/containers/0/declarations': digest },
  },
  { kind: 'offer-withdrawn', move },
  { kind: 'accepted', move },
  { kind: 'refused', move, code: 'CAPACITY', text: [{ lang: 'en', text: 'yard full' }] },
  {
    kind: 'granted',
    officerSignatures,
    move,
    grant: 'g-1',
    track: 'north',
    holdNode: 'hnq-in-1',
    bayNode: 'hnq-bay-land',
    hotline,
  },
  { kind: 'grant-returned', move, grant: 'g-1' },
  { kind: 'departed', move, grant: 'g-1', eventTime, containers, sealChecks, evidence, hotline },
  { kind: 'recalled', move, code: 'OTHER', text: [{ lang: 'vi', text: 'đầu kéo hỏng phanh' }] },
  { kind: 'arrived', move, eventTime },
  { kind: 'received', move, eventTime, containers, sealChecks },
  { kind: 'received-with-remarks', move, eventTime, containers, remarks },
  {
    kind: 'disputed',
    officerSignatures,
    move,
    discrepancy: 'd-1',
    eventTime,
    differences: remarks,
    deadline: '2026-03-02T08:00:00.000+07:00',
    place: 'hnq-bay-land',
    custodian: 'huu-nghi-quan',
    evidence,
  },
  {
    kind: 'joint-inspection',
    move,
    discrepancy: 'd-1',
    eventTime,
    inspectors: ['HN-07', 'HNQ-03'],
    outcome: 'confirmed',
  },
  { kind: 'closed', move, eventTime },
  { kind: 'returned', move, by: 'huu-nghi-quan-9', eventTime, containers },
  { kind: 'authority-asked', ask: 'a-1', vehicle: 'xe-1', from: 'km0-north', to: 'hnq-in-1' },
  { kind: 'authority-granted', ask: 'a-1', vehicle: 'xe-1', from: 'km0-north', to: 'hnq-in-1' },
  { kind: 'token-asked', track: 'north' },
  { kind: 'token-passed', track: 'north' },
  {
    kind: 'block-reset',
    reset: 'r-1',
    track: 'north',
    moves: [move],
    eventTime,
    officers: ['HN-07', 'HN-09'],
  },
  { kind: 'section-closing', closure: 'c-1', tracks: [], code: 'WEATHER', from: eventTime },
  { kind: 'section-closed', closure: 'c-1', eventTime },
  { kind: 'section-reopening', officerSignatures, closure: 'c-1', eventTime },
  { kind: 'filter-in-force', filter: digest, members: { offered: ['seals', 'grossKg'] } },
  { kind: 'keys-rotated', statement: '{}', signatures: { old: 'a', new: 'b' } },
  { kind: 'restored', size: 17, rootHash: digest, eventTime },
];

/** Records with texts of any script in them. */
export const anyRecord: fc.Arbitrary<HandoverRecord> = fc
  .record({
    base: fc.constantFrom(...ONE_OF_EACH),
    move: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    plate: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  })
  .map(({ base, move, plate }) => {
    if (base.kind === 'offered') return { ...base, move, plate };
    if ('move' in base) return { ...base, move };
    if ('ask' in base) return { ...base, ask: move };
    if ('track' in base) return { ...base, track: move };
    return 'closure' in base ? { ...base, closure: move } : base;
  });
