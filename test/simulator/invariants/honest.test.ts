import assert from 'node:assert/strict';
import { CN, VN, watchedRun } from './watched-run.ts';

describe('the invariants of an honest run', () => {
  it('have nothing to say while three containers cross each way, and nothing is left of them', () => {
    const { run, invariants, until, found } = watchedRun();
    for (let n = 0; n < 3; n += 1) for (const gate of [VN, CN]) run.world.export(gate);
    run.clock.advance(2_000);
    assert.notDeepEqual(invariants.drained(), [], 'while they are under way something is left');
    until('all home', () => {
      invariants.sweep();
      return run.gate(VN).state.completed.import === 3 && invariants.drained().length === 0;
    });
    assert.deepEqual(found(), []);
    assert.ok(invariants.checks > 1_000, `only ${invariants.checks} checks`);
    run.stop();
  });

  it('have nothing to say when a gate dies in the middle, a device falls silent and the link is cut for a while', () => {
    const { run, invariants, vn, cn, until, found } = watchedRun();
    for (const gate of [VN, CN]) run.world.export(gate);
    for (let minute = 0; minute < 6; minute += 1) {
      run.clock.advance(45_000);
      (minute % 2 === 0 ? vn : cn).crash(3_000, { underWayStored: minute === 3 });
      vn.devices.deviceLink('io-border-in-1').up(minute % 2 === 1);
      run.link(minute !== 2);
      invariants.sweep();
    }
    until('all home', () => invariants.drained().length === 0);
    assert.deepEqual(found(), []);
    run.stop();
  });
});
