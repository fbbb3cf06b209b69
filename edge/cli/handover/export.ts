/** `gate handover export`: a log as a file that anyone can check, out of exchange.db, also while the daemons run. */
import { createHash } from 'node:crypto';
import { access, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { headerLine, headLine, stampLine } from '../../../protocols/handover/log-file.ts';
import { appendLeaf, EMPTY_TREE, leafHash, type MerkleTree } from '../../../protocols/handover/merkle.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { type StoredLog, type WhichLog, withStoredLog } from './stored-log.ts';

export interface ExportOptions {
  out: string;
  /** Data folder of the gate. */
  data: string;
  log?: WhichLog;
  /** First line; none: 1. */
  from?: number;
  /** A line that must be in it; it ends where the first head that covers it stands. None: the newest head. */
  to?: number;
  /** Replace a file that is there. */
  force?: boolean;
}

const BATCH_LINES = 1_000;

/**
 * Writes the whole file or none.
 * @throws GateError `FILE_EXISTS`, `NO_SUCH_LINES`, `EXPORT_FAILED`, `EXCHANGE_DB_OPEN`, `LOG_EMPTY`
 */
export async function exportLog(options: ExportOptions): Promise<CommandResult> {
  const { out, data, log = 'own', force = false } = options;
  if (!force && (await exists(out)))
    throw new GateError('FILE_EXISTS', `${out} is there already`, 'Name another file, or give --force.');
  return withStoredLog(data, log, async (stored) => {
    const { from, to } = await range(stored, options);
    const part = `${out}.part`;
    const digest = createHash('sha256');
    try {
      const file = await open(part, 'w');
      const write = async (text: string): Promise<void> => {
        digest.update(text);
        await writeAll(file, text);
      };
      try {
        await writeLog(stored, from, to, options.to === undefined, write);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, out);
    } catch (cause) {
      await rm(part, { force: true });
      if (cause instanceof GateError) throw cause;
      throw new GateError(
        'EXPORT_FAILED',
        `${out} could not be written: ${messageOf(cause)}`,
        'Check the folder and the space on its disk.',
        { cause },
      );
    }
    const unsigned = stored.lines - stored.newest.size;
    const left = unsigned > 0 ? `; ${unsigned} lines that are not signed yet are left out` : '';
    return {
      exitCode: 0,
      text: `${out}: log of ${stored.gate}, ${linesText(from, to)}, SHA-256 ${digest.digest('hex')}${left}\n`,
    };
  });
}

const linesText = (from: number, to: number): string => (to < from ? 'no lines' : `lines ${from} to ${to}`);

async function range(
  stored: StoredLog,
  { from = 1, to }: ExportOptions,
): Promise<{ from: number; to: number }> {
  const end = to === undefined ? stored.newest : await stored.headCovering(to);
  const last = end?.size ?? 0;
  const isThere = end !== undefined && (from <= last || (from === 1 && last === 0));
  if (!isThere || (to !== undefined && to < from))
    throw new GateError(
      'NO_SUCH_LINES',
      `the log of ${stored.gate} has signed lines 1 to ${stored.newest.size}`,
      'Ask for some of these.',
    );
  return { from, to: last };
}

/** Header, lines, and each head after the lines that it covers. */
async function writeLog(
  stored: StoredLog,
  from: number,
  to: number,
  isNewest: boolean,
  write: (text: string) => Promise<void>,
): Promise<void> {
  const { gate } = stored;
  const { peaks } = await treeBefore(stored, from);
  const stamps = await stored.stamps.count(from - 1, to);
  const header = {
    gate,
    from,
    to,
    heads: await stored.countHeads(from - 1, to),
    ...(stamps > 0 && { stamps }),
    ...(peaks.length > 0 && { peaks: [...peaks] }),
    // What had been seen by the end of this file is not known of one that ends earlier.
    ...(isNewest && stored.witness !== undefined && { witness: stored.witness }),
  };
  await write(`${headerLine(header)}\n`);
  let after = from - 1;
  let text = '';
  for (const each of await headsWithStamps(stored, after, after)) text += each.text;
  while (after < to) {
    const rows = await stored.linesAfter(after, to, BATCH_LINES);
    const last = after + rows.length;
    const heads = await headsWithStamps(stored, after + 1, last);
    for (const { line, data } of rows) {
      after += 1;
      if (line !== after) break;
      text += `${data}\n`;
      if (heads[0]?.size === line) text += heads.shift()?.text ?? '';
    }
    if (rows.length === 0 || after !== last || rows.at(-1)?.line !== after)
      throw new GateError(
        'NO_SUCH_LINES',
        `line ${after} of ${gate} is signed and not stored`,
        'Restore exchange.db from a backup; the other gate has a copy of this log.',
      );
    await write(text);
    text = '';
  }
  await write(text);
}

/** Heads of `from` to `to` lines as they stand in the file, each followed by its time stamp if it has one. */
async function headsWithStamps(
  stored: StoredLog,
  from: number,
  to: number,
): Promise<{ size: number; text: string }[]> {
  const stamps = new Map((await stored.stamps.between(from, to)).map(({ size, token }) => [size, token]));
  return (await stored.headsBetween(from, to)).map(({ size, jws }) => {
    const token = stamps.get(size);
    return { size, text: `${headLine(jws)}\n${token === undefined ? '' : `${stampLine(token)}\n`}` };
  });
}

/** The tree over the lines before `from`. */
async function treeBefore(stored: StoredLog, from: number): Promise<MerkleTree> {
  let tree = EMPTY_TREE;
  while (tree.size < from - 1) {
    const rows = await stored.linesAfter(tree.size, from - 1, BATCH_LINES);
    if (rows.length === 0) break;
    for (const { data } of rows) tree = appendLeaf(tree, leafHash(data));
  }
  return tree;
}

async function writeAll(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
