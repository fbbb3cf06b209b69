/**
 * Reads the other gate's log: long polls, each page verified as a whole, stored, and only then told to control line by
 * line. A page that does not verify is kept as evidence, and reading ends until a person has looked.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  createFollower,
  type FollowerState,
  type LogFault,
  NEW_FOLLOWER,
} from '../../../protocols/handover/follower.ts';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import { decodeRecord } from '../../../protocols/handover/line.ts';
import { takenRotation } from '../../../protocols/handover/rotation.ts';
import { logPage, WAIT_MS_MAX } from '../../../protocols/handover/wire.ts';
import { GateError } from '../../platform/errors.ts';
import { type Database, getMeta, setMeta } from '../database.ts';
import { type ControlDoor, type Submission, sourceCursor, submitInOrder } from '../door.ts';
import { type HttpClient, parseJson, refusedWith } from '../http.ts';
import { type Submitter, startWorker, type Turn, type WorkerTools } from '../worker.ts';

const FOLLOWER = 'counterpart.follower';
const ANSWER_MS_MAX = 5_000;
const SOURCE = 'counterpart';
const SUBMIT_BATCH = 50;
/** A door takes only so much at once. */
const SUBMIT_CHARS_MAX = 1_000_000;

const followerState = z.object({
  tree: z.object({ size: z.int().nonnegative(), peaks: z.array(z.string()) }),
  head: z.string().nullable(),
  // Not there in what an earlier release has stored.
  rotations: z.array(takenRotation).default([]),
});

export interface CounterpartReading {
  /** The newest head of the other side's log that was verified, as signed. */
  witness(): string | null;
  stop(): Promise<void>;
}

export async function startReading(
  options: WorkerTools & {
    gate: string;
    /** The keys we trust, as listed; changes that the log has told of come on top. */
    ring: KeyRing;
    database: Database;
    client: HttpClient;
    linkStaleAfterMs: number;
    /** Folder for what did not verify. */
    evidenceDir: string;
    /** The newest head of our log that the other side has verified. */
    onWitness(witness: string): Promise<void>;
    /** A page came and verified. */
    onSeen(): void;
    /** New lines are stored. */
    onLines(): void;
    /** The log did not verify; nothing more is read. */
    onFault(fault: LogFault): void;
  },
): Promise<CounterpartReading> {
  const { database, client, clock, log, random } = options;
  const stored = await getMeta(database, FOLLOWER);
  const state: FollowerState = stored === undefined ? NEW_FOLLOWER : followerState.parse(JSON.parse(stored));
  const follower = createFollower({ gate: options.gate, ring: options.ring, state });
  // The witness is what is stored, not what was just read: it is a promise to remember.
  let witness = state.head;
  // Well within the silence that counts as down, so that an idle log keeps the link up.
  const waitMs = Math.min(WAIT_MS_MAX, Math.floor(options.linkStaleAfterMs / 3));

  const keepEvidence = async (fault: LogFault, body: string): Promise<string> => {
    await mkdir(options.evidenceDir, { recursive: true });
    const path = join(options.evidenceDir, `${options.gate}-line-${follower.size}-${random.uuid()}.json`);
    const evidence = { fault, gate: options.gate, at: clock.nowMs(), verified: follower.state, answer: body };
    await writeFile(path, JSON.stringify(evidence, null, 2), { mode: 0o600, flush: true });
    return path;
  };

  const end = async (fault: LogFault, body: string): Promise<Turn> => {
    options.onFault(fault);
    log.error('the counterpart’s log does not verify; it is not read any more', {
      fault: fault.kind,
      reason: fault.reason,
      evidence: await keepEvidence(fault, body),
      remedy: 'show the evidence to the other side; start again when it is understood',
    });
    return 'done';
  };

  const worker = startWorker({
    clock,
    random,
    log,
    name: 'read the counterpart’s log',
    backoff: { minMs: 200, maxMs: Math.max(1_000, options.linkStaleAfterMs) },
    async turn(signal) {
      const askedMs = clock.monotonicMs();
      const { status, body } = await client.request({
        method: 'GET',
        path: `/log?after=${follower.size}&waitMs=${waitMs}`,
        timeoutMs: waitMs + ANSWER_MS_MAX,
        signal,
      });
      if (status !== 200) throw refusedWith(status, `gate ${options.gate}`, body);
      const page = logPage.safeParse(parseJson(body, `gate ${options.gate}`));
      if (!page.success)
        throw new GateError(
          'COUNTERPART_UNREADABLE',
          `gate ${options.gate} answered with something that is no page of its log: ${page.error.message}`,
          'Both gates must run releases of the same protocol version.',
        );
      if (page.data.witness !== null) await options.onWitness(page.data.witness);
      const answer = follower.receive(page.data);
      if (!answer.ok) return end(answer.fault, body);
      if (follower.state.head !== witness) {
        await database.transaction(async (tx) => {
          for (const { line, data } of answer.lines)
            await tx.run('INSERT INTO their_line (line, data) VALUES (?, ?)', line, data);
          await setMeta(tx, FOLLOWER, JSON.stringify(follower.state));
        });
        witness = follower.state.head;
      }
      options.onSeen();
      if (answer.lines.length > 0) {
        options.onLines();
        return 0;
      }
      // A server that answers at once instead of waiting must not be asked in a tight circle.
      return clock.monotonicMs() - askedMs < waitMs / 2 ? 250 : 0;
    },
  });

  return { witness: () => witness, stop: worker.stop };
}

/** Tells control the stored lines in order; the line number is the sequence number of the source. Wake it on new lines. */
export function startLineSubmitter(
  options: WorkerTools & { door: ControlDoor; database: Database },
): Submitter {
  const { door, database } = options;
  let delivered: number | undefined;
  const worker = startWorker({
    ...options,
    name: 'tell control about the counterpart’s log',
    backoff: { minMs: 100, maxMs: 5_000 },
    async turn() {
      const cursor = delivered ?? (await sourceCursor(door, SOURCE));
      delivered = undefined;
      const rows = await database.all<{ line: number; data: string }>(
        'SELECT line, data FROM their_line WHERE line > ? ORDER BY line LIMIT ?',
        cursor,
        SUBMIT_BATCH,
      );
      const batch = rows.slice(0, fitting(rows)).map(({ line, data }): Submission => {
        const decoded = decodeRecord(data);
        if (!decoded.ok)
          throw new Error(`stored line ${line} was verified and is now unreadable: ${decoded.reason}`);
        const input = { type: 'counterpart-record', line, record: decoded.record } as const;
        return { input, from: { source: SOURCE, id: `${SOURCE}:${line}`, seq: line } };
      });
      await submitInOrder(door, batch);
      delivered = cursor + batch.length;
      return rows.length === 0 ? 'idle' : 0;
    },
  });
  return {
    ...worker,
    resync() {
      delivered = undefined;
      worker.wake();
    },
  };
}

/** How many of the first rows make a batch of bearable size; at least one. */
function fitting(rows: readonly { data: string }[]): number {
  let chars = 0;
  const tooMuch = rows.findIndex(({ data }, index) => {
    chars += data.length;
    return index > 0 && chars > SUBMIT_CHARS_MAX;
  });
  return tooMuch === -1 ? rows.length : tooMuch;
}
