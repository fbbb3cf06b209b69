import assert from 'node:assert/strict';
import type { Model } from '../../../simulator/world/ports.ts';
import type { SimulatedGate } from '../../../simulator/world/world.ts';
import { createSite, orderAlong, recorded, type Site, the } from '../../support/simulated-site.ts';

/** A gate without any doubts: opens to whoever comes, closes behind him. */
function openLanes(gate: SimulatedGate): void {
  for (const { io } of gate.lanes.values()) {
    io.changes.subscribe(({ loops, barrier, curtain, light }) => {
      if (loops.approach && curtain === 'clear' && barrier === 'down') {
        io.light('green');
        io.barrier('raise');
      } else if (curtain === 'broken' && light === 'green') {
        io.light('red');
      } else if (loops.exit && curtain === 'clear' && barrier === 'up') {
        io.barrier('lower');
      }
    });
  }
}

/** Brings one container from the truck at huu-nghi to the truck that leaves huu-nghi-quan. */
function bringAcross({ clock, world, vn, cn }: Site): void {
  const until = (what: string, predicate: () => boolean): void =>
    assert.ok(clock.runUntil(predicate, { limitMs: 300_000 }), `in vain: ${what}`);
  const move = (gate: SimulatedGate, jobId: string, container: string, from: string, to: string): void => {
    const crane = the(gate.cranes, 'crane-1');
    assert.equal(crane.start({ jobId, container, from, to }), 'accepted');
    until(jobId, () => crane.jobs.some((job) => job.jobId === jobId && job.state === 'ended'));
  };
  const inBay = (gate: SimulatedGate, bay: string) => (): boolean =>
    the(gate.bays, bay).occupant !== undefined && the(gate.laneIo, `io-${bay}`).state.loops.approach;

  const container = world.export('huu-nghi');
  until('export truck in its bay', inBay(vn, 'bay-truck'));
  move(vn, 'j-1', container, 'bay-truck', 's-01');

  const vehicle = the(vn.vehicles, 'xe-1');
  const pick = [{ actionId: 'a-1', actionType: 'pick', loadId: container }];
  vehicle.order(
    orderAlong('o-1', 0, ['hn-park-1', 'hn-bay-load', 'hn-out-1'], {
      base: 2,
      actions: { 'hn-bay-load': pick },
    }),
  );
  until('vehicle in the loading bay', inBay(vn, 'bay-load'));
  move(vn, 'j-2', container, 's-01', 'bay-load');
  vehicle.order(orderAlong('o-1', 1, ['hn-bay-load', 'hn-out-1', 'km0-north'], { base: 2, sequenceId: 2 }));
  until('vehicle at border-out', () => vehicle.state.lastNodeId === 'hn-out-1');
  vehicle.order(orderAlong('o-1', 2, ['hn-out-1', 'km0-north', 'hnq-in-1'], { base: 3, sequenceId: 4 }));
  until('vehicle at border-in', () => vehicle.state.lastNodeId === 'hnq-in-1');
  const drop = [{ actionId: 'a-2', actionType: 'drop', loadId: container }];
  vehicle.order(
    orderAlong('o-1', 3, ['hnq-in-1', 'hnq-bay-land'], {
      base: 2,
      sequenceId: 8,
      actions: { 'hnq-bay-land': drop },
    }),
  );
  until('vehicle in the landing bay', inBay(cn, 'bay-land'));
  move(cn, 'j-1', container, 'bay-land', 's-01');
  const eventTime = new Date(clock.nowMs()).toISOString();
  cn.customs.report({ reportId: 'r-1', kind: 'get-in', container, declarations: [], eventTime });
  until('pick-up truck in its bay', inBay(cn, 'bay-truck'));
  move(cn, 'j-2', container, 's-01', 'bay-truck');
  until('delivery', () => world.stats().exportsDelivered['huu-nghi'] === 1);

  const home = ['hnq-bay-land', 'hnq-out-2', 'km0-south', 'hn-in-2', 'hn-park-1'];
  vehicle.order(orderAlong('o-2', 0, home, { base: home.length }));
  until('vehicle at home', () => vehicle.state.lastNodeId === 'hn-park-1');
}

/** Everything the devices of both gates say, with the time it is said. */
function transcript({ clock, vn, cn }: Site): string[] {
  const lines: string[] = [];
  const note = (name: string) => (value: unknown) =>
    lines.push(`${clock.nowMs()} ${name} ${JSON.stringify(value)}`);
  for (const [side, gate] of [
    ['vn', vn],
    ['cn', cn],
  ] as const) {
    const models: [string, Model<unknown>][] = [
      ...gate.laneIo,
      ...gate.scales,
      ...gate.cranes,
      ...gate.vehicles,
    ];
    for (const [id, model] of models) model.changes.subscribe(note(`${side} ${id}`));
    for (const [id, model] of [...gate.cameras, ...gate.readers])
      model.sightings.subscribe(note(`${side} ${id}`));
    gate.customs.changes.subscribe(note(`${side} customs`));
  }
  return lines;
}

function run(seed: number, speed = 1): { site: Site; lines: string[] } {
  const site = createSite({ seed, speed });
  const lines = transcript(site);
  openLanes(site.vn);
  openLanes(site.cn);
  bringAcross(site);
  return { site, lines };
}

describe('the simulated site', () => {
  it('brings a container across, from the truck in one country to the truck in the other, without a mishap', () => {
    const { site, lines } = run(1);
    assert.deepEqual(site.world.stats(), {
      strikes: 0,
      collisions: 0,
      hoistViolations: 0,
      headOn: 0,
      unclearedOut: 0,
      reversals: 0,
      exportsDelivered: { 'huu-nghi': 1, 'huu-nghi-quan': 0 },
      trucksInside: { 'huu-nghi': 0, 'huu-nghi-quan': 0 },
    });
    const number = site.vn.customs.log.find(({ type }) => type === 'booking')?.container ?? '';
    for (const reader of [
      'vn ocr-yard-in-1',
      'vn ocr-border-out-1',
      'cn ocr-border-in-1',
      'cn ocr-yard-out-1',
    ]) {
      assert.ok(
        lines.some((line) => line.includes(` ${reader} `) && line.includes(number)),
        `${reader} read ${number}`,
      );
    }
  });

  it('knows where each container is, on its way from truck to yard and from yard to truck', () => {
    const site = createSite();
    openLanes(site.vn);
    const container = site.world.export('huu-nghi');
    const whereabouts = (): string | undefined => site.world.whereIs().get(container);
    assert.equal(whereabouts(), undefined, 'its truck has not come yet');
    site.clock.advance(30_000);
    assert.equal(whereabouts(), site.vn.trucks()[0]?.plate);
    const crane = the(site.vn.cranes, 'crane-1');
    crane.start({ jobId: 'j-1', container, from: 'bay-truck', to: 's-03' });
    site.clock.runUntil(() => crane.state.position === 's-03', { limitMs: 60_000 });
    assert.equal(whereabouts(), 'huu-nghi/crane-1');
    site.clock.advance(60_000);
    assert.equal(whereabouts(), 'huu-nghi/s-03');
    const vehicle = the(site.vn.vehicles, 'xe-1');
    vehicle.order(orderAlong('o-1', 0, ['hn-park-1', 'hn-bay-load'], { base: 2 }));
    site.clock.advance(5_000);
    assert.equal(site.world.vehicleAt().get('xe-1'), 'hn-park-1 → hn-bay-load');
    site.clock.advance(60_000);
    assert.equal(site.world.vehicleAt().get('xe-1'), 'hn-bay-load');
    crane.start({ jobId: 'j-2', container, from: 's-03', to: 'bay-load' });
    site.clock.advance(60_000);
    assert.equal(whereabouts(), 'xe-1');
  });

  it('is the same for the same seed, and another for another', () => {
    const { lines } = run(7);
    assert.deepEqual(run(7).lines, lines);
    assert.notDeepEqual(run(8).lines, lines);
  });

  it('quickens its hardware with the speed', () => {
    const tookMs = ({ site }: { site: Site }): number => site.clock.monotonicMs();
    assert.ok(Math.abs(tookMs(run(1)) / tookMs(run(1, 10)) - 10) < 0.01);
  });

  it('has the devices of its configuration and no others', () => {
    const { vn } = createSite();
    const ids = [vn.laneIo, vn.cameras, vn.readers, vn.scales, vn.cranes, vn.vehicles].flatMap((devices) => [
      ...devices.keys(),
    ]);
    assert.deepEqual(ids.toSorted(), vn.config.devices.map(({ id }) => id).toSorted());
    assert.deepEqual(the(vn.laneIo, 'io-border-out-1').state, {
      loops: { approach: false, under: false, exit: false },
      curtain: 'clear',
      barrier: 'down',
      light: 'red',
    });
  });

  it('tells a listener that answers at once only of completed events, each in turn', () => {
    const { vn } = createSite();
    const io = the(vn.laneIo, 'io-yard-in-1');
    io.changes.subscribe(({ light }) => {
      if (light === 'green') io.light('red');
    });
    const heard = recorded(io.changes);
    io.light('green');
    assert.deepEqual(
      heard.map(({ light }) => light),
      ['green', 'red'],
    );
  });

  it('stands still once stopped, whatever is asked of it', () => {
    const { clock, world, vn } = createSite();
    const container = world.export('huu-nghi');
    the(vn.laneIo, 'io-yard-in-1').barrier('raise');
    world.stop();
    world.export('huu-nghi');
    assert.equal(clock.nextAt(), undefined);
    clock.advance(60_000);
    assert.equal(vn.customs.clearances(container)[0]?.status, 'registered');
    assert.equal(vn.trucks().length, 0);
  });

  it('says which gate it does not know', () => {
    const { world } = createSite();
    assert.throws(() => world.export('tan-thanh'), /tan-thanh/);
  });
});
