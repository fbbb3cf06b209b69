/** One lane of a gate's core, with sensors told by hand and a barrier and a light that obey at once. */
import assert from 'node:assert/strict';
import type { GateConfig, LaneConfig } from '../../config/schema.ts';
import type { Command, Effect } from '../../edge/core/effect.ts';
import { step } from '../../edge/core/gate.ts';
import type { Act, Booking, Input, LaneIoReport } from '../../edge/core/input.ts';
import { type Crossing, type LaneState, restore, snapshot, type Visit } from '../../edge/core/state.ts';
import { planSite } from '../../simulator/plan.ts';
import { bootGate, type CoreGate, commandsOf } from './core-gate.ts';

export const BOX = 'CSQU3054383';
export const TRUCK = '12H-045.67';
export const DECLARED_KG = 24_000;

type Loop = keyof LaneIoReport['loops'];

export interface CoreLane {
  readonly gate: CoreGate;
  readonly config: LaneConfig;
  readonly view: LaneState;
  /** What stands in the lane; fails if nothing does. */
  readonly visit: Visit;
  /** Barrier and light do as they are told; false: they keep silent. */
  obeys: boolean;
  /** Steps the core; right after it, a look at everything must find nothing that was forgotten. */
  step(input: Input): Effect[];
  wait(ms: number): Effect[];
  /** What lies on the loops now; what lies under the barrier breaks the curtain. */
  sees(...loops: Loop[]): Effect[];
  /** Any other change of what the lane's device reports. */
  says(part: Partial<Omit<LaneIoReport, 'type' | 'device'>>): Effect[];
  /** Loops and curtain as last told. */
  readonly barrier: LaneIoReport['barrier'];
  readonly light: LaneIoReport['light'];
  books(container?: string, plate?: string, more?: Partial<Booking>): Crossing;
  reads(plate?: string, container?: string): void;
  weighs(grossKg?: number): Effect[];
  /** A booked truck comes, and everything is read of it: it is released. */
  admits(): Crossing;
  /** Does what a person asks, whoever may. */
  act(act: Act): Effect[];
  /** Everything commanded so far. */
  readonly sent: Command[];
  alarms(): string[];
}

/** Every device of the gate is online and every lane empty. */
export function bootLane(laneId = 'yard-in-1', change: (config: GateConfig) => void = () => {}): CoreLane {
  const [config] = planSite({ lanes: 7, cranes: 2, vehicles: 2 });
  for (const act of ['identify', 'resume-gate'] as const)
    config.overrides[act] = { roles: ['operator', 'supervisor'], secondPerson: false };
  change(config);
  const gate = bootGate(config);
  const lane = config.lanes.find(({ id }) => id === laneId) ?? assert.fail(`no lane ${laneId}`);
  const { io, camera, reader, scale } = lane.devices;
  const sent: Command[] = [];
  let reads = 0;
  let now: Omit<LaneIoReport, 'type' | 'device'> = {
    loops: { approach: false, under: false, exit: false },
    curtain: 'clear',
    barrier: 'down',
    light: 'red',
  };

  const follow = (effects: Effect[]): Effect[] => {
    sent.push(...commandsOf(effects));
    const copy = restore(snapshot(gate.state));
    copy.timers.sweep = copy.now;
    const late = step(copy, { type: 'tick', at: copy.now });
    assert.deepEqual(late, [], 'only the sweep would have thought of it');
    const mine = commandsOf(effects).filter(({ device }) => device === io);
    if (!bench.obeys || mine.length === 0) return effects;
    for (const command of mine) {
      if (command.kind === 'barrier') now = { ...now, barrier: command.to === 'raise' ? 'up' : 'down' };
      else if (command.kind === 'light') now = { ...now, light: command.to };
    }
    return [...effects, ...tell()];
  };
  const submit = (input: Input): Effect[] => follow(gate.step(input));
  const tell = (): Effect[] => submit({ type: 'lane-io', device: io, ...now });
  const says: CoreLane['says'] = (part) => {
    now = { ...now, ...part };
    return tell();
  };
  const read = (): { readId: string; quality: number; deviceAt: number } => {
    reads += 1;
    return { readId: `r${reads}`, quality: 960, deviceAt: 0 };
  };

  const bench: CoreLane = {
    gate,
    config: lane,
    get view() {
      return gate.state.lanes[laneId] ?? assert.fail(`no ${laneId}`);
    },
    get visit() {
      return bench.view.visit ?? assert.fail(`nothing stands in ${laneId}`);
    },
    obeys: true,
    step: submit,
    wait: (ms) => follow(gate.wait(ms)),
    sees: (...loops) =>
      says({
        loops: {
          approach: loops.includes('approach'),
          under: loops.includes('under'),
          exit: loops.includes('exit'),
        },
        curtain: loops.includes('under') ? 'broken' : 'clear',
      }),
    says,
    get barrier() {
      return now.barrier;
    },
    get light() {
      return now.light;
    },
    books(container = BOX, plate = TRUCK, more = {}) {
      submit({
        type: 'booking',
        bookingId: container,
        direction: 'export',
        container,
        truckPlate: plate,
        declarations: ['308044805740'],
        grossKg: DECLARED_KG,
        seals: [],
        ...more,
      });
      return (
        gate.state.crossings[gate.state.containers[container] ?? ''] ?? assert.fail(`${container} not known`)
      );
    },
    reads(plate = TRUCK, container = BOX) {
      submit({ type: 'plate', device: camera, plate, ...read() });
      if (reader !== undefined) submit({ type: 'container', device: reader, code: container, ...read() });
    },
    weighs: (grossKg = DECLARED_KG + config.evidence.truckTareKg) =>
      scale === undefined ? [] : submit({ type: 'weight', device: scale, state: 'stable', grossKg }),
    admits() {
      const crossing = bench.books();
      bench.sees('approach');
      bench.reads();
      bench.weighs();
      assert.equal(bench.visit.released, true);
      return crossing;
    },
    act: (act) => submit({ type: 'operator-act', person: 'lan', role: 'supervisor', act, reason: 'test' }),
    sent,
    alarms: () => gate.alarms(),
  };
  for (const { id } of config.devices) gate.online(id);
  for (const { devices } of config.lanes) submit({ type: 'lane-io', device: devices.io, ...now });
  return bench;
}

/** What the lane's actuators were told, as `barrier raise`. */
export const toldLane = (commands: readonly Command[]): string[] =>
  commands.flatMap((command) =>
    command.kind === 'barrier' || command.kind === 'light' ? [`${command.kind} ${command.to}`] : [],
  );
