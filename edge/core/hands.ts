/** What a person's act does, by the part of the core it concerns. */
import type { ActHands } from './acts.ts';
import { lookAtEverything } from './agenda.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { resetBlock } from './block-reset.ts';
import { closeCase } from './cases.ts';
import { confirmPlace } from './confirm-place.ts';
import { cancelCrossing } from './crossing.ts';
import { closeDiscrepancy, dispute, inspectJointly } from './discrepancies.ts';
import { clearFinding } from './findings.ts';
import { setService } from './fleet.ts';
import { hotline } from './hotline.ts';
import { identify, reread, setLaneMode, stopLane } from './lane-hands.ts';
import { clearLogFault } from './log-faults.ts';
import { observe } from './observations.ts';
import { declareOutage, endOutage } from './outage-regime.ts';
import { closeSection, reopenSection } from './section-closure.ts';
import { configOf } from './site.ts';
import type { Turn } from './turn.ts';

export const hands: ActHands = {
  stopGate,
  laneStopped: stopLane,
  laneMode: setLaneMode,
  reread,
  identify,
  observe,
  clearFinding,
  confirmPlace,
  cancelCrossing,
  vehicleService: setService,
  declareOutage,
  endOutage: (turn) => endOutage(turn, 'act'),
  closeCase,
  clearLogFault,
  closeSection,
  reopenSection,
  resetBlock,
  hotline,
  dispute,
  inspectJointly,
  closeDiscrepancy,
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
