/**
 * What exchange finds out about the two signed logs: the newest head of the other gate's that was verified, which is our
 * witness of it, and what cannot be true of an honest log. A fault keeps line clear away until a person has cleared it.
 */
import type { AlarmCode } from './alarm-catalogue.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { setLink } from './border.ts';
import type { CounterpartFault, CounterpartHead, LogName } from './input.ts';
import { configOf } from './site.ts';
import type { GateState } from './state.ts';
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

/** The source whose sequence numbers are the lines of the other gate's log. */
const LINES = 'counterpart';

const ALARMS = { ours: 'OWN_LOG_FAULT', theirs: 'COUNTERPART_LOG_FAULT' } as const satisfies Record<
  LogName,
  AlarmCode
>;

/** The gate whose log it is. */
export const gateOf = (state: GateState, log: LogName): string =>
  log === 'ours' ? configOf(state).gate.id : configOf(state).counterpart.gate;

/** Keeps the newest head whose lines have all been told; one that contradicts the last is a fault. */
export function takeHead(turn: Turn, { size, rootHash, head }: CounterpartHead): void {
  const { state } = turn;
  if (size > (state.sources[LINES] ?? 0)) return;
  const known = state.witness;
  if (known !== null && size < known.size) return;
  if (known?.size === size && known.rootHash !== rootHash)
    return takeFault(turn, {
      log: 'theirs',
      kind: 'fork',
      reason: `two signed histories of ${size} lines`,
      evidence: { heads: [known.head, head] },
    });
  state.witness = { size, rootHash, head };
}

/** The log is not believed, or not published, any more. */
export function takeFault(turn: Turn, found: Omit<CounterpartFault, 'type'>): void {
  const { state } = turn;
  const { log, kind, reason, evidence } = found;
  raiseAlarm(turn, ALARMS[log], gateOf(state, log));
  const standing = state.logFaults[log];
  // What was found first is what people look at; it explains what follows.
  if (standing !== null) return;
  const fault = { kind, reason, ...(evidence !== undefined && { evidence }) };
  state.logFaults[log] = { ...fault, at: state.now };
  decide(turn, 'log-fault', { log, ...fault });
  setLink(turn, false);
}

/** Whether nothing is wrong with either log. */
export const logsAreSound = ({ logFaults }: GateState): boolean =>
  logFaults.ours === null && logFaults.theirs === null;

/** Two people have looked: exchange goes on by this decision, and tells the link anew. */
export function clearLogFault(turn: Turn, log: LogName): string | null {
  const { state } = turn;
  const fault = state.logFaults[log];
  if (fault === null) return noFault(log);
  state.logFaults[log] = null;
  decide(turn, 'log-fault-cleared', { log, kind: fault.kind, reason: fault.reason });
  returnAlarm(turn, ALARMS[log], gateOf(state, log));
  return null;
}

export const noFault = (log: LogName): string =>
  log === 'ours' ? 'our log has no fault' : 'the other gate’s log has no fault';
