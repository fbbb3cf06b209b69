import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Booking } from '../../../edge/core/input.ts';
import type { Observed } from '../../../edge/core/reconcile/case.ts';
import type { Crossing } from '../../../edge/core/state.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME } from '../../support/core-border.ts';
import { BOX, bootLane, type CoreLane, DECLARED_KG, TRUCK } from '../../support/core-lane.ts';
import { bootYard, findingsOf } from '../../support/core-yard.ts';

/** A 20-foot box weighs 1,900 to 2,500 kg. */
const TARE_KG = 2_200;
const EMPTY = {
  type: 'booking',
  bookingId: 'e1',
  direction: 'export',
  container: BOX,
  truckPlate: TRUCK,
  declarations: [],
  grossKg: TARE_KG,
  seals: [],
  load: 'empty',
  sizeType: '22G1',
} as const satisfies Booking;

const decisionsOf = (effects: readonly Effect[], type: string): Record<string, unknown>[] =>
  effects.flatMap((effect) => (effect.kind === 'decide' && effect.type === type ? [effect.body] : []));

describe('an empty container at the gate', () => {
  let lane: CoreLane;
  const boot = (conditions?: CoreLane['gate']['config']['checkpoints']['yard-in']['laden']): void => {
    lane = bootLane('yard-in-1', ({ checkpoints }) => {
      if (conditions !== undefined) checkpoints['yard-in'].empty = conditions;
    });
  };
  const comes = (more: Partial<Booking> = {}): Crossing => {
    lane.step({ ...EMPTY, ...more });
    lane.sees('approach');
    lane.reads();
    return lane.gate.state.crossings[lane.gate.state.containers[BOX] ?? ''] ?? assert.fail();
  };
  const codes = (): string[] => lane.visit.reasons.map(({ code }) => code);
  const weighs = (boxKg: number): Effect[] => lane.weighs(lane.gate.config.evidence.truckTareKg + boxKg);
  beforeEach(() => boot());

  it('is let in by the weight of such a box: no declaration, no seal, and customs is asked nothing', () => {
    const crossing = comes();
    assert.deepEqual([crossing.load, codes()], ['empty', ['EVIDENCE_PENDING']]);
    const effects = weighs(TARE_KG);
    assert.equal(lane.visit.released, true);
    assert.deepEqual(decisionsOf(effects, 'ask-clearance'), []);
    lane.sees('approach', 'under');
    lane.sees('exit');
    const passed = lane.sees();
    const [told] = decisionsOf(passed, 'crossing');
    assert.deepEqual([told?.stage, told?.load], ['truck-inside', 'empty']);
    const [report] = decisionsOf(passed, 'customs-report');
    assert.deepEqual([report?.kind, report?.declarations], ['get-in', []]);
  });

  it('with goods in it is not empty, and the barrier stays down until customs has opened it', () => {
    const crossing = comes();
    weighs(DECLARED_KG);
    assert.deepEqual(codes(), ['EMPTY_NOT_EMPTY']);
    assert.deepEqual([lane.visit.verdict, lane.barrier], ['refer', 'down']);
    lane.gate.config.overrides['clear-finding'] = { roles: ['customs-officer'], secondPerson: false };
    lane.step({
      type: 'operator-act',
      person: 'quyen',
      role: 'customs-officer',
      reason: 'pallets, let it go',
      act: { kind: 'clear-finding', crossing: crossing.id, code: 'EMPTY_NOT_EMPTY' },
    });
    assert.equal(lane.visit.released, true);
  });

  it('of a kind that nobody has named has no weight to be held against', () => {
    lane.step({ ...EMPTY, sizeType: undefined } as never);
    lane.sees('approach');
    lane.reads();
    weighs(TARE_KG);
    assert.deepEqual(codes(), ['WEIGHT_BASIS_UNKNOWN']);
  });

  it('is looked into by an officer where the site demands that', () => {
    boot(['booking', 'plate', 'container', 'emptiness', 'bay']);
    comes();
    assert.deepEqual(
      lane.visit.reasons.map(({ code, detail }) => [code, detail]),
      [['EVIDENCE_PENDING', `${BOX}: nobody has looked whether it is empty`]],
    );
    const looks = (seen: Observed): Effect[] =>
      lane.step({
        type: 'operator-act',
        person: 'quyen',
        role: 'customs-officer',
        reason: 'opened the doors',
        act: { kind: 'observe', lane: 'yard-in-1', seen, photo: 'ab'.repeat(32) },
      });
    looks({ kind: 'emptiness', empty: true, container: BOX });
    assert.equal(lane.visit.released, true);
  });

  it('into which an officer has looked, and which is not empty, is referred whatever it weighs', () => {
    comes();
    lane.step({
      type: 'operator-act',
      person: 'quyen',
      role: 'customs-officer',
      reason: 'opened the doors',
      act: {
        kind: 'observe',
        lane: 'yard-in-1',
        seen: { kind: 'emptiness', empty: false, container: BOX },
        photo: 'ab'.repeat(32),
      },
    });
    weighs(TARE_KG);
    assert.deepEqual(codes(), ['EMPTY_NOT_EMPTY']);
  });

  it('sends its truck away empty, and that says nothing of the box', () => {
    const crossing = comes();
    weighs(TARE_KG);
    lane.sees('approach', 'under');
    lane.sees('exit');
    lane.sees();
    assert.equal(crossing.load, 'empty');
    assert.equal(crossing.truck?.phase, 'inside');
  });
});

describe('an empty container in the yard', () => {
  it('is lifted as any other, and no word of customs is missed', () => {
    const yard = bootYard();
    const crossing = yard.truckBrings(BOX, 'bay-truck-1', 's-1-1');
    crossing.load = 'empty';
    crossing.stage = 'truck-inside';
    yard.crane('crane-1');
    yard.bay('bay-truck-1', true);
    assert.deepEqual(
      yard.jobs.map(({ container, from, to }) => [container, from, to]),
      [[BOX, 'bay-truck-1', 's-1-1']],
    );
    yard.picks('crane-1');
    yard.job('crane-1', 'ended', { containerSeen: BOX, containerSet: BOX });
    assert.deepEqual([crossing.stage, crossing.verdict, findingsOf(crossing)], ['in-yard', 'pass', []]);
  });
});

describe('an empty container over the border', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const comes = (): string => {
    border.offered('m1', box(1), { load: 'empty', containers: [{ number: box(1), sizeType: '22G1' }] });
    const { inbound, vehicle } = border.moved('m1');
    border.read({ kind: 'departed', move: 'm1', grant: inbound?.grant ?? '', eventTime: EVENT_TIME });
    const lane = border.gate.config.lanes.find(({ node }) => node === inbound?.holdNode)?.id ?? assert.fail();
    border.stands(lane, vehicle?.plate ?? '', box(1));
    return lane;
  };

  it('is offered as what it is, with the type by which the other gate weighs it', () => {
    const container = { number: box(1), seals: [], declarations: [], grossKg: TARE_KG, sizeType: '22G1' };
    border.waits('xe-1', 'border-out-1', box(1), { load: 'empty', containers: [container] });
    const [offer] = border.written.filter((line) => line.kind === 'offered');
    assert.deepEqual(
      [offer?.load, offer?.containers],
      ['empty', [{ number: box(1), sizeType: '22G1', seals: [], grossKg: TARE_KG }]],
    );
  });

  it('is granted a bay and a slot, let in, and received without goods', () => {
    const lane = comes();
    const crossing = border.moved('m1');
    assert.deepEqual([crossing.load, crossing.bays.landing !== undefined], ['empty', true]);
    assert.deepEqual([border.visit(lane).verdict, border.visit(lane).load], ['pass', 'empty']);
    border.goesThrough(lane);
    assert.equal(crossing.stage, 'entering');
  });

  it('leaves with the truck that was booked for it, and no release is waited for', () => {
    border.goesThrough(comes());
    border.step({ ...EMPTY, direction: 'import', container: box(1) });
    const crossing = border.moved('m1');
    assert.deepEqual([crossing.truck?.plate, crossing.verdict, crossing.reasons], [TRUCK, 'pass', []]);
  });

  it('that the platform knows as goods is looked into', () => {
    comes();
    border.step({
      ...EMPTY,
      direction: 'import',
      container: box(1),
      load: 'laden',
      declarations: ['108044805740'],
    });
    assert.deepEqual(
      border.moved('m1').findings.map(({ code, detail }) => [code, detail]),
      [['EMPTY_NOT_EMPTY', `${box(1)} was handed over as empty and is booked with goods`]],
    );
  });
});
