/**
 * Before our log is published for the first time on an empty disk, the other gate is asked whether it knows it. If so, the
 * log is fetched, proven to be what we have signed, and told to control with the other log, as history (edge/core/restore.ts).
 * Until then nothing of ours is served, and the link counts as down.
 */

import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import type { OwnLogFault } from '../../../protocols/handover/publisher.ts';
import { createRecovery } from '../../../protocols/handover/recovery.ts';
import { type CopyPage, copyPage } from '../../../protocols/handover/wire.ts';
import { GateError } from '../../platform/errors.ts';
import type { Database } from '../database.ts';
import { type ControlDoor, submitInOrder } from '../door.ts';
import { type HttpClient, parseJson, refusedWith } from '../http.ts';
import { startWorker, type Turn, type WorkerTools } from '../worker.ts';
import type { FoundFault } from './faults.ts';
import { OWN_LINES_SOURCE, readMemory } from './memory.ts';

const SOURCE = 'log-restore';
const SUBMIT_LINES = 200;
const ANSWER_MS_MAX = 10_000;
/** How often it is looked whether the other log has been read to its end. */
const LOOK_MS = 100;

export interface Restoring {
  stop(): Promise<void>;
}

export function startRestoring(
  options: WorkerTools & {
    /** Ours, whose log it is; and the other. */
    gate: string;
    counterpart: string;
    /** Our keys as listed now, and those of the other side's log. */
    ring(): KeyRing;
    theirs(): KeyRing;
    database: Database;
    client: HttpClient;
    door: ControlDoor;
    /** The other log may be read and told: as history where ours is being restored. */
    onMayRead(): void;
    /** Whether the other log has been read to its present end, and so many lines of it are told. */
    theirLines(): number | undefined;
    /** What the other side has kept of our log is not what we have signed; told once. */
    onFault(fault: FoundFault): void;
    /** Our own keys do not suffice to check it; told at each attempt. */
    onOwnKeys(fault: OwnLogFault): void;
    /** Our log is all here: it may be published. */
    onSettled(): void;
  },
): Restoring {
  const { gate, counterpart, database, client, door, log } = options;
  let whole: { size: number; rootHash: string } | undefined;
  let refused = false;

  /** Undefined: the other side has no copy of our log, or is of a release that keeps none. */
  const ask = async (after: number, signal: AbortSignal): Promise<CopyPage | undefined> => {
    const { status, body } = await client.request({
      method: 'GET',
      path: `/copy?after=${after}`,
      timeoutMs: ANSWER_MS_MAX,
      signal,
    });
    if (status === 404) return undefined;
    if (status !== 200) throw refusedWith(status, `gate ${counterpart}`, body);
    const page = copyPage.safeParse(parseJson(body, `gate ${counterpart}`));
    if (page.success) return page.data;
    throw new GateError(
      'COUNTERPART_UNREADABLE',
      `gate ${counterpart} answered with something that is no copy of our log: ${page.error.message}`,
      'Both gates must run releases that know each other’s protocol version.',
    );
  };

  /** All of it on our disk and proven; undefined if there is none. */
  const fetchAll = async (signal: AbortSignal): Promise<{ size: number; rootHash: string } | undefined> => {
    const recovery = createRecovery(gate, options.ring(), options.theirs());
    await database.transaction((tx) => tx.run('DELETE FROM copied_line'));
    for (;;) {
      const page = await ask(recovery.size, signal);
      if (page === undefined) return undefined;
      const answer = recovery.take(page);
      if (answer.kind === 'refused') {
        const { fault } = answer;
        if (answer.log === 'ours') options.onOwnKeys({ ...fault, kind: 'bad-signature' });
        else if (!refused) {
          refused = true;
          options.onFault({ ...fault, log: 'theirs' });
        }
        throw new GateError(
          'COPY_REFUSED',
          `gate ${counterpart} has a copy of our log that we cannot take: ${fault.reason}`,
          'Look with gate keys show whether all our keys are listed, old ones too (docs/keys.md); then compare with the other side.',
        );
      }
      if (answer.kind === 'whole') return answer.size > 0 ? answer : undefined;
      await database.transaction((tx) =>
        tx.run(
          'INSERT INTO copied_line (line, data) SELECT ? + key, value FROM json_each(?)',
          answer.lines[0]?.line ?? 0,
          JSON.stringify(answer.lines.map(({ data }) => data)),
        ),
      );
    }
  };

  const tellLines = async (after: number): Promise<number> => {
    const rows = await database.all<{ line: number; data: string }>(
      'SELECT line, data FROM copied_line WHERE line > ? ORDER BY line LIMIT ?',
      after,
      SUBMIT_LINES,
    );
    await submitInOrder(
      door,
      rows.map(({ line, data }) => ({
        input: { type: 'own-line', line, data },
        from: { source: OWN_LINES_SOURCE, id: `${OWN_LINES_SOURCE}:${line}`, seq: line },
      })),
    );
    return after + rows.length;
  };

  const settle = async (): Promise<Turn> => {
    await database.transaction((tx) => tx.run('DELETE FROM copied_line'));
    options.onMayRead();
    options.onSettled();
    return 'done';
  };

  const worker = startWorker({
    ...options,
    name: 'ask the counterpart for a copy of our log',
    backoff: { minMs: 200, maxMs: 5_000 },
    async turn(signal) {
      const { own, lines } = await readMemory(door);
      if (own.open) return settle();
      whole ??= await fetchAll(signal);
      if (whole === undefined) return settle();
      const { size, rootHash } = whole;
      const tell = async (phase: 'begin' | 'end'): Promise<void> => {
        const from = { source: SOURCE, id: `${SOURCE}:${phase}:${size}:${rootHash}` };
        await door.submit({ type: 'log-restore', phase, size, rootHash }, from);
      };
      if (!own.restoring) {
        log.warn('our own log is empty, and the other side knows it: it is restored', { lines: size });
        await tell('begin');
        return 0;
      }
      if (own.restored < size) {
        await tellLines(own.restored);
        return 0;
      }
      options.onMayRead();
      if (options.theirLines() !== lines) return LOOK_MS;
      await tell('end');
      return 0;
    },
  });
  return { stop: worker.stop };
}
