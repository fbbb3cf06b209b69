import assert from 'node:assert/strict';
import type { GateConfig } from '../../../config/schema.ts';
import { type Agenda, emptyAgenda } from '../../../edge/core/agenda.ts';
import { newCrossing } from '../../../edge/core/crossing.ts';
import {
  firstFree,
  free,
  freeAll,
  freeBay,
  freePlaceOn,
  freePlaces,
  freeSlotOf,
  hasBayFree,
  isOccupied,
  take,
  takeBay,
  takeSlot,
} from '../../../edge/core/owners.ts';
import { bayConfig } from '../../../edge/core/site.ts';
import type { Crossing } from '../../../edge/core/state.ts';
import type { Turn } from '../../../edge/core/turn.ts';
import { bootBorder, type CoreBorder } from '../../support/core-border.ts';

describe('who holds what', () => {
  let border: CoreBorder;
  let turn: Turn & { agenda: Agenda };
  const boot = (change: (config: GateConfig) => void = () => {}): void => {
    border = bootBorder({ cranes: 2, slotsPerCrane: 2 }, change);
    turn = { state: border.gate.state, effects: [], agenda: emptyAgenda() };
  };
  beforeEach(() => boot());
  const crossing = (direction: Crossing['direction'] = 'export'): Crossing =>
    newCrossing(turn, { direction, load: 'laden', stage: 'announced', containers: [] });
  const bay = (id: string) => bayConfig(turn.state, id) ?? assert.fail(`no ${id}`);
  const owners = () => turn.state.owners;

  it('what belongs to one crossing is given to no other, and taking it is an error that changes nothing', () => {
    const [a, b] = [crossing(), crossing()];
    takeBay(turn, a, bay('bay-load-1'));
    takeBay(turn, a, bay('bay-load-1'));
    assert.throws(() => takeBay(turn, b, bay('bay-load-1')), {
      message: `bay:bay-load-1 belongs to ${a.id} and was given to ${b.id}`,
    });
    assert.throws(() => take(turn, b, 'bay:bay-load-1'));
    assert.deepEqual([owners()['bay:bay-load-1'], b.bays], [a.id, {}]);
  });

  it('nobody gives back what is another’s', () => {
    const [a, b] = [crossing(), crossing()];
    take(turn, a, 'node:hn-out-1');
    free(turn, b, 'node:hn-out-1');
    assert.equal(owners()['node:hn-out-1'], a.id);
    assert.equal(turn.agenda.grants, false, 'so nobody needs to look');
  });

  it('a crossing that ends gives back all it holds, and only that', () => {
    const [a, b] = [crossing(), crossing()];
    takeBay(turn, a, bay('bay-load-1'));
    takeSlot(turn, a, 's-1-1');
    take(turn, a, 'track:south/1');
    takeSlot(turn, b, 's-1-2');
    freeAll(turn, a);
    assert.deepEqual(owners(), { 'slot:s-1-2': b.id });
    assert.deepEqual([a.bays, a.slot], [{}, undefined]);
  });

  it('bay and slot are given back one by one', () => {
    const a = crossing();
    freeBay(turn, a, 'loading');
    freeSlotOf(turn, a);
    takeBay(turn, a, bay('bay-load-1'));
    takeSlot(turn, a, 's-1-1');
    freeBay(turn, a, 'loading');
    assert.deepEqual([a.bays, owners()], [{}, { 'slot:s-1-1': a.id }]);
    freeSlotOf(turn, a);
    assert.deepEqual([a.slot, owners()], [undefined, {}]);
  });

  describe('a free place', () => {
    it('on a track is the first of as many as it has', () => {
      const place = (n: number) => `track:south/${n}`;
      assert.equal(isOccupied(turn.state, 'south'), false);
      assert.equal(freePlaceOn(turn.state, 'south'), place(1));
      take(turn, crossing(), place(1));
      assert.equal(freePlaceOn(turn.state, 'south'), place(2));
      take(turn, crossing(), place(2));
      assert.equal(freePlaceOn(turn.state, 'south'), undefined);
      delete owners()[place(1)];
      assert.equal(isOccupied(turn.state, 'south'), true, 'the second is still taken');
      assert.equal(freePlaceOn(turn.state, 'of-elsewhere'), undefined);
    });

    it('of several is the first that nobody holds', () => {
      take(turn, crossing(), 'node:a');
      assert.equal(firstFree(turn.state, 'node', ['a', 'b', 'c']), 'b');
      assert.equal(firstFree(turn.state, 'node', ['a']), undefined);
    });

    it('in the yard is a bay and a slot below the same crane, the one with the least to do', () => {
      boot(({ yard }) => {
        for (const [index, crane] of yard.cranes.entries())
          crane.slots = [`s-${index + 1}-1`, `s-${index + 1}-2`];
      });
      const places = freePlaces(turn.state, crossing('import'), 'landing');
      assert.deepEqual([places?.bay.id, places?.slot], ['bay-land-1', 's-1-1']);
      takeBay(turn, crossing(), bay('bay-truck-1'));
      const other = freePlaces(turn.state, crossing('import'), 'landing');
      assert.deepEqual([other?.bay.id, other?.slot], ['bay-land-2', 's-2-1']);
      takeBay(turn, crossing(), bay('bay-land-2'));
      takeSlot(turn, crossing(), 's-1-1');
      takeSlot(turn, crossing(), 's-1-2');
      assert.equal(
        freePlaces(turn.state, crossing('import'), 'landing'),
        null,
        'no slot below the one, no bay below the other',
      );
    });

    it('in the yard of a container that has its slot, is a bay below a crane that reaches that', () => {
      boot(({ yard }) => {
        for (const [index, crane] of yard.cranes.entries())
          crane.slots = [`s-${index + 1}-1`, `s-${index + 1}-2`];
        yard.keepFree = { export: 4, import: 4 };
      });
      const a = crossing();
      takeSlot(turn, a, 's-2-1');
      assert.equal(freePlaces(turn.state, a, 'loading')?.bay.id, 'bay-load-2');
      assert.equal(freePlaces(turn.state, a, 'loading')?.slot, 's-2-1');
      takeBay(turn, crossing(), bay('bay-load-2'));
      assert.equal(freePlaces(turn.state, a, 'loading'), null);
      assert.equal(hasBayFree(turn.state, 'loading'), true);
    });

    it('in the yard is left for the other direction, as many as are kept for it', () => {
      boot(({ yard }) => {
        yard.keepFree = { export: 1, import: 2 };
      });
      takeSlot(turn, crossing('import'), 's-2-1');
      takeSlot(turn, crossing(), 's-1-1');
      assert.notEqual(freePlaces(turn.state, crossing(), 'truck'), null);
      takeSlot(turn, crossing(), 's-1-2');
      assert.equal(freePlaces(turn.state, crossing(), 'truck'), null, 'two of four are for imports');
      assert.equal(freePlaces(turn.state, crossing('import'), 'landing')?.slot, 's-2-2');
    });

    it('in the yard is no bay in which something is seen that nobody was sent for', () => {
      border.bay('bay-land-1', true);
      assert.equal(freePlaces(turn.state, crossing('import'), 'landing')?.bay.id, 'bay-land-2');
      border.gate.status('io-bay-land-1', 'stale');
      assert.equal(freePlaces(turn.state, crossing('import'), 'landing')?.bay.id, 'bay-land-1');
    });
  });

  describe('what becomes free is heard of', () => {
    const heard = (resource: string): Agenda => {
      const a = crossing();
      take(turn, a, resource);
      Object.assign(turn, { agenda: emptyAgenda() });
      free(turn, a, resource);
      return turn.agenda;
    };

    it('a slot by the trucks at the gate and by what waits for a grant', () => {
      border.stands('yard-in-1', '12H-045.67', 'CSQU3054383');
      const agenda = heard('slot:s-1-1');
      assert.equal(agenda.grants, true);
      assert.deepEqual([...agenda.lanes], ['yard-in-1']);
    });

    it('a bay by its crane, and by whom it is for', () => {
      border.stands('yard-in-1', '12H-045.67', 'CSQU3054383');
      const truck = heard('bay:bay-truck-1');
      assert.deepEqual([[...truck.cranes], [...truck.lanes]], [['crane-1'], ['yard-in-1']]);
      assert.deepEqual([heard('bay:bay-load-1').assign, heard('bay:bay-land-1').grants], [true, true]);
    });

    it('a hold point by those who wait for one, below the cranes and at the other side', () => {
      const a = border.waits('xe-1', 'border-out-1', 'CSQU3054383');
      a.stage = 'loaded';
      const { vehicles, grants, authority } = heard('node:hn-out-2');
      assert.deepEqual([[...vehicles], grants, authority], [['xe-1'], true, true]);
    });

    it('a place on a track by the other side, and by who waits for the track to turn', () => {
      const { grants, tracks } = heard('track:south/1');
      assert.deepEqual([grants, tracks], [true, true]);
    });
  });
});
