import assert from 'node:assert/strict';
import { createInvariants, type Invariants } from '../../simulator/invariants.ts';
import type { DeathPoint } from '../../simulator/run/exchange/process.ts';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { referenceConfigs } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DAYS = 1;
const IN_YARD: ReadonlySet<string> = new Set(['in-yard', 'loading', 'loaded', 'at-border-out']);

describe('the exchanges of two gates, in virtual time', () => {
  let run: VirtualRun;
  let invariants: Invariants;
  beforeEach(() => {
    invariants = createInvariants();
    run = startVirtualRun(referenceConfigs, { observer: invariants.observer });
    invariants.attach(run);
    run.clock.advance(5_000);
  });
  afterEach(() => {
    invariants.sweep();
    assert.deepEqual(invariants.violations, []);
    endUnharmed(run);
  });

  const until = (predicate: () => boolean, what: string): void => untilIn(run, predicate, what);
  const state = (gate: string) => run.gate(gate).state;
  const completed = (gate: string): number => state(gate).completed.export;
  const exchange = (gate: string) => run.exchange(gate);
  /** Both logs have been read to their end, and both gates know it. */
  const isLevel = (): boolean =>
    [VN, CN].every((gate) => {
      const other = gate === VN ? CN : VN;
      const size = exchange(other).ownLog.size;
      return state(gate).sources.counterpart === size && state(gate).witness?.size === size;
    });
  const exportOf = (gate: string, count: number): void => {
    for (let n = 0; n < count; n += 1) run.world.export(gate);
  };

  it('bring a container across while most of what they say is lost, late, doubled or overtaken', () => {
    for (const gate of [VN, CN])
      Object.assign(exchange(gate).link, { loseShare: 0.3, doubleShare: 0.5, jitterMs: 1_500 });
    exportOf(VN, 2);
    exportOf(CN, 1);
    until(() => completed(VN) === 2 && completed(CN) === 1, 'all of them across');
  });

  it('with one deaf, nobody new is sent by it; the other, which reads, is not granted anything either; then both go on', () => {
    exchange(VN).link.deaf = true;
    until(() => !state(VN).link.up, 'the silence noticed');
    assert.equal(state(CN).link.up, true, 'its questions still reach us, and are answered');
    exportOf(VN, 1);
    const box = run.world.export(CN);
    until(() => crossingIn(run, CN, box)?.lineClear !== undefined, 'an offer that we do not hear');
    run.clock.advance(30 * MINUTE_MS);
    assert.equal(completed(VN) + completed(CN), 0);
    assert.notEqual(crossingIn(run, CN, box)?.stage, 'departed', 'nobody has granted it');
    exchange(VN).link.deaf = false;
    until(() => completed(VN) === 1 && completed(CN) === 1, 'both across');
  });

  for (const point of ['page-stored', 'head-signed', 'head-stored'] as const satisfies DeathPoint[]) {
    it(`lose and double nothing when either dies again and again at the same moment: ${point}`, () => {
      exportOf(VN, 1);
      exportOf(CN, 1);
      let deaths = 0;
      const again = (): void => {
        for (const gate of [VN, CN])
          if (exchange(gate).process.up) exchange(gate).process.restartAt(point, 700);
      };
      run.clock.every(5_000, again);
      for (const gate of [VN, CN]) {
        let wasUp = true;
        run.clock.every(100, () => {
          const { up } = exchange(gate).process;
          if (wasUp && !up) deaths += 1;
          wasUp = up;
        });
      }
      until(() => completed(VN) === 1 && completed(CN) === 1, 'both across');
      assert.ok(deaths >= 6, `${deaths} deaths`);
    });
  }

  it('of which one is dead for long: control takes the link for down by itself, and all goes on once it starts', () => {
    exportOf(VN, 1);
    exchange(VN).process.restart(10 * MINUTE_MS);
    run.clock.advance(5_000);
    assert.equal(state(VN).link.up, false);
    until(() => completed(VN) === 1, 'the container across');
  });

  it('with a database lost make both logs anew: the same lines, under the same root', () => {
    exportOf(VN, 1);
    exportOf(CN, 1);
    until(() => completed(VN) === 1 && completed(CN) === 1 && isLevel(), 'both across');
    const before = exchange(VN).ownLog.lines.slice();
    exchange(VN).process.restart(1_000);
    exchange(VN).loseDatabase();
    run.clock.advance(10_000);
    assert.deepEqual(exchange(VN).ownLog.lines.slice(0, before.length), before);
    assert.ok(isLevel());
    assert.deepEqual(state(CN).logFaults, { ours: null, theirs: null });
    exportOf(VN, 1);
    until(() => completed(VN) === 2, 'another one across');
  });
});

describe('days without a line between the gates', () => {
  it('keeps nobody waiting but at the border; then everything is caught up with by itself, page by page', () => {
    const run = startVirtualRun(referenceConfigs, { keepAll: false });
    run.clock.advance(5_000);
    // They hear of us, and we nothing of them: what they ask for, and give up again, goes on day and night.
    run.exchange(VN).link.up = false;
    for (let n = 0; n < 2; n += 1) run.world.export(CN);
    let stored = 0;
    for (; stored < DAYS; stored += 1) {
      const box = run.world.export(VN);
      const isIn = (): boolean => IN_YARD.has(crossingIn(run, VN, box)?.stage ?? '');
      assert.ok(run.clock.runUntil(isIn, { limitMs: 10 * MINUTE_MS }), 'a truck waits for the line');
      run.clock.advance(DAY_MS);
    }
    const { ownLog } = run.exchange(CN);
    const backlog = ownLog.size - (run.gate(VN).state.sources.counterpart ?? 0);
    assert.ok(backlog > 1_000 * DAYS, `${backlog} lines`);

    const pages: number[] = [];
    let before = run.exchange(VN).reading.lines.length;
    let taken = run.gate(VN).state.sources.counterpart ?? 0;
    run.exchange(VN).link.up = true;
    const readMs = run.clock.monotonicMs();
    untilIn(
      run,
      () => {
        const { length } = run.exchange(VN).reading.lines;
        if (length > before) pages.push(length - before);
        before = length;
        const now = run.gate(VN).state.sources.counterpart ?? 0;
        assert.ok(now - taken <= 32, 'control is told so many lines at once that a lane waits');
        taken = now;
        return taken === ownLog.size;
      },
      'everything read',
    );
    assert.ok(pages.length > backlog / 1_024 && pages.every((lines) => lines <= 1_024), `${pages}`);
    assert.ok(run.clock.monotonicMs() - readMs < 5 * MINUTE_MS);
    untilIn(
      run,
      () => run.gate(VN).state.completed.export === stored && run.gate(CN).state.completed.export === 2,
      'everything across',
    );
    endUnharmed(run);
  }).timeout(120_000);
});
