import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Command } from '../../edge/core/effect.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import { parseFaults } from '../../simulator/faults.ts';
import { planSite } from '../../simulator/plan.ts';
import { type Outcome, runSimulation, type SimulateOptions } from '../../simulator/simulate/command.ts';
import type { SimulationPlan } from '../../simulator/simulate.ts';
import { referenceConfigs } from '../support/simulated-site.ts';

const [VN, CN] = referenceConfigs;
assert.ok(VN && CN);
/** The site as it is shipped, one crane a gate, for twenty minutes. */
const SMALL: Omit<SimulationPlan, 'seed'> = {
  configs: [VN, CN],
  hours: 1 / 3,
  vehiclesPerDay: 400,
  faults: parseFaults('all'),
};
const SMALL_ARGUMENTS =
  '--hours 0.3333333333333333 --vehicles-per-day 400 --config config/huu-nghi.yaml config/huu-nghi-quan.yaml';
/** More of them: `npm run seeds`. */
const FRESH_SEEDS = 10;

interface OldSeed {
  seed: number;
  hours: number;
  vehiclesPerDay: number;
  /** `shipped`: config/*.yaml; `planned`: the default of `npm run simulate`. */
  site: 'shipped' | 'planned';
  faults: string;
  why: string;
}
const oldSeeds = JSON.parse(
  readFileSync(new URL('../seeds.json', import.meta.url), 'utf8'),
) as readonly OldSeed[];

async function simulated(
  plan: SimulationPlan,
  more: Partial<SimulateOptions> & { isStopped?: () => boolean } = {},
) {
  const { isStopped = () => false, ...options } = more;
  let out = '';
  let err = '';
  const exitCode = await runSimulation(
    plan,
    { json: true, reproduce: 'npm run simulate', ...options },
    {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      isTerminal: false,
      clock: systemClock,
      rssBytes: () => 0,
      isStopped,
    },
  );
  return { exitCode, out, err };
}

const outcomeOf = (out: string): Outcome => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Outcome;

describe('npm run simulate', () => {
  it('tells what became of the traffic, the same for the same seed to the last byte of both journals', async () => {
    const first = outcomeOf((await simulated({ ...SMALL, seed: 7 })).out);
    const again = outcomeOf((await simulated({ ...SMALL, seed: 7 })).out);
    const other = outcomeOf((await simulated({ ...SMALL, seed: 8 })).out);
    const { wallMs: _first, ...told } = first;
    const { wallMs: _again, ...toldAgain } = again;
    assert.deepEqual(toldAgain, told);
    assert.notEqual(other.traceHash, first.traceHash);
    assert.ok(first.crossings.export + first.crossings.import > 0);
    assert.ok(first.inputs > 1_000 && first.checks > 1_000);
    assert.ok(Object.keys(first.faults).length > 3);
    assert.ok(first.drainedAfterMinutes !== null);
  }).timeout(20_000);

  it('a permission that no decision stands behind ends it: exit code 1, the seed, the time, the last lines of both journals', async () => {
    const forged: Command = {
      kind: 'barrier',
      device: 'io-yard-in-1',
      to: 'raise',
      commandId: 'forged-1',
      class: 'permissive',
      decidedAt: 0,
    };
    const { exitCode, out, err } = await simulated(
      { ...SMALL, seed: 7 },
      {
        reproduce: 'npm run simulate -- --seed 7',
        prepare: ({ run, invariants }) => {
          run.clock.after(300_000, () => invariants.observer.sent?.(run.gate('huu-nghi'), forged));
        },
      },
    );
    assert.equal(exitCode, 1);
    const { violations, drainedAfterMinutes } = outcomeOf(out);
    assert.equal(violations[0]?.atMs, Date.UTC(2026, 0, 1, 0, 5));
    assert.equal(drainedAfterMinutes, null);
    assert.match(err, /seed 7, virtual time 2026-01-01T00:05:00/);
    assert.match(err, /I\d violated at 2026-01-01T00:05:00.000Z, huu-nghi: .*barrier raise at io-yard-in-1/);
    assert.match(err, /To see it again: npm run simulate -- --seed 7/);
    const lines = err.split('\n').filter((line) => /^ {2}00:0[45]:.* (input|decision) /.test(line));
    assert.equal(lines.length, 40);
    for (const gate of ['huu-nghi', 'huu-nghi-quan'])
      assert.ok(lines.some((line) => line.includes(` ${gate} `)));
  }).timeout(10_000);

  it('what the core throws ends it at once, with the input that it threw on', async () => {
    const { exitCode, out, err } = await simulated(
      { ...SMALL, seed: 7 },
      {
        prepare: ({ run }) => {
          run.clock.after(60_000, () =>
            run.gate('huu-nghi').submit(JSON.parse('{"type":"crane","device":"crane-1"}')),
          );
        },
      },
    );
    assert.equal(exitCode, 1);
    assert.ok((outcomeOf(out).error ?? '').length > 0);
    assert.match(err, /virtual time 2026-01-01T00:01:00/);
  }).timeout(10_000);

  it('ended by somebody, it tells what there was so far', async () => {
    let looks = 0;
    const isStopped = (): boolean => {
      looks += 1;
      return looks > 3;
    };
    const { exitCode, out } = await simulated({ ...SMALL, seed: 7 }, { isStopped, json: false });
    assert.equal(exitCode, 130);
    assert.match(out, /virtual hours +0\.10 \(ended early\)/);
    assert.match(out, /crossings out \/ in/);
  });

  for (const { seed, hours, vehiclesPerDay, site, faults, why } of oldSeeds) {
    it(`seed ${seed}, once: ${why}`, async () => {
      const configs = site === 'planned' ? planSite() : SMALL.configs;
      const { exitCode, err } = await simulated({
        configs,
        seed,
        hours,
        vehiclesPerDay,
        // As the traffic was when they failed.
        emptyShare: 0,
        returnShare: 0,
        faults: parseFaults(faults),
      });
      assert.equal(exitCode, 0, err);
    }).timeout(60_000);
  }

  it(`${FRESH_SEEDS} seeds that nobody has seen before: no invariant is violated, and everything drains`, async () => {
    const failed: string[] = [];
    for (let count = 0; count < FRESH_SEEDS; count += 1) {
      const seed = Math.floor(systemRandom.next() * 2 ** 32);
      const reproduce = `npm run simulate -- --seed ${seed} ${SMALL_ARGUMENTS}`;
      const { exitCode, err } = await simulated({ ...SMALL, seed }, { reproduce });
      if (exitCode !== 0) failed.push(err);
    }
    assert.equal(failed.length, 0, failed.join('\n'));
  }).timeout(120_000);
});
