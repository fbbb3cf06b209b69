/**
 * The border side of one gate's core: what stands before the border line, what comes over it, and the other gate's log, told
 * by hand. The yard behind is put into the state.
 */
import assert from 'node:assert/strict';
import { type FieldFilter, filterOf, type GateConfig, type LaneConfig } from '../../config/schema.ts';
import { emptyAgenda } from '../../edge/core/agenda.ts';
import { giveVehicle, newCrossing } from '../../edge/core/crossing.ts';
import type { Effect } from '../../edge/core/effect.ts';
import { step } from '../../edge/core/gate.ts';
import type { HandoverRecord, Input, LaneIoReport } from '../../edge/core/input.ts';
import { take } from '../../edge/core/owners.ts';
import { type Crossing, restore, snapshot, type Visit } from '../../edge/core/state.ts';
import { decodeRecord } from '../../protocols/handover/line.ts';
import { planSite, type SitePlan } from '../../simulator/plan.ts';
import { bootGate, type CoreGate } from './core-gate.ts';
import { type CoreVehicle, coreVehicle } from './core-vehicle.ts';

export const EVENT_TIME = '2026-03-02T08:00:00+08:00';
const DECLARATION = '308044805740';

/** A number for the n-th container; the core does not check the digit. */
export const box = (n: number): string => `CSQU305438${n}`;

export type Offer = Extract<HandoverRecord, { kind: 'offered' }>;

export interface CoreBorder {
  readonly gate: CoreGate;
  /** Steps the core; right after it, a look at everything must find nothing that was forgotten. */
  step(input: Input): Effect[];
  wait(ms: number): Effect[];
  read(record: HandoverRecord): Effect[];
  link(up: boolean): Effect[];
  /** Customs confirms its list. */
  feeds(): Effect[];
  clears(container: string, status?: 'released' | 'withdrawn' | 'registered'): Effect[];
  vehicle(id: string): CoreVehicle;
  /** Everything our log has said so far, but for the filter in force, which stands before it all. */
  readonly written: readonly HandoverRecord[];
  /** All of it. */
  readonly log: readonly HandoverRecord[];
  /** A vehicle of ours before the lane, everything read of it: loaded and cleared where a container is named, else empty. */
  waits(
    vehicle: string,
    lane: string,
    container?: string,
    more?: Partial<Pick<Crossing, 'load' | 'containers' | 'returnOf'>>,
  ): Crossing;
  /** What stands before the lane is seen and read. */
  stands(lane: string, plate: string, container?: string): void;
  /** Through the lane, its barrier up. Its vehicle, where it is ours, tells that it is on its way. */
  goesThrough(lane: string, vehicle?: string): Effect[];
  /** Sensors of a lane, now. */
  lane(lane: string, part: Partial<Omit<LaneIoReport, 'type' | 'device'>>): Effect[];
  visit(lane: string): Visit;
  crane(device: string, position: string, hoistClear: boolean): Effect[];
  bay(id: string, occupied: boolean): Effect[];
  /** The other side offers one of its vehicles, laden where a container is named. */
  offered(move: string, container?: string, more?: Partial<Offer>): Effect[];
  crossing(id: string): Crossing;
  /** The crossing of a move of ours or of theirs. */
  moved(move: string): Crossing;
  /** The process starts again on what its journal tells; every device is heard again. */
  restarts(): Effect[];
}

/** Configures that of what we offer exactly these members cross. */
export const lettingCross =
  (...offered: FieldFilter['export']['offered']) =>
  ({ counterpart }: GateConfig): void => {
    const filter = filterOf(counterpart);
    counterpart.filter = { ...filter, export: { ...filter.export, offered } };
  };

/** Our lines among effects, whole. */
export const wholeLinesOf = (effects: readonly Effect[]): HandoverRecord[] =>
  effects.flatMap((effect) => {
    if (effect.kind !== 'decide' || effect.type !== 'handover') return [];
    const line = decodeRecord(String(effect.body.data));
    return line.ok ? [line.record] : assert.fail(line.reason);
  });
/** Without what every record of a move quotes, and what was seen of it: custody.test.ts looks at that. */
export const linesOf = (effects: readonly Effect[]): HandoverRecord[] =>
  wholeLinesOf(effects).map((line) => {
    const {
      custodyPoint: _c,
      evidence: _e,
      sealChecks: _s,
      withheld = {},
      ...rest
    } = { ...line } as Record<string, unknown>;
    const kept = Object.entries(withheld as Record<string, string>).filter(
      ([pointer]) => !/^\/(evidence|sealChecks)\b/.test(pointer),
    );
    const told = kept.length > 0 ? { ...rest, withheld: Object.fromEntries(kept) } : rest;
    return told as unknown as HandoverRecord;
  });
export const kindsOf = (effects: readonly Effect[]): string[] => linesOf(effects).map(({ kind }) => kind);

const SMALL: SitePlan = { lanes: 14, cranes: 2, vehicles: 4, slotsPerCrane: 4, trackCapacity: 2 };

/** The Vietnamese gate; every device is online, every place empty. */
export function bootBorder(
  plan: SitePlan = {},
  change: (config: GateConfig) => void = () => {},
  side: 0 | 1 = 0,
): CoreBorder {
  const config = planSite({ ...SMALL, ...plan })[side];
  change(config);
  const core = bootGate(config);
  const lanes = new Map<string, LaneIoReport>();
  let reads = 0;
  let versions = 0;

  const log: HandoverRecord[] = [];
  const written: HandoverRecord[] = [];
  const noted = (effects: Effect[]): Effect[] => {
    const lines = linesOf(effects);
    log.push(...lines);
    written.push(...lines.filter(({ kind }) => kind !== 'filter-in-force'));
    return effects;
  };
  const thorough = (effects: Effect[]): Effect[] => {
    noted(effects);
    const copy = restore(snapshot({ ...core.state, config: null }));
    copy.config = core.state.config;
    copy.timers.sweep = copy.now;
    const late = step(copy, { type: 'tick', at: copy.now });
    assert.deepEqual(late, [], 'only the sweep would have thought of it');
    return effects;
  };
  const submit = (input: Input): Effect[] => thorough(core.step(input));
  const gate: CoreGate = {
    config,
    get state() {
      return core.state;
    },
    step: submit,
    // What grows old is noticed by the sweep, that is what it is for.
    wait: (ms) => noted(core.wait(ms)),
    online: core.online,
    status: (device, status) => thorough(core.status(device, status)),
    read: (record) => thorough(core.read(record)),
    restart: () => thorough(core.restart()),
    alarms: core.alarms,
  };
  const vehicles = new Map<string, CoreVehicle>();
  const configOf = (id: string): LaneConfig =>
    config.lanes.find((one) => one.id === id) ?? assert.fail(`no lane ${id}`);
  const vehicle = (id: string): CoreVehicle => vehicles.get(id) ?? assert.fail(`no vehicle ${id}`);

  const hear = (): void => {
    core.online(...config.devices.map(({ id }) => id));
    for (const report of lanes.values()) submit(report);
    for (const { device } of config.yard.cranes) crane(device, 'travelling', true);
    for (const one of vehicles.values()) one.says();
  };
  const lane: CoreBorder['lane'] = (id, part) => {
    const { io } = configOf(id).devices;
    const report = { ...(lanes.get(io) ?? assert.fail(`no ${io}`)), ...part };
    lanes.set(io, report);
    return submit(report);
  };
  const crane: CoreBorder['crane'] = (device, position, hoistClear) =>
    submit({
      type: 'crane',
      device,
      mode: 'automatic',
      spreader: { landed: false, locked: false, unlocked: true, loaded: false },
      position,
      hoistClear,
    });
  const loops = (...on: string[]) => ({
    approach: on.includes('approach'),
    under: on.includes('under'),
    exit: on.includes('exit'),
  });
  const clears: CoreBorder['clears'] = (container, status = 'released') => {
    versions += 1;
    const { crossings, containers } = gate.state;
    return submit({
      type: 'clearance',
      declaration: DECLARATION,
      container,
      kind: crossings[containers[container] ?? '']?.direction ?? 'import',
      channel: 'green',
      status,
      version: versions,
      source: 'test',
    });
  };
  const border: CoreBorder = {
    gate,
    step: submit,
    wait: gate.wait,
    read: gate.read,
    link: (up) => submit({ type: 'counterpart-link', up }),
    feeds: () => submit({ type: 'customs-feed', asOf: gate.state.now }),
    clears,
    vehicle,
    written,
    log,
    waits(id, laneId, container, more = {}) {
      const turn = { state: gate.state, effects: [], agenda: emptyAgenda() };
      const numbers = container === undefined ? [] : [container];
      const crossing = newCrossing(turn, {
        direction: 'export',
        load: container === undefined ? 'bobtail' : 'laden',
        stage: 'loaded',
        containers: numbers.map((number) => ({
          number,
          seals: ['S1'],
          grossKg: 24_000,
          declarations: [DECLARATION],
        })),
        ...more,
      });
      for (const number of numbers) gate.state.containers[number] = crossing.id;
      const known = config.devices.find((device) => device.id === id);
      const plate = known?.kind === 'vehicle' ? known.plate : assert.fail(`no vehicle ${id}`);
      giveVehicle(turn, crossing, { id, home: config.gate.id, plate });
      const node = configOf(laneId).node ?? assert.fail(`${laneId} has no node`);
      take(turn, crossing, `node:${node}`);
      const view = gate.state.vehicles[id] ?? assert.fail(`no vehicle ${id}`);
      Object.assign(view, { crossing: crossing.id, goal: { node }, way: [node] });
      vehicle(id).says({ lastNodeId: node, nodesAhead: [], driving: false, loads: numbers });
      if (crossing.load === 'laden') for (const number of numbers) clears(number);
      border.stands(laneId, plate, container);
      return crossing;
    },
    stands(laneId, plate, container) {
      const { camera, reader } = configOf(laneId).devices;
      lane(laneId, { loops: loops('approach') });
      reads += 1;
      const read = { readId: `r${reads}`, quality: 960, deviceAt: 0 };
      submit({ type: 'plate', device: camera, plate, ...read });
      if (container !== undefined && reader !== undefined)
        submit({ type: 'container', device: reader, code: container, ...read });
    },
    goesThrough(laneId, id) {
      const effects = lane(laneId, { barrier: 'up' });
      lane(laneId, { light: 'green' });
      if (id !== undefined) vehicle(id).says({ lastNodeId: 'km0-north', nodesAhead: [], driving: true });
      lane(laneId, { loops: loops('approach', 'under'), curtain: 'broken' });
      lane(laneId, { loops: loops('exit') });
      lane(laneId, { loops: loops(), curtain: 'clear' });
      lane(laneId, { barrier: 'down', light: 'red' });
      return effects;
    },
    lane,
    visit: (id) => gate.state.lanes[id]?.visit ?? assert.fail(`nothing stands in ${id}`),
    crane,
    bay: (id, occupied) =>
      submit({
        type: 'lane-io',
        device: `io-${id}`,
        loops: loops(...(occupied ? ['approach'] : [])),
        curtain: 'clear',
        barrier: 'none',
        light: 'dark',
      }),
    offered: (move, container, more = {}) =>
      gate.read({
        kind: 'offered',
        move,
        load: container === undefined ? 'bobtail' : 'laden',
        track: config.section.tracks.find(({ direction }) => direction !== 'out')?.id ?? '',
        vehicle: `che-${move}`,
        homeGate: config.counterpart.gate,
        plate: `桂F1000${move.slice(1)}`,
        containers: container === undefined ? [] : [{ number: container }],
        ...more,
      }),
    crossing: (id) => gate.state.crossings[id] ?? assert.fail(`no crossing ${id}`),
    moved: (move) => border.crossing(gate.state.moves[move] ?? ''),
    restarts() {
      const effects = gate.restart();
      hear();
      border.link(true);
      border.feeds();
      return effects;
    },
  };
  for (const { devices } of config.lanes)
    lanes.set(devices.io, {
      type: 'lane-io',
      device: devices.io,
      loops: loops(),
      curtain: 'clear',
      barrier: 'down',
      light: 'red',
    });
  for (const device of config.devices)
    if (device.kind === 'vehicle') vehicles.set(device.id, coreVehicle(gate, device.id, device.homeNode));
  hear();
  for (const { id } of config.yard.bays) border.bay(id, false);
  border.link(true);
  border.feeds();
  return border;
}
