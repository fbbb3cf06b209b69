import assert from 'node:assert/strict';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareOpcuaTrust } from '../../edge/drivers/opcua/trust.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import { type OpcuaBench, online, openOpcuaBench, runReader } from '../support/opcua.ts';

describe('an OPC UA server whose certificate nobody trusted', function () {
  this.timeout(30_000);
  let bench: OpcuaBench;
  beforeEach(async () => {
    bench = await openOpcuaBench({ trusted: false });
  });
  afterEach(() => bench.close());

  it('is refused, and the reason says what to do', async () => {
    const { reports } = await runReader(bench);
    const status = await reports.next('device-status');
    assert.equal(status.status, 'offline');
    assert.match(status.reason, /certificate of the server is refused \(BadCertificateUntrusted\)/);
    assert.match(status.reason, /opcua\/rejected to opcua\/trusted\/certs/);
    const rejected = await readdir(join(bench.ctx.keysDir, 'opcua', 'rejected'));
    assert.equal(rejected.length, 1);
    assert.deepEqual(bench.server.load(), { sessions: 0, subscriptions: 0 });
  });

  it('refuses the gate in turn, whose report says so', async () => {
    const { reports } = await runReader(bench);
    await reports.next('device-status');
    await trustServer(bench);
    const status = await reports.next(
      'device-status',
      ({ reason }) => !/certificate of the server/.test(reason),
    );
    assert.equal(status.status, 'offline');
    assert.match(status.reason, /refuses our certificate/);
    assert.deepEqual(bench.server.load(), { sessions: 0, subscriptions: 0 });
  });

  it('is connected without a restart of the gate, once both sides trust each other', async () => {
    const { reports } = await runReader(bench);
    await reports.next('device-status');
    await bench.server.stop();
    await prepareOpcuaTrust({
      clientKeysDir: bench.ctx.keysDir,
      serverPkiDir: join(bench.ctx.resolvePath('server')),
      clock: systemClock,
      random: systemRandom,
    });
    await bench.restart();
    await reports.next('device-status', online);
  });
});

describe('an OPC UA server whose certificate has run out', function () {
  this.timeout(30_000);

  it('is refused although it was trusted', async () => {
    const elevenYearsMs = 11 * 366 * 86_400_000;
    const bench = await openOpcuaBench({ certifiedAtMs: Date.now() - elevenYearsMs });
    try {
      const { reports } = await runReader(bench);
      const status = await reports.next('device-status');
      assert.equal(status.status, 'offline');
      assert.match(status.reason, /certificate of the server is refused \(BadCertificateTimeInvalid\)/);
      assert.deepEqual(bench.server.load(), { sessions: 0, subscriptions: 0 });
    } finally {
      await bench.close();
    }
  });
});

/** What a person does after comparing the thumbprint. */
async function trustServer(bench: OpcuaBench): Promise<void> {
  const folder = join(bench.ctx.keysDir, 'opcua');
  for (const file of await readdir(join(folder, 'rejected'))) {
    await rename(join(folder, 'rejected', file), join(folder, 'trusted', 'certs', file));
  }
}
