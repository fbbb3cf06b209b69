import assert from 'node:assert/strict';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { referenceConfigs } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';

describe('empty containers through both gates', () => {
  let run: VirtualRun;
  beforeEach(() => {
    run = startVirtualRun(referenceConfigs);
    run.clock.advance(1_000);
  });
  afterEach(() => endUnharmed(run));
  const crossing = (gate: string, container: string) => crossingIn(run, gate, container);

  it('go from truck to truck without a declaration, and both gates know them for empty', () => {
    const container = run.world.export(VN, { load: 'empty' });
    untilIn(run, () => crossing(CN, container)?.stage === 'in-yard', 'in the yard over there');
    assert.deepEqual(
      [crossing(CN, container)?.load, crossing(CN, container)?.containers[0]?.sizeType],
      ['empty', '22G1'],
    );
    untilIn(run, () => run.world.stats().exportsDelivered[VN] === 1, 'fetched by a truck');
    for (const gate of [VN, CN]) {
      const { recent, clearances } = run.gate(gate).state;
      assert.equal(recent.find(({ containers }) => containers[0]?.number === container)?.load, 'empty');
      assert.deepEqual(clearances, {}, 'customs was asked nothing, and said nothing');
    }
  });

  it('that are full do not get in', () => {
    const container = run.world.export(VN, { load: 'laden', bookedLoad: 'empty' });
    const codes = () => crossing(VN, container)?.reasons.map(({ code }) => code) ?? [];
    untilIn(run, () => codes().includes('EMPTY_NOT_EMPTY'), 'weighed');
    run.clock.advance(600_000);
    assert.deepEqual([crossing(VN, container)?.stage, codes()], ['announced', ['EMPTY_NOT_EMPTY']]);
  });
});
