/**
 * Looks into the folder where signed lists are put: `NAME.json` with `NAME.json.jws` beside it. What counts stays there; what
 * is refused is moved to `refused/`, with a `NAME.json.reason.txt` beside it. A file is looked at once it lies still, so
 * that none is read half written, and again only when it has changed.
 */
import { lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { GateConfig } from '../../../config/schema.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { startWorker, type Worker, type WorkerTools } from '../worker.ts';
import { type Refusal, refusalText } from './refusal.ts';
import type { Lists } from './store.ts';

/** Of one list: 10,000 entries of the longest kind are below it. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** Files looked at; what lies there beyond them is told, and waits. */
const FILES_MAX = 200;
/** A list whose signature does not follow within this is refused. */
const SIGNATURE_MS = 60_000;

interface Seen {
  /** Size and time of both files. */
  print: string;
  sinceMs: number;
  done: boolean;
}

/**
 * Starts watching.
 * @throws GateError `LISTS_FOLDER` if the folder cannot be made or read.
 */
export async function startListWatch(
  options: WorkerTools & {
    config: NonNullable<GateConfig['lists']>;
    dataDir: string;
    lists: Lists;
    /** A list waits for control. */
    onQueued(): void;
  },
): Promise<Worker> {
  const { config, lists, clock, log } = options;
  const folder = resolve(options.dataDir, config.folder);
  const refused = join(folder, 'refused');
  try {
    await mkdir(refused, { recursive: true });
  } catch (cause) {
    throw new GateError(
      'LISTS_FOLDER',
      `the folder of signed lists ${folder} cannot be used: ${messageOf(cause)}`,
      'Let the exchange daemon read and write there, or name another folder as lists.folder.',
      { cause },
    );
  }
  let seen = new Map<string, Seen>();

  const refuse = async (name: string, refusal: Refusal): Promise<void> => {
    log.warn(`list ${name} is refused: ${refusal.reason}`, { detail: refusal.detail });
    await writeFile(join(refused, `${name}.reason.txt`), refusalText(refusal));
    await moveIfThere(folder, refused, `${name}.jws`);
    await moveIfThere(folder, refused, name);
  };

  const examine = async (name: string): Promise<void> => {
    const bytes = await readFile(join(folder, name));
    const jws = await readFile(join(folder, `${name}.jws`), 'utf8');
    const taken = await lists.take(bytes, jws, clock.nowMs());
    if (typeof taken !== 'string') return refuse(name, taken);
    log.info(`list ${name} is ${taken === 'new' ? 'taken' : 'known already'}`);
    if (taken === 'new') options.onQueued();
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
    name: 'look for signed lists',
    backoff: { minMs: config.pollMs, maxMs: Math.max(config.pollMs, 60_000) },
    async turn() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
      if (names.length > FILES_MAX)
        log.error(`${folder} holds ${names.length} lists; only the first ${FILES_MAX} are looked at`);
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
      return config.pollMs;
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
