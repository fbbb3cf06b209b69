import assert from 'node:assert/strict';
import { GateError } from '../../edge/platform/errors.ts';
import {
  benchBroker,
  benchContext,
  bystander,
  connectTo,
  createCleanup,
  eventually,
  listen,
  startLink,
} from '../support/mqtt-bench.ts';

describe('the link to the broker is half open', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  it('which is noticed within one and a half keep-alives, even while publishing, and nothing is sent twice', async () => {
    const broker = await benchBroker(cleanup);
    const link = await startLink(broker.port, cleanup);
    const connection = connectTo(link.port, benchContext(), {
      keepaliveSeconds: 1,
      publishTimeoutMs: 10_000,
    });
    cleanup.add(() => connection.stop());
    let connected = false;
    connection.connected$.subscribe((now) => {
      connected = now;
    });
    connection.start();
    await eventually('connected', () => connected);
    const heard = await listen(await bystander(broker.port, cleanup), 'out');

    link.freeze();
    const frozenAtMs = performance.now();
    const codes: string[] = [];
    const publishing = setInterval(() => {
      for (const qos of [0, 1] as const)
        connection.publish('out', '{"frozen":true}', { qos }).catch((error: unknown) => {
          codes.push(error instanceof GateError ? error.code : String(error));
        });
    }, 20);
    cleanup.add(() => clearInterval(publishing));
    await eventually('the loss is noticed', () => !connected);
    const tookMs = performance.now() - frozenAtMs;
    clearInterval(publishing);
    assert.ok(tookMs < 2_500, `noticed after ${tookMs} ms`);
    await eventually('the sender knows of each acknowledged message', () =>
      codes.includes('MQTT_UNCONFIRMED'),
    );
    assert.deepEqual(
      codes.filter((code) => code !== 'MQTT_UNCONFIRMED' && code !== 'MQTT_OFFLINE' && code !== 'MQTT_BUSY'),
      [],
    );

    link.thaw();
    await eventually('connected again', () => connected);
    await connection.publish('out', '{"frozen":false}', { qos: 1 });
    await eventually('the new message', () => heard.length > 0);
    assert.deepEqual(heard, [{ frozen: false }]);
  });
});
