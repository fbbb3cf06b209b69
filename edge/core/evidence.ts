/** What stands in a lane, and which crossing it is: readings gathered for a visit, matched to what is expected there. */
import type { Checkpoint, LaneConfig, LoadKind } from '../../config/schema.ts';
import { normaliseContainerCode } from '../../protocols/iso6346.ts';
import { normalisePlate } from '../../protocols/plates.ts';
import type { ContainerRead, PlateRead, WeightReport } from './input.ts';
import type { Reason } from './reasons.ts';
import { reason } from './reasons.ts';
import { reconcile } from './reconcile.ts';
import type { Crossing, GateState, Reading, Visit } from './state.ts';
import { activeCrossings, baysFor, configOf, firstFree, freeSlot, isFresh } from './state.ts';

/** Readings kept for one visit; a vehicle that stands for days is read again and again. */
const READINGS_MAX = 16;

/** Adds a reading to the visit in the lane of its device; poor or repeated readings add nothing. */
export function addReading(state: GateState, input: PlateRead | ContainerRead): void {
  const config = configOf(state);
  const isPlate = input.type === 'plate';
  const lane = config.lanes.find(
    (one) => (isPlate ? one.devices.camera : one.devices.reader) === input.device,
  );
  const visit = lane === undefined ? null : (state.lanes[lane.id]?.visit ?? null);
  const qualityMin = isPlate ? config.evidence.plateQualityMin : config.evidence.containerQualityMin;
  if (visit === null || input.quality < qualityMin) return;
  const readings = isPlate ? visit.plates : visit.containers;
  if (readings.some((known) => known.device === input.device && known.readId === input.readId)) return;
  const reading: Reading = {
    device: input.device,
    readId: input.readId,
    value: isPlate ? normalisePlate(input.plate) : normaliseContainerCode(input.code),
    quality: input.quality,
    at: state.now,
    ...(input.image !== undefined && { image: input.image }),
  };
  readings.push(reading);
  if (readings.length > READINGS_MAX) readings.shift();
}

/** Takes what a scale says. */
export function takeWeight(state: GateState, input: WeightReport): void {
  state.scales[input.device] = {
    state: input.state,
    at: state.now,
    ...(input.grossKg !== undefined && { grossKg: input.grossKg }),
  };
}

/** The weight on a lane's scale if it is the visit's own: stable now, and settled since the visit began. */
export function weightOf(state: GateState, lane: LaneConfig, visit: Visit): number | undefined {
  if (visit.released) return visit.weightKg;
  const scale = lane.devices.scale === undefined ? null : (state.scales[lane.devices.scale] ?? null);
  return scale?.state === 'stable' && scale.at >= visit.since ? scale.grossKg : undefined;
}

/** A vehicle awaited at a checkpoint. */
interface Expected {
  crossing: Crossing;
  load: LoadKind;
  plate: string;
}

/** Which vehicles may now come to this checkpoint, and carrying what. */
export function expectedAt(state: GateState, checkpoint: Checkpoint): Expected[] {
  return activeCrossings(state).flatMap((crossing): Expected[] => {
    const { truck, vehicle, direction, stage } = crossing;
    switch (checkpoint) {
      case 'yard-in':
        if (truck?.phase !== 'awaited') return [];
        return [{ crossing, plate: truck.plate, load: direction === 'export' ? 'laden' : 'bobtail' }];
      case 'yard-out':
        if (truck?.phase !== 'inside') return [];
        if (direction === 'import')
          return stage === 'on-truck' ? [{ crossing, plate: truck.plate, load: 'laden' }] : [];
        return [{ crossing, plate: truck.plate, load: 'bobtail' }];
      case 'border-out':
        if (direction !== 'export' || vehicle === undefined) return [];
        return ['loaded', 'at-border-out', 'offered', 'granted', 'departed'].includes(stage)
          ? [{ crossing, plate: vehicle.plate, load: crossing.load }]
          : [];
      case 'border-in':
        if (direction !== 'import' || vehicle === undefined) return [];
        return ['offered', 'granted', 'departed', 'arrived', 'entering'].includes(stage)
          ? [{ crossing, plate: vehicle.plate, load: crossing.load }]
          : [];
      default:
        return [];
    }
  });
}

export interface Judgement {
  crossing?: Crossing;
  load?: LoadKind;
  reasons: Reason[];
}

/** Who stands in the lane and what speaks against opening for it, from the state as it is now. */
export function judgeVisit(state: GateState, lane: LaneConfig, visit: Visit): Judgement {
  const config = configOf(state);
  const plates = new Set(visit.plates.map((reading) => reading.value));
  if (plates.size === 0) {
    const offline = isFresh(state, lane.devices.camera)
      ? []
      : [reason('DEVICE_OFFLINE', lane.devices.camera)];
    return { reasons: [...offline, reason('EVIDENCE_PENDING', 'plate')] };
  }
  if (plates.size > 1) return { reasons: [reason('PLATE_MISMATCH', [...plates].join(' / '))] };
  const [plate = ''] = plates;
  const matches = expectedAt(state, lane.checkpoint).filter(
    (expected) => normalisePlate(expected.plate) === plate,
  );
  const [match] = matches;
  if (match === undefined) {
    return {
      reasons: [
        reason(lane.checkpoint === 'border-in' ? 'COUNTERPART_NOT_OFFERED' : 'NO_CROSSING_MATCH', plate),
      ],
    };
  }
  if (matches.length > 1)
    return { reasons: [reason('AMBIGUOUS_MATCH', matches.map((one) => one.crossing.id).join(', '))] };
  const { crossing, load } = match;
  const conditions = config.checkpoints[lane.checkpoint][load];
  const needed = [lane.devices.io, lane.devices.camera];
  if (conditions.includes('container') && lane.devices.reader !== undefined) needed.push(lane.devices.reader);
  if (conditions.includes('weight') && lane.devices.scale !== undefined) needed.push(lane.devices.scale);
  const reasons = reconcile({
    at: state.now,
    load,
    conditions,
    containers: load === 'laden' ? crossing.containers : [],
    plates: visit.plates,
    containerReadings: visit.containers,
    weightKg: weightOf(state, lane, visit),
    clearances: state.clearances,
    customsAsOf: state.customsAsOf,
    clearanceAgeMsMax: config.customs.clearanceAgeMsMax,
    policy: config.evidence,
    clockTrusted: state.clockTrusted,
    facts: {
      booked: crossing.truck !== undefined,
      lineClear:
        crossing.lineClear?.used === true || (crossing.lineClear?.grant !== undefined && state.link.up),
      granted: crossing.inbound?.grant !== undefined,
      bayFree: hasBay(state, crossing, lane),
      devicesDown: needed.filter((device) => !isFresh(state, device)),
      laneStopped: state.lanes[lane.id]?.stopped === true,
    },
  });
  if (lane.checkpoint === 'yard-out' && crossing.stage === 'truck-inside') {
    reasons.push(reason('EVIDENCE_PENDING', 'its container set down in the yard'));
  }
  return { crossing, load, reasons: [...reasons, ...crossing.findings] };
}

/** Whether the places the vehicle will need behind this lane are its own, or free to be taken. */
function hasBay(state: GateState, crossing: Crossing, lane: LaneConfig): boolean {
  if (lane.checkpoint === 'border-in') {
    const bay = crossing.inbound?.bay;
    return bay !== undefined && state.owners[`bay:${bay}`] === crossing.id;
  }
  if (crossing.direction === 'import' && crossing.stage !== 'in-yard' && crossing.stage !== 'collecting')
    return false;
  const bays = baysFor(state, 'truck').map((bay) => bay.id);
  const bay =
    bays.some((id) => state.owners[`bay:${id}`] === crossing.id) ||
    firstFree(state, 'bay', bays) !== undefined;
  const slot = crossing.slot !== undefined || freeSlot(state, crossing.direction) !== undefined;
  return bay && slot;
}
