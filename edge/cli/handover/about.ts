/** Everything that logs hold about one move, each line with what proves it. */
import { createReadStream } from 'node:fs';
import { decodeRecord, type HandoverLine } from '../../../protocols/handover/line.ts';
import {
  claimsOf,
  FILE_LINE_BYTES_MAX,
  HEAD_LINE_PREFIX,
  readHeaderLine,
  readHeadLine,
} from '../../../protocols/handover/log-file.ts';
import { leafHash } from '../../../protocols/handover/merkle.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { takeLines } from './byte-lines.ts';
import { type WhichLog, withStoredLog } from './stored-log.ts';

/** The signed head that covers a line; its signature is not checked here. */
export interface CoveringHead {
  size: number;
  rootHash: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Undefined where the head does not name its key (version 1). */
  kid: string | undefined;
}

export interface ProvenLine extends HandoverLine {
  /** RFC 9162 leaf hash of the line's bytes. */
  leaf: string;
  head: CoveringHead | undefined;
}

/** Out of an exported log. @throws GateError `LOG_UNREADABLE` */
export async function linesAboutInFile(path: string, move: string): Promise<ProvenLine[]> {
  const subject = `"subject":${JSON.stringify(move)}`;
  const found: ProvenLine[] = [];
  let isFirst = true;
  let wrong: string | undefined;
  const take = (bytes: Buffer): void => {
    if (isFirst) {
      isFirst = false;
      const header = readHeaderLine(bytes.toString('utf8'));
      if (!header.ok) wrong = header.reason;
      return;
    }
    if (bytes.toString('latin1', 0, HEAD_LINE_PREFIX.length) === HEAD_LINE_PREFIX) {
      const isDue = found.at(-1)?.head === undefined && found.length > 0;
      if (!isDue) return;
      const jws = readHeadLine(bytes.toString('utf8'));
      const head = jws === undefined ? undefined : claimsOf(jws);
      for (const line of found) if (head !== undefined && head.size >= line.line) line.head ??= head;
    } else if (bytes.includes(subject)) {
      const text = bytes.toString('utf8');
      const { ok, ...line } = decodeRecord(text);
      if (ok && isAbout(line as HandoverLine, move))
        found.push({ ...(line as HandoverLine), leaf: leafHash(bytes), head: undefined });
    }
  };
  try {
    const pieces = takeLines(createReadStream(path), FILE_LINE_BYTES_MAX, take);
    while (!(await pieces.next()).done && wrong === undefined);
  } catch (cause) {
    wrong = messageOf(cause);
  }
  if (wrong !== undefined || isFirst)
    throw new GateError(
      'LOG_UNREADABLE',
      `${path} cannot be read: ${wrong ?? 'it is empty'}`,
      'Name files made by `gate handover export`.',
    );
  return found;
}

/** Out of a gate's own memory. @throws GateError `EXCHANGE_DB_OPEN`, `LOG_EMPTY` */
export const linesAboutInData = (data: string, which: WhichLog, move: string): Promise<ProvenLine[]> =>
  withStoredLog(data, which, async (stored) => {
    const found: ProvenLine[] = [];
    for (const { line, data: text } of await stored.linesAbout(move)) {
      const decoded = decodeRecord(text);
      if (!decoded.ok || !isAbout(decoded, move)) continue;
      const { ok: _, ...content } = decoded;
      const jws = (await stored.headCovering(line))?.jws;
      found.push({ ...content, leaf: leafHash(text), head: jws === undefined ? undefined : claimsOf(jws) });
    }
    return found;
  });

const isAbout = ({ record }: HandoverLine, move: string): boolean => 'move' in record && record.move === move;
