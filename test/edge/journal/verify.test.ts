import assert from 'node:assert/strict';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { JournalEntry } from '../../../edge/journal/journal.ts';
import { openSqliteJournal, openSqliteJournalReadOnly } from '../../../edge/journal/sqlite.ts';
import { openDatabase } from '../../../edge/journal/sqlite-database.ts';
import { verifyJournal } from '../../../edge/journal/verify.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { input, snapshot } from '../../support/journal-entries.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

const FIRST = 'journal-0000000000000001.db';
const SECOND = 'journal-0000000000000005.db';
const tempDir = useTempDirs();

/** Seven entries in two segments. */
async function journal(mark = 'a'): Promise<{ dir: string; hash: string }> {
  const dir = await tempDir();
  const writer = await openSqliteJournal({ dir, log: silentLog, reserveBytes: 4_096 });
  await writer.append([1, 2, 3, 4].map((at) => input(at * 10, { mark, at })));
  await writer.startSegment(snapshot(50, { mark }));
  await writer.append([input(60, { mark }), input(70, { mark })]);
  const { hash } = writer.head;
  await writer.close();
  return { dir, hash };
}

async function altered(sql: string, file = FIRST): Promise<string[]> {
  const { dir } = await journal();
  const db = await openDatabase(join(dir, file), 'read-write');
  await db.exec(sql);
  await db.close();
  return problemsIn(dir);
}

const problemsIn = async (path: string): Promise<string[]> =>
  (await verifyJournal(path)).problems.map(({ kind, seq }) => (seq === undefined ? kind : `${kind} ${seq}`));

describe('verifying a journal', () => {
  it('finds a whole journal whole, and tells its last hash', async () => {
    const { dir, hash } = await journal();
    const expected = { entries: 7, headSeq: 7, headHash: hash, problems: [], problemsLeftOff: 0 };
    assert.deepEqual(await verifyJournal(dir), expected);
    assert.deepEqual(await verifyJournal(join(dir, SECOND)), { ...expected, entries: 3 });
  });

  it('works beside the writer', async () => {
    const dir = await tempDir();
    const writer = await openSqliteJournal({ dir, log: silentLog, reserveBytes: 4_096 });
    await writer.append([input(1)]);
    assert.equal((await verifyJournal(dir)).headHash, writer.head.hash);
    await writer.close();
  });

  it('finds what was changed through SQL, and where', async () => {
    assert.deepEqual(await altered(`UPDATE entry SET body = '{}' WHERE seq = 3`), ['altered 3']);
    assert.deepEqual(await altered(`UPDATE entry SET type = 'plate' WHERE seq = 1`), ['altered 1']);
    assert.deepEqual(await altered(`UPDATE entry SET kind = 'decision' WHERE seq = 1`), ['altered 1']);
    assert.deepEqual(await altered('UPDATE entry SET at = 21 WHERE seq = 2'), ['altered 2']);
    assert.deepEqual(await altered('UPDATE entry SET at = -1 WHERE seq = 2'), ['altered 2', 'order 2']);
    assert.deepEqual(await altered('UPDATE entry SET hash = zeroblob(32) WHERE seq = 2'), [
      'altered 2',
      'altered 3',
    ]);
    assert.deepEqual(await altered('DELETE FROM entry WHERE seq = 2'), ['gap 3']);
    assert.deepEqual(await altered('DELETE FROM entry WHERE seq = 4'), ['gap']);
    assert.deepEqual(await altered('DELETE FROM entry WHERE seq = 5', SECOND), ['gap 6']);
    assert.deepEqual(
      await altered(
        'UPDATE entry SET seq = 99 WHERE seq = 2; UPDATE entry SET seq = 2 WHERE seq = 3; UPDATE entry SET seq = 3 WHERE seq = 99',
      ),
      ['altered 2', 'altered 3', 'order 3', 'altered 4'],
    );
    assert.deepEqual(await altered(`UPDATE segment SET previousHash = '${'0'.repeat(64)}'`, SECOND), [
      'fork',
      'altered 5',
    ]);
    assert.deepEqual(await altered('UPDATE segment SET firstSeq = 4', SECOND), ['damaged']);
    assert.deepEqual(await altered('DROP TABLE entry'), ['damaged', 'gap']);
  });

  it('finds a missing segment, and a segment of another story', async () => {
    const { dir } = await journal();
    const other = await journal('b');
    await cp(join(other.dir, SECOND), join(dir, SECOND));
    assert.deepEqual(await problemsIn(dir), ['fork']);
    await rm(join(dir, FIRST));
    assert.deepEqual(await problemsIn(dir), ['gap']);
  });

  it('finds a segment that tells again what another has told', async () => {
    const { dir } = await journal();
    const overlap = join(dir, 'journal-0000000000000003.db');
    await rename(join(dir, SECOND), overlap);
    const db = await openDatabase(overlap, 'read-write');
    await db.exec('UPDATE segment SET firstSeq = 3');
    await db.close();
    assert.deepEqual(await problemsIn(dir), ['fork', 'gap 5']);
  });

  it('rejects where there is nothing to verify', async () => {
    await assert.rejects(verifyJournal(await tempDir()), { code: 'JOURNAL_CANNOT_OPEN' });
  });

  it('finds every altered byte of an entry', async () => {
    const { dir } = await journal();
    const path = join(dir, FIRST);
    const bytes = await readFile(path);
    const body = '{"mark":"a","at":3}';
    const from = bytes.indexOf(body) - 'inputlane-io'.length;
    // Kind, type, body and the 32 bytes of the hash behind them.
    for (let position = from; position < from + 'inputlane-io'.length + body.length + 32; position += 1) {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(position) ^ 1, position);
      await writeFile(path, copy);
      assert.ok((await problemsIn(dir)).includes('altered 3'), `byte ${position} was altered and not found`);
    }
  });

  it('finds any altered byte of its files, unless it changes nothing that is read', async () => {
    const { dir } = await journal();
    const entriesOf = async (path: string): Promise<JournalEntry[]> => {
      const reader = await openSqliteJournalReadOnly(path);
      try {
        return await reader.read(0, 100);
      } finally {
        await reader.close();
      }
    };
    const original = await entriesOf(dir);
    const files = new Map<string, Buffer>();
    for (const name of (await readdir(dir)).filter((entry) => entry.endsWith('.db')))
      files.set(name, await readFile(join(dir, name)));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files.keys()),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 255 }),
        async (name, where, mask) => {
          const bytes = files.get(name) ?? assert.fail(name);
          const position = Math.floor(where * bytes.length);
          const copy = Buffer.from(bytes);
          copy.writeUInt8(copy.readUInt8(position) ^ mask, position);
          await writeFile(join(dir, name), copy);
          const found = await problemsIn(dir);
          if (found.length === 0) assert.deepEqual(await entriesOf(dir), original);
          await writeFile(join(dir, name), bytes);
        },
      ),
      { numRuns: 200 },
    );
  });
});
