/** `gate handover verify`: checks two exported logs and joins them, with no daemon, no configuration and no network. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createCustody, type JudgedMove } from '../../../protocols/handover/custody.ts';
import type { Side, Status } from '../../../protocols/handover/custody-move.ts';
import type { CheckedLog } from '../../../protocols/handover/log-check.ts';
import {
  FILE_LINE_BYTES_MAX,
  type LogFileHeader,
  readHeaderLine,
} from '../../../protocols/handover/log-file.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { takeLines } from './byte-lines.ts';
import { checkLogHere, checkLogInThread } from './check-thread.ts';
import type { LogToCheck, MoveLine } from './checked-log.ts';
import { readDisclosures } from './disclose.ts';
import { readTrustFiles } from './keys.ts';
import { jsonReport, type Report, textReport } from './verify-report.ts';

export interface VerifyOptions {
  /** Files with public keys. */
  keys: readonly string[];
  json?: boolean;
  /** Files with what gates show of what they had kept back, as `gate handover disclose` prints it. */
  disclosures?: readonly string[];
  /** Whatever only people ask for must bear their signatures. */
  requireOfficers?: boolean;
  /** Which moves are listed; without it those that are not as they should be. */
  moves?: Status | 'all';
  /** Files of so many bytes are checked in threads. */
  threadsFromBytes?: number;
}

/** Below, starting a thread takes longer than the work. */
const THREADS_FROM_BYTES = 4_000_000;

/** Moves under way at once, in both logs together: more are not joined. */
const UNDER_WAY_MAX = 1_000_000;

/**
 * Tells what it finds through `print` as it goes. 0: all is right; 1: anything is wrong.
 * @throws GateError if it could not run: `LOG_UNREADABLE`, `TRUST_UNREADABLE`, `SAME_GATE`, `TOO_MANY_MOVES`,
 * `FILE_UNREADABLE`, `DISCLOSURE_UNREADABLE`
 */
export async function verifyLogs(
  paths: readonly [string, string],
  options: VerifyOptions,
  print: (text: string) => void,
): Promise<0 | 1> {
  const { trust, officers, authorities } = await readTrustFiles(options.keys);
  const keys = Object.fromEntries(trust);
  const disclosures = (await Promise.all((options.disclosures ?? []).map(readDisclosures))).flat();
  const headers = [await firstHeader(paths[0]), await firstHeader(paths[1])] as const;
  const [one, two] = headers;
  if (one !== undefined && one.gate === two?.gate)
    throw new GateError(
      'SAME_GATE',
      `${paths[0]} and ${paths[1]} are both the log of ${one.gate}`,
      'Name one log of each gate.',
    );
  const report: Report = (options.json ? jsonReport : textReport)({
    gates: [one?.gate ?? paths[0], two?.gate ?? paths[1]],
    shown: options.moves,
    print,
  });
  const custody =
    one &&
    two &&
    createCustody({ from: [one.from, two.from], onMove: (judged: JudgedMove) => report.move(judged) });
  const logs = ([0, 1] as const).map(
    (side): LogToCheck => ({
      path: paths[side],
      keys,
      authorities,
      witness: headers[side === 0 ? 1 : 0]?.witness,
      officers,
      disclosures,
      officersRequired: options.requireOfficers ?? false,
    }),
  ) as [LogToCheck, LogToCheck];
  const { threadsFromBytes = THREADS_FROM_BYTES } = options;
  const checked = await readSideBySide(logs, threadsFromBytes, (side, { line, record }) => {
    custody?.take(side, line, record);
    if ((custody?.underWay ?? 0) > UNDER_WAY_MAX)
      throw new GateError(
        'TOO_MANY_MOVES',
        `more than ${UNDER_WAY_MAX} moves are under way at once`,
        'Export both logs at the same time, or shorter parts of them.',
      );
  });
  const counts = custody?.end();
  for (const side of [0, 1] as const) report.log(paths[side], checked[side]);
  const isRight =
    checked.every(({ findingsInAll }) => findingsInAll === 0) && counts?.byStatus.contradictory === 0;
  report.end(counts, isRight);
  return isRight ? 0 : 1;
}

/** Of whichever log is behind in time, the next records: so that little is under way at once. What comes of it does not depend on it. */
async function readSideBySide(
  logs: readonly [LogToCheck, LogToCheck],
  threadsFromBytes: number,
  take: (side: Side, line: MoveLine) => void,
): Promise<[CheckedLog, CheckedLog]> {
  const begin = async (log: LogToCheck) =>
    (await stat(log.path)).size < threadsFromBytes ? checkLogHere(log) : checkLogInThread(log);
  const streams = [await begin(logs[0]), await begin(logs[1])] as const;
  const results: [CheckedLog | undefined, CheckedLog | undefined] = [undefined, undefined];
  const reached = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  try {
    for (;;) {
      const [first, second] = results;
      if (first !== undefined && second !== undefined) return [first, second];
      const side: Side =
        second !== undefined || (first === undefined && (reached[0] ?? 0) <= (reached[1] ?? 0)) ? 0 : 1;
      const next = await streams[side].next();
      if (next.done) results[side] = next.value;
      else
        for (const line of next.value) {
          take(side, line);
          reached[side] = line.at;
        }
    }
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    throw unreadable(`${logs[0].path}, ${logs[1].path}`, cause);
  } finally {
    await Promise.all(streams.map((stream) => stream.stop()));
  }
}

/** Undefined if the file does not begin with a header; the check says what is wrong with it. */
async function firstHeader(path: string): Promise<LogFileHeader | undefined> {
  const input = createReadStream(path);
  let first: Buffer | undefined;
  try {
    const pieces = takeLines(input, FILE_LINE_BYTES_MAX, (line) => {
      first ??= Buffer.from(line);
    });
    while (first === undefined && !(await pieces.next()).done);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    input.destroy();
  }
  const read = readHeaderLine(first?.toString('utf8') ?? '');
  return read.ok ? read.header : undefined;
}

const unreadable = (path: string, cause: unknown): GateError =>
  new GateError(
    'LOG_UNREADABLE',
    `${path} cannot be read: ${messageOf(cause)}`,
    'Name two files made by `gate handover export`.',
    { cause },
  );
