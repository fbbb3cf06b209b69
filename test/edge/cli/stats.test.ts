import assert from 'node:assert/strict';
import { releaseStats } from '../../../edge/cli/stats.ts';
import { openSqliteJournal } from '../../../edge/journal/sqlite.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { newFolder, removeFolders } from '../../support/exchange-world.ts';

const AT = Date.UTC(2026, 2, 1, 1);

describe('gate stats release', () => {
  after(removeFolders);

  const journalOf = async (): Promise<string> => {
    const dir = await newFolder();
    const journal = await openSqliteJournal({ dir, log: silentLog });
    const body = (value: unknown): string => JSON.stringify(value);
    await journal.append([
      { at: AT, kind: 'input', type: 'boot', body: body({ config: { gate: { utcOffset: '+07:00' } } }) },
      {
        at: AT,
        kind: 'decision',
        type: 'crossing',
        body: body({
          crossing: 'c-1',
          stage: 'announced',
          direction: 'export',
          load: 'laden',
          containers: ['B'],
        }),
      },
      {
        at: AT + 60_000,
        kind: 'decision',
        type: 'customs-report',
        body: body({ kind: 'get-in', crossing: 'c-1' }),
      },
      {
        at: AT + 3_661_000 + 60_000,
        kind: 'decision',
        type: 'customs-report',
        body: body({ kind: 'get-out', crossing: 'c-1' }),
      },
    ]);
    await journal.close();
    return dir;
  };

  it('prints a table of a journal', async () => {
    const { exitCode, text } = await releaseStats({ journal: await journalOf() });
    assert.equal(exitCode, 0);
    assert.match(text, /^day +direction +channel +interval +count +median +90 %$/m);
    assert.match(text, /^2026-03-01 +export +unknown +gate-in-to-gate-out +1 +1:01:01 +1:01:01$/m);
  });

  it('prints JSON, of the days asked for', async () => {
    const journal = await journalOf();
    const { text } = await releaseStats({ journal, from: '2026-03-01', to: '2026-03-01', json: true });
    const [first] = JSON.parse(text) as { interval: string; medianMs: number }[];
    assert.deepEqual([first?.interval, first?.medianMs], ['announced-to-gate-in', 60_000]);
    assert.equal((await releaseStats({ journal, from: '2026-03-02', json: true })).text, '[]\n');
    assert.match((await releaseStats({ journal, to: '2026-02-28' })).text, /Nothing has left/);
  });

  it('does not guess what a day is', async () => {
    await assert.rejects(
      releaseStats({ journal: await journalOf(), from: 'yesterday' }),
      (error: unknown) => error instanceof GateError && error.code === 'DAY_UNREADABLE',
    );
  });
});
