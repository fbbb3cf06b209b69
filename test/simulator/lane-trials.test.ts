import assert from 'node:assert/strict';
import { seededRandom } from '../../edge/platform/random.ts';
import { createJudge } from '../../simulator/lane-trials/judge.ts';
import { announce, letCome, setStage } from '../../simulator/lane-trials/stage.ts';
import { laneTroubles } from '../../simulator/lane-trials/troubles.ts';
import { trialSite, tryLane } from '../../simulator/lane-trials.ts';

const TRIALS = 300;

describe('the trials of a lane', () => {
  it('find nothing wrong, on a seed that is always the same', () => {
    assert.deepEqual(tryLane(1, TRIALS), { trials: TRIALS });
  }).timeout(20_000);

  it('are the same for the same seed', () => {
    const impatient = { ...trialSite(), timeouts: { ...trialSite().timeouts, permissionAgeMsMax: 1 } };
    const first = tryLane(3, 5, [impatient]);
    assert.ok(first.wrong, 'permissions that are always too old open nothing');
    assert.deepEqual(tryLane(3, 5, [impatient]), first);
  });

  it('have a name of its own for each trouble', () => {
    const kinds = laneTroubles.map(({ kind }) => kind);
    assert.equal(new Set(kinds).size, kinds.length);
  });
});

describe('the judge of a trial', () => {
  const staged = (scene: readonly boolean[]) => {
    const judge = createJudge({ blinded: false, may: new Set() });
    const stage = setStage(trialSite(), 1, seededRandom(1), scene, judge.observer, judge);
    judge.attach(stage);
    stage.run.clock.advance(1_000);
    return { judge, stage };
  };

  it('notices a truck that drives in on the green of another', () => {
    const { judge, stage } = staged([true, true]);
    announce(stage);
    const [first, second] = stage.drivers;
    assert.ok(first && second);
    stage.lane.queue(first);
    stage.run.clock.runUntil(() => stage.io.state.barrier === 'up', { limitMs: 20_000 });
    stage.lane.withdraw(first);
    stage.lane.stand(second);
    stage.run.clock.advance(2_000);
    assert.match(judge.wrong ?? '', /29C-211\.12 .*drives in on the green of/);
  });

  it('notices a truck that nobody has announced, if it is let in', () => {
    const { judge, stage } = staged([false]);
    letCome(stage);
    stage.run.clock.advance(2_000);
    stage.gate.crash(60_000);
    stage.io.light('green');
    stage.io.barrier('raise');
    stage.run.clock.advance(10_000);
    assert.match(judge.wrong ?? '', /on a green nobody gave/);
  });

  it('notices what nobody is told of', () => {
    const { judge, stage } = staged([true]);
    stage.gate.devices.deviceLink(stage.config.devices.io).up(false);
    stage.raiseByHand();
    for (let second = 0; second < 5; second += 1) {
      stage.run.clock.advance(1_000);
      judge.look();
    }
    assert.match(judge.wrong ?? '', /nobody is told BARRIER_UNCOMMANDED/);
  });

  it('says what is not as it should be in the end', () => {
    const { judge, stage } = staged([true]);
    announce(stage);
    assert.match(judge.remains() ?? '', /29C-111\.11 is not in/);
    letCome(stage);
    assert.equal(
      stage.run.clock.runUntil(() => judge.isOver(), { limitMs: 60_000 }),
      true,
    );
    assert.equal(judge.wrong, null);
  });
});
