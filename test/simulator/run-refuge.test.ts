import assert from 'node:assert/strict';
import type { PersonRole } from '../../config/schema.ts';
import type { Act } from '../../edge/core/input.ts';
import { planSite } from '../../simulator/plan.ts';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { the } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';
const REFUGE = 'hnq-refuge';

describe('a refuge slot between two gates in virtual time', () => {
  let run: VirtualRun;
  beforeEach(() => {
    // One lane for laden vehicles that come in, two bays where they land.
    run = startVirtualRun(planSite({ lanes: 7, cranes: 2, vehicles: 4 }));
    run.clock.advance(1_000);
  });
  afterEach(() => endUnharmed(run));

  const until = (predicate: () => boolean, what: string): void => untilIn(run, predicate, what);
  const crossingOf = (gate: string, container: string) => crossingIn(run, gate, container);
  const act = (person: string, role: PersonRole, what: Act): void => {
    run.gate(CN).submit({ type: 'operator-act', person, role, act: what, reason: 'agreed with the sender' });
  };
  const placeOf = (container: string): string | undefined =>
    [...the(run.world.gates, VN).vehicles.values()].find((one) => one.container?.number === container)?.state
      .lastNodeId;

  /** Its release is withdrawn when it is on the border section. */
  const isRecalled = (container: string): void => {
    const isUnderWay = (): boolean => {
      const { stage, lanes } = crossingOf(VN, container) ?? {};
      return stage === 'departed' && lanes?.vehicle === undefined;
    };
    until(isUnderWay, 'the departure');
    run.world.setClearance(VN, container, 'withdrawn');
  };

  it('a recalled container waits in it while the next one crosses; when people have cleared it, it is unloaded', () => {
    const recalled = run.world.export(VN);
    isRecalled(recalled);
    until(() => placeOf(recalled) === REFUGE, 'its vehicle in the refuge slot');
    const { id, findings } = crossingOf(CN, recalled) ?? assert.fail('nobody knows it');
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['RECALLED'],
    );
    assert.equal(run.gate(CN).state.alarms[`IN_REFUGE/${id}`]?.state, 'raised');

    const next = run.world.export(VN);
    until(() => crossingOf(CN, next)?.stage === 'in-yard', 'the next one across');
    assert.equal(placeOf(recalled), REFUGE, 'it is where it was');

    act('quyen', 'customs-officer', { kind: 'clear-finding', crossing: id, code: 'RECALLED' });
    const [proposal = ''] = Object.keys(run.gate(CN).state.proposals);
    act('thao', 'customs-officer', { kind: 'confirm', proposal });
    until(() => run.gate(CN).state.completed.import === 2, 'both fetched by their trucks');
    assert.equal(run.gate(CN).state.owners[`node:${REFUGE}`], undefined);
    assert.equal(run.gate(CN).state.alarms[`IN_REFUGE/${id}`]?.state, 'returned');
    until(() => Object.keys(run.gate(VN).state.crossings).length === 0, 'both vehicles back home');
  });

  it('a second one stays before its barrier while the first is in it, and nobody is sent where another stands', () => {
    const both = [run.world.export(VN), run.world.export(VN)];
    for (const container of both) isRecalled(container);
    run.clock.advance(10 * 60_000);
    assert.deepEqual(
      both.map((container) => placeOf(container)),
      [REFUGE, 'hnq-in-1'],
    );
  });
});
