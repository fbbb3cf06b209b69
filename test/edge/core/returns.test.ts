import assert from 'node:assert/strict';
import { emptyAgenda } from '../../../edge/core/agenda.ts';
import { complete, newCrossing } from '../../../edge/core/crossing.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Booking } from '../../../edge/core/input.ts';
import { reason } from '../../../edge/core/reasons.ts';
import type { Crossing } from '../../../edge/core/state.ts';
import type { Refusal } from '../../../protocols/refusal.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME, lettingCross } from '../../support/core-border.ts';
import type { CoreGate } from '../../support/core-gate.ts';
import { BOX, bootLane, type CoreLane, TRUCK } from '../../support/core-lane.ts';
import { bootYard, findingsOf, type Yard } from '../../support/core-yard.ts';

/** The move that had brought the container, as its sender named it. */
const MOVE = 'huu-nghi-quan-m12';

const decisionsOf = (effects: readonly Effect[], type: string): Record<string, unknown>[] =>
  effects.flatMap((effect) => (effect.kind === 'decide' && effect.type === type ? [effect.body] : []));

/** What the gate remembers: a container came over the border, or went over it, and that is over. */
function wasDelivered(
  { state }: CoreGate,
  number: string,
  move: string,
  more: Partial<Pick<Crossing, 'direction' | 'load'>> = {},
): string {
  const turn = { state, effects: [], agenda: emptyAgenda() };
  const containers = [{ number, seals: [], declarations: ['D1'] }];
  const given = { direction: 'import', load: 'laden', stage: 'on-truck', containers, ...more } as const;
  const crossing = newCrossing(turn, given);
  if (crossing.direction === 'import') crossing.inbound = { move, track: 'north', departed: true };
  else crossing.lineClear = { move, track: 'north', askedAt: 0, used: true };
  complete(turn, crossing);
  return crossing.id;
}

const refusalOf = (gate: CoreGate, more: Partial<Refusal> = {}): Refusal => ({
  move: MOVE,
  refusedBy: 'quarantine',
  reason: 'fruit fly',
  refusedAt: gate.state.now,
  ...more,
});

const bookingOf = (returnOf: Refusal | undefined, more: Partial<Booking> = {}): Booking => ({
  type: 'booking',
  bookingId: 'r1',
  direction: 'export',
  container: BOX,
  truckPlate: TRUCK,
  declarations: [],
  grossKg: 24_000,
  seals: [],
  load: 'return',
  ...(returnOf && { returnOf }),
  ...more,
});

describe('a return by truck', () => {
  let lane: CoreLane;
  let original: string;
  beforeEach(() => {
    lane = bootLane();
    original = wasDelivered(lane.gate, BOX, MOVE);
  });
  const books = (more: Partial<Refusal> = {}, booking: Partial<Booking> = {}): Effect[] =>
    lane.step(bookingOf(refusalOf(lane.gate, more), booking));
  const comes = (): void => {
    lane.sees('approach');
    lane.reads();
    lane.weighs();
  };
  const crossing = (): Crossing =>
    lane.gate.state.crossings[lane.gate.state.containers[BOX] ?? ''] ?? assert.fail('nobody expects it');
  const against = (): string[] => lane.visit.reasons.map(({ code, detail }) => `${code} ${detail}`);
  const clears = (code: string): Effect[] => {
    lane.gate.config.overrides['clear-finding'] = { roles: ['customs-officer'], secondPerson: false };
    return lane.step({
      type: 'operator-act',
      person: 'quyen',
      role: 'customs-officer',
      reason: 'the papers are here',
      act: { kind: 'clear-finding', crossing: crossing().id, code },
    });
  };

  it('is a crossing of its own, linked to the one that was refused, and let in without a declaration', () => {
    const [linked] = decisionsOf(books(), 'return-linked');
    assert.deepEqual(
      [linked?.crossing, linked?.original, linked?.move, linked?.refusedBy, linked?.reason],
      [crossing().id, original, MOVE, 'quarantine', 'fruit fly'],
    );
    assert.notEqual(crossing().id, original);
    comes();
    assert.equal(lane.visit.released, true);
    assert.deepEqual([crossing().load, findingsOf(crossing())], ['return', []], 'it is nobody’s duplicate');
  });

  const refused: [string, Partial<Refusal>, string][] = [
    ['of a move nobody knows', { move: 'm99' }, `${BOX} is not known to have gone by m99`],
    [
      'of a refusal in a time to come',
      { refusedAt: Date.UTC(2030, 0, 1) },
      `${MOVE} is said to be refused at a time to come`,
    ],
  ];
  for (const [what, more, detail] of refused)
    it(`${what} is for customs, and the barrier stays down`, () => {
      const effects = books(more);
      assert.deepEqual(
        decisionsOf(effects, 'return-unlinked').map(({ why }) => why),
        [detail],
      );
      comes();
      assert.deepEqual(against(), [`RETURN_UNLINKED ${detail}`]);
      assert.equal(lane.barrier, 'down');
      clears('RETURN_UNLINKED');
      assert.equal(lane.visit.released, true);
    });

  it('of another container than the move had carried is for customs', () => {
    wasDelivered(lane.gate, 'MWCU6059784', 'm13');
    books({ move: 'm13' });
    comes();
    assert.deepEqual(against(), [`RETURN_UNLINKED m13 carried MWCU6059784, not ${BOX}`]);
  });

  it('of a move that has not come yet is for customs', () => {
    lane.gate.read({
      kind: 'offered',
      move: 'm14',
      load: 'laden',
      track: lane.gate.config.section.tracks.find(({ direction }) => direction === 'in')?.id ?? '',
      vehicle: 'che-1',
      homeGate: lane.gate.config.counterpart.gate,
      plate: '桂F10001',
      containers: [{ number: 'MWCU6059784' }],
    });
    books({ move: 'm14' });
    comes();
    assert.match(against()[0] ?? '', /^RETURN_UNLINKED m14 is not over: huu-nghi-\d+ is (offered|granted)$/);
  });

  it('of a move that went the same way, or carried nothing, is for customs', () => {
    wasDelivered(lane.gate, BOX, 'm15', { direction: 'export' });
    books({ move: 'm15' });
    comes();
    assert.deepEqual(against(), ['RETURN_UNLINKED m15 went the same way, and not the other']);
    wasDelivered(lane.gate, BOX, 'm16', { load: 'empty' });
    books({ move: 'm16' });
    lane.wait(1);
    assert.deepEqual(against(), ['RETURN_UNLINKED m16 carried no goods that could be refused']);
  });

  it('that names no move is for customs; told anew with its move, it is let in', () => {
    lane.step(bookingOf(undefined));
    comes();
    assert.deepEqual(against(), [`RETURN_UNLINKED ${crossing().id}`]);
    books();
    assert.equal(lane.visit.released, true);
  });

  it('that is told twice is linked once, and once more only if it is told otherwise', () => {
    const linked = (effects: Effect[]): number =>
      effects.filter((effect) => effect.kind === 'decide' && effect.type.startsWith('return-')).length;
    const refusedAt = lane.gate.state.now;
    assert.deepEqual(
      [books({ refusedAt }), books({ refusedAt }), books({ refusedAt, reason: 'another' })].map(linked),
      [1, 0, 1],
    );
  });

  it('goes home once: the next return of the same move is linked to nothing', () => {
    wasDelivered(lane.gate, BOX, 'huu-nghi-m1', { direction: 'export', load: 'return' });
    books();
    assert.equal(crossing().unlinked, `${BOX} is not known to have gone by ${MOVE}`);
  });

  it('that is announced twice is for customs, as any container is', () => {
    books();
    books({}, { bookingId: 'r2', truckPlate: '15C-111.22' });
    assert.deepEqual(Object.values(lane.gate.state.crossings).map(findingsOf), [
      ['DUPLICATE_CROSSING'],
      ['DUPLICATE_CROSSING'],
    ]);
  });

  it('is not kept by what its import was refused for', () => {
    books();
    lane.step({
      type: 'examination',
      examinationId: 'q1',
      container: BOX,
      requirement: 'quarantine',
      state: 'failed',
      version: 1,
      source: 'PQS',
      examinedAt: lane.gate.state.now,
    });
    comes();
    assert.equal(lane.visit.released, true);
  });
});

describe('a return from the yard', () => {
  let yard: Yard;
  let original: Crossing;
  beforeEach(() => {
    yard = bootYard();
    original = yard.vehicleBrings(BOX, 'bay-land-1', 's-1-1');
    original.inbound = { ...original.inbound, move: MOVE, track: 'north', departed: true };
    original.stage = 'in-yard';
    delete original.bays.landing;
    delete yard.gate.state.owners['bay:bay-land-1'];
  });
  const books = (more: Partial<Booking> = {}): Effect[] => yard.step(bookingOf(refusalOf(yard.gate), more));
  const now = (): Crossing =>
    yard.gate.state.crossings[yard.gate.state.containers[BOX] ?? ''] ?? assert.fail();

  it('goes from the slot it stands in, as a new crossing, and the one that was refused is over', () => {
    const effects = books();
    const { id, direction, load, stage, slot, returnOf } = now();
    assert.deepEqual([direction, load, slot, returnOf?.move], ['export', 'return', 's-1-1', MOVE]);
    assert.ok(stage === 'in-yard' || stage === 'loading');
    assert.equal(now().original, original.id);
    assert.equal(yard.gate.state.owners['slot:s-1-1'], id);
    assert.equal(yard.gate.state.crossings[original.id], undefined);
    assert.deepEqual(decisionsOf(effects, 'return-linked').length, 1);
    assert.deepEqual(yard.gate.state.completed, { export: 0, import: 0 }, 'nothing was delivered');
  });

  it('waits for no release any more', () => {
    yard.step({
      type: 'clearance',
      declaration: 'D1',
      container: BOX,
      kind: 'import',
      channel: 'red',
      status: 'registered',
      version: 1,
      source: 'VNACCS',
    });
    assert.equal(original.verdict, 'refer');
    books();
    assert.deepEqual([now().verdict ?? 'pass', now().reasons], ['pass', []]);
  });

  it('takes along what was found of it, but for a recall: it goes back to who has recalled it', () => {
    original.findings = [reason('RECALLED'), reason('RADIATION_ALARM')];
    books();
    assert.deepEqual([now().stage, findingsOf(now())], ['in-yard', ['RADIATION_ALARM']]);
  });

  it('that cannot be linked stays where it is', () => {
    yard.step(bookingOf(refusalOf(yard.gate, { refusedAt: Date.UTC(2030, 0, 1) })));
    assert.deepEqual(
      [now().stage, now().verdict, now().reasons.map(({ code }) => code)],
      ['in-yard', 'refer', ['RETURN_UNLINKED']],
    );
  });

  it('is a container announced twice while a truck is in to fetch it', () => {
    original.truck = { plate: TRUCK, phase: 'inside' };
    original.stage = 'collecting';
    books();
    assert.deepEqual(findingsOf(original), ['DUPLICATE_CROSSING']);
    assert.equal(now().id, original.id);
  });
});

describe('a return over the border', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const offers = (returnOf?: Refusal): Crossing => {
    border.offered('m1', box(1), { load: 'return', ...(returnOf && { returnOf }) });
    return border.moved('m1');
  };
  const ours = (): Refusal => refusalOf(border.gate, { move: 'huu-nghi-m7' });

  it('is offered with the move that was refused; by whom and why, where that may cross', () => {
    const returnOf = refusalOf(border.gate);
    border.waits('xe-2', 'border-out-1', box(2), { load: 'return', returnOf });
    const [silent] = border.written.filter((line) => line.kind === 'offered');
    const { move, refusedAt } = returnOf;
    assert.deepEqual(silent?.returnOf, { move, refusedAt });
    border = bootBorder({}, lettingCross('returnOf.refusedBy', 'returnOf.reason'));
    border.waits('xe-1', 'border-out-1', box(1), { load: 'return', returnOf });
    const [offer] = border.written.filter((line) => line.kind === 'offered');
    assert.deepEqual([offer?.load, offer?.returnOf], ['return', returnOf]);
  });

  it('is held against what we had handed over ourselves', () => {
    const original = wasDelivered(border.gate, box(1), 'huu-nghi-m7', { direction: 'export' });
    const { original: linked, unlinked } = offers(ours());
    assert.deepEqual([linked, unlinked], [original, undefined]);
    border.step(bookingOf(ours(), { direction: 'import', container: box(1) }));
    const crossing = border.moved('m1');
    assert.deepEqual([crossing.truck?.plate, findingsOf(crossing)], [TRUCK, []]);
  });

  it('of what we never sent is for customs here, too', () => {
    const crossing = offers(ours());
    assert.equal(crossing.unlinked, `${box(1)} is not known to have gone by huu-nghi-m7`);
  });

  it('of what we never sent keeps nobody waiting at the border: it is set aside until customs has decided', () => {
    const { vehicle, inbound } = offers(ours());
    border.read({ kind: 'departed', move: 'm1', grant: inbound?.grant ?? '', eventTime: EVENT_TIME });
    const lane = border.gate.config.lanes.find(({ node }) => node === inbound?.holdNode)?.id ?? assert.fail();
    border.stands(lane, vehicle?.plate ?? '', box(1));
    const effects = border.wait(30_000);
    assert.equal(decisionsOf(effects, 'to-refuge').length, 1);
    const crossing = border.moved('m1');
    assert.deepEqual(findingsOf(crossing), ['RETURN_UNLINKED']);
    border.gate.config.overrides['clear-finding'] = { roles: ['customs-officer'], secondPerson: false };
    border.goesThrough(lane);
    border.step({
      type: 'operator-act',
      person: 'quyen',
      role: 'customs-officer',
      reason: 'found in the archive',
      act: { kind: 'clear-finding', crossing: crossing.id, code: 'RETURN_UNLINKED' },
    });
    assert.deepEqual([crossing.stage, crossing.verdict, crossing.reasons], ['entering', 'pass', []]);
  });

  it('that the platform knows as goods, or as the return of another move, is for customs', () => {
    for (const [more, detail] of [
      [{ load: 'laden' }, 'booked as laden'],
      [{ returnOf: { ...ours(), move: 'm8' } }, 'is booked as that of m8'],
    ] as const) {
      border = bootBorder();
      wasDelivered(border.gate, box(1), 'huu-nghi-m7', { direction: 'export' });
      const crossing = offers(ours());
      border.step(bookingOf(ours(), { direction: 'import', container: box(1), ...more }));
      assert.deepEqual(findingsOf(crossing), ['RETURN_UNLINKED']);
      assert.match(crossing.findings[0]?.detail ?? '', new RegExp(detail));
    }
  });
});
