/**
 * The catalogue of reasons. A verdict is the worst of all reasons (DESIGN §7): what time or data alone can cure holds,
 * what needs a person refers. Each reason has one owner, who alone may clear it.
 */
import type { PersonRole } from '../../config/schema.ts';
import { cargoReasons } from './reasons/cargo.ts';
import { customsReasons } from './reasons/customs.ts';
import { type CatalogueEntry, type Owner, type Severity, SPEAKERS, type Text } from './reasons/entry.ts';
import { gateReasons } from './reasons/gate.ts';
import { identityReasons } from './reasons/identity.ts';

export type { Owner, Severity } from './reasons/entry.ts';
export type Verdict = 'pass' | 'hold' | 'refer';

export const catalogue = {
  ...identityReasons,
  ...cargoReasons,
  ...customsReasons,
  ...gateReasons,
} as const satisfies Record<string, CatalogueEntry>;

export type ReasonCode = keyof typeof catalogue;

/** A reason as it stands in a verdict. */
export interface Reason {
  code: ReasonCode;
  severity: Severity;
  owner: Owner;
  /** Who may clear it by a finding; empty: no act at the console does. */
  releasableBy: readonly PersonRole[];
  text: Text;
  /** What the text speaks of: `expected CSQU3054383, read MSCU1234565`. */
  detail: string;
  /** Where it comes from: a device, a declaration and its system, a rule with its legal basis. */
  source: string;
  /** Of a signed list: which, and what of the vehicle it names. */
  hit?: { list: string; kind: string };
  /** Crossings it may be, the likeliest first; the score tells by how much. */
  candidates?: readonly { crossingId: string; score: number }[];
  remedy: Text;
}

/** The catalogue's entry with its detail and source filled in. */
export function reason(code: ReasonCode, detail = '', source = ''): Reason {
  const { severity, owner, releasableBy, text, remedy } = catalogue[code];
  return { code, severity, owner, releasableBy, text, detail, source, remedy };
}

/** The same reason of another owner, who alone clears it: of a list or a rule. */
export const ownedBy = (owner: Owner, one: Reason): Reason => ({
  ...one,
  owner,
  releasableBy: SPEAKERS[owner],
});

/** What speaks against what a vehicle carries, and not against the lane, the devices, or who it is. */
const ABOUT_CARGO: ReadonlySet<ReasonCode> = new Set([
  ...(Object.keys(cargoReasons) as ReasonCode[]),
  ...(Object.keys(customsReasons) as ReasonCode[]),
  'CONTAINER_MISMATCH',
  'RETURN_UNLINKED',
]);
export const isAboutCargo = ({ code }: Reason): boolean => ABOUT_CARGO.has(code);

/** What is judged anew from customs’ word whenever it matters. */
export const isCustomsWord = (code: string): boolean =>
  Object.hasOwn(customsReasons, code) && code !== 'RECALLED';

/** What only its source’s own new word lifts, and nobody at the gate. */
export const isLiftedBySource = (code: string): boolean =>
  !Object.hasOwn(catalogue, code) || catalogue[code as ReasonCode].releasableBy.length === 0;

/** It blocks; what is only told does not. */
export const isAgainst = ({ severity }: Pick<Reason, 'severity'>): boolean => severity !== 'info';

/** Whether two lists say the same. */
export const sameReasons = (a: readonly Reason[], b: readonly Reason[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((one, index) => one.code === b[index]?.code && one.detail === b[index]?.detail));

/** The worst of the reasons: any refer → refer, else any hold → hold, else pass. */
export function worst(reasons: readonly Pick<Reason, 'severity'>[]): Verdict {
  if (reasons.some((one) => one.severity === 'refer')) return 'refer';
  return reasons.some((one) => one.severity === 'hold') ? 'hold' : 'pass';
}
