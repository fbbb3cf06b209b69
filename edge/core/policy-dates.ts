/** Laws begin and end at dates: at each of them everybody who waits is judged anew. */
import { lookAtEverything } from './agenda.ts';
import { policyOf } from './site-policy.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';

const TIMER = 'policy-dates';

/** A start: the configuration may name other dates. */
export function bootDates({ state }: Turn): void {
  const { basis, rules, regimes } = policyOf(state);
  let next = Number.POSITIVE_INFINITY;
  for (const { from, until } of [...Object.values(basis), ...rules, ...regimes])
    for (const at of [from, until]) if (at !== undefined && at > state.now) next = Math.min(next, at);
  if (Number.isFinite(next)) setTimer(state, TIMER, next);
  else clearTimer(state, TIMER);
}

/** Timer `policy-dates`: something begins or ends to be demanded. */
export function fireDates(turn: Turn): void {
  bootDates(turn);
  lookAtEverything(turn);
}
