import assert from 'node:assert/strict';
import onvif from 'onvif';
import sinon from 'sinon';
import { soapEnvelope } from '../../protocols/onvif/soap.ts';
import { useCameras } from '../support/camera-bench.ts';

/** The library, made to throw where it has been seen to, or could. */
const boom = (): never => {
  throw new TypeError("Cannot read properties of undefined (reading '0')");
};

describe('the ONVIF library throws', () => {
  const newBench = useCameras();
  const uncaught: unknown[] = [];
  const remember = (error: unknown): void => void uncaught.push(error);
  beforeEach(() => {
    uncaught.length = 0;
    process.on('uncaughtExceptionMonitor', remember);
  });
  afterEach(() => {
    process.off('uncaughtExceptionMonitor', remember);
    sinon.restore();
    assert.deepEqual(uncaught, []);
  });

  it('when called: the camera is offline for a while, the daemon lives and the next plate is read', async () => {
    const bench = await newBench();
    const stub = sinon.stub(onvif.Cam.prototype, 'pullMessages').callsFake(boom);
    const driver = await bench.drive();
    const { reason } = await driver.next('device-status', ({ status }) => status === 'offline');
    assert.match(reason, /could not be used to hand out events/);
    stub.restore();
    await driver.online();
    bench.model.see('12C-123.45');
    await driver.next('plate');
  });

  it('in the middle of an answer, and again when told of it', async () => {
    const bench = await newBench();
    const stub = sinon.stub(onvif.Cam.prototype, 'pullMessages').callsFake(function (
      this: InstanceType<typeof onvif.Cam>,
    ) {
      this._request({ body: '<none/>' }, boom);
    });
    const driver = await bench.drive();
    await driver.next('device-status', ({ status }) => status === 'offline');
    stub.restore();
    await driver.online();
    bench.model.see('12C-123.45');
    await driver.next('plate');
  });

  for (const [operation, body] of [
    ['CreatePullPointSubscription', '<tev:Unheard/>'],
    ['CreatePullPointSubscription', '<tev:CreatePullPointSubscriptionResponse/>'],
    ['GetSystemDateAndTime', '<tds:GetSystemDateAndTimeResponse/>'],
    [
      'GetSystemDateAndTime',
      '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime/></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>',
    ],
  ] as const) {
    it(`on ${body} from ${operation}: offline until the camera makes sense`, async () => {
      const bench = await newBench();
      bench.camera.faults.answer = (asked) => (asked === operation ? soapEnvelope(body) : undefined);
      const driver = await bench.drive();
      await driver.next('device-status', ({ status }) => status === 'offline');
      bench.camera.faults.answer = undefined;
      await driver.online();
    });
  }

  it('never hears of an answer that breaks off: the gate does, and goes on', async () => {
    const bench = await newBench();
    bench.camera.faults.cutShort.add('GetServices');
    const driver = await bench.drive();
    const { reason } = await driver.next('device-status', ({ status }) => status === 'offline');
    assert.match(reason, /aborted|closed|hang up/);
    bench.camera.faults.cutShort.clear();
    await driver.online();
  });
});
