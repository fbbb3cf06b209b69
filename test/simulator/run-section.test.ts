import assert from 'node:assert/strict';
import { parseFaults } from '../../simulator/faults.ts';
import { type Simulation, startSimulation } from '../../simulator/simulate.ts';
import { referenceConfigs } from '../support/simulated-site.ts';

describe('the border section in a run in virtual time', function () {
  this.timeout(60_000);
  const run = (faults: string, seed: number): Simulation => {
    const [own, other] = referenceConfigs;
    assert.ok(own && other);
    const simulation = startSimulation({
      configs: [own, other],
      seed,
      hours: 1 / 3,
      vehiclesPerDay: 400,
      faults: parseFaults(faults),
    });
    while (simulation.phase !== 'over') simulation.advance(600_000);
    const { violations, drainedAfterMinutes } = simulation.finish();
    assert.equal(simulation.error, undefined);
    assert.deepEqual(violations, []);
    assert.notEqual(drainedAfterMinutes, null);
    return simulation;
  };

  it('is closed and reopened by either side, and everybody comes through', () => {
    const { invariants } = run('section-closes=12', 5);
    assert.ok((invariants.notes['closed on both sides'] ?? 0) > 0);
  });

  it('is freed of a vehicle that broke down there, when people of both sides have looked', () => {
    const { invariants } = run('vehicle-lost-on-section=60', 5);
    assert.ok((invariants.notes['block resets'] ?? 0) > 0);
  });

  it('is used by telephone while the link is cut, one vehicle at a time, and by the logs again afterwards', () => {
    const { invariants } = run('link-cut-long=6', 7);
    assert.ok((invariants.notes['sent by telephone'] ?? 0) > 0);
  });
});
