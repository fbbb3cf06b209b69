/**
 * A gate on an empty disk: before its log is published, or the other one is believed to be reachable, exchange asks what the other side has
 * of it. The real session proves that it is what we have signed; then control is told of it as history, and after it of the other log
 * (edge/core/restore.ts).
 */
import type { LogName } from '../../../edge/core/input.ts';
import { createRecovery, type RecoveryAnswer } from '../../../protocols/handover/recovery.ts';
import { copyPage } from '../../../protocols/handover/wire.ts';
import type { VirtualGate } from '../virtual-gate.ts';
import type { ExchangeProcess } from './process.ts';
import type { FoundFault, Reading } from './reading.ts';
import { LINES_PER_TURN, type Telling } from './telling.ts';
import { type TestKey, testKey } from './test-key.ts';
import type { Reply, Wire } from './wire.ts';

/** The source whose sequence numbers are the lines of our own log that were taken back. */
const OWN_LINES = 'own-log';
const TURN_MS = 40;

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
  reading: Reading;
  telling(): Telling;
  wire: Wire;
  process: ExchangeProcess;
  /** What the other side has kept of our log is not what we have signed. */
  onFault(log: LogName, fault: FoundFault): void;
}): Restoring {
  const { gate, key, reading, wire, process } = options;
  const { id } = gate.config.gate;
  let nothingMissing = false;
  const theirs = testKey(gate.config.counterpart.gate).ring;
  let recovery = createRecovery(id, key.ring, theirs);
  /** What has been fetched so far. */
  let copied: string[] = [];
  let whole: Extract<RecoveryAnswer, { kind: 'whole' }> | undefined;
  let telling = false;

  const known = (): number => gate.state.sources[OWN_LINES] ?? 0;

  function fetchAnew(): void {
    recovery = createRecovery(id, key.ring, theirs);
    copied = [];
    whole = undefined;
  }

  function ask(): void {
    wire.ask(
      `/copy?after=${recovery.size}`,
      process.alive((text: string) => {
        const { status, body } = JSON.parse(text) as Reply;
        if (isSettled() || whole !== undefined) return;
        if (status === 404) nothingMissing = gate.state.log.restoring === null;
        if (status === 200) take(copyPage.parse(body));
      }),
    );
  }

  function take(page: typeof copyPage._output): void {
    const answer = recovery.take(page);
    if (answer.kind === 'refused') {
      fetchAnew();
      return options.onFault(answer.log, answer.fault);
    }
    if (answer.kind === 'lines') {
      copied.push(...answer.lines.map(({ data }) => data));
      return ask();
    }
    // What exchange has of it says nothing: it may have died before control had heard of it.
    if (answer.size === 0) nothingMissing = true;
    else whole = answer;
    if (!gate.isUp || whole === undefined) return;
    const { size, rootHash } = whole;
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
      const data = copied[line - 1];
      if (data === undefined) return end();
      const from = { source: OWN_LINES, id: `${id}:${line}`, seq: line };
      gate.submit({ type: 'own-line', line, data }, from);
    }
    tellSoon();
  }

  function end(): void {
    options.telling().wake();
    if (whole === undefined || !reading.level || !options.telling().isLevel) return;
    const { size, rootHash } = whole;
    gate.submit({ type: 'log-restore', phase: 'end', size, rootHash });
  }

  const isSettled = (): boolean => gate.state.log.open || nothingMissing;
  return {
    get settled() {
      return isSettled();
    },
    mayTell: () =>
      isSettled() || (gate.state.log.restoring !== null && whole !== undefined && known() >= whole.size),
    start() {
      nothingMissing = false;
      fetchAnew();
      telling = false;
    },
    beat() {
      if (isSettled()) return;
      if (whole === undefined) return ask();
      const { size, rootHash } = whole;
      // Control may have died on it.
      if (gate.state.log.restoring === null && gate.isUp)
        gate.submit({ type: 'log-restore', phase: 'begin', size, rootHash });
      tellSoon();
    },
  };
}
