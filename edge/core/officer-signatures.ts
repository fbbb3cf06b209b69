/** What a record of our log carries of the people whose act it tells: that act as they have signed it, where the site wants it. */
import type { RecordOf } from '../../protocols/handover/record.ts';
import type { OperatorAct } from './input.ts';
import { configOf } from './site.ts';
import type { GateState, Proposal } from './state.ts';

/** The member of the record; without it, it carries none. */
export type Signed = Pick<RecordOf<'closed'>, 'officerSignatures'>;

/**
 * Of an act, and of its second person's confirmation where it took one. All of them or none: a confirmation that does not name what it
 * confirms could stand on any record.
 */
export function signaturesOf(
  state: GateState,
  { signed }: Pick<Proposal, 'signed'>,
  confirmation?: Pick<OperatorAct, 'act' | 'signed'>,
): Signed {
  if (!configOf(state).counterpart.officerSignatures || signed === undefined) return {};
  if (confirmation === undefined) return { officerSignatures: [signed.jws] };
  const { act, signed: second } = confirmation;
  if (second === undefined || act.kind !== 'confirm' || act.of !== signed.id) return {};
  return { officerSignatures: [signed.jws, second.jws] };
}
