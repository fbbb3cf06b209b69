/** What exchange does with `GET /live`: asks while the link is up, and what it heard counts for two seconds. */
import { canonicalJson } from '../../../protocols/handover/canonical.ts';
import { type LiveView, liveView } from '../../../protocols/handover/wire.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { VirtualGate } from '../virtual-gate.ts';
import type { ExchangeProcess } from './process.ts';
import type { Reply, Wire } from './wire.ts';

const POLL_MS = 250;
const ANSWER_MS_MAX = 1_000;
const FRESH_MS = 2_000;

export interface LivePolling {
  /** Something of what the other side shows may have changed: as good as asking several times a second. */
  soon(): void;
  /** Every second: asks all the same, so that what is known stays fresh; what does not is told as such. */
  beat(): void;
  start(): void;
}

export function createLivePolling(options: {
  gate: VirtualGate;
  clock: VirtualClock;
  process: ExchangeProcess;
  wire: Wire;
  linkUp(): boolean;
}): LivePolling {
  const { gate, clock, process, wire } = options;
  let planned = false;
  let asked = 0;
  let heard = 0;
  let freshUntilMs = Number.NEGATIVE_INFINITY;
  let shown = '';

  function ask(): void {
    if (!gate.isUp || !options.linkUp()) return;
    asked += 1;
    const question = asked;
    const askedMs = clock.monotonicMs();
    wire.ask(
      '/live',
      process.alive((text: string) => {
        if (question <= heard || clock.monotonicMs() - askedMs > ANSWER_MS_MAX) return;
        heard = question;
        const { status, body } = JSON.parse(text) as Reply;
        if (status !== 200) return;
        freshUntilMs = askedMs + FRESH_MS;
        tell(liveView.parse(body));
      }),
    );
  }

  function tell(view: LiveView): void {
    const text = canonicalJson(view);
    if (!gate.isUp || !options.linkUp() || (text === shown && gate.state.live?.fresh === true)) return;
    shown = text;
    gate.submit({ type: 'counterpart-live', fresh: true, ...view });
  }

  return {
    soon() {
      if (planned || !process.up) return;
      planned = true;
      process.after(POLL_MS, () => {
        planned = false;
        ask();
      });
    },
    beat() {
      ask();
      if (clock.monotonicMs() > freshUntilMs) tellNothingLive(gate);
    },
    start() {
      planned = false;
    },
  };
}

/** Nothing fresh is known of the other side. */
export function tellNothingLive(gate: VirtualGate): void {
  if (gate.isUp && gate.state.live?.fresh === true)
    gate.submit({ type: 'counterpart-live', fresh: false, vehicles: {}, bays: {} });
}
