/** What customs, and the authorities beside it, have said of containers, with how old their lists are. */
import type { Clearances } from './reconcile/case.ts';
import type { GateState } from './state.ts';

/** Customs' word on these containers. */
export function clearancesOf(state: GateState, containers: readonly { number: string }[]): Clearances {
  return {
    rows: containers.flatMap(({ number }) =>
      Object.values(state.clearances[number] ?? {}).map(({ version: _, feed = 'customs', ...row }) => {
        const asOf = state.feeds[feed];
        return asOf === undefined ? row : { ...row, asOf };
      }),
    ),
    examinations: containers.flatMap(({ number }) =>
      Object.values(state.examinations[number] ?? {}).map(({ version: _, ...one }) => one),
    ),
    advance: containers.flatMap(({ number }) => Object.values(state.advance[number] ?? {})),
    listAsOf: state.feeds.customs ?? null,
  };
}

/** Nothing that was said of a container is kept. */
export function forgetSaid(state: GateState, container: string): void {
  delete state.clearances[container];
  delete state.examinations[container];
  delete state.advance[container];
}
