import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportLog } from '../../../../edge/cli/handover/export.ts';
import { type Database, openDatabase, setMeta } from '../../../../edge/exchange/database.ts';
import { ONE_OF_EACH } from '../../../protocols/handover/records.ts';
import { logFile, newestHead, type ToldLog, tellLog } from '../../../support/log-files.ts';
import { useTempDirs } from '../../../support/temp-dir.ts';

const KEY = generateKeyPairSync('ed25519').privateKey;
const OWN = tellLog('huu-nghi', ONE_OF_EACH, KEY);
const THEIRS = tellLog('huu-nghi-quan', ONE_OF_EACH.slice(0, 8), KEY);

/** As exchange leaves it; still open, as the daemon runs. */
async function startExchange(
  dataDir: string,
  { own = OWN, theirs = THEIRS }: { own?: ToldLog; theirs?: ToldLog } = {},
) {
  await mkdir(dataDir, { recursive: true });
  const database = await openDatabase(join(dataDir, 'exchange.db'));
  await database.transaction(async (tx) => {
    for (const [index, data] of own.lines.entries())
      await tx.run('INSERT INTO own_line (line, data) VALUES (?, ?)', index + 1, data);
    for (const [size, jws] of own.heads)
      await tx.run('INSERT INTO own_head (size, root_hash, jws) VALUES (?, ?, ?)', size, '', jws);
    for (const [index, data] of theirs.lines.entries())
      await tx.run('INSERT INTO their_line (line, data) VALUES (?, ?)', index + 1, data);
    const follower = { tree: { size: theirs.lines.length, peaks: [] }, head: newestHead(theirs) };
    await setMeta(tx, 'counterpart.follower', JSON.stringify(follower));
  });
  return database;
}

describe('gate handover export', () => {
  const newDir = useTempDirs();
  let data: string;
  let out: string;
  let database: Database;

  beforeEach(async () => {
    const dir = await newDir();
    data = join(dir, 'data');
    out = join(dir, 'log.jsonl');
    database = await startExchange(data);
  });
  afterEach(() => database.close());

  it('writes each line as it was signed, each head where it stands, and what the gate has seen of the other', async () => {
    const { exitCode, text } = await exportLog({ data, out });
    assert.equal(exitCode, 0);
    assert.match(text, /log of huu-nghi, lines 1 to 26, SHA-256 [0-9a-f]{64}\n$/);
    assert.equal(await readFile(out, 'utf8'), logFile(OWN, { witness: newestHead(THEIRS) }));
    assert.deepEqual((await readdir(join(out, '..'))).toSorted(), ['data', 'log.jsonl']);
  });

  it('writes the same while exchange is in the middle of writing', async () => {
    await database.transaction(async (tx) => {
      await tx.run("INSERT INTO own_line (line, data) VALUES (27, 'not committed yet')");
      await exportLog({ data, out });
    });
    assert.equal(await readFile(out, 'utf8'), logFile(OWN, { witness: newestHead(THEIRS) }));
  });

  it('leaves out lines that are not signed yet, and says so', async () => {
    const line = "INSERT INTO own_line (line, data) VALUES (27, 'on its way')";
    await database.transaction((tx) => tx.run(line));
    assert.match((await exportLog({ data, out })).text, /1 lines that are not signed yet are left out/);
    assert.equal(await readFile(out, 'utf8'), logFile(OWN, { witness: newestHead(THEIRS) }));
  });

  it('writes the other gate’s log as it was read, under the head that was verified', async () => {
    await exportLog({ data, out, log: 'theirs' });
    const heads = new Map([[THEIRS.lines.length, newestHead(THEIRS)]]);
    assert.equal(await readFile(out, 'utf8'), logFile({ ...THEIRS, heads }));
  });

  it('writes a part: from a line on, up to the first head that covers another', async () => {
    await exportLog({ data, out, from: 5, to: 10 });
    assert.equal(await readFile(out, 'utf8'), logFile(OWN, { from: 5, to: 12 }));
    await assert.rejects(exportLog({ data, out, from: 27, force: true }), { code: 'NO_SUCH_LINES' });
    await assert.rejects(exportLog({ data, out, to: 27, force: true }), { code: 'NO_SUCH_LINES' });
    await assert.rejects(exportLog({ data, out, from: 9, to: 5, force: true }), { code: 'NO_SUCH_LINES' });
    assert.equal(await readFile(out, 'utf8'), logFile(OWN, { from: 5, to: 12 }));
  });

  it('writes a log that has no lines yet', async () => {
    const empty = tellLog('huu-nghi', [], KEY);
    const other = await startExchange(join(data, 'empty'), { own: empty });
    await exportLog({ data: join(data, 'empty'), out });
    await other.close();
    assert.equal(await readFile(out, 'utf8'), logFile(empty, { witness: newestHead(THEIRS) }));
  });

  it('replaces no file unless it is told to, and leaves nothing behind when a line is missing', async () => {
    await writeFile(out, 'kept');
    await assert.rejects(exportLog({ data, out }), { code: 'FILE_EXISTS' });
    assert.equal(await readFile(out, 'utf8'), 'kept');
    await database.transaction((tx) => tx.run('DELETE FROM own_line WHERE line = 7'));
    await assert.rejects(exportLog({ data, out, force: true }), { code: 'NO_SUCH_LINES' });
    assert.equal(await readFile(out, 'utf8'), 'kept');
    await assert.rejects(access(`${out}.part`));
    await assert.rejects(exportLog({ data, out: join(data, 'no', 'such', 'folder') }), {
      code: 'EXPORT_FAILED',
    });
    await assert.rejects(exportLog({ data: join(data, 'none'), out, force: true }), {
      code: 'EXCHANGE_DB_OPEN',
    });
  });
});
