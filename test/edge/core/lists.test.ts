import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import { LISTED_MAX, LISTS_MAX } from '../../../edge/core/lists.ts';
import type { ListEntry, SignedList } from '../../../protocols/lists/words.ts';
import { BOX, bootLane, type CoreLane, TRUCK } from '../../support/core-lane.ts';

const DAY_MS = 86_400_000;

describe('a signed list', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane();
  });

  const decided = (effects: readonly Effect[], type: string): Record<string, unknown>[] =>
    effects.flatMap((effect) => (effect.kind === 'decide' && effect.type === type ? [effect.body] : []));
  const list = (entries: ListEntry[], more: Partial<SignedList> = {}): SignedList => ({
    id: 'watch',
    version: 1,
    name: 'Vehicles to be stopped',
    owner: 'border-guard',
    legalBasis: 'Decision 12/QĐ-BP',
    from: 0,
    until: lane.gate.state.now + DAY_MS,
    entries,
    ...more,
  });
  const tell = (given: SignedList): Effect[] => lane.step({ type: 'list', list: given });
  const plate = (value = TRUCK): ListEntry => ({ kind: 'plate', value });
  const alarms = (): string[] => lane.alarms().filter((alarm) => alarm.startsWith('LIST'));
  const comes = (): Effect[] => {
    lane.books();
    lane.sees('approach');
    lane.reads();
    return lane.weighs();
  };
  /** What was read and what was expected may be spelt in two ways; the owner hears of one list. */
  const hits = (): string[] => [
    ...new Set(
      lane.visit.reasons.flatMap(({ code, owner, source }) =>
        code === 'WATCHLIST_HIT' ? [`${owner} ${source}`] : [],
      ),
    ),
  ];

  it('keeps a vehicle it names before the barrier, for its owner to decide', () => {
    tell(list([plate()]));
    comes();
    assert.deepEqual(hits(), ['border-guard watch (Decision 12/QĐ-BP)']);
    assert.deepEqual([lane.visit.verdict, lane.visit.released], ['refer', false]);
    assert.deepEqual(lane.visit.reasons.find(({ code }) => code === 'WATCHLIST_HIT')?.releasableBy, [
      'border-guard',
    ]);
  });

  it('tells its owner of a hit once a visit, and again at the next', () => {
    tell(list([plate(), { kind: 'container', value: BOX }]));
    comes();
    assert.deepEqual(lane.visit.hits?.toSorted(), ['watch container', 'watch plate']);
    // Judged again and again, nothing is told anew.
    assert.deepEqual(decided([...lane.weighs(30_000), ...lane.wait(20_000)], 'list-hit'), []);
    const crossing = lane.visit.crossing;
    lane.sees();
    lane.wait(5_000);
    lane.sees('approach');
    const { camera } = lane.config.devices;
    const again = lane.step({
      type: 'plate',
      device: camera,
      readId: 'x',
      plate: TRUCK,
      quality: 960,
      deviceAt: 0,
    });
    const { id: visit } = lane.visit;
    assert.deepEqual(decided(again, 'list-hit'), [
      { list: 'watch', kind: 'plate', lane: 'yard-in-1', visit, crossing },
      { list: 'watch', kind: 'container', lane: 'yard-in-1', visit, crossing },
    ]);
  });

  it('hits goods by the beginning of their code, and parties by their number or the digest of their name', () => {
    lane = bootLane('yard-in-1', ({ checkpoints }) => checkpoints['yard-in'].laden.push('clearance'));
    const digest = `sha256:${'0a'.repeat(32)}`;
    tell(
      list(
        [
          { kind: 'hs', value: '5201' },
          { kind: 'party', value: '0100109106' },
          { kind: 'party', value: digest },
        ],
        { owner: 'customs' },
      ),
    );
    lane.step({ type: 'customs-feed', asOf: lane.gate.state.now });
    lane.step({
      type: 'clearance',
      declaration: '308044805740',
      container: BOX,
      kind: 'export',
      channel: 'green',
      status: 'released',
      version: 1,
      source: 'VNACCS',
      goods: [{ hs: '52010000' }, { hs: '52020000' }],
      parties: [{ role: 'consignor', id: '0100109106', name: digest }],
    });
    comes();
    const details = lane.visit.reasons.flatMap(({ hit, detail }) => (hit === undefined ? [] : [detail]));
    assert.deepEqual(details.toSorted(), ['hs 52010000', 'party 0100109106', `party ${digest}`]);
  });

  it('lets a vehicle go when a newer version names it no more, and is not replaced by an older one', () => {
    tell(list([plate()], { version: 2 }));
    comes();
    assert.equal(lane.visit.released, false);
    tell(list([], { version: 1 }));
    assert.equal(lane.visit.released, false);
    tell(list([], { version: 3 }));
    assert.equal(lane.visit.released, true);
  });

  it('counts from its first moment until its last, and whoever waits is judged anew at both', () => {
    const { now } = lane.gate.state;
    tell(list([plate()], { from: now + 100_000, until: now + 200_000 }));
    lane.books();
    lane.sees('approach');
    lane.reads();
    assert.deepEqual(hits(), []);
    lane.wait(100_000);
    assert.equal(hits().length, 1);
    lane.wait(100_000);
    assert.deepEqual(hits(), []);
    assert.deepEqual(alarms(), ['LIST_EXPIRED/watch']);
    assert.deepEqual(lane.gate.state.lists.watch?.entries, []);
    tell(list([plate()], { version: 1 }));
    assert.deepEqual(hits(), []);
    tell(list([plate()], { version: 2 }));
    assert.deepEqual([hits().length, alarms()], [1, []]);
  });

  it('calls people when it is due for review', () => {
    const { now } = lane.gate.state;
    tell(list([plate()], { reviewBy: now + 100_000 }));
    lane.wait(99_999);
    assert.deepEqual(alarms(), []);
    lane.wait(1);
    assert.deepEqual(alarms(), ['LIST_REVIEW/watch']);
    tell(list([plate()], { version: 2, reviewBy: now + DAY_MS }));
    assert.deepEqual(alarms(), []);
  });

  it('that comes too late counts for nothing, and says so', () => {
    tell(list([plate()], { until: lane.gate.state.now }));
    lane.wait(0);
    assert.deepEqual(alarms(), ['LIST_EXPIRED/watch']);
  });

  it('is not taken where there is no room, and people are called', () => {
    const entries = Array.from({ length: 10_000 }, (_, index): ListEntry => plate(`P${index}`));
    for (let n = 0; n < LISTED_MAX / entries.length; n += 1)
      lane.gate.step({ type: 'list', list: list(entries, { id: `full-${n}` }) });
    const [refused] = decided(lane.gate.step({ type: 'list', list: list([plate()]) }), 'list');
    assert.equal(refused?.state, 'no-room');
    assert.deepEqual(alarms(), ['LISTS_FULL/watch']);
    // The same list in a smaller version needs no more room than it has.
    lane.gate.step({ type: 'list', list: list([], { id: 'full-0', version: 2 }) });
    lane.gate.step({ type: 'list', list: list([plate()]) });
    assert.deepEqual(alarms(), []);
    for (let n = 0; n < LISTS_MAX + 5; n += 1)
      lane.gate.step({ type: 'list', list: list([], { id: `n-${n}` }) });
    assert.equal(Object.keys(lane.gate.state.lists).length, LISTS_MAX);
  });
});
