/** The line between the two gates, with an exchange daemon at each end of it. */
import { seededRandom } from '../../edge/platform/random.ts';
import { streamSeed } from '../simulate/chance.ts';
import type { VirtualClock } from '../world/virtual-clock.ts';
import { createVirtualExchange, type VirtualExchange } from './exchange/exchange.ts';
import type { VirtualGate } from './virtual-gate.ts';

export type { VirtualExchange } from './exchange/exchange.ts';
export type { CounterpartLink } from './exchange/wire.ts';

/** An exchange for each gate whose counterpart is there as well, by the gate. */
export function connectExchanges(
  gates: ReadonlyMap<string, VirtualGate>,
  clock: VirtualClock,
  seed: number,
): Map<string, VirtualExchange> {
  const exchanges = new Map<string, VirtualExchange>();
  for (const [id, gate] of gates) {
    const peerId = gate.config.counterpart.gate;
    const peer = gates.get(peerId);
    if (peer === undefined) continue;
    const exchange = createVirtualExchange({
      gate,
      peer: (path, reply) => exchanges.get(peerId)?.serve(path, reply),
      clock,
      random: seededRandom(streamSeed(seed, `line of ${id}`)),
    });
    exchanges.set(id, exchange);
    peer.onChange(exchange.peerChanged);
  }
  return exchanges;
}
