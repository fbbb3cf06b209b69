/**
 * I2, I4, I6, I10 by the two logs as they are published, read by somebody who trusts neither gate nor looks into it: every line
 * verifies under the signed heads; what a reader has once verified is what was published, and control is told exactly that, each line
 * once and in order; each container is in the custody of one side, which passes with `received`; no more open grants for a track than
 * it takes, and on an alternating one none towards another.
 *
 * Lines count as they are published: nobody across the border can know of them before.
 */
import type { Input } from '../../edge/core/input.ts';
import { canonicalJson } from '../../protocols/handover/canonical.ts';
import { createLogHashes } from '../../protocols/handover/hashes.ts';
import { fulfil } from '../../protocols/handover/needs.ts';
import { createReader, READS_VERSION } from '../../protocols/handover/reader.ts';
import { testKey } from '../run/exchange/test-key.ts';
import type { VirtualExchange } from '../run.ts';
import { createLogCustody } from './log-custody.ts';
import type { Part, Scene, Watched } from './scene.ts';

/** One gate's log, as it was published so far. */
interface Published {
  readonly watched: Watched;
  readonly exchange: VirtualExchange;
  readonly reader: ReturnType<typeof createReader>;
  readonly leaves: string[];
  /** Records that control of the other side has not been told, by line. */
  readonly untold: Map<number, string>;
  /** How many of the lines that the other side has stored were compared. */
  compared: number;
  /** Lines that the other side's control was told. */
  told: number;
}

export function createPublished({ run, book, gates }: Scene): Part {
  const logs = new Map<string, Published>();
  const custody = createLogCustody({ book, gates });

  for (const watched of gates.values()) {
    const exchange = run.exchanges.get(watched.id);
    if (exchange === undefined) continue;
    const hashes = createLogHashes();
    const log: Published = {
      watched,
      exchange,
      reader: createReader({ gate: watched.id, ring: testKey(watched.id).ring, hashes }),
      leaves: [],
      untold: new Map(),
      compared: 0,
      told: 0,
    };
    logs.set(watched.id, log);
    exchange.ownLog.onGrown(() => read(log));
  }

  // ---------------------------------------------------------------- what is published

  function read(log: Published): void {
    const { ownLog } = log.exchange;
    const { id } = log.watched;
    while (ownLog.publishing && ownLog.size > log.reader.size) {
      const page = ownLog.page({ ...log.reader.question(), reads: READS_VERSION });
      const source = {
        lines: () => [],
        leaves: (after: number, last: number) => log.leaves.slice(after, last),
        head: () => undefined,
      };
      const answer = fulfil(log.reader.receive(page), source);
      book.check();
      if (answer.kind !== 'lines') {
        const reason = answer.kind === 'fault' ? `${answer.fault.kind}: ${answer.fault.reason}` : answer.kind;
        return book.violate('I6', id, `its published log does not verify: ${reason}`);
      }
      for (const { line, leaf, record } of answer.lines) {
        log.leaves.push(leaf);
        log.untold.set(line, canonicalJson(record));
        custody.judge(log.watched.id, record);
      }
      log.reader.committed();
    }
  }

  // ---------------------------------------------------------------- what the other side made of it

  /** Control of `reader` is told a line of the other log. */
  function hear(reader: Watched, { line, record }: Extract<Input, { type: 'counterpart-record' }>): void {
    const log = logs.get(reader.gate.config.counterpart.gate);
    if (log === undefined) return;
    book.check();
    if (line > log.told + 1) book.violate('I4', reader.id, `it is told line ${line} after line ${log.told}`);
    // After a crash the last ones are told again, for control had not kept them.
    if (line <= log.told && !log.untold.has(line)) return;
    log.told = Math.max(log.told, line);
    const published = log.untold.get(line);
    if (published !== canonicalJson(record))
      book.violate('I4', reader.id, `it is told another line ${line} than ${log.watched.id} has published`);
  }

  /** What the other side has stored is what was published; and once compared, it stays as it is. */
  function compare(log: Published): void {
    const stored = readerOf(log)?.reading.leaves ?? [];
    const { leaves } = log;
    const upTo = Math.min(stored.length, leaves.length);
    // From the beginning where its database was lost.
    log.compared = Math.min(log.compared, upTo);
    for (; log.compared < upTo; log.compared += 1)
      if (stored[log.compared] !== leaves[log.compared])
        book.violate('I4', log.watched.id, `its line ${log.compared + 1} was verified as another one`);
    book.check();
    if (stored.length > leaves.length)
      book.violate('I4', log.watched.id, `${stored.length} lines of it were verified, of ${leaves.length}`);
  }

  const readerOf = ({ watched }: Published): VirtualExchange | undefined =>
    run.exchanges.get(watched.gate.config.counterpart.gate);

  return {
    stepped(watched, input) {
      if (input.type === 'counterpart-record') hear(watched, input);
    },
    sweep() {
      for (const log of logs.values()) {
        compare(log);
        const safe = readerOf(log) === undefined ? 0 : log.told - UNTOLD_KEPT;
        for (const line of log.untold.keys()) {
          if (line > safe) break;
          log.untold.delete(line);
        }
      }
    },
    drained() {
      const left: string[] = [];
      for (const log of logs.values()) {
        const { id, gate } = log.watched;
        const reader = gates.get(gate.config.counterpart.gate);
        const taken = reader?.gate.state.sources.counterpart ?? 0;
        if (reader !== undefined && taken < log.reader.size)
          left.push(`${reader.id} has read ${taken} of ${log.reader.size} lines of ${id}`);
        for (const name of ['ours', 'theirs'] as const)
          if (gate.state.logFaults[name] !== null) left.push(`${id}: a fault of the log (${name}) stands`);
      }
      return [...left, ...custody.left()];
    },
  };
}

/** Lines control may be told again after a crash: as many as could not have been on disk. */
const UNTOLD_KEPT = 5_000;
