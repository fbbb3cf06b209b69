/**
 * Watches the exchange daemon: what it said of the link and of the other side's live values counts only while it lives.
 * A dead or stopped exchange cannot take its last words back, so control does.
 */
import type { CounterpartInput } from '../core/input.ts';
import type { GateState } from '../core/state.ts';
import type { Clock } from '../platform/clock.ts';

/** Exchange asks at its door several times a second; silence beyond this means that it does not run. */
const SILENCE_MS_MAX = 2_000;
const PERIOD_MS = 250;

export interface ExchangeWatch {
  /** Exchange made a request. */
  heard(): void;
  stop(): void;
}

/** Admits the link as down and live values as not fresh once exchange has been silent for too long. */
export function watchExchange(options: {
  clock: Clock;
  state: GateState;
  admit(input: CounterpartInput): void;
}): ExchangeWatch {
  const { clock, state, admit } = options;
  let heardMs = clock.monotonicMs();
  const stop = clock.every(PERIOD_MS, () => {
    if (clock.monotonicMs() - heardMs <= SILENCE_MS_MAX) return;
    if (state.live?.fresh === true) admit({ type: 'counterpart-live', fresh: false, vehicles: {}, bays: {} });
    if (state.link.up) admit({ type: 'counterpart-link', up: false });
  });
  return {
    heard() {
      heardMs = clock.monotonicMs();
    },
    stop,
  };
}
