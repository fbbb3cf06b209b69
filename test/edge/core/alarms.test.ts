import assert from 'node:assert/strict';
import { loadConfig } from '../../../config/load.ts';
import { emptyAgenda } from '../../../edge/core/agenda.ts';
import { alarmCatalogue } from '../../../edge/core/alarm-catalogue.ts';
import {
  ALARMS_MAX,
  acknowledgeAlarm,
  fireAlarm,
  laneInMaintenance,
  raiseAlarm,
  returnAlarm,
  reviewAlarms,
  shelveAlarm,
  unshelveAlarm,
} from '../../../edge/core/alarms.ts';
import { type GateState, initialState, restore, snapshot } from '../../../edge/core/state.ts';
import { firstTimer } from '../../../edge/core/timers.ts';
import type { Turn } from '../../../edge/core/turn.ts';

const config = loadConfig(new URL('../../../config/huu-nghi.yaml', import.meta.url).pathname);
const LANE = 'yard-in-1';
const IO = config.lanes.find(({ id }) => id === LANE)?.devices.io ?? assert.fail('no such lane');
const MINUTE_MS = 60_000;

interface Told {
  alarm: string;
  state: string;
  announced: boolean;
}

describe('alarms', () => {
  let state: GateState;
  let turn: Turn;

  beforeEach(() => {
    state = { ...initialState(), config: structuredClone(config), now: 1_000 };
    turn = { state, effects: [], agenda: emptyAgenda() };
  });

  const maintain = (mode: 'open' | 'maintenance') => {
    state.lanes[LANE] = { visit: null, stopped: false, mode } as GateState['lanes'][string];
    reviewAlarms(turn);
  };
  /** What the journal was told since the last call, the newest last. */
  const told = (): string[] =>
    turn.effects.splice(0).flatMap((effect) => {
      if (effect.kind !== 'decide' || effect.type !== 'alarm') return [];
      const { alarm, state, announced } = effect.body as unknown as Told;
      return [`${alarm} ${state}${announced ? '' : ' (quiet)'}`];
    });
  /** Lets time pass, and the timers that fall due. */
  const pass = (ms: number) => {
    const until = state.now + ms;
    for (let due = firstTimer(state); due !== undefined && due.at <= until; due = firstTimer(state)) {
      state.now = due.at;
      delete state.timers[due.name];
      const [kind = '', ...subject] = due.name.split('/');
      fireAlarm(turn, kind, subject.join('/'));
    }
    state.now = until;
  };
  const alarm = (id: string) => state.alarms[id];

  it('say what happened and what to do, briefly, in all three languages', () => {
    const entries = Object.entries(alarmCatalogue);
    assert.ok(entries.length > 35);
    for (const [code, { text, action }] of entries)
      for (const words of [...Object.values(text), ...Object.values(action)])
        assert.ok(words.length > 3 && words.length <= 85, `${code}: ${words}`);
    // High is for the few that cannot wait (ISA-18.2 asks for about one in twenty; a border has more of them).
    const high = entries.filter(([, { priority }]) => priority === 'high').length;
    assert.ok(high / entries.length < 0.35);
  });

  it('are told once however often their cause is reported, and counted', () => {
    raiseAlarm(turn, 'DEVICE_OFFLINE', 'xe-1');
    raiseAlarm(turn, 'DEVICE_OFFLINE', 'xe-1');
    assert.deepEqual(told(), ['DEVICE_OFFLINE/xe-1 raised']);
    assert.equal(alarm('DEVICE_OFFLINE/xe-1')?.count, 2);
    returnAlarm(turn, 'DEVICE_OFFLINE', 'xe-2');
    assert.deepEqual(told(), []);
  });

  it('stay until the cause is gone and a person has seen it, in either order', () => {
    raiseAlarm(turn, 'BARRIER_FAULT', 'a');
    raiseAlarm(turn, 'BARRIER_FAULT', 'b');
    acknowledgeAlarm(turn, 'BARRIER_FAULT/a', 'lan');
    assert.equal(alarm('BARRIER_FAULT/a')?.state, 'acknowledged');
    returnAlarm(turn, 'BARRIER_FAULT', 'a');
    assert.equal(alarm('BARRIER_FAULT/a'), undefined);

    returnAlarm(turn, 'BARRIER_FAULT', 'b');
    assert.equal(alarm('BARRIER_FAULT/b')?.state, 'returned');
    acknowledgeAlarm(turn, 'BARRIER_FAULT/b', 'lan');
    assert.deepEqual(state.alarms, {});
    assert.deepEqual(told().slice(-2), ['BARRIER_FAULT/b returned', 'BARRIER_FAULT/b normal']);
  });

  it('that come again before anybody saw them are announced again, and their count goes on', () => {
    raiseAlarm(turn, 'INTRUSION', 'a');
    returnAlarm(turn, 'INTRUSION', 'a');
    told();
    raiseAlarm(turn, 'INTRUSION', 'a');
    assert.deepEqual(told(), ['INTRUSION/a raised']);
    assert.equal(alarm('INTRUSION/a')?.count, 2);
  });

  it('of what happened once are over when a person has seen them', () => {
    raiseAlarm(turn, 'TAILGATING', LANE);
    acknowledgeAlarm(turn, `TAILGATING/${LANE}`, 'lan');
    assert.deepEqual(state.alarms, {});
  });

  it('never grow beyond their bound: what has returned goes first, the oldest of them, and it is counted', () => {
    for (let index = 0; index < ALARMS_MAX; index += 1) {
      state.now = index * 2 * MINUTE_MS;
      raiseAlarm(turn, 'GRANT_UNKNOWN', `m-${index}`);
    }
    returnAlarm(turn, 'GRANT_UNKNOWN', 'm-7');
    returnAlarm(turn, 'GRANT_UNKNOWN', 'm-9');
    raiseAlarm(turn, 'GRANT_UNKNOWN', 'one-more');
    assert.equal(Object.keys(state.alarms).length, ALARMS_MAX);
    assert.equal(alarm('GRANT_UNKNOWN/m-7'), undefined);
    assert.equal(alarm('GRANT_UNKNOWN/m-9')?.state, 'returned');
    const dropped = turn.effects.flatMap((effect) =>
      effect.kind === 'decide' && effect.type === 'alarm-dropped' ? [effect.body] : [],
    );
    assert.deepEqual(dropped, [{ alarm: 'GRANT_UNKNOWN/m-7', state: 'returned', dropped: 1 }]);
  });

  it('beyond their bound give way to more important ones only, and the lost are counted', () => {
    for (let index = 0; index < ALARMS_MAX; index += 1) {
      state.now = index * 2 * MINUTE_MS;
      raiseAlarm(turn, 'GRANT_UNKNOWN', `m-${index}`);
    }
    raiseAlarm(turn, 'OFFER_REFUSED', 'of-the-same-priority');
    assert.equal(alarm('OFFER_REFUSED/of-the-same-priority'), undefined);
    raiseAlarm(turn, 'INTRUSION', LANE);
    assert.equal(alarm(`INTRUSION/${LANE}`)?.announced, true);
    assert.equal(alarm('GRANT_UNKNOWN/m-0'), undefined);
    assert.equal(state.counters['alarms-dropped'], 2);
  });

  it('go on from a snapshot as they were', () => {
    raiseAlarm(turn, 'VEHICLE_STUCK', 'xe-1');
    raiseAlarm(turn, 'VEHICLE_LOST', 'xe-1');
    const copy: Turn = { ...turn, effects: [], state: restore(snapshot(state)) };
    returnAlarm(turn, 'VEHICLE_LOST', 'xe-1');
    returnAlarm(copy, 'VEHICLE_LOST', 'xe-1');
    assert.deepEqual(copy.state, state);
    assert.deepEqual(copy.effects, turn.effects.slice(-copy.effects.length));
  });

  describe('that are shelved', () => {
    const id = 'DEVICE_OFFLINE/xe-1';
    const shelve = (forMs: number) =>
      shelveAlarm(turn, id, { person: 'lan', reason: 'spare part ordered', until: state.now + forMs });

    beforeEach(() => {
      raiseAlarm(turn, 'DEVICE_OFFLINE', 'xe-1');
      shelve(30 * MINUTE_MS);
    });

    it('keep their state and are not announced until the time is over', () => {
      assert.equal(alarm(id)?.state, 'raised');
      assert.equal(alarm(id)?.announced, false);
      assert.equal(alarm(id)?.shelved?.person, 'lan');
      told();
      pass(30 * MINUTE_MS - 1);
      assert.deepEqual(told(), []);
      pass(1);
      assert.deepEqual(told(), [`${id} raised`]);
      assert.equal(alarm(id)?.shelved, undefined);
    });

    it('stay shelved while their cause comes and goes', () => {
      told();
      returnAlarm(turn, 'DEVICE_OFFLINE', 'xe-1');
      raiseAlarm(turn, 'DEVICE_OFFLINE', 'xe-1');
      assert.deepEqual(told(), [`${id} returned (quiet)`, `${id} raised (quiet)`]);
    });

    it('are forgotten at the end if their cause is gone: who shelved them had seen them', () => {
      returnAlarm(turn, 'DEVICE_OFFLINE', 'xe-1');
      pass(30 * MINUTE_MS);
      assert.deepEqual(state.alarms, {});
    });

    it('can be taken down before, and shelved for another time', () => {
      shelve(60 * MINUTE_MS);
      pass(45 * MINUTE_MS);
      assert.equal(alarm(id)?.announced, false);
      unshelveAlarm(turn, id);
      assert.equal(alarm(id)?.announced, true);
      assert.deepEqual(state.timers, {});
    });
  });

  describe('that are suppressed by design', () => {
    it('are kept quiet while a technician works on the lane, and announced if they are still there afterwards', () => {
      raiseAlarm(turn, 'BARRIER_FAULT', LANE);
      maintain('maintenance');
      raiseAlarm(turn, 'DEVICE_OFFLINE', IO);
      assert.deepEqual(told(), [
        `BARRIER_FAULT/${LANE} raised`,
        `BARRIER_FAULT/${LANE} raised (quiet)`,
        `DEVICE_OFFLINE/${IO} raised (quiet)`,
      ]);
      assert.equal(alarm(`DEVICE_OFFLINE/${IO}`)?.suppressed, 'maintenance');
      returnAlarm(turn, 'BARRIER_FAULT', LANE);
      assert.equal(alarm(`BARRIER_FAULT/${LANE}`), undefined, 'nobody has to acknowledge what was not shown');
      told();
      maintain('open');
      assert.deepEqual(told(), [`DEVICE_OFFLINE/${IO} raised`]);
    });

    it('know the devices of a lane in maintenance, and no others', () => {
      maintain('maintenance');
      assert.equal(laneInMaintenance(state, LANE), true);
      assert.equal(laneInMaintenance(state, IO), true);
      assert.equal(laneInMaintenance(state, 'xe-1'), false);
      raiseAlarm(turn, 'DEVICE_OFFLINE', 'xe-1');
      raiseAlarm(turn, 'INTRUSION', LANE);
      assert.deepEqual(told(), ['DEVICE_OFFLINE/xe-1 raised', `INTRUSION/${LANE} raised`]);
    });

    it('leave the word to their cause, whichever came first', () => {
      raiseAlarm(turn, 'VEHICLE_STUCK', 'xe-1');
      raiseAlarm(turn, 'VEHICLE_EMERGENCY_STOP', 'xe-1');
      raiseAlarm(turn, 'VEHICLE_STUCK', 'xe-2');
      assert.equal(alarm('VEHICLE_STUCK/xe-1')?.suppressed, 'VEHICLE_EMERGENCY_STOP/xe-1');
      assert.equal(alarm('VEHICLE_STUCK/xe-1')?.announced, false);
      assert.equal(alarm('VEHICLE_STUCK/xe-2')?.announced, true);
      acknowledgeAlarm(turn, 'VEHICLE_EMERGENCY_STOP/xe-1', 'lan');
      assert.equal(alarm('VEHICLE_STUCK/xe-1')?.announced, false);
      returnAlarm(turn, 'VEHICLE_EMERGENCY_STOP', 'xe-1');
      assert.equal(alarm('VEHICLE_STUCK/xe-1')?.announced, true);
    });

    it('follow a cause of the whole gate, too', () => {
      raiseAlarm(turn, 'LINK_DOWN', config.counterpart.gate);
      raiseAlarm(turn, 'DEPARTURE_UNREAD', 'huu-nghi-1');
      assert.deepEqual(told(), [
        `LINK_DOWN/${config.counterpart.gate} raised`,
        'DEPARTURE_UNREAD/huu-nghi-1 raised (quiet)',
      ]);
      returnAlarm(turn, 'LINK_DOWN', config.counterpart.gate);
      assert.equal(told().at(-1), 'DEPARTURE_UNREAD/huu-nghi-1 raised');
    });
  });

  describe('in a flood', () => {
    /** As many new alarms, a second apart, as are still no flood. */
    const many = (howMany = config.alarms.floodPerTenMinutes) => {
      for (let index = 0; index < howMany; index += 1) {
        raiseAlarm(turn, 'DEVICE_OFFLINE', `d-${index}`);
        pass(1_000);
      }
    };

    it('one more than may be within ten minutes is told, once', () => {
      many();
      assert.equal(alarm('ALARM_FLOOD/alarms'), undefined);
      raiseAlarm(turn, 'DEVICE_OFFLINE', 'one-more');
      raiseAlarm(turn, 'DEVICE_OFFLINE', 'another');
      assert.equal(alarm('ALARM_FLOOD/alarms')?.announced, true);
      assert.equal(alarm('ALARM_FLOOD/alarms')?.count, 1);
    });

    it('the same number over a longer time is none', () => {
      for (let index = 0; index < 100; index += 1) {
        raiseAlarm(turn, 'DEVICE_OFFLINE', `d-${index}`);
        pass(MINUTE_MS);
      }
      assert.equal(alarm('ALARM_FLOOD/alarms'), undefined);
      assert.ok(state.alarmFlood.raisedAts.length <= config.alarms.floodPerTenMinutes + 1);
    });

    it('low ones are recorded and not announced, others are; what is left is announced when it is over', () => {
      many();
      raiseAlarm(turn, 'DEVICE_OFFLINE', 'one-more');
      told();
      raiseAlarm(turn, 'VEHICLE_LOW_BATTERY', 'xe-1');
      raiseAlarm(turn, 'INTRUSION', LANE);
      assert.deepEqual(told(), ['VEHICLE_LOW_BATTERY/xe-1 raised (quiet)', `INTRUSION/${LANE} raised`]);
      pass(9 * MINUTE_MS);
      assert.deepEqual(told(), []);
      pass(MINUTE_MS);
      assert.deepEqual(told(), ['ALARM_FLOOD/alarms returned', 'VEHICLE_LOW_BATTERY/xe-1 raised']);
      pass(60 * MINUTE_MS);
      assert.deepEqual(state.timers, {});
    });

    it('it lasts as long as new ones keep coming', () => {
      many();
      for (let index = 0; index < 40; index += 1) {
        raiseAlarm(turn, 'DEVICE_OFFLINE', `late-${index}`);
        pass(MINUTE_MS);
      }
      assert.equal(alarm('ALARM_FLOOD/alarms')?.state, 'raised');
      // Half of ten in ten minutes is where it ends: five minutes without a new one.
      pass(5 * MINUTE_MS);
      assert.equal(alarm('ALARM_FLOOD/alarms')?.state, 'returned');
    });

    it('those that nobody would hear do not count', () => {
      maintain('maintenance');
      for (let index = 0; index < 50; index += 1) {
        raiseAlarm(turn, 'DEVICE_OFFLINE', IO);
        returnAlarm(turn, 'DEVICE_OFFLINE', IO);
      }
      assert.equal(alarm('ALARM_FLOOD/alarms'), undefined);
    });
  });

  it('refuses a timer it did not set', () => {
    assert.throws(() => fireAlarm(turn, 'nobody', 'x'), /unknown kind/);
  });
});
