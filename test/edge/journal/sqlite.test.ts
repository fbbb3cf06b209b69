import assert from 'node:assert/strict';
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { NewEntry } from '../../../edge/journal/journal.ts';
import { checkPragmas } from '../../../edge/journal/segment.ts';
import {
  openSqliteJournal,
  openSqliteJournalReadOnly,
  type SqliteJournal,
} from '../../../edge/journal/sqlite.ts';
import { openDatabase } from '../../../edge/journal/sqlite-database.ts';
import { verifyJournal } from '../../../edge/journal/verify.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { input, snapshot } from '../../support/journal-entries.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

const FIRST = 'journal-0000000000000001.db';
const tempDir = useTempDirs();
const open = (dir: string): Promise<SqliteJournal> =>
  openSqliteJournal({ dir, log: silentLog, reserveBytes: 4_096 });

/** A closed journal holding `entries`, a new segment before each snapshot. */
async function journalWith(...entries: NewEntry[]): Promise<string> {
  const dir = await tempDir();
  const journal = await open(dir);
  for (const entry of entries) {
    if (entry.kind === 'snapshot') await journal.startSegment(entry);
    else await journal.append([entry]);
  }
  await journal.close();
  return dir;
}

async function alter(dir: string, sql: string, file = FIRST): Promise<void> {
  const db = await openDatabase(join(dir, file), 'read-write');
  await db.exec(sql);
  await db.close();
}

describe('the journal on SQLite', () => {
  it('keeps one plain file per finished segment and nothing beside it', async () => {
    const dir = await journalWith(input(1), snapshot(2), input(3));
    assert.deepEqual((await readdir(dir)).sort(), [
      FIRST,
      'journal-0000000000000002.db',
      'reserve',
      'writer.lock',
    ]);
  });

  it('writes ahead, syncs every commit, and reads the pragmas back', async () => {
    const dir = await tempDir();
    const path = join(dir, 'other.db');
    const db = await openDatabase(path, 'create');
    await assert.rejects(checkPragmas(db), { code: 'JOURNAL_PRAGMA', message: /journal_mode is delete/ });
    await db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    await assert.rejects(checkPragmas(db), { code: 'JOURNAL_PRAGMA', message: /synchronous is 1/ });
    await db.close();
  });

  it('lets one writer in, and the next when that one has gone', async () => {
    const dir = await tempDir();
    const first = await open(dir);
    await assert.rejects(open(dir), { code: 'JOURNAL_LOCKED' });
    await first.close();
    await (await open(dir)).close();
  });

  it('can be read beside the live writer, from one segment into the next', async () => {
    const dir = await tempDir();
    const writer = await open(dir);
    await writer.append([input(1), input(2)]);
    const reader = await openSqliteJournalReadOnly(dir);
    assert.deepEqual(await reader.read(0, 10), await writer.read(0, 10));
    await writer.startSegment(snapshot(3));
    await writer.append([input(4)]);
    assert.deepEqual(await reader.read(1, 10), await writer.read(1, 10));
    assert.deepEqual(await reader.readHead(), writer.head);
    assert.deepEqual(await reader.latestSnapshot(), await writer.latestSnapshot());
    const alone = await openSqliteJournalReadOnly(join(dir, FIRST));
    assert.deepEqual((await alone.read(0, 10)).length, 2);
    await alone.close();
    await reader.close();
    await writer.close();
  });

  it('says so when there is no journal to read', async () => {
    const dir = await tempDir();
    await assert.rejects(openSqliteJournalReadOnly(join(dir, 'none')), { code: 'JOURNAL_CANNOT_OPEN' });
    await writeFile(join(dir, 'notes.txt'), '');
    await assert.rejects(openSqliteJournalReadOnly(join(dir, 'notes.txt')), { code: 'JOURNAL_CANNOT_OPEN' });
  });

  it('takes no entry more once somebody else has taken its sequence', async () => {
    const dir = await tempDir();
    const journal = await open(dir);
    await journal.append([input(1)]);
    await alter(dir, "INSERT INTO entry VALUES (2, 1, 'input', 'lane-io', '{}', zeroblob(32))");
    await assert.rejects(journal.append([input(2), input(3)]), { code: 'JOURNAL_CONFLICT' });
    await alter(dir, 'DELETE FROM entry WHERE seq = 2');
    await assert.rejects(journal.append([input(2)]), { code: 'JOURNAL_CONFLICT' });
    assert.equal(journal.head.seq, 1);
    await journal.close();
  });

  it('takes no entry more once somebody else has begun its next segment', async () => {
    const dir = await tempDir();
    const journal = await open(dir);
    await writeFile(join(dir, FIRST.replace('1.db', '2.db')), '');
    await journal.append([input(1)]);
    await assert.rejects(journal.startSegment(snapshot(2)), { code: 'JOURNAL_CONFLICT' });
    await assert.rejects(journal.append([input(2)]), { code: 'JOURNAL_CONFLICT' });
    await journal.close();
  });

  it('clears away a segment whose preparation a crash cut short', async () => {
    const dir = await journalWith(input(1));
    await writeFile(join(dir, 'journal-0000000000000002.db.new'), 'half');
    await writeFile(join(dir, 'journal-0000000000000002.db.new-journal'), 'half');
    const journal = await open(dir);
    assert.equal(journal.head.seq, 1);
    await journal.startSegment(snapshot(2));
    await journal.close();
    assert.equal((await verifyJournal(dir)).headSeq, 2);
  });

  it('puts space by for the audit, gives it up when asked, and puts it by again', async () => {
    const dir = await tempDir();
    const journal = await open(dir);
    assert.equal((await stat(join(dir, 'reserve'))).size, 4_096);
    await journal.freeReserve();
    await assert.rejects(stat(join(dir, 'reserve')), { code: 'ENOENT' });
    await journal.freeReserve();
    await journal.append([input(1)]);
    await journal.startSegment(snapshot(1));
    assert.equal((await stat(join(dir, 'reserve'))).size, 4_096);
    await journal.close();
  });

  it('does not open a layout it does not know', async () => {
    const dir = await journalWith(input(1));
    await alter(dir, 'PRAGMA user_version = 2');
    await assert.rejects(open(dir), { code: 'JOURNAL_FORMAT' });
  });

  describe('after a power cut', () => {
    /** The files as they are on disk at this moment, as a power cut would leave them. */
    const imageOf = async (dir: string): Promise<string> => {
      const image = await tempDir();
      for (const name of [FIRST, `${FIRST}-wal`]) await copyFile(join(dir, name), join(image, name));
      return image;
    };

    it('everything acknowledged is there', async () => {
      const dir = await tempDir();
      const journal = await open(dir);
      for (let at = 1; at <= 20; at += 1) await journal.append([input(at)]);
      const image = await imageOf(dir);
      const found = await open(image);
      assert.deepEqual(found.head, journal.head);
      await found.close();
      await journal.close();
    });

    it('an append cut off at any byte leaves everything acknowledged before it, whole', async () => {
      const dir = await tempDir();
      const journal = await open(dir);
      await journal.append([input(1)]);
      const acknowledgedBytes = (await stat(join(dir, `${FIRST}-wal`))).size;
      await journal.append([input(2), input(3, { text: 'x'.repeat(9_000) })]);
      const allBytes = (await stat(join(dir, `${FIRST}-wal`))).size;
      const image = await imageOf(dir);
      await journal.close();
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: acknowledgedBytes, max: allBytes }), async (bytes) => {
          const cut = join(await tempDir(), 'cut');
          await cp(image, cut, { recursive: true });
          await truncate(join(cut, `${FIRST}-wal`), bytes);
          const found = await open(cut);
          assert.equal(found.head.seq, bytes === allBytes ? 3 : 1);
          await found.append([input(9)]);
          await found.close();
          assert.deepEqual((await verifyJournal(cut)).problems, []);
        }),
        { numRuns: 12, examples: [[acknowledgedBytes], [allBytes - 1], [allBytes]] },
      );
    });
  });

  describe('found damaged at start', () => {
    const damages: [string, (dir: string) => Promise<void>][] = [
      ['is no database', (dir) => writeFile(join(dir, FIRST), 'x'.repeat(10_000))],
      ['is empty', (dir) => truncate(join(dir, FIRST), 0)],
      ['is cut short', (dir) => truncate(join(dir, FIRST), 5_000)],
      [
        'carries an altered entry',
        (dir) => alter(dir, `UPDATE entry SET body = '{"lane":"x"}' WHERE seq = 2`),
      ],
      ['lacks an entry', (dir) => alter(dir, 'DELETE FROM entry WHERE seq = 2')],
      ['does not say what it follows', (dir) => alter(dir, 'DELETE FROM segment')],
      ['lost a table', (dir) => alter(dir, 'DROP TABLE segment')],
    ];
    for (const [what, damage] of damages) {
      it(`a segment that ${what} is put aside, and the journal stays shut until a person has decided`, async () => {
        const dir = await journalWith(input(1), input(2), input(3));
        await damage(dir);
        const damaged = await readFile(join(dir, FIRST));
        const aside = join(dir, 'quarantine', FIRST);
        await assert.rejects(open(dir), (error: Error & { code?: string }) => {
          assert.equal(error.code, 'JOURNAL_CORRUPT');
          assert.ok(error.message.includes(aside), error.message);
          return true;
        });
        assert.deepEqual(await readFile(join(aside, FIRST)), damaged);
        assert.ok(!(await readdir(dir)).includes(FIRST));
        // A restart must not take the shortened journal for a good one.
        await assert.rejects(open(dir), { code: 'JOURNAL_CORRUPT' });
        await rm(join(dir, 'DAMAGED'));
        await (await open(dir)).close();
      });
    }

    it('a damaged write-ahead log is put aside with its segment', async () => {
      const dir = await tempDir();
      const journal = await open(dir);
      await journal.append([input(1)]);
      const image = await tempDir();
      await copyFile(join(dir, FIRST), join(image, FIRST));
      await copyFile(join(dir, `${FIRST}-wal`), join(image, `${FIRST}-wal`));
      await journal.close();
      await truncate(join(image, FIRST), 4_096);
      await assert.rejects(open(image), { code: 'JOURNAL_CORRUPT' });
      const moved = await readdir(join(image, 'quarantine', FIRST));
      assert.ok(moved.includes(FIRST) && moved.includes(`${FIRST}-wal`), String(moved));
    });

    it('segments that do not fit together are a fork, and the newer one is put aside', async () => {
      const dir = await journalWith(input(1), input(2), snapshot(3), input(4));
      await alter(dir, 'DELETE FROM entry WHERE seq = 2');
      await assert.rejects(open(dir), { code: 'JOURNAL_CORRUPT', message: /ends with entry 1/ });
      assert.deepEqual(await readdir(join(dir, 'quarantine')), ['journal-0000000000000003.db']);
    });

    it('a second damage does not overwrite the first', async () => {
      const dir = await journalWith(input(1));
      await mkdir(join(dir, 'quarantine', FIRST), { recursive: true });
      await truncate(join(dir, FIRST), 0);
      await assert.rejects(open(dir), { code: 'JOURNAL_CORRUPT', message: new RegExp(`${FIRST}\\.1`) });
    });
  });

  it('reads finished segments from a folder that may not be written', async () => {
    const dir = await journalWith(input(1), snapshot(2), input(3));
    await chmod(dir, 0o500);
    const reader = await openSqliteJournalReadOnly(dir);
    assert.equal((await reader.read(0, 10)).length, 3);
    await reader.close();
    await chmod(dir, 0o700);
  });
});
