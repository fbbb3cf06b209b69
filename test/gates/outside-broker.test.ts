import assert from 'node:assert/strict';
import { assertJournals, startGates, until } from '../support/gates.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { createCleanup } from '../support/mqtt-bench.ts';
import { useTempDirs } from '../support/temp-dir.ts';
import { requireTool } from '../support/tools.ts';

describe('both gates on Mosquitto with the configuration that is shipped', function () {
  this.timeout(90_000);
  const tempDir = useTempDirs();

  it('bring a container across each way, nothing but the broker’s address changed', async function () {
    const program = requireTool(this, 'mosquitto');
    const cleanup = createCleanup();
    const ports = [await startMosquitto(program, cleanup), await startMosquitto(program, cleanup)];
    const running = await startGates(await tempDir(), {
      change(config) {
        config.broker = { kind: 'external', url: `mqtt://127.0.0.1:${ports.shift()}` };
      },
    });
    try {
      const { vn, cn, site } = running;
      for (const gate of [vn, cn]) site.world.export(gate.id);
      await until('both containers across', async () => {
        const states = await Promise.all([vn.state(), cn.state()]);
        return states.every(({ completed }) => completed.export === 1 && completed.import === 1);
      });
      assert.equal(vn.supervised.pids().broker, undefined);
      await assertJournals(vn, cn);
    } finally {
      await running.stop();
      await cleanup.run();
    }
  });
});
