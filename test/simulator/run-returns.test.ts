import assert from 'node:assert/strict';
import type { Crossing } from '../../edge/core/state.ts';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { referenceConfigs } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';

describe('goods that are refused on the other side go home through both gates', () => {
  let run: VirtualRun;
  beforeEach(() => {
    run = startVirtualRun(referenceConfigs);
    run.clock.advance(1_000);
  });
  afterEach(() => endUnharmed(run));

  const over = (gate: string, load: Crossing['load']): Crossing | undefined =>
    run.gate(gate).state.recent.find((one) => one.load === load);
  const refuse = (container: string, move: string | undefined): void => {
    const refusedAt = run.gate(CN).state.now;
    const refusal = { move: move ?? '', refusedBy: 'quarantine', reason: 'fruit fly', refusedAt } as const;
    assert.ok(run.world.giveBack(CN, container, refusal));
  };
  /** Both gates have linked it to their own crossing of then, and asked no customs. */
  const isHome = (first: { [gate: string]: string | undefined }): void => {
    untilIn(run, () => over(VN, 'return') !== undefined, 'fetched at home');
    for (const gate of [VN, CN]) {
      const { original, unlinked, findings, reasons } =
        over(gate, 'return') ?? assert.fail(`not over at ${gate}`);
      assert.deepEqual([original, unlinked], [first[gate], undefined]);
      assert.deepEqual([findings, reasons], [[], []]);
    }
    assert.equal(run.world.stats().exportsDelivered[CN], 1, 'delivered at home');
  };

  it('after a truck had fetched them', () => {
    const container = run.world.export(VN);
    untilIn(run, () => over(CN, 'laden') !== undefined, 'fetched over there');
    const first = { [VN]: over(VN, 'laden')?.id, [CN]: over(CN, 'laden')?.id };
    refuse(container, over(CN, 'laden')?.inbound?.move);
    isHome(first);
  });

  it('from the yard, where nobody has released them', () => {
    const container = run.world.export(VN);
    untilIn(run, () => crossingIn(run, CN, container)?.stage === 'entering', 'over the border');
    run.world.setClearance(CN, container, 'withdrawn');
    untilIn(run, () => crossingIn(run, CN, container)?.stage === 'in-yard', 'in the yard over there');
    untilIn(run, () => over(VN, 'laden') !== undefined, 'handed over');
    const [there] = [crossingIn(run, CN, container)];
    refuse(container, there?.inbound?.move);
    isHome({ [VN]: over(VN, 'laden')?.id, [CN]: there?.id });
  });
});
