import assert from 'node:assert/strict';
import type { Condition } from '../../edge/core/interlock.ts';
import { laneConditions, lowerConditions } from '../../edge/core/interlock-lane.ts';
import { driveConditions } from '../../edge/core/interlock-vehicle.ts';
import { jobConditions } from '../../edge/core/interlock-yard.ts';
import { snapshot } from '../../edge/core/state.ts';
import { planSite } from '../../simulator/plan.ts';
import { type Simulation, startSimulation } from '../../simulator/simulate.ts';

const MINUTE_MS = 60_000;

function started(): Simulation {
  return startSimulation({
    configs: planSite({ lanes: 7, cranes: 2, vehicles: 4 }),
    seed: 3,
    hours: 0.25,
    vehiclesPerDay: 400,
    faults: new Map(),
  });
}

function overAfter(simulation: Simulation): string | undefined {
  while (simulation.phase !== 'over') simulation.advance(MINUTE_MS);
  simulation.run.stop();
  return simulation.invariants.violations[0]?.detail;
}

/** What is noticed while the interlock does without this condition. */
function without<C>(conditions: readonly Condition<C>[], name: string): string | undefined {
  const table = conditions as Condition<C>[];
  const at = table.findIndex((one) => one.name === name);
  assert.ok(at >= 0, `there is no condition “${name}”`);
  const taken = table.splice(at, 1);
  try {
    return overAfter(started());
  } finally {
    table.splice(at, 0, ...taken);
  }
}

describe('the probe', () => {
  it('asks thousands of times, and finds nothing wrong with the interlock as it is', () => {
    const simulation = started();
    assert.equal(overAfter(simulation), undefined);
    assert.ok(
      (simulation.invariants.notes['made up, and allowed'] ?? 0) > 10,
      'some of what it makes up is right',
    );
    assert.ok(simulation.invariants.checks > 5_000, `${simulation.invariants.checks} checks`);
  });

  it('changes nothing: the state between two inputs is the same, whatever it asks', () => {
    const simulation = started();
    simulation.advance(10 * MINUTE_MS);
    const [gate] = simulation.run.gates.values();
    assert.ok(gate);
    const sent = { kind: 'barrier', to: 'lower', class: 'securing', commandId: 'c', decidedAt: 0 } as const;
    const before = snapshot(gate.state);
    for (const { devices } of gate.config.lanes)
      simulation.invariants.observer.sent?.(gate, { ...sent, device: devices.io });
    for (let step = 0; step < 200; step += 1)
      simulation.invariants.observer.stepped?.(gate, { type: 'tick' });
    assert.equal(snapshot(gate.state), before);
    simulation.run.stop();
  });

  it('notices an interlock that would close a barrier on a technician', () => {
    assert.match(
      without(lowerConditions, 'lane not in maintenance') ?? '',
      /lower.*if a technician were at work/,
    );
  });

  it('notices an interlock that would open a barrier with something behind it', () => {
    const found = without(laneConditions, 'stop line taken, the way beyond it free');
    assert.match(found ?? '', /raise.*would be allowed/);
  });

  it('notices an interlock that would send a vehicle that does not know where it is', () => {
    assert.match(without(driveConditions, 'localized') ?? '', /order of .*if it did not know where it is/);
  });

  it('notices an interlock that would have a crane lift what nobody has locked', () => {
    const found = without(jobConditions, 'vehicle standing and locked');
    assert.match(found ?? '', /job .*would be allowed/);
  });
});
