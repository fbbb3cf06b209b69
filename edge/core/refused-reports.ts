/** Reports of ours that were refused for good: exchange keeps them, and people are told until somebody has seen to each. */
import { raiseAlarm, returnAlarm } from './alarms.ts';
import type { RefusedReports } from './input.ts';
import type { Turn } from './turn.ts';

/** One alarm for whoever refuses: a service that refuses everything is one thing to see to. */
export function takeRefused(turn: Turn, told: RefusedReports['refused']): void {
  const { state } = turn;
  const before = state.refused;
  state.refused = Object.fromEntries(Object.entries(told).filter(([, count]) => count > 0));
  for (const [by, count] of Object.entries(state.refused)) if (count > (before[by] ?? 0)) tell(turn, by);
  for (const by of Object.keys(before))
    if (state.refused[by] === undefined) returnAlarm(turn, 'OUTBOX_REFUSED', by);
}

/** One more is news, also to whoever has seen those before it. */
function tell(turn: Turn, by: string): void {
  if (turn.state.alarms[`OUTBOX_REFUSED/${by}`]?.state === 'acknowledged')
    returnAlarm(turn, 'OUTBOX_REFUSED', by);
  raiseAlarm(turn, 'OUTBOX_REFUSED', by);
}
