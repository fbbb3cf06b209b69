/** What exchange tells control of the other gate's log: the stored lines in order, and after them the head that covers them. */
import { decodeRecord } from '../../../protocols/handover/line.ts';
import type { VirtualGate } from '../virtual-gate.ts';
import type { ExchangeProcess } from './process.ts';
import type { Reading } from './reading.ts';

/** Lines admitted before others get their turn, as at the door. */
export const LINES_PER_TURN = 32;
const TURN_MS = 40;
const RETRY_MS = 1_000;

export interface Telling {
  /** Everything that is stored has been told. */
  readonly isLevel: boolean;
  wake(): void;
  start(): void;
}

export function createTelling(options: {
  gate: VirtualGate;
  reading: Reading;
  process: ExchangeProcess;
  /** False while control must hear something else first. */
  mayTell(): boolean;
}): Telling {
  const { gate, reading, process } = options;
  const peer = gate.config.counterpart.gate;
  let planned = false;

  const told = (): number => gate.state.sources.counterpart ?? 0;

  function plan(afterMs: number): void {
    if (planned) return;
    planned = true;
    process.after(afterMs, () => {
      planned = false;
      tell();
    });
  }

  function tell(): void {
    if (!gate.isUp || !options.mayTell()) return plan(RETRY_MS);
    for (let count = 0; count < LINES_PER_TURN; count += 1) {
      const line = told() + 1;
      const data = reading.lines[line - 1];
      if (data === undefined) return tellWitness();
      const decoded = decodeRecord(data);
      if (!decoded.ok) throw new Error(`line ${line} was verified and is unreadable: ${decoded.reason}`);
      const from = { source: 'counterpart', id: `${peer}:${line}`, seq: line };
      if (!gate.submit({ type: 'counterpart-record', line, record: decoded.record }, from))
        return plan(RETRY_MS);
    }
    plan(TURN_MS);
  }

  function tellWitness(): void {
    const { witness } = reading;
    if (witness === null || gate.state.witness?.head === witness.jws || witness.size > told()) return;
    const { size, rootHash, jws: head } = witness;
    gate.submit({ type: 'counterpart-head', size, rootHash, head });
  }

  return {
    get isLevel() {
      return told() >= reading.lines.length;
    },
    wake: () => plan(0),
    start() {
      planned = false;
      plan(0);
    },
  };
}
