/** What a person's act does, by the part of the core it concerns. */
import type { ActHands } from './acts.ts';
import { lookAtEverything } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { confirmPlace } from './confirm-place.ts';
import { cancelCrossing, clearFinding } from './crossing.ts';
import { setService } from './fleet.ts';
import { identify, reread, setLaneMode, stopLane } from './lane-hands.ts';
import { configOf } from './site.ts';
import type { Turn } from './turn.ts';

export const hands: ActHands = {
  stopGate,
  laneStopped: stopLane,
  laneMode: setLaneMode,
  reread,
  identify,
  clearFinding,
  confirmPlace,
  cancelCrossing,
  vehicleService: setService,
};

/** Nothing is released while the gate is stopped; who is under way comes to stand at the next hold point. */
function stopGate(turn: Turn, stopped: boolean): string | null {
  const { state } = turn;
  if (state.stopped === stopped) return stopped ? 'the gate is stopped already' : 'the gate is not stopped';
  state.stopped = stopped;
  lookAtEverything(turn);
  if (stopped) raiseAlarm(turn, 'GATE_STOPPED', configOf(state).gate.id);
  else returnAlarm(turn, 'GATE_STOPPED', configOf(state).gate.id);
  return null;
}
