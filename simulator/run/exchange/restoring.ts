/**
 * A gate on an empty disk: before its log is published, or the other one is believed to be reachable, exchange asks what the other side has
 * of it. What it has is taken back under our own signature, told to control as history, and after it the other log; then control
 * goes on (edge/core/restore.ts).
 */
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import { fulfil } from '../../../protocols/handover/needs.ts';
import { createReader } from '../../../protocols/handover/reader.ts';
import { logPage, PAGE_LINES_MAX } from '../../../protocols/handover/wire.ts';
import type { VirtualGate } from '../virtual-gate.ts';
import type { OwnLog } from './own-log.ts';
import type { ExchangeProcess } from './process.ts';
import type { FoundFault, Reading } from './reading.ts';
import { LINES_PER_TURN, type Telling } from './telling.ts';
import type { TestKey } from './test-key.ts';
import type { Reply, Wire } from './wire.ts';

/** The source whose sequence numbers are the lines of our own log that were taken back. */
const OWN_LINES = 'own-log';
const TURN_MS = 40;

/** What a gate has kept of the asker's log: lines after `after` under the newest head of it that it has verified, if there is one. */
const witnessedPage = logPage.omit({ witness: true }).extend({ head: logPage.shape.head.nullable() });

/** The answer to `GET /witnessed?after=N`. */
export function witnessedAfter(reading: Reading, after: number): typeof witnessedPage._output {
  const { witness, lines } = reading;
  if (witness === null) return { lines: [], head: null, after };
  const end = Math.max(after, Math.min(witness.size, after + PAGE_LINES_MAX));
  const page = { lines: lines.slice(after, end), head: witness.jws, after };
  return end === witness.size || end === 0 ? page : { ...page, proof: reading.proof(end) };
}

export interface Restoring {
  /** Nothing is missing, or everything has been taken back. */
  readonly settled: boolean;
  /** Lines of the other log may be told: our own are not waiting to be told first. */
  mayTell(): boolean;
  start(): void;
  /** Every second, until it is settled. */
  beat(): void;
}

export function createRestoring(options: {
  gate: VirtualGate;
  key: TestKey;
  ownLog: OwnLog;
  reading: Reading;
  telling(): Telling;
  wire: Wire;
  process: ExchangeProcess;
  /** What the other side has kept of our log is not what we have signed. */
  onFault(fault: FoundFault): void;
}): Restoring {
  const { gate, key, ownLog, reading, wire, process } = options;
  const { id } = gate.config.gate;
  let nothingMissing = false;
  /** What has been taken back so far. */
  let taken: string[] = [];
  let reader = newReader();
  let telling = false;

  function newReader() {
    return createReader({ gate: id, ring: key.ring, hashes: createLogHashes() });
  }
  const known = (): number => gate.state.sources[OWN_LINES] ?? 0;

  function ask(): void {
    wire.ask(
      `/witnessed?after=${reader.size}`,
      process.alive((text: string) => {
        const { status, body } = JSON.parse(text) as Reply;
        if (status === 200 && !isSettled() && gate.state.log.restoring === null)
          take(witnessedPage.parse(body));
      }),
    );
  }

  function take({ head, ...page }: typeof witnessedPage._output): void {
    if (head === null) {
      nothingMissing = true;
      return;
    }
    const answer = fulfil(reader.receive({ ...page, head }), {
      lines: () => [],
      leaves: () => [],
      head: () => undefined,
    });
    if (answer.kind === 'fault') {
      reader = newReader();
      taken = [];
      return options.onFault(answer.fault);
    }
    if (answer.kind === 'lines') taken.push(...answer.lines.map(({ data }) => data));
    reader.committed();
    const { witness } = reader;
    if (witness === null || witness.size > reader.size) return ask();
    // What exchange has of it says nothing: it may have died after taking it back and before control had heard of it.
    if (witness.size === 0) {
      nothingMissing = true;
      return;
    }
    if (!gate.isUp) return;
    ownLog.takeBack(taken, witness);
    const { size, rootHash } = witness;
    gate.submit({ type: 'log-restore', phase: 'begin', size, rootHash });
    tellSoon();
  }

  function tellSoon(): void {
    if (telling) return;
    telling = true;
    process.after(TURN_MS, () => {
      telling = false;
      tell();
    });
  }

  /** Our own lines, then the other side's (see telling.ts), then that this was all. */
  function tell(): void {
    if (gate.state.log.restoring === null || !gate.isUp) return;
    for (let count = 0; count < LINES_PER_TURN; count += 1) {
      const line = known() + 1;
      const data = ownLog.lines[line - 1];
      if (data === undefined) return end();
      const from = { source: OWN_LINES, id: `${id}:${line}`, seq: line };
      gate.submit({ type: 'own-line', line, data }, from);
    }
    tellSoon();
  }

  function end(): void {
    options.telling().wake();
    if (!reading.level || !options.telling().isLevel) return;
    const { size, rootHash } = ownLog;
    gate.submit({ type: 'log-restore', phase: 'end', size, rootHash });
  }

  const isSettled = (): boolean => gate.state.log.open || nothingMissing;
  return {
    get settled() {
      return isSettled();
    },
    mayTell: () => gate.state.log.restoring === null || known() >= ownLog.size,
    start() {
      nothingMissing = false;
      taken = [];
      reader = newReader();
      telling = false;
    },
    beat() {
      if (isSettled()) return;
      if (gate.state.log.restoring !== null) tellSoon();
      else ask();
    },
  };
}
