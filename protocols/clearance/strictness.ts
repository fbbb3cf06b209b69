/**
 * Which of two words about the same thing asks for more. A declaration speaks for all its containers, and a line of it
 * for one of them: where both speak, the stricter counts, so that neither can talk the other's demand away.
 */
import type { ClearanceReport, Requirement, RequirementState } from './words.ts';

type Requirements = Partial<Record<Requirement, RequirementState>>;

/** Each from what lets most pass to what lets least pass. */
const STATUSES = ['released', 'inspected', 'registered', 'withdrawn'] as const;
const CHANNELS = ['green', 'yellow', 'red'] as const;
const SEAL_RULES = ['none', 'optional', 'required'] as const;
const REQUIREMENT_STATES = ['not-required', 'passed', 'required', 'failed'] as const;

/** The stricter of two on a scale; where only one speaks, that one. */
function stricterOn<Word extends string>(scale: readonly Word[], a: Word, b: Word): Word {
  return scale.indexOf(a) >= scale.indexOf(b) ? a : b;
}

const both = <T>(a: T | undefined, b: T | undefined, choose: (a: T, b: T) => T): T | undefined =>
  a === undefined ? b : b === undefined ? a : choose(a, b);

/** What the words of a declaration and those of one of its containers come to, member by member. */
export interface Strictness {
  status?: ClearanceReport['status'] | undefined;
  channel?: ClearanceReport['channel'] | undefined;
  sealRule?: ClearanceReport['sealRule'] | undefined;
  requirements?: Requirements | undefined;
  validUntil?: number | undefined;
  complete?: boolean | undefined;
}

export const stricter = (a: Strictness, b: Strictness): Strictness => ({
  status: both(a.status, b.status, (x, y) => stricterOn(STATUSES, x, y)),
  channel: both(a.channel, b.channel, (x, y) => stricterOn(CHANNELS, x, y)),
  sealRule: both(a.sealRule, b.sealRule, (x, y) => stricterOn(SEAL_RULES, x, y)),
  requirements: both(a.requirements, b.requirements, stricterRequirements),
  validUntil: both(a.validUntil, b.validUntil, Math.min),
  complete: both(a.complete, b.complete, (x, y) => x && y),
});

function stricterRequirements(a: Requirements, b: Requirements): Requirements {
  const result: Requirements = { ...a };
  for (const [requirement, state] of Object.entries(b) as [Requirement, RequirementState][])
    result[requirement] = stricterOn(REQUIREMENT_STATES, result[requirement] ?? state, state);
  return result;
}
