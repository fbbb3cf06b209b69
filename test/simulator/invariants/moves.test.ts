import assert from 'node:assert/strict';
import type { AreaReport } from '../../../protocols/clearance/words.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { orderAlong, the } from '../../support/simulated-site.ts';
import { assertFound, type WatchedRun, watchedRun } from './watched-run.ts';

const eventTime = '2026-01-01T07:00:00+07:00';
const move = 'm-1';
const grant = 'g-1';

const offer = (id: string, vehicle: string, container: string): HandoverRecord => ({
  kind: 'offered',
  move: id,
  load: 'laden',
  track: 'north',
  vehicle,
  homeGate: 'huu-nghi',
  plate: '12C-123.45',
  containers: [{ number: container }],
});
const granted = (id: string, number: string): HandoverRecord => ({
  kind: 'granted',
  move: id,
  grant: number,
  track: 'north',
  holdNode: 'hnq-in-1',
  bayNode: 'hnq-bay-land',
});
const OFFER = offer(move, 'xe-1', 'TCLU0000001');
const GRANT = granted(move, grant);
const DEPARTED: HandoverRecord = { kind: 'departed', move, grant, eventTime };
const ARRIVED: HandoverRecord = { kind: 'arrived', move, eventTime };
const RECEIVED: HandoverRecord = { kind: 'received', move, eventTime, containers: ['TCLU0000001'] };
const CLOSED: HandoverRecord = { kind: 'closed', move, eventTime };

describe('invariants of the border section, by the two logs', () => {
  let watched: WatchedRun;
  beforeEach(() => {
    watched = watchedRun();
  });
  afterEach(() => watched.run.stop());

  /** Lines in the order in which they become durable; the receiver writes grants, arrivals and receipts. */
  function tell(...records: HandoverRecord[]): void {
    for (const record of records) {
      const byReceiver = ['granted', 'accepted', 'refused', 'arrived', 'received'].includes(record.kind);
      watched.write(byReceiver ? watched.cn : watched.vn, record);
    }
  }

  it('I4: a whole move, a withdrawn one and a returned one are as they should be', () => {
    tell(OFFER, GRANT, DEPARTED, ARRIVED, RECEIVED, CLOSED);
    tell(offer('m-2', 'xe-1', 'TCLU0000002'), { kind: 'offer-withdrawn', move: 'm-2' });
    tell(granted('m-2', 'g-2'), { kind: 'grant-returned', move: 'm-2', grant: 'g-2' });
    tell(offer('m-3', 'xe-1', 'TCLU0000002'), granted('m-3', 'g-3'));
    assert.deepEqual(watched.found(), []);
  });

  const forged: [string, 'I2' | 'I4', RegExp, HandoverRecord[]][] = [
    ['departs without a grant', 'I4', /without a grant/, [OFFER, DEPARTED]],
    ['departs twice', 'I4', /departs twice/, [OFFER, GRANT, DEPARTED, DEPARTED]],
    [
      'departs after it was withdrawn',
      'I4',
      /given up/,
      [OFFER, GRANT, { kind: 'offer-withdrawn', move }, DEPARTED],
    ],
    ['is granted twice', 'I4', /granted twice/, [OFFER, GRANT, granted(move, 'g-2')]],
    ['arrives without having departed', 'I4', /has not departed/, [OFFER, GRANT, ARRIVED]],
    ['is received twice', 'I4', /received twice/, [OFFER, GRANT, DEPARTED, ARRIVED, RECEIVED, RECEIVED]],
    [
      'is received with another container',
      'I4',
      /sent with TCLU0000001/,
      [OFFER, GRANT, DEPARTED, ARRIVED, { ...RECEIVED, containers: ['TCLU0000009'] } as HandoverRecord],
    ],
    ['is closed and was not received', 'I4', /was not received/, [OFFER, GRANT, DEPARTED, ARRIVED, CLOSED]],
    ['is closed twice', 'I4', /not under way/, [OFFER, GRANT, DEPARTED, ARRIVED, RECEIVED, CLOSED, CLOSED]],
    [
      'takes a container that is under way in another',
      'I4',
      /TCLU0000001 is offered in m-2/,
      [OFFER, offer('m-2', 'xe-2', 'TCLU0000001')],
    ],
    [
      'is granted a place that another one has',
      'I2',
      /hnq-bay-land is granted to m-2/,
      [OFFER, GRANT, DEPARTED, ARRIVED, offer('m-2', 'xe-2', 'TCLU0000002'), granted('m-2', 'g-2')],
    ],
  ];
  for (const [what, invariant, telling, records] of forged) {
    it(`${invariant}: a move that ${what} is noticed`, () => {
      tell(...records);
      assertFound(watched, invariant, telling);
    });
  }

  it('I2: more vehicles on a track than it takes are noticed', () => {
    const { run, vn, world, invariants } = watched;
    vn.crash(600_000);
    for (const [vehicle, park] of [
      ['xe-1', 'hn-park-1'],
      ['xe-2', 'hn-park-2'],
    ] as const)
      the(world.vehicles, vehicle).order(
        orderAlong(vehicle, 0, [park, 'hn-bay-load', 'hn-out-1', 'km0-north'], { base: 4 }),
      );
    the(world.laneIo, 'io-border-out-1').barrier('raise');
    run.clock.advance(120_000);
    invariants.sweep();
    assertFound(watched, 'I2', /2 vehicles are on north, which takes 1/);
  });

  it('I5: a line that is lost or told anew after a crash is noticed', () => {
    const { vn, invariants } = watched;
    tell(OFFER);
    invariants.observer.crashed?.(vn);
    assert.equal(watched.found()[0]?.invariant, 'I5');
    assert.match(watched.found()[0]?.detail ?? '', /its log has 0 lines, 1 were durable/);
  });

  it('I4: a container that customs hears of twice is noticed', () => {
    const report: Omit<AreaReport, 'reportId'> = {
      container: 'TCLU0000001',
      declarations: [],
      eventTime,
      kind: 'get-in',
    };
    watched.world.customs.report({ ...report, reportId: 'r-1' });
    watched.world.customs.report({ ...report, reportId: 'r-1' });
    assert.deepEqual(watched.found(), [], 'the same report told twice is one report');
    watched.world.customs.report({ ...report, reportId: 'r-2' });
    assertFound(watched, 'I4', /get-in of TCLU0000001 .*is reported twice/);
  });

  it('I10: a move that has departed and is not received is left over', () => {
    tell(OFFER, GRANT, DEPARTED);
    assert.deepEqual(watched.invariants.drained(), ['m-1: departed from huu-nghi and not received']);
  });
});
