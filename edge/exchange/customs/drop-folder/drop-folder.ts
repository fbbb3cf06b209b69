/**
 * The drop folder: signed lists for the day the network is down. A file is looked at once it has stopped changing and its signature
 * lies beside it; then it is taken whole and moved to `taken/`, or changes nothing and is moved to `refused/` with the reason.
 * Files are looked at in the order of their names.
 */
import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GateError, messageOf } from '../../../platform/errors.ts';
import type { Database } from '../../database.ts';
import { startWorker, type Worker, type WorkerTools } from '../../worker.ts';
import { type ListHead, readList } from './list.ts';
import { ListRefused } from './refusal.ts';
import { isSignedBy, loadListKey } from './signature.ts';
import { createListStore, type ListStore } from './taking.ts';

const LOOK_EVERY_MS = 1_000;
/** A file that has not changed for so long is whole, if its signature agrees. */
const SETTLED_MS = 2_000;
/** If it does not agree, the file gets so long to go on growing. */
const SETTLED_FOR_SURE_MS = 30_000;
/** How long a list may wait for its signature. */
const WAIT_MS_MAX = 600_000;
const BYTES_MAX = 64 * 1024 * 1024;
const JWS_BYTES_MAX = 4_096;
/** Files that are kept an eye on; with more, the rest is not looked at until these are gone. */
const FILES_MAX = 200;
/** A list may be ahead of our clock by so much. */
const AHEAD_MS_MAX = 300_000;

const LIST = /\.(?:csv|xml)$/i;
const SIGNATURE = '.jws';

/** What was last seen of a file, and since when it is so; monotonic. */
interface Seen {
  sizeBytes: number;
  mtimeMs: number;
  sinceMs: number;
  firstMs: number;
  /** It was said that it keeps us waiting. */
  told: boolean;
}

type Outcome = 'wait' | ListHead;

/**
 * Starts looking.
 * @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`, `DROP_FOLDER_UNUSABLE`
 */
export async function startDropFolder(
  options: WorkerTools & {
    folder: string;
    listKeyFile: string;
    dataDir: string;
    utcOffset: string;
    database: Database;
    /** Something new waits for control. */
    onQueued(): void;
  },
): Promise<Pick<Worker, 'stop'>> {
  const { dataDir, utcOffset, clock, log } = options;
  const folder = resolve(dataDir, options.folder);
  const key = await loadListKey(options.listKeyFile, dataDir);
  await makeFolders(folder);
  const store = createListStore(options.database);
  // What was laid aside when we were killed belongs to a list that is read again.
  await store.clear();
  const seen = new Map<string, Seen>();
  let refusals = 0;

  /** How a file is now; undefined if it is gone. */
  const look = async (name: string): Promise<Seen | undefined> => {
    const stats = await lstat(join(folder, name)).catch(ifMissing);
    if (!stats?.isFile()) return undefined;
    const nowMs = clock.monotonicMs();
    const before = seen.get(name);
    const isSame = before?.sizeBytes === stats.size && before.mtimeMs === stats.mtimeMs;
    const now: Seen = {
      sizeBytes: stats.size,
      mtimeMs: stats.mtimeMs,
      sinceMs: isSame ? before.sinceMs : nowMs,
      firstMs: before?.firstMs ?? nowMs,
      told: before?.told ?? false,
    };
    seen.set(name, now);
    return now;
  };

  /** Waits quietly, and says so once when that takes long. */
  const waitFor = (name: string, file: Seen, what: string): Outcome => {
    if (!file.told && clock.monotonicMs() - file.firstMs > WAIT_MS_MAX) {
      file.told = true;
      log.warn('a file in the drop folder keeps us waiting', { file: name, for: what });
    }
    return 'wait';
  };

  const consider = async (name: string): Promise<Outcome> => {
    const file = await look(name);
    const signature = await look(`${name}${SIGNATURE}`);
    if (file === undefined) return 'wait';
    const settledMs = clock.monotonicMs() - Math.max(file.sinceMs, signature?.sinceMs ?? 0);
    if (settledMs < SETTLED_MS) return waitFor(name, file, 'its end: it is still being written');
    if (signature === undefined) {
      if (clock.monotonicMs() - file.sinceMs < WAIT_MS_MAX) return 'wait';
      throw new ListRefused('SIGNATURE', {
        en: `no signature ${name}${SIGNATURE} came within ${WAIT_MS_MAX / 60_000} minutes`,
        vi: `không có chữ ký ${name}${SIGNATURE} trong ${WAIT_MS_MAX / 60_000} phút`,
      });
    }
    if (file.sizeBytes > BYTES_MAX || signature.sizeBytes > JWS_BYTES_MAX)
      throw new ListRefused('SIZE', {
        en: `the file is larger than ${BYTES_MAX / 1024 / 1024} MB, or its signature is no signature`,
        vi: `tệp lớn hơn ${BYTES_MAX / 1024 / 1024} MB, hoặc tệp chữ ký không hợp lệ`,
      });
    const bytes = await readFile(join(folder, name));
    const jws = await readFile(join(folder, `${name}${SIGNATURE}`), 'utf8');
    const digest = createHash('sha256').update(bytes).digest('hex');
    const known = await store.find(digest);
    if (known === 'moved')
      throw new ListRefused('DOUBLED', {
        en: 'this very file has been taken before',
        vi: 'chính tệp này đã được nhận trước đó',
      });
    if (!(await isSignedBy(key, bytes, jws))) {
      if (settledMs < SETTLED_FOR_SURE_MS) return 'wait';
      throw new ListRefused('SIGNATURE', {
        en: 'the signature is not customs’, or the file is not as it was signed',
        vi: 'chữ ký không phải của hải quan, hoặc tệp đã thay đổi sau khi ký',
      });
    }
    const head =
      known === 'taken' ? undefined : await take(store, { name, bytes, utcOffset, digest }, clock.nowMs());
    if (head !== undefined) options.onQueued();
    await move(folder, name, 'taken', await freeName(join(folder, 'taken'), name));
    await store.moved(digest);
    return head ?? 'wait';
  };

  const turn = async (): Promise<number> => {
    const names = await readdir(folder);
    await followLists(folder, names);
    const listed = names
      .filter((name) => LIST.test(name) && !/^[.~]/.test(name))
      .toSorted()
      .slice(0, FILES_MAX);
    for (const name of seen.keys()) if (!listed.includes(name.replace(SIGNATURE, ''))) seen.delete(name);
    for (const name of listed) {
      try {
        const outcome = await consider(name);
        if (outcome !== 'wait') log.info('took a list from the drop folder', { file: name, ...outcome });
      } catch (error) {
        if (!(error instanceof ListRefused)) throw error;
        await store.clear();
        await refuse(folder, name, error);
        refusals += 1;
        log.error('refused a list from the drop folder; nothing of it was taken', {
          file: name,
          code: error.code,
          reason: error.message,
          refusedSinceStart: refusals,
        });
      }
    }
    return LOOK_EVERY_MS;
  };

  return startWorker({
    ...options,
    name: 'drop folder',
    backoff: { minMs: LOOK_EVERY_MS, maxMs: 30_000 },
    turn,
  });
}

/** Reads a list whose signature is good, and makes it count. */
async function take(
  store: ListStore,
  file: { name: string; bytes: Buffer; utcOffset: string; digest: string },
  nowMs: number,
): Promise<ListHead> {
  let head: ListHead | undefined;
  await readList(
    file,
    async (read) => {
      head = read;
      if (read.asOf > nowMs + AHEAD_MS_MAX)
        throw new ListRefused('FUTURE', {
          en: 'ThoiDiem is in the future: the day, the month or the clock is wrong',
          vi: 'ThoiDiem ở tương lai: sai ngày, tháng hoặc đồng hồ',
        });
      await store.begin(read);
    },
    store.lay,
  );
  if (head === undefined) throw new Error('a list was read without its head');
  await store.take(head, file.digest);
  return head;
}

async function refuse(folder: string, name: string, why: ListRefused): Promise<void> {
  const reason = [
    `Danh sách ${name} bị từ chối, không có dữ liệu nào được nhận:`,
    why.vi,
    '',
    `The list ${name} was refused, nothing of it was taken:`,
    why.message,
    '',
    why.code,
    '',
  ].join('\n');
  const target = await freeName(join(folder, 'refused'), name);
  // Before the list is there: no list is refused without a reason.
  await writeFile(join(folder, 'refused', `${target}.reason.txt`), reason);
  await move(folder, name, 'refused', target);
}

/** The name itself, or with a number if there is a file of that name already. */
async function freeName(folder: string, name: string): Promise<string> {
  const taken = new Set(await readdir(folder));
  let target = name;
  for (let copy = 2; taken.has(target); copy += 1) target = name.replace(LIST, `-${copy}$&`);
  return target;
}

/** Moves a list and then its signature; killed in between, the signature follows later. */
async function move(folder: string, name: string, to: 'taken' | 'refused', target: string): Promise<void> {
  await rename(join(folder, name), join(folder, to, target));
  await rename(join(folder, `${name}${SIGNATURE}`), join(folder, to, `${target}${SIGNATURE}`)).catch(
    ifMissing,
  );
}

/** Signatures that were left behind go where their lists are. */
async function followLists(folder: string, names: readonly string[]): Promise<void> {
  const orphans = names.filter(
    (name) => name.endsWith(SIGNATURE) && !names.includes(name.slice(0, -SIGNATURE.length)),
  );
  if (orphans.length === 0) return;
  for (const to of ['taken', 'refused']) {
    const there = new Set(await readdir(join(folder, to)));
    for (const orphan of orphans) {
      if (!there.has(orphan.slice(0, -SIGNATURE.length)) || there.has(orphan)) continue;
      await rename(join(folder, orphan), join(folder, to, orphan)).catch(ifMissing);
    }
  }
}

function ifMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

async function makeFolders(folder: string): Promise<void> {
  try {
    await mkdir(join(folder, 'taken'), { recursive: true });
    await mkdir(join(folder, 'refused'), { recursive: true });
  } catch (cause) {
    throw new GateError(
      'DROP_FOLDER_UNUSABLE',
      `the drop folder ${folder} cannot be used: ${messageOf(cause)}`,
      'Make the folder, writable by the exchange daemon, or configure no customs.dropFolder.',
      { cause },
    );
  }
}
