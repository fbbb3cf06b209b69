import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openQuarantine, type QuarantineStore } from '../../../edge/control/quarantine.ts';
import type { Clock } from '../../../edge/platform/clock.ts';
import { createLog, silentLog } from '../../../edge/platform/log.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

const clock: Clock = {
  nowMs: () => 1_763_000_000_000,
  monotonicMs: () => 0,
  after: () => () => {},
  every: () => () => {},
};
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the quarantine of unreadable bytes', () => {
  const tempDir = useTempDirs();
  const logged: string[] = [];
  let dir: string;
  const open = (bytesMax = 10_000): Promise<QuarantineStore> =>
    openQuarantine({ dir, bytesMax, clock, log: createLog('quarantine', (line) => logged.push(line)) });
  const index = async (): Promise<Record<string, unknown>[]> =>
    (await readFile(join(dir, 'index.ndjson'), 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  beforeEach(async () => {
    dir = await tempDir();
    logged.length = 0;
  });

  it('reports at once and keeps the bytes with device, channel, reason and time', async () => {
    const quarantine = await open();
    const bytes = Buffer.from('{"loops":');
    const digest = sha256(bytes);
    const report = quarantine.keep('io-yard-in-1', 'lane-io/io-yard-in-1/state', bytes, 'not JSON');
    const facts = {
      device: 'io-yard-in-1',
      channel: 'lane-io/io-yard-in-1/state',
      reason: 'not JSON',
      sha256: digest,
      sizeBytes: 9,
    };
    assert.deepEqual(report, { type: 'malformed', ...facts });
    bytes.fill(0);
    await quarantine.flush();
    assert.equal(await readFile(join(dir, digest), 'utf8'), '{"loops":');
    assert.deepEqual(await index(), [{ at: '2025-11-13T02:13:20.000Z', ...facts, times: 1, stored: true }]);
  });

  it('keeps repeats once and counts them, without filling the index', async () => {
    const quarantine = await open();
    for (let n = 0; n < 100; n += 1) quarantine.keep('scale-1', 'line', Buffer.from('x'), 'bad checksum');
    await quarantine.flush();
    assert.deepEqual(
      (await index()).map(({ times }) => times),
      [1, 2, 4, 8, 16, 32, 64],
    );
    assert.equal((await readdir(dir)).length, 2);
  });

  it('lets the oldest go first, and says when something is too large to keep', async () => {
    const quarantine = await open(1_000);
    const pieces = [randomBytes(600), randomBytes(600), randomBytes(2_000)];
    for (const bytes of pieces) quarantine.keep('xe-1', 'state', bytes, 'too long');
    await quarantine.flush();
    assert.deepEqual(
      (await readdir(dir)).sort(),
      [sha256(pieces[1] ?? assert.fail()), 'index.ndjson'].sort(),
    );
    assert.deepEqual(
      (await index()).map(({ stored }) => stored),
      [true, true, false],
    );
  });

  it('reports a flood whole, keeps what it can, and says how much it could not', async () => {
    const quarantine = await open(100_000_000);
    const reports = Array.from({ length: 300 }, () =>
      quarantine.keep('xe-1', 'state', randomBytes(20), 'noise'),
    );
    assert.equal(new Set(reports.map((report) => report.sha256)).size, 300);
    await quarantine.flush();
    assert.equal((await index()).length, 256);
    const big = [Buffer.alloc(3_000_000, 1), Buffer.alloc(3_000_000, 2)];
    for (const bytes of big) quarantine.keep('xe-1', 'state', bytes, 'noise');
    await quarantine.flush();
    assert.equal((await index()).length, 257);
    await quarantine.flush();
    assert.ok(
      logged.some((line) => line.includes('dropped=44')),
      logged.join(''),
    );
  });

  it('begins the index anew when it has grown, keeping the one before', async () => {
    const quarantine = await open();
    await writeFile(join(dir, 'index.ndjson'), `${' '.repeat(1024 * 1024)}\n`);
    quarantine.keep('xe-1', 'state', Buffer.from('a'), 'noise');
    await quarantine.flush();
    assert.equal((await index()).length, 1);
    assert.equal((await stat(join(dir, 'index.1.ndjson'))).size, 1024 * 1024 + 1);
  });

  it('still reports when the disk refuses, and says so in the log', async () => {
    const quarantine = await open();
    await rm(dir, { recursive: true });
    assert.equal(quarantine.keep('xe-1', 'state', Buffer.from('a'), 'noise').sizeBytes, 1);
    await quarantine.flush();
    assert.ok(logged.some((line) => line.startsWith('ERROR')));
    await assert.rejects(openQuarantine({ dir: join(dir, '\0'), bytesMax: 1, clock, log: silentLog }));
  });
});
