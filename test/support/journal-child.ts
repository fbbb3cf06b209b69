/**
 * A process of its own that writes a journal, to be killed or starved. Tells each step as one line of JSON on standard
 * output, written synchronously: what was told, happened.
 *
 *     journal-child.ts open  <dir>                 opens and closes
 *     journal-child.ts write <dir> <segmentEvery>  appends until it is killed, a new segment now and then
 *     journal-child.ts fill  <dir> <reserveBytes>  appends until the disk refuses, then frees the reserve and goes on once
 */
import { writeSync } from 'node:fs';
import { openSqliteJournal } from '../../edge/journal/sqlite.ts';
import { GateError } from '../../edge/platform/errors.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { input, snapshot } from './journal-entries.ts';

const tell = (step: Record<string, unknown>): void => {
  writeSync(1, `${JSON.stringify(step)}\n`);
};
const [task, dir = '', argument = '0'] = process.argv.slice(2);
const codeOf = (error: unknown): string => {
  if (error instanceof GateError) return error.code;
  throw error;
};

async function write(segmentEvery: number): Promise<void> {
  const journal = await openSqliteJournal({ dir, log: silentLog, reserveBytes: 4_096 });
  tell({ opened: journal.head.seq });
  for (let at = journal.head.seq + 1; ; at += 1) {
    if (at % segmentEvery === 0) await journal.startSegment(snapshot(1_000_000 + at, { at }));
    else
      await journal.append([
        input(1_000_000 + at, { at }),
        input(1_000_000 + at, { text: 'x'.repeat(at % 3_000) }),
      ]);
    tell(journal.head as unknown as Record<string, unknown>);
  }
}

async function fill(reserveBytes: number): Promise<void> {
  const journal = await openSqliteJournal({ dir, log: silentLog, reserveBytes });
  const text = 'x'.repeat(16_000);
  try {
    for (let n = 1; n < 10_000; n += 1) {
      await journal.append([input(n, { text })]);
      tell({ seq: journal.head.seq });
    }
  } catch (error) {
    tell({ refused: codeOf(error) });
  }
  const readable = await journal.read(0, 100_000);
  tell({ readable: readable.length });
  await journal.freeReserve();
  const after = await journal.append([input(20_000, { why: 'disk full' })]).then(
    () => 'stored',
    (error: unknown) => codeOf(error),
  );
  tell({ afterReserve: after, seq: journal.head.seq });
  await journal.close();
}

try {
  if (task === 'write') await write(Number(argument));
  else if (task === 'fill') await fill(Number(argument));
  else await (await openSqliteJournal({ dir, log: silentLog })).close();
  tell({ ended: true });
} catch (error) {
  tell({ error: codeOf(error) });
}
