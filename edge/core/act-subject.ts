/**
 * What an act is about, as it stands now: the very vehicle in a lane, the very finding of a crossing. A word that waited for its second
 * person counts only while that is the same: said of one vehicle, it never lets the next one go.
 */
import type { Act } from './input.ts';
import { isAgainst, type Reason } from './reasons.ts';
import type { GateState } from './state.ts';

type ClearFinding = Extract<Act, { kind: 'clear-finding' }>;

/** What was found on the way, or stands against it where it is now. */
export function clearable(
  { crossings }: Pick<GateState, 'crossings'>,
  { crossing, code }: Pick<ClearFinding, 'crossing' | 'code'>,
): Reason | undefined {
  const known = crossings[crossing];
  if (known === undefined) return undefined;
  return [...known.findings, ...known.reasons].find((one) => one.code === code && isAgainst(one));
}

/** Undefined for an act that names by itself all that it is about, and where there is nothing. */
export function subjectOf(state: GateState, act: Act): string | undefined {
  switch (act.kind) {
    case 'identify':
    case 'observe': {
      const visit = state.lanes[act.lane]?.visit ?? null;
      return visit === null ? undefined : `${visit.id}, read anew ${visit.forgotten ?? 0} times`;
    }
    case 'clear-finding':
      return clearable(state, act)?.detail;
    // What it means that a container stands there depends on how far its crossing was.
    case 'confirm-place': {
      const { stage, slot, truck } = state.crossings[act.crossing] ?? {};
      return `${stage}, slot ${slot}, truck ${truck?.phase}`;
    }
    default:
      return undefined;
  }
}

/** Why an act that names the visit it is about cannot be meant for what stands in the lane now; null if it can. */
export function otherVisit(state: GateState, act: Act): string | null {
  if (!('visit' in act) || act.visit === undefined) return null;
  const there = state.lanes[act.lane]?.visit?.id;
  if (there === act.visit) return null;
  return there === undefined
    ? `${act.visit} is over: nothing stands in ${act.lane}`
    : `${act.visit} is over: ${there} stands in ${act.lane} now`;
}
