/** What only the gate knows: its lane, its yard, the border section and the clock. */
import { type Reason, reason } from '../reasons.ts';
import type { Case, Judged } from './case.ts';

/** Whoever stands there: nobody passes. */
export function standstillReasons({ visit }: Case): Reason[] {
  const { facts = {}, clockTrusted = true } = visit;
  const reasons: Reason[] = [];
  if (!clockTrusted) reasons.push(reason('CLOCK_UNTRUSTED'));
  if (facts.laneStopped === true) reasons.push(reason('LANE_STOPPED'));
  if (facts.gateStopped === true) reasons.push(reason('GATE_STOPPED'));
  if (facts.laneOpen === false) reasons.push(reason('LANE_CLOSED'));
  for (const device of facts.devicesDown ?? []) reasons.push(reason('DEVICE_OFFLINE', device, device));
  return reasons;
}

/** What a matched crossing still needs of the gate itself: a fact that is demanded and not known is not there. */
export function gateReasons({ conditions, visit: { facts = {} } }: Judged): Reason[] {
  const reasons: Reason[] = [];
  if (conditions.has('line-clear')) {
    if (facts.counterpartOpen === false) reasons.push(reason('COUNTERPART_CLOSED'));
    if (facts.sectionClosed === true) reasons.push(reason('SECTION_CLOSED'));
    if (facts.lineClear !== true) reasons.push(reason('LINE_NOT_CLEAR'));
  }
  if (conditions.has('grant') && facts.granted !== true) reasons.push(reason('COUNTERPART_NOT_OFFERED'));
  if (conditions.has('bay') && facts.bayFree !== true) reasons.push(reason('YARD_FULL'));
  return reasons;
}
