import assert from 'node:assert/strict';
import { startBroker } from '../../edge/broker/broker.ts';
import { createLaneIoDriver } from '../../edge/drivers/lane-io/driver.ts';
import { createVehicleDriver } from '../../edge/drivers/vehicle/driver.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { startLaneIo } from '../../simulator/devices/lane-io-mqtt.ts';
import {
  benchContext,
  benchLane,
  bystander,
  connectTo,
  createCleanup,
  eventually,
  laneConfig,
  record,
  statuses,
  vehicleConfig,
} from '../support/mqtt-bench.ts';

describe('a broker full of retained messages', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  it('does not flood the gate: it reads its own topics, and believes none of what was kept', async () => {
    const flood = 3_000;
    const broker = await startBroker({
      host: '127.0.0.1',
      port: 0,
      log: silentLog,
      limits: { retainedTopicsMax: flood + 10 },
    });
    cleanup.add(() => broker.stop());
    const other = await bystander(broker.port, cleanup);
    const junk = 'x'.repeat(1_000);
    await Promise.all(
      Array.from({ length: flood }, (_, n) =>
        other.publishAsync(`lane-io/io-${n + 2}/state`, junk, { qos: 1, retain: true }),
      ),
    );
    for (const topic of [
      'lane-io/io-1/state',
      'uagv/v2/langson/LS-001/state',
      'uagv/v2/langson/LS-001/connection',
    ])
      await other.publishAsync(topic, junk, { qos: 1, retain: true });

    const ctx = benchContext();
    const connection = connectTo(broker.port, ctx);
    cleanup.add(() => connection.stop());
    const laneDriver = createLaneIoDriver(laneConfig(), ctx, connection);
    const vehicleDriver = createVehicleDriver(vehicleConfig(), ctx, connection);
    cleanup.add(() => laneDriver.stop());
    cleanup.add(() => vehicleDriver.stop());
    const reports = record(laneDriver);
    await laneDriver.start();
    await vehicleDriver.start();
    connection.start();
    const plc = startLaneIo({
      brokerUrl: `mqtt://127.0.0.1:${broker.port}`,
      devices: [{ config: laneConfig(), model: benchLane() }],
      clock: systemClock,
      heartbeatMs: 100,
    });
    cleanup.add(() => plc.stop());
    await eventually('online by what the device says now', () => statuses(reports).at(-1) === 'online');
    await eventually('the three kept messages put aside', () => ctx.kept.length === 3);
    assert.equal(reports.filter(({ type }) => type === 'lane-io').length, 1);
  });
});
