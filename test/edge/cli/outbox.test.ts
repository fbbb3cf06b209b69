import assert from 'node:assert/strict';
import { join } from 'node:path';
import { dropRefused, retryRefused, showOutbox } from '../../../edge/cli/outbox.ts';
import { type Database, openDatabase } from '../../../edge/exchange/database.ts';
import { createOutbox } from '../../../edge/exchange/outbox/outbox.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { newFolder, removeFolders } from '../../support/exchange-world.ts';

describe('gate outbox', () => {
  after(removeFolders);

  it('shows what waits and what was refused with its reason, and then ends with 1', async () => {
    const data = await newFolder();
    const database = await openDatabase(join(data, 'exchange.db'));
    const outbox = createOutbox(database);
    const queue = (key: string): Promise<boolean> =>
      database.transaction((tx) =>
        outbox.add(tx, { destination: 'customs', kind: 'report', key, container: 'BOX1', body: '{}' }),
      );
    await queue('r-1');
    await queue('r-2');
    assert.equal((await showOutbox({ data })).exitCode, 0);
    const first = await outbox.next('customs', []);
    assert.ok(first);
    await outbox.settle(first, 'refused', '422 unknown declaration');
    const { exitCode, text } = await showOutbox({ data });
    assert.equal(exitCode, 1);
    assert.match(text, /^customs report: 1 waiting$/m);
    assert.match(text, /^customs report: 1 refused$/m);
    assert.match(text, /^REFUSED by customs: report r-1 of BOX1: 422 unknown declaration$/m);
    const { counts } = JSON.parse((await showOutbox({ data, json: true })).text) as { counts: unknown[] };
    assert.equal(counts.length, 2);
    await database.close();
  });

  it('says so when there is no exchange to look at', async () => {
    await assert.rejects(
      showOutbox({ data: await newFolder() }),
      (error: unknown) => error instanceof GateError && error.code === 'EXCHANGE_DB_OPEN',
    );
  });

  describe('of refused ones', () => {
    let data: string;
    let database: Database;
    beforeEach(async () => {
      data = await newFolder();
      database = await openDatabase(join(data, 'exchange.db'));
      const outbox = createOutbox(database);
      for (const [destination, key] of [
        ['customs', 'r-1'],
        ['customs', 'r-2'],
        ['examiner scanners', 'x-1'],
      ] as const)
        await database.transaction((tx) =>
          outbox.add(tx, { destination, kind: 'report', key, container: 'BOX1', body: '{}' }),
        );
      for (const destination of ['customs', 'customs', 'examiner scanners']) {
        const next = await outbox.next(destination, []);
        assert.ok(next);
        await outbox.settle(next, 'refused', '422 unknown declaration');
      }
      await database.transaction((tx) =>
        tx.run(
          `INSERT INTO codeco_event (partner, event_id, source, body, refused)
             VALUES ('line-one', 'r-1', 's', '{}', 'the container number cannot be told')`,
        ),
      );
    });
    afterEach(() => database.close());

    const lines = async (): Promise<string[]> => (await showOutbox({ data })).text.trimEnd().split('\n');

    it('sends those that are named again, wherever they were refused, while exchange has its database open', async () => {
      assert.deepEqual(await retryRefused(['r-1'], { data }), {
        exitCode: 0,
        text: 'CODECO line-one: r-1 goes out again\ncustoms: r-1 goes out again\n',
      });
      assert.ok((await lines()).includes('customs report: 1 waiting'));
      assert.match((await lines()).join(), /CODECO line-one: 0 interchanges, 1 events wait, .* 0 refused/);
      assert.equal((await retryRefused(['r-1'], { data })).exitCode, 1);
    });

    it('sends all of one destination again, and no other’s', async () => {
      assert.equal(
        (await retryRefused([], { data, to: 'customs', json: true })).text,
        `${JSON.stringify(
          [
            { destination: 'customs', key: 'r-1' },
            { destination: 'customs', key: 'r-2' },
          ],
          null,
          2,
        )}\n`,
      );
      assert.ok((await lines()).includes('examiner scanners report: 1 refused'));
    });

    it('drops with a reason, and keeps on record what was answered', async () => {
      await dropRefused([], { data, to: 'CODECO line-one', reason: 'told by telephone' });
      await dropRefused(['r-1', 'r-2', 'x-1'], { data, reason: 'declared anew' });
      const { exitCode, text } = await showOutbox({ data });
      assert.equal(exitCode, 0);
      assert.match(text, /^customs report: 2 dropped$/m);
      assert.match(text, /^CODECO line-one: .* 0 refused, 1 dropped$/m);
      assert.doesNotMatch(text, /REFUSED/);
      assert.deepEqual(await database.get('SELECT state, answer, dropped FROM outbox WHERE key = ?', 'r-1'), {
        state: 'refused',
        answer: '422 unknown declaration',
        dropped: 'declared anew',
      });
      assert.equal((await retryRefused(['r-1'], { data })).exitCode, 1);
    });

    it('does nothing unless it is said which', async () => {
      await assert.rejects(
        retryRefused([], { data }),
        (error: unknown) => error instanceof GateError && error.code === 'USAGE',
      );
    });

    it('changes no database of another release', async () => {
      await database.transaction((tx) => tx.run('PRAGMA user_version = 1'));
      await assert.rejects(
        retryRefused(['r-1'], { data }),
        (error: unknown) => error instanceof GateError && error.code === 'EXCHANGE_DB_OTHER_RELEASE',
      );
    });
  });
});
