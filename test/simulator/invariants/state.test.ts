import assert from 'node:assert/strict';
import type { GateState } from '../../../edge/core/state.ts';
import { the } from '../../support/simulated-site.ts';
import { assertFound, VN, type WatchedRun, watchedRun } from './watched-run.ts';

describe('invariants of what a gate keeps', () => {
  let watched: WatchedRun;
  beforeEach(() => {
    watched = watchedRun();
    watched.run.world.export(VN);
    watched.until(
      'the container in the yard',
      () => watched.vn.state.ready.length > 0 || inYard(watched.vn.state),
    );
  });
  afterEach(() => watched.run.stop());

  const inYard = (state: GateState): boolean =>
    Object.values(state.crossings).some(({ slot, stage }) => slot !== undefined && stage !== 'truck-inside');
  const crossing = () => {
    const [first] = Object.values(watched.vn.state.crossings);
    assert.ok(first);
    return first;
  };

  const broken: [string, 'I2' | 'I9', RegExp, (state: GateState) => void][] = [
    [
      'a slot that belongs to a crossing that is over',
      'I2',
      /slot:s-08 belongs to huu-nghi-99, which is over/,
      (state) => {
        state.owners['slot:s-08'] = 'huu-nghi-99';
      },
    ],
    [
      'a slot whose owner does not know of it',
      'I2',
      /which does not know of it/,
      (state) => {
        state.owners['slot:s-08'] = crossing().id;
      },
    ],
    [
      'a crossing that takes a slot for its own',
      'I2',
      /takes s-08 for its own/,
      () => {
        delete watched.vn.state.owners[`slot:${crossing().slot}`];
        crossing().slot = 's-08';
      },
    ],
    [
      'a plate that no longer leads to its crossing',
      'I9',
      /cannot be found/,
      (state) => {
        state.plates = {};
      },
    ],
    [
      'a move that leads nowhere',
      'I9',
      /move m-9 leads to huu-nghi-1/,
      (state) => {
        state.moves['m-9'] = 'huu-nghi-1';
      },
    ],
    [
      'a crane that works for nobody',
      'I9',
      /job crane-1 leads to huu-nghi-9/,
      (state) => {
        state.jobs = { 'crane-1': 'huu-nghi-9' };
      },
    ],
    [
      'an offer that is over and still waits',
      'I9',
      /huu-nghi-9 is over and still waits/,
      (state) => {
        state.offers.push('huu-nghi-9');
      },
    ],
    [
      'a crossing that stands where it is not',
      'I9',
      /stands in border-in-1, where it is not/,
      () => {
        crossing().lanes.vehicle = 'border-in-1';
      },
    ],
    [
      'a list without a bound',
      'I9',
      /51 recent crossings, at most 50/,
      (state) => {
        state.recent = Array.from({ length: 51 }, crossing);
      },
    ],
  ];
  for (const [what, invariant, telling, spoil] of broken) {
    it(`${invariant}: ${what} is noticed in a sweep`, () => {
      watched.invariants.sweep();
      assert.deepEqual(watched.found(), []);
      spoil(watched.vn.state);
      watched.invariants.sweep();
      assert.equal(watched.found()[0]?.invariant, invariant);
      assert.match(watched.found()[0]?.detail ?? '', telling);
    });
  }

  it('I10: what has not drained is told, by crossing, place and container', () => {
    const left = watched.invariants.drained().join('\n');
    assert.match(left, /huu-nghi: export huu-nghi-1 \(laden\) is still/);
    watched.vn.state.crossings = {};
    assert.match(watched.invariants.drained().join('\n'), /no gate knows of it/);
  });

  it('I10: a container that customs keeps may stay', () => {
    const [container = ''] = watched.run.world.whereIs().keys();
    watched.until(
      'the container in its slot and the vehicle still at home',
      () => watched.run.world.whereIs().get(container)?.startsWith('huu-nghi/s-') === true,
    );
    watched.run.world.setClearance(VN, container, 'withdrawn');
    const left = watched.invariants.drained();
    assert.ok(!left.some((one) => /is still/.test(one)), left.join('\n'));
  });
});

describe('invariants of the journal and of silence', () => {
  let watched: WatchedRun;
  beforeEach(() => {
    watched = watchedRun();
  });
  afterEach(() => watched.run.stop());

  it('I5: what was acknowledged and is gone after a crash is noticed', () => {
    const { run, vn, invariants } = watched;
    run.world.export(VN);
    run.clock.advance(1_000);
    invariants.observer.acknowledged?.(vn, { source: 'customs', id: 'x', seq: 1_000 });
    vn.crash(1_000);
    assertFound(watched, 'I5', /customs 1000 was acknowledged, and is gone/);
  });

  it('I6: an entry older than the one before it is noticed', () => {
    const { vn } = watched;
    watched.durable(vn, { at: vn.state.now }, { at: vn.state.now - 1 });
    assertFound(watched, 'I6', /follows an entry at/);
  });

  it('I6: a gate that is another one after a crash than its journal tells is noticed', () => {
    const { vn, invariants, run } = watched;
    run.clock.advance(60_000);
    vn.state.counters.visit = 77;
    invariants.observer.crashed?.(vn);
    assertFound(watched, 'I6', /is not what its journal tells/);
  });

  it('I7: a silent device of which nobody is told is noticed', () => {
    const { run, vn } = watched;
    vn.devices.deviceLink('io-bay-load').up(false);
    run.clock.advance(15_500);
    delete vn.state.alarms['DEVICE_OFFLINE/io-bay-load'];
    run.clock.advance(30_000);
    assertFound(watched, 'I7', /io-bay-load is silent .* nobody is called/);
  });

  it('I7: the broker’s devices are called one by one', () => {
    const { run, vn, world } = watched;
    vn.devices.broker(false);
    run.clock.advance(60_000);
    vn.submit({ type: 'tick' });
    assert.deepEqual(watched.found(), []);
    for (const id of [...world.laneIo.keys()].slice(0, 3))
      assert.equal(the(new Map(Object.entries(vn.state.alarms)), `DEVICE_OFFLINE/${id}`).state, 'raised');
  });
});
