import 'reflect-metadata';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportLog } from '../../edge/cli/handover/export.ts';
import { verifyLogs } from '../../edge/cli/handover/verify.ts';
import { showKeys } from '../../edge/cli/keys/show.ts';
import { assertJournals, startGates, until } from '../support/gates.ts';
import { useTempDirs } from '../support/temp-dir.ts';
import { makeStamper, serveStamps } from '../support/time-stamp-authority.ts';

describe('two gates whose logs an authority stamps', function () {
  this.timeout(240_000);
  const tempDir = useTempDirs();

  it('have both stamps in both journals, and whoever checks their logs later is told since when they stand', async function () {
    const dir = await tempDir();
    const stamper = await makeStamper(this, dir);
    const server = await serveStamps(stamper);
    const authority = join(stamper.folder, 'root.pem');
    const running = await startGates(dir, {
      change(config) {
        config.counterpart.timeStamps = {
          authorities: [{ name: 'test authority', certificatesFile: authority }],
          ours: { url: server.url, everyS: 10, timeoutMs: 10_000, alarmAfterS: 3_600 },
          theirs: { requiredWithinS: 3_600 },
        };
      },
    });
    const gates = [running.vn, running.cn] as const;
    try {
      for (const gate of gates) running.site.world.export(gate.id);
      await until('both logs are stamped, and each gate knows of both', async () => {
        const states = await Promise.all(gates.map((gate) => gate.state()));
        return states.every(
          ({ timeStamps: { ours, theirs } }) => (ours?.size ?? 0) > 3 && (theirs?.size ?? 0) > 3,
        );
      });
      const paths = [join(dir, 'vn.jsonl'), join(dir, 'cn.jsonl')] as const;
      const keys = [authority];
      for (const [index, { dataDir, configFile, id }] of gates.entries()) {
        await exportLog({ data: dataDir, out: paths[index] ?? '' });
        const { text } = await showKeys({ config: configFile, data: dataDir, public: true });
        keys.push(join(dir, `${id}.keys.json`));
        await writeFile(keys.at(-1) ?? '', text);
      }
      let told = '';
      const exitCode = await verifyLogs(paths, { keys }, (text) => {
        told += text;
      });
      assert.equal(exitCode, 0, told);
      assert.equal(told.match(/: stamped to line \d+, \S+Z by CN=Root \d+ \(CN=Stamper/g)?.length, 2, told);
      for (const gate of gates) {
        const alarms = Object.keys((await gate.state()).alarms);
        assert.deepEqual(
          alarms.filter((id) => id.startsWith('TIME_STAMP')),
          [],
        );
        await assertJournals(gate);
      }
    } finally {
      await running.stop();
      await server.close();
    }
  });
});
