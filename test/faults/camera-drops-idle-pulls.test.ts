import assert from 'node:assert/strict';
import { askedFor, useCameras } from '../support/camera-bench.ts';
import { until } from '../support/device-bench.ts';

describe('a camera drops each pull in which nothing happened', () => {
  const newBench = useCameras();

  it('stays online on the same pull point, and the next plate is read', async () => {
    const bench = await newBench();
    bench.camera.faults.dropIdlePullsAfterMs = 120;
    const driver = await bench.drive();
    await driver.online();
    await until(() => askedFor(bench, 'PullMessages') >= 5, 'five pulls');
    bench.model.see('12C-123.45');
    assert.equal((await driver.next('plate')).plate, '12C-123.45');
    assert.deepEqual(driver.statuses(), ['online']);
    assert.equal(askedFor(bench, 'CreatePullPointSubscription'), 1);
  });

  it('a plate seen between two pulls is not lost', async () => {
    const bench = await newBench();
    bench.camera.faults.dropIdlePullsAfterMs = 120;
    const driver = await bench.drive({}, { pullAgainMs: 200 });
    await driver.online();
    await until(() => askedFor(bench, 'PullMessages') >= 1, 'a pull');
    for (const plate of ['12C-111.11', '12C-222.22', '12C-333.33']) {
      bench.model.see(plate);
      assert.equal((await driver.next('plate')).plate, plate);
    }
  });

  it('pulls that break off at once are no idle pulls: the session is given up after a few', async () => {
    const bench = await newBench();
    const driver = await bench.drive();
    await driver.online();
    bench.camera.faults.cutShort.add('PullMessages');
    bench.model.see('12C-111.11');
    bench.camera.faults.dropIdlePullsAfterMs = 1;
    await driver.next('device-status', ({ status }) => status === 'offline');
    bench.camera.faults.cutShort.clear();
    bench.camera.faults.dropIdlePullsAfterMs = undefined;
    await driver.online();
    bench.model.see('12C-222.22');
    await driver.next('plate', ({ plate }) => plate === '12C-222.22');
  });
});
