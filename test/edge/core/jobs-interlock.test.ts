import assert from 'node:assert/strict';
import { jobConditions } from '../../../edge/core/interlock-yard.ts';
import type { Crossing } from '../../../edge/core/state.ts';
import { AT_REST, bootYard, CARRYING, type Yard } from '../../support/core-yard.ts';

const BOX = 'CSQU3054383';

type Given = Parameters<(typeof jobConditions)[number]['unless']>[1];

/** From its slot onto our own vehicle, which stands locked below the crane; nobody has asked for the job yet. */
function scene(): { yard: Yard; crossing: Crossing; command: Given } {
  const yard = bootYard((config) => config.yard.cranes[1]?.bays.push('bay-load-1'));
  yard.silent('crane-1', 'crane-2');
  const crossing = yard.vehicleLoads(BOX, 'bay-load-1', 's-1-1');
  crossing.findings = [{ code: 'JOB_FAILED' } as Crossing['findings'][number]];
  yard.online('crane-1', 'crane-2');
  const command = {
    device: 'crane-1',
    jobId: 'j1',
    container: BOX,
    from: 's-1-1',
    to: 'bay-load-1',
    crossing: crossing.id,
  };
  return { yard, crossing, command };
}

/** What makes each condition, and no other, stand against the job. */
const breaks: Record<string, (given: ReturnType<typeof scene>) => void> = {
  'crane fresh': ({ yard }) => {
    delete yard.gate.state.cranes['crane-1'];
  },
  'crane automatic': ({ yard }) => yard.crane('crane-1', { mode: 'manual' }),
  'spreader tells one thing': ({ yard }) =>
    yard.crane('crane-1', { spreader: { ...AT_REST.spreader, landed: true } }),
  'spreader as the job needs it': ({ yard }) => yard.crane('crane-1', CARRYING),
  'crane free': ({ yard }) => {
    yard.gate.state.jobs['crane-1'] = 'another';
  },
  'a crossing needs it': ({ command }) => {
    command.container = 'MSCU1234565';
  },
  'crane reaches both places': ({ yard, crossing, command }) => {
    command.to = 'bay-load-2';
    yard.gate.state.owners['bay:bay-load-2'] = crossing.id;
    yard.bay('bay-load-2', true);
    const vehicle = yard.gate.state.vehicles['xe-1'];
    if (vehicle?.report != null) vehicle.report = { ...vehicle.report, lastNodeId: 'hn-bay-load-2' };
  },
  'both places its own': ({ yard }) => {
    yard.gate.state.owners['slot:s-1-1'] = 'another';
  },
  'seen standing in the bay': ({ yard }) => yard.bay('bay-load-1', false),
  'nobody unknown at the truck bays': ({ yard, crossing, command }) => {
    command.to = 'bay-truck-1';
    yard.gate.state.owners['bay:bay-truck-1'] = crossing.id;
    yard.bay('bay-truck-1', true);
    const lane = yard.gate.state.lanes['yard-in-1'] ?? assert.fail('no lane yard-in-1');
    Object.assign(lane, { stopped: true, stoppedBy: 'tailgating' });
  },
  'vehicle standing and locked': ({ yard }) => yard.vehicle('xe-1', 'hn-bay-load-1', { driving: true }),
  'no other crane at the bay': ({ yard, crossing }) => {
    const job = { jobId: 'j0', crane: 'crane-2', from: 's-2-1', to: 'bay-load-1', state: 'running' } as const;
    yard.gate.state.crossings.another = { ...crossing, id: 'another', job };
    yard.gate.state.jobs['crane-2'] = 'another';
  },
};

describe('the interlock of a crane job', () => {
  const against = ({ yard, command }: ReturnType<typeof scene>): string[] =>
    jobConditions
      .filter((condition) => condition.unless(yard.gate.state, command) !== null)
      .map(({ name }) => name);

  it('lets a crane lift when everything is in place', () => {
    assert.deepEqual(against(scene()), []);
  });

  for (const { name } of jobConditions) {
    it(`holds it back for want of "${name}", and for that alone`, () => {
      const given = scene();
      breaks[name]?.(given);
      assert.deepEqual(against(given), [name]);
    });
  }

  it('asks nothing of the place that a container in the spreader came from', () => {
    const given = scene();
    const { yard, crossing } = given;
    crossing.held = 'crane-1';
    assert.deepEqual(against(given), ['spreader as the job needs it'], 'it hangs there no longer');
    yard.crane('crane-1', CARRYING);
    yard.gate.state.owners['slot:s-1-1'] = 'another';
    assert.deepEqual(against(given), []);
  });
});
