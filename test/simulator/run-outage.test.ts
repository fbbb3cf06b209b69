import assert from 'node:assert/strict';
import type { Act } from '../../edge/core/input.ts';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { referenceConfigs, the } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const HOUR_MS = 3_600_000;
const VN = 'huu-nghi';

describe('customs away for an hour, in virtual time', () => {
  let run: VirtualRun;
  beforeEach(() => {
    run = startVirtualRun(referenceConfigs);
    run.clock.advance(1_000);
  });
  afterEach(() => endUnharmed(run));

  const until = (predicate: () => boolean, what: string): void => untilIn(run, predicate, what);
  const gate = () => run.gate(VN);
  const link = () => the(run.customsLinks, VN);
  const customs = () => the(run.world.gates, VN).customs;
  const act = (given: Act): void => {
    gate().submit({
      type: 'operator-act',
      person: 'hoa',
      role: 'customs-leader',
      act: given,
      reason: 'line cut',
    });
  };
  /** What an older system of customs says, by a feed of its own that confirms nothing. */
  const ecus6Releases = (container: string): void => {
    for (const clearance of customs().clearances(container))
      gate().submit({ ...clearance, source: 'Ecus6', feed: 'ecus6' });
  };
  const decided = (type: string): Record<string, unknown>[] =>
    gate()
      .journal()
      .filter((entry) => entry.kind === 'decision' && entry.type === type)
      .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  it('lets cross what Ecus6 has released, and finds on its return the one that was withdrawn', () => {
    const boxes = [
      run.world.export(VN, { release: false }),
      run.world.export(VN, { release: false }),
    ] as const;
    until(() => boxes.every((box) => crossingIn(run, VN, box)?.stage === 'in-yard'), 'both in the yard');
    link().up = false;
    const cutAt = run.clock.nowMs();
    run.clock.advance(gate().config.customs.clearanceAgeMsMax + 60_000);
    // Customs goes on working; only nobody here hears of it.
    for (const box of boxes) {
      customs().set(box, 'released');
      ecus6Releases(box);
    }
    run.clock.advance(60_000);
    for (const box of boxes) assert.equal(crossingIn(run, VN, box)?.stage, 'in-yard');

    act({
      kind: 'declare-outage',
      legalBasis: 'Circular 38/2015/TT-BTC',
      untilAt: run.clock.nowMs() + 2 * HOUR_MS,
      sources: ['Ecus6'],
      hs: [],
    });
    until(() => gate().state.completed.export === 2, 'both over the border');
    assert.deepEqual(
      decided('outage-release').map(({ checkpoint }) => checkpoint),
      ['border-out', 'border-out'],
    );
    assert.equal(Object.keys(gate().state.outages.passed).length, 2);

    customs().set(boxes[1], 'withdrawn');
    run.clock.advance(cutAt + HOUR_MS - run.clock.nowMs());
    act({ kind: 'end-outage' });
    assert.deepEqual(gate().state.cases, {});
    // The process dies in between: what is to be checked is in its journal.
    gate().crash(2_000);
    run.clock.advance(5_000);
    link().up = true;
    until(() => Object.keys(gate().state.outages.passed).length === 0, 'both checked');
    run.clock.advance(1_000);

    assert.deepEqual(
      decided('outage-checked').map(({ containers }) => containers),
      [[boxes[0]]],
    );
    assert.deepEqual(
      Object.values(gate().state.cases).map(({ containers, reasons }) => [
        containers,
        reasons.map(({ code }) => code),
      ]),
      [[[boxes[1]], ['CLEARANCE_WITHDRAWN']]],
    );
    assert.ok(Object.keys(gate().state.alarms).some((alarm) => alarm.startsWith('CUSTOMS_CASE/')));
  });
});
