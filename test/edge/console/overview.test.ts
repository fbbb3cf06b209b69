import assert from 'node:assert/strict';
import { isGateState, overview } from '../../../edge/console/overview.ts';
import { reason } from '../../../edge/core/reasons.ts';
import { type Alarm, initialState } from '../../../edge/core/state.ts';
import {
  alarm,
  customsCase,
  discrepancy,
  exportCrossing,
  heldState,
  heldVisit,
  quietState,
  START,
  testConfig,
} from './fake-gate.ts';

const config = testConfig();
const laneOf = (view: ReturnType<typeof overview>, id: string) => view.lanes.find((lane) => lane.id === id);

describe('the overview of a gate', () => {
  it('shows every lane, device, bay and slot before the gate has booted, all of them unknown', () => {
    const view = overview(initialState(), config);
    assert.deepEqual(
      view.lanes.map((lane) => lane.io),
      config.lanes.map(() => null),
    );
    assert.deepEqual(new Set(view.devices.map((device) => device.status)), new Set(['unknown']));
    assert.deepEqual(
      view.yard.slots.map((slot) => slot.id),
      config.yard.slots,
    );
    assert.equal(view.gate.name.vi, 'Hữu Nghị');
  });

  it('shows what stands in a lane by the surest readings, with verdict and reasons', () => {
    const lane = laneOf(overview(heldState(config), config), 'border-out-1');
    assert.equal(lane?.standing?.plate, '12C-123.45');
    assert.equal(lane?.standing?.container, 'CSQU3054383');
    assert.equal(lane?.standing?.verdict, 'hold');
    assert.equal(lane?.standing?.reasons[0]?.text.vi, 'Hải quan chưa thông quan');
    assert.equal(lane?.io?.loops.approach, true);
  });

  it('says when the disk does not keep up, and nothing is permitted', () => {
    assert.equal(overview(heldState(config), config).storage, 'ok');
    assert.equal(overview({ ...heldState(config), storage: 'stop-only' }, config).storage, 'stop-only');
  });

  it('says unknown, not the last word, of sensors that have gone stale', () => {
    const state = heldState(config);
    state.devices['io-border-out-1'] = { status: 'stale', reason: 'silent for 5 s', malformed: 2 };
    const view = overview(state, config);
    assert.equal(laneOf(view, 'border-out-1')?.io, null);
    assert.deepEqual(
      view.devices.find((device) => device.id === 'io-border-out-1'),
      { id: 'io-border-out-1', kind: 'lane-io', status: 'stale', reason: 'silent for 5 s', malformed: 2 },
    );
  });

  it('says unknown of a bay whose loop is not fresh', () => {
    const state = quietState(config);
    const bay = (id: string) => overview(state, config).yard.bays.find((candidate) => candidate.id === id);
    assert.equal(bay('bay-load')?.occupied, false);
    state.devices['io-bay-load'] = { status: 'offline', reason: '', malformed: 0 };
    assert.equal(bay('bay-load')?.occupied, null);
  });

  it('puts referred crossings before held ones, and among equals the oldest first', () => {
    const state = quietState(config);
    const crossing = (id: string, verdict: 'pass' | 'hold' | 'refer' | null, since: number) => {
      state.crossings[id] = exportCrossing({ id, verdict, since });
    };
    crossing('passing', 'pass', 1);
    crossing('held-late', 'hold', 9);
    crossing('referred', 'refer', 8);
    crossing('held-early', 'hold', 3);
    crossing('unasked', null, 2);
    assert.deepEqual(
      overview(state, config).crossings.map((row) => row.id),
      ['referred', 'held-early', 'held-late', 'passing', 'unasked'],
    );
  });

  it('names the container that holds a slot, and who holds a track', () => {
    const view = overview(heldState(config), config);
    assert.deepEqual(view.yard.slots[1], { id: 's-02', owner: 'c-1', container: 'CSQU3054383' });
    assert.deepEqual(view.tracks[1], { id: 'south', direction: 'in', owner: 'move-7' });
    assert.deepEqual(view.tracks[0], { id: 'north', direction: 'out' });
  });

  it('puts alarms of high priority first, and among equals the newest', () => {
    const state = quietState(config);
    const add = (...alarms: Alarm[]) => {
      for (const one of alarms) state.alarms[one.id] = one;
    };
    add(
      alarm('MALFORMED', 'low', { raisedAt: START + 9 }),
      alarm('DEVICE_OFFLINE', 'old', { raisedAt: START + 1, state: 'acknowledged' }),
      alarm('INTRUSION', 'high', { raisedAt: START }),
      alarm('DEVICE_OFFLINE', 'new', { raisedAt: START + 3 }),
    );
    const { announced, unseen } = overview(state, config).alarms;
    assert.deepEqual(
      announced.map(({ subject }) => subject),
      ['high', 'new', 'old', 'low'],
    );
    assert.equal(unseen, 3);
    assert.equal(announced[0]?.action.vi, 'Kiểm tra làn ngay');
  });

  it('shows who shelved an alarm, why and until when, and counts what else is not announced', () => {
    const state = quietState(config);
    const quiet = { announced: false };
    const shelved = { person: 'lan', reason: 'chờ phụ tùng', until: START + 60_000 };
    for (const one of [
      alarm('DEVICE_OFFLINE', 'a', { ...quiet, shelved }),
      alarm('DEVICE_OFFLINE', 'b', { ...quiet, suppressed: 'maintenance' }),
      alarm('VEHICLE_STUCK', 'c', { ...quiet, suppressed: 'VEHICLE_LOST/c' }),
      alarm('MALFORMED', 'd', quiet),
    ])
      state.alarms[one.id] = one;
    const view = overview(state, config).alarms;
    assert.deepEqual(
      view.shelved.map(({ id, person, reason, until }) => [id, person, reason, until]),
      [['DEVICE_OFFLINE/a', 'lan', 'chờ phụ tùng', START + 60_000]],
    );
    assert.deepEqual([view.announced.length, view.unseen, view.suppressed, view.withheld], [0, 0, 2, 1]);
  });

  it('shows what waits for a second person: what, who asked, and until when', () => {
    const state = quietState(config);
    state.proposals['huu-nghi-p1'] = {
      id: 'huu-nghi-p1',
      act: { kind: 'clear-finding', crossing: 'c-1', code: 'JOB_FAILED' },
      person: 'minh',
      role: 'supervisor',
      reason: 'seen it',
      signed: { jws: 'a.b.c', id: 'e3a1c0de-0001' },
      at: START,
      until: START + 600_000,
    };
    assert.deepEqual(overview(state, config).proposals, [
      {
        id: 'huu-nghi-p1',
        kind: 'clear-finding',
        about: ['c-1', 'JOB_FAILED'],
        person: 'minh',
        role: 'supervisor',
        reason: 'seen it',
        // Whoever confirms signs that it is this act which they confirm.
        actId: 'e3a1c0de-0001',
        until: START + 600_000,
      },
    ]);
  });

  it('shows open differences, the first to fall due first, and what each side has said; those that are over no more', () => {
    const state = quietState(config);
    for (const one of [
      discrepancy(),
      discrepancy({ id: 'huu-nghi-d2', deadlineAt: START - 1, overdue: true }),
      discrepancy({ id: 'huu-nghi-d3', overAt: START }),
    ])
      state.discrepancies[one.id] = one;
    const { count, open } = overview(state, config).differences;
    assert.equal(count, 2);
    assert.deepEqual(
      open.map(({ id, overdue }) => [id, overdue]),
      [
        ['huu-nghi-d2', true],
        ['huu-nghi-quan-d1', false],
      ],
    );
    assert.deepEqual(open[1]?.closed, [{ gate: 'huu-nghi-quan', outcome: 'as-found', at: START - 30_000 }]);
    assert.deepEqual(
      open[1]?.remarks.map(({ code, expected, found }) => [code, expected, found]),
      [['SEAL_NUMBER', 'VN0001', 'X9']],
    );
  });

  it('shows open cases, the newest first, with what each is about and who may close it', () => {
    const state = quietState(config);
    for (const one of [
      customsCase(),
      customsCase({ id: 'huu-nghi-c2', openedAt: START - 1_000 }),
      customsCase({ id: 'huu-nghi-c3', openedAt: START - 1_000 }),
    ])
      state.cases[one.id] = one;
    const { count, open } = overview(state, config).cases;
    assert.equal(count, 3);
    assert.deepEqual(
      open.map(({ id }) => id),
      ['huu-nghi-c3', 'huu-nghi-c2', 'huu-nghi-c1'],
    );
    const [newest] = open;
    assert.deepEqual(
      [newest?.crossing, newest?.containers, newest?.closableBy],
      ['c-0', ['CSQU3054383'], ['customs-officer', 'customs-leader']],
    );
    const [why] = newest?.reasons ?? [];
    assert.deepEqual(
      [why?.code, why?.detail, why?.source, why?.releasableBy],
      ['CLEARANCE_WITHDRAWN', 'CSQU3054383 under 301234567890', 'VNACCS', []],
    );
  });

  it('counts cases it does not show, and reasons beyond those a person can read', () => {
    const state = quietState(config);
    const reasons = Array.from({ length: 25 }, (_, index) => reason('NO_CLEARANCE', `D-${index}`));
    for (let index = 0; index < 1_000; index += 1)
      state.cases[`c${index}`] = customsCase({ id: `c${index}`, openedAt: START + index, reasons });
    const { count, open } = overview(state, config).cases;
    assert.deepEqual([count, open.length, open[0]?.id], [1_000, 50, 'c999']);
    assert.deepEqual([open[0]?.reasons.length, open[0]?.reasonsLeftOut], [20, 5]);
  });

  it('names whom an ambiguous reading may mean by their plates and containers, in the lane itself', () => {
    const state = quietState(config);
    state.crossings['c-1'] = exportCrossing({ reasons: [], verdict: null });
    const candidates = [
      { crossingId: 'c-1', score: 700 },
      { crossingId: 'gone', score: 650 },
    ];
    const lane = state.lanes['border-out-1'];
    assert.ok(lane);
    lane.visit = heldVisit({
      verdict: 'refer',
      reasons: [{ ...reason('AMBIGUOUS_MATCH', 'c-1 (700), gone (650)'), candidates }],
    });
    delete lane.visit.crossing;
    const standing = laneOf(overview(state, config), 'border-out-1')?.standing;
    assert.equal(standing?.alone, true);
    assert.deepEqual(standing?.reasons[0]?.candidates, [
      { crossing: 'c-1', score: 700, containers: ['CSQU3054383'], plates: ['12C-045.67', '12C-123.45'] },
      { crossing: 'gone', score: 650, containers: [], plates: [] },
    ]);
  });

  it('tells the reasons of a matched vehicle once, with its crossing', () => {
    assert.equal(laneOf(overview(heldState(config), config), 'border-out-1')?.standing?.alone, false);
  });

  it('stays small however much the state holds', () => {
    const state = heldState(config);
    for (let index = 0; index < 3_000; index += 1) {
      state.alarms[`a-${index}`] = alarm('DEPARTURE_UNREAD', `c-${index}`);
      state.crossings[`c-${index}`] = exportCrossing({ id: `c-${index}`, reasons: [reason('YARD_FULL')] });
      state.bookings[`b-${index}`] = {
        bookingId: `b-${index}`,
        direction: 'export',
        container: 'CSQU3054383',
        truckPlate: '12C-045.67',
        declarations: [],
        grossKg: 1,
        seals: [],
      };
    }
    assert.ok(JSON.stringify(overview(state, config)).length < 200_000);
  });

  it('does not show seals, declarations or signatures', () => {
    const state = heldState(config);
    state.crossings['c-1'] = exportCrossing({ reasons: [] });
    const lane = state.lanes['border-out-1'];
    if (lane) lane.visit = heldVisit({ reasons: [] });
    const text = JSON.stringify(overview(state, config));
    assert.ok(!text.includes('VN001') && !text.includes('301234567890') && !text.includes('password'));
  });

  it('is not made of something that is no state of this version', () => {
    assert.equal(isGateState(initialState()), true);
    for (const value of [null, 1, 'x', {}, { shape: 99 }]) assert.equal(isGateState(value), false);
  });
});
