import assert from 'node:assert/strict';
import type { DeviceCommand } from '../../../edge/core/effect.ts';
import { reason } from '../../../edge/core/reasons.ts';
import { the } from '../../support/simulated-site.ts';
import { assertFound, VN, type WatchedRun, watchedRun } from './watched-run.ts';

const RAISE: DeviceCommand = { kind: 'barrier', device: 'io-yard-in-1', to: 'raise' };
const LOWER: DeviceCommand = { kind: 'barrier', device: 'io-yard-in-1', to: 'lower' };

describe('invariants of commands', () => {
  let watched: WatchedRun;
  beforeEach(() => {
    watched = watchedRun();
  });
  afterEach(() => watched.run.stop());

  /** A truck with its container stands at the stop line of `yard-in-1`, matched to its crossing. */
  function truckStands(): void {
    const { run, vn, world, until } = watched;
    run.world.export(VN);
    until('a released visit', () => vn.state.lanes['yard-in-1']?.visit?.released === true);
    assert.ok(the(world.lanes, 'yard-in-1').standing);
  }

  it('I1: a barrier raised where nothing stands is noticed', () => {
    watched.send(watched.vn, RAISE);
    assertFound(watched, 'I1', /raise at io-yard-in-1 for no crossing/);
  });

  it('I1: a barrier raised for another truck than the one that stands there is noticed', () => {
    truckStands();
    const { vn } = watched;
    const crossing = vn.state.crossings[vn.state.lanes['yard-in-1']?.visit?.crossing ?? ''];
    if (crossing?.truck !== undefined) crossing.truck.plate = '29C-000.01';
    watched.send(vn, RAISE);
    assertFound(watched, 'I1', /for 29C-000\.01, where .* stands/);
  });

  it('I1: it is no violation if the camera misread it, and that is counted', () => {
    truckStands();
    const { vn, world, invariants } = watched;
    const crossing = vn.state.crossings[vn.state.lanes['yard-in-1']?.visit?.crossing ?? ''];
    if (crossing?.truck !== undefined) crossing.truck.plate = '29C-000.01';
    the(world.cameras, 'anpr-yard-in-1').see({ text: '29C-000.01', quality: 950 });
    watched.send(vn, RAISE);
    assert.deepEqual(watched.found(), []);
    assert.equal(invariants.notes['opened for another vehicle: camera misread or late'], 1);
  });

  it('I1: a barrier raised on the word of sensors that have been silent for too long is noticed', () => {
    truckStands();
    const { run, vn } = watched;
    vn.devices.deviceLink('io-yard-in-1').up(false);
    run.clock.advance(4_000);
    watched.send(vn, RAISE);
    assert.deepEqual(watched.found(), [], 'not silent for long enough');
    run.clock.advance(2_000);
    watched.send(vn, RAISE);
    assertFound(watched, 'I1', /rests on io-yard-in-1, which is silent for too long/);
  });

  it('I8: a barrier raised before its sensors have told their state since the start is noticed', () => {
    truckStands();
    const { run, vn } = watched;
    vn.devices.deviceLink('io-yard-in-1').up(false);
    vn.crash(10);
    run.clock.advance(1_000);
    watched.send(vn, RAISE);
    assert.equal(watched.found()[0]?.invariant, 'I8');
    assert.match(watched.found()[0]?.detail ?? '', /io-yard-in-1, which has not told its state/);
  });

  it('I1: a barrier lowered where the gate was told of somebody is noticed', () => {
    const { run, vn, world } = watched;
    the(world.lanes, 'yard-in-1').person(60_000);
    run.clock.advance(10);
    vn.submit({ type: 'tick' });
    watched.send(vn, LOWER, { class: 'securing' });
    assertFound(watched, 'I1', /told of something/);
  });

  it('I1: what the world counts as a strike is noticed at the next step', () => {
    const { run, vn, world, invariants } = watched;
    const io = the(world.laneIo, 'io-yard-in-1');
    vn.crash(60_000);
    io.barrier('raise');
    run.clock.advance(3_000);
    the(world.lanes, 'yard-in-1').person(60_000);
    io.barrier('lower');
    invariants.observer.stepped?.(vn, { type: 'tick' });
    assertFound(watched, 'I1', /strikes: io-yard-in-1: lowered onto a person/);
  });

  it('I3: a container that leaves by yard-out without customs’ release is noticed', () => {
    const { run, vn, world, until } = watched;
    const container = run.world.export('huu-nghi-quan');
    until('the import at the exit', () => vn.state.lanes['yard-out-1']?.visit?.released === true);
    assert.equal(the(world.lanes, 'yard-out-1').standing?.container?.number, container);
    const device = 'io-yard-out-1';
    watched.send(vn, { kind: 'barrier', device, to: 'raise' });
    assert.deepEqual(watched.found(), []);
    run.world.setClearance(VN, container, 'withdrawn');
    run.clock.advance(60_000);
    if (vn.state.lanes['yard-out-1']?.visit == null) return assert.fail('it has left');
    watched.send(vn, { kind: 'barrier', device, to: 'raise' });
    assertFound(watched, 'I3', /which customs has not released/);
  });

  it('I1: a vehicle let on from the refuge slot with something found against it is noticed', () => {
    const { cn, run, until } = watched;
    run.world.export(VN);
    const entering = () => Object.values(cn.state.crossings).find(({ stage }) => stage === 'entering');
    until('a container past the border', () => entering() !== undefined);
    const crossing = entering();
    assert.ok(crossing?.vehicle);
    const { id: vehicle } = crossing.vehicle;
    crossing.findings = [reason('RECALLED')];
    cn.state.owners['node:hnq-refuge'] = crossing.id;
    const request = { ask: 'forged', vehicle, from: 'hnq-refuge', to: 'hnq-bay-land' };
    cn.state.authorityRequests[vehicle] = { ...request, granted: true };
    // Granted by a line of its log.
    cn.state.counters.line = (cn.state.counters.line ?? 0) + 1;
    cn.submit({ type: 'tick' });
    // The probe finds, too, that the gate itself would not have granted it.
    const told = watched.found().filter(({ invariant }) => invariant === 'I1');
    assert.equal(told.length, 1);
    assert.match(told[0]?.detail ?? '', /may go on from hnq-refuge: RECALLED stands against it/);
  });

  it('I1: a crane job for a bay in which nothing stands is noticed', () => {
    const job = {
      kind: 'job',
      device: 'crane-1',
      jobId: 'j',
      container: 'X',
      from: 'bay-truck',
      to: 's-01',
    } as const;
    watched.send(watched.vn, job);
    assert.deepEqual(
      watched.found().map(({ invariant, detail }) => [invariant, detail.replace(/.*, /, '')]),
      [
        ['I1', 'nothing seen in bay-truck'],
        ['I1', 'nothing stands in bay-truck'],
      ],
    );
  });

  it('I2: a second job for a crane that is at work is noticed', () => {
    const { run, vn, world, until } = watched;
    run.world.export(VN);
    until('a job under way', () =>
      the(world.cranes, 'crane-1').jobs.some(({ state }) => state === 'running'),
    );
    const job = {
      kind: 'job',
      device: 'crane-1',
      jobId: 'other',
      container: 'X',
      from: 's-01',
      to: 's-02',
    } as const;
    watched.send(vn, job);
    assertFound(watched, 'I2', /while its job .* is not over/);
  });

  it('I1: an order from a place where the vehicle does not stand is noticed', () => {
    const node = (nodeId: string) => ({ nodeId, sequenceId: 0, released: true, x: 0, y: 0 });
    watched.send(watched.vn, {
      kind: 'order',
      device: 'xe-1',
      orderId: 'o',
      orderUpdateId: 0,
      mapId: 'huu-nghi-road',
      nodes: [node('hn-park-2'), node('hn-bay-load')],
    });
    assertFound(watched, 'I1', /it stands at hn-park-1/);
  });

  it('I1: a permission that leaves before its decision is on disk, or twice, is noticed', () => {
    truckStands();
    watched.send(watched.vn, RAISE, { recorded: false });
    assertFound(watched, 'I1', /before its decision was on disk/);
  });

  it('I7: a stop that waited for the disk is noticed, and one that never left', () => {
    const { run, vn } = watched;
    const red: DeviceCommand = { kind: 'light', device: 'io-yard-in-1', to: 'red' };
    const decidedAt = vn.state.now;
    run.clock.advance(40);
    watched.send(vn, red, { class: 'restrictive', decidedAt });
    assertFound(watched, 'I7', /left late/);
    const body = JSON.stringify({ ...red, commandId: 'lost', class: 'restrictive', decidedAt });
    watched.durable(vn, { type: 'command', body });
    assert.match(watched.found()[1]?.detail ?? '', /lost is on disk and has not left/);
  });
});
