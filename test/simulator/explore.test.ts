import assert from 'node:assert/strict';
import type { HandoverRecord } from '../../edge/core/input.ts';
import { JOURNEYS } from '../../simulator/explore/journeys.ts';
import { custodiansOf, enter } from '../../simulator/explore/ledger.ts';
import type { Move, Side, World } from '../../simulator/explore/world.ts';
import { explore } from '../../simulator/explore.ts';

/** So few that it takes a moment; `npm run explore` goes further. */
const SMALL = { statesMax: 1_500, outlookEvery: 1_000 };

describe('the exploration', () => {
  it('brings both containers across, and finds nothing wrong around that journey', () => {
    const found = explore(SMALL);
    assert.equal(found.violation, undefined);
    assert.ok(found.states >= SMALL.statesMax);
    assert.ok(found.journey > 200, 'two vehicles, out and home again');
    assert.ok(found.depth >= 1, 'every moment of the journey was troubled');
    assert.ok(found.outlooks > 0);
  }).timeout(20_000);

  it('finds nothing wrong either where custody passes at the border', () => {
    const found = explore({ ...SMALL, custodyPoint: 'border-in' });
    assert.equal(found.violation, undefined);
    assert.ok(found.outlooks > 0);
  }).timeout(20_000);

  it('meets the races of line clear: grants that run out unused, granted or not, and lines that one side alone cannot read', () => {
    const { met } = explore({ ...SMALL, statesMax: 12_000, journeys: JOURNEYS.slice(0, 1) });
    for (const what of [
      'reads accepted',
      'the time of a grant runs out, granted by the other side',
      'the time of a grant runs out, nothing by the other side',
      'the link is cut',
      'the link is cut one way',
      'a gate dies',
    ])
      assert.ok((met[what] ?? 0) > 0, what);
  }).timeout(20_000);

  it('has days on which people close the section, find a block empty, and send one by telephone', () => {
    const { met, journey } = explore({ ...SMALL, statesMax: 12_000 });
    assert.ok(journey > 800, 'four journeys');
    for (const what of [
      'the section is closed',
      'reads section-closed',
      'the section is opened again',
      'people say that the block is empty, too',
      'what was lost is found at its own gate',
      'a number is given by telephone',
      'the other officer has seen it arrive',
    ])
      assert.ok((met[what] ?? 0) > 0, what);
  }).timeout(20_000);

  it('finds a gate that forgets a closure when it has said that nothing of its own is there', () => {
    const { violation } = explore({
      ...SMALL,
      plant({ section }) {
        for (const { id, clear } of Object.values(section.closures))
          if (clear.ours) delete section.closures[id];
      },
    });
    assert.match(violation?.what ?? 'nothing', /though its writer knows of huu-nghi-s1/);
  }).timeout(20_000);

  it('finds the same twice', () => {
    const few = { statesMax: 400, outlookEvery: 1_000 };
    assert.deepEqual(explore(few), explore(few));
  }).timeout(20_000);

  it('finds a grant that is used twice', () => {
    const { violation } = explore({
      ...SMALL,
      plant({ crossings, lanes }) {
        const visit = lanes['border-out-1']?.visit;
        const lineClear = crossings[visit?.crossing ?? '']?.lineClear;
        if (visit == null || lineClear?.used !== true) return;
        lineClear.used = false;
        visit.released = false;
      },
    });
    assert.match(violation?.what ?? 'nothing', /^departed of huu-nghi-m1: after departed$/);
    assert.match(violation?.path.at(-1) ?? '', /has written its journal/);
  }).timeout(20_000);

  it('finds what goes wrong only in trouble: a gate that helps itself to the token when the link is lost', () => {
    const { violation } = explore({
      ...SMALL,
      statesMax: 5_000,
      journeys: JOURNEYS.slice(0, 1),
      plant(state) {
        const gate = state.config?.gate.id ?? '';
        if (state.link.up || state.counters.line === undefined) return;
        for (const track of Object.values(state.tracks)) track.holder = gate;
      },
    });
    assert.equal(violation?.what, 'both gates hold middle');
    assert.deepEqual(violation?.path.slice(-2), ['huu-nghi dies', 'huu-nghi-quan notices the link down']);
  }).timeout(20_000);
});

describe('the ledger of the exploration', () => {
  const offered = (move: string): HandoverRecord => ({
    kind: 'offered',
    move,
    load: 'laden',
    track: 'middle',
    vehicle: 'xe-1',
    homeGate: 'huu-nghi',
    plate: '12C-123.45',
    containers: [{ number: 'CSQU3054383' }],
  });
  const eventTime = '2026-01-01T07:00:00+07:00';
  const grant: HandoverRecord = {
    kind: 'granted',
    move: 'a-m1',
    grant: 'b-g1',
    track: 'middle',
    holdNode: 'n',
  };
  const toReceived: [Side, HandoverRecord][] = [
    [0, offered('a-m1')],
    [1, { kind: 'accepted', move: 'a-m1' }],
    [1, grant],
    [0, { kind: 'departed', move: 'a-m1', grant: 'b-g1', eventTime }],
    [1, { kind: 'arrived', move: 'a-m1', eventTime }],
    [1, { kind: 'received', move: 'a-m1', eventTime, containers: ['CSQU3054383'] }],
  ];
  const ledger = (): World =>
    ({ moves: [] as Move[], custody: {}, closures: [], inspected: [null, null] }) as unknown as World;

  it('has each container with one gate at every line of its way, and passes custody with `received`', () => {
    const world = ledger();
    const custodians: (readonly Side[])[] = [];
    for (const [writer, line] of toReceived) {
      assert.equal(enter(world, writer, line), null);
      custodians.push(custodiansOf(world, 'CSQU3054383'));
    }
    assert.deepEqual(custodians, [[0], [0], [0], [0], [0], [1]]);
    assert.equal(enter(world, 0, { kind: 'closed', move: 'a-m1', eventTime }), null);
    assert.deepEqual(custodiansOf(world, 'CSQU3054383'), [1]);
    assert.equal(enter(world, 1, offered('b-m1')), null, 'back it goes');
  });

  it('leaves goods that both sides have found gone from the section with their sender, and believes no departure after that', () => {
    const world = ledger();
    for (const [writer, line] of toReceived.slice(0, 4)) enter(world, writer, line);
    const reset = (name: string): HandoverRecord => ({
      kind: 'block-reset',
      reset: name,
      track: 'middle',
      moves: ['a-m1'],
      eventTime,
      officers: ['dung', 'thao'],
    });
    assert.equal(enter(world, 1, reset('b-b1')), null);
    assert.equal(world.moves[0]?.reset, undefined, 'one side alone says nothing');
    assert.equal(enter(world, 0, reset('a-b1')), null);
    assert.deepEqual(custodiansOf(world, 'CSQU3054383'), [0]);
    const late: HandoverRecord = { kind: 'arrived', move: 'a-m1', eventTime };
    assert.match(enter(world, 1, late) ?? '', /both sides have found gone/);
    assert.equal(enter(world, 0, offered('a-m2')), null, 'it goes to the border anew');
  });

  it('notices a gate that offers what is in the custody of the other, or has passed into it', () => {
    const world = ledger();
    for (const [writer, line] of toReceived.slice(0, 4)) enter(world, writer, line);
    assert.match(enter(world, 1, offered('b-m1')) ?? '', /CSQU3054383 is in the custody of the other gate/);
    assert.deepEqual(custodiansOf(world, 'CSQU3054383').toSorted(), [0, 1]);
    const passed = ledger();
    for (const [writer, line] of toReceived) enter(passed, writer, line);
    assert.match(enter(passed, 0, offered('a-m2')) ?? '', /custody of the other gate/);
  });
});
