import assert from 'node:assert/strict';
import { type OpcuaBench, online, openOpcuaBench, runReader } from '../../support/opcua.ts';

describe('container-code reader', function () {
  this.timeout(20_000);
  let bench: OpcuaBench;
  before(async () => {
    bench = await openOpcuaBench();
  });
  after(() => bench.close());

  it('reports a code as the reader gave it, with quality and the reader’s time', async () => {
    const { reports } = await runReader(bench);
    await reports.next('device-status', online);
    const beforeMs = Date.now();
    bench.reader.see('CSQU3054383', 940);
    const read = await reports.next('container');
    assert.equal(read.code, 'CSQU3054383');
    assert.equal(read.quality, 940);
    assert.equal(read.device, 'ocr-lane-1');
    assert.match(read.readId, /^[0-9a-f]{8,}$/);
    assert.ok(read.deviceAt >= beforeMs - 5 && read.deviceAt <= Date.now() + 5);
  });

  it('tells two readings of the same container as two', async () => {
    const { reports } = await runReader(bench);
    await reports.next('device-status', online);
    bench.reader.see('CSQU3054383');
    bench.reader.see('CSQU3054383');
    const first = await reports.next('container');
    const second = await reports.next('container');
    assert.notEqual(first.readId, second.readId);
  });

  it('tells an event that the server sends twice as one reading', async () => {
    const { reports } = await runReader(bench);
    await reports.next('device-status', online);
    bench.reader.see('MWCU6059784');
    bench.server.readers.get('ocr-1')?.repeat();
    bench.reader.see('CSQU3054383');
    await reports.next('container', ({ code }) => code === 'CSQU3054383');
    assert.deepEqual(
      reports.of('container').map(({ code }) => code),
      ['MWCU6059784', 'CSQU3054383'],
    );
  });

  it('keeps an event without a code aside, and reads on', async () => {
    const { reports } = await runReader(bench);
    await reports.next('device-status', online);
    bench.reader.see('');
    bench.reader.see('CSQU3054383');
    const malformed = await reports.next('malformed');
    assert.equal(malformed.reason, 'ScanData is empty');
    assert.equal(malformed.channel, 'ocr-1/OcrScanEvent');
    assert.match(bench.quarantined.at(-1) ?? '', /OcrScanResult/);
    await reports.next('container', ({ code }) => code === 'CSQU3054383');
  });

  it('is stale while it reports an error, and online again after', async () => {
    const { reports } = await runReader(bench);
    await reports.next('device-status', online);
    bench.server.readers.get('ocr-1')?.setStatus('error');
    const stale = await reports.next('device-status');
    assert.deepEqual([stale.status, stale.reason], ['stale', 'it reports an error']);
    bench.server.readers.get('ocr-1')?.setStatus('scanning');
    await reports.next('device-status', online);
  });

  it('is offline, with the reason, when the server has no such object', async () => {
    const { reports } = await runReader(bench, { object: 'ocr-9' });
    const status = await reports.next('device-status');
    assert.equal(status.status, 'offline');
    assert.match(status.reason, /no object ocr-9 below Objects\/DeviceSet/);
  });

  it('takes no commands', async () => {
    const { driver } = await runReader(bench);
    await assert.rejects(driver.send({ kind: 'pause', device: 'ocr-lane-1', commandId: 'c-1' }), {
      code: 'READER_COMMAND',
    });
  });

  it('speaks without security where the site configured none, and only signed where it wants that', async () => {
    for (const security of ['none', 'sign'] as const) {
      const { reports } = await runReader(bench, { security });
      await reports.next('device-status', online);
    }
  });

  it('shares one session among the devices of an endpoint, and leaves nothing behind', async () => {
    const alone = await openOpcuaBench();
    try {
      const running = [
        await runReader(alone),
        await runReader(alone, { id: 'ocr-lane-2' }),
        await runReader(alone, { id: 'ocr-lane-3' }),
      ];
      for (const { reports } of running) await reports.next('device-status', online);
      assert.deepEqual(alone.server.load(), { sessions: 1, subscriptions: 4 });
      for (const { driver } of running) await driver.stop();
      assert.deepEqual(alone.server.load(), { sessions: 0, subscriptions: 0 });
    } finally {
      await alone.close();
    }
  });
});
