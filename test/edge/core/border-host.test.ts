import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME, kindsOf, linesOf } from '../../support/core-border.ts';
import { commandsOf } from '../../support/core-gate.ts';

describe('the host behind the border', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const grantsIn = (effects: Effect[]) =>
    linesOf(effects).flatMap((line) => (line.kind === 'granted' ? [line] : []));
  const grantOf = (move: string): string =>
    border.moved(move).inbound?.grant ?? assert.fail(`${move} was not granted`);
  const departed = (move: string, grant = grantOf(move)): Effect[] =>
    border.read({ kind: 'departed', move, grant, eventTime: EVENT_TIME });
  const returned = (move: string, grant = grantOf(move)): Effect[] =>
    border.read({ kind: 'grant-returned', move, grant });
  /** Before the lane whose hold point it was granted. */
  const comes = (move: string, container?: string): string => {
    const { inbound, vehicle } = border.moved(move);
    const lane = border.gate.config.lanes.find(({ node }) => node === inbound?.holdNode);
    const id = lane?.id ?? assert.fail(`${move} has no hold point`);
    border.stands(id, vehicle?.plate ?? '', container);
    return id;
  };
  const reasonsAt = (lane: string): string[] => border.visit(lane).reasons.map(({ code }) => code);

  describe('grants line clear', () => {
    it('with a track place, a hold point, a bay and a slot, which are its own from then on', () => {
      const effects = border.offered('m1', box(1));
      const { id } = border.moved('m1');
      assert.deepEqual(grantsIn(effects), [
        {
          kind: 'granted',
          move: 'm1',
          grant: 'huu-nghi-g1',
          track: 'south',
          holdNode: 'hn-in-1',
          bayNode: 'hn-bay-land-1',
        },
      ]);
      assert.deepEqual(border.gate.state.owners, {
        'track:south/1': id,
        'node:hn-in-1': id,
        'bay:bay-land-1': id,
        'slot:s-1-1': id,
      });
      assert.deepEqual(kindsOf(border.wait(30_000)), [], 'once');
    });

    it('to an empty vehicle with a hold point alone', () => {
      const [grant] = grantsIn(border.offered('m1'));
      assert.deepEqual([grant?.holdNode, grant?.bayNode], ['hn-in-3', undefined]);
    });

    it('to two on a track for two; the third when one of them has arrived', () => {
      border.offered('m1', box(1));
      border.offered('m2');
      assert.deepEqual(kindsOf(border.offered('m3')), ['accepted']);
      departed('m1');
      const lane = comes('m1', box(1));
      assert.equal(border.moved('m1').stage, 'arrived');
      assert.equal(border.moved('m3').inbound?.grant, 'huu-nghi-g3');
      assert.equal(border.visit(lane).released, true);
    });

    it('oldest first, and one that cannot be granted does not keep the next waiting', () => {
      border.offered('m1', box(1));
      border.offered('m2', box(2));
      assert.deepEqual(kindsOf(border.offered('m3', box(3))), ['accepted']);
      assert.deepEqual(kindsOf(border.offered('m4')), ['accepted']);
      assert.deepEqual(
        grantsIn(returned('m2')).map(({ move }) => move),
        ['m3'],
      );
      assert.deepEqual(
        grantsIn(returned('m1')).map(({ move }) => move),
        ['m4'],
      );
    });

    it('only as far as there are hold points', () => {
      border = bootBorder({ trackCapacity: 6, cranes: 4 });
      for (const n of [1, 2, 3]) border.offered(`m${n}`, box(n));
      assert.equal(border.moved('m3').inbound?.grant, undefined, 'two hold points for laden vehicles');
      assert.equal(grantsIn(border.offered('m4')).length, 1, 'an empty one has another');
      departed('m1');
      border.goesThrough(comes('m1', box(1)));
      assert.equal(border.moved('m3').inbound?.holdNode, 'hn-in-1');
    });

    it('only as far as there are bays', () => {
      border = bootBorder({ lanes: 28, trackCapacity: 6 });
      for (const n of [1, 2, 3]) border.offered(`m${n}`, box(n));
      assert.equal(border.moved('m3').inbound?.grant, undefined, 'two landing bays');
      assert.equal(border.gate.state.owners['slot:s-1-3'], undefined, 'nothing is taken in advance');
      assert.deepEqual(
        grantsIn(returned('m1')).map(({ move }) => move),
        ['m3'],
      );
    });

    it('only as far as there are slots, of which some are kept for the other direction', () => {
      border = bootBorder({ lanes: 28, trackCapacity: 6, slotsPerCrane: 2 }, ({ yard }) => {
        yard.keepFree = { export: 3, import: 0 };
      });
      border.offered('m1', box(1));
      assert.deepEqual(grantsIn(border.offered('m2', box(2))), []);
      assert.equal(grantsIn(returned('m1')).length, 1);
    });

    it('not on a track that leads away, nor one it does not have', () => {
      for (const track of ['north', 'east']) {
        assert.deepEqual(linesOf(border.offered('m1', box(1), { track })), [
          { kind: 'refused', move: 'm1', code: 'NO_TRACK' },
        ]);
        assert.deepEqual(border.gate.state.crossings, {});
      }
    });

    it('not while a person has stopped the gate, nor to a lane that is closed', () => {
      const act = (kind: 'stop-gate' | 'resume-gate') =>
        border.step({ type: 'operator-act', person: 'lan', role: 'supervisor', act: { kind }, reason: 'r' });
      const set = (lane: string, kind: 'open-lane' | 'close-lane') =>
        border.step({
          type: 'operator-act',
          person: 'lan',
          role: 'operator',
          act: { kind, lane },
          reason: 'r',
        });
      border.gate.config.overrides['resume-gate'] = { roles: ['supervisor'], secondPerson: false };
      act('stop-gate');
      assert.deepEqual(kindsOf(border.offered('m1')), ['accepted']);
      assert.equal(grantsIn(act('resume-gate')).length, 1);
      for (const lane of ['border-in-1', 'border-in-2']) set(lane, 'close-lane');
      assert.deepEqual(kindsOf(border.offered('m2', box(2))), ['accepted']);
      assert.deepEqual(
        grantsIn(set('border-in-2', 'open-lane')).map(({ holdNode }) => holdNode),
        ['hn-in-2'],
      );
    });

    it('not while one is overdue on the track; when that has arrived, the next', () => {
      border.offered('m1', box(1));
      departed('m1');
      border.wait(border.gate.config.section.transitMsMax);
      assert.deepEqual(border.gate.alarms(), ['SECTION_STALLED/m1']);
      assert.deepEqual(kindsOf(border.offered('m2')), ['accepted']);
      comes('m1', box(1));
      assert.deepEqual(border.gate.alarms(), []);
      assert.equal(border.moved('m2').inbound?.grant, 'huu-nghi-g2');
    });
  });

  describe('takes an offer back', () => {
    it('that was not granted yet, at the sender’s word', () => {
      border.offered('m1', box(1));
      border.offered('m2');
      border.offered('m3', box(3));
      border.read({ kind: 'offer-withdrawn', move: 'm3' });
      assert.equal(border.gate.state.moves.m3, undefined);
      assert.deepEqual(border.gate.state.offers, []);
      assert.deepEqual(kindsOf(returned('m1')), [], 'it is not granted afterwards');
    });

    it('that was made once more meanwhile: the one that stands is found by its container', () => {
      border.offered('m1', box(1));
      border.offered('m2', box(1));
      returned('m2');
      assert.equal(border.gate.state.containers[box(1)], border.moved('m1').id);
    });

    it('that was granted meanwhile, only with its grant: until then the block stays occupied', () => {
      border.offered('m1', box(1));
      border.read({ kind: 'offer-withdrawn', move: 'm1' });
      assert.equal(border.gate.state.owners['track:south/1'], border.moved('m1').id);
      border.link(false);
      border.wait(3_600_000);
      assert.equal(border.gate.state.owners['track:south/1'], border.moved('m1').id, 'no time frees it');
      border.link(true);
      returned('m1', 'g-of-another');
      assert.deepEqual(border.gate.alarms().includes('GRANT_UNKNOWN/m1'), true);
      assert.notEqual(border.gate.state.moves.m1, undefined);
      returned('m1');
      assert.deepEqual(border.gate.state.owners, {});
      assert.deepEqual(border.gate.state.visitors, {});
    });

    it('and keeps what was booked and cleared for its container: it comes with the next offer', () => {
      border.step({
        type: 'booking',
        bookingId: 'b1',
        direction: 'import',
        container: box(1),
        truckPlate: '12H-045.67',
        declarations: ['IM1'],
        grossKg: 24_000,
        seals: [],
      });
      border.clears(box(1));
      border.offered('m1', box(1));
      assert.equal(border.moved('m1').truck?.plate, '12H-045.67');
      returned('m1');
      assert.equal(border.gate.state.containers[box(1)], undefined);
      border.offered('m2', box(1));
      const again = border.moved('m2');
      assert.deepEqual([again.truck?.plate, again.truck?.phase], ['12H-045.67', 'awaited']);
      assert.deepEqual(again.containers[0]?.declarations, ['IM1']);
      assert.deepEqual(Object.keys(border.gate.state.clearances[box(1)] ?? {}), ['308044805740']);
    });
  });

  describe('lets in at border-in', () => {
    it('whom it has granted a place, and says that it has arrived', () => {
      border.offered('m1', box(1));
      assert.equal(border.gate.state.timers['transit/m1'], undefined);
      departed('m1');
      assert.equal(border.moved('m1').stage, 'departed');
      const lane = comes('m1', box(1));
      assert.equal(border.visit(lane).released, true);
      assert.equal(border.gate.state.owners['track:south/1'], undefined, 'its place on the track is free');
      border.goesThrough(lane);
      assert.equal(border.moved('m1').stage, 'entering');
      assert.equal(border.gate.state.owners['node:hn-in-1'], undefined, 'and so is its hold point');
      border.wait(3_600_000);
      assert.equal(border.gate.alarms().includes('SECTION_STALLED/m1'), false);
    });

    it('also before its departure was read: nobody waits on the border section; people are told', () => {
      border.offered('m1', box(1));
      const lane = comes('m1', box(1));
      assert.deepEqual(border.gate.alarms(), [`DEPARTURE_UNREAD/${border.moved('m1').id}`]);
      assert.equal(border.visit(lane).released, true);
      assert.equal(border.moved('m1').stage, 'arrived');
      assert.deepEqual(kindsOf(departed('m1')), [], 'it does not arrive twice');
      assert.deepEqual(border.gate.alarms(), []);
      assert.equal(border.moved('m1').stage, 'arrived', 'what was read late does not send it back');
    });

    it('not one that was never offered', () => {
      border.stands('border-in-1', '桂F99999', box(9));
      assert.deepEqual(reasonsAt('border-in-1'), ['COUNTERPART_NOT_OFFERED']);
      assert.equal(border.visit('border-in-1').verdict, 'refer');
    });

    it('not one whose grant was given back and that comes all the same', () => {
      border.offered('m1', box(1));
      const { plate = '' } = border.moved('m1').vehicle ?? {};
      returned('m1');
      border.stands('border-in-1', plate, box(1));
      assert.deepEqual(reasonsAt('border-in-1'), ['COUNTERPART_NOT_OFFERED']);
    });

    it('not one that was only offered, before it has a place', () => {
      border.offered('m1', box(1));
      border.offered('m2', box(2));
      border.offered('m3', box(3));
      const { plate = '' } = border.moved('m3').vehicle ?? {};
      border.stands('border-in-2', plate, box(3));
      assert.ok(reasonsAt('border-in-2').includes('COUNTERPART_NOT_OFFERED'));
      assert.equal(border.moved('m3').stage, 'offered');
    });

    it('not one of ours that we have sent away and that is back: people must look', () => {
      const crossing = border.waits('xe-1', 'border-out-1', box(1));
      const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
      border.read({
        kind: 'granted',
        move,
        grant: 'g1',
        track: 'north',
        holdNode: 'hnq-in-1',
        bayNode: 'hnq-bay-land-1',
      });
      border.goesThrough('border-out-1', 'xe-1');
      border.stands('border-in-1', crossing.vehicle?.plate ?? '', box(1));
      assert.deepEqual(reasonsAt('border-in-1'), ['CAME_BACK']);
      assert.equal(border.visit('border-in-1').verdict, 'refer');
    });

    it('an empty one of ours on its way home: received, and its crossing is over', () => {
      border.offered('m1', undefined, { vehicle: 'xe-1', homeGate: 'huu-nghi', plate: '12C-223.47' });
      assert.equal(border.gate.state.vehicles['xe-1']?.homeward, border.moved('m1').id);
      assert.deepEqual(border.gate.state.visitors, {}, 'it is no visitor');
      departed('m1');
      const lane = comes('m1');
      border.goesThrough(lane);
      assert.equal(border.gate.state.moves.m1, undefined);
      assert.equal(border.gate.state.vehicles['xe-1']?.homeward, null);
    });
  });

  describe('is told that the sender recalls', () => {
    it('a container on its way: it is not let on until people have decided', () => {
      border.offered('m1', box(1));
      departed('m1');
      border.read({ kind: 'recalled', move: 'm1', code: 'CLEARANCE_WITHDRAWN' });
      const { id, findings } = border.moved('m1');
      assert.deepEqual(
        findings.map(({ code, detail }) => [code, detail]),
        [['RECALLED', 'CLEARANCE_WITHDRAWN']],
      );
      assert.deepEqual(border.gate.alarms(), [`RECALLED/${id}`]);
      const lane = comes('m1', box(1));
      assert.deepEqual(reasonsAt(lane), ['RECALLED']);
      assert.equal(border.visit(lane).released, false);
      assert.equal(border.moved('m1').stage, 'arrived', 'the section is free all the same');
    });

    it('one that stands in the bay: it is not unloaded', () => {
      border.offered('m1', box(1));
      departed('m1');
      border.goesThrough(comes('m1', box(1)));
      border.read({ kind: 'recalled', move: 'm1', code: 'CLEARANCE_WITHDRAWN' });
      border.bay('bay-land-1', true);
      const node = 'hn-bay-land-1';
      const live = { 'che-m1': { standing: true, locked: true, node } };
      const locked = border.step({ type: 'counterpart-live', fresh: true, vehicles: live, bays: {} });
      assert.deepEqual(commandsOf(locked), []);
      const clear = { kind: 'clear-finding', crossing: border.moved('m1').id, code: 'RECALLED' } as const;
      border.gate.config.overrides['clear-finding'] = { roles: ['customs-officer'], secondPerson: false };
      const cleared = border.step({
        type: 'operator-act',
        person: 'mai',
        role: 'customs-officer',
        act: clear,
        reason: 'agreed with the other side',
      });
      assert.deepEqual(
        commandsOf(cleared).map(({ kind }) => kind),
        ['job'],
      );
    });
  });

  describe('lets their vehicles go on over our ground', () => {
    const ask = (vehicle: string, from: string, to: string, id = 'a1'): Effect[] =>
      border.read({ kind: 'authority-asked', ask: id, vehicle, from, to });
    const authorities = (effects: Effect[]): string[] =>
      linesOf(effects).flatMap((line) =>
        line.kind === 'authority-granted' ? [`${line.vehicle} ${line.to}`] : [],
      );
    const visitor = (move: string) => border.gate.state.visitors[`che-${move}`] ?? assert.fail('no visitor');
    /** On its way into its bay; the node of that. */
    const entered = (move: string, container: string): string => {
      border.offered(move, container);
      departed(move);
      border.goesThrough(comes(move, container));
      const bay = border.gate.config.yard.bays.find(({ id }) => id === visitor(move).bay);
      return bay?.node ?? assert.fail(`${move} has no bay`);
    };
    /** In its bay, its container off. */
    const unloaded = (move: string, container: string): string => {
      const node = entered(move, container);
      visitor(move).unloaded = true;
      return node;
    };

    it('out of the lane only when it is released there and the barrier is up', () => {
      border.offered('m1', box(1));
      departed('m1');
      assert.deepEqual(authorities(ask('che-m1', 'hn-in-1', 'hn-bay-land-1')), []);
      const lane = comes('m1', box(1));
      assert.equal(border.visit(lane).released, true);
      assert.deepEqual(authorities(border.wait(10_000)), [], 'its barrier is still down');
      assert.deepEqual(authorities(border.lane(lane, { barrier: 'up' })), ['che-m1 hn-bay-land-1']);
      assert.deepEqual(authorities(border.wait(10_000)), [], 'once');
    });

    it('into no bay but its own', () => {
      border.offered('m1', box(1));
      departed('m1');
      ask('che-m1', 'hn-in-1', 'hn-bay-land-2');
      const lane = comes('m1', box(1));
      assert.deepEqual(authorities(border.lane(lane, { barrier: 'up' })), []);
      assert.deepEqual(authorities(ask('che-m1', 'hn-in-1', 'hn-refuge', 'a2')), [], 'nor a refuge slot');
      const own = 'hn-bay-land-1';
      assert.deepEqual(authorities(ask('che-m1', 'hn-in-1', own, 'a3')), [`che-m1 ${own}`]);
    });

    it('not one that stands behind another, whose lane is open', () => {
      border.offered('m1', box(1));
      departed('m1');
      const lane = comes('m1', box(1));
      border.lane(lane, { barrier: 'up' });
      assert.deepEqual(authorities(ask('che-9', 'hn-in-1', 'hn-bay-land-1')), []);
    });

    it('from the bay only unloaded and with the hoist clear, to a hold point of our choice', () => {
      const node = entered('m1', box(1));
      assert.deepEqual(authorities(ask('che-m1', node, 'hn-out-4')), [], 'its container is still on it');
      border.crane('crane-1', 'bay-land-1', false);
      visitor('m1').unloaded = true;
      assert.deepEqual(authorities(border.wait(10_000)), [], 'the hoist hangs over it');
      assert.deepEqual(authorities(border.crane('crane-1', 'bay-land-1', true)), ['che-m1 hn-out-3']);
      const leaving = border.crossing(visitor('m1').leaving ?? '');
      assert.deepEqual([leaving.direction, leaving.load], ['export', 'bobtail']);
      assert.equal(border.gate.state.owners['node:hn-out-3'], leaving.id);
    });

    it('each to another hold point, while there are any', () => {
      border = bootBorder({ cranes: 3 });
      const first = unloaded('m1', box(1));
      const second = unloaded('m2', box(2));
      assert.deepEqual(authorities(ask('che-m1', first, 'hn-out-4')), ['che-m1 hn-out-3']);
      assert.deepEqual(authorities(ask('che-m2', second, 'hn-out-3')), ['che-m2 hn-out-4']);
      const third = unloaded('m3', box(3));
      assert.deepEqual(authorities(ask('che-m3', third, 'hn-out-4')), []);
    });

    it('asked again under another number, the same vehicle gets the hold point that is its own', () => {
      const node = unloaded('m1', box(1));
      assert.deepEqual(authorities(ask('che-m1', node, 'hn-out-3')), ['che-m1 hn-out-3']);
      assert.deepEqual(authorities(ask('che-m1', node, 'hn-out-3', 'a2')), ['che-m1 hn-out-3']);
    });

    it('not while a person has stopped the gate', () => {
      const node = unloaded('m1', box(1));
      border.step({
        type: 'operator-act',
        person: 'lan',
        role: 'operator',
        act: { kind: 'stop-gate' },
        reason: '',
      });
      assert.deepEqual(authorities(ask('che-m1', node, 'hn-out-3')), []);
    });
  });
});
