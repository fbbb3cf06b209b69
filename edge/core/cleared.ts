/**
 * How long the word of an owner counts who has cleared a reason. What was seen of a vehicle or of its goods was seen of those that were
 * there: whoever has turned back and comes again may be another one, or carry something else.
 */
import type { LaneConfig } from '../../config/schema.ts';
import type { cargoReasons } from './reasons/cargo.ts';
import type { identityReasons } from './reasons/identity.ts';
import type { Finding } from './reconcile/case.ts';
import type { Crossing, Visit } from './state.ts';

type Seen = keyof typeof identityReasons | keyof typeof cargoReasons;

/** What each reason was read from: the vehicle, what it carries, or papers, which say the same whenever it comes. */
const READ_FROM: Record<Seen, 'vehicle' | 'goods' | 'papers'> = {
  EVIDENCE_PENDING: 'vehicle',
  EVIDENCE_STALE: 'vehicle',
  DEVICE_OFFLINE: 'vehicle',
  NO_CROSSING_MATCH: 'vehicle',
  AMBIGUOUS_MATCH: 'vehicle',
  PLATE_MISMATCH: 'vehicle',
  TRAILER_UNANNOUNCED: 'vehicle',
  TRAILER_MISMATCH: 'vehicle',
  VEHICLE_MISMATCH: 'vehicle',
  READ_DOUBTFUL: 'vehicle',
  CONTAINER_MISMATCH: 'goods',
  CONTAINER_UNREADABLE: 'goods',
  CONTAINER_UNEXPECTED: 'vehicle',
  CONTAINER_ELSEWHERE: 'papers',
  DUPLICATE_CROSSING: 'papers',
  NOT_BOOKED: 'papers',
  CAME_BACK: 'vehicle',
  RETURN_UNLINKED: 'papers',
  CONTAINER_DAMAGED: 'goods',
  EMPTY_NOT_EMPTY: 'goods',
  SEAL_MISMATCH: 'goods',
  SEAL_MISSING: 'goods',
  SEAL_BROKEN: 'goods',
  SEAL_CHANGE_UNRECORDED: 'goods',
  WEIGHT_OUT_OF_TOLERANCE: 'goods',
  WEIGHT_UNSTABLE: 'goods',
  WEIGHT_BASIS_UNKNOWN: 'papers',
  OVERLOAD: 'vehicle',
  AXLE_OVERLOAD: 'vehicle',
  OUT_OF_GAUGE: 'vehicle',
  RADIATION_ALARM: 'goods',
  RADIATION_UNKNOWN: 'goods',
  EXPLOSIVE_OR_CHEMICAL: 'goods',
  TEST_POSITIVE: 'goods',
  DANGEROUS_GOODS: 'goods',
  REEFER_TEMPERATURE: 'goods',
  MIXED_CARGO: 'papers',
  HS_CODE_INVALID: 'papers',
  DWELL_EXCEEDED: 'papers',
};

/** The words that count for a visit of the crossing. */
export function wordsFor(
  { cleared = [], direction }: Pick<Crossing, 'cleared' | 'direction'>,
  { checkpoint }: Pick<LaneConfig, 'checkpoint'>,
  { since }: Pick<Visit, 'since'>,
): readonly Finding[] {
  // Between its way in and its way out everything is under our eyes.
  if (checkpoint !== 'yard-in' && checkpoint !== 'border-in') return cleared;
  const bringsGoods = checkpoint === 'border-in' || direction === 'export';
  return cleared.filter(({ code, at }) => {
    const from = READ_FROM[code as Seen] ?? 'papers';
    return at >= since || from === 'papers' || (from === 'goods' && !bringsGoods);
  });
}
