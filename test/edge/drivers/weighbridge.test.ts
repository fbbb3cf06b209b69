import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type WeighbridgeConfig, weighbridgeDevice } from '../../../config/schema.ts';
import { createWeighbridgeDriver } from '../../../edge/drivers/weighbridge/driver.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import {
  type SimulatedWeighbridge,
  startSerialWeighbridge,
  startTcpWeighbridge,
} from '../../../simulator/devices/weighbridge.ts';
import { deviceBench, handScale, until, watch } from '../../support/device-bench.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

const isEmpty = ({ state }: { state: string }): boolean => state === 'empty';

describe('a weighbridge', () => {
  const newFolder = useTempDirs();
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  /** Resolves when the scale has sent `count` frames more. */
  async function framesSent(scale: SimulatedWeighbridge, count: number): Promise<void> {
    let left = count;
    scale.faults.spoil = (frame) => {
      left -= 1;
      return frame;
    };
    await until(() => left <= 0, `${count} frames`);
  }

  const stopLater = <T extends { stop(): Promise<void> }>(thing: T): T => {
    stops.push(() => thing.stop());
    return thing;
  };

  async function drive(connection: unknown, change: Partial<WeighbridgeConfig> = {}, folder = '') {
    const bench = deviceBench(folder);
    const config = weighbridgeDevice.parse({
      kind: 'weighbridge',
      id: 'scale-1',
      format: 'mettler-toledo-continuous',
      staleAfterMs: 300,
      connection,
      ...change,
    });
    const timing = { backOffFirstMs: 20, backOffMaxMs: 100, gapMsMax: 120 };
    const watched = await watch(createWeighbridgeDriver(config, bench.ctx, timing));
    stopLater(watched.driver);
    return { ...bench, ...watched };
  }

  async function tcpBench(change: Partial<WeighbridgeConfig> = {}) {
    const model = handScale();
    const checksum = change.checksum ?? true;
    const scale = stopLater(
      await startTcpWeighbridge({ model, clock: systemClock, host: '127.0.0.1', port: 0, checksum }),
    );
    const driver = await drive({ via: 'tcp', host: '127.0.0.1', port: scale.port }, change);
    return { model, scale, driver };
  }

  for (const via of ['serial', 'tcp'] as const) {
    it(`over ${via}: online, empty, moving, stable at 39,350 kg, and not a word more while the truck stands`, async () => {
      const model = handScale();
      const folder = await newFolder();
      const at = { model, clock: systemClock, linkPath: join(folder, 'scale-1'), host: '127.0.0.1', port: 0 };
      const scale = stopLater(
        await (via === 'serial' ? startSerialWeighbridge(at) : startTcpWeighbridge(at)),
      );
      const connection =
        'port' in scale ? { via, host: at.host, port: scale.port } : { via, path: 'scale-1' };
      const driver = await drive(connection, {}, folder);
      await driver.next('weight', isEmpty);
      model.put({ grossKg: 21_000, motion: true });
      assert.equal((await driver.next('weight')).state, 'moving');
      model.put({ grossKg: 39_350, motion: false });
      assert.deepEqual(await driver.next('weight'), {
        type: 'weight',
        device: 'scale-1',
        state: 'stable',
        grossKg: 39_350,
      });
      model.put({ grossKg: 39_360, motion: false });
      await framesSent(scale, 5);
      assert.deepEqual(
        driver.all.map((report) => (report.type === 'weight' ? report.state : report.type)),
        // Moving before online: nothing from before may count as fresh.
        ['moving', 'device-status', 'empty', 'moving', 'stable'],
      );
    });
  }

  it('over capacity it is out of range', async () => {
    const { scale, driver } = await tcpBench();
    await driver.online();
    scale.faults.outOfRange = true;
    await driver.next('weight', ({ state }) => state === 'out-of-range');
  });

  it('an indicator without checksums is read when configured so', async () => {
    const { driver } = await tcpBench({ checksum: false });
    await driver.next('weight', isEmpty);
    assert.deepEqual(driver.of('malformed'), []);
  });

  it('is stale when it falls silent, and tells its weight again when it speaks', async () => {
    const { scale, driver } = await tcpBench();
    await driver.next('weight', isEmpty);
    scale.faults.silent = true;
    assert.match((await driver.next('device-status')).reason, /no weight for 300 ms/);
    scale.faults.silent = false;
    await driver.online();
    await driver.next('weight', isEmpty);
    assert.deepEqual(driver.statuses(), ['online', 'stale', 'online']);
  });

  it('a line that opens but sends nothing is stale, then offline, told once each, and read when the indicator is switched on', async () => {
    const model = handScale();
    const scale = stopLater(
      await startTcpWeighbridge({ model, clock: systemClock, host: '127.0.0.1', port: 0 }),
    );
    scale.faults.silent = true;
    const driver = await drive({ via: 'tcp', host: '127.0.0.1', port: scale.port }, { staleAfterMs: 100 });
    await driver.next('device-status', ({ status }) => status === 'offline');
    await until(() => scale.accepted >= 4, 'the line opened again and again');
    scale.faults.silent = false;
    await driver.online();
    assert.deepEqual(driver.statuses(), ['stale', 'offline', 'online']);
  });

  it('a lost connection is offline, and is made again by itself', async () => {
    const { scale, driver } = await tcpBench();
    await driver.online();
    scale.dropConnections();
    await driver.next('device-status', ({ status }) => status === 'offline');
    await driver.online();
    await driver.next('weight', isEmpty);
  });

  it('a serial line that is not there is offline, told once, and read when it comes', async () => {
    const folder = await newFolder();
    const linkPath = join(folder, 'scale-1');
    const driver = await drive({ via: 'serial', path: linkPath });
    const { reason } = await driver.next('device-status');
    assert.match(reason, /scale-1/);
    const first = await startSerialWeighbridge({ model: handScale(), clock: systemClock, linkPath });
    await driver.online();
    await first.stop();
    await driver.next('device-status', ({ status }) => status === 'offline');
    stopLater(await startSerialWeighbridge({ model: handScale(), clock: systemClock, linkPath }));
    await driver.online();
    assert.deepEqual(
      driver.statuses().filter((status) => status !== 'stale'),
      ['offline', 'online', 'offline', 'online'],
    );
  });

  it('a burst of noise is kept aside and told once, and no weight is lost or made up', async () => {
    const { scale, driver } = await tcpBench();
    await driver.online();
    for (let count = 0; count < 10; count += 1) scale.inject(Buffer.from('\x02noise\x02\x0d', 'latin1'));
    const malformed = await driver.next('malformed');
    assert.deepEqual([malformed.device, malformed.reason], ['scale-1', '80 bytes that are no frame']);
    assert.equal(driver.quarantined[0]?.length, 80);
    scale.inject(Buffer.from('more noise'));
    await until(() => driver.quarantined.length === 2, 'the second burst kept aside');
    assert.equal(driver.of('malformed').length, 1);
    if (driver.of('weight').length < 2) await driver.next('weight', isEmpty);
    assert.deepEqual(
      driver.of('weight').map(({ state }) => state),
      ['moving', 'empty'],
    );
    assert.deepEqual(driver.statuses(), ['online']);
  });

  it('a line at a wrong baud rate is told once and is stale, never online', async () => {
    const { scale, driver } = await tcpBench();
    let sent = 0;
    scale.faults.spoil = (frame) => {
      sent += 1;
      return frame.map((byte) => byte ^ 0x55);
    };
    await driver.next('malformed');
    await driver.next('device-status', ({ status }) => status === 'stale');
    // The line is opened again meanwhile, and is no better; it is the same news.
    await until(() => sent >= 30, 'much noise');
    assert.equal(driver.of('malformed').length, 1);
    assert.ok(!driver.statuses().includes('online'));
  });

  it('joining the line in the middle of a frame is no fault', async () => {
    const { scale, driver } = await tcpBench();
    await driver.online();
    scale.faults.spoil = (frame) => frame.subarray(9);
    scale.dropConnections();
    await driver.next('device-status', ({ status }) => status === 'offline');
    scale.faults.spoil = undefined;
    await driver.online();
    assert.deepEqual(driver.of('malformed'), []);
  });

  it('an indicator set to pounds is told once and is stale: a pound is no kilogram', async () => {
    const { scale, driver } = await tcpBench({ checksum: false });
    scale.faults.spoil = (frame) =>
      Uint8Array.from(frame, (byte, index) => (index === 2 ? byte & ~0x10 : byte));
    const { reason } = await driver.next('malformed');
    assert.match(reason, /not set to kilograms/);
    await driver.next('device-status', ({ status }) => status === 'stale');
    assert.equal(driver.quarantined.length, 1);
  });

  it('takes no command', async () => {
    const { driver } = await tcpBench();
    await assert.rejects(
      driver.driver.send({ kind: 'light', device: 'scale-1', to: 'red', commandId: 'c-1' }),
      (error) => error instanceof GateError && error.code === 'COMMAND_NOT_SUPPORTED',
    );
  });
});

describe('the simulated serial line', () => {
  const newFolder = useTempDirs();

  it('leaves no link behind, replaces one of an earlier run, and never touches a real file', async () => {
    const folder = await newFolder();
    const linkPath = join(folder, 'scale-1');
    const options = { model: handScale(), clock: systemClock, linkPath };
    const first = await startSerialWeighbridge(options);
    const second = await startSerialWeighbridge(options);
    await first.stop();
    await assert.rejects(writeFile(linkPath, 'x', { flag: 'wx' }), { code: 'EEXIST' });
    await second.stop();
    await writeFile(linkPath, 'not a link', { flag: 'wx' });
    await assert.rejects(
      startSerialWeighbridge(options),
      (error) => error instanceof GateError && error.code === 'LINK_IN_THE_WAY',
    );
  });
});
