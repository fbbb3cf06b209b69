import assert from 'node:assert/strict';
import type { GateConfig } from '../../config/schema.ts';
import type { Act } from '../../edge/core/input.ts';
import type { CustodyPoint, HandoverRecord } from '../../protocols/handover/record.ts';
import { parseFaults } from '../../simulator/faults.ts';
import { ask, PEOPLE } from '../../simulator/operators/staff.ts';
import { recordIn } from '../../simulator/record-in.ts';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { startSimulation } from '../../simulator/simulate.ts';
import { referenceConfigs } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';
const MINUTE_MS = 60_000;
const POINTS: readonly CustodyPoint[] = ['km0', 'border-in', 'set-down'];

function configsAt(custodyPoint: CustodyPoint): [GateConfig, GateConfig] {
  const [one, other] = structuredClone(referenceConfigs);
  assert.ok(one && other);
  for (const { counterpart } of [one, other]) counterpart.custodyPoint = custodyPoint;
  return [one, other];
}

/** Both gates, and what each has written of moves of goods, as it became durable. */
function startAt(custodyPoint: CustodyPoint): {
  run: VirtualRun;
  written: string[];
  records: HandoverRecord[];
} {
  const written: string[] = [];
  const records: HandoverRecord[] = [];
  const run = startVirtualRun(configsAt(custodyPoint), {
    observer: {
      durable(gate, entries) {
        for (const { kind, type, body } of entries) {
          if (kind !== 'decision' || type !== 'handover') continue;
          const record = recordIn((JSON.parse(body) as { data: string }).data);
          if (!('move' in record)) continue;
          records.push(record);
          written.push(`${gate.config.gate.id} ${record.kind} ${record.move}`);
        }
      },
    },
  });
  run.clock.advance(1_000);
  return { run, written, records };
}

describe('a container over the border', () => {
  for (const custodyPoint of POINTS)
    it(`is received once, where custody passes: at ${custodyPoint}`, () => {
      const { run, written, records } = startAt(custodyPoint);
      const container = run.world.export(VN);
      const there = () => crossingIn(run, CN, container);
      const isReceived = (): boolean => written.some((line) => line.startsWith(`${CN} received `));
      untilIn(run, isReceived, 'received');
      assert.equal(there()?.stage, custodyPoint === 'set-down' ? 'in-yard' : 'entering');
      const { move = '' } = there()?.inbound ?? {};
      untilIn(run, () => written.includes(`${VN} closed ${move}`), 'closed by its sender');
      untilIn(run, () => run.gate(VN).state.completed.export === 1, 'its vehicle is empty');
      untilIn(run, () => run.gate(CN).state.completed.import === 1, 'fetched');
      const own = written.filter((line) => line.endsWith(` ${move}`));
      assert.equal(own.filter((line) => line.startsWith(`${CN} received`)).length, 1);
      assert.equal(own.filter((line) => line.startsWith(`${VN} closed`)).length, 1);
      for (const record of records)
        assert.equal('custodyPoint' in record && record.custodyPoint, custodyPoint, record.kind);
      endUnharmed(run);
    });

  it('in which its receiver has found a difference does not leave the yard until both sides have closed it; others do', () => {
    const { run, written } = startAt('set-down');
    const container = run.world.export(VN);
    untilIn(run, () => crossingIn(run, CN, container)?.stage === 'entering', 'over the border');
    const { move = '' } = crossingIn(run, CN, container)?.inbound ?? {};
    const says = (gate: string, act: Act): void => ask(run.gate(gate), PEOPLE.supervisor, act);
    /** The driver who comes for it is sent away, and comes again. */
    run.clock.every(MINUTE_MS, () => {
      for (const { visit } of Object.values(run.gate(CN).state.lanes))
        if (visit?.reasons.some(({ code }) => code === 'DISCREPANCY_OPEN'))
          run.world.gates.get(CN)?.lanes.get('yard-in-2')?.turnBack();
    });
    says(CN, { kind: 'dispute', move, code: 'CONTAINER_DAMAGED', container });
    untilIn(run, () => written.includes(`${CN} received-with-remarks ${move}`), 'received with remarks');
    const [discrepancy = ''] = Object.keys(run.gate(CN).state.discrepancies);
    untilIn(run, () => run.gate(VN).state.discrepancies[discrepancy] !== undefined, 'read over there');
    const other = run.world.export(VN);
    untilIn(run, () => crossingIn(run, CN, other)?.stage === 'in-yard', 'another one');
    untilIn(run, () => crossingIn(run, CN, other) === undefined, 'which is fetched');
    run.clock.advance(20 * MINUTE_MS);
    assert.notEqual(crossingIn(run, CN, container)?.slot, undefined, 'it stands in its slot');
    says(VN, { kind: 'close-discrepancy', discrepancy, outcome: 'as-found' });
    run.clock.advance(20 * MINUTE_MS);
    assert.notEqual(crossingIn(run, CN, container)?.slot, undefined, 'one side is not both');
    says(CN, { kind: 'close-discrepancy', discrepancy, outcome: 'as-found' });
    untilIn(run, () => crossingIn(run, CN, container) === undefined, 'fetched');
    endUnharmed(run);
  });

  it('whose truck stands in the only bay when a difference is found keeps nobody waiting: it leaves and comes again', () => {
    const { run } = startAt('set-down');
    const world = run.world.gates.get(CN) ?? assert.fail();
    const bay = 'bay-truck';
    assert.equal(run.gate(CN).config.yard.bays.filter(({ use }) => use === 'truck').length, 1);
    const container = run.world.export(VN);
    const of = (number: string) => crossingIn(run, CN, number);
    const inBay = () => world.bays.get(bay)?.occupant?.plate;
    // What comes for it is there before the crane may lift.
    const crane = run.gate(CN).config.yard.cranes[0]?.device ?? '';
    untilIn(run, () => of(container)?.stage === 'in-yard', 'in the yard');
    run.gate(CN).devices.deviceLink(crane).up(false);
    untilIn(
      run,
      () => inBay() !== undefined && of(container)?.stage === 'collecting',
      'its truck in the bay',
    );
    const plate = inBay();
    const move = of(container)?.inbound?.move ?? '';
    const says = (gate: string, act: Act): void => ask(run.gate(gate), PEOPLE.supervisor, act);
    says(CN, { kind: 'dispute', move, code: 'CONTAINER_DAMAGED', container });
    untilIn(run, () => of(container)?.stage === 'in-yard', 'sent off');
    const [discrepancy = ''] = Object.keys(run.gate(CN).state.discrepancies);
    run.gate(CN).devices.deviceLink(crane).up(true);
    run.clock.every(MINUTE_MS, () => {
      for (const { visit } of Object.values(run.gate(CN).state.lanes))
        if (visit?.reasons.some(({ code }) => code === 'DISCREPANCY_OPEN'))
          world.lanes.get('yard-in-2')?.turnBack();
    });
    const truck = world.trucks().find((one) => one.plate === plate) ?? assert.fail(`no ${plate}`);
    assert.equal(truck.leaveEmpty(), true);
    untilIn(run, () => of(container)?.truck?.phase === 'awaited', 'out by yard-out, with nothing');
    const other = run.world.export(VN);
    untilIn(run, () => of(other)?.stage === 'in-yard', 'another one');
    untilIn(run, () => of(other) === undefined, 'which is fetched from the same bay');
    for (const gate of [VN, CN]) says(gate, { kind: 'close-discrepancy', discrepancy, outcome: 'as-found' });
    untilIn(run, () => of(container) === undefined, 'fetched by the truck that has come again');
    endUnharmed(run);
  });

  it('that was refused and comes home is told as returned, by the gate it had left', () => {
    const { run, written, records } = startAt('border-in');
    const container = run.world.export(VN);
    const over = (gate: string, load: string) => run.gate(gate).state.recent.find((one) => one.load === load);
    untilIn(run, () => over(CN, 'laden') !== undefined, 'fetched over there');
    const move = over(CN, 'laden')?.inbound?.move ?? '';
    const refusedAt = run.gate(CN).state.now;
    run.world.giveBack(CN, container, { move, refusedBy: 'quarantine', reason: 'fruit fly', refusedAt });
    untilIn(run, () => written.includes(`${VN} returned ${move}`), 'home again');
    const returned = records.find(({ kind }) => kind === 'returned');
    assert.ok(returned?.kind === 'returned');
    assert.equal(returned.by, crossingIn(run, VN, container)?.inbound?.move);
    assert.deepEqual(returned.containers, [container]);
    run.clock.advance(MINUTE_MS);
    const { alarms } = run.gate(CN).state;
    assert.equal(alarms[`GRANT_UNKNOWN/${move}`], undefined, 'the other side knows how it went');
    endUnharmed(run);
  });
});

describe('custody in runs with every fault, seals swapped and boxes damaged', () => {
  const faults = new Map([...parseFaults('all'), ...parseFaults('seal-swapped=60,box-damaged=60')]);
  for (const custodyPoint of POINTS)
    for (const seed of [1, 3])
      it(`is with one side at any time, and every difference is closed in the end: at ${custodyPoint}, seed ${seed}`, () => {
        const plan = { configs: configsAt(custodyPoint), hours: 1 / 3, vehiclesPerDay: 400, faults };
        const simulation = startSimulation({ ...plan, returnShare: 0.1, seed });
        while (simulation.phase !== 'over') simulation.advance(MINUTE_MS);
        const { violations } = simulation.finish();
        assert.deepEqual([violations, simulation.error], [[], undefined]);
        assert.ok((simulation.invariants.notes.disputed ?? 0) > 0, 'nobody has disputed anything');
      }).timeout(30_000);
});
