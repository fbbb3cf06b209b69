import assert from 'node:assert/strict';
import { decodeRecord } from '../../protocols/handover/line.ts';
import { startVirtualRun } from '../../simulator/run.ts';
import { referenceConfigs } from '../support/simulated-site.ts';
import { endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';

describe('two gates one version of the protocol apart', () => {
  it('hand containers over both ways: what the older one cannot read is not told, and no word is missed', () => {
    const run = startVirtualRun(referenceConfigs);
    run.clock.advance(1);
    assert.ok(run.gate(VN).submit({ type: 'counterpart-link', up: false, reads: 1 }));
    run.clock.advance(1);
    for (const gate of [VN, CN]) run.world.export(gate);
    for (const gate of [VN, CN])
      untilIn(run, () => run.gate(gate).state.completed.import === 1, `a container into ${gate}`);
    const versionsOf = (gate: string): Set<number> =>
      new Set(
        run
          .gate(gate)
          .journal()
          .flatMap(({ kind, type, body }) => {
            if (kind !== 'decision' || type !== 'handover') return [];
            const line = decodeRecord(JSON.parse(body).data);
            assert.ok(line.ok);
            return [line.version];
          }),
      );
    assert.deepEqual(versionsOf(VN), new Set([1]));
    assert.deepEqual(versionsOf(CN), new Set([2]));
    run.stop();
  });

  it('go on in the newer version when the older gate has been updated', () => {
    const run = startVirtualRun(referenceConfigs);
    run.clock.advance(1);
    assert.ok(run.gate(VN).submit({ type: 'counterpart-link', up: false, reads: 1 }));
    run.clock.advance(1);
    run.world.export(VN);
    untilIn(run, () => run.gate(CN).state.completed.import === 1, 'a container over the border');
    run.gate(VN).submit({ type: 'counterpart-link', up: true, reads: 2 });
    run.world.export(VN);
    untilIn(run, () => run.gate(CN).state.completed.import === 2, 'another one');
    endUnharmed(run);
  });
});
