/** Our own log of the handover: the core emits each line complete; exchange only signs and serves it (DESIGN §7). */
import { canTell, encodeRecord } from '../../protocols/handover/line.ts';
import { withCustodyPoint } from './custody.ts';
import type { HandoverRecord } from './input.ts';
import { configOf } from './site.ts';
import { count, decide, type Turn } from './turn.ts';

/** Writes one line of our log: exact bytes, numbered without gaps, in a version the other gate reads. */
export function record(turn: Turn, said: HandoverRecord): void {
  const line = withCustodyPoint(turn.state, said);
  const { gate, counterpart } = configOf(turn.state);
  const version = turn.state.link.reads;
  if (!canTell(line, version)) return decide(turn, 'handover-untold', { record: line.kind, version, line });
  const number = count(turn, 'line');
  const data = encodeRecord({
    version,
    gate: gate.id,
    line: number,
    at: turn.state.now,
    utcOffset: gate.utcOffset,
    otherUtcOffset: counterpart.utcOffset ?? gate.utcOffset,
    record: line,
  });
  decide(turn, 'handover', { line: number, record: line.kind, data });
}
