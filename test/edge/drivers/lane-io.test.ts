import assert from 'node:assert/strict';
import type { LaneIoConfig } from '../../../config/schema.ts';
import type { DeviceInput, LaneIoReport } from '../../../edge/core/input.ts';
import type { Driver } from '../../../edge/drivers/driver.ts';
import { createLaneIoDriver } from '../../../edge/drivers/lane-io/driver.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { type LaneIoServer, startLaneIo } from '../../../simulator/devices/lane-io-mqtt.ts';
import { startMosquitto } from '../../support/mosquitto.ts';
import {
  benchBroker,
  benchContext,
  benchLane,
  bystander,
  connectTo,
  createCleanup,
  eventually,
  type Kept,
  laneConfig,
  listen,
  record,
  statuses,
} from '../../support/mqtt-bench.ts';
import { requireTool } from '../../support/tools.ts';

const cleanup = createCleanup();
const heartbeatMs = 100;

interface Bench {
  driver: Driver;
  reports: DeviceInput[];
  kept: Kept[];
  lane: ReturnType<typeof benchLane>;
  plc: LaneIoServer;
}

/** A gate and a PLC, both at the broker on `port`. */
async function bench(port: number, config: LaneIoConfig = laneConfig()): Promise<Bench> {
  const ctx = benchContext();
  const connection = connectTo(port, ctx);
  cleanup.add(() => connection.stop());
  const driver = createLaneIoDriver(config, ctx, connection);
  const reports = record(driver);
  cleanup.add(() => driver.stop());
  const lane = benchLane();
  await driver.start();
  connection.start();
  const plc = startLaneIo({
    brokerUrl: `mqtt://127.0.0.1:${port}`,
    devices: [{ config, model: lane }],
    clock: systemClock,
    heartbeatMs,
  });
  cleanup.add(() => plc.stop());
  return { driver, reports, kept: ctx.kept, lane, plc };
}

const online = (reports: DeviceInput[]): boolean => statuses(reports).at(-1) === 'online';
const laneReports = (reports: DeviceInput[]): LaneIoReport[] =>
  reports.filter((report) => report.type === 'lane-io');
const results = (plc: LaneIoServer): string[] =>
  plc.commands('io-1').map(({ command, result }) => `${command.action} ${result}`);

/** A truck comes, the barrier opens for it, and it drives off. */
async function servesATruck(port: number): Promise<void> {
  const { driver, reports, lane, plc } = await bench(port);
  await eventually('online', () => online(reports));
  assert.deepEqual(laneReports(reports).at(-1), { type: 'lane-io', device: 'io-1', ...lane.state });

  lane.set({ loops: { approach: true, under: false, exit: false } });
  await eventually('the truck at the stop line', () => laneReports(reports).at(-1)?.loops.approach === true);
  await driver.send({ kind: 'barrier', device: 'io-1', to: 'raise', commandId: 'c-1' });
  await driver.send({ kind: 'light', device: 'io-1', to: 'green', commandId: 'c-2' });
  await eventually('barrier up and green', () => {
    const last = laneReports(reports).at(-1);
    return last?.barrier === 'up' && last.light === 'green';
  });
  lane.set({ loops: { approach: false, under: false, exit: false }, curtain: 'broken' });
  lane.set({ curtain: 'clear' });
  await driver.send({ kind: 'light', device: 'io-1', to: 'red', commandId: 'c-3' });
  await driver.send({ kind: 'barrier', device: 'io-1', to: 'lower', commandId: 'c-4' });
  await eventually('barrier down and red', () => {
    const last = laneReports(reports).at(-1);
    return last?.barrier === 'down' && last.light === 'red';
  });
  assert.deepEqual(results(plc), ['raise accepted', 'green accepted', 'red accepted', 'lower accepted']);
  assert.deepEqual(statuses(reports), ['offline', 'online']);
}

describe('lane I/O driver', () => {
  afterEach(() => cleanup.run());

  it('serves a truck through the embedded broker', async () => {
    await servesATruck((await benchBroker(cleanup)).port);
  });

  it('serves a truck through Mosquitto with the configuration we ship', async function () {
    await servesATruck(await startMosquitto(requireTool(this, 'mosquitto'), cleanup));
  });

  it('shows a truck the bay it has to drive to, for that opening only', async () => {
    const { driver, reports, lane, plc } = await bench((await benchBroker(cleanup)).port);
    await eventually('online', () => online(reports));
    const raise = { kind: 'barrier', device: 'io-1', to: 'raise' } as const;
    await driver.send({ ...raise, sign: 'bay-truck-2', commandId: 'c-1' });
    await eventually('the bay on the sign', () => lane.sign === 'bay-truck-2');
    await driver.send({ ...raise, commandId: 'c-2' });
    await eventually('an opening without a sign', () => lane.sign === undefined);
    assert.deepEqual(
      plc.commands('io-1').map(({ command }) => 'sign' in command),
      [true, false],
    );
  });

  it('reports changes, not heartbeats', async () => {
    const { reports, lane } = await bench((await benchBroker(cleanup)).port);
    await eventually('online', () => online(reports));
    lane.set({ curtain: 'broken' });
    lane.set({ curtain: 'broken' });
    await new Promise((resolve) => systemClock.after(heartbeatMs * 3, () => resolve(undefined)));
    assert.equal(laneReports(reports).length, 2);
  });

  it('counts a silent device as stale, and reports it whole when it speaks again', async () => {
    const { driver, reports, plc } = await bench((await benchBroker(cleanup)).port);
    await eventually('online', () => online(reports));
    plc.silence('io-1', true);
    await eventually('stale', () => statuses(reports).at(-1) === 'stale');
    await assert.rejects(driver.send({ kind: 'barrier', device: 'io-1', to: 'raise', commandId: 'c-1' }), {
      code: 'DEVICE_NOT_READY',
    });
    plc.silence('io-1', false);
    await eventually('online again', () => online(reports));
    const [report, status] = reports.slice(-2);
    assert.equal(report?.type, 'lane-io', 'the report comes before the status that makes it count');
    assert.equal(status?.type, 'device-status');
  });

  it('turns a lane red even though its device is silent', async () => {
    const { driver, reports, lane, plc } = await bench((await benchBroker(cleanup)).port);
    await eventually('online', () => online(reports));
    await driver.send({ kind: 'light', device: 'io-1', to: 'green', commandId: 'c-1' });
    await eventually('green', () => lane.state.light === 'green');
    plc.silence('io-1', true);
    await eventually('stale', () => statuses(reports).at(-1) === 'stale');
    await driver.send({ kind: 'light', device: 'io-1', to: 'red', commandId: 'c-2' });
    await eventually('red', () => lane.state.light === 'red');
  });

  it('goes on counting commands where the gate before it stopped', async () => {
    const { port } = await benchBroker(cleanup);
    const first = await bench(port);
    await eventually('online', () => online(first.reports));
    await first.driver.send({ kind: 'barrier', device: 'io-1', to: 'raise', commandId: 'c-1' });
    await eventually('raised', () => first.lane.state.barrier === 'up');
    await first.driver.stop();

    const ctx = benchContext();
    const connection = connectTo(port, ctx, {}, 'gate-restarted');
    cleanup.add(() => connection.stop());
    const driver = createLaneIoDriver(laneConfig(), ctx, connection);
    cleanup.add(() => driver.stop());
    const reports = record(driver);
    await driver.start();
    connection.start();
    await eventually('online after the restart', () => online(reports));
    await driver.send({ kind: 'barrier', device: 'io-1', to: 'lower', commandId: 'c-2' });
    await eventually('lowered', () => first.lane.state.barrier === 'down');
    assert.deepEqual(results(first.plc), ['raise accepted', 'lower accepted']);
  });

  it('keeps unreadable states aside, tells of them once in a while, and goes on', async () => {
    const { port } = await benchBroker(cleanup);
    const { reports, kept, lane } = await bench(port);
    await eventually('online', () => online(reports));
    const other = await bystander(port, cleanup);
    await other.publishAsync('lane-io/io-1/state', '{"profile":1}', { qos: 1 });
    await other.publishAsync('lane-io/io-1/state', Buffer.from([0xff]), { qos: 1 });
    await eventually('both kept', () => kept.length === 2);
    assert.equal(reports.filter(({ type }) => type === 'malformed').length, 1);
    lane.set({ curtain: 'broken' });
    await eventually('the change', () => laneReports(reports).at(-1)?.curtain === 'broken');
    assert.deepEqual(statuses(reports), ['offline', 'online']);
  });

  it('does not fall back to a state that is delivered again, or late', async () => {
    const { port } = await benchBroker(cleanup);
    const { reports, lane } = await bench(port);
    await eventually('online', () => online(reports));
    const other = await bystander(port, cleanup);
    const states = await listen(other, 'lane-io/io-1/state');
    await eventually('a state with the curtain clear', () => states.length > 0);
    lane.set({ curtain: 'broken' });
    await eventually('the change', () => laneReports(reports).at(-1)?.curtain === 'broken');
    await other.publishAsync('lane-io/io-1/state', JSON.stringify(states[0]), { qos: 1 });
    lane.set({ light: 'green' });
    await eventually('the next change', () => laneReports(reports).at(-1)?.light === 'green');
    assert.deepEqual(
      laneReports(reports).map(({ curtain }) => curtain),
      ['clear', 'broken', 'broken'],
    );
  });

  it('does not take the last words of a dead device, kept by the broker, for the present', async () => {
    const { port } = await benchBroker(cleanup);
    const { state } = benchLane();
    const words = { profile: 1, boot: 'b', seq: 1, clockMs: 1, acceptedSeq: 0, ...state };
    const other = await bystander(port, cleanup);
    await other.publishAsync('lane-io/io-1/state', JSON.stringify(words), { qos: 1, retain: true });

    const ctx = benchContext();
    const connection = connectTo(port, ctx);
    cleanup.add(() => connection.stop());
    const driver = createLaneIoDriver(laneConfig(), ctx, connection);
    cleanup.add(() => driver.stop());
    const reports = record(driver);
    await driver.start();
    connection.start();
    await eventually('stale', () => statuses(reports).at(-1) === 'stale');
    assert.deepEqual(statuses(reports), ['offline', 'stale']);
    assert.deepEqual(laneReports(reports), []);
    assert.match(ctx.kept[0]?.reason ?? '', /retained/);
  });

  it('refuses a command that is not for it', async () => {
    const { driver } = await bench((await benchBroker(cleanup)).port);
    await assert.rejects(driver.send({ kind: 'pause', device: 'io-1', commandId: 'c-1' }), {
      code: 'COMMAND_NOT_FOR_DEVICE',
    });
    await assert.rejects(driver.send({ kind: 'light', device: 'io-2', to: 'red', commandId: 'c-1' }), {
      code: 'COMMAND_NOT_FOR_DEVICE',
    });
  });
});
