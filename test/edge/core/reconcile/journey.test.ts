import {
  alsoExpected,
  BOX,
  box,
  type Change,
  checkpoint,
  crossing,
  HOUR_MS,
  line,
  policy,
  REAR_BOX,
  tell,
  time,
  twins,
  word,
} from '../../../support/reconcile-case.ts';

const seen = (members: Record<string, unknown>): Change =>
  line({ sightings: [{ container: BOX, place: 'slot-3', at: time(-HOUR_MS), ...members }] });
const goods = (...codes: string[]): Change => word({ goods: codes.map((hs) => ({ hs })) });
const entered = (ms: number, bothWays: boolean): Change =>
  crossing({ visit: { enteredAt: time(-ms), bothWays } });
const transit = (mrn?: string): Change => word({ kind: 'transit', mrn });
const MRN = '06DE586600006143E1';

describe('a journey', () => {
  describe('made once', () => {
    tell([
      ['is not made again', [crossing({ passedAt: time(-1) })], 'refer DUPLICATE_CROSSING'],
      [
        'is not made by two vehicles with one container',
        [
          alsoExpected({
            crossingId: 'x2',
            vehicle: { plate: '29H-999.99' },
            containers: [{ number: 'csqu3054383' }],
          }),
        ],
        'refer DUPLICATE_CROSSING',
      ],
      [
        'is another one with another container',
        [
          alsoExpected({
            crossingId: 'x2',
            vehicle: { plate: '29H-999.99' },
            containers: [{ number: REAR_BOX }],
          }),
        ],
        'pass',
      ],
    ]);
  });

  describe('of a container that is elsewhere', () => {
    tell([
      ['cannot be', [seen({ now: true })], 'refer CONTAINER_ELSEWHERE'],
      ['cannot be so soon', [seen({ at: time(-299_999) })], 'refer CONTAINER_ELSEWHERE'],
      ['can be after the time it needs', [seen({ at: time(-300_000) })], 'pass'],
      [
        'can be sooner where the site is smaller',
        [seen({ at: time(-60_000) }), policy({ travelMsMin: 60_000 })],
        'pass',
      ],
      ['cannot be from a time to come', [seen({ at: time(1) })], 'refer CONTAINER_ELSEWHERE'],
      ['is its own', [seen({ now: true, crossingId: 'x1' })], 'pass'],
      ['is that of another container', [seen({ now: true, container: REAR_BOX })], 'pass'],
      [
        'is that of the rear container',
        [twins, seen({ now: true, container: REAR_BOX })],
        'refer CONTAINER_ELSEWHERE',
      ],
    ]);
  });

  describe('of goods', () => {
    tell([
      ['has a code of another chapter than there is', [goods('00123456')], 'refer HS_CODE_INVALID'],
      ['has a code of four digits', [goods('0810')], 'refer HS_CODE_INVALID'],
      ['has a code of letters', [goods('081O60')], 'refer HS_CODE_INVALID'],
      ['has a bad code that was announced', [box({ hs: ['77'] })], 'refer HS_CODE_INVALID'],
      ['has one kind of produce', [goods('08106000', '0810.60.00.10')], 'pass'],
      ['has two kinds of produce', [goods('08106000', '08045020')], 'refer MIXED_CARGO'],
      ['has two kinds of produce of one heading', [goods('081060', '081010')], 'refer MIXED_CARGO'],
      ['has produce and something else', [goods('081060', '851713')], 'refer MIXED_CARGO'],
      ['has two kinds of electronics', [goods('851713', '847130')], 'pass'],
      [
        'has two kinds of produce, which the site allows',
        [goods('081060', '080450'), policy({ mixedCargo: 'allowed' })],
        'pass',
      ],
    ]);
  });

  describe('in transit', () => {
    tell([
      ['has its number', [transit(MRN)], 'pass'],
      ['has its number with spaces', [transit('06DE 5866 0000 6143 E1')], 'pass'],
      ['has none', [transit()], 'refer TRANSIT_MRN_MISMATCH'],
      ['has one with a wrong check digit', [transit('06DE586600006143E2')], 'refer TRANSIT_MRN_MISMATCH'],
      [
        'has the number it was announced under',
        [transit(MRN), crossing({ mrn: '06de586600006143e1' })],
        'pass',
      ],
      [
        'has a check digit of its own kind, and was announced under the same number',
        [transit('06DE586600006143E2'), crossing({ mrn: '06DE586600006143E2' })],
        'pass',
      ],
      ['has another', [transit(MRN), crossing({ mrn: '06DE586600006144E9' })], 'refer TRANSIT_MRN_MISMATCH'],
      ['counts in either direction', [transit(MRN), checkpoint('yard-out')], 'pass'],
    ]);
  });

  describe('home', () => {
    tell([
      ['is in time', [entered(24 * HOUR_MS, false)], 'pass'],
      ['is late, which is told and keeps nobody', [entered(24 * HOUR_MS + 1, false)], 'pass DWELL_EXCEEDED'],
      ['is in time for goods both ways', [entered(36 * HOUR_MS, true)], 'pass'],
      ['is late for goods both ways', [entered(36 * HOUR_MS + 1, true)], 'pass DWELL_EXCEEDED'],
      [
        'is late where the site says so',
        [entered(2 * HOUR_MS, false), policy({ dwell: { oneWayMs: HOUR_MS, bothWaysMs: HOUR_MS } })],
        'pass DWELL_EXCEEDED',
      ],
      ['of goods admitted for a time is in time', [word({ returnBy: time(1) })], 'pass'],
      [
        'of goods admitted for a time is late',
        [word({ returnBy: time(0) })],
        'refer TEMPORARY_ADMISSION_OVERDUE',
      ],
    ]);
  });

  describe('back of what was refused', () => {
    const back = { load: 'return', returnOf: { move: 'x0', refusal: 'quarantine: fruit fly' } };
    tell([
      ['is a crossing of its own', [crossing(back)], 'pass'],
      ['needs no release', [crossing(back), line({ clearances: [] })], 'pass'],
      [
        'is not kept by what it was refused for',
        [crossing(back), word({ conditions: { quarantine: 'failed' } })],
        'pass',
      ],
      ['names no refused move', [crossing({ load: 'return' })], 'refer RETURN_UNLINKED'],
      [
        'names itself',
        [crossing({ ...back, returnOf: { move: 'x1', refusal: 'x' } })],
        'refer RETURN_UNLINKED',
      ],
    ]);
  });
});
