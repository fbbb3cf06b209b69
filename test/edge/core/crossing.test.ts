import assert from 'node:assert/strict';
import { emptyAgenda } from '../../../edge/core/agenda.ts';
import { complete, newCrossing } from '../../../edge/core/crossing.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Booking } from '../../../edge/core/input.ts';
import type { Turn } from '../../../edge/core/turn.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME } from '../../support/core-border.ts';
import { BOX, bootLane, TRUCK } from '../../support/core-lane.ts';

describe('a crossing', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const book = (direction: Booking['direction'], more: Partial<Booking> = {}): Effect[] =>
    border.step({
      type: 'booking',
      bookingId: 'b1',
      direction,
      container: box(1),
      truckPlate: TRUCK,
      declarations: ['D1'],
      grossKg: 24_000,
      seals: ['S1'],
      ...more,
    });
  const stages = (effects: Effect[]): unknown[] =>
    effects.flatMap((effect) =>
      effect.kind === 'decide' && effect.type === 'crossing' ? [effect.body.stage] : [],
    );
  const reports = (effects: Effect[]): string[] =>
    effects.flatMap((effect) =>
      effect.kind === 'decide' && effect.type === 'customs-report'
        ? [`${effect.body.kind} ${effect.body.container} at ${effect.body.eventTime}`]
        : [],
    );
  const act = (kind: 'cancel-crossing', crossing: string): Effect[] => {
    border.gate.config.overrides[kind] = { roles: ['supervisor'], secondPerson: false };
    return border.step({
      type: 'operator-act',
      person: 'lan',
      role: 'supervisor',
      act: { kind, crossing },
      reason: 'will not come',
    });
  };
  const only = () => {
    const all = Object.values(border.gate.state.crossings);
    assert.equal(all.length, 1);
    return all[0] ?? assert.fail();
  };

  describe('of an export', () => {
    it('begins with its booking, once, however often that is told', () => {
      assert.deepEqual(stages(book('export')), ['announced']);
      assert.deepEqual(stages(book('export')), []);
      assert.deepEqual([only().truck?.phase, only().containers[0]?.seals], ['awaited', ['S1']]);
    });

    it('is not begun anew by its booking, told again when it is over', () => {
      book('export');
      const { id } = only();
      const crossing = border.crossing(id);
      crossing.truck = { plate: TRUCK, phase: 'gone' };
      complete({ state: border.gate.state, effects: [], agenda: emptyAgenda() }, crossing);
      assert.deepEqual(stages(book('export')), []);
      assert.deepEqual(stages(book('export', { bookingId: 'b2' })), ['announced'], 'it comes again');
    });

    it('whose container another booking has announced, too, is for customs, and so is the other', () => {
      const lane = bootLane();
      const first = lane.books(BOX);
      lane.step({
        type: 'booking',
        bookingId: 'again',
        direction: 'export',
        container: BOX,
        truckPlate: '15C-111.22',
        declarations: [],
        grossKg: 20_000,
        seals: [],
      });
      const crossings = Object.values(lane.gate.state.crossings);
      assert.deepEqual(
        crossings.map(({ findings }) => findings.map(({ code }) => code)),
        [['DUPLICATE_CROSSING'], ['DUPLICATE_CROSSING']],
      );
      lane.sees('approach');
      lane.reads();
      lane.weighs();
      assert.deepEqual([lane.visit.crossing, lane.visit.verdict], [first.id, 'refer']);
    });

    it('is told to customs at the gate, on the gate’s own clock, and has its places from its release on', () => {
      const lane = bootLane();
      const crossing = lane.admits();
      assert.deepEqual([crossing.bays, crossing.slot], [{ truck: 'bay-truck-1' }, 's-1-1']);
      lane.says({ barrier: 'up' });
      lane.sees('approach', 'under');
      lane.sees('exit');
      const effects = lane.sees();
      assert.deepEqual(reports(effects), [`get-in ${BOX} at 2026-03-02T07:00:00.000+07:00`]);
      assert.deepEqual([crossing.stage, crossing.truck?.phase], ['truck-inside', 'inside']);
    });

    it('leaves the country’s yard when it passes the border, and customs is told', () => {
      const made = border.waits('xe-1', 'border-out-1', box(1));
      const move = made.lineClear?.move ?? '';
      border.read({ kind: 'granted', move, grant: 'g', track: 'north', holdNode: 'hnq-in-1', bayNode: 'b' });
      border.lane('border-out-1', { barrier: 'up' });
      border.lane('border-out-1', {
        loops: { approach: false, under: true, exit: false },
        curtain: 'broken',
      });
      const gone = border.lane('border-out-1', {
        loops: { approach: false, under: false, exit: false },
        curtain: 'clear',
      });
      assert.deepEqual(reports(gone), [`get-out ${box(1)} at 2026-03-02T07:00:00.000+07:00`]);
    });
  });

  describe('of an import', () => {
    it('gets its truck and its declarations from a booking that comes after the offer', () => {
      border.offered('m1', box(1));
      assert.deepEqual(stages(book('import')), []);
      const { truck, containers } = border.moved('m1');
      assert.deepEqual([truck?.plate, containers[0]?.declarations], [TRUCK, ['D1']]);
      book('import', { bookingId: 'b2', truckPlate: '12H-999.99' });
      assert.equal(border.moved('m1').truck?.plate, TRUCK, 'the first truck stays');
    });

    it('is not made by its booking alone', () => {
      book('import');
      assert.deepEqual(border.gate.state.crossings, {});
      assert.notEqual(border.gate.state.bookings[box(1)], undefined);
    });
  });

  describe('in the yard', () => {
    it('is judged by what customs says, and the verdict is told when it changes', () => {
      border.offered('m1', box(1));
      const crossing = border.moved('m1');
      crossing.stage = 'in-yard';
      const verdicts = (effects: Effect[]) =>
        effects.flatMap((effect) =>
          effect.kind === 'decide' && effect.type === 'verdict'
            ? [[effect.body.checkpoint, effect.body.verdict]]
            : [],
        );
      assert.deepEqual(verdicts(border.clears(box(1))), [['yard-out', 'pass']]);
      assert.deepEqual(verdicts(border.clears(box(1))), []);
      assert.deepEqual(verdicts(border.clears(box(1), 'withdrawn')), [['yard-out', 'refer']]);
    });
  });

  describe('and customs’ word', () => {
    const clearance = (container: string, version: number, status: 'registered' | 'released' | 'withdrawn') =>
      border.step({
        type: 'clearance',
        declaration: 'D1',
        container,
        kind: 'export',
        channel: 'green',
        status,
        version,
        source: 'test',
      });
    const known = (container: string) => border.gate.state.clearances[container]?.D1?.status;

    it('an older version that comes late changes nothing', () => {
      clearance(box(1), 3, 'withdrawn');
      clearance(box(1), 2, 'released');
      clearance(box(1), 3, 'released');
      assert.equal(known(box(1)), 'withdrawn');
      clearance(box(1), 4, 'released');
      assert.equal(known(box(1)), 'released');
    });

    it('the same version told anew counts, for exchange knows the feeds; only its withdrawal is final', () => {
      clearance(box(1), 3, 'released');
      clearance(box(1), 3, 'registered');
      assert.equal(known(box(1)), 'registered', 'a complete list names it no more');
      clearance(box(1), 3, 'released');
      assert.equal(known(box(1)), 'released');
      clearance(box(1), 3, 'withdrawn');
      clearance(box(1), 3, 'registered');
      assert.equal(known(box(1)), 'withdrawn');
    });

    it('on containers that nobody has booked is kept for a thousand of them, and for all that are booked', () => {
      border = bootBorder({ cranes: 1, vehicles: 1 });
      const { step } = border;
      clearance('EARLY', 1, 'released');
      step({
        type: 'booking',
        bookingId: 'e',
        direction: 'import',
        container: 'EARLY',
        truckPlate: TRUCK,
        declarations: [],
        grossKg: 1,
        seals: [],
      });
      // Straight into the list: a thousand inputs would tell nothing more.
      border.gate.state.unbooked.push(...Array.from({ length: 999 }, (_, n) => `N${n}`));
      border.gate.state.clearances.N0 = {};
      clearance('NEXT', 1, 'released');
      assert.equal(border.gate.state.unbooked.length, 1_000);
      assert.equal(known('EARLY'), 'released', 'somebody has booked it since');
      clearance('LAST', 1, 'released');
      assert.equal(border.gate.state.clearances.N0, undefined);
      assert.equal(known('NEXT'), 'released');
    });
  });

  describe('that is cancelled', () => {
    it('leaves nothing behind', () => {
      book('export');
      border.clears(box(1));
      const { id } = only();
      assert.ok(act('cancel-crossing', id).some((one) => one.kind === 'decide' && one.type === 'cancelled'));
      const { crossings, containers, plates, bookings, clearances } = border.gate.state;
      assert.deepEqual([crossings, containers, plates, bookings, clearances], [{}, {}, {}, {}, {}]);
    });

    it('must not have come yet', () => {
      book('export');
      const { id } = only();
      border.stands('yard-in-1', TRUCK, box(1));
      const refused = (effects: Effect[]) =>
        effects.some((effect) => effect.kind === 'decide' && effect.type === 'act-refused');
      assert.equal(refused(act('cancel-crossing', id)), true);
      assert.equal(refused(act('cancel-crossing', 'huu-nghi-99')), true);
      assert.equal(only().id, id);
    });
  });

  describe('that is over', () => {
    const turn = (): Turn => ({ state: border.gate.state, effects: [], agenda: emptyAgenda() });
    const made = (truck?: 'inside' | 'gone') => {
      const crossing = newCrossing(turn(), {
        direction: 'export',
        load: 'laden',
        stage: 'arrived',
        containers: [],
      });
      if (truck !== undefined) crossing.truck = { plate: TRUCK, phase: truck };
      return crossing;
    };

    it('stays known while its truck is still inside, and is counted once', () => {
      const crossing = made('inside');
      complete(turn(), crossing);
      assert.equal(border.gate.state.crossings[crossing.id]?.stage, 'completed');
      assert.equal(border.gate.state.completed.export, 1);
      assert.deepEqual(
        border.gate.state.recent.map(({ id }) => id),
        [crossing.id],
      );
    });

    it('is among the last fifty, newest first', () => {
      for (let n = 0; n < 60; n += 1) complete(turn(), made('gone'));
      const { recent, crossings } = border.gate.state;
      assert.equal(recent.length, 50);
      assert.deepEqual([recent[0]?.id, recent.at(-1)?.id], ['huu-nghi-60', 'huu-nghi-11']);
      assert.deepEqual(crossings, {});
    });

    it('has left no vehicle, plate or move behind that leads to it', () => {
      const crossing = border.waits('xe-1', 'border-out-1', box(1));
      const move = crossing.lineClear?.move ?? '';
      border.read({ kind: 'granted', move, grant: 'g', track: 'north', holdNode: 'hnq-in-1', bayNode: 'b' });
      border.goesThrough('border-out-1', 'xe-1');
      border.read({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(1)] });
      const { crossings, moves, plates, containers, owners, vehicles, clearances } = border.gate.state;
      assert.deepEqual(
        [crossings, moves, plates, containers, owners, vehicles['xe-1']?.crossing, clearances],
        [{}, {}, {}, {}, {}, null, {}],
      );
    });
  });
});
