/**
 * Walks a journal's chain from its first entry to its last and tells everything that is wrong with it. It reads only,
 * in pages, beside a writer if need be.
 *
 * A chain proves that nothing inside it was changed. That nothing was cut off its end, only somebody else can tell who
 * remembers a later hash: compare `headHash` with the counterpart's witness or with a printed one.
 */
import { GateError, messageOf } from '../platform/errors.ts';
import { chainHash, EMPTY_HEAD, type Head, type JournalEntry } from './journal.ts';
import { quickCheck, readStart, type SegmentFile, segmentName, walk } from './segment.ts';
import { openDatabase } from './sqlite-database.ts';
import { segmentsAt } from './sqlite-reader.ts';

export interface JournalProblem {
  /**
   * - `gap`: entries are missing · `fork`: two segments tell different stories from one point on
   * - `altered`: an entry does not carry the hash of what it says · `order`: time runs backwards
   * - `damaged`: the file itself is broken
   */
  kind: 'gap' | 'fork' | 'altered' | 'order' | 'damaged';
  /** File name of the segment. */
  segment: string;
  /** The entry, where one can be named. */
  seq?: number;
  /** For a person. */
  message: string;
}

export interface JournalVerification {
  /** Entries walked. */
  entries: number;
  /** Sequence and hash of the last entry walked. */
  headSeq: number;
  headHash: string;
  problems: JournalProblem[];
  /** Problems beyond the first {@link PROBLEMS_MAX}, which are not listed. */
  problemsLeftOff: number;
}

export const PROBLEMS_MAX = 1_000;

/**
 * Verifies a journal's folder, or one of its `.db` files (whose beginning is then taken at its word). Rejects with
 * `JOURNAL_CANNOT_OPEN` if there is nothing to verify; all else is a problem in the result.
 */
export async function verifyJournal(path: string): Promise<JournalVerification> {
  const result: JournalVerification = {
    entries: 0,
    headSeq: 0,
    headHash: EMPTY_HEAD.hash,
    problems: [],
    problemsLeftOff: 0,
  };
  const report = (problem: JournalProblem): void => {
    if (result.problems.length < PROBLEMS_MAX) result.problems.push(problem);
    else result.problemsLeftOff += 1;
  };
  const files = await segmentsAt(path);
  if (files.length === 0) {
    throw new GateError(
      'JOURNAL_CANNOT_OPEN',
      `There is no journal in ${path}.`,
      'Give the folder that holds journal-….db files.',
    );
  }
  const alone = files[0]?.path === path;
  let head: Link = alone ? undefined : { ...EMPTY_HEAD, at: 0 };
  for (const file of files) {
    head = await verifySegment(file, head, report, () => {
      result.entries += 1;
    });
  }
  result.headSeq = head?.seq ?? 0;
  result.headHash = head?.hash ?? EMPTY_HEAD.hash;
  return result;
}

/** The entry that the next one must follow; undefined where nothing is known. */
type Link = (Head & { at: number }) | undefined;

async function verifySegment(
  file: SegmentFile,
  before: Link,
  report: (problem: JournalProblem) => void,
  count: () => void,
): Promise<Link> {
  const segment = segmentName(file);
  let link = before;
  try {
    const db = await openDatabase(file.path, 'read-only');
    try {
      const start = await readStart(db, file.firstSeq);
      for (const message of await quickCheck(db)) report({ kind: 'damaged', segment, message });
      if (link && link.seq !== start.firstSeq - 1) {
        report({
          kind: start.firstSeq <= link.seq ? 'fork' : 'gap',
          segment,
          message: `follows entry ${start.firstSeq - 1}, but the journal so far ends with ${link.seq}`,
        });
      } else if (link && link.hash !== start.previousHash) {
        report({
          kind: 'fork',
          segment,
          message: `follows another entry ${link.seq} than the one before it`,
        });
      }
      link = { seq: start.firstSeq - 1, hash: start.previousHash, at: link?.at ?? 0 };
      for await (const entry of walk(db)) {
        count();
        for (const problem of problemsOf(entry, link)) report({ ...problem, segment, seq: entry.seq });
        link = { seq: entry.seq, hash: entry.hash, at: entry.at };
      }
    } finally {
      await db.close();
    }
  } catch (error) {
    report({ kind: 'damaged', segment, message: messageOf(error) });
  }
  return link;
}

/** What is wrong with `entry` where it stands. Each finding is told once: the next entry is judged by this one's own hash. */
function problemsOf(
  entry: JournalEntry,
  link: Head & { at: number },
): Pick<JournalProblem, 'kind' | 'message'>[] {
  const problems: Pick<JournalProblem, 'kind' | 'message'>[] = [];
  if (entry.seq !== link.seq + 1) {
    problems.push({ kind: 'gap', message: `entries ${link.seq + 1} to ${entry.seq - 1} are missing` });
  } else if (
    !Number.isSafeInteger(entry.at) ||
    entry.at < 0 ||
    entry.hash !== chainHash(link.hash, entry.seq, entry)
  ) {
    problems.push({ kind: 'altered', message: 'the entry, or its hash, is not as it was written' });
  }
  if (entry.at < link.at)
    problems.push({ kind: 'order', message: `is stamped ${entry.at}, before ${link.at}` });
  return problems;
}
