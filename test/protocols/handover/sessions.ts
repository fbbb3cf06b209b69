/** The sessions of both sides with what they keep in memory, for the tests. */

import type { FollowerState } from '../../../protocols/handover/follower.ts';
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import { leafHash } from '../../../protocols/handover/merkle.ts';
import {
  type Asking,
  fulfil,
  type LogSource,
  type SignedHead,
  type Signing,
} from '../../../protocols/handover/needs.ts';
import {
  createPublisher,
  firstHead,
  type PageRequest,
  type Projection,
} from '../../../protocols/handover/publisher.ts';
import { createReader, READS_VERSION, type ReaderAnswer } from '../../../protocols/handover/reader.ts';
import type { LogPage } from '../../../protocols/handover/wire.ts';
import { makeKey, ringOf } from '../../support/log-keys.ts';
import { linesOf, testRing, testSigner } from './log.ts';

const GATE = 'huu-nghi';
const AT = 1_772_000_000_000;
/** The log of the other side is signed by another key. */
const THEIRS = ringOf([makeKey('EdDSA').key]);

/** The first `count` lines of a log; each about `chars` long, if that is more than it needs. */
export const manyLines = (count: number, chars = 0, move = 'm'): string[] =>
  linesOf(
    Array.from({ length: count }, (_, index) =>
      chars > 1_000
        ? {
            kind: 'offered',
            move: `${move}-${index}`,
            load: 'laden',
            track: 'north',
            vehicle: 'xe-1',
            homeGate: GATE,
            plate: '12C-123.45',
            containers: [
              {
                number: 'CSQU3054383',
                declarations: Array.from({ length: Math.floor(chars / 100) }, () => 'D'.repeat(97)),
              },
            ],
          }
        : { kind: 'offer-withdrawn', move: `${move}-${index}` },
    ),
    GATE,
  );

export type OpenLog = ReturnType<typeof openLog>;

/** Keys of a log, and what signs with them. */
export interface TestKeys extends Signing {
  ring: KeyRing;
}
const ONE_KEY: TestKeys = { ring: testRing, signature: (_kid, bytes) => testSigner.sign(bytes) };

/** A published log; `head`: the newest stored, if it is not the first. */
export function openLog(
  lines: readonly string[] = [],
  head?: SignedHead,
  keys = ONE_KEY,
  capabilities: readonly string[] = [],
) {
  const stored: string[] = [];
  const heads: SignedHead[] = [];
  const source: LogSource & Signing = {
    signature: keys.signature,
    lines: (after, last) => stored.slice(after, last),
    leaves: (after, last) => stored.slice(after, last).map(leafHash),
    head: (atMost) => heads.findLast(({ size }) => size <= atMost),
  };
  const worked = <T>(asking: Asking<T>): T => fulfil(asking, source);
  const hashes = createLogHashes();
  if (head !== undefined)
    for (const data of lines) {
      stored.push(data);
      hashes.append(leafHash(data));
    }
  const newest = head ?? worked(firstHead(GATE, hashes, AT, keys.ring));
  if (typeof newest === 'string') throw new Error(newest);
  heads.push(newest);
  const publisher = createPublisher({
    gate: GATE,
    ring: keys.ring,
    capabilities,
    hashes,
    head: newest,
    onFault: () => {},
  });
  const log = {
    publisher,
    heads,
    page: (request: PageRequest) => worked(publisher.page(request)),
    inclusion: (line: number, size: number) => worked(publisher.inclusion(line, size)),
    consistency: (from: number, to: number) => worked(publisher.consistency(from, to)),
    compare: (witness: string) => worked(publisher.compare(witness, THEIRS)),
    /** The journal tells these lines, the first being number `first`. */
    project: (told: readonly string[], first = 1, at = AT): Projection =>
      worked(
        publisher.project(
          told.map((data, index) => ({ line: first + index, data })),
          at,
        ),
      ),
    /** What was projected comes to disk. */
    commit(added: Projection): void {
      stored.push(...added.lines.map(({ data }) => data));
      heads.push(...added.heads);
      publisher.committed();
    },
    grow(more: readonly string[], at = AT): void {
      log.commit(log.project(more, stored.length + 1, at));
    },
  };
  publisher.level();
  if (head === undefined && lines.length > 0) log.grow(lines);
  return log;
}

/** A reader and its disk. */
export function openReader(kept: { state?: string; lines: string[] } = { lines: [] }, ring = testRing) {
  const lines = [...kept.lines];
  const source: LogSource = {
    lines: () => [],
    leaves: (after, last) => lines.slice(after, last).map(leafHash),
    head: () => undefined,
  };
  let state = kept.state;
  const hashes = createLogHashes({ tiles: [], leaves: lines.map(leafHash) });
  const reader = createReader({
    gate: GATE,
    ring,
    hashes,
    ...(state !== undefined && { state: JSON.parse(state) as FollowerState }),
  });
  const take = (page: Omit<LogPage, 'witness'>, isStored = true): ReaderAnswer => {
    const answer = fulfil(reader.receive(page), source);
    if (!isStored || answer.kind === 'fault' || answer.kind === 'old') return answer;
    if (answer.kind === 'lines') lines.push(...answer.lines.map(({ data }) => data));
    if (answer.state !== undefined) state = JSON.stringify(answer.state);
    reader.committed();
    return answer;
  };
  return {
    reader,
    lines,
    take,
    promise: (head: SignedHead) => fulfil(reader.promise(head), source),
    /** Asks `log` once. */
    read: (log: OpenLog) => take(log.page({ ...reader.question(), reads: READS_VERSION })),
    /** Reads until there is nothing more. */
    readAll(log: OpenLog): ReaderAnswer {
      for (;;) {
        const answer = take(log.page({ ...reader.question(), reads: READS_VERSION }));
        if (answer.kind !== 'lines') return answer;
      }
    },
    /** The same after a restart, with what was on disk. */
    restarted: () => openReader({ lines, ...(state !== undefined && { state }) }, ring),
  };
}
