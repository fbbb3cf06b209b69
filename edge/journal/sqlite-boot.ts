/** What must be true before the journal is written again: the newest segment is whole and follows the one before. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GateError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { EMPTY_HEAD, type Head } from './journal.ts';
import {
  checkSegment,
  corrupt,
  createSegment,
  exists,
  listSegments,
  removeUnfinished,
  SELECT_LAST,
  type SegmentFile,
  segmentName,
  syncDirectory,
  tidySegment,
} from './segment.ts';
import { openDatabase, storageError } from './sqlite-database.ts';

/** Written when a segment is put aside. While it is there the journal is not opened: a restart must not hide the loss. */
const DAMAGE_NOTE = 'DAMAGED';

export interface BootResult {
  files: SegmentFile[];
  current: SegmentFile;
  head: Head;
  /** `at` of the last entry, 0 if there is none. */
  lastAt: number;
}

/**
 * Finds the end of the journal in `dir`, creating the first segment of an empty one. A damaged newest segment is moved
 * to `quarantine/` with its side files and `JOURNAL_CORRUPT` says where; so does every later start, until a person has
 * restored it, or accepted the loss, and removed the note.
 */
export async function boot(dir: string, log: Log): Promise<BootResult> {
  await refuseIfDamaged(dir);
  await removeUnfinished(dir);
  const files = await listSegments(dir);
  const current = files.at(-1);
  if (!current) {
    const first = await createSegment(dir, EMPTY_HEAD);
    return { files: [first], current: first, head: EMPTY_HEAD, lastAt: 0 };
  }
  try {
    const { start, last } = await checkSegment(current);
    await checkLink(files.at(-2), start.firstSeq - 1, start.previousHash);
    const head = last
      ? { seq: last.seq, hash: last.hash }
      : { seq: start.firstSeq - 1, hash: start.previousHash };
    return { files, current, head, lastAt: last?.at ?? 0 };
  } catch (error) {
    if (!(error instanceof GateError) || error.code !== 'JOURNAL_CORRUPT') throw error;
    throw await putAside(dir, current, error, log);
  }
}

async function refuseIfDamaged(dir: string): Promise<void> {
  const path = join(dir, DAMAGE_NOTE);
  if (!(await exists(path))) return;
  throw new GateError('JOURNAL_CORRUPT', (await readFile(path, 'utf8')).trim(), remedyFor(dir));
}

const remedyFor = (dir: string): string =>
  `Restore the segment into ${dir} from the backup; or go on without its entries, which are then lost; then delete ${join(dir, DAMAGE_NOTE)}.`;

/** The segment before must end where the newest begins, or the chain has a fork. */
async function checkLink(previous: SegmentFile | undefined, seq: number, hash: string): Promise<void> {
  if (!previous) return;
  await tidySegment(previous);
  const db = await openDatabase(previous.path, 'read-only');
  try {
    const [last] = await db.all<Head>(SELECT_LAST);
    if (last?.seq !== seq || last.hash !== hash) {
      throw corrupt(
        previous.path,
        `it ends with entry ${last?.seq ?? 'none'}, but the next segment follows another entry ${seq}`,
      );
    }
  } finally {
    await db.close();
  }
}

/** Moves the segment and its side files to `quarantine/`; resolves with the error to throw. */
async function putAside(dir: string, file: SegmentFile, damage: GateError, log: Log): Promise<GateError> {
  try {
    const target = await newFolder(join(dir, 'quarantine'), segmentName(file));
    const text = `${damage.message} The segment is now in ${target}.`;
    // The note first: a power cut in between finds the damaged segment, or the note, but never a shorter journal.
    await writeSynced(join(dir, DAMAGE_NOTE), `${text}\n`);
    for (const suffix of ['', '-wal', '-shm']) {
      if (await exists(file.path + suffix))
        await rename(file.path + suffix, join(target, segmentName(file) + suffix));
    }
    await syncDirectory(target);
    await syncDirectory(dir);
    log.error('journal damaged', { segment: file.path, movedTo: target, damage: damage.message });
    return new GateError('JOURNAL_CORRUPT', text, remedyFor(dir), { cause: damage });
  } catch (error) {
    log.error('journal damaged, and it could not be put aside', {
      segment: file.path,
      error: messageOf(error),
    });
    return new GateError(
      'JOURNAL_CORRUPT',
      `${damage.message} It could not be put aside and is where it was: ${storageError(error, dir).message}`,
      damage.remedy,
      { cause: damage },
    );
  }
}

/** The first of `name`, `name.1`, `name.2`, … that is free in `parent`, created. */
async function newFolder(parent: string, name: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  for (let n = 0; ; n += 1) {
    const path = join(parent, n === 0 ? name : `${name}.${n}`);
    if (await exists(path)) continue;
    await mkdir(path);
    await syncDirectory(parent);
    return path;
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
}
