/**
 * Looks into a folder where signed files are put: `NAME` with `NAME.jws` beside it. What was taken stays there, or is moved to
 * `taken/`; what is refused is moved to `refused/`, with a `NAME.reason.txt` beside it. A file is looked at once it lies still, so
 * that none is read half written, and again only when it has changed.
 */
import { lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GateError, messageOf } from '../../platform/errors.ts';
import { startWorker, type Worker, type WorkerTools } from '../worker.ts';

/** Of one file: a list of 10,000 entries of the longest kind is below it. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** Files looked at; what lies there beyond them is told, and waits. */
const FILES_MAX = 200;
/** A file whose signature does not follow within this is refused. */
const SIGNATURE_MS = 60_000;

export type RefusalReason =
  | 'unsigned'
  | 'signature'
  | 'key'
  | 'owner'
  | 'unreadable'
  | 'too-large'
  | 'expired'
  | 'older'
  | 'changed';

export interface Refusal {
  reason: RefusalReason;
  /** What exactly, for a person. */
  detail: string;
}

/** What to say of each reason, for whoever put the file there. */
export const refusalIn =
  (texts: Readonly<Record<RefusalReason, { vi: string; en: string }>>) =>
  ({ reason, detail }: Refusal): string =>
    `${texts[reason].vi}\n${texts[reason].en}\n\n${detail}\n`;

interface Seen {
  /** Size and time of both files. */
  print: string;
  sinceMs: number;
  done: boolean;
}

/**
 * Starts watching.
 * @throws GateError `code` if the folder cannot be made or read.
 */
export async function watchSignedFolder(
  options: WorkerTools & {
    /** What lies there, in words: `signed lists`. */
    what: string;
    /** The configuration’s member with the folder, and the code of the error when it cannot be used. */
    member: string;
    code: string;
    folder: string;
    pollMs: number;
    dataDir: string;
    names: RegExp;
    /** Whether what was taken is moved away. */
    moves: boolean;
    take(bytes: Uint8Array, jws: string, name: string): Promise<'new' | 'known' | Refusal>;
    refusalText(refusal: Refusal): string;
    /** Something waits for control. */
    onQueued(): void;
  },
): Promise<Worker> {
  const { what, moves, pollMs, clock, log } = options;
  const folder = resolve(options.dataDir, options.folder);
  const refused = join(folder, 'refused');
  const taken = join(folder, 'taken');
  try {
    await mkdir(refused, { recursive: true });
    if (moves) await mkdir(taken, { recursive: true });
  } catch (cause) {
    throw new GateError(
      options.code,
      `the folder of ${what} ${folder} cannot be used: ${messageOf(cause)}`,
      `Let the exchange daemon read and write there, or name another folder as ${options.member}.`,
      { cause },
    );
  }
  let seen = new Map<string, Seen>();

  const refuse = async (name: string, refusal: Refusal): Promise<void> => {
    log.warn(`${name} of the ${what} is refused: ${refusal.reason}`, { detail: refusal.detail });
    await writeFile(join(refused, `${name}.reason.txt`), options.refusalText(refusal));
    await moveIfThere(folder, refused, `${name}.jws`);
    await moveIfThere(folder, refused, name);
  };

  const examine = async (name: string): Promise<void> => {
    const bytes = await readFile(join(folder, name));
    const jws = await readFile(join(folder, `${name}.jws`), 'utf8');
    const outcome = await options.take(bytes, jws, name);
    if (typeof outcome !== 'string') return refuse(name, outcome);
    log.info(`${name} of the ${what} is ${outcome === 'new' ? 'taken' : 'known already'}`);
    if (outcome === 'new') options.onQueued();
    if (!moves) return;
    await moveIfThere(folder, taken, `${name}.jws`);
    await moveIfThere(folder, taken, name);
  };

  const look = async (name: string, before: Seen | undefined): Promise<Seen | undefined> => {
    const file = await statOf(join(folder, name));
    if (file === undefined) return undefined;
    const signature = await statOf(join(folder, `${name}.jws`));
    const print = `${file.print} ${signature?.print ?? ''}`;
    if (before?.print !== print) return { print, sinceMs: clock.monotonicMs(), done: false };
    if (before.done) return before;
    if (Math.max(file.size, signature?.size ?? 0) > FILE_BYTES_MAX)
      await refuse(name, { reason: 'too-large', detail: `${file.size} bytes, ${FILE_BYTES_MAX} allowed` });
    else if (signature !== undefined) await examine(name);
    else if (clock.monotonicMs() - before.sinceMs < SIGNATURE_MS) return before;
    else await refuse(name, { reason: 'unsigned', detail: `${name}.jws is not there` });
    return { ...before, done: true };
  };

  return startWorker({
    ...options,
    name: `look for ${what}`,
    backoff: { minMs: pollMs, maxMs: Math.max(pollMs, 60_000) },
    async turn() {
      const names = (await readdir(folder)).filter((name) => options.names.test(name)).sort();
      if (names.length > FILES_MAX)
        log.error(`${folder} holds ${names.length} files; only the first ${FILES_MAX} are looked at`);
      const now = new Map<string, Seen>();
      const errors: unknown[] = [];
      for (const name of names.slice(0, FILES_MAX)) {
        const before = seen.get(name);
        // One that cannot be read today keeps no other from being read.
        const found = await look(name, before).catch((error: unknown) => {
          errors.push(error);
          return before;
        });
        if (found !== undefined) now.set(name, found);
      }
      seen = now;
      if (errors.length > 0) throw errors[0];
      return pollMs;
    },
  });
}

/** Of a file; undefined if there is none, or it is none (a link, a folder). */
async function statOf(path: string): Promise<{ size: number; print: string } | undefined> {
  try {
    const found = await lstat(path);
    return found.isFile() ? { size: found.size, print: `${found.size} ${found.mtimeMs}` } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function moveIfThere(from: string, to: string, name: string): Promise<void> {
  try {
    await rename(join(from, name), join(to, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
