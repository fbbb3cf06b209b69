/**
 * Weights, in kilograms: measured against declared, measured against our own earlier weighing, and against what the roads of
 * both countries allow. The vehicle’s tare is what was weighed empty, else what is registered, within its fuel range.
 */
import { ANY_TARE_KG, parseContainerType } from '../../../protocols/container-type.ts';
import { normaliseHsCode } from '../../../protocols/hs-code.ts';
import { type Reason, reason } from '../reasons.ts';
import { exportedWeight } from './advance.ts';
import {
  type EvidenceOf,
  type ExpectedContainer,
  evidenceOf,
  isFresh,
  isReading,
  type Judged,
  newest,
} from './case.ts';
import { undeclared } from './clearance.ts';
import { cleared, LOOSE, rowsOf } from './rows.ts';

interface Range {
  minKg: number;
  maxKg: number;
}

type Weighing = EvidenceOf<'weight'>;

/** Everything that speaks against the weight of a vehicle. */
export function weightReasons(the: Judged): Reason[] {
  const demanded = the.conditions.has('weight');
  const weighings = lastOfEachScale(evidenceOf(the, 'weight'));
  const steady = weighings.filter((one) => isVerified(the, one) && one.stable);
  const fresh = steady.filter((one) => isFresh(the, one));
  const counted = fresh.length > 0 ? fresh : steady;
  const reasons = counted.flatMap((one) => weighingReasons(the, one, demanded));
  if (!demanded || fresh.length > 0) return reasons;
  const [old] = steady;
  return old === undefined
    ? [unweighed(the, weighings)]
    : [...reasons, reason('EVIDENCE_STALE', 'weight', old.device)];
}

/** A scale swings until it rests: its last word counts. Two scales are two witnesses. */
function lastOfEachScale(weighings: readonly Weighing[]): Weighing[] {
  const byDevice = Map.groupBy(weighings, ({ device }) => device);
  return [...byDevice.values()].flatMap(newest);
}

/** Why no weighing counts. */
function unweighed(the: Judged, weighings: readonly Weighing[]): Reason {
  const [scale] = weighings;
  if (scale === undefined) return reason(isReading(the) ? 'EVIDENCE_PENDING' : 'WEIGHT_UNSTABLE', 'weight');
  const why = isVerified(the, scale) ? '' : `the verification of ${scale.device} has ended`;
  return reason('WEIGHT_UNSTABLE', why, scale.device);
}

function weighingReasons(the: Judged, scale: Weighing, demanded: boolean): Reason[] {
  const { load } = the.crossing;
  const reasons = limitReasons(the, scale);
  const tare = tareOf(the, scale);
  if (tare === undefined)
    return demanded && load !== 'bobtail'
      ? [...reasons, reason('WEIGHT_BASIS_UNKNOWN', 'tare of the vehicle', scale.device)]
      : reasons;
  const net: Net = {
    minKg: scale.grossKg - tare.maxKg,
    maxKg: scale.grossKg - tare.minKg,
    device: scale.device,
  };
  if (load === 'bobtail') return [...reasons, ...bobtailReasons(the, net)];
  const against = load === 'empty' ? emptyReasons : declaredReasons;
  const exported = load === 'laden' ? exportedReasons(the, net) : [];
  return [...reasons, ...against(the, net, demanded), ...exported, ...reweighReasons(the, net)];
}

/** What is on the vehicle, as one scale has it. */
interface Net extends Range {
  device: string;
}

/** Who carries nothing weighs what the vehicle weighs. */
function bobtailReasons({ policy }: Judged, net: Net): Reason[] {
  return net.minKg > policy.weight.tolerance.kg
    ? [reason('WEIGHT_OUT_OF_TOLERANCE', `said to carry nothing, carries ${text(net)}`, net.device)]
    : [];
}

/** A scale past its verification is no evidence. */
const isVerified = ({ at }: Judged, { verifiedUntil }: Weighing): boolean =>
  verifiedUntil === undefined || at < verifiedUntil;

function limitReasons({ policy }: Judged, { grossKg, axlesKg = [], device }: Weighing): Reason[] {
  const reasons: Reason[] = [];
  const limits = Object.values(policy.weight.limits);
  const totalKg = Math.min(...limits.map((one) => one.totalKg));
  const axleKg = Math.min(...limits.map((one) => one.axleKg));
  if (grossKg > totalKg) reasons.push(reason('OVERLOAD', `${grossKg} kg, ${totalKg} kg allowed`, device));
  const heaviestKg = Math.max(...axlesKg);
  if (heaviestKg > axleKg)
    reasons.push(reason('AXLE_OVERLOAD', `${heaviestKg} kg on an axle, ${axleKg} kg allowed`, device));
  return reasons;
}

function tareOf({ crossing, policy }: Judged, { tareKg }: Weighing): Range | undefined {
  if (tareKg !== undefined) return { minKg: tareKg, maxKg: tareKg };
  const registeredKg = crossing.vehicle.tareKg;
  if (registeredKg === undefined) return undefined;
  const { fuelKg } = policy.weight;
  return { minKg: registeredKg - fuelKg, maxKg: registeredKg + fuelKg };
}

/** What a container may weigh empty; undefined: not known. */
type Tare = (container: ExpectedContainer) => Range | undefined;

const containerTareOf: Tare = ({ tareKg, sizeType }) =>
  tareKg !== undefined
    ? { minKg: tareKg, maxKg: tareKg }
    : sizeType === undefined
      ? undefined
      : parseContainerType(sizeType)?.tareKg;

/** A weight that no box of any type explains is wrong, whatever this one weighs. */
const anyTareOf = (container: ExpectedContainer): Range => containerTareOf(container) ?? ANY_TARE_KG;

/** How far a measured range is off another; negative: lighter. */
function offKg(measured: Range, expected: Range): number {
  if (measured.minKg > expected.maxKg) return measured.minKg - expected.maxKg;
  return measured.maxKg < expected.minKg ? measured.maxKg - expected.minKg : 0;
}

const text = ({ minKg, maxKg }: Range): string => (minKg === maxKg ? `${minKg} kg` : `${minKg}–${maxKg} kg`);

/** The smaller of the percent and the kilogram bound. */
const allowedKg = ({ policy }: Judged, kg: number): number =>
  Math.min((kg * policy.weight.tolerance.percent) / 100, policy.weight.tolerance.kg);

function declaredReasons(the: Judged, net: Net, demanded: boolean): Reason[] {
  const known = nearestDeclared(the, net, containerTareOf);
  // What customs has still to say will weigh something: until then nothing can weigh too much, and it is held for that.
  const isPartial = the.conditions.has('clearance') && undeclared(the).length > 0;
  const reasons: Reason[] =
    known === undefined && demanded && !isPartial ? [reason('WEIGHT_BASIS_UNKNOWN', 'declared weight')] : [];
  const declared = known ?? nearestDeclared(the, net, anyTareOf);
  if (declared === undefined) return reasons;
  const off = offKg(net, declared);
  if ((isPartial && off > 0) || Math.abs(off) <= allowedKg(the, declared.maxKg)) return reasons;
  const detail = `declared ${text(declared)}, measured ${text(net)}`;
  return [...reasons, reason('WEIGHT_OUT_OF_TOLERANCE', detail, net.device)];
}

/** Of all lawful readings of what is declared the one nearest to what was measured; undefined: there is none. */
function nearestDeclared(the: Judged, net: Net, tareOfBox: Tare): Range | undefined {
  const readings = sums(cleared(the.crossing).map((container) => declaredOf(the, container, tareOfBox)));
  const [nearest] = readings.toSorted((a, b) => Math.abs(offKg(net, a)) - Math.abs(offKg(net, b)));
  return nearest;
}

/** Against what the other side’s export declarations say of all containers: what was sent is what comes. */
function exportedReasons(the: Judged, net: Net): Reason[] {
  const containers = cleared(the.crossing).map((container) => exportedOf(the, container));
  const [exported] = sums(containers.map((one) => (one === undefined ? [] : [one])));
  if (exported === undefined || Math.abs(offKg(net, exported)) <= allowedKg(the, exported.maxKg)) return [];
  const detail = `exported with ${text(exported)}, measured ${text(net)}`;
  return [reason('WEIGHT_OUT_OF_TOLERANCE', detail, net.device)];
}

function exportedOf(the: Judged, container: ExpectedContainer): Range | undefined {
  const exported = exportedWeight(the, container.number);
  if (exported === undefined) return undefined;
  if (exported.basis === 'cargo+container') return exactly(exported.kg);
  const tare = containerTareOf(container);
  return tare === undefined ? undefined : plus(exactly(exported.kg), tare);
}

/**
 * Container and goods as declared, in every lawful reading; none: not known. Declarations of one container state their parts
 * of it, and some state the whole each: where all state the same, it may be either.
 */
function declaredOf(the: Judged, container: ExpectedContainer, tareOfBox: Tare): Range[] {
  const parts = new Map<string, number>();
  const bases = new Set<string>();
  for (const { declaration, grossKg, grossBasis = 'cargo+container' } of rowsOf(the, container.number)) {
    if (grossKg === undefined) continue;
    // One declaration, two weights of the same time.
    if ((parts.get(declaration) ?? grossKg) !== grossKg) return [];
    parts.set(declaration, grossKg);
    bases.add(grossBasis);
  }
  const weights = [...parts.values()];
  const [first] = weights;
  if (first === undefined) return container.grossKg === undefined ? [] : [exactly(container.grossKg)];
  // Goods of one and goods and container of another cannot be told apart.
  if (bases.size > 1 || bases.has('unknown')) return [];
  const total = exactly(weights.reduce((all, kg) => all + kg, 0));
  if (bases.has('cargo+container'))
    return weights.length > 1 && weights.every((kg) => kg === first) ? [exactly(first), total] : [total];
  const tare = container.number === LOOSE ? exactly(0) : tareOfBox(container);
  return tare === undefined ? [] : [plus(total, tare)];
}

const exactly = (kg: number): Range => ({ minKg: kg, maxKg: kg });
const plus = (a: Range, b: Range): Range => ({ minKg: a.minKg + b.minKg, maxKg: a.maxKg + b.maxKg });

/** Of two containers on one vehicle only the sum can be compared: every one that their readings allow. */
const sums = (containers: readonly (readonly Range[])[]): readonly Range[] =>
  containers.reduce<readonly Range[]>(
    (totals, readings) => totals.flatMap((total) => readings.map((one) => plus(total, one))),
    [exactly(0)],
  );

/** An empty weighs what its kind of container weighs. */
function emptyReasons(the: Judged, net: Net, demanded: boolean): Reason[] {
  const { containers } = the.crossing;
  const isKnown = containers.every((one) => containerTareOf(one) !== undefined);
  const reasons: Reason[] =
    demanded && !isKnown ? [reason('WEIGHT_BASIS_UNKNOWN', 'type of the empty container')] : [];
  const tare = containers.map(anyTareOf).reduce(plus, exactly(0));
  const off = offKg(net, tare);
  if (Math.abs(off) <= allowedKg(the, tare.maxKg)) return reasons;
  const code = off > 0 ? 'EMPTY_NOT_EMPTY' : 'WEIGHT_OUT_OF_TOLERANCE';
  return [...reasons, reason(code, `weighs ${text(net)}, an empty one ${text(tare)}`, net.device)];
}

const HOUR_MS = 3_600_000;

/** Against our own earlier weighing: produce loses water, and nothing gains. */
function reweighReasons(the: Judged, net: Net): Reason[] {
  const { at, crossing, policy } = the;
  const { reweighKg, loss } = policy.weight;
  let earlierKg = 0;
  let lossKg = 0;
  for (const container of crossing.containers) {
    const { weighed } = container;
    if (weighed === undefined) return [];
    earlierKg += weighed.kg;
    if (!losesWater(the, container)) continue;
    const hours = Math.max(0, at - weighed.at) / HOUR_MS;
    lossKg += (weighed.kg * Math.min(loss.permilleMax, hours * loss.permillePerHour)) / 1000;
  }
  if (earlierKg === 0) return [];
  const off = offKg(net, { minKg: Math.floor(earlierKg - lossKg), maxKg: earlierKg });
  if (Math.abs(off) <= reweighKg) return [];
  const how = off > 0 ? `gained ${off} kg` : `lost ${-off} kg more than its goods may`;
  const detail = `${how} since it was weighed at ${earlierKg} kg`;
  return [reason('WEIGHT_OUT_OF_TOLERANCE', detail, net.device)];
}

function losesWater(the: Judged, { number, hs = [] }: ExpectedContainer): boolean {
  const codes = [...hs, ...rowsOf(the, number).flatMap(({ goods = [] }) => goods.map((one) => one.hs))];
  const beginnings = the.policy.weight.loss.hs.map(normaliseHsCode);
  return (
    codes.length > 0 &&
    codes.map(normaliseHsCode).every((code) => beginnings.some((beginning) => code.startsWith(beginning)))
  );
}
