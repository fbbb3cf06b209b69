/**
 * One yard trial's stage: a gate in virtual time, alone or with the other one, a few containers, and of everything below the
 * cranes the truth.
 */
import type { GateConfig } from '../../config/schema.ts';
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import type { Act } from '../../edge/core/input.ts';
import type { Crossing } from '../../edge/core/state.ts';
import type { Random } from '../../edge/platform/random.ts';
import { between } from '../faults/fault.ts';
import { untilHeard } from '../operators/staff.ts';
import type { Observer } from '../run/observer.ts';
import { startVirtualRun, type VirtualGate, type VirtualRun } from '../run.ts';
import type { SimulatedGate } from '../world/world.ts';

/** What a trial begins with: the gate that is tried first, and what is booked. */
export interface YardScene {
  configs: readonly [GateConfig] | readonly [GateConfig, GateConfig];
  exports: number;
  /** Only where the other gate is there, too. */
  imports: number;
}

export interface Stage {
  readonly run: VirtualRun;
  /** The one that is tried. */
  readonly gate: VirtualGate;
  readonly world: SimulatedGate;
  readonly random: Random;
  readonly exports: readonly string[];
  readonly imports: readonly string[];
  crossingOf(container: string): Crossing | undefined;
  /** A supervisor asks for it, and a colleague confirms it where it takes two; again and again while the gate is down. */
  act(act: Act): void;
  /** What a trouble itself brings about: the gate must tell it soon, as this or as one of the others. */
  mustTell(code: AlarmCode, ...or: AlarmCode[]): void;
  /** What a trouble may bring about, in time: the gate may tell it. */
  mayTell(code: AlarmCode): void;
  /** The place was filled by hand: the gate cannot know that before it is told. */
  byHand(place: string): void;
}

const BOOT_MS = 1_000;
const APART_MS_MAX = 20_000;

export function setStage(
  { configs, exports: out, imports: back }: YardScene,
  seed: number,
  random: Random,
  observer: Observer,
  { mustTell, mayTell, byHand }: Pick<Stage, 'mustTell' | 'mayTell' | 'byHand'>,
): Stage {
  const run = startVirtualRun(configs, { seed, keepAll: false, observer });
  const [own, other] = configs.map(({ gate: { id } }) => id);
  const gate = run.gate(own ?? '');
  const world = run.world.gates.get(own ?? '');
  if (world === undefined) throw new RangeError(`the world has no gate ${own}`);
  const exports: string[] = [];
  const imports: string[] = [];
  /** One after the other, the first at once. */
  function book(from: string | undefined, count: number, containers: string[]): void {
    let atMs = 0;
    for (let index = 0; index < count && from !== undefined; index += 1) {
      if (atMs === 0) containers.push(run.world.export(from));
      else run.clock.after(atMs, () => void containers.push(run.world.export(from)));
      atMs += between(random, 1, APART_MS_MAX);
    }
  }
  run.clock.advance(BOOT_MS);
  book(own, out, exports);
  book(other, back, imports);
  return {
    run,
    gate,
    world,
    random,
    exports,
    imports,
    crossingOf: (container) => gate.state.crossings[gate.state.containers[container] ?? ''],
    act: untilHeard(run.clock, gate),
    mustTell,
    mayTell,
    byHand,
  };
}
