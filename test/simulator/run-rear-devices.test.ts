import assert from 'node:assert/strict';
import type { GateConfig } from '../../config/schema.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { parseFaults } from '../../simulator/faults.ts';
import { startVirtualRun, type VirtualRun } from '../../simulator/run.ts';
import { runSimulation } from '../../simulator/simulate/command.ts';
import type { Simulation } from '../../simulator/simulate.ts';
import { withRearDevices } from '../support/rear-devices.ts';
import { referenceConfigs, the } from '../support/simulated-site.ts';
import { endUnharmed, untilIn } from '../support/virtual-run.ts';

const VN = 'huu-nghi';
const OTHER_TRAILER = '99R-987.65';

/** Twenty minutes of traffic with people at the consoles, then whatever it takes to drain; fails if anything is violated. */
async function simulated(configs: readonly GateConfig[], faults: string, seed: number): Promise<Simulation> {
  const [one, other] = configs;
  assert.ok(one && other);
  const plan = { configs: [one, other] as [GateConfig, GateConfig], hours: 1 / 3, vehiclesPerDay: 600 };
  let simulation: Simulation | undefined;
  let told = '';
  const exitCode = await runSimulation(
    { ...plan, faults: parseFaults(faults), seed },
    {
      json: true,
      reproduce: `seed ${seed}`,
      prepare: (begun) => {
        simulation = begun;
      },
    },
    {
      out: () => {},
      err: (text) => {
        told += text;
      },
      isTerminal: false,
      clock: systemClock,
      rssBytes: () => 0,
      isStopped: () => false,
    },
  );
  assert.equal(exitCode, 0, told);
  return simulation ?? assert.fail('it never began');
}

/** How many verdicts at both gates spoke of this. */
const verdictsWith = ({ run }: Pick<Simulation, 'run'>, code: string): number =>
  [...run.gates.values()]
    .flatMap((gate) => [...gate.journal()])
    .filter(({ type, body }) => type === 'verdict' && body.includes(`"${code}"`)).length;

describe('gates that see what comes from behind, in virtual time', () => {
  describe('a truck', () => {
    let run: VirtualRun;
    beforeEach(() => {
      run = startVirtualRun(referenceConfigs.map(withRearDevices));
      run.clock.advance(1_000);
    });
    afterEach(() => endUnharmed(run));
    const visit = () => run.gate(VN).state.lanes['yard-in-1']?.visit ?? null;

    it('with the trailer and the container it was booked with comes in and goes out', () => {
      run.world.export(VN);
      untilIn(run, () => run.gate(VN).state.completed.export === 1, 'the container on its way');
      assert.equal(verdictsWith({ run }, 'TRAILER_MISMATCH'), 0);
    });

    it('with another trailer is referred, and passes when it has fetched its own', () => {
      run.world.export(VN, { hitchedTrailer: OTHER_TRAILER });
      untilIn(run, () => visit()?.verdict === 'refer', 'a referral');
      run.clock.advance(10 * 60_000);
      assert.deepEqual(
        visit()?.reasons.map(({ code, detail }) => [code, detail]),
        [['TRAILER_MISMATCH', 'read 99R98765']],
      );
      the(the(run.world.gates, VN).lanes, 'yard-in-1').turnBack();
      untilIn(run, () => run.gate(VN).state.completed.export === 1, 'the container on its way');
    });
  });

  for (const seed of [3, 17, 40])
    it(`whatever fails, and with wrong trailers among the right ones, all drains (seed ${seed})`, async () => {
      const configs = referenceConfigs.map(withRearDevices);
      await simulated(configs, 'all', seed);
    }).timeout(30_000);

  it('sends back who comes with the wrong trailer, and lets in who comes back with the right one', async () => {
    const configs = referenceConfigs.map(withRearDevices);
    const simulation = await simulated(configs, 'wrong-trailer=30,camera-misreads=6', 21);
    assert.ok(verdictsWith(simulation, 'TRAILER_MISMATCH') > 5);
  }).timeout(30_000);

  it('lets officers see for themselves what no device tells, where the site says so', async () => {
    const configs = referenceConfigs.map((config): GateConfig => {
      const { laden, bobtail } = config.checkpoints['yard-in'];
      return {
        ...config,
        checkpoints: {
          ...config.checkpoints,
          'yard-in': { laden: [...laden, 'seal', 'radiation'], bobtail },
        },
        reconciliation: { substitutes: { conditions: ['seal', 'radiation'], perHourMax: 200 } },
      };
    });
    const simulation = await simulated(configs, 'none', 5);
    assert.ok(verdictsWith(simulation, 'SEAL_MISSING') > 2);
    assert.ok(simulation.run.gate(VN).state.completed.export > 0);
  }).timeout(30_000);
});
