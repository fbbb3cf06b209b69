import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import { step } from '../../../edge/core/gate.ts';
import { type GateState, restore, snapshot } from '../../../edge/core/state.ts';
import { planSite } from '../../../simulator/plan.ts';
import { startVirtualRun } from '../../../simulator/run.ts';
import { bootBorder, box } from '../../support/core-border.ts';

const HOUR_MS = 3_600_000;

/** What only a look at everything would have thought of right now. */
function forgotten(state: GateState): Effect[] {
  const copy = restore(snapshot({ ...state, config: null }));
  // Shared, for what is derived from it is kept beside it.
  copy.config = state.config;
  copy.timers.sweep = copy.now;
  return step(copy, { type: 'tick', at: copy.now });
}

describe('the look at everything', () => {
  it('notices what grows old without anybody saying so: the verdict on a vehicle that waits', () => {
    const border = bootBorder();
    border.link(false);
    border.waits('xe-1', 'border-out-1', box(1));
    const verdicts = (effects: Effect[]) =>
      effects.flatMap((effect) =>
        effect.kind === 'decide' && effect.type === 'verdict' && effect.body.lane === 'border-out-1'
          ? [border.visit('border-out-1').reasons.map(({ code }) => code)]
          : [],
      );
    const { ageMsMax } = border.gate.config.evidence;
    assert.deepEqual(verdicts(border.wait(ageMsMax)), []);
    assert.deepEqual(verdicts(border.wait(10_000)), [['EVIDENCE_STALE', 'EVIDENCE_STALE', 'LINE_NOT_CLEAR']]);
    assert.deepEqual(verdicts(border.wait(60_000)), [], 'told once');
  });

  it('notices at once when customs has been silent for too long', () => {
    const border = bootBorder();
    border.link(false);
    border.waits('xe-1', 'border-out-1', box(1));
    const stale = () => border.visit('border-out-1').reasons.some(({ code }) => code === 'CLEARANCE_STALE');
    border.wait(border.gate.config.customs.clearanceAgeMsMax);
    assert.equal(stale(), false);
    border.wait(1);
    assert.equal(stale(), true);
    border.feeds();
    assert.equal(stale(), false);
  });

  it('is not kept up at a gate where nothing is under way', () => {
    const border = bootBorder();
    border.wait(10_000);
    assert.equal(border.gate.state.timers.sweep, undefined);
    border.stands('yard-in-1', '12H-045.67');
    assert.notEqual(border.gate.state.timers.sweep, undefined);
  });

  it('right after any input of a busy hour with crashes and a cut link, finds nothing that was forgotten', function () {
    this.timeout(60_000);
    const configs = planSite({ lanes: 14, cranes: 4, vehicles: 6, alternating: true, trackCapacity: 3 });
    const [watched] = configs;
    const late: unknown[] = [];
    let inputs = 0;
    const run = startVirtualRun(configs, {
      keepAll: false,
      observer: {
        stepped({ config, state }, input) {
          // Both gates are alike; one is enough to see it.
          if (config !== watched) return;
          inputs += 1;
          const effects = forgotten(state);
          if (effects.length > 0) late.push({ after: input, effects });
        },
      },
    });
    for (let n = 0; n < 6; n += 1) for (const { gate } of configs) run.world.export(gate.id);
    for (let n = 1; n <= 8; n += 1) {
      for (const { gate } of configs) run.clock.after(n * 97_000, () => run.gate(gate.id).crash(2_000));
      run.clock.after(n * 83_000, () => run.link(false));
      run.clock.after(n * 83_000 + 20_000, () => run.link(true));
    }
    const isOver = (): boolean =>
      configs.every(({ gate: { id } }) => {
        const { completed, crossings } = run.gate(id).state;
        return completed.export === 6 && completed.import === 6 && Object.keys(crossings).length === 0;
      });
    assert.ok(run.clock.runUntil(isOver, { limitMs: HOUR_MS }), 'all have crossed');
    run.stop();
    assert.ok(inputs > 1_500, `${inputs} inputs`);
    assert.deepEqual(late, []);
  });
});
