/**
 * The gate's copy of what customs and the authorities beside it say.
 *
 * Customs lists everything under its supervision; control is told of the containers that concern this gate: those with
 * a booking and those it asked for, what is said of them, and each later change.
 */
import type { AdvanceReport } from '../../../protocols/asw/words.ts';
import type { ChangesPage, ContainerAnswer } from '../../../protocols/clearance/wire.ts';
import type { ClearanceReport, Examination, ListedChange } from '../../../protocols/clearance/words.ts';
import type { SignedList } from '../../../protocols/lists/words.ts';
import { type Database, getMeta, type Statements, setMeta } from '../database.ts';
import { learnAdvance } from './advance.ts';
import { beginLoading } from './first-load.ts';
import {
  endAbsences,
  learnAnswer,
  learnBooking,
  learnClearances,
  learnExaminations,
  queueKnown,
  settleLoad,
} from './learning.ts';
import { CUSTOMS_FEED, queue, reserve, type SequencedInput } from './queue.ts';

/** A document of the ASEAN Single Window, whatever containers it concerns. */
export type AdvanceChange = Omit<AdvanceReport, 'container'>;
/** What a record of any feed may say. */
export type FeedChange = ListedChange | Examination | AdvanceChange;
/** Reads one record of a feed. */
export type RecordReader = (
  value: unknown,
) => { ok: true; changes: readonly FeedChange[] } | { ok: false; reason: string };

export interface Ingested {
  /** Whether something new waits to be told. */
  queued: boolean;
  /** Why a change of the page could not be read. */
  unreadable: string | undefined;
}

/** The mirror of one feed. */
export interface FeedMirror {
  /** Where to go on reading; empty at the beginning. */
  cursor(): Promise<string>;
  /** Takes one page, read from `after` on. With `moveOn`, the next page begins at its cursor; `last`: nothing is behind it. */
  ingest(after: string, page: ChangesPage, how: { moveOn: boolean; last: boolean }): Promise<Ingested>;
  /** A page with an unreadable change, to be read again; undefined if every change so far was readable. */
  pageSetAside(): Promise<string | undefined>;
  /** Queues the confirmation that the list is complete as of `asOf`, behind everything learned before. */
  confirm(asOf: number): Promise<void>;
}

export interface Mirror {
  feed(id: string, read: RecordReader): FeedMirror;
  /** Control asked for a container: queues all that is known of it, now and in future. */
  ask(tx: Statements, container: string): Promise<void>;
  /** Queues a signed list, in place of an older version that still waits. */
  tellList(tx: Statements, list: SignedList): Promise<void>;
  /** Takes what customs answered about one container. */
  takeAnswer(container: string, answer: ContainerAnswer, read: RecordReader): Promise<Ingested>;
  /** The next inputs for control, whose cursor is `delivered`. */
  reserve(delivered: number, limit: number): Promise<SequencedInput[]>;
}

export function createMirror(database: Database): Mirror {
  return {
    feed: (id, read) => createFeedMirror(database, id, read),

    async ask(tx, container) {
      await tx.run('INSERT OR IGNORE INTO watched (container) VALUES (?)', container);
      await queueKnown(tx, container);
    },

    tellList: (tx, list) => queue(tx, [{ type: 'list', list }]),

    takeAnswer: (container, { asOf, changes }, read) => {
      const { clearances, bookings, unreadable } = readAll(changes, read);
      const isAsked = (one: { container: string }): boolean => one.container === container;
      const said = clearances.filter(isAsked);
      return database.transaction(async (tx) => {
        // What cannot be read may be one of those that are known: then nothing is taken for absent.
        const complete = unreadable === undefined;
        const learned = [
          complete
            ? await learnAnswer(tx, container, said, asOf)
            : await learnClearances(tx, said, CUSTOMS_FEED, asOf),
        ];
        for (const booking of bookings.filter(isAsked)) learned.push(await learnBooking(tx, booking));
        return { queued: learned.includes(true), unreadable };
      });
    },

    reserve: (delivered, limit) =>
      database.transaction((tx) => reserve(tx, delivered, limit, () => queueEverything(tx))),
  };
}

function createFeedMirror(database: Database, feed: string, read: RecordReader): FeedMirror {
  const cursorKey = `${feed}.cursor`;
  const firstAside = async (from: Pick<Statements, 'get'>): Promise<string | undefined> =>
    (await from.get<{ cursor: string }>('SELECT cursor FROM aside WHERE feed = ? ORDER BY ord LIMIT 1', feed))
      ?.cursor;

  return {
    cursor: async () => (await getMeta(database, cursorKey)) ?? '',

    ingest(after, page, { moveOn, last }) {
      const said = readAll(page.changes, read);
      const { unreadable } = said;
      return database.transaction(async (tx) => {
        if (feed === CUSTOMS_FEED && after === '' && !last) await beginLoading(tx);
        const learned = [
          await learnClearances(tx, said.clearances, feed, page.asOf),
          await learnExaminations(tx, said.examinations),
        ];
        for (const { type: _, ...document } of said.documents)
          learned.push((await learnAdvance(tx, document)) === 'new');
        for (const booking of said.bookings) learned.push(await learnBooking(tx, booking));
        if (unreadable === undefined)
          await tx.run('DELETE FROM aside WHERE feed = ? AND cursor = ?', feed, after);
        else
          await tx.run(
            'INSERT OR IGNORE INTO aside (feed, cursor, reason) VALUES (?, ?, ?)',
            feed,
            after,
            unreadable,
          );
        if (moveOn) await setMeta(tx, cursorKey, page.cursor);
        if (last && feed === CUSTOMS_FEED) learned.push(await settleLoad(tx));
        if (last && feed === CUSTOMS_FEED && (await firstAside(tx)) === undefined)
          learned.push(await endAbsences(tx));
        return { queued: learned.includes(true), unreadable };
      });
    },

    pageSetAside: () => firstAside(database),

    confirm: (asOf) =>
      database.transaction((tx) =>
        queue(tx, [{ type: 'customs-feed', asOf, ...(feed !== CUSTOMS_FEED && { feed }) }]),
      ),
  };
}

function readAll(records: readonly unknown[], read: RecordReader) {
  const clearances: ClearanceReport[] = [];
  const examinations: Examination[] = [];
  const documents: AdvanceChange[] = [];
  const bookings: Extract<ListedChange, { type: 'booking' }>[] = [];
  let unreadable: string | undefined;
  for (const record of records) {
    const said = read(record);
    if (!said.ok) {
      unreadable ??= said.reason;
      continue;
    }
    for (const change of said.changes) {
      if (change.type === 'clearance') clearances.push(change);
      else if (change.type === 'examination') examinations.push(change);
      else if (change.type === 'advance-document') documents.push(change);
      else bookings.push(change);
    }
  }
  return { clearances, examinations, documents, bookings, unreadable };
}

/** Control knows less than it did: it was restored from a backup. Everything that concerns it is told again. */
async function queueEverything(tx: Statements): Promise<void> {
  const containers = await tx.all<{ container: string }>('SELECT container FROM watched ORDER BY rowid');
  for (const { container } of containers) await queueKnown(tx, container);
  const lists = await tx.all<{ body: string }>('SELECT body FROM list ORDER BY id');
  for (const { body } of lists) await queue(tx, [{ type: 'list', list: JSON.parse(body) as SignedList }]);
}
