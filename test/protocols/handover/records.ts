/** Handover records for the tests, one of each kind, and any record at all. */
import fc from 'fast-check';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';

const eventTime = '2026-03-01T08:00:00.000+07:00';

export const ONE_OF_EACH: HandoverRecord[] = [
  {
    kind: 'offer',
    move: 'huu-nghi-1',
    load: 'laden',
    track: 'north',
    vehicle: 'xe-1',
    homeGate: 'huu-nghi',
    plate: '12C-123.45',
    containers: [{ number: 'CSQU3054383', seals: ['VN123456'], grossKg: 24_000 }],
  },
  { kind: 'offer-withdrawn', move: 'huu-nghi-1' },
  {
    kind: 'grant',
    move: 'huu-nghi-1',
    grant: 'g-1',
    track: 'north',
    holdNode: 'hnq-in-1',
    bayNode: 'hnq-bay-land',
  },
  { kind: 'grant-refused', move: 'huu-nghi-1', reason: 'yard full' },
  { kind: 'grant-returned', move: 'huu-nghi-1', grant: 'g-1' },
  { kind: 'departed', move: 'huu-nghi-1', grant: 'g-1', eventTime },
  { kind: 'recalled', move: 'huu-nghi-1', reason: 'đầu kéo hỏng phanh' },
  { kind: 'arrived', move: 'huu-nghi-1', eventTime },
  { kind: 'received', move: 'huu-nghi-1', eventTime, containers: ['CSQU3054383'] },
  { kind: 'closed', move: 'huu-nghi-1', eventTime },
  { kind: 'authority-ask', ask: 'a-1', vehicle: 'xe-1', from: 'km0-north', to: 'hnq-in-1' },
  { kind: 'authority', ask: 'a-1', vehicle: 'xe-1', from: 'km0-north', to: 'hnq-in-1' },
  { kind: 'token-ask', track: 'north' },
  { kind: 'token', track: 'north' },
];

/** Records with texts of any script in them. */
export const anyRecord: fc.Arbitrary<HandoverRecord> = fc
  .record({
    base: fc.constantFrom(...ONE_OF_EACH),
    move: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    plate: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  })
  .map(({ base, move, plate }) => {
    if (base.kind === 'offer') return { ...base, move, plate };
    if ('move' in base) return { ...base, move };
    return 'ask' in base ? { ...base, ask: move } : { ...base, track: move };
  });
