/** What is wrong with time stamps now, told to control as one value; and the bytes of stamps that do not hold, kept in files. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogName } from '../../../core/input.ts';
import type { TimeStampTrouble, TimeStampWatch } from '../../../core/time-stamps.ts';
import type { ControlDoor } from '../../door.ts';
import { createLatest } from '../../latest.ts';
import type { WorkerTools } from '../../worker.ts';

/** Longer reasons are cut; the file has them whole. */
const REASON_CHARS_MAX = 1_000;
/** Files kept; a stamp beyond them leaves its reason in the journal and nothing else, until somebody has moved some away. */
const FILES_MAX = 100;
const FILE_PREFIX = 'time-stamp-';

export interface BadStamp {
  head: string;
  /** What came in its place. */
  bytes: Uint8Array;
  reason: string;
}

export interface Troubles {
  /** A stamp came that does not hold: it is kept, and told. */
  bad(log: LogName, stamp: BadStamp): Promise<void>;
  missing(log: LogName, reason: string): void;
  /** A stamp came that holds. */
  over(log: LogName): void;
  tellAgain(): void;
  stop(): Promise<void>;
}

export function createTroubles(options: WorkerTools & { door: ControlDoor; evidenceDir: string }): Troubles {
  const { clock, log: journal, evidenceDir } = options;
  const standing = new Map<string, TimeStampTrouble>();
  const latest = createLatest<TimeStampWatch>({ ...options, source: 'exchange-time-stamps' });
  const tell = (): void =>
    latest.tell({ type: 'time-stamp-watch', troubles: [...standing.values()].map((each) => ({ ...each })) });
  const stands = (trouble: TimeStampTrouble): void => {
    const key = `${trouble.log}/${trouble.kind}`;
    // What was found first stands until it is over: a reason that changes with every attempt would fill the journal.
    if (standing.has(key)) return;
    standing.set(key, trouble);
    tell();
  };
  tell();

  return {
    async bad(log, stamp) {
      const reason = stamp.reason.slice(0, REASON_CHARS_MAX);
      const evidence = await keep(evidenceDir, log, stamp, clock.nowMs());
      journal.warn('a time stamp does not hold', { of: log, reason: stamp.reason, evidence: evidence?.file });
      stands({ log, kind: 'bad', reason, ...(evidence && { evidence }) });
    },
    missing(log, reason) {
      stands({ log, kind: 'missing', reason: reason.slice(0, REASON_CHARS_MAX) });
    },
    over(log) {
      const before = standing.size;
      for (const kind of ['bad', 'missing']) standing.delete(`${log}/${kind}`);
      if (standing.size < before) tell();
    },
    tellAgain: latest.tellAgain,
    stop: latest.stop,
  };
}

/** The same bytes are kept once, however often they come. */
async function keep(
  folder: string,
  log: LogName,
  { head, bytes, reason }: BadStamp,
  at: number,
): Promise<TimeStampTrouble['evidence']> {
  await mkdir(folder, { recursive: true });
  const name = createHash('sha256').update(head).update(bytes).digest('hex').slice(0, 32);
  const file = `${FILE_PREFIX}${log}-${name}.json`;
  const names = (await readdir(folder)).filter((each) => each.startsWith(FILE_PREFIX));
  const path = join(folder, file);
  if (!names.includes(file)) {
    if (names.length >= FILES_MAX) return undefined;
    const content = { log, reason, at, head, bytes: Buffer.from(bytes).toString('base64') };
    await writeFile(path, JSON.stringify(content, null, 2), { mode: 0o600, flush: true });
  }
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { file, sha256 };
}
