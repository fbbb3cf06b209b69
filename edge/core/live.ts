/** What the other gate may see of us right now: interlock inputs, latest value only, never evidence (DESIGN §7). */
import { hoistClearOf } from './interlock.ts';
import type { GateState } from './state.ts';
import { configOf, freshVehicle } from './state.ts';

export interface LiveView {
  /** Our vehicles by id. */
  vehicles: Record<string, { standing: boolean; locked: boolean; node: string }>;
  /** Our bays for driverless vehicles, by map node. */
  bays: Record<string, { clear: boolean }>;
}

/** A vehicle that is not fresh is left out: absent means unknown. */
export function liveView(state: GateState): LiveView {
  if (state.config === null) return { vehicles: {}, bays: {} };
  const vehicles: LiveView['vehicles'] = {};
  for (const id of Object.keys(state.vehicles)) {
    const report = freshVehicle(state, id);
    if (report === null) continue;
    const exchanging = report.actions.some(
      (action) =>
        (action.actionType === 'pick' || action.actionType === 'drop') && action.status === 'RUNNING',
    );
    vehicles[id] = {
      standing: !report.driving,
      locked: exchanging && !report.driving,
      node: report.lastNodeId,
    };
  }
  const bays: LiveView['bays'] = {};
  for (const bay of configOf(state).yard.bays) {
    if (bay.node !== undefined) bays[bay.node] = { clear: hoistClearOf(state, bay.id).allowed };
  }
  return { vehicles, bays };
}
