import assert from 'node:assert/strict';
import type { DeviceInput, VehicleReport } from '../../../edge/core/input.ts';
import type { Driver } from '../../../edge/drivers/driver.ts';
import { createVehicleDriver } from '../../../edge/drivers/vehicle/driver.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { startVehicle, type VehicleServer } from '../../../simulator/devices/vehicle-mqtt.ts';
import { startMosquitto } from '../../support/mosquitto.ts';
import {
  benchBroker,
  benchContext,
  benchVehicle,
  bystander,
  connectTo,
  createCleanup,
  eventually,
  type Kept,
  listen,
  record,
  statuses,
  vehicleConfig,
} from '../../support/mqtt-bench.ts';
import { requireTool } from '../../support/tools.ts';
import { stateOf } from '../../support/vda5050.ts';

const cleanup = createCleanup();
const stateEveryMs = 100;
const stateTopic = 'uagv/v2/langson/LS-001/state';

interface Gate {
  driver: Driver;
  reports: DeviceInput[];
  kept: Kept[];
}

async function gateAt(port: number, config = vehicleConfig()): Promise<Gate> {
  const ctx = benchContext();
  const connection = connectTo(port, ctx);
  cleanup.add(() => connection.stop());
  const driver = createVehicleDriver(config, ctx, connection);
  cleanup.add(() => driver.stop());
  const reports = record(driver);
  await driver.start();
  connection.start();
  return { driver, reports, kept: ctx.kept };
}

function vehicleAt(port: number): { vehicle: ReturnType<typeof benchVehicle>; radio: VehicleServer } {
  const vehicle = benchVehicle();
  const radio = startVehicle({
    brokerUrl: `mqtt://127.0.0.1:${port}`,
    config: vehicleConfig(),
    model: vehicle,
    clock: systemClock,
    stateEveryMs,
  });
  cleanup.add(() => radio.stop());
  return { vehicle, radio };
}

const online = (reports: DeviceInput[]): boolean => statuses(reports).at(-1) === 'online';
const vehicleReports = (reports: DeviceInput[]): VehicleReport[] =>
  reports.filter((report) => report.type === 'vehicle');
const someStates = (): Promise<void> =>
  new Promise((resolve) => {
    systemClock.after(stateEveryMs * 3, resolve);
  });

const order = {
  kind: 'order',
  device: 'xe-1',
  commandId: 'c-1',
  orderId: 'o-1',
  orderUpdateId: 0,
  mapId: 'road',
  nodes: [
    { nodeId: 'hn-park-1', sequenceId: 0, released: true, x: -420, y: 40 },
    {
      nodeId: 'hn-bay-load',
      sequenceId: 2,
      released: true,
      x: -340,
      y: 20,
      speedMaxMps: 4,
      action: { actionId: 'a-1', actionType: 'pick', loadId: 'CSQU3054383', stationName: 'bay-load' },
    },
    { nodeId: 'hn-out-1', sequenceId: 4, released: false, x: -120, y: 20, speedMaxMps: 4 },
  ],
} as const satisfies Parameters<Driver['send']>[0] & { nodes: readonly unknown[] };

/** A vehicle drives to the bay, takes a container, is stopped on its way and let go again. */
async function fetchesAContainer(port: number): Promise<void> {
  const { driver, reports } = await gateAt(port);
  const { vehicle } = vehicleAt(port);
  await eventually('online', () => online(reports));
  await driver.send(order);
  await eventually('the order taken', () => vehicleReports(reports).at(-1)?.orderId === 'o-1');
  assert.deepEqual(vehicle.orders, [
    {
      orderId: 'o-1',
      orderUpdateId: 0,
      nodes: [
        { nodeId: 'hn-park-1', sequenceId: 0, released: true, x: -420, y: 40, actions: [] },
        {
          nodeId: 'hn-bay-load',
          sequenceId: 2,
          released: true,
          x: -340,
          y: 20,
          actions: [{ actionId: 'a-1', actionType: 'pick', loadId: 'CSQU3054383' }],
        },
        { nodeId: 'hn-out-1', sequenceId: 4, released: false, x: -120, y: 20, actions: [] },
      ],
      edges: [
        {
          edgeId: 'hn-park-1--hn-bay-load',
          sequenceId: 1,
          released: true,
          startNodeId: 'hn-park-1',
          endNodeId: 'hn-bay-load',
          maxSpeedMps: 4,
        },
        {
          edgeId: 'hn-bay-load--hn-out-1',
          sequenceId: 3,
          released: false,
          startNodeId: 'hn-bay-load',
          endNodeId: 'hn-out-1',
          maxSpeedMps: 4,
        },
      ],
    },
  ]);

  vehicle.set({ driving: true });
  await eventually('driving', () => vehicleReports(reports).at(-1)?.driving === true);
  await driver.send({ kind: 'pause', device: 'xe-1', commandId: 'c-2' });
  await eventually('paused', () => vehicleReports(reports).at(-1)?.paused === true);
  await driver.send({ kind: 'unpause', device: 'xe-1', commandId: 'c-3' });
  await eventually('going on', () => vehicleReports(reports).at(-1)?.paused === false);

  vehicle.set({
    driving: false,
    lastNodeId: 'hn-bay-load',
    lastNodeSequenceId: 2,
    nodeStates: [{ nodeId: 'hn-out-1', sequenceId: 4, released: false }],
    loads: [{ loadId: 'CSQU3054383', loadType: 'container' }],
    actionStates: [{ actionId: 'a-1', actionType: 'pick', actionStatus: 'FINISHED' }],
  });
  await eventually('loaded', () => vehicleReports(reports).at(-1)?.loads.length === 1);
  assert.deepEqual(vehicleReports(reports).at(-1), {
    type: 'vehicle',
    device: 'xe-1',
    orderId: 'o-1',
    orderUpdateId: 0,
    lastNodeId: 'hn-bay-load',
    lastNodeSequenceId: 2,
    nodesAhead: [{ nodeId: 'hn-out-1', sequenceId: 4, released: false }],
    driving: false,
    paused: false,
    mode: 'AUTOMATIC',
    loads: ['CSQU3054383'],
    actions: [{ actionId: 'a-1', actionType: 'pick', status: 'FINISHED' }],
    eStop: 'NONE',
    localized: true,
    batteryPercent: 80,
    charging: false,
    errors: [],
  });
  assert.deepEqual(statuses(reports), ['offline', 'online']);
}

describe('vehicle driver', () => {
  afterEach(() => cleanup.run());

  it('lets a vehicle fetch a container through the embedded broker', async () => {
    await fetchesAContainer((await benchBroker(cleanup)).port);
  });

  it('lets a vehicle fetch a container through Mosquitto with the configuration we ship', async function () {
    await fetchesAContainer(await startMosquitto(requireTool(this, 'mosquitto'), cleanup));
  });

  it('does not report where a vehicle is between two nodes, nor each tenth of a per cent of its battery', async () => {
    const { port } = await benchBroker(cleanup);
    const { reports } = await gateAt(port);
    const { vehicle } = vehicleAt(port);
    await eventually('online', () => online(reports));
    vehicle.set({ position: { x: -400, y: 40, theta: 0, mapId: 'road' }, batteryPercent: 79.4 });
    await someStates();
    assert.equal(vehicleReports(reports).length, 1);
    vehicle.set({ batteryPercent: 78.9 });
    await eventually('a whole per cent less', () => vehicleReports(reports).at(-1)?.batteryPercent === 79);
  });

  it('knows by the last will that a vehicle lost its power, and by its farewell that it left', async () => {
    const { port } = await benchBroker(cleanup);
    const { reports } = await gateAt(port);
    const first = vehicleAt(port);
    await eventually('online', () => online(reports));
    await first.radio.crash();
    await eventually('offline', () => statuses(reports).at(-1) === 'offline');
    assert.match(JSON.stringify(reports.at(-1)), /CONNECTIONBROKEN/);

    const second = vehicleAt(port);
    await eventually('online again', () => online(reports));
    await second.radio.stop();
    await eventually('offline again', () => statuses(reports).at(-1) === 'offline');
    assert.match(JSON.stringify(reports.at(-1)), /OFFLINE/);
  });

  it('counts a vehicle as stale by the age of its state: it can be stopped and turned back, nothing more', async () => {
    const { port } = await benchBroker(cleanup);
    const { driver, reports } = await gateAt(port);
    const { vehicle, radio } = vehicleAt(port);
    await eventually('online', () => online(reports));
    await driver.send(order);
    await eventually('two nodes ahead', () => vehicleReports(reports).at(-1)?.nodesAhead.length === 2);
    radio.silence(true);
    await eventually('stale', () => statuses(reports).at(-1) === 'stale');
    for (const command of [
      { ...order, orderUpdateId: 1 },
      { kind: 'unpause', device: 'xe-1', commandId: 'c-2' } as const,
      { kind: 'charge', device: 'xe-1', on: true, commandId: 'c-3' } as const,
      { kind: 'charge', device: 'xe-1', on: false, commandId: 'c-4' } as const,
    ])
      await assert.rejects(driver.send(command), { code: 'DEVICE_NOT_READY' }, command.commandId);
    await driver.send({ kind: 'pause', device: 'xe-1', commandId: 'c-5' });
    await eventually('paused all the same', () => vehicle.state.paused);
    await driver.send({ kind: 'cancel-order', device: 'xe-1', commandId: 'c-6' });
    await eventually('its order dropped all the same', () => vehicle.state.nodeStates.length === 0);
    radio.silence(false);
    await eventually('the gate knows', () => vehicleReports(reports).at(-1)?.nodesAhead.length === 0);
    assert.equal(vehicleReports(reports).at(-1)?.orderId, 'o-1');
  });

  it('lets a vehicle charge, and calls it off the charger', async () => {
    const { port } = await benchBroker(cleanup);
    const { driver, reports } = await gateAt(port);
    vehicleAt(port);
    await eventually('online', () => online(reports));
    await driver.send({ kind: 'charge', device: 'xe-1', on: true, commandId: 'c-1' });
    await eventually('charging', () => vehicleReports(reports).at(-1)?.charging === true);
    await driver.send({ kind: 'charge', device: 'xe-1', on: false, commandId: 'c-2' });
    await eventually('off the charger', () => vehicleReports(reports).at(-1)?.charging === false);
  });

  it('reports that a person has taken the wheel, or that the vehicle has lost its way', async () => {
    const { port } = await benchBroker(cleanup);
    const { reports } = await gateAt(port);
    const { vehicle } = vehicleAt(port);
    await eventually('online', () => online(reports));
    vehicle.set({ mode: 'MANUAL' });
    await eventually('manual', () => vehicleReports(reports).at(-1)?.mode === 'MANUAL');
    vehicle.set({ mode: 'AUTOMATIC', eStop: 'MANUAL', localized: false });
    await eventually('stopped and lost', () => {
      const last = vehicleReports(reports).at(-1);
      return last?.mode === 'AUTOMATIC' && last.eStop === 'MANUAL' && !last.localized;
    });
  });

  it('knows a vehicle that left before the gate started as offline, not merely silent', async () => {
    const { port } = await benchBroker(cleanup);
    const { radio } = vehicleAt(port);
    const heard = await listen(await bystander(port, cleanup), 'uagv/v2/langson/LS-001/connection');
    await eventually('the vehicle', () => heard.at(-1)?.connectionState === 'ONLINE');
    await radio.stop();
    const { reports } = await gateAt(port, vehicleConfig({ staleAfterMs: 100 }));
    await eventually('the farewell kept by the broker', () => /OFFLINE/.test(JSON.stringify(reports)));
    await someStates();
    assert.deepEqual([...new Set(statuses(reports))], ['offline']);
  });

  it('publishes an order once: an order lost on the radio shows in the state that does not change', async () => {
    const { port } = await benchBroker(cleanup);
    const { driver, reports } = await gateAt(port);
    const { vehicle, radio } = vehicleAt(port);
    await eventually('online', () => online(reports));
    radio.dropNextOrder();
    await driver.send(order);
    await someStates();
    assert.deepEqual(vehicle.orders, []);
    assert.equal(vehicleReports(reports).at(-1)?.orderId, '');
    await driver.send({ ...order, orderUpdateId: 1 });
    await eventually('the next order', () => vehicleReports(reports).at(-1)?.orderUpdateId === 1);
  });

  it('does not send an order that is no way through the map', async () => {
    const { port } = await benchBroker(cleanup);
    const { driver, reports } = await gateAt(port);
    const { vehicle } = vehicleAt(port);
    await eventually('online', () => online(reports));
    await assert.rejects(driver.send({ ...order, nodes: order.nodes.slice(2) }), { code: 'ORDER_INVALID' });
    await assert.rejects(driver.send({ kind: 'light', device: 'xe-1', to: 'red', commandId: 'c' }), {
      code: 'COMMAND_NOT_FOR_DEVICE',
    });
    assert.deepEqual(vehicle.orders, []);
  });

  it('does not fall back to a doubled or overtaken state', async () => {
    const { port } = await benchBroker(cleanup);
    const { reports } = await gateAt(port);
    const other = await bystander(port, cleanup);
    const say = (headerId: number, second: number, lastNodeId: string): Promise<unknown> => {
      const timestamp = new Date(Date.parse('2026-03-01T00:00:00Z') + second * 1_000).toISOString();
      return other.publishAsync(stateTopic, JSON.stringify(stateOf({ headerId, timestamp, lastNodeId })), {
        qos: 1,
      });
    };
    await eventually('a gate that listens', () => reports.length > 0);
    while (!online(reports)) await say(5, 5, 'a');
    await say(6, 6, 'b');
    await say(6, 6, 'doubled');
    await say(5, 5, 'overtaken');
    await say(1, 60, 'c');
    await eventually(
      'the state after a restart of the vehicle',
      () => vehicleReports(reports).at(-1)?.lastNodeId === 'c',
    );
    assert.deepEqual(
      vehicleReports(reports).map(({ lastNodeId }) => lastNodeId),
      ['a', 'b', 'c'],
    );
  });

  it('keeps a state that speaks for another vehicle aside', async () => {
    const { port } = await benchBroker(cleanup);
    const { reports, kept } = await gateAt(port);
    const { radio } = vehicleAt(port);
    await eventually('online', () => online(reports));
    radio.sendRaw('state', JSON.stringify(stateOf({ serialNumber: 'LS-002', headerId: 900 })));
    radio.sendRaw(
      'connection',
      JSON.stringify({ ...stateOf({ serialNumber: 'LS-002' }), connectionState: 'OFFLINE' }),
    );
    radio.sendRaw('connection', '{}');
    await eventually('all kept', () => kept.length === 3);
    assert.match(kept[0]?.reason ?? '', /speaks for langson\/LS-002/);
    await someStates();
    assert.ok(online(reports));
  });
});
