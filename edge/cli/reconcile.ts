/** `gate reconcile`: a case a line in, a verdict a line out, in order. Judges the conditions of the checkpoint, not line clear. */
import { createReadStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { reconcile } from '../core/reconcile.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import { type CaseRead, readCase } from './case-file.ts';
import { LINE_CHARACTERS_MAX, linesOf } from './case-lines.ts';

/** Judges the cases of a file, `-` for standard input; exit code 1 if a line could not be read. */
export async function reconcileFile(file: string, stdin: Readable, out: Writable): Promise<number> {
  const input = file === '-' ? stdin : createReadStream(file);
  const count = { malformed: 0 };
  try {
    await pipeline(answersTo(input, count), out, { end: false });
  } catch (cause) {
    if (cause === input.errored)
      throw new GateError(
        'CASES_UNREADABLE',
        `${file} cannot be read: ${messageOf(cause)}`,
        'Name a file with one case a line (docs/reconciliation.md), or - for standard input.',
        { cause },
      );
    // Whoever read the verdicts has had enough of them.
    if ((cause as NodeJS.ErrnoException).code === 'EPIPE') return 1;
    throw cause;
  }
  return count.malformed === 0 ? 0 : 1;
}

async function* answersTo(input: Readable, count: { malformed: number }): AsyncGenerator<string> {
  let number = 0;
  for await (const line of linesOf(input)) {
    number += 1;
    if (line?.trim() === '') continue;
    const read = line === null ? TOO_LONG : readCase(line);
    if (!read.ok) count.malformed += 1;
    const answer = read.ok
      ? { id: read.id, ...reconcile(read.case) }
      : { id: read.id, error: `line ${number}: ${read.error}` };
    yield `${JSON.stringify(answer)}\n`;
  }
}

const TOO_LONG: CaseRead = { ok: false, id: null, error: `longer than ${LINE_CHARACTERS_MAX} characters` };
