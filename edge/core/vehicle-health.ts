/**
 * Whether one of our own vehicles can be used: what is wrong with it, its battery, and whether it stands where it was sent.
 * All of it comes from its newest report alone; nothing here moves it.
 */
import type { AlarmCode } from './alarm-catalogue.ts';
import { raiseAlarm, returnAlarm } from './alarms.ts';
import { want } from './command.ts';
import type { VehicleReport } from './input.ts';
import { configOf, nodeGate, siteOf } from './site.ts';
import type { GateState, VehicleView } from './state.ts';
import { freshVehicle } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';

export type Report = Omit<VehicleReport, 'type' | 'device'>;

/** It charges while it waits, unless so little is missing that plugging in would never end. */
const CHARGE_BELOW_PERCENT = 95;

/** How a vehicle says that it does not take an order (VDA 5050 2.1 §6.6.4); always a warning, it keeps the order it has. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'orderError',
  'orderUpdateError',
  'noRouteError',
  'validationError',
]);

/** Nothing released lies ahead and it does not move. */
export const isStanding = (report: Report): boolean =>
  !report.driving && !report.nodesAhead.some((node) => node.released);

/** Something is left to do of the order it has; until then it refuses another. */
export const isBusy = (report: Report): boolean =>
  report.nodesAhead.length > 0 ||
  report.actions.some(
    ({ actionType, status }) =>
      (actionType === 'pick' || actionType === 'drop') && status !== 'FINISHED' && status !== 'FAILED',
  );

export const homeOf = (state: GateState, id: string): string | undefined =>
  siteOf(state).vehicles.get(id)?.homeNode;

const hasFatalError = (report: Report): boolean =>
  report.errors.some((error) => error.errorLevel === 'FATAL');

/** It could be sent somewhere. */
export const isFit = (report: Report): boolean =>
  report.mode === 'AUTOMATIC' &&
  report.eStop === 'NONE' &&
  report.localized &&
  !report.paused &&
  !hasFatalError(report);

/** Fit, in service, empty, and at home with nothing to do. It may be charging. */
export function isIdle(state: GateState, id: string): boolean {
  const view = state.vehicles[id];
  const report = freshVehicle(state, id);
  if (view === undefined || report === null || !view.inService || view.low) return false;
  if (hasErrand(view) || !isFit(report) || !isStanding(report)) return false;
  return report.lastNodeId === homeOf(state, id) && report.loads.length === 0;
}

/** It serves a crossing, or is on its way home from one. */
const hasErrand = ({ crossing, homeward }: VehicleView): boolean => crossing !== null || homeward !== null;

/** It reports that it refused an order. */
export const hasRejected = (report: Report): boolean => report.errors.some(isRejection);

const isRejection = ({ errorType, errorLevel }: Report['errors'][number]): boolean =>
  errorLevel === 'WARNING' && REJECTIONS.has(errorType);

/** It has the newest order we gave it. */
export const hasTaken = ({ order }: VehicleView, report: Report): boolean =>
  order !== null && report.orderId === order.orderId && report.orderUpdateId >= order.orderUpdateId;

/** It is neither on the way it was last sent nor at home. */
export const isOffRoute = (state: GateState, id: string, { way }: VehicleView, report: Report): boolean =>
  !way.includes(report.lastNodeId) && report.lastNodeId !== homeOf(state, id);

// ---------------------------------------------------------------- alarms

/** Raises and returns what its report, compared with the one before, gives reason for. */
export function noticeHealth(turn: Turn, id: string, view: VehicleView, before: Report | null): void {
  const { state } = turn;
  const { report } = view;
  if (report === null) return;
  const { batteryPercentMin, batteryPercentCharged } = configOf(state).fleet;
  if (report.batteryPercent < batteryPercentMin) view.low = true;
  else if (report.batteryPercent >= batteryPercentCharged) view.low = false;
  show(turn, 'VEHICLE_EMERGENCY_STOP', id, report.eStop !== 'NONE');
  show(turn, 'VEHICLE_LOST', id, !report.localized);
  // One that a person has withdrawn may be driven by hand: that is what it was withdrawn for.
  const byHand = report.mode !== 'AUTOMATIC';
  show(turn, 'VEHICLE_FAULT', id, hasFatalError(report) || (byHand && view.inService));
  show(turn, 'VEHICLE_LOW_BATTERY', id, view.low);
  const expected = byHand && !view.inService;
  show(turn, 'VEHICLE_OFF_ROUTE', id, !expected && isOffRoute(state, id, view, report));
  // An old rejection may stay in its report for long; only a new one tells of the order that is on its way.
  if (hasTaken(view, report) || !hasRejected(report)) returnAlarm(turn, 'ORDER_REJECTED', id);
  else if (view.order !== null && before !== null && rejectsAnew(before, report))
    show(turn, 'ORDER_REJECTED', id, true);
}

const rejectsAnew = (before: Report, report: Report): boolean =>
  report.errors.some(
    (error) => isRejection(error) && !before.errors.some((known) => known.errorType === error.errorType),
  );

/** Reports come again and again; the alarm is raised once. */
function show(turn: Turn, code: AlarmCode, id: string, is: boolean): void {
  if (!is) return returnAlarm(turn, code, id);
  const known = turn.state.alarms[`${code}/${id}`];
  if (known === undefined || known.state === 'returned') raiseAlarm(turn, code, id);
}

// ---------------------------------------------------------------- getting stuck

/** It has a way: it must reach its next node in time. The border section is watched as a whole, see tracks.ts. */
export function watchProgress(turn: Turn, id: string, report: Report, before: Report | null): void {
  const { state } = turn;
  const timer = `vehicle-stuck/${id}`;
  const stands = isStanding(report);
  const moved =
    before === null ||
    before.lastNodeId !== report.lastNodeId ||
    before.orderId !== report.orderId ||
    before.orderUpdateId !== report.orderUpdateId ||
    isStanding(before) !== stands;
  if (!moved) return;
  returnAlarm(turn, 'VEHICLE_STUCK', id);
  if (stands || isOverBorder(state, report)) clearTimer(state, timer);
  else setTimer(state, timer, state.now + configOf(state).timeouts.vehicleMs);
}

const isOverBorder = (state: GateState, report: Report): boolean => {
  const next = report.nodesAhead[0];
  return (
    nodeGate(state, report.lastNodeId) === undefined ||
    (next !== undefined && nodeGate(state, next.nodeId) === undefined)
  );
};

/** It has not got on for too long. While it is not heard, or stands because we said so, nobody can know; then it has its time again. */
export function noticeStuck(turn: Turn, timer: string, id: string): void {
  const { state } = turn;
  const view = state.vehicles[id];
  if (view === undefined) return;
  const report = freshVehicle(state, id);
  if (report === null || view.pausedByUs)
    setTimer(state, `${timer}/${id}`, state.now + configOf(state).timeouts.vehicleMs);
  else raiseAlarm(turn, 'VEHICLE_STUCK', id);
}

// ---------------------------------------------------------------- charging

/** At its park, with nothing to do and a charger: it charges. */
export function chargeWhileIdle(turn: Turn, id: string, view: VehicleView, report: Report): void {
  const { state } = turn;
  if (report.charging || report.batteryPercent >= CHARGE_BELOW_PERCENT || !view.inService) return;
  if (hasErrand(view) || !isFit(report) || !isStanding(report)) return;
  const here = report.lastNodeId;
  if (here !== homeOf(state, id) || siteOf(state).nodes.get(here)?.charger !== true) return;
  want(turn, { kind: 'charge', device: id, on: true }, { kind: 'charging', charging: true });
}
