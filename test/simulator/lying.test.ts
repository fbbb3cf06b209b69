import assert from 'node:assert/strict';
import type { CounterpartFault } from '../../edge/core/input.ts';
import { PROTOCOL_VERSION, readHead, signHead } from '../../protocols/handover/head.ts';
import { encodeRecord } from '../../protocols/handover/line.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from '../../protocols/handover/merkle.ts';
import type { LogPage } from '../../protocols/handover/wire.ts';
import { createInvariants, type Invariants } from '../../simulator/invariants.ts';
import { startOperators } from '../../simulator/operators.ts';
import { LIES, type Liar, type LieKind } from '../../simulator/run/exchange/lies.ts';
import { testKey } from '../../simulator/run/exchange/test-key.ts';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { referenceConfigs } from '../support/simulated-site.ts';
import { endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';
const MINUTE_MS = 60_000;

/** What each lie of the Chinese gate is found to be; a replayed page is no news, and whoever tells no news is not there. */
const FOUND: Record<string, CounterpartFault['kind'] | 'silence'> = {
  'lying-past': 'fork',
  'lying-future': 'fork',
  'lying-replays': 'silence',
  'lying-replays-as-new': 'gap',
  'lying-reorders': 'gap',
  'lying-drops': 'gap',
  'lying-shrinks': 'shrunken-log',
  'lying-alters': 'altered-line',
  'lying-signs-wrong': 'bad-signature',
  'lying-names-another': 'wrong-log',
  'lying-witness': 'bad-signature',
};

/** One more line than the honest log has, under a valid head. */
function withAddedLine(honest: LogPage, { gate, key, nowMs, lines, after }: Liar): LogPage {
  if (after !== lines.length) return honest;
  const data = encodeRecord({
    version: 2,
    gate,
    line: after + 1,
    at: nowMs,
    utcOffset: '+08:00',
    record: { kind: 'refused', move: 'huu-nghi-m999', code: 'NO_TRACK' },
  });
  const tree = [...lines, data].map(leafHash).reduce(appendLeaf, EMPTY_TREE);
  const head = { gate, version: PROTOCOL_VERSION, size: tree.size, rootHash: rootHash(tree), at: nowMs };
  return { ...honest, lines: [data], head: signHead(head, key) };
}

describe('a counterpart that lies about its log', () => {
  let run: VirtualRun;
  let invariants: Invariants;
  beforeEach(() => {
    invariants = createInvariants();
    run = startVirtualRun(referenceConfigs, { observer: invariants.observer });
    invariants.attach(run);
    // One container over the border each way: both logs have a past.
    for (const gate of run.gates.keys()) run.world.export(gate);
    until(() => completed(VN) === 1 && completed(CN) === 1, 'a container across each way');
  });
  afterEach(() => endUnharmed(run));

  const until = (predicate: () => boolean, what: string): void => untilIn(run, predicate, what);
  const state = () => run.gate(VN).state;
  const completed = (gate: string): number => run.gate(gate).state.completed.export;
  const fault = () => state().logFaults.theirs;

  /** From here on the Chinese gate lies, while both have something to send. */
  function lie({ kind }: Pick<LieKind, 'kind'>): void {
    const found = LIES.find((one) => one.kind === kind);
    assert.ok(found);
    run.exchange(CN).lie = found;
    for (const gate of run.gates.keys()) for (let n = 0; n < 2; n += 1) run.world.export(gate);
  }

  /** People at both gates, who clear a fault once nobody lies any more. */
  function withPeople(): void {
    startOperators(run, { lookMs: 20_000, comeMs: () => MINUTE_MS });
  }

  function assertNothingWrong(): void {
    invariants.sweep();
    assert.deepEqual(invariants.violations, []);
  }

  for (const { kind, what } of LIES) {
    it(`that ${what} is found out: nothing of it is taken, line clear stops, the section drains; then it is read on`, () => {
      lie({ kind });
      const expected = FOUND[kind];
      // A false future is only found out by what then comes instead.
      until(
        () => !state().link.up && (expected === 'silence' || fault() !== null),
        'the link taken for down',
      );
      const { alarms } = state();
      if (expected === 'silence') assert.equal(fault(), null);
      else {
        assert.equal(fault()?.kind, expected, fault()?.reason);
        assert.ok((fault()?.evidence?.heads.length ?? 0) > 0, 'the signed heads that show it are kept');
        assert.equal(alarms[`COUNTERPART_LOG_FAULT/${CN}`]?.state, 'raised');
      }
      assert.equal(alarms[`LINK_DOWN/${CN}`]?.state, 'raised');

      // Nobody new is sent; whoever is under way gets off the section; nothing more is read, however long it lies.
      const taken = state().sources.counterpart;
      const departures = departuresOf(VN);
      run.clock.advance(20 * MINUTE_MS);
      assert.equal(departuresOf(VN), departures, 'nobody departs');
      for (const world of run.world.gates.values())
        for (const [id, { place }] of world.vehicles)
          assert.ok(!isOnSection(place.at) && !isOnSection(place.towards), `${id} is off the section`);
      assert.equal(state().sources.counterpart, taken, 'no line of it is taken');
      assertNothingWrong();

      // Lanes and yard go on.
      const box = run.world.export(VN);
      until(() => hasStored(VN, box), 'a container in the yard all the same');

      run.exchange(CN).lie = null;
      withPeople();
      until(() => fault() === null && state().link.up, 'the fault cleared by two people');
      until(() => completed(VN) === 4 && completed(CN) === 3, 'everything across after all');
      assertNothingWrong();
    }).timeout(30_000);
  }

  it('to whom people believe too early is found out again, and nothing was read in between', () => {
    lie({ kind: 'lying-shrinks' });
    until(() => fault() !== null, 'the fault');
    const taken = state().sources.counterpart;
    const first = fault()?.at;
    const act = (person: string, given: object): void => {
      run.gate(VN).submit({
        type: 'operator-act',
        person,
        role: 'supervisor',
        act: given as never,
        reason: 'they say it is mended',
      });
    };
    act('dung', { kind: 'clear-log-fault', log: 'theirs' });
    assert.equal(fault()?.at, first, 'one person is not enough');
    const [proposal] = Object.keys(state().proposals);
    act('thao', { kind: 'confirm', proposal });
    assert.equal(fault(), null);
    until(() => fault() !== null, 'the fault found anew');
    assert.equal(fault()?.kind, 'shrunken-log');
    assert.equal(state().sources.counterpart, taken);
    assertNothingWrong();
  });

  it('whose added line was read is convicted by its own signature, however often people clear it', () => {
    run.clock.advance(20 * MINUTE_MS);
    run.exchange(CN).lie = { kind: 'an added line', what: 'adds a line and signs it', lie: withAddedLine };
    const honest = run.exchange(CN).ownLog.size;
    until(
      () => state().sources.counterpart === honest + 1,
      'the added line read: who signed it may have meant it',
    );
    run.exchange(CN).lie = null;
    // Its own signature comes back to it with what we have read, and its honest log is shorter than that.
    const theirs = () => run.gate(CN).state.logFaults.ours;
    until(() => theirs() !== null, 'its own fault found out');
    assert.equal(theirs()?.kind, 'shrunken-log');
    const heads = theirs()?.evidence?.heads.map((jws) => readHead(jws, testKey(CN).ring));
    assert.deepEqual(
      heads?.map((read) => read.ok && read.head.size),
      [honest, honest + 1],
      'both heads are kept, and each is signed by the liar',
    );
    until(() => !state().link.up, 'the link down');
    const first = theirs()?.at ?? 0;
    withPeople();
    until(() => (theirs()?.at ?? 0) > first, 'cleared, and found again');
    run.clock.advance(10 * MINUTE_MS);
    assert.equal(state().link.up, false);
    assert.equal(state().sources.counterpart, honest + 1);
  });

  it('is remembered as one by a gate whose processes both die meanwhile', () => {
    lie({ kind: 'lying-past' });
    until(() => fault() !== null, 'the fault');
    run.clock.advance(1_000);
    run.exchange(VN).process.restart(2_000);
    run.gate(VN).crash(3_000);
    run.exchange(CN).lie = null;
    run.clock.advance(10 * MINUTE_MS);
    assert.equal(fault()?.kind, 'fork');
    assert.equal(state().link.up, false, 'an honest log is not read before people have looked');
    withPeople();
    until(() => completed(VN) === 3 && completed(CN) === 3, 'everything across after all');
    assertNothingWrong();
  });

  const departuresOf = (gate: string): number =>
    run
      .gate(gate)
      .journal()
      .filter(({ type, body }) => type === 'handover' && body.includes('"record":"departed"')).length;
  const hasStored = (gate: string, container: string): boolean =>
    Object.values(run.gate(gate).state.crossings).some(
      ({ stage, containers }) => stage === 'in-yard' && containers[0]?.number === container,
    );
  const isOnSection = (node: string | undefined): boolean => node?.startsWith('km0') === true;
});
