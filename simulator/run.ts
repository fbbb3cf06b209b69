/**
 * Two gates in one process and in virtual time: the real core and admission at each, the simulated world below, customs and
 * the other gate's log delivered with a delay. No protocols, no disk.
 */
import type { GateConfig } from '../config/schema.ts';
import { seededRandom } from '../edge/platform/random.ts';
import { type CounterpartLink, connectExchanges, type VirtualExchange } from './run/counterpart-link.ts';
import { type CustomsLink, followCustoms } from './run/customs-link.ts';
import type { Observer } from './run/observer.ts';
import { createVirtualGate, type VirtualGate } from './run/virtual-gate.ts';
import { streamSeed } from './simulate/chance.ts';
import { createVirtualClock, type VirtualClock } from './world/virtual-clock.ts';
import { createWorld, type SimulatedWorld } from './world/world.ts';

export type { VirtualExchange, VirtualGate };

export interface VirtualRun {
  readonly clock: VirtualClock;
  readonly world: SimulatedWorld;
  readonly gates: ReadonlyMap<string, VirtualGate>;
  /** What lies between the gates: an exchange daemon at each, by its gate. */
  readonly exchanges: ReadonlyMap<string, VirtualExchange>;
  /** By the gate that reads. */
  readonly counterpartLinks: ReadonlyMap<string, CounterpartLink>;
  readonly customsLinks: ReadonlyMap<string, CustomsLink>;
  /** Cuts or restores the link between the gates, both ways; lines wait while it is cut. */
  link(up: boolean): void;
  gate(id: string): VirtualGate;
  exchange(id: string): VirtualExchange;
  stop(): void;
}

export interface VirtualRunOptions {
  seed?: number;
  startMs?: number;
  observer?: Observer;
  /** Keep every journal entry and command; default true. A long run keeps only what a restart needs. */
  keepAll?: boolean;
  snapshotEveryEntries?: number;
}

/** Builds and starts both gates; time moves only through `clock`. */
export function startVirtualRun(
  configs: readonly GateConfig[],
  {
    seed = 1,
    startMs = Date.UTC(2026, 0, 1),
    observer = {},
    keepAll = true,
    snapshotEveryEntries = 20_000,
  }: VirtualRunOptions = {},
): VirtualRun {
  const clock = createVirtualClock(startMs);
  const random = seededRandom(seed);
  const world = createWorld({ configs, clock, random });
  const gates = new Map<string, VirtualGate>();
  for (const config of configs) {
    const simulated = world.gates.get(config.gate.id);
    if (simulated === undefined) throw new RangeError(`the world has no gate ${config.gate.id}`);
    gates.set(
      config.gate.id,
      createVirtualGate({
        config,
        world: simulated,
        clock,
        random,
        salts: seededRandom(streamSeed(seed, `salts of ${config.gate.id}`)),
        observer,
        keepAll,
        snapshotEveryEntries,
      }),
    );
  }
  const exchanges = connectExchanges(gates, clock, seed);
  const counterpartLinks = new Map([...exchanges].map(([id, { link }]) => [id, link]));
  const customsLinks = new Map<string, CustomsLink>();
  for (const [id, gate] of gates) {
    const simulated = world.gates.get(id);
    if (simulated !== undefined) customsLinks.set(id, followCustoms(gate, simulated, clock));
  }
  return {
    clock,
    world,
    gates,
    exchanges,
    counterpartLinks,
    customsLinks,
    gate(id) {
      const gate = gates.get(id);
      if (gate === undefined) throw new RangeError(`no gate ${id}`);
      return gate;
    },
    exchange(id) {
      const exchange = exchanges.get(id);
      if (exchange === undefined) throw new RangeError(`no gate ${id}`);
      return exchange;
    },
    link(up) {
      for (const link of counterpartLinks.values()) link.up = up;
    },
    stop: () => world.stop(),
  };
}
