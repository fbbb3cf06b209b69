import assert from 'node:assert/strict';
import { askedFor, useCameras } from '../support/camera-bench.ts';

describe('a camera restarts and forgets our pull point', () => {
  const newBench = useCameras();

  it('the gate says the camera was away, makes a new pull point and reads on', async () => {
    const bench = await newBench();
    const driver = await bench.drive();
    await driver.online();
    await bench.camera.reboot(150);
    await driver.online();
    bench.model.see('12C-123.45');
    assert.equal((await driver.next('plate')).plate, '12C-123.45');
    assert.deepEqual(driver.statuses(), ['online', 'offline', 'online']);
  });

  it('so it does when the camera only forgets, without a restart', async () => {
    const bench = await newBench({ pullMsMax: 100 });
    const driver = await bench.drive();
    await driver.online();
    bench.camera.forgetPullPoints();
    const { reason } = await driver.next('device-status', ({ status }) => status === 'offline');
    assert.match(reason, /pull point is lost/);
    await driver.online();
    bench.model.see('12C-123.45');
    await driver.next('plate');
    assert.equal(askedFor(bench, 'CreatePullPointSubscription'), 2);
    // Some cameras would end the pull points of every other client with ours.
    assert.equal(askedFor(bench, 'Unsubscribe'), 0);
  });

  it('a camera that refuses new pull points is not asked in a storm', async () => {
    const bench = await newBench({ pullMsMax: 50 });
    const driver = await bench.drive({}, { backOffFirstMs: 100, backOffMaxMs: 1_000 });
    await driver.online();
    bench.camera.faults.answer = (operation) => (operation === 'PullMessages' ? '' : undefined);
    const before = askedFor(bench, 'CreatePullPointSubscription');
    await driver.next('device-status', ({ status }) => status === 'offline');
    await driver.online();
    await driver.next('device-status', ({ status }) => status === 'offline');
    await driver.online();
    const asked = askedFor(bench, 'CreatePullPointSubscription') - before;
    assert.equal(asked, 2, 'one pull point an attempt, a pause before each');
  });
});
