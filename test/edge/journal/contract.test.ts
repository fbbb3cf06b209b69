import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chain, EMPTY_HEAD, type Journal, LOOKED_AT_MAX } from '../../../edge/journal/journal.ts';
import { createMemoryJournal, type MemoryJournal } from '../../../edge/journal/memory.ts';
import { openSqliteJournal } from '../../../edge/journal/sqlite.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { input, snapshot } from '../../support/journal-entries.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

interface Engine {
  name: string;
  open(): Promise<Journal>;
  reopen(journal: Journal): Promise<Journal>;
}

const tempDir = useTempDirs();
const dirs = new WeakMap<Journal, string>();
const openSqlite = async (dir: string): Promise<Journal> => {
  const journal = await openSqliteJournal({ dir, log: silentLog, reserveBytes: 4_096 });
  dirs.set(journal, dir);
  return journal;
};
const engines: Engine[] = [
  {
    name: 'sqlite',
    open: async () => openSqlite(await tempDir()),
    reopen: async (journal) => {
      await journal.close();
      return openSqlite(dirs.get(journal) ?? assert.fail('not a journal of this test'));
    },
  },
  {
    name: 'memory',
    open: async () => createMemoryJournal(),
    reopen: async (journal) => (journal as MemoryJournal).crash(),
  },
];

for (const engine of engines) {
  describe(`the journal contract, engine ${engine.name}`, () => {
    let journal: Journal;
    beforeEach(async () => {
      journal = await engine.open();
    });
    afterEach(() => journal.close());

    it('begins empty', async () => {
      assert.deepEqual(journal.head, EMPTY_HEAD);
      assert.deepEqual(await journal.read(0, 10), []);
      assert.equal(await journal.latestSnapshot(), undefined);
    });

    it('numbers entries from 1 and chains each to the one before', async () => {
      const entries = [input(1), input(1), input(5)];
      assert.deepEqual(await journal.append(entries.slice(0, 2)), { firstSeq: 1 });
      assert.deepEqual(await journal.append(entries.slice(2)), { firstSeq: 3 });
      const expected = chain(EMPTY_HEAD, entries);
      assert.deepEqual(await journal.read(0, 10), expected);
      assert.deepEqual(journal.head, { seq: 3, hash: expected[2]?.hash });
    });

    it('reads the window that is asked for', async () => {
      await journal.append(Array.from({ length: 10 }, (_, at) => input(at)));
      const window = async (after: number, limit: number) =>
        (await journal.read(after, limit)).map(({ seq }) => seq);
      assert.deepEqual(await window(0, 3), [1, 2, 3]);
      assert.deepEqual(await window(7, 100), [8, 9, 10]);
      assert.deepEqual(await window(10, 100), []);
      assert.deepEqual(await window(99, 100), []);
      assert.deepEqual(await window(0, 0), []);
    });

    it('leaves out inputs that nobody asked for, and tells how far it has looked', async () => {
      const boot = { ...input(1), type: 'boot' };
      const decision = { ...input(1), kind: 'decision' as const, type: 'verdict' };
      await journal.append([boot, input(1), input(1), decision, input(2), input(2)]);
      const some = async (after: number, limit: number, inputs: readonly string[]) =>
        (await journal.read(after, limit, inputs)).map(({ seq }) => seq);
      assert.deepEqual(await some(0, 10, ['boot']), [1, 4, 6]);
      assert.deepEqual(await some(1, 10, ['boot']), [4, 6]);
      assert.deepEqual(await some(0, 2, ['boot']), [1, 4]);
      assert.deepEqual(await some(0, 10, []), [4, 6]);
      assert.deepEqual(await some(6, 10, ['boot']), []);
      assert.deepEqual(await some(0, 10, ['boot', input(1).type]), [1, 2, 3, 4, 5, 6]);
      assert.deepEqual((await journal.read(0, 10, ['boot'])).at(-1), (await journal.read(5, 1))[0]);
    });

    it('looks through a bounded number of entries for those that are asked for', async () => {
      await journal.append(Array.from({ length: LOOKED_AT_MAX + 2 }, () => input(1)));
      assert.deepEqual(
        (await journal.read(1, 10, ['boot'])).map(({ seq }) => seq),
        [LOOKED_AT_MAX + 1],
      );
    });

    it('gives every text back byte for byte', async () => {
      const text = fc.string({ unit: 'grapheme', maxLength: 60 });
      let at = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ type: text, value: fc.anything() }), { minLength: 1, maxLength: 5 }),
          async (values) => {
            at += 1;
            const entries = values
              .map(({ type, value }) => ({
                ...input(at),
                type,
                body: JSON.stringify([value, '\u0000', '\ud800', 'Đồng Đăng 友谊关']),
              }))
              .filter(({ type, body }) => !type.includes('\0') && type.isWellFormed() && body.isWellFormed());
            fc.pre(entries.length > 0);
            const before = journal.head;
            await journal.append(entries);
            assert.deepEqual(await journal.read(before.seq, 10), chain(before, entries));
          },
        ),
        { numRuns: 40 },
      );
    });

    const refused = [
      ['an empty batch', []],
      ['time that runs backwards', [input(10), input(9)]],
      ['time before the last entry', [input(4)]],
      ['a fraction of a millisecond', [input(5.5)]],
      ['a text that is not Unicode', [{ ...input(5), body: '"\ud800"' }]],
      ['a text with a NUL', [{ ...input(5), type: 'a\0b' }]],
      ['an unknown kind', [{ ...input(5), kind: 'rumour' as 'input' }]],
    ] as const;
    for (const [what, entries] of refused) {
      it(`refuses ${what} and stores nothing of the batch`, async () => {
        await journal.append([input(5)]);
        const head = journal.head;
        await assert.rejects(journal.append(entries), { code: 'JOURNAL_INVALID' });
        assert.deepEqual(journal.head, head);
        assert.equal((await journal.read(0, 10)).length, 1);
      });
    }

    it('refuses a second append while one is under way, and keeps the first', async () => {
      const first = journal.append([input(1)]);
      await assert.rejects(journal.append([input(2)]), { code: 'JOURNAL_BUSY' });
      await first;
      assert.equal(journal.head.seq, 1);
    });

    it('begins a segment with its snapshot, and everything before stays readable', async () => {
      await journal.append([input(1), input(2)]);
      await journal.startSegment(snapshot(3, { lanes: {} }));
      await journal.append([input(4)]);
      await journal.startSegment(snapshot(5, { lanes: { held: true } }));
      await journal.append([input(6)]);
      const all = await journal.read(0, 100);
      assert.deepEqual(
        all,
        chain(EMPTY_HEAD, [
          input(1),
          input(2),
          snapshot(3, { lanes: {} }),
          input(4),
          snapshot(5, { lanes: { held: true } }),
          input(6),
        ]),
      );
      assert.deepEqual(await journal.read(1, 4), all.slice(1, 5));
      assert.deepEqual(await journal.latestSnapshot(), all[4]);
    });

    it('may begin with a snapshot', async () => {
      await journal.startSegment(snapshot(1));
      assert.deepEqual(await journal.read(0, 10), chain(EMPTY_HEAD, [snapshot(1)]));
      await journal.startSegment(snapshot(2));
      assert.deepEqual((await journal.latestSnapshot())?.seq, 2);
    });

    it('begins a segment with nothing but a snapshot', async () => {
      await assert.rejects(journal.startSegment(input(1)), { code: 'JOURNAL_INVALID' });
      assert.equal(journal.head.seq, 0);
    });

    it('is found as it was left', async () => {
      await journal.append([input(1), input(2)]);
      await journal.startSegment(snapshot(3));
      await journal.append([input(4)]);
      const head = journal.head;
      const all = await journal.read(0, 100);
      journal = await engine.reopen(journal);
      assert.deepEqual(journal.head, head);
      assert.deepEqual(await journal.read(0, 100), all);
      assert.deepEqual(await journal.latestSnapshot(), all[2]);
      await assert.rejects(journal.append([input(3)]), { code: 'JOURNAL_INVALID' });
      assert.deepEqual(await journal.append([input(4)]), { firstSeq: 5 });
    });

    it('lets an append end before it closes, and then takes no more', async () => {
      const last = journal.append([input(1)]);
      await journal.close();
      assert.deepEqual(await last, { firstSeq: 1 });
      await assert.rejects(journal.append([input(2)]), { code: 'JOURNAL_CLOSED' });
      await assert.rejects(journal.read(0, 1), { code: 'JOURNAL_CLOSED' });
      await assert.rejects(journal.latestSnapshot(), { code: 'JOURNAL_CLOSED' });
    });
  });
}
