import assert from 'node:assert/strict';
import { connectAsync } from 'mqtt';
import { assertJournals, type RunningSite, startGates, until } from '../support/gates.ts';
import { useTempDirs } from '../support/temp-dir.ts';

describe('both gates as processes, with simulated hardware on real protocols', function () {
  this.timeout(120_000);
  let running: RunningSite;
  beforeEach(async () => {
    running = await startGates(await tempDir());
  });
  afterEach(async () => {
    const { strikes, collisions, hoistViolations } = running.site.world.stats();
    await running.stop();
    assert.deepEqual(
      { strikes, collisions, hoistViolations },
      { strikes: 0, collisions: 0, hoistViolations: 0 },
    );
  });
  // After the hook above: the gates end before their folders go.
  const tempDir = useTempDirs();
  const crossed = async (count: number): Promise<boolean> =>
    (await running.vn.state()).completed.export === count &&
    (await running.cn.state()).completed.import === count;

  it('an export whose container is not released is held with the reason; when the release arrives, it passes without anyone touching it', async () => {
    const { vn, cn, site } = running;
    const container = site.world.export(vn.id, { release: false });
    await until('it stands in the yard, held', async () =>
      Object.values((await vn.state()).crossings).some(
        (one) => one.stage === 'in-yard' && one.verdict === 'hold',
      ),
    );
    const held = Object.values((await vn.state()).crossings).find(
      (one) => one.containers[0]?.number === container,
    );
    assert.deepEqual(
      held?.reasons.map(({ code, owner }) => [code, owner]),
      [['NOT_RELEASED', 'customs']],
    );
    site.world.setClearance(vn.id, container, 'released');
    await until('it has crossed and left on a truck', () => crossed(1));
    assert.deepEqual(
      (await vn.journal()).filter((entry) => entry.type === 'operator-act'),
      [],
    );
    await until('customs of both sides know', () =>
      [vn, cn].every((gate) => {
        const kinds = site.world.gates.get(gate.id)?.customs.reports.map((report) => report.kind);
        return JSON.stringify(kinds) === JSON.stringify(['get-in', 'get-out']);
      }),
    );
    await assertJournals(vn, cn);
  });

  it('a wrong container number is referred, and the barrier stays down', async () => {
    const { vn, site } = running;
    site.world.export(vn.id, { paintedContainer: 'CSQU3054383' });
    const codes = async () => (await vn.state()).lanes['yard-in-1']?.visit?.reasons.map((one) => one.code);
    await until(
      'it is referred for its container',
      async () => (await codes())?.join() === 'CONTAINER_MISMATCH',
    );
    // Three more rounds of readings change nothing.
    const readings = async () => (await vn.journal()).filter((entry) => entry.type === 'container').length;
    const before = await readings();
    await until('it was read again', async () => (await readings()) >= before + 3);
    assert.equal((await vn.state()).lanes['yard-in-1']?.visit?.verdict, 'refer');
    assert.equal(site.world.gates.get(vn.id)?.laneIo.get('io-yard-in-1')?.state.barrier, 'down');
    const raises = (await vn.journal()).filter(
      (entry) => entry.type === 'command' && entry.body.includes('"raise"'),
    );
    assert.deepEqual(raises, []);
  });

  it('malformed messages from a device are counted, kept aside with their bytes, alarmed, and nothing else changes', async () => {
    const { vn, site } = running;
    assert.ok(vn.config.broker.kind === 'embedded');
    const client = await connectAsync(`mqtt://127.0.0.1:${vn.config.broker.port}`);
    const poison = Buffer.from([0x7b, 0xff, 0x00, 0x22]);
    await client.publishAsync('lane-io/io-yard-in-1/state', poison, { qos: 1 });
    await until('it is counted', async () => (await vn.state()).devices['io-yard-in-1']?.malformed === 1);
    assert.equal((await vn.state()).alarms['MALFORMED/io-yard-in-1']?.state, 'raised');
    const reported = async () => (await vn.journal()).find((entry) => entry.type === 'malformed');
    await until('it is in the journal', async () => (await reported()) !== undefined);
    const report = await reported();
    const { sha256, sizeBytes } = JSON.parse(report?.body ?? '{}') as { sha256: string; sizeBytes: number };
    assert.equal(sizeBytes, 4);
    const { readFile } = await import('node:fs/promises');
    await until('its bytes are on disk', async () => {
      const kept = await readFile(`${vn.dataDir}/quarantine/${sha256}`).catch(() => null);
      return kept?.equals(poison) === true;
    });
    await client.endAsync();
    site.world.export(vn.id);
    await until('traffic goes on', () => crossed(1));
  });

  it('with the other gate unreachable no new vehicle is sent; those under way reach a hold point; when it returns, traffic goes on', async () => {
    const { vn, cn, site } = running;
    for (let n = 0; n < 2; n += 1) site.world.export(vn.id);
    await until('one is released over the border', async () =>
      (await vn.journal()).some(
        (entry) => entry.type === 'handover' && entry.body.includes('"record":"departed"'),
      ),
    );
    // The other gate's exchange is stopped, not killed: nothing answers, nothing is refused, as behind a cut cable.
    const pid = cn.supervised.pids().exchange;
    assert.ok(pid);
    process.kill(pid, 'SIGSTOP');
    await until('the link counts as down', async () => !(await vn.state()).link.up);
    const departed = async () =>
      (await vn.journal()).filter(
        (entry) => entry.type === 'handover' && entry.body.includes('"record":"departed"'),
      ).length;
    const before = await departed();
    await until('every vehicle stands', async () =>
      Object.values((await vn.state()).vehicles).every(
        ({ report }) => report?.driving === false && !report.nodesAhead.some((node) => node.released),
      ),
    );
    const roles = new Map(vn.config.map.nodes.map((node) => [node.id, node.role]));
    for (const { report } of Object.values((await vn.state()).vehicles)) {
      assert.ok(
        ['hold', 'park', 'bay'].includes(roles.get(report?.lastNodeId ?? '') ?? ''),
        `stands at ${report?.lastNodeId}`,
      );
    }
    assert.equal(await departed(), before);
    assert.equal((await vn.state()).alarms[`LINK_DOWN/${cn.id}`]?.state, 'raised');
    process.kill(pid, 'SIGCONT');
    await until('both containers have crossed', () => crossed(2), 90_000);
    await assertJournals(vn, cn);
  });
});
