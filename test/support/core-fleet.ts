/**
 * A gate with three vehicles and three cranes (the third has slots of its own) whose devices all answer, for stories of
 * the fleet. What the yard and the lanes do is put into the state or told by their devices; the vehicles are `coreVehicle`s.
 */
import assert from 'node:assert/strict';
import type { GateConfig } from '../../config/schema.ts';
import type { Command, Effect } from '../../edge/core/effect.ts';
import type { Crossing } from '../../edge/core/state.ts';
import { planSite, type SitePlan } from '../../simulator/plan.ts';
import { bootGate, type CoreGate, commandsOf, ordersOf } from './core-gate.ts';
import { type CoreVehicle, coreVehicle } from './core-vehicle.ts';

export type Order = Extract<Command, { kind: 'order' }>;

export const CONTAINER = 'CSQU3054383';
const DECLARATION = '308044805740';

export interface CoreFleet {
  gate: CoreGate;
  vehicle(id: string): CoreVehicle;
  /** An export stands in a slot of the yard, released by customs. The crossing’s id. */
  inYard(slot: string, container?: string): string;
  clears(container: string, status: 'released' | 'registered'): Effect[];
  crossing(id: string): Crossing;
  lane(lane: string, now: { stands?: boolean; barrier?: 'down' | 'up' }): Effect[];
  crane(device: string, position: string, hoistClear: boolean): Effect[];
  /** The job of the crane below which it stands is over: the container left its slot and is on the vehicle. */
  loaded(vehicle: string): Effect[];
  /** One container from park to the hold point `node` before the border, in the way the core orders it. */
  toBorder(vehicle: string, slot?: string): { crossing: string; node: string };
  /** From there on released through its lane: the order that leads over the border. */
  released(vehicle: string, crossing: string): Order;
  /** The same container in the landing bay of the other side, given off. */
  delivered(vehicle: string): string;
}

/** The only order among effects. */
export function onlyOrder(effects: readonly Effect[]): Order {
  const orders = ordersOf(effects);
  assert.equal(orders.length, 1, `one order, not ${orders.length}`);
  return orders[0] ?? assert.fail();
}

/** What the vehicles are told, as `device kind`. */
export const told = (effects: readonly Effect[]): string[] =>
  commandsOf(effects).flatMap(({ device, kind }) => (device.startsWith('xe-') ? [`${device} ${kind}`] : []));

export const wayOf = (order: Order): string[] => order.nodes.map((node) => node.nodeId);

export const fleetPlan: SitePlan = { cranes: 3, vehicles: 3, slotsPerCrane: 4 };

export function createFleet(change: (config: GateConfig) => void = () => {}): CoreFleet {
  const [config] = planSite(fleetPlan);
  change(config);
  const gate = bootGate(config);
  const vehicles = new Map<string, CoreVehicle>();
  const vehicle = (id: string): CoreVehicle => vehicles.get(id) ?? assert.fail(`no vehicle ${id}`);
  const crossing = (id: string): Crossing => gate.state.crossings[id] ?? assert.fail(`no crossing ${id}`);

  const sensors = (device: string, approach: boolean, barrier: 'down' | 'up' | 'none'): Effect[] =>
    gate.step({
      type: 'lane-io',
      device,
      loops: { approach, under: false, exit: false },
      curtain: 'clear',
      barrier,
      light: 'red',
    });
  const crane: CoreFleet['crane'] = (device, position, hoistClear) =>
    gate.step({
      type: 'crane',
      device,
      mode: 'automatic',
      spreader: { landed: false, locked: false, unlocked: true, loaded: false },
      position,
      hoistClear,
    });

  gate.online(...config.devices.map(({ id }) => id));
  gate.step({ type: 'counterpart-link', up: true });
  gate.step({ type: 'customs-feed', asOf: gate.state.now });
  for (const lane of config.lanes) sensors(lane.devices.io, false, 'down');
  for (const bay of config.yard.bays) sensors(bay.io, false, 'none');
  for (const { device } of config.yard.cranes) crane(device, 'travelling', true);
  for (const device of config.devices) {
    if (device.kind !== 'vehicle') continue;
    vehicles.set(device.id, coreVehicle(gate, device.id, device.homeNode));
    vehicle(device.id).says();
  }

  let versions = 0;
  const clears: CoreFleet['clears'] = (container, status) => {
    versions += 1;
    return gate.step({
      type: 'clearance',
      declaration: DECLARATION,
      container,
      kind: 'export',
      channel: 'green',
      status,
      version: versions,
      source: 'test',
    });
  };
  const inYard: CoreFleet['inYard'] = (slot, container = CONTAINER) => {
    const { state } = gate;
    const id = `${config.gate.id}-${container}`;
    state.crossings[id] = {
      id,
      direction: 'export',
      load: 'laden',
      stage: 'in-yard',
      containers: [{ number: container, seals: [], declarations: [DECLARATION] }],
      since: state.now,
      lanes: {},
      bays: {},
      slot,
      jobFailures: 0,
      findings: [],
      verdict: null,
      reasons: [],
    };
    state.containers[container] = id;
    state.owners[`slot:${slot}`] = id;
    state.ready.push(id);
    return id;
  };
  const lane: CoreFleet['lane'] = (id, { stands = true, barrier = 'down' }) =>
    sensors(config.lanes.find((one) => one.id === id)?.devices.io ?? '', stands, barrier);

  const loaded: CoreFleet['loaded'] = (id) => {
    const view = gate.state.vehicles[id] ?? assert.fail(`no vehicle ${id}`);
    const served = crossing(view.crossing ?? '');
    delete gate.state.owners[`slot:${served.slot}`];
    delete served.slot;
    return vehicle(id).exchanges([served.containers[0]?.number ?? '']);
  };
  const toBorder: CoreFleet['toBorder'] = (id, slot = 's-1-1') => {
    const made = inYard(slot);
    const toBay = onlyOrder(clears(CONTAINER, 'released'));
    assert.equal(toBay.device, id);
    vehicle(id).drives(toBay);
    const toHold = onlyOrder(loaded(id));
    vehicle(id).drives(toHold);
    return { crossing: made, node: wayOf(toHold).at(-1) ?? '' };
  };
  const released: CoreFleet['released'] = (id, crossingId) => {
    const { lastNodeId } = vehicle(id).report;
    const at =
      config.lanes.find(({ node }) => node === lastNodeId) ?? assert.fail(`no lane at ${lastNodeId}`);
    const plate = crossing(crossingId).vehicle?.plate ?? '';
    lane(at.id, {});
    gate.step({ type: 'plate', device: at.devices.camera, readId: 'p', plate, quality: 990, deviceAt: 0 });
    if (at.devices.reader !== undefined)
      gate.step({
        type: 'container',
        device: at.devices.reader,
        readId: 'c',
        code: CONTAINER,
        quality: 990,
        deviceAt: 0,
      });
    const move = crossing(crossingId).lineClear?.move ?? assert.fail('nothing was offered');
    gate.read({
      kind: 'granted',
      move,
      grant: 'g',
      track: 'north',
      holdNode: 'hnq-in-2',
      bayNode: 'hnq-bay-land-3',
    });
    return onlyOrder(lane(at.id, { barrier: 'up' }));
  };
  const delivered: CoreFleet['delivered'] = (id) => {
    const { crossing: made } = toBorder(id);
    vehicle(id).drives(released(id, made));
    const { lineClear } = crossing(made);
    const move = lineClear?.move ?? '';
    gate.read({ kind: 'arrived', move, eventTime: '2026-03-02T08:00:00+08:00' });
    const ask = gate.state.vehicles[id]?.authority ?? assert.fail('nothing was asked');
    const order = onlyOrder(
      gate.read({ kind: 'authority-granted', ask: ask.ask, vehicle: id, from: ask.from, to: ask.to }),
    );
    vehicle(id).drives(order);
    vehicle(id).exchanges([]);
    const eventTime = '2026-03-02T08:05:00+08:00';
    gate.read({ kind: 'received', move, eventTime, containers: [CONTAINER] });
    return made;
  };
  return { gate, vehicle, inYard, clears, crossing, lane, crane, loaded, toBorder, released, delivered };
}
