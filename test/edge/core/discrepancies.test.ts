import assert from 'node:assert/strict';
import type { PersonRole } from '../../../config/schema.ts';
import { expectationOf } from '../../../edge/core/awaited.ts';
import { OPEN_MAX, OVER_MAX } from '../../../edge/core/discrepancies.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act } from '../../../edge/core/input.ts';
import { reason } from '../../../edge/core/reasons.ts';
import type { Crossing } from '../../../edge/core/state.ts';
import { isSentOff } from '../../../edge/core/truck-sent-off.ts';
import { homeOf } from '../../../edge/core/vehicle-health.ts';
import type { HandoverRecord, RecordOf } from '../../../protocols/handover/record.ts';
import {
  bootBorder,
  box,
  type CoreBorder,
  EVENT_TIME,
  kindsOf,
  wholeLinesOf,
} from '../../support/core-border.ts';
import { bootYard, type Yard } from '../../support/core-yard.ts';

const MOVE = 'm1';
const OURS = 'huu-nghi-d1';
const THEIRS = 'huu-nghi-quan-d1';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const disputed = (more: Partial<RecordOf<'disputed'>> = {}): HandoverRecord => ({
  kind: 'disputed',
  move: MOVE,
  discrepancy: THEIRS,
  eventTime: EVENT_TIME,
  differences: [{ code: 'WEIGHT' }],
  deadline: '2026-03-02T12:00:00+08:00',
  place: 'huu-nghi',
  custodian: 'huu-nghi',
  ...more,
});
type Outcome = NonNullable<RecordOf<'closed'>['outcome']>;
const closed = (outcome: Outcome, discrepancy = OURS, move = MOVE): HandoverRecord => ({
  kind: 'closed',
  move,
  eventTime: EVENT_TIME,
  discrepancy,
  outcome,
});

const asks = (
  step: CoreBorder['step'],
  act: Act,
  role: PersonRole = 'supervisor',
  reason = 'seen',
): Effect[] => step({ type: 'operator-act', person: 'dung', role, act, reason });
/** Why an act was refused; undefined: it was done. */
const refusalOf = (effects: Effect[]): unknown =>
  effects.flatMap((one) => (one.kind === 'decide' && one.type === 'act-refused' ? [one.body.reason] : []))[0];

describe('a difference between what was handed over and what was found', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder({}, ({ counterpart }) => {
      counterpart.disputes.deadlineHours = 4;
    });
    border.offered(MOVE, box(1));
    border.read({ kind: 'departed', move: MOVE, grant: grantOf(), eventTime: EVENT_TIME });
  });
  const grantOf = (): string => border.moved(MOVE).inbound?.grant ?? '';
  const disputes = (more: Partial<Extract<Act, { kind: 'dispute' }>> = {}): Effect[] =>
    asks(border.step, { kind: 'dispute', move: MOVE, code: 'SEAL_BROKEN', container: box(1), ...more });
  const closes = (outcome: Outcome, discrepancy = OURS): Effect[] =>
    asks(border.step, { kind: 'close-discrepancy', discrepancy, outcome });
  const isOpen = (id = OURS): boolean => border.gate.state.discrepancies[id]?.overAt === undefined;
  const alarms = (): string[] => border.gate.alarms().filter((one) => one.startsWith('DISCREPANC'));
  const unknown = (): number => border.gate.state.alarms[`GRANT_UNKNOWN/${MOVE}`]?.count ?? 0;

  it('is told by whoever has seen it: in the log with its deadline and custodian, and by an alarm', () => {
    const photo = 'cd'.repeat(32);
    const text = { lang: 'vi', text: 'Kẹp chì bị đứt' };
    const [line] = wholeLinesOf(disputes({ expected: 'S1', photo, text }));
    assert.deepEqual(line, {
      kind: 'disputed',
      move: MOVE,
      custodyPoint: 'set-down',
      discrepancy: OURS,
      eventTime: '2026-03-02T07:00:00.000+07:00',
      deadline: '2026-03-02T11:00:00.000+07:00',
      differences: [{ code: 'SEAL_BROKEN', container: box(1), expected: 'S1', text: [text] }],
      place: 'huu-nghi',
      custodian: 'huu-nghi-quan',
      evidence: [{ type: 'picture', sha256: photo }],
    });
    assert.deepEqual(alarms(), [`DISCREPANCY_OPEN/${OURS}`]);
    assert.equal(refusalOf(disputes()), `${OURS} is open on that already`);
  });

  it('needs a reason, a move that is known and has left, and a container that went by it', () => {
    const dispute = { kind: 'dispute', move: MOVE, code: 'WEIGHT' } as const;
    assert.equal(refusalOf(asks(border.step, dispute, 'operator', '')), 'no reason is given');
    assert.equal(refusalOf(disputes({ move: 'm99' })), 'no move m99 is known');
    assert.equal(refusalOf(disputes({ move: '__proto__' })), 'no move __proto__ is known');
    assert.equal(refusalOf(disputes({ container: box(2) })), `${box(2)} did not go by ${MOVE}`);
    border.offered('m2', box(2));
    assert.equal(refusalOf(disputes({ move: 'm2', container: box(2) })), 'm2 has not left');
    assert.deepEqual(border.gate.state.discrepancies, {});
  });

  it('may be told of a move that was over some days ago, and not of one that was over long since', () => {
    const delivered = {
      crossing: 'huu-nghi-9',
      direction: 'export',
      at: border.gate.state.now - 29 * DAY_MS,
      move: 'huu-nghi-m9',
      custodyPoint: 'km0',
    } as const;
    border.gate.state.delivered[box(5)] = delivered;
    const [line] = wholeLinesOf(disputes({ move: 'huu-nghi-m9', container: box(5) }));
    assert.ok(line?.kind === 'disputed');
    assert.deepEqual([line.custodian, line.custodyPoint], ['huu-nghi-quan', 'km0']);
    border.gate.state.delivered[box(5)] = { ...delivered, at: delivered.at - 2 * DAY_MS };
    const late = disputes({ move: 'huu-nghi-m9', container: box(5), code: 'WEIGHT' });
    assert.equal(refusalOf(late), 'huu-nghi-m9 was over more than 30 days ago');
  });

  it('is over when both have closed it in the same way, and then may be told of anew', () => {
    disputes();
    assert.equal(
      refusalOf(
        asks(border.step, { kind: 'close-discrepancy', discrepancy: OURS, outcome: 'settled' }, 'operator'),
      ),
      'it takes the role supervisor',
    );
    assert.deepEqual(kindsOf(closes('as-found')), ['closed']);
    assert.equal(isOpen(), true, 'the other side has not');
    assert.equal(refusalOf(closes('as-found')), `this gate has closed ${OURS} as-found already`);
    border.read(closed('as-found'));
    assert.equal(isOpen(), false);
    assert.deepEqual(alarms(), []);
    assert.equal(refusalOf(closes('settled')), `${OURS} is not open`);
    assert.deepEqual(kindsOf(disputes()), ['disputed']);
  });

  it('stays open while the two sides say otherwise, and people are told to agree', () => {
    disputes();
    border.read(closed('settled'));
    closes('as-found');
    assert.deepEqual(alarms(), [`DISCREPANCY_OPEN/${OURS}`, `DISCREPANCY_OUTCOMES_DIFFER/${OURS}`]);
    closes('settled');
    assert.deepEqual([isOpen(), alarms()], [false, []]);
  });

  it('is open again at both gates when both had given in at the same time: the last words of the two logs count', () => {
    disputes();
    closes('as-found');
    border.read(closed('settled'));
    closes('settled');
    assert.equal(isOpen(), false);
    border.read(closed('as-found'));
    assert.deepEqual([isOpen(), alarms().length], [true, 2]);
    closes('as-found');
    assert.equal(isOpen(), false);
  });

  it('is inspected by both sides together, which closes nothing by itself', () => {
    disputes();
    const inspectors = ['quyen', 'wei'];
    const act = { kind: 'joint-inspection', discrepancy: OURS, outcome: 'confirmed', inspectors } as const;
    const [line] = wholeLinesOf(asks(border.step, act, 'customs-officer'));
    assert.ok(line?.kind === 'joint-inspection');
    assert.deepEqual([line.discrepancy, line.outcome, line.inspectors], [OURS, 'confirmed', inspectors]);
    assert.equal(isOpen(), true);
    const { inspections = [] } = border.gate.state.discrepancies[OURS] ?? {};
    assert.deepEqual(
      inspections.map(({ by, outcome }) => [by, outcome]),
      [['huu-nghi', 'confirmed']],
    );
    assert.ok(refusalOf(asks(border.step, act, 'operator')));
  });

  it('is escalated when its deadline passes: an alarm, and one record however long it stays', () => {
    disputes();
    const effects = border.wait(5 * HOUR_MS);
    assert.deepEqual(kindsOf(effects), ['joint-inspection']);
    const [line] = wholeLinesOf(effects);
    assert.ok(line?.kind === 'joint-inspection' && line.outcome === 'escalated');
    assert.ok(alarms().includes(`DISCREPANCY_OVERDUE/${OURS}`));
    assert.deepEqual(kindsOf(border.wait(9 * HOUR_MS)), []);
    closes('as-found');
    border.read(closed('as-found'));
    assert.deepEqual(alarms(), []);
  });

  it('of the other side stands here, too, with its deadline; escalation is theirs to write', () => {
    border.read(disputed());
    assert.deepEqual(alarms(), [`DISCREPANCY_OPEN/${THEIRS}`]);
    assert.equal(
      border.gate.state.discrepancies[THEIRS]?.deadlineAt,
      Date.parse('2026-03-02T12:00:00+08:00'),
    );
    assert.deepEqual(kindsOf(border.wait(5 * HOUR_MS)), []);
    assert.ok(alarms().includes(`DISCREPANCY_OVERDUE/${THEIRS}`));
    border.read(closed('withdrawn', THEIRS));
    assert.deepEqual(kindsOf(closes('withdrawn', THEIRS)), ['closed']);
    assert.equal(isOpen(THEIRS), false);
  });

  it('that was escalated over there is shown as overdue here, whatever our clock says', () => {
    border.read(disputed());
    border.read({
      kind: 'joint-inspection',
      move: MOVE,
      discrepancy: THEIRS,
      eventTime: EVENT_TIME,
      inspectors: ['huu-nghi-quan'],
      outcome: 'escalated',
    });
    assert.ok(alarms().includes(`DISCREPANCY_OVERDUE/${THEIRS}`));
    assert.deepEqual(kindsOf(border.wait(5 * HOUR_MS)), []);
  });

  it('is kept through a restart, its deadline too', () => {
    disputes();
    border.restarts();
    assert.deepEqual(kindsOf(border.wait(5 * HOUR_MS)), ['joint-inspection']);
  });

  const forged: [string, HandoverRecord][] = [
    [
      'of a move nobody knows',
      disputed({ move: MOVE, discrepancy: 'huu-nghi-quan-d2', custodian: 'nobody' }),
    ],
    ['under a name of ours', disputed({ discrepancy: 'huu-nghi-d7' })],
    ['under a name of nobody', disputed({ discrepancy: '__proto__' })],
    ['opened twice', disputed()],
    ['closed, that nobody has opened', closed('settled', 'huu-nghi-d7')],
    [
      'closed under another move',
      { ...closed('settled', THEIRS), move: MOVE, discrepancy: '' } as HandoverRecord,
    ],
    ['closed without saying how', { kind: 'closed', move: MOVE, eventTime: EVENT_TIME, discrepancy: THEIRS }],
    [
      'inspected, that nobody has opened',
      {
        kind: 'joint-inspection',
        move: MOVE,
        discrepancy: 'x',
        eventTime: EVENT_TIME,
        inspectors: ['wei'],
        outcome: 'confirmed',
      },
    ],
    [
      'brought back by a move that was not ours',
      { kind: 'returned', move: MOVE, by: 'm7', eventTime: EVENT_TIME, containers: [box(1)] },
    ],
  ];
  for (const [what, line] of forged)
    it(`${what}: people are called, and nothing changes`, () => {
      border.read(disputed());
      const before = JSON.stringify(border.gate.state.discrepancies);
      assert.deepEqual(kindsOf(border.read(line)), []);
      assert.equal(JSON.stringify(border.gate.state.discrepancies), before);
      assert.equal(unknown(), 1);
    });

  it('in great numbers are no flood: so many are open at once, alarms are shared, and old ones are forgotten', () => {
    const theirs = (n: number): string => `huu-nghi-quan-d${n}`;
    for (let n = 1; n <= OPEN_MAX; n += 1) border.gate.read(disputed({ discrepancy: theirs(n) }));
    assert.equal(alarms().length, 51, 'fifty, and one for the others');
    border.read(disputed({ discrepancy: theirs(OPEN_MAX + 1) }));
    assert.equal(Object.keys(border.gate.state.discrepancies).length, OPEN_MAX);
    assert.ok(alarms().includes('DISCREPANCIES_FULL/huu-nghi-quan'));
    assert.match(String(refusalOf(disputes())), /differences are open already/);
    for (let n = 1; n <= OPEN_MAX; n += 1) {
      border.gate.read(closed('settled', theirs(n)));
      closes('settled', theirs(n));
    }
    assert.equal(Object.keys(border.gate.state.discrepancies).length, OVER_MAX);
    assert.deepEqual(alarms(), []);
  });
});

describe('goods with an open difference stay in the yard', () => {
  let yard: Yard;
  let crossing: Crossing;
  beforeEach(() => {
    yard = bootYard();
    yard.step({ type: 'counterpart-link', up: true });
  });
  const isOfMove = (): void => {
    crossing.inbound = { move: MOVE, track: 'south', grant: 'g1', departed: true, received: true };
    yard.gate.state.moves[MOVE] = crossing.id;
  };
  const reads = (line: HandoverRecord): Effect[] => yard.gate.read(line);
  const isToLeave = (): boolean => yard.gate.alarms().includes(`TRUCK_TO_LEAVE/${crossing.id}`);
  const against = (): string | undefined =>
    crossing.reasons.find(({ code }) => code === 'DISCREPANCY_OPEN')?.detail;

  it('the truck does not wait in its bay: it leaves empty, others are served there, and it comes again', () => {
    yard.silent('crane-1');
    crossing = yard.truckFetches(box(1), 'bay-truck-1', 's-1-1');
    isOfMove();
    reads(disputed());
    assert.equal(against(), THEIRS);
    assert.deepEqual([crossing.stage, isToLeave()], ['in-yard', true]);
    yard.online('crane-1');
    yard.crane('crane-1');
    assert.equal(yard.jobs.length, 0, 'no crane touches it');
    yard.bay('bay-truck-1', false);
    assert.equal(yard.gate.state.owners['bay:bay-truck-1'], undefined);
    yard.truckFetches(box(2), 'bay-truck-1', 's-1-2');
    yard.crane('crane-1');
    assert.equal(yard.jobs.at(-1)?.container, box(2));
    const { id: out } =
      yard.gate.config.lanes.find(({ checkpoint }) => checkpoint === 'yard-out') ?? assert.fail();
    assert.deepEqual(expectationOf(crossing, 'yard-out'), { plate: crossing.truck?.plate, load: 'bobtail' });
    assert.equal(expectationOf(crossing, 'yard-in'), null);
    assert.equal(yard.confirmPlace(crossing.id, out), null);
    assert.deepEqual([crossing.truck?.phase, isToLeave()], ['awaited', false]);
    assert.deepEqual(expectationOf(crossing, 'yard-in'), { plate: crossing.truck?.plate, load: 'bobtail' });
    assert.equal(expectationOf(crossing, 'yard-out'), null);
    assert.equal(crossing.slot, 's-1-1', 'the goods have stayed');
  });

  it('a truck that was sent off leaves, even if both have closed the difference before it has', () => {
    yard.silent('crane-1');
    crossing = yard.truckFetches(box(1), 'bay-truck-1', 's-1-1');
    isOfMove();
    reads(disputed());
    reads(closed('settled', THEIRS));
    asks(yard.step, { kind: 'close-discrepancy', discrepancy: THEIRS, outcome: 'settled' });
    yard.online('crane-1');
    yard.crane('crane-1');
    assert.deepEqual([crossing.stage, yard.jobs.length], ['in-yard', 0], 'its driver may be leaving by now');
  });

  it('a truck that the crane already lifts for is not sent off', () => {
    crossing = yard.truckFetches(box(1), 'bay-truck-1', 's-1-1');
    isOfMove();
    assert.equal(yard.jobs.at(-1)?.container, box(1));
    reads(disputed());
    assert.deepEqual([crossing.stage, isToLeave()], ['collecting', false]);
  });

  for (const [what, part] of [
    ['that hangs in a spreader', { held: 'crane-1' }],
    [
      'for which a crane may have a job it has not answered',
      { untaken: { jobId: 'j1', crane: 'crane-1', from: 's-1-1', to: 'bay-truck-1', state: 'commanded' } },
    ],
    ['whose truck may be another one', { findings: [reason('TRUCK_UNCERTAIN', 'occupied before')] }],
  ] as const)
    it(`a truck for a container ${what} is not sent off: that comes first`, () => {
      yard.silent('crane-1');
      crossing = yard.truckFetches(box(1), 'bay-truck-1', 's-1-1');
      isOfMove();
      Object.assign(crossing, part);
      reads(disputed());
      assert.deepEqual([crossing.stage, isToLeave()], ['collecting', false]);
    });

  it('a truck that is on its way to its bay is sent off once it stands there', () => {
    yard.silent('crane-1');
    crossing = yard.truckFetches(box(1), 'bay-truck-1', 's-1-1');
    isOfMove();
    yard.bay('bay-truck-1', false);
    reads(disputed());
    assert.deepEqual([crossing.stage, isToLeave()], ['collecting', false]);
    yard.bay('bay-truck-1', true);
    assert.deepEqual([crossing.stage, isToLeave()], ['in-yard', true]);
  });

  it('what goes home and stands on our vehicle in its loading bay waits where that parks, if a road leads there', () => {
    yard = bootYard(({ map }) => map.edges.push({ from: 'hn-bay-load-1', to: 'hn-park-1', speedMaxMps: 4 }));
    yard.step({ type: 'counterpart-link', up: true });
    crossing = yard.vehicleLoads(box(1), 'bay-load-1', 's-1-1');
    Object.assign(crossing, {
      load: 'return',
      returnOf: { move: MOVE, refusedBy: 'quarantine', reason: 'fruit fly', refusedAt: 1 },
      original: 'huu-nghi-0',
    });
    const { now } = yard.gate.state;
    yard.gate.state.delivered[box(1)] = { move: MOVE, at: now, direction: 'import', crossing: 'huu-nghi-0' };
    yard.job('crane-1', 'running');
    yard.job('crane-1', 'ended', { containerSeen: box(1), containerSet: box(1) });
    reads(disputed());
    const { node = '' } = yard.gate.config.yard.bays.find(({ id }) => id === 'bay-load-1') ?? {};
    const actions = [{ actionId: 'o1-pick', actionType: 'pick', status: 'FINISHED' as const }];
    yard.vehicle('xe-1', node, { loads: [box(1)], actions });
    assert.equal(crossing.stage, 'loaded');
    const view = yard.gate.state.vehicles['xe-1'];
    const home = homeOf(yard.gate.state, 'xe-1') ?? '';
    assert.deepEqual(view?.goal, { node: home });
    yard.vehicle('xe-1', home, { loads: [box(1)], actions });
    reads(closed('settled', THEIRS));
    asks(yard.step, { kind: 'close-discrepancy', discrepancy: THEIRS, outcome: 'settled' });
    yard.vehicle('xe-1', home, { loads: [box(1)], actions });
    assert.deepEqual(view?.goal, { node: 'hn-out-1' });
  });

  it('only an import whose truck is inside while its container stands in the yard has been sent off', () => {
    const truck = { plate: '12H-045.68', phase: 'inside' } as const;
    const off = { direction: 'import', stage: 'in-yard', truck } as const;
    const is = (part: object): boolean => isSentOff({ ...off, ...part } as Parameters<typeof isSentOff>[0]);
    assert.equal(is({}), true);
    for (const part of [
      { direction: 'export' },
      { stage: 'on-truck' },
      { truck: { ...truck, phase: 'awaited' } },
    ])
      assert.equal(is(part), false);
  });

  it('a truck that has brought goods home is unloaded: into the yard they may go', () => {
    yard.silent('crane-1');
    crossing = yard.truckBrings(box(1), 'bay-truck-1', 's-1-1');
    crossing.load = 'return';
    crossing.returnOf = { move: MOVE, refusedBy: 'quarantine', reason: 'pest', refusedAt: 1 };
    crossing.original = 'huu-nghi-0';
    crossing.inbound = { move: MOVE, track: 'south', departed: true, received: true };
    yard.gate.state.moves[MOVE] = crossing.id;
    reads(disputed());
    delete crossing.inbound;
    yard.online('crane-1');
    yard.crane('crane-1');
    assert.equal(yard.jobs.at(-1)?.container, box(1));
  });

  it('no act at a console clears it', () => {
    crossing = yard.truckFetches(box(1), 'bay-truck-1', 's-1-1');
    isOfMove();
    reads(disputed());
    const clear = { kind: 'clear-finding', crossing: crossing.id, code: 'DISCREPANCY_OPEN' } as const;
    assert.match(String(refusalOf(asks(yard.step, clear))), /lifted by its source/);
  });

  it('what still stands in its landing bay is unloaded: nobody behind it waits for the two sides', () => {
    crossing = yard.vehicleBrings(box(1), 'bay-land-1', 's-1-1');
    reads(disputed());
    assert.equal(against(), undefined);
    assert.equal(yard.jobs.at(-1)?.container, box(1));
  });
});
