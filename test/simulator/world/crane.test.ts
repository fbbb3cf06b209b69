import assert from 'node:assert/strict';
import type { CraneState } from '../../../simulator/world/ports.ts';
import { createSite, orderAlong, recorded, the } from '../../support/simulated-site.ts';

const box = { number: 'CSQU3054383', painted: 'MWCU6059784', grossKg: 20_000 };

/** A site with a box in slot s-01 and, if asked, a vehicle that waits in the loading bay to be loaded. */
function siteWithBox(options: { vehicle?: boolean } = {}) {
  const site = createSite();
  const { vn, clock } = site;
  the(vn.slots, 's-01').put(box);
  const vehicle = the(vn.vehicles, 'xe-1');
  if (options.vehicle) {
    const actions = { 'hn-bay-load': [{ actionId: 'a-1', actionType: 'pick', loadId: box.number }] };
    vehicle.order(orderAlong('o-1', 0, ['hn-park-1', 'hn-bay-load'], { base: 2, actions }));
    clock.advance(60_000);
  }
  const crane = the(vn.cranes, 'crane-1');
  return { ...site, vehicle, crane, states: recorded(crane.changes), jobs: recorded(crane.jobChanges) };
}
const job = { jobId: 'j-1', container: box.number, from: 's-01', to: 's-02' };

const words = ({ spreader, position, hoistClear }: CraneState): string =>
  [
    position,
    hoistClear ? 'clear' : 'low',
    ...Object.entries(spreader)
      .filter(([, on]) => on)
      .map(([flag]) => flag),
  ].join(' ');

describe('a crane', () => {
  it('moves a box and tells the truth of its spreader all the way', () => {
    const { clock, crane, states, jobs, vn } = siteWithBox();
    crane.start({ ...job, jobId: 'j-0', from: 's-03', to: 's-04' });
    clock.advance(8_000);
    states.length = 0;
    assert.equal(crane.start(job), 'accepted');
    clock.advance(60_000);
    assert.deepEqual(states.map(words), [
      'travelling clear unlocked',
      's-01 clear unlocked',
      's-01 low unlocked',
      's-01 low landed unlocked',
      's-01 low landed',
      's-01 low landed locked',
      's-01 low locked loaded',
      's-01 clear locked loaded',
      'travelling clear locked loaded',
      's-02 clear locked loaded',
      's-02 low locked loaded',
      's-02 low landed locked',
      's-02 low landed',
      's-02 low landed unlocked',
      's-02 low unlocked',
      's-02 clear unlocked',
    ]);
    assert.equal(the(vn.slots, 's-01').container, undefined);
    assert.equal(the(vn.slots, 's-02').container, box);
    assert.deepEqual(
      jobs
        .filter(({ jobId }) => jobId === 'j-1')
        .map(({ state, containerSeen, containerSet }) => [state, containerSeen, containerSet]),
      [
        ['running', undefined, undefined],
        ['running', box.painted, undefined],
        ['running', box.painted, box.painted],
        ['ended', box.painted, box.painted],
      ],
    );
  });

  it('takes thirty seconds', () => {
    const { clock, crane } = siteWithBox();
    crane.start({ ...job, jobId: 'j-0', from: 's-03', to: 's-04' });
    clock.advance(8_000);
    crane.start(job);
    clock.advance(29_999);
    assert.equal(crane.jobs.at(-1)?.state, 'running');
    clock.advance(1);
    assert.equal(crane.jobs.at(-1)?.state, 'ended');
  });

  it('loads a vehicle, whose pick is then finished', () => {
    const { clock, crane, vehicle } = siteWithBox({ vehicle: true });
    crane.start({ ...job, to: 'bay-load' });
    clock.advance(60_000);
    assert.deepEqual(vehicle.state.loads, [{ loadId: box.number, loadType: 'container' }]);
    assert.equal(vehicle.state.actionStates[0]?.actionStatus, 'FINISHED');
  });

  it('refuses a job it knows, a second one, and one to a place it does not serve', () => {
    const { crane } = siteWithBox();
    assert.equal(crane.start({ ...job, to: 's-99' }), 'impossible');
    assert.equal(crane.start({ ...job, to: 's-01' }), 'impossible');
    assert.equal(crane.start(job), 'accepted');
    assert.equal(crane.start(job), 'duplicate');
    assert.equal(crane.start({ ...job, jobId: 'j-2' }), 'busy');
  });

  const hopeless = [
    { title: 'there is nothing to pick', from: 's-05', to: 's-02' },
    { title: 'the place is taken', from: 's-01', to: 's-06' },
    { title: 'no vehicle stands in the bay', from: 's-01', to: 'bay-load' },
  ];
  for (const { title, from, to } of hopeless) {
    it(`aborts its job when ${title}`, () => {
      const { clock, crane, vn } = siteWithBox();
      the(vn.slots, 's-06').put({ ...box, number: 'TCLU0000001' });
      assert.equal(crane.start({ ...job, from, to }), 'accepted');
      clock.advance(60_000);
      assert.equal(crane.jobs[0]?.state, 'aborted');
      assert.equal(crane.state.hoistClear, true);
      assert.equal(the(vn.slots, 's-01').container, box);
    });
  }

  it('that is stopped while lifting interrupts its job once clear, keeps the box, and sets it down by a new job', () => {
    const { clock, crane, vn } = siteWithBox();
    crane.start(job);
    clock.runUntil(() => crane.state.spreader.loaded, { limitMs: 60_000 });
    assert.equal(crane.stop('j-1'), true);
    assert.equal(crane.jobs[0]?.state, 'running');
    clock.advance(60_000);
    assert.equal(crane.jobs[0]?.state, 'interrupted');
    assert.equal(crane.state.hoistClear, true);
    assert.equal(crane.held, box);
    assert.equal(crane.start({ ...job, jobId: 'j-2', container: 'TCLU0000001' }), 'impossible');
    assert.equal(crane.start({ ...job, jobId: 'j-3', to: 's-03' }), 'accepted');
    clock.advance(60_000);
    assert.equal(the(vn.slots, 's-03').container, box);
    assert.equal(crane.held, undefined);
  });

  it('that is stopped while travelling stops at once; a job that does not run cannot be stopped', () => {
    const { clock, crane } = siteWithBox();
    crane.start({ ...job, from: 's-03' });
    clock.advance(1_000);
    assert.equal(crane.stop('j-9'), false);
    assert.equal(crane.stop('j-1'), true);
    assert.equal(crane.jobs[0]?.state, 'interrupted');
    clock.advance(60_000);
    assert.equal(crane.state.position, 'travelling');
    assert.equal(crane.stop('j-1'), false);
  });

  it('in manual mode interrupts its job and takes none', () => {
    const { clock, crane } = siteWithBox();
    crane.start(job);
    crane.setMode('manual');
    clock.advance(60_000);
    assert.equal(crane.jobs[0]?.state, 'interrupted');
    assert.equal(crane.start({ ...job, jobId: 'j-2' }), 'impossible');
  });

  it('whose last word on a job is lost has it in its job list', () => {
    const { clock, crane, jobs } = siteWithBox();
    crane.loseResult();
    crane.start(job);
    clock.advance(60_000);
    assert.deepEqual([...new Set(jobs.map(({ state }) => state))], ['running']);
    assert.equal(crane.jobs[0]?.state, 'ended');
    crane.start({ ...job, jobId: 'j-2', from: 's-02', to: 's-01' });
    clock.advance(60_000);
    assert.equal(jobs.at(-1)?.state, 'ended', 'only one result is lost');
  });

  it('that runs a job twice finds nothing the second time, tells so, and moves no other box', () => {
    const { clock, crane, jobs, vn } = siteWithBox();
    crane.doubleNext();
    crane.start(job);
    clock.runUntil(() => jobs.some(({ state }) => state === 'ended'), { limitMs: 60_000 });
    clock.advance(1_000);
    assert.equal(crane.start({ ...job, jobId: 'j-2', from: 's-02', to: 's-03' }), 'busy');
    the(vn.slots, 's-01').put({ ...box, number: 'TCLU0000001' });
    clock.advance(60_000);
    assert.deepEqual(jobs.map(({ state }) => state).slice(-3), ['ended', 'running', 'aborted']);
    assert.equal(the(vn.slots, 's-01').container?.number, 'TCLU0000001');
    assert.equal(the(vn.slots, 's-02').container, box);
    assert.equal(crane.start({ ...job, jobId: 'j-3', from: 's-02', to: 's-03' }), 'accepted');
  });

  it('below which a vehicle drives off too early is a violation', () => {
    const { clock, crane, vehicle, world } = siteWithBox({ vehicle: true });
    crane.start({ ...job, to: 'bay-load' });
    vehicle.order(orderAlong('o-1', 1, ['hn-bay-load', 'hn-out-1'], { base: 2, sequenceId: 2 }));
    clock.advance(60_000);
    assert.equal(vehicle.state.lastNodeId, 'hn-out-1');
    assert.equal(world.stats().hoistViolations, 1);
  });
});
