/**
 * Lists in the database: their lines are laid aside while a list is read, and count all at once or not at all. What they do to the
 * rows is told in `learning.ts`; a list that is whole is also the confirmation that what is known is complete as of its time, whichever
 * feed brought it: what it does not name is absent.
 */
import type { Database, Statements } from '../../database.ts';
import {
  CAN_BE_ABSENT,
  FOLDER_FEED,
  IS_WATCHED,
  ROW,
  type Row,
  settleLoad,
  tellChanged,
} from '../learning.ts';
import { queue } from '../queue.ts';
import type { ListHead, ListLine } from './list.ts';
import { ListRefused } from './refusal.ts';

export interface ListStore {
  /** Whether this very file was taken before, and whether it has been moved away since. */
  find(digest: string): Promise<'unknown' | 'taken' | 'moved'>;
  /** Begins a list. Throws `ListRefused` if its number is known or it is older than the last. */
  begin(head: ListHead): Promise<void>;
  lay(lines: readonly ListLine[]): Promise<void>;
  /** Makes what was laid aside count. Throws `ListRefused` if the lines contradict each other or what is known. */
  take(head: ListHead, digest: string): Promise<void>;
  moved(digest: string): Promise<void>;
  /** Drops what was laid aside. */
  clear(): Promise<void>;
}

export function createListStore(database: Database): ListStore {
  return {
    async find(digest) {
      const row = await database.get<{ moved: number }>(
        'SELECT moved FROM folder_list WHERE digest = ?',
        digest,
      );
      return row === undefined ? 'unknown' : row.moved === 1 ? 'moved' : 'taken';
    },

    begin: (head) =>
      database.transaction(async (tx) => {
        await refuseOld(tx, head);
        await tx.run('DELETE FROM folder_line');
      }),

    lay: (lines) =>
      database.transaction((tx) =>
        tx.run(
          `INSERT INTO folder_line (line, container, declaration, version, body)
             SELECT value ->> 'line', value ->> '$.clearance.container', value ->> '$.clearance.declaration',
               value ->> '$.clearance.version', value -> 'clearance' FROM json_each(?)`,
          JSON.stringify(lines),
        ),
      ),

    take: (head, digest) =>
      database.transaction(async (tx) => {
        await refuseOld(tx, head);
        await settleLoad(tx);
        await refuseContradictions(tx);
        await apply(tx, head);
        await tx.run(
          'INSERT INTO folder_list (digest, number, as_of, moved) VALUES (?, ?, ?, 0)',
          digest,
          head.number,
          head.asOf,
        );
        await tx.run('DELETE FROM folder_line');
      }),

    moved: (digest) =>
      database.transaction((tx) => tx.run('UPDATE folder_list SET moved = 1 WHERE digest = ?', digest)),

    clear: () => database.transaction((tx) => tx.run('DELETE FROM folder_line')),
  };
}

async function refuseOld(tx: Statements, head: ListHead): Promise<void> {
  if (await tx.get('SELECT 1 FROM folder_list WHERE number = ?', head.number))
    throw new ListRefused('DOUBLED', {
      en: `list number ${head.number} has been taken before`,
      vi: `danh sách số ${head.number} đã được nhận trước đó`,
    });
  const last = await tx.get<{ number: string; as_of: number }>(
    'SELECT number, as_of FROM folder_list ORDER BY as_of DESC LIMIT 1',
  );
  if (last !== undefined && head.asOf < last.as_of)
    throw new ListRefused('OLDER', {
      en: `it is older than list ${last.number}, which was taken before`,
      vi: `danh sách cũ hơn danh sách ${last.number} đã nhận trước đó`,
    });
}

async function refuseContradictions(tx: Statements): Promise<void> {
  const twice = await tx.get<{ container: string; declaration: string; line: number }>(
    `SELECT container, declaration, MAX(line) AS line FROM folder_line
       GROUP BY container, declaration HAVING COUNT(*) > 1 LIMIT 1`,
  );
  if (twice)
    throw new ListRefused('DOUBLED', {
      en: `line ${twice.line}: container ${twice.container} is listed twice under declaration ${twice.declaration}`,
      vi: `dòng ${twice.line}: container ${twice.container} ghi hai lần trong tờ khai ${twice.declaration}`,
    });
  const other = await tx.get<{ container: string; declaration: string; line: number; version: number }>(
    `SELECT said.container, said.declaration, said.line, said.version
       FROM folder_line said JOIN clearance known USING (container, declaration)
       WHERE said.version = known.version AND
         (said.body ->> 'status' <> known.body ->> 'status' OR said.body ->> 'channel' <> known.body ->> 'channel') LIMIT 1`,
  );
  if (other)
    throw new ListRefused('CONTRADICTION', {
      en: `line ${other.line}: declaration ${other.declaration} with container ${other.container} has another status or channel than version ${other.version} that customs told before`,
      vi: `dòng ${other.line}: tờ khai ${other.declaration}, container ${other.container} có trạng thái hoặc luồng khác với phiên bản ${other.version} hải quan đã báo trước đó`,
    });
}

const SAME_ROW = 'said.container = clearance.container AND said.declaration = clearance.declaration';

/** Each for the rows of watched containers, which control is told of, and for the others, which may be very many. */
async function apply(tx: Statements, head: ListHead): Promise<void> {
  const steps: ((scope: string) => string)[] = [
    // What a list has no column for stays as it was known.
    (scope) => `
      INSERT INTO clearance (container, declaration, version, feed, as_of, body)
        SELECT container, declaration, version, '${FOLDER_FEED}', ?1, body FROM folder_line WHERE ${scope}
      ON CONFLICT DO UPDATE SET version = excluded.version, feed = excluded.feed, as_of = excluded.as_of,
          absent_as_of = NULL, absent_version = NULL, body = json_patch(clearance.body, excluded.body)
        WHERE excluded.version > clearance.version`,
    (scope) => `
      UPDATE clearance SET absent_as_of = NULL, absent_version = NULL, as_of = ?1
        WHERE absent_as_of < ?1 AND ${scope}
          AND EXISTS (SELECT 1 FROM folder_line said WHERE ${SAME_ROW} AND said.version = clearance.version)`,
  ];
  if (head.whole)
    steps.push(
      (scope) => `
        UPDATE clearance SET absent_as_of = ?1, absent_version = version
          WHERE as_of < ?1 AND absent_as_of IS NULL AND ${CAN_BE_ABSENT} AND ${scope}
            AND NOT EXISTS (SELECT 1 FROM folder_line said WHERE ${SAME_ROW})`,
    );
  await tx.run('CREATE INDEX folder_line_row ON folder_line (container, declaration)');
  for (const step of steps) {
    await tellChanged(tx, await tx.all<Row>(`${step(IS_WATCHED)} RETURNING ${ROW}`, head.asOf));
    await tx.run(step(`NOT ${IS_WATCHED}`), head.asOf);
  }
  await tx.run('DROP INDEX folder_line_row');
  if (head.whole)
    await queue(tx, [
      { type: 'customs-feed', asOf: head.asOf, feed: FOLDER_FEED },
      { type: 'customs-feed', asOf: head.asOf },
    ]);
}
