/**
 * Judges a command that nobody wished and the interlock allows: by the eyes of the invariants (what is physically there, what
 * is fresh), and by what devices and the other gate have told. Says what is wrong with it, or null.
 */
import type { Command } from '../../edge/core/effect.ts';
import type { CounterpartLive, Input } from '../../edge/core/input.ts';
import type { Crossing } from '../../edge/core/state.ts';
import { baysOf, createFresh } from '../invariants/fresh.ts';
import { createLanes } from '../invariants/lanes.ts';
import { type Book, createBook, type Scene, type Watched } from '../invariants/scene.ts';
import { createYard } from '../invariants/yard.ts';

type Order = Extract<Command, { kind: 'order' }>;
type Job = Extract<Command, { kind: 'job' }>;

/** What one gate was told of other things than its devices. */
interface Heard {
  clockTrusted: boolean;
  linkUp: boolean;
  live: CounterpartLive | undefined;
  /** By vehicle: the newest permission to move abroad. */
  authority: Map<string, { from: string; to: string }>;
  /** By move: the place that was granted. */
  holdNode: Map<string, string>;
}

export interface Judge {
  /** After the wiring has heard it. */
  hear(watched: Watched, input: Input): void;
  judge(watched: Watched, command: Command): string | null;
}

const MOVES_MAX = 1_000;

export function createJudge(scene: Scene): Judge {
  /** What the invariants write of a command that was never sent does not belong into the book of the run. */
  let found: string | null = null;
  const aside: Book = {
    ...createBook(() => scene.run.clock.nowMs()),
    check() {},
    note() {},
    violate(_invariant, _gate, detail) {
      found ??= detail;
    },
  };
  const parts = [createFresh, createLanes, createYard].map((create) => create({ ...scene, book: aside }));
  const heard = new Map<string, Heard>();
  const of = ({ id }: Watched): Heard => {
    const known = heard.get(id);
    if (known !== undefined) return known;
    const none: Heard = {
      clockTrusted: true,
      linkUp: false,
      live: undefined,
      authority: new Map(),
      holdNode: new Map(),
    };
    heard.set(id, none);
    return none;
  };

  function grant({ holdNode }: Heard, move: string, node: string): void {
    holdNode.set(move, node);
    const [oldest] = holdNode.keys();
    if (holdNode.size > MOVES_MAX && oldest !== undefined) holdNode.delete(oldest);
  }

  function hear(told: Heard, input: Input): void {
    switch (input.type) {
      case 'boot':
        told.clockTrusted = true;
        told.linkUp = false;
        told.live = undefined;
        return;
      case 'clock':
        told.clockTrusted = input.trusted;
        return;
      case 'counterpart-link':
        told.linkUp = input.up;
        if (!input.up) told.live = undefined;
        return;
      case 'counterpart-live':
        told.live = input;
        return;
      case 'counterpart-record': {
        const { record } = input;
        if (record.kind === 'authority-granted') told.authority.set(record.vehicle, record);
        if (record.kind === 'granted') grant(told, record.move, record.holdNode);
        return;
      }
      case 'operator-act': {
        // By telephone nobody’s log tells it, but the officer to whom it was read.
        const { act } = input;
        if (act.kind === 'hotline-use') grant(told, act.move, act.hold);
        return;
      }
      default:
    }
  }

  return {
    hear(watched, input) {
      hear(of(watched), input);
      for (const part of parts) part.stepped?.(watched, input);
    },
    judge(watched, command) {
      found = null;
      for (const part of parts) part.sent?.(watched, command);
      return found ?? against(watched, of(watched), command);
    },
  };
}

function against(watched: Watched, told: Heard, command: Command): string | null {
  if (command.class === 'permissive') {
    if (!told.clockTrusted) return 'the clock is not trusted';
    if (watched.gate.state.stopped) return 'the gate is stopped';
  }
  switch (command.kind) {
    case 'barrier':
      return command.to === 'raise' ? opening(watched, command.device) : lowering(watched, command.device);
    case 'light':
      return command.to === 'green' ? opening(watched, command.device) : null;
    case 'order':
      return fitness(watched, command.device) ?? driving(watched, told, command);
    case 'charge':
      return charging(watched, command.device);
    case 'job':
      return lifting(watched, told, command);
    default:
      return null;
  }
}

// ---------------------------------------------------------------- lanes

function opening({ gate: { state }, plan, wiring }: Watched, io: string): string | null {
  const lane = plan.laneOfIo.get(io);
  const view = lane === undefined ? undefined : state.lanes[lane.id];
  if (view === undefined || view.visit === null) return 'nothing stands there';
  const { visit } = view;
  if (!visit.released) return 'nothing is released there';
  if (view.stopped || view.mode === 'maintenance') return 'the lane is stopped';
  const { refuge, crossing } = visit;
  if (refuge !== undefined && state.owners[`node:${refuge}`] !== crossing) return `${refuge} is another’s`;
  const findings = state.crossings[crossing ?? '']?.findings ?? [];
  if (findings.some(({ owner }) => refuge === undefined || owner !== 'customs')) return 'something was found';
  const sensors = wiring.laneIo(io);
  if (sensors === undefined || sensors.barrier === 'fault') return 'its barrier does not work';
  const isFree =
    sensors.loops.approach && !sensors.loops.under && !sensors.loops.exit && sensors.curtain === 'clear';
  return visit.under || isFree ? null : 'its way is not free';
}

function lowering({ gate: { state }, plan }: Watched, io: string): string | null {
  const lane = plan.laneOfIo.get(io);
  return state.lanes[lane?.id ?? '']?.mode === 'maintenance' ? 'a technician is at work there' : null;
}

// ---------------------------------------------------------------- driving

function fitness({ wiring }: Watched, vehicle: string): string | null {
  const report = wiring.vehicle(vehicle);
  if (report === undefined) return 'it has told nothing';
  if (report.mode !== 'AUTOMATIC') return `it is in mode ${report.mode}`;
  if (report.eStop !== 'NONE') return 'it has stopped in an emergency';
  if (!report.localized) return 'it does not know where it is';
  if (report.charging) return 'it is charging';
  return report.errors.some(({ errorLevel }) => errorLevel === 'FATAL') ? 'it has failed' : null;
}

function charging({ gate, wiring }: Watched, vehicle: string): string | null {
  const report = wiring.vehicle(vehicle);
  const at = gate.config.map.nodes.find(({ id }) => id === report?.lastNodeId);
  return at?.charger === true && report?.driving === false ? null : 'it stands at no charger';
}

function driving(watched: Watched, told: Heard, { device, nodes }: Order): string | null {
  const { state } = watched.gate;
  const view = state.vehicles[device];
  const crossing = state.crossings[view?.crossing ?? view?.homeward ?? ''];
  const way = nodes.filter(({ released }) => released).map(({ nodeId }) => nodeId);
  for (const [index, to] of way.entries()) {
    const from = way[index - 1];
    if (from === undefined) continue;
    const wrong =
      leaving(watched, told, from, device) ??
      entering(watched, to, crossing) ??
      crossingOver(watched, told, { from, to, start: way[0] ?? '', end: way.at(-1) ?? '' }, device, crossing);
    if (wrong !== null) return wrong;
  }
  return null;
}

function leaving(watched: Watched, told: Heard, from: string, device: string): string | null {
  const { gate, plan, wiring } = watched;
  const { state, config } = gate;
  const lane = plan.laneAtNode.get(from);
  if (lane !== undefined) {
    const crossing = state.crossings[state.lanes[lane.id]?.visit?.crossing ?? ''];
    if (crossing?.vehicle?.id !== device) return `another is known in ${lane.id}`;
    if (wiring.laneIo(lane.devices.io)?.barrier !== 'up') return `the barrier of ${lane.id} is not up`;
    const closed = opening(watched, lane.devices.io);
    if (closed !== null) return closed;
  }
  const bay = plan.bayAtNode.get(from);
  for (const crane of bay === undefined ? [] : plan.cranesOver(bay.id)) {
    const report = wiring.crane(crane);
    const low =
      report?.hoistClear !== true && (report?.position === bay?.id || report?.position === 'travelling');
    if (low || report === undefined) return `the hoist of ${crane} is not clear`;
  }
  const node = config.map.nodes.find(({ id }) => id === from);
  if (node?.role !== 'bay' || node.gate !== config.counterpart.gate) return null;
  const clear = told.linkUp && told.live?.bays[from]?.clear === true;
  return clear ? null : `the other gate does not show ${from} clear`;
}

function entering(
  { gate: { state }, plan }: Watched,
  to: string,
  crossing: Crossing | undefined,
): string | null {
  const bay = plan.bayAtNode.get(to);
  if (bay !== undefined && (crossing === undefined || state.owners[`bay:${bay.id}`] !== crossing.id))
    return `${bay.id} is not its own`;
  const isHold = plan.laneAtNode.has(to);
  return isHold && (crossing === undefined || state.owners[`node:${to}`] !== crossing.id)
    ? `${to} is not its own`
    : null;
}

function crossingOver(
  { gate: { config } }: Watched,
  told: Heard,
  { from, to, start, end }: { from: string; to: string; start: string; end: string },
  device: string,
  crossing: Crossing | undefined,
): string | null {
  const groundOf = (node: string): string | undefined => config.map.nodes.find(({ id }) => id === node)?.gate;
  const abroad = config.counterpart.gate;
  const lineClear = crossing?.lineClear;
  if (groundOf(from) === abroad) {
    const authority = told.authority.get(device);
    return authority?.from === start && authority.to === end
      ? null
      : `nobody let it go from ${start} to ${end}`;
  }
  if (groundOf(to) === abroad)
    return told.holdNode.get(lineClear?.move ?? '') === end ? null : `${end} was not granted to it`;
  if (groundOf(from) !== config.gate.id || groundOf(to) !== undefined) return null;
  if (lineClear?.used !== true) return 'it has no line clear';
  return config.section.tracks.some(({ id, km0 }) => id === lineClear.track && km0 === to)
    ? null
    : `${to} is not on its track`;
}

// ---------------------------------------------------------------- cranes

function lifting(watched: Watched, told: Heard, command: Job): string | null {
  const { gate, plan, wiring } = watched;
  const { state, config } = gate;
  const { device, from, to } = command;
  const crossing = state.crossings[command.crossing ?? ''];
  if (crossing?.containers.some(({ number }) => number === command.container) !== true)
    return 'nobody needs it';
  const report = wiring.crane(device);
  if (report?.mode !== 'automatic') return `the crane is in mode ${report?.mode}`;
  const held = crossing.held === device;
  if (report.spreader.loaded !== held) return 'the spreader does not hold what it should';
  if (report.spreader.locked && report.spreader.unlocked) return 'the spreader contradicts itself';
  const crane = config.yard.cranes.find((one) => one.device === device);
  for (const place of [from, to])
    if (crane?.bays.includes(place) !== true && crane?.slots.includes(place) !== true)
      return `it does not reach ${place}`;
  for (const place of held ? [to] : [from, to]) {
    if (state.owners[`${plan.bays.has(place) ? 'bay' : 'slot'}:${place}`] !== crossing.id)
      return `${place} is not its own`;
    for (const other of plan.cranesOver(place)) {
      const job = other === device ? undefined : state.crossings[state.jobs[other] ?? '']?.job;
      if (job?.to === place) return `${other} is at work there`;
    }
  }
  for (const { node } of baysOf(watched, command))
    if (node !== undefined && !isLocked(watched, told, crossing, node))
      return `no vehicle is locked at ${node}`;
  return null;
}

function isLocked({ plan, wiring }: Watched, told: Heard, { vehicle }: Crossing, node: string): boolean {
  if (vehicle === undefined) return false;
  if (!plan.vehicles.has(vehicle.id)) {
    const shown = told.linkUp ? told.live?.vehicles[vehicle.id] : undefined;
    return shown?.standing === true && shown.locked && shown.node === node;
  }
  const report = wiring.vehicle(vehicle.id);
  return (
    report?.driving === false &&
    report.lastNodeId === node &&
    report.actions.some(({ status }) => status === 'RUNNING')
  );
}
