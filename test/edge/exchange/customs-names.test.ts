import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createMirror } from '../../../edge/exchange/customs/mirror.ts';
import { type Database, openDatabase } from '../../../edge/exchange/database.ts';
import { partyNameDigest } from '../../../protocols/party-word.ts';
import { clearance, newFolder, removeFolders } from '../../support/exchange-world.ts';

describe('what customs says of people and firms', () => {
  let database: Database;
  before(async () => {
    database = await openDatabase(join(await newFolder(), 'exchange.db'));
  });
  after(async () => {
    await database.close();
    await removeFolders();
  });

  it('reaches the journal without names and without the numbers of their papers', async () => {
    const mirror = createMirror(database);
    const parties = [
      { role: 'consignor', id: '0100109106-001', name: 'Công ty Cổ phần Nông sản Lạng Sơn' },
      { role: 'carrier', id: '020 095 001 234' },
    ];
    const body = JSON.stringify({ ...clearance('CSQU3054383', 1), parties });
    await database.transaction(async (tx) => {
      await tx.run(
        'INSERT INTO clearance (container, declaration, version, feed, as_of, body) VALUES (?, ?, 1, ?, 0, ?)',
        'CSQU3054383',
        'D-CSQU3054383',
        'customs',
        body,
      );
      await mirror.ask(tx, 'CSQU3054383');
    });
    const [told] = await mirror.reserve(0, 10);
    assert.deepEqual(told?.input.type === 'clearance' && told.input.parties, [
      { role: 'consignor', id: '0100109106001', name: partyNameDigest('CONG TY CO PHAN NONG SAN LANG SON') },
      { role: 'carrier', id: partyNameDigest('020095001234') },
    ]);
  });

  it('goes out in batches that fit through control’s door', async () => {
    const mirror = createMirror(database);
    const list = {
      version: 1,
      name: 'x',
      owner: 'customs' as const,
      legalBasis: 'x',
      from: 0,
      until: 1,
      entries: Array.from({ length: 10_000 }, (_, index) => ({
        kind: 'party' as const,
        value: partyNameDigest(`${index}`),
      })),
    };
    await database.transaction(async (tx) => {
      for (const id of ['a', 'b', 'c']) await mirror.tellList(tx, { ...list, id });
    });
    const sizes: number[] = [];
    for (let delivered = 1; ; ) {
      const batch = await mirror.reserve(delivered, 32);
      if (batch.length === 0) break;
      sizes.push(batch.length);
      assert.deepEqual(
        batch.map(({ seq }) => seq),
        batch.map((_, index) => delivered + 1 + index),
      );
      assert.ok(JSON.stringify(batch).length < 4 * 1024 * 1024);
      delivered += batch.length;
    }
    assert.deepEqual(sizes, [1, 1, 1]);
  });
});
