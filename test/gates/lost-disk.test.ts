import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dataPaths } from '../../edge/platform/data-paths.ts';
import { decodeRecord } from '../../protocols/handover/line.ts';
import { assertJournals, type RunningGate, startGates, until } from '../support/gates.ts';
import { useTempDirs } from '../support/temp-dir.ts';

/** What its journal tells of its own log, line by line. */
async function logOf(gate: RunningGate): Promise<{ line: number; kind: string; data: string }[]> {
  const entries = await gate.journal();
  return entries.flatMap(({ kind, type, body }) => {
    if (kind !== 'decision' || type !== 'handover') return [];
    const { line, record, data } = JSON.parse(body);
    assert.ok(decodeRecord(data).ok);
    return [{ line, kind: record, data }];
  });
}

describe('a gate whose disk was lost', function () {
  this.timeout(240_000);
  const tempDir = useTempDirs();

  it('has its log back from the other gate to the byte, says so, and vehicles go on', async () => {
    const running = await startGates(await tempDir(), { speed: 20 });
    const { vn, cn, site } = running;
    const completed = (count: number) => async (): Promise<boolean> =>
      (await cn.state()).completed.import >= count && (await cn.state()).completed.export >= count;
    try {
      for (const gate of [vn, cn]) site.world.export(gate.id);
      await until('a container has crossed each way', completed(1), 120_000);
      await until('every move is closed', async () => {
        const states = await Promise.all([vn.state(), cn.state()]);
        return states.every(({ moves }) => Object.keys(moves).length === 0);
      });
      const before = await logOf(vn);
      await until('the other side has read all of it', async () => {
        return ((await cn.state()).sources.counterpart ?? 0) >= before.length;
      });
      await vn.restart(async (dataDir) => {
        await rm(dataPaths(dataDir).journal, { recursive: true });
        for (const file of ['exchange.db', 'exchange.db-wal', 'exchange.db-shm'])
          await rm(join(dataDir, file), { force: true });
      });
      await until('the log is restored', async () =>
        (await logOf(vn)).some(({ kind }) => kind === 'restored'),
      );
      const after = await logOf(vn);
      assert.deepEqual(after.slice(0, before.length), before);
      assert.deepEqual(
        [after[before.length]?.kind, after[before.length]?.line],
        ['restored', before.length + 1],
      );
      const alarms = Object.values((await vn.state()).alarms).map(({ code }) => code);
      assert.ok(alarms.includes('LOG_RESTORED'));

      for (const gate of [vn, cn]) site.world.export(gate.id);
      await until('another container has crossed each way', completed(2), 120_000);
      assert.equal((await cn.state()).logFaults.theirs, null, 'the other side has noticed nothing wrong');
      await assertJournals(cn);
    } finally {
      await running.stop();
    }
  });
});
