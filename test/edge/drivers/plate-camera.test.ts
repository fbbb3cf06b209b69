import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { GateError } from '../../../edge/platform/errors.ts';
import { soapEnvelope } from '../../../protocols/onvif/soap.ts';
import { askedFor, useCameras } from '../../support/camera-bench.ts';
import { onePixelDigest, until } from '../../support/device-bench.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

describe('a plate camera', () => {
  const newBench = useCameras();
  const newFolder = useTempDirs();

  it('reports each plate with its picture, which is on disk by then', async () => {
    const bench = await newBench();
    const driver = await bench.drive();
    await driver.online();
    const beforeMs = Date.now();
    bench.model.see('12C-123.45');
    const { readId, deviceAt, ...read } = await driver.next('plate');
    assert.deepEqual(read, {
      type: 'plate',
      device: 'anpr-1',
      plate: '12C-123.45',
      country: 'VN',
      quality: 950,
      image: onePixelDigest,
    });
    assert.ok(bench.saved.has(onePixelDigest));
    assert.match(readId, /^[0-9a-f]{32}$/);
    assert.ok(Math.abs(deviceAt - beforeMs) < 2_000);
  });

  it('keeps a digits-only plate, Đ and a Chinese plate as the camera gave them', async () => {
    const bench = await newBench();
    const driver = await bench.drive();
    await driver.online();
    for (const plate of ['51.20', '12MĐ-123.45', '桂F·1234挂', '12C\n123.45']) {
      bench.model.see(plate);
      assert.equal((await driver.next('plate')).plate, plate);
    }
  });

  it('reports several plates of one reply in order, with one picture for all', async () => {
    const bench = await newBench();
    const driver = await bench.drive();
    await driver.online();
    for (const plate of ['12C-111.11', '12R-222.22', '12C-333.33']) bench.model.see(plate);
    for (const plate of ['12C-111.11', '12R-222.22', '12C-333.33'])
      assert.equal((await driver.next('plate')).plate, plate);
    assert.ok(askedFor(bench, 'picture') < 3);
  });

  it('the same notification delivered twice is one reading', async () => {
    const bench = await newBench();
    bench.camera.faults.deliverTwice = true;
    const driver = await bench.drive();
    await driver.online();
    bench.model.see('12C-123.45');
    bench.camera.repeatLast();
    bench.model.see('12C-678.90');
    await driver.next('plate', ({ plate }) => plate === '12C-678.90');
    assert.deepEqual(
      driver.of('plate').map(({ plate }) => plate),
      ['12C-123.45', '12C-678.90'],
    );
  });

  it('a reading told again after a restart of the gate has the same readId, and another reading has another', async () => {
    const bench = await newBench();
    const first = await bench.drive();
    await first.online();
    bench.model.see('12C-123.45');
    const { readId } = await first.next('plate');
    await first.driver.stop();
    const second = await bench.drive();
    await second.online();
    bench.camera.repeatLast();
    assert.equal((await second.next('plate')).readId, readId);
    bench.model.see('12C-123.45', { quality: 900 });
    assert.notEqual((await second.next('plate')).readId, readId);
  });

  it('takes the picture the notification names', async () => {
    const bench = await newBench();
    bench.camera.faults.sendImageUri = true;
    const driver = await bench.drive();
    await driver.online();
    bench.model.see('12C-123.45');
    assert.equal((await driver.next('plate')).image, onePixelDigest);
    assert.equal(askedFor(bench, 'GetSnapshotUri'), 0);
  });

  it('reports the plate without a picture when the picture does not come', async () => {
    const bench = await newBench();
    bench.camera.faults.pictureHangs = true;
    const driver = await bench.drive({}, { pictureMs: 50 });
    await driver.online();
    bench.model.see('12C-123.45');
    assert.equal((await driver.next('plate')).image, undefined);
    assert.deepEqual(driver.statuses(), ['online']);
  });

  it('an unreadable notification is kept aside and told, and the next plate is read', async () => {
    const bench = await newBench();
    const driver = await bench.drive();
    await driver.online();
    bench.model.see(' ');
    const malformed = await driver.next('malformed');
    assert.deepEqual(
      [malformed.device, malformed.channel, malformed.reason],
      ['anpr-1', 'pull point', 'no plate number'],
    );
    assert.match(bench.quarantined[0]?.toString() ?? '', /PlateNumber/);
    bench.model.see('12C-123.45');
    await driver.next('plate');
    assert.deepEqual(driver.statuses(), ['online']);
  });

  it('an answer that is no XML is kept aside, and the camera is read again', async () => {
    const bench = await newBench();
    const driver = await bench.drive();
    await driver.online();
    bench.camera.faults.answer = (operation) => (operation === 'PullMessages' ? '<html>busy' : undefined);
    bench.model.see('12C-111.11');
    await driver.next('malformed');
    bench.camera.faults.answer = undefined;
    await driver.online();
    bench.model.see('12C-222.22');
    assert.equal((await driver.next('plate')).plate, '12C-222.22');
    assert.equal(bench.quarantined[0]?.toString(), '<html>busy');
  });

  it('a camera whose clock is an hour off is logged in to with its own time, and its times are kept as given', async () => {
    const bench = await newBench();
    bench.camera.faults.clockOffMs = -3_600_000;
    const driver = await bench.drive();
    await driver.online();
    bench.model.see('12C-123.45');
    const { deviceAt } = await driver.next('plate');
    assert.ok(Math.abs(deviceAt + 3_600_000 - Date.now()) < 2_000);
  });

  it('a camera whose clock is set while we are logged in is read on', async () => {
    const bench = await newBench({ pullMsMax: 100 });
    const driver = await bench.drive();
    await driver.online();
    bench.camera.faults.clockOffMs = 3_600_000;
    await until(() => {
      if (driver.of('plate').length === 0) bench.model.see('12C-123.45');
      return driver.of('plate').length > 0;
    }, 'a plate');
    assert.equal(driver.statuses().at(-1), 'online');
  });

  it('is offline with a wrong password, says why, and does not knock again soon', async () => {
    const bench = await newBench();
    const driver = await bench.drive({ password: 'wrong' }, { refusedPauseMs: 60_000 });
    const { status, reason } = await driver.next('device-status');
    assert.equal(status, 'offline');
    assert.match(reason, /refused our user name or password/);
    assert.equal(askedFor(bench, 'CreatePullPointSubscription'), 0);
    await driver.driver.stop();
    assert.equal(askedFor(bench, 'GetSystemDateAndTime'), 1);
  });

  it('reads its password from a file, and says what is missing when there is none', async () => {
    const bench = await newBench();
    const folder = await newFolder();
    const passwordFile = `${folder}/camera.password`;
    const driver = await bench.drive({ password: undefined, passwordFile });
    const { reason } = await driver.next('device-status');
    assert.match(reason, /password of anpr-1 cannot be read/);
    await writeFile(passwordFile, 'đường 12\n');
    await driver.online();
  });

  it('is stale when it falls silent, online when it answers again, offline when the silence lasts', async () => {
    const bench = await newBench({ pullMsMax: 50 });
    const driver = await bench.drive({}, { answerMs: 100, pullMs: 5_000 });
    await driver.online();
    bench.camera.faults.silent = true;
    await driver.next('device-status', ({ status }) => status === 'stale');
    bench.camera.faults.silent = false;
    await driver.online();
    bench.camera.faults.silent = true;
    await driver.next('device-status', ({ status }) => status === 'stale');
    await driver.next('device-status', ({ status }) => status === 'offline');
    bench.camera.faults.silent = false;
    await driver.online();
    bench.model.see('12C-123.45');
    await driver.next('plate');
  });

  it('a camera that is not there is offline, told once, and read when it comes', async () => {
    const bench = await newBench();
    await bench.camera.stop();
    const driver = await bench.drive();
    const { status } = await driver.next('device-status');
    assert.equal(status, 'offline');
    await bench.camera.reboot();
    await driver.online();
    assert.deepEqual(driver.statuses(), ['offline', 'online']);
  });

  it('an old camera that knows only GetCapabilities is read too', async () => {
    const bench = await newBench();
    bench.camera.faults.answer = (operation) =>
      operation === 'GetServices' ? soapEnvelope('<tds:GetServicesResponse/>') : undefined;
    const driver = await bench.drive();
    await driver.online();
    assert.equal(askedFor(bench, 'GetCapabilities'), 1);
    bench.model.see('12C-123.45');
    assert.equal((await driver.next('plate')).image, onePixelDigest);
  });

  it('a pull point whose times carry an offset is used, though the library trips over them', async () => {
    const bench = await newBench();
    bench.camera.faults.answer = (operation) =>
      operation === 'CreatePullPointSubscription'
        ? soapEnvelope(
            `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa:Address>http://10.0.0.9/onvif/pull-point/1</wsa:Address></tev:SubscriptionReference>` +
              '<wsnt:CurrentTime>2026-01-02T10:04:05+07:00</wsnt:CurrentTime><wsnt:TerminationTime>2026-01-02T10:06:05+07:00</wsnt:TerminationTime></tev:CreatePullPointSubscriptionResponse>',
          )
        : undefined;
    const driver = await bench.drive();
    await driver.online();
    bench.model.see('12C-123.45');
    await driver.next('plate');
  });

  it('gives its pull point back when the gate stops, and then is quiet', async () => {
    const bench = await newBench();
    const driver = await bench.drive();
    await driver.online();
    await driver.driver.stop();
    assert.equal(askedFor(bench, 'Unsubscribe'), 1);
    bench.model.see('12C-123.45');
    assert.deepEqual(driver.statuses(), ['online']);
  });

  it('takes no command', async () => {
    const bench = await newBench();
    const { driver } = await bench.drive();
    await assert.rejects(
      driver.send({ kind: 'barrier', device: 'anpr-1', to: 'raise', commandId: 'c-1' }),
      (error) => error instanceof GateError && error.code === 'COMMAND_NOT_SUPPORTED',
    );
  });
});
