import assert from 'node:assert/strict';
import type { Checkpoint } from '../../../config/schema.ts';
import { ADMISSIONS_MAX } from '../../../edge/core/admission.ts';
import { emptyAgenda } from '../../../edge/core/agenda.ts';
import { newCrossing, onPassed } from '../../../edge/core/crossing.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { ClearanceReport } from '../../../edge/core/input.ts';
import { bootLane, type CoreLane } from '../../support/core-lane.ts';

const CONTAINER = 'MWCU6059784';
const DECLARATION = '103044805740';
const WATCH = `${CONTAINER}/${DECLARATION}`;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('what was admitted for a time', () => {
  let lane: CoreLane;
  let dueAt: number;
  beforeEach(() => {
    lane = bootLane();
    dueAt = lane.gate.state.now + 90 * DAY_MS;
  });
  const says = (over: Partial<ClearanceReport> = {}): Effect[] =>
    lane.step({
      type: 'clearance',
      declaration: DECLARATION,
      container: CONTAINER,
      kind: 'import',
      channel: 'green',
      status: 'released',
      version: 1,
      source: 'VNACCS',
      returnBy: dueAt,
      ...over,
    });
  /** A crossing goes through a lane of the checkpoint, with the container on it. */
  const passes = (
    checkpoint: Checkpoint,
    direction: 'import' | 'export',
    container = CONTAINER,
  ): Effect[] => {
    const effects: Effect[] = [];
    const turn = { state: lane.gate.state, effects, agenda: emptyAgenda() };
    const through = lane.gate.config.lanes.find((one) => one.checkpoint === checkpoint);
    const crossing = newCrossing(turn, {
      direction,
      load: 'laden',
      stage: 'on-truck',
      containers: [{ number: container, seals: [], declarations: [DECLARATION] }],
    });
    onPassed(turn, through ?? assert.fail(`no lane at ${checkpoint}`), crossing, 'laden');
    if (checkpoint === 'border-out' || checkpoint === 'border-in') delete turn.state.crossings[crossing.id];
    return effects;
  };
  const comesIn = (): Effect[] => {
    says();
    return passes('yard-out', 'import');
  };
  const watched = (): string[] => Object.keys(lane.gate.state.admissions);
  const cases = () => Object.values(lane.gate.state.cases);
  const isOverdue = (key = WATCH): boolean => lane.alarms().includes(`ADMISSION_OVERDUE/${key}`);
  const told = (effects: readonly Effect[]): unknown[] =>
    effects.flatMap((effect) =>
      effect.kind === 'decide' && effect.type === 'temporary-admission' ? [effect.body.state] : [],
    );

  it('is watched from its passing; when its date is over, people are told and customs has a case, once', () => {
    assert.deepEqual(told(comesIn()), ['watched']);
    lane.wait(dueAt - lane.gate.state.now - 1);
    assert.deepEqual([isOverdue(), cases()], [false, []]);
    lane.wait(1);
    assert.equal(isOverdue(), true);
    assert.deepEqual(
      cases().map(({ containers, reasons }) => [
        containers,
        reasons.map(({ code, detail }) => `${code} ${detail}`),
      ]),
      [[[CONTAINER], [`TEMPORARY_ADMISSION_OVERDUE ${CONTAINER} under ${DECLARATION}`]]],
    );
    lane.wait(30 * DAY_MS);
    assert.equal(cases().length, 1);
  });

  it('that goes back over the border in time is watched no more', () => {
    comesIn();
    assert.deepEqual(told(passes('border-out', 'export')), ['returned']);
    lane.wait(200 * DAY_MS);
    assert.deepEqual([watched(), cases(), isOverdue()], [[], [], false]);
  });

  it('that goes back late ends the alarm, and leaves the case to customs', () => {
    comesIn();
    lane.wait(91 * DAY_MS);
    passes('border-out', 'export');
    assert.deepEqual([watched(), cases().length, isOverdue()], [[], 1, false]);
  });

  it('is not back because another container is, or because it comes in once more', () => {
    comesIn();
    passes('border-out', 'export', 'TCLU4444440');
    passes('border-in', 'import');
    assert.deepEqual(watched(), [WATCH]);
  });

  it('and has left our country is watched until it comes home', () => {
    says({ kind: 'export' });
    assert.deepEqual(told(passes('border-out', 'export')), ['watched']);
    assert.deepEqual(told(passes('border-in', 'import')), ['returned']);
  });

  it('without a date to be back by is not watched', () => {
    const { returnBy: _, ...word } = { returnBy: 0, type: 'clearance' as const };
    lane.step({
      ...word,
      declaration: 'D',
      container: CONTAINER,
      kind: 'import',
      channel: 'green',
      status: 'released',
      version: 1,
      source: 'VNACCS',
    });
    assert.deepEqual(told(passes('yard-out', 'import')), []);
  });

  it('is still watched after a restart, and what fell due meanwhile is told then', () => {
    comesIn();
    lane.gate.state.now = dueAt + DAY_MS;
    lane.gate.restart();
    assert.deepEqual([cases().length, isOverdue()], [1, true]);
  });

  describe('and of which customs speaks again', () => {
    it('has another date: the alarm moves with it', () => {
      comesIn();
      dueAt += 30 * DAY_MS;
      assert.deepEqual(told(says({ version: 2 })), ['moved']);
      lane.wait(119 * DAY_MS);
      assert.equal(isOverdue(), false);
      lane.wait(DAY_MS);
      assert.equal(isOverdue(), true);
    });

    it('after its date was over is overdue no more, until the new one is', () => {
      comesIn();
      lane.wait(90 * DAY_MS);
      assert.equal(isOverdue(), true);
      dueAt += 30 * DAY_MS;
      says({ version: 2 });
      assert.equal(isOverdue(), false);
      lane.wait(30 * DAY_MS);
      assert.deepEqual([isOverdue(), cases().length], [true, 2]);
    });

    it('with a date that is over already is told of at once', () => {
      comesIn();
      dueAt = lane.gate.state.now - 1;
      says({ version: 2 });
      assert.equal(isOverdue(), true);
    });

    it('may stay for good: it is watched no more', () => {
      comesIn();
      const { state } = lane.gate;
      lane.step({
        type: 'clearance',
        declaration: DECLARATION,
        container: CONTAINER,
        kind: 'import',
        channel: 'green',
        status: 'released',
        version: 2,
        source: 'VNACCS',
      });
      assert.deepEqual(state.admissions, {});
    });

    it('in an older word keeps its date, and a withdrawal does not let it stay', () => {
      says({ version: 5 });
      passes('yard-out', 'import');
      dueAt += DAY_MS;
      says({ version: 4 });
      assert.equal(lane.gate.state.admissions[WATCH]?.returnBy, dueAt - DAY_MS);
      lane.step({
        type: 'clearance',
        declaration: DECLARATION,
        container: CONTAINER,
        kind: 'import',
        channel: 'green',
        status: 'withdrawn',
        version: 6,
        source: 'VNACCS',
      });
      assert.deepEqual(watched(), [WATCH]);
    });
  });

  describe('in great numbers', () => {
    const fill = (opened?: string): void => {
      for (let n = 0; n < ADMISSIONS_MAX; n += 1)
        lane.gate.state.admissions[`X${n}/D`] = {
          container: `X${n}`,
          declaration: 'D',
          version: 1,
          source: 'VNACCS',
          direction: 'import',
          crossing: 'c',
          passedAt: 0,
          returnBy: dueAt,
          ...(opened !== undefined && { case: opened }),
        };
    };

    it('is no longer watched, and people are told; when there is room again, they are told that, too', () => {
      fill();
      assert.deepEqual(told(comesIn()), ['no-room']);
      assert.ok(lane.alarms().includes('ADMISSIONS_FULL/huu-nghi'));
      passes('border-out', 'export', 'X7');
      assert.ok(!lane.alarms().includes('ADMISSIONS_FULL/huu-nghi'));
    });

    it('makes room of those on which customs has decided', () => {
      fill('closed-long-ago');
      assert.deepEqual(told(comesIn()), ['watched']);
      assert.equal(watched().length, ADMISSIONS_MAX);
    });

    it('overdue shares an alarm beyond fifty, and one case each is opened as long as there is room for cases', () => {
      dueAt = lane.gate.state.now + 60_000;
      fill();
      for (const [key, { returnBy }] of Object.entries(lane.gate.state.admissions).slice(0, 60))
        lane.gate.state.timers[`admission/${key}`] = returnBy;
      lane.gate.restart();
      lane.wait(60_000);
      assert.equal(cases().length, 60);
      const alarms = lane.alarms().filter((alarm) => alarm.startsWith('ADMISSION_OVERDUE/'));
      assert.deepEqual([alarms.length, isOverdue('others')], [51, true]);
    });

    it('waits for room among the cases, and is told then', () => {
      comesIn();
      for (let n = 0; n < 1_000; n += 1)
        lane.gate.state.cases[`c${n}`] = {
          id: `c${n}`,
          crossing: 'c',
          containers: [],
          passedAt: 0,
          openedAt: 0,
          reasons: [],
          closableBy: ['customs-officer'],
        };
      lane.wait(90 * DAY_MS);
      assert.equal(isOverdue(), false);
      delete lane.gate.state.cases.c0;
      lane.wait(HOUR_MS);
      assert.equal(isOverdue(), true);
    });
  });
});
