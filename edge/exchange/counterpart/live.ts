/**
 * Polls the other gate's live values while the link is up. They count as fresh for {@link LIVE_FRESH_MS} from when they
 * were asked for, on our own monotonic clock; what is not fresh is told as such, without values.
 */
import { canonicalJson } from '../../../protocols/handover/canonical.ts';
import { type LiveView, liveView } from '../../../protocols/handover/wire.ts';
import type { CounterpartLive } from '../../core/input.ts';
import { GateError } from '../../platform/errors.ts';
import { type HttpClient, parseJson, refusedWith } from '../http.ts';
import type { Latest } from '../latest.ts';
import { startWorker, type WorkerTools } from '../worker.ts';

export const LIVE_POLL_MS = 250;
export const LIVE_FRESH_MS = 2_000;
const ANSWER_MS_MAX = 1_000;

/** What control is told while nothing fresh is known. */
export const NOTHING_LIVE: CounterpartLive = {
  type: 'counterpart-live',
  fresh: false,
  vehicles: {},
  bays: {},
};

export function startLivePolling(
  options: WorkerTools & {
    gate: string;
    client: HttpClient;
    linkUp(): boolean;
    latest: Latest<CounterpartLive>;
  },
): { stop(): Promise<void> } {
  const { gate, client, clock, latest } = options;
  let freshUntilMs = Number.NEGATIVE_INFINITY;
  let told = '';

  const tell = (value: CounterpartLive): void => {
    const text = canonicalJson(value);
    if (text === told) return;
    told = text;
    latest.tell(value);
  };
  const ask = async (signal: AbortSignal): Promise<LiveView> => {
    const { status, body } = await client.request({
      method: 'GET',
      path: '/live',
      timeoutMs: ANSWER_MS_MAX,
      signal,
    });
    if (status !== 200) throw refusedWith(status, `gate ${gate}`, body);
    const view = liveView.safeParse(parseJson(body, `gate ${gate}`));
    if (view.success) return view.data;
    throw new GateError(
      'COUNTERPART_UNREADABLE',
      `the live values of gate ${gate} are unreadable: ${view.error.message}`,
      'Both gates must run releases of the same protocol version.',
    );
  };

  const worker = startWorker({
    ...options,
    name: 'read the counterpart’s live values',
    backoff: { minMs: LIVE_POLL_MS, maxMs: 1_000 },
    async turn(signal) {
      if (!options.linkUp()) return LIVE_POLL_MS;
      const askedMs = clock.monotonicMs();
      const view = await ask(signal);
      freshUntilMs = askedMs + LIVE_FRESH_MS;
      tell({ type: 'counterpart-live', fresh: true, ...view });
      return LIVE_POLL_MS;
    },
  });
  const cancelWatch = clock.every(LIVE_POLL_MS, () => {
    if (clock.monotonicMs() > freshUntilMs) tell(NOTHING_LIVE);
  });

  return {
    async stop() {
      cancelWatch();
      await worker.stop();
    },
  };
}
