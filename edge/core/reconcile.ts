/**
 * Evidence against what is expected: pure, all conditions evaluated, the worst reason wins (DESIGN §7).
 * Which conditions a checkpoint demands is configuration; what each means is here.
 */
import type { Condition, GateConfig, LoadKind } from '../../config/schema.ts';
import type { ClearanceReport } from './input.ts';
import type { Reason } from './reasons.ts';
import { reason } from './reasons.ts';
import type { CargoContainer, Reading } from './state.ts';

/** What stands at the checkpoint, what was expected, what customs says, and the few facts only the gate knows. */
export interface Case {
  /** Milliseconds since 1970, on the journal's clock. */
  at: number;
  load: LoadKind;
  conditions: readonly Condition[];
  containers: readonly CargoContainer[];
  plates: readonly Reading[];
  containerReadings: readonly Reading[];
  /** Stable weight of vehicle and load, if there is one now. */
  weightKg: number | undefined;
  clearances: Readonly<Record<string, Readonly<Record<string, Omit<ClearanceReport, 'type'>>>>>;
  customsAsOf: number | null;
  clearanceAgeMsMax: number;
  policy: GateConfig['evidence'];
  clockTrusted: boolean;
  facts: {
    booked: boolean;
    lineClear: boolean;
    granted: boolean;
    bayFree: boolean;
    /** Devices the conditions need that are not fresh. */
    devicesDown: readonly string[];
    laneStopped: boolean;
    /** Its hours, or a person, have the lane open; or it was promised to this vehicle before it closed. */
    laneOpen: boolean;
    gateStopped: boolean;
  };
}

/** Every reason that stands against passing now; an empty list means pass. */
export function reconcile(the: Case): Reason[] {
  const reasons: Reason[] = [];
  if (!the.clockTrusted) reasons.push(reason('CLOCK_UNTRUSTED'));
  if (the.facts.laneStopped) reasons.push(reason('LANE_STOPPED'));
  if (the.facts.gateStopped) reasons.push(reason('GATE_STOPPED'));
  if (!the.facts.laneOpen) reasons.push(reason('LANE_CLOSED'));
  for (const device of the.facts.devicesDown) reasons.push(reason('DEVICE_OFFLINE', device));
  for (const condition of the.conditions) reasons.push(...judge[condition](the));
  // Not a condition but a fact of the road: a vehicle that should carry nothing must not show a container.
  const seen = the.containerReadings.at(-1);
  if (the.load === 'bobtail' && seen !== undefined)
    reasons.push(reason('CONTAINER_UNEXPECTED', `read ${seen.value}`));
  return reasons;
}

const judge: Record<Condition, (the: Case) => Reason[]> = {
  booking: (the) => (the.facts.booked ? [] : [reason('NOT_BOOKED')]),
  plate: (the) => fresh(the, the.plates.at(-1), 'plate'),
  container: (the) => {
    const wrong = the.containerReadings.find(
      (reading) => !the.containers.some((one) => one.number === reading.value),
    );
    if (wrong !== undefined) {
      const expected = the.containers.map((one) => one.number).join(', ');
      return [reason('CONTAINER_MISMATCH', `expected ${expected}, read ${wrong.value}`)];
    }
    return the.containers.flatMap((container) =>
      fresh(
        the,
        the.containerReadings.findLast((reading) => reading.value === container.number),
        `container ${container.number}`,
      ),
    );
  },
  weight: (the) => {
    if (the.weightKg === undefined) return [reason('EVIDENCE_PENDING', 'weight')];
    const declaredKg = the.containers.reduce((sum, container) => sum + (container.grossKg ?? 0), 0);
    const measuredKg = the.weightKg - the.policy.truckTareKg;
    const allowedKg = Math.min(
      the.policy.weightToleranceKg,
      (declaredKg * the.policy.weightTolerancePercent) / 100,
    );
    return Math.abs(measuredKg - declaredKg) <= allowedKg
      ? []
      : [reason('WEIGHT_OUT_OF_TOLERANCE', `declared ${declaredKg} kg, measured ${measuredKg} kg`)];
  },
  clearance: (the) =>
    clearanceReasons(the.containers, the.clearances, the.customsAsOf, the.clearanceAgeMsMax, the.at),
  'line-clear': (the) => (the.facts.lineClear ? [] : [reason('LINE_NOT_CLEAR')]),
  grant: (the) => (the.facts.granted ? [] : [reason('COUNTERPART_NOT_OFFERED')]),
  bay: (the) => (the.facts.bayFree ? [] : [reason('YARD_FULL')]),
};

function fresh(the: Case, reading: Reading | undefined, what: string): Reason[] {
  if (reading === undefined) return [reason('EVIDENCE_PENDING', what)];
  return the.at - reading.at > the.policy.ageMsMax ? [reason('EVIDENCE_STALE', what)] : [];
}

/** What customs' word leaves against these containers: every declaration of each must be released, and the list fresh. */
export function clearanceReasons(
  containers: readonly CargoContainer[],
  clearances: Case['clearances'],
  customsAsOf: number | null,
  clearanceAgeMsMax: number,
  at: number,
): Reason[] {
  const reasons: Reason[] = [];
  if (customsAsOf === null || at - customsAsOf > clearanceAgeMsMax) reasons.push(reason('CLEARANCE_STALE'));
  for (const container of containers) {
    const known = clearances[container.number] ?? {};
    const declarations = new Set([...container.declarations, ...Object.keys(known)]);
    if (declarations.size === 0) reasons.push(reason('NO_CLEARANCE', container.number));
    for (const declaration of declarations) {
      const clearance = known[declaration];
      const detail = `${container.number} under ${declaration}`;
      if (clearance === undefined) reasons.push(reason('NO_CLEARANCE', detail));
      else if (clearance.status === 'withdrawn') reasons.push(reason('CLEARANCE_WITHDRAWN', detail));
      else if (clearance.status !== 'released') reasons.push(reason('NOT_RELEASED', detail));
    }
  }
  return reasons;
}
