import assert from 'node:assert/strict';
import type { ChildName } from '../../edge/cli/daemons.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import { decodeRecord } from '../../protocols/handover/line.ts';
import { assertJournals, type RunningGate, type RunningSite, startGates, until } from '../support/gates.ts';
import { useTempDirs } from '../support/temp-dir.ts';

/** A crossing takes about this long at the speed of these tests; the kill falls anywhere within. */
const CROSSING_MS = 8_000;

describe('a daemon killed with SIGKILL at a random moment of a crossing', function () {
  this.timeout(150_000);
  let running: RunningSite;
  beforeEach(async () => {
    running = await startGates(await tempDir(), {
      change(config) {
        // Many segments, so that a kill also falls into their making.
        config.limits.snapshotEveryEntries = 200;
      },
    });
  });
  afterEach(() => running.stop());
  // After the hook above: the gates end before their folders go.
  const tempDir = useTempDirs();

  const each: { name: ChildName; side: 'vn' | 'cn' }[] = [
    { name: 'control', side: 'vn' },
    { name: 'control', side: 'cn' },
    { name: 'exchange', side: 'vn' },
    { name: 'console', side: 'vn' },
    { name: 'broker', side: 'cn' },
  ];

  it('and started again: every crossing completes, nothing is done twice, both journals verify and replay', async () => {
    const { vn, cn, site } = running;
    for (const [index, { name, side }] of each.entries()) {
      const delayMs = Math.round(systemRandom.next() * CROSSING_MS);
      const what = `${name} of ${running[side].id} killed after ${delayMs} ms`;
      for (const gate of [vn, cn]) site.world.export(gate.id);
      await new Promise<void>((resolve) => systemClock.after(delayMs, resolve));
      const pid = running[side].supervised.pids()[name];
      assert.ok(pid);
      process.kill(pid, 'SIGKILL');
      await until(`${name} is back`, () => running[side].supervised.pids()[name] !== pid);
      await until(
        `both containers across (${what})`,
        async () => {
          const states = await Promise.all([vn, cn].map((gate) => gate.state().catch(() => null)));
          return states.every(
            (state) => state?.completed.export === index + 1 && state.completed.import === index + 1,
          );
        },
        90_000,
      );
    }
    const { strikes, collisions, hoistViolations, exportsDelivered } = site.world.stats();
    assert.deepEqual(
      { strikes, collisions, hoistViolations, exportsDelivered },
      {
        strikes: 0,
        collisions: 0,
        hoistViolations: 0,
        exportsDelivered: { [vn.id]: each.length, [cn.id]: each.length },
      },
    );
    await until('customs have every report', () =>
      [vn, cn].every((gate) => reportsOf(running, gate).length === 4 * each.length),
    );
    for (const gate of [vn, cn]) await assertDoneOnce(running, gate);
    await assertJournals(vn, cn);
  });
});

const reportsOf = ({ site }: RunningSite, gate: RunningGate) =>
  site.world.gates.get(gate.id)?.customs.reports ?? [];

/** No record, report or command of a gate exists twice. */
async function assertDoneOnce(running: RunningSite, gate: RunningGate): Promise<void> {
  const seen = new Set<string>();
  const once = (what: string): void => {
    assert.ok(!seen.has(what), `${gate.id} did twice: ${what}`);
    seen.add(what);
  };
  for (const entry of await gate.journal()) {
    if (entry.kind !== 'decision') continue;
    const body = JSON.parse(entry.body) as Record<string, unknown>;
    if (entry.type === 'command') once(`command ${String(body.commandId)}`);
    if (entry.type === 'handover') {
      const line = decodeRecord(String(body.data));
      assert.ok(line.ok);
      const { record } = line;
      once(`line ${line.line}`);
      if ('move' in record) once(`${record.kind} ${record.move}`);
      else if ('ask' in record) once(`${record.kind} ${record.ask}`);
    }
    if (entry.type === 'crossing' && body.stage === 'completed') once(`completed ${String(body.crossing)}`);
  }
  for (const report of reportsOf(running, gate)) once(`${report.kind} ${report.container}`);
}
