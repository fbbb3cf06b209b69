/** One moment of the explored world while an action changes it: both gates, the world, and what was found wrong on the way. */
import type { Command } from '../../edge/core/effect.ts';
import type { HandoverRecord, Input } from '../../edge/core/input.ts';
import type { ExploredGate, GateFacts, Outcome } from './gate.ts';
import type { Interned } from './interned.ts';
import { enter } from './ledger.ts';
import type { Places } from './places.ts';
import {
  activeJob,
  barrierOf,
  boxAt,
  type CraneJob,
  type Group,
  type Part,
  type Side,
  setBarrier,
  type Vehicle,
  type WireCommand,
  type World,
} from './world.ts';

/** What stays the same throughout a search. */
export interface Setting {
  places: Places;
  gates: readonly [ExploredGate, ExploredGate];
  /** Every different line of the logs. */
  records: Interned<HandoverRecord>;
}

export interface Moment {
  /** Numbers of the gates as they are. */
  gates: [number, number];
  world: World;
  wrong: string[];
}

export const factsAt = ({ gates }: Setting, moment: Moment, side: Side): GateFacts =>
  gates[side].facts(moment.gates[side]);

export const hears = (setting: Setting, moment: Moment, side: Side, group: Group): boolean =>
  factsAt(setting, moment, side).up && moment.world.grounds[side].heard.includes(group);

// ---------------------------------------------------------------- what happens to a gate

/** An input reaches the gate, and what it leads to at once happens. */
export const admit = (setting: Setting, moment: Moment, side: Side, input: Input): void =>
  follow(setting, moment, side, setting.gates[side].admit(moment.gates[side], input));

/** Takes over what an event made of a gate: its lines can be read, its commands leave. */
export function follow(setting: Setting, moment: Moment, side: Side, outcome: Outcome): void {
  const { world } = moment;
  const { gate, sent, lines, wrong: done } = outcome;
  moment.gates[side] = gate;
  moment.wrong.push(...done);
  for (const line of lines) {
    const wrong = enter(world, side, line);
    if (wrong !== null) moment.wrong.push(wrong);
    world.grounds[side].log.lines.push(setting.records.of(JSON.stringify(line), () => line));
  }
  for (const command of sent) send(setting, moment, side, command);
  if (world.budget.crashes[side] === 0)
    moment.gates[side] = setting.gates[side].neverDies(moment.gates[side]);
}

function send(setting: Setting, moment: Moment, side: Side, command: Command): void {
  const ground = moment.world.grounds[side];
  judge(setting, moment, side, command);
  const { device } = command;
  if (command.kind === 'light') {
    const lane = setting.places.ofIo[side].get(device) ?? '';
    setBarrier(ground, lane, { light: command.to });
    return tellSensors(setting, moment, side, lane);
  }
  ground.wires[device] = [...(ground.wires[device] ?? []), wireForm(command)];
}

/** What may never leave, whatever the gate believes. */
function judge({ places }: Setting, moment: Moment, side: Side, command: Command): void {
  const { heard } = moment.world.grounds[side];
  const { device, kind } = command;
  const lane = places.lanes[side].get(places.ofIo[side].get(device) ?? '');
  if (command.class === 'permissive' && command.kind !== 'unpause') {
    const group = lane === undefined ? (kind === 'job' ? 'crane' : 'vehicle') : lane.checkpoint;
    if (group !== 'yard-in' && group !== 'yard-out' && !heard.includes(group))
      moment.wrong.push(`${kind} for ${device}, which has not reported since the start`);
  }
  if (command.kind === 'barrier' && command.to === 'lower' && lane !== undefined) {
    if (partIn(moment.world, places, side, lane.id) === 'under')
      moment.wrong.push(`barrier of ${lane.id} lowered on what stands below it`);
  }
}

function wireForm(command: Exclude<Command, { kind: 'light' }>): WireCommand {
  switch (command.kind) {
    case 'barrier':
      return { kind: command.kind, to: command.to };
    case 'order': {
      const { kind, orderId, orderUpdateId } = command;
      const nodes = command.nodes.map(({ nodeId, sequenceId, action }) => ({
        nodeId,
        sequenceId,
        ...(action !== undefined && { action }),
      }));
      return { kind, orderId, orderUpdateId, nodes };
    }
    case 'job': {
      const { kind, jobId, container, from, to } = command;
      return { kind, jobId, container, from, to };
    }
    case 'job-stop':
      return { kind: command.kind, jobId: command.jobId };
    default:
      return { kind: command.kind };
  }
}

// ---------------------------------------------------------------- what devices tell

/** What is in a lane or bay, by where things truly are. */
export function partIn(world: World, places: Places, side: Side, place: string): Part | undefined {
  const { truck } = world.grounds[side];
  if (truck?.place === place) return truck.part;
  for (const vehicle of world.vehicles) {
    const there = places.laneAt.get(vehicle.at)?.lane ?? places.bayAt.get(vehicle.at)?.bay;
    const ground = places.laneAt.get(vehicle.at)?.side ?? places.bayAt.get(vehicle.at)?.side;
    if (there?.id === place && ground === side && vehicle.part !== 'away') return vehicle.part;
  }
  return undefined;
}

/** The sensors of a lane or bay tell what is there, if somebody listens. */
export function tellSensors(setting: Setting, moment: Moment, side: Side, place: string): void {
  const { places } = setting;
  const lane = places.lanes[side].get(place);
  const group = lane === undefined ? 'bays' : lane.checkpoint;
  const listens = group === 'yard-in' || group === 'yard-out' || hears(setting, moment, side, group);
  const device = lane?.devices.io ?? places.bays[side].get(place)?.io;
  if (!listens || device === undefined) return;
  const part = partIn(moment.world, places, side, place);
  const barrier = lane === undefined ? undefined : barrierOf(moment.world.grounds[side], place);
  admit(setting, moment, side, {
    type: 'lane-io',
    device,
    loops: { approach: part === 'stand', under: part === 'under', exit: part === 'exit' },
    curtain: part === 'under' ? 'broken' : 'clear',
    barrier: barrier?.arm ?? 'none',
    light: barrier?.light ?? 'dark',
  });
}

export function tellVehicle(setting: Setting, moment: Moment, home: Side): void {
  const vehicle = moment.world.vehicles[home];
  vehicle.told = true;
  const box = boxAt(moment.world, `vehicle:${home}`);
  admit(setting, moment, home, {
    type: 'vehicle',
    device: setting.places.vehicles[home].id,
    orderId: vehicle.orderId,
    orderUpdateId: vehicle.orderUpdateId,
    lastNodeId: vehicle.at,
    lastNodeSequenceId: vehicle.sequenceId,
    nodesAhead: vehicle.ahead.map((node) => ({ ...node, released: true })),
    driving: isDriving(vehicle),
    paused: vehicle.paused,
    mode: 'AUTOMATIC',
    loads: box === undefined ? [] : [box],
    actions: vehicle.actions.map(({ actionId, actionType, status }) => ({ actionId, actionType, status })),
    eStop: 'NONE',
    localized: true,
    batteryPercent: 100,
    charging: false,
    errors: vehicle.error === '' ? [] : [{ errorType: vehicle.error, errorLevel: 'WARNING' }],
  });
}

const isDriving = ({ part, paused }: Vehicle): boolean => part !== 'stand' && !paused;

export function tellCrane(setting: Setting, moment: Moment, side: Side): void {
  const device = craneOf(setting, side);
  if (!hears(setting, moment, side, 'crane')) return;
  const { crane } = moment.world.grounds[side];
  const phase = activeJob(crane)?.phase;
  const loaded = boxAt(moment.world, `crane:${side}`) !== undefined;
  const locked = loaded || phase === 'gripping';
  admit(setting, moment, side, {
    type: 'crane',
    device,
    mode: 'automatic',
    spreader: { landed: crane.low, locked, unlocked: !locked, loaded },
    position: crane.position,
    hoistClear: !crane.low,
  });
}

export function tellJob(setting: Setting, moment: Moment, side: Side, job: CraneJob): void {
  if (!hears(setting, moment, side, 'crane')) return;
  admit(setting, moment, side, { type: 'crane-job', device: craneOf(setting, side), ...statusOf(job) });
}

export const statusOf = ({ jobId, state, container, seen, set }: CraneJob) => ({
  jobId,
  state,
  ...(seen && { containerSeen: container }),
  ...(set && { containerSet: container }),
});

export const craneOf = ({ places }: Setting, side: Side): string =>
  places.configs[side].yard.cranes[0]?.device ?? '';
