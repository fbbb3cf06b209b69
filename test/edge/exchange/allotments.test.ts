import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useAllotments } from '../../../edge/exchange/customs/allotments.ts';
import { createMirror, type Mirror } from '../../../edge/exchange/customs/mirror.ts';
import { type Database, openDatabase } from '../../../edge/exchange/database.ts';
import { readChanges } from '../../../protocols/clearance/reading.ts';
import type { ClearanceReport } from '../../../protocols/clearance/words.ts';
import { writeChange } from '../../../protocols/clearance/writing.ts';

const FIRST = 'CSQU3054383';
const SECOND = 'MWCU6059784';

describe('allotments of a declaration', () => {
  let folder: string;
  let database: Database;
  let mirror: Mirror;
  let pages: number;
  let delivered: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gate-allotments-'));
    database = await openDatabase(join(folder, 'exchange.db'));
    mirror = createMirror(database);
    pages = 0;
    delivered = 0;
    for (const container of [FIRST, SECOND]) await database.transaction((tx) => mirror.ask(tx, container));
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const says = async (...changes: ClearanceReport[]): Promise<void> => {
    const feed = mirror.feed('customs', readChanges);
    pages += 1;
    const page = { cursor: String(pages), asOf: pages, changes: changes.map(writeChange) };
    await feed.ingest(String(pages - 1), page, { moveOn: true, last: true });
  };
  /** What control is told now, by container. */
  const told = async (): Promise<Record<string, Pick<ClearanceReport, 'usedBy' | 'remaining'>>> => {
    const batch = await mirror.reserve(delivered, 100);
    delivered += batch.length;
    const clearances = batch.flatMap(({ input }) => (input.type === 'clearance' ? [input] : []));
    return Object.fromEntries(
      clearances.map(({ container, usedBy, remaining }) => [
        container,
        { ...(usedBy !== undefined && { usedBy }), ...(remaining !== undefined && { remaining }) },
      ]),
    );
  };
  const clearance = (container: string, version = 1, left = 500): ClearanceReport => ({
    type: 'clearance',
    declaration: '308044805740',
    container,
    kind: 'export',
    channel: 'green',
    status: 'released',
    version,
    source: 'VNACCS',
    allotment: { packages: 200, kg: 9_000 },
    remaining: { packages: left, kg: 20_000 },
  });
  const leaves = (container: string, crossing = 'huu-nghi-7', kind: 'get-in' | 'get-out' = 'get-out') =>
    database.transaction((tx) =>
      useAllotments(tx, {
        reportId: `${crossing}-${container}`,
        kind,
        container,
        declarations: [],
        eventTime: '',
        crossing,
      }),
    );

  it('are used once: a container that has left is told as used by its crossing, and what is left for others gets less', async () => {
    await says(clearance(FIRST), clearance(SECOND));
    await told();
    assert.equal(await leaves(FIRST), true);
    assert.deepEqual(await told(), {
      [FIRST]: { usedBy: 'huu-nghi-7', remaining: { packages: 500, kg: 20_000 } },
      [SECOND]: { remaining: { packages: 300, kg: 11_000 } },
    });
    assert.equal(await leaves(FIRST, 'huu-nghi-8'), false, 'it was used already');
  });

  it('are not used by coming in', async () => {
    await says(clearance(FIRST));
    await told();
    assert.equal(await leaves(FIRST, 'huu-nghi-7', 'get-in'), false);
  });

  it('stay used when customs says more of the container, and what is left is what customs then says', async () => {
    await says(clearance(FIRST), clearance(SECOND));
    await leaves(FIRST);
    await told();
    await says(clearance(FIRST, 2, 300), clearance(SECOND, 2, 300));
    assert.deepEqual(await told(), {
      [FIRST]: { usedBy: 'huu-nghi-7', remaining: { packages: 300, kg: 20_000 } },
      [SECOND]: { remaining: { packages: 300, kg: 20_000 } },
    });
  });
});
