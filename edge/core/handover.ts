/** Our own log of the handover: the core emits each line complete; exchange only signs and serves it (DESIGN §7). */
import { encodeRecord } from '../../protocols/handover/line.ts';
import type { HandoverRecord } from './input.ts';
import { configOf } from './site.ts';
import { count, decide, type Turn } from './turn.ts';

/** Writes one line of our log: exact bytes, numbered without gaps. */
export function record(turn: Turn, line: HandoverRecord): void {
  const { gate } = configOf(turn.state);
  const number = count(turn, 'line');
  const data = encodeRecord({
    gate: gate.id,
    line: number,
    at: turn.state.now,
    utcOffset: gate.utcOffset,
    record: line,
  });
  decide(turn, 'handover', { line: number, record: line.kind, data });
}
