/** One case that passes, as anyone would write it for `gate reconcile`, and ways to change one thing of it. */
import assert from 'node:assert/strict';
import { readCase } from '../../edge/cli/case-file.ts';
import type { ReasonCode } from '../../edge/core/reasons.ts';
import type { Case } from '../../edge/core/reconcile/case.ts';
import { type Outcome, reconcile } from '../../edge/core/reconcile.ts';

type Members = Record<string, unknown>;

export interface Line extends Members {
  expected: Members[];
  clearances: Members[];
  evidence: Members[];
  policy: Members;
}

export type Change = (line: Line) => void;

export const AT = Date.parse('2026-11-21T08:00:00+07:00');
const OFFSET_MS = 7 * 3_600_000;
/** A time before (negative) or after the decision, as a case writes it. */
export const time = (afterMs: number): string =>
  new Date(AT + afterMs + OFFSET_MS).toISOString().replace('Z', '+07:00');

export const BOX = 'CSQU3054383';
export const REAR_BOX = 'MWCU6059784';
export const DECLARATION = '308044805740';
export const OTHER_DECLARATION = '308044805910';
export const HOUR_MS = 3_600_000;

export const sampleLine = (): Line => ({
  id: 'c1',
  at: time(0),
  checkpoint: 'border-out',
  expected: [
    {
      crossingId: 'x1',
      vehicle: { plate: '12C-123.45', trailer: '12R-012.34' },
      containers: [{ number: BOX, seals: ['VN123456'] }],
      declarations: [DECLARATION],
    },
  ],
  clearances: [
    {
      declaration: DECLARATION,
      kind: 'export',
      channel: 'green',
      status: 'released',
      asOf: time(-60_000),
      validUntil: time(16 * HOUR_MS),
      source: 'VNACCS',
      containers: [{ number: BOX, seals: ['VN123456'], grossKg: 24_100 }],
      conditions: { scan: 'not-required', quarantine: 'passed' },
    },
  ],
  evidence: [
    { device: 'anpr-1', kind: 'plate', value: '12C12345', quality: 0.97, at: time(-2_000) },
    { device: 'anpr-2', kind: 'trailer', value: '12R01234', quality: 0.95, at: time(-2_000) },
    { device: 'ocr-1', kind: 'container', value: BOX, quality: 0.98, at: time(-2_000) },
    { device: 'seal-1', kind: 'seal', value: 'VN123456', state: 'intact', quality: 0.9, at: time(-2_000) },
    { device: 'scale-1', kind: 'weight', grossKg: 39_350, tareKg: 15_200, stable: true, at: time(-1_000) },
    { device: 'rpm-1', kind: 'radiation', alarm: false, at: time(-3_000) },
  ],
  policy: { clearanceAgeMsMax: 900_000, weightTolerance: { percent: 5, kg: 500 } },
});

// ---------------------------------------------------------------- changes

/** Members set to undefined are taken away. */
function set(target: Members, members: Members): void {
  Object.assign(target, members);
  for (const [name, value] of Object.entries(members)) if (value === undefined) delete target[name];
}

const part = (target: Members | undefined, name: string, at?: number): Members => {
  const value = target?.[name];
  return (at === undefined ? value : (value as unknown[])[at]) as Members;
};

/** The whole line. */
export const line =
  (members: Members): Change =>
  (one) =>
    set(one, members);
export const checkpoint = (name: string): Change => line({ checkpoint: name });
export const crossing =
  (members: Members): Change =>
  ({ expected }) =>
    set(expected[0] ?? {}, members);
export const vehicle =
  (members: Members): Change =>
  ({ expected }) =>
    set(part(expected[0], 'vehicle'), members);
/** Its first container, as announced. */
export const box =
  (members: Members): Change =>
  ({ expected }) =>
    set(part(expected[0], 'containers', 0), members);
/** What customs says of the declaration. */
export const word =
  (members: Members): Change =>
  ({ clearances }) =>
    set(clearances[0] ?? {}, members);
/** What customs says of its first container. */
export const cleared =
  (members: Members): Change =>
  ({ clearances }) =>
    set(part(clearances[0], 'containers', 0), members);
/** A document that came over the ASEAN Single Window. */
export const advance =
  (members: Members): Change =>
  (one) => {
    one.advance = [
      ...((one.advance as Members[] | undefined) ?? []),
      { issuer: 'TH', issuedAt: time(-HOUR_MS), ...members },
    ];
  };
export const conditions = (members: Members): Change => word({ conditions: members });
export const policy =
  (members: Members): Change =>
  (one) =>
    set(one.policy, members);
/** What is demanded of a laden vehicle at the border. */
export const demanding = (...laden: string[]): Change => policy({ conditions: { 'border-out': { laden } } });
/** The reading of one kind. */
export const read =
  (kind: string, members: Members): Change =>
  ({ evidence }) => {
    for (const one of evidence) if (one.kind === kind) set(one, members);
  };
export const also =
  (...more: Members[]): Change =>
  ({ evidence }) => {
    for (const one of more) evidence.push({ device: 'other', at: time(-1_500), ...one });
  };
export const without =
  (...kinds: string[]): Change =>
  (one) => {
    one.evidence = one.evidence.filter(({ kind }) => !kinds.includes(String(kind)));
  };
export const alsoExpected =
  (members: Members): Change =>
  ({ expected }) => {
    expected.push({ ...structuredClone(expected[0]), ...members });
  };
export const alsoCleared =
  (members: Members): Change =>
  ({ clearances }) => {
    clearances.push({ ...structuredClone(clearances[0]), ...members });
  };
export const finding = (members: Members): Change =>
  line({
    findings: [{ person: 'lan', role: 'customs-officer', at: time(-500), reason: 'seen', ...members }],
  });

/** A second container behind the first, with its own clearance and readings: 12,000 kg of declared weight each. */
export const twins: Change = (one) => {
  const [front] = one.expected;
  const rear = { number: REAR_BOX, position: 'rear', seals: ['VN654321'] };
  set(front ?? {}, { containers: [{ number: BOX, position: 'front', seals: ['VN123456'] }, rear] });
  set(one.clearances[0] ?? {}, {
    containers: [
      { number: BOX, seals: ['VN123456'], grossKg: 12_000 },
      { number: REAR_BOX, seals: ['VN654321'], grossKg: 12_000 },
    ],
  });
  read('container', { position: 'front' })(one);
  read('weight', { grossKg: 39_200 })(one);
  also(
    { kind: 'container', device: 'ocr-1', value: REAR_BOX, position: 'rear' },
    { kind: 'seal', device: 'seal-1', value: 'VN654321' },
  )(one);
};

/** An empty container of 20 feet, 2,200 kg, seen to be empty. */
export const empty: Change = (one) => {
  set(one.expected[0] ?? {}, {
    load: 'empty',
    declarations: [],
    containers: [{ number: BOX, sizeType: '22G1' }],
  });
  one.clearances = [];
  without('seal', 'radiation')(one);
  read('weight', { grossKg: 17_400 })(one);
  also({ kind: 'emptiness', device: 'camera-in', empty: true, container: BOX })(one);
};

/** A vehicle that carries nothing. */
export const bobtail: Change = (one) => {
  set(one.expected[0] ?? {}, { load: 'bobtail', declarations: [], containers: [] });
  one.clearances = [];
  without('container', 'seal', 'radiation', 'weight')(one);
};

// ---------------------------------------------------------------- judging

export function caseOf(...changes: Change[]): Case {
  const one = sampleLine();
  for (const change of changes) change(one);
  const parsed = readCase(JSON.stringify(one));
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.error);
  return parsed.case;
}

export const judge = (...changes: Change[]): Outcome => reconcile(caseOf(...changes));

/** Each code once, in the order of the alphabet. */
export const codesOf = ({ reasons }: Outcome): ReasonCode[] => [
  ...new Set(reasons.map(({ code }) => code).toSorted()),
];

/** Verdict and codes in one line: `refer SEAL_BROKEN SEAL_MISSING`. */
export const told = (...changes: Change[]): string => {
  const outcome = judge(...changes);
  return [outcome.verdict, ...codesOf(outcome)].join(' ');
};

/** A story: what is changed, and what the gate says. */
export type Story = [title: string, changes: Change[], expected: string];

export function tell(stories: readonly Story[]): void {
  for (const [title, changes, expected] of stories) it(title, () => assert.equal(told(...changes), expected));
}
