/** What was read of the vehicle against the crossing it was matched to. */

import { parsePlate } from '../../../protocols/plates.ts';
import {
  type Agreement,
  type Candidate,
  type ExpectedIndex,
  type Identified,
  identify,
  indexOf,
  type Read,
} from '../identify/identify.ts';
import { type Reason, reason } from '../reasons.ts';
import { type Case, type Evidence, type ExpectedCrossing, isFresh, isReading, type Judged } from './case.ts';
import { announcedTwice } from './journey.ts';

const IDENTIFYING: ReadonlySet<Evidence['kind']> = new Set<Read['kind']>([
  'plate',
  'trailer',
  'container',
  'rfid',
  'vehicle',
  'booking',
]);

type Identifying = Extract<Evidence, { kind: Read['kind'] }>;

/** The readings that tell who it is, as the identifier takes them. */
const readsOf = (evidence: readonly Evidence[]): Identifying[] =>
  evidence.filter((one): one is Identifying => IDENTIFYING.has(one.kind));

const candidateOf = ({ crossingId, vehicle, containers, bookingId }: ExpectedCrossing) => ({
  crossingId,
  containers,
  ...(vehicle.plate !== undefined && { plate: vehicle.plate }),
  ...(vehicle.trailer !== undefined && { trailer: vehicle.trailer }),
  ...(vehicle.serial !== undefined && { serial: vehicle.serial }),
  ...(vehicle.rfid !== undefined && { rfid: vehicle.rfid }),
  ...(bookingId !== undefined && { bookingId }),
});

/** Those expected, arranged for searching: derived from them alone, and kept as long as they are. */
const arranged = new WeakMap<readonly ExpectedCrossing[], { pool: Candidate[]; index: ExpectedIndex }>();

/** Who of those expected it is. `expected` must not be changed afterwards. */
export function identifyAmong(
  expected: readonly ExpectedCrossing[],
  evidence: readonly Evidence[],
  { policy }: Pick<Case, 'policy'>,
): Identified {
  let known = arranged.get(expected);
  if (known === undefined) {
    const pool = expected.map(candidateOf);
    known = { pool, index: indexOf(pool) };
    arranged.set(expected, known);
  }
  return identify(readsOf(evidence), known.pool, policy.identify, known.index);
}

/** Why it is nobody, or cannot be said who it is. */
export function unmatchedReasons(the: Case, { outcome, candidates, images, ...seen }: Identified): Reason[] {
  switch (outcome) {
    case 'matched':
      return [];
    case 'unread':
      return [reason('EVIDENCE_PENDING', 'who it is')];
    case 'none':
      return [reason('NO_CROSSING_MATCH', readTexts(the).join(', '), devicesOf(the, ...IDENTIFYING))];
    case 'ambiguous': {
      const rivals = candidates.map(({ crossingId, score }) => `${crossingId} (${score})`).join(', ');
      const best = the.expected.find(({ crossingId }) => crossingId === candidates[0]?.crossingId);
      return [
        {
          ...reason('AMBIGUOUS_MATCH', rivals, images.join(', ') || devicesOf(the, ...IDENTIFYING)),
          candidates,
        },
        ...mismatches(the, seen),
        ...(best === undefined ? [] : announcedTwice(best, the.expected)),
      ];
    }
    default:
      return outcome satisfies never;
  }
}

const readTexts = ({ visit }: Case): string[] =>
  [...new Set(readsOf(visit.evidence).map(({ value }) => value))].sort();

/** Who has read what of a vehicle is of one of these kinds. */
const devicesOf = ({ visit }: Pick<Case, 'visit'>, ...kinds: Evidence['kind'][]): string =>
  [...new Set(visit.evidence.flatMap(({ kind, device }) => (kinds.includes(kind) ? device : [])))]
    .sort()
    .join(', ');

type Parts = Pick<Identified, 'plate' | 'trailer' | 'containers' | 'unexpectedContainers'>;

/** What was read and is another than expected: it counts whatever is demanded. */
function mismatches(the: Case, { plate, trailer, containers, unexpectedContainers }: Parts): Reason[] {
  const reasons: Reason[] = [];
  // Every camera that looks at plates may see either.
  const cameras = devicesOf(the, 'plate', 'trailer');
  const readers = devicesOf(the, 'container');
  if (plate.agreement === 'contradicts')
    reasons.push(reason('PLATE_MISMATCH', `read ${plate.read}`, cameras));
  if (trailer.agreement === 'contradicts')
    reasons.push(reason('TRAILER_MISMATCH', `read ${trailer.read}`, cameras));
  for (const { number, agreement, read, misplaced, position } of containers)
    if (agreement === 'contradicts') {
      const seen = misplaced === true ? `it in the ${position}` : read;
      reasons.push(reason('CONTAINER_MISMATCH', `expected ${number}, read ${seen}`, readers));
    }
  const told = new Set(containers.map(({ read }) => read));
  const others = unexpectedContainers.filter((number) => !told.has(number));
  if (containers.length > 0)
    for (const number of others)
      reasons.push(reason('CONTAINER_MISMATCH', `read ${number}, not expected`, readers));
  return reasons;
}

/** Everything that speaks against the identities of a matched vehicle. */
export function identityReasons(the: Judged, identified: Identified): Reason[] {
  const { crossing, conditions, visit } = the;
  // A person’s word stands for the plates.
  const vouched = visit.identifiedAs === crossing.crossingId;
  const reasons = mismatches(the, identified).filter(
    ({ code }) => !vouched || (code !== 'PLATE_MISMATCH' && code !== 'TRAILER_MISMATCH'),
  );
  reasons.push(...doubtfulReasons(the, identified));
  reasons.push(...strangerReasons(the, identified));
  if (conditions.has('booking') && !crossing.booked) reasons.push(reason('NOT_BOOKED', crossing.crossingId));

  const fresh = freshly(the, identified);
  if (!vouched)
    reasons.push(...unannouncedReasons(the, identified), ...vehicleReasons(the, identified, fresh));
  if (conditions.has('container'))
    for (const [at, { number, agreement }] of identified.containers.entries()) {
      if (agreement === 'unread' && !isReading(the)) reasons.push(reason('CONTAINER_UNREADABLE', number));
      else reasons.push(...read(agreement, fresh.containers[at]?.agreement, `container ${number}`));
    }
  return reasons;
}

/** What agrees only because it looks alike and all else agrees: it passes, and the record says so. */
function doubtfulReasons(the: Judged, { plate, trailer, containers, images }: Identified): Reason[] {
  const { vehicle } = the.crossing;
  const source = images.join(', ') || devicesOf(the, 'plate', 'trailer', 'container');
  const parts = [
    { ...plate, wanted: vehicle.plate },
    { ...trailer, wanted: vehicle.trailer },
    ...containers.map((one) => ({ ...one, wanted: one.number })),
  ];
  return parts
    .filter(({ agreement, doubt }) => agreement === 'agrees' && doubt > the.policy.identify.clearDoubtMax)
    .map(({ wanted, read: text }) => reason('READ_DOUBTFUL', `expected ${wanted}, read ${text}`, source));
}

/** What is on the vehicle and not of this crossing: tags, the booking that is shown, containers where there should be none. */
function strangerReasons({ crossing }: Judged, identified: Identified): Reason[] {
  const { rfid, vehicle, booking, unexpectedContainers } = identified;
  const reasons: Reason[] = [];
  if (rfid.agreement === 'contradicts') reasons.push(reason('VEHICLE_MISMATCH', `tag ${rfid.read}`));
  if (vehicle.agreement === 'contradicts')
    reasons.push(reason('VEHICLE_MISMATCH', `serial number ${vehicle.read}`));
  if (booking.agreement === 'contradicts')
    reasons.push(reason('NOT_BOOKED', `expected ${crossing.bookingId}, shown ${booking.read}`));
  const isBobtail = crossing.load === 'bobtail';
  if (isBobtail || crossing.containers.length === 0)
    for (const number of unexpectedContainers) reasons.push(reason('CONTAINER_UNEXPECTED', `read ${number}`));
  if (isBobtail)
    for (const { number } of crossing.containers)
      reasons.push(
        reason('CONTAINER_UNEXPECTED', `${number} is announced for a vehicle that carries nothing`),
      );
  return reasons;
}

/** Plates on a vehicle that was announced without: then there may be another one than was announced. */
function unannouncedReasons(the: Judged, { plate, trailer }: Identified): Reason[] {
  const { load, vehicle } = the.crossing;
  const reasons: Reason[] = [];
  const isPlateless = vehicle.serial !== undefined || (vehicle.rfid ?? []).length > 0;
  if (isPlateless && plate.agreement === 'not-expected' && parsePlate(plate.read ?? '')?.kind !== undefined)
    reasons.push(
      reason('PLATE_MISMATCH', `none announced, read ${plate.read}`, devicesOf(the, 'plate', 'trailer')),
    );
  if (trailer.agreement !== 'not-expected' || parsePlate(trailer.read ?? '')?.trailer !== true)
    return reasons;
  // Goods come on a trailer, whoever announced them; who carries nothing has no need of one.
  const code = load === 'bobtail' ? 'TRAILER_MISMATCH' : 'TRAILER_UNANNOUNCED';
  const detail = `none announced, read ${trailer.read}`;
  return [...reasons, reason(code, detail, devicesOf(the, 'plate', 'trailer'))];
}

/** What the readings say that are young enough to open a barrier on. */
function freshly(the: Judged, identified: Identified): Identified {
  const fresh = the.evidence.filter((one) => isFresh(the, one));
  return fresh.length === the.evidence.length ? identified : identifyAmong([the.crossing], fresh, the);
}

/** The vehicle itself: by its plates; one without a plate by its serial number and its tag. */
function vehicleReasons(the: Judged, seen: Identified, fresh: Identified): Reason[] {
  const { crossing, conditions } = the;
  const { plate, trailer, serial, rfid = [] } = crossing.vehicle;
  const reasons: Reason[] = [];
  if (conditions.has('trailer') && trailer !== undefined)
    reasons.push(...read(seen.trailer.agreement, fresh.trailer.agreement, `trailer ${trailer}`));
  if (!conditions.has('plate')) return reasons;
  const of = (which: 'plate' | 'vehicle' | 'rfid', what: string): Reason[] =>
    read(seen[which].agreement, fresh[which].agreement, what);
  if (plate !== undefined) return [...reasons, ...of('plate', `plate ${plate}`)];
  // The serial says which vehicle speaks, the tag which one stands here: of one that has both, both are asked for.
  if (serial !== undefined) reasons.push(...of('vehicle', `serial number ${serial}`));
  if (rfid.length > 0) reasons.push(...of('rfid', `tag ${rfid.join(', ')}`));
  if (serial !== undefined || rfid.length > 0) return reasons;
  const detail = `none announced, read ${seen.plate.read ?? 'none'}`;
  return [...reasons, reason('PLATE_MISMATCH', detail, devicesOf(the, 'plate', 'trailer'))];
}

/** Awaited while nothing is read; stale when what was read lately does not say so any more. */
function read(agreement: Agreement, lately: Agreement | undefined, what: string): Reason[] {
  if (agreement === 'unread') return [reason('EVIDENCE_PENDING', what)];
  return agreement === 'agrees' && lately !== 'agrees' ? [reason('EVIDENCE_STALE', what)] : [];
}
