/** Where a vehicle, its containers and its papers come from and go: duplicates, whereabouts, goods, transit, stays, returns. */
import { isProduce, parseHsCode } from '../../../protocols/hs-code.ts';
import { normaliseMrn, parseMrn } from '../../../protocols/mrn.ts';
import { type Reason, reason } from '../reasons.ts';
import type { ClearanceRow, ExpectedCrossing, Judged } from './case.ts';
import { cleared, rowsOf } from './rows.ts';

/** Everything that speaks against this journey. */
export function journeyReasons(the: Judged): Reason[] {
  const { crossing } = the;
  const rows =
    crossing.load === 'laden' ? cleared(crossing).flatMap(({ number }) => rowsOf(the, number)) : [];
  return [
    ...duplicateReasons(the),
    ...whereaboutsReasons(the),
    ...goodsReasons(the, rows),
    ...transitReasons(the, rows),
    ...stayReasons(the, rows),
    ...returnReasons(the),
  ];
}

/** A crossing that has passed here already, or whose container another one announces, too. */
function duplicateReasons({ crossing, expected }: Judged): Reason[] {
  const twice = announcedTwice(crossing, expected);
  if (crossing.passedAt === undefined) return twice;
  return [reason('DUPLICATE_CROSSING', `${crossing.crossingId} has passed here already`), ...twice];
}

/** Containers of a crossing that others announce, too. */
export function announcedTwice(crossing: ExpectedCrossing, expected: readonly ExpectedCrossing[]): Reason[] {
  const own = new Set(crossing.containers.map(({ number }) => number));
  return expected.flatMap((other) =>
    other === crossing
      ? []
      : other.containers
          .filter(({ number }) => own.has(number))
          .map(({ number }) =>
            reason('DUPLICATE_CROSSING', `${number} is announced for ${other.crossingId}, too`),
          ),
  );
}

/** A container is in one place at a time, and needs time to another. */
function whereaboutsReasons({ at, crossing, visit, policy }: Judged): Reason[] {
  const numbers = new Set(crossing.containers.map(({ number }) => number));
  return (visit.sightings ?? [])
    .filter(({ container, crossingId }) => numbers.has(container) && crossingId !== crossing.crossingId)
    .filter((one) => one.now || at - one.at < policy.travelMsMin)
    .map(({ container, place, now }) =>
      reason('CONTAINER_ELSEWHERE', `${container} ${now ? 'stands at' : 'was just seen at'} ${place}`),
    );
}

/** Of a mixed load so many kinds are told. */
const KINDS_TOLD_MAX = 10;

/** Codes that are none; and one kind of produce a vehicle, with nothing else beside it. */
function goodsReasons({ policy, crossing }: Judged, rows: readonly ClearanceRow[]): Reason[] {
  const reasons: Reason[] = [];
  const kinds = new Set<string>();
  let hasProduce = false;
  const goods = rows.flatMap((row) => (row.goods ?? []).map((one) => ({ hs: one.hs, row })));
  const own = crossing.containers.flatMap(({ hs = [] }) => hs.map((one) => ({ hs: one, row: undefined })));
  for (const { hs, row } of goods.length > 0 ? goods : own) {
    const code = parseHsCode(hs);
    const where = row === undefined ? '' : `${row.declaration}: `;
    if (!code.ok) reasons.push(reason('HS_CODE_INVALID', `${where}${code.message}`, row?.source));
    else {
      kinds.add(code.value.subheading);
      hasProduce ||= isProduce(hs);
    }
  }
  if (policy.mixedCargo === 'refused' && hasProduce && kinds.size > 1)
    reasons.push(reason('MIXED_CARGO', [...kinds].sort().slice(0, KINDS_TOLD_MAX).join(', ')));
  return reasons;
}

function transitReasons({ crossing }: Judged, rows: readonly ClearanceRow[]): Reason[] {
  return rows.flatMap(({ kind, mrn, declaration, source }) => {
    const against = (why: string): Reason[] => [
      reason('TRANSIT_MRN_MISMATCH', `${declaration}: ${why}`, source),
    ];
    if (mrn === undefined) return kind === 'transit' ? against('no MRN') : [];
    const parsed = parseMrn(mrn);
    const announced = crossing.mrn === undefined ? undefined : normaliseMrn(crossing.mrn);
    if (announced !== undefined && announced !== normaliseMrn(mrn))
      return against(`expected ${crossing.mrn}, stated ${mrn}`);
    // That numbers of ACTS have a check digit is not published: where both state the same number, it has not been misread.
    const isBorneOut = !parsed.ok && parsed.fault === 'check-digit' && announced !== undefined;
    return parsed.ok || isBorneOut ? [] : against(`${mrn}: ${parsed.fault}`);
  });
}

/** Who stayed too long is told of, and never kept from going home; goods admitted for a time are customs’ matter. */
function stayReasons({ at, crossing, policy }: Judged, rows: readonly ClearanceRow[]): Reason[] {
  const reasons: Reason[] = [];
  const { visit } = crossing;
  if (visit !== undefined) {
    const { bothWaysMs, oneWayMs } = policy.dwell;
    const allowedMs = visit.bothWays ? bothWaysMs : oneWayMs;
    if (at - visit.enteredAt > allowedMs)
      reasons.push(reason('DWELL_EXCEEDED', `more than ${allowedMs / 3_600_000} h since it came`));
  }
  for (const { returnBy, container, declaration, source } of rows)
    if (returnBy !== undefined && at >= returnBy)
      reasons.push(reason('TEMPORARY_ADMISSION_OVERDUE', `${container} under ${declaration}`, source));
  return reasons;
}

/** A return is a crossing of its own, and names the move that was refused. */
function returnReasons({ crossing: { load, crossingId, returnOf } }: Judged): Reason[] {
  if (load !== 'return') return [];
  if (returnOf?.against !== undefined) return [reason('RETURN_UNLINKED', returnOf.against)];
  return returnOf === undefined || returnOf.move === crossingId
    ? [reason('RETURN_UNLINKED', crossingId)]
    : [];
}
