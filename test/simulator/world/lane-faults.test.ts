import assert from 'node:assert/strict';
import { gateConfig } from '../../../config/schema.ts';
import type { Visitor } from '../../../simulator/world/carrier.ts';
import { openByHours } from '../../../simulator/world/hours.ts';
import type { Lane } from '../../../simulator/world/lane.ts';
import type { LaneIoState } from '../../../simulator/world/ports.ts';
import { createSite, recorded, referenceConfigs, type Site, the } from '../../support/simulated-site.ts';

const IN = 'yard-in-1';

/** A site with `count` trucks at the Vietnamese `yard-in`: the first at the stop line, the others behind it. */
function siteWithQueue(count: number) {
  const site = createSite();
  for (let n = 0; n < count; n += 1) site.world.export('huu-nghi');
  site.clock.advance(1_500);
  const lane = the(site.vn.lanes, IN);
  return { ...site, lane, io: lane.io, heard: recorded(lane.io.changes) };
}
const seen = ({ loops, curtain }: LaneIoState): string =>
  [
    ...Object.entries(loops).flatMap(([loop, on]) => (on ? [loop] : [])),
    ...(curtain === 'broken' ? ['curtain'] : []),
  ].join(' ');
const open = ({ lane }: { lane: Lane }): void => {
  lane.io.light('green');
  lane.io.barrier('raise');
};

describe('a lane in which things go wrong', () => {
  it('feels a person in the light curtain, who stands on no loop, and lowers nothing onto them unpunished', () => {
    const { clock, lane, io, world } = siteWithQueue(0);
    io.barrier('raise');
    clock.advance(2_000);
    lane.person(10_000);
    assert.equal(seen(io.state), 'curtain');
    io.barrier('lower');
    clock.advance(3_000);
    assert.equal(io.state.barrier, 'up');
    assert.equal(world.stats().strikes, 1);
    assert.deepEqual(
      world.incidents.map(({ kind, detail }) => [kind, detail]),
      [['strikes', 'io-yard-in-1: lowered onto a person']],
    );
    clock.advance(7_000);
    assert.equal(seen(io.state), '');
  });

  it('turns an arm back from what came below it on the way, and from what the gate could not know of: no strike', () => {
    const { clock, lane, io, world } = siteWithQueue(0);
    io.barrier('raise');
    clock.advance(2_000);
    const told = io.state;
    io.barrier('lower');
    clock.advance(500);
    lane.person(1_000);
    clock.advance(3_000);
    assert.equal(io.state.barrier, 'up');
    lane.person(5_000);
    io.barrier('lower', undefined, told);
    clock.advance(3_000);
    assert.equal(io.state.barrier, 'up');
    const { strikes, reversals } = world.stats();
    assert.deepEqual({ strikes, reversals }, { strikes: 0, reversals: 2 });
  });

  it('sees the one that follows bumper to bumper: the curtain stays broken, the approach loop too, and no camera reads', () => {
    const site = siteWithQueue(2);
    const { clock, lane, heard, vn } = site;
    const plates = recorded(the(vn.cameras, 'anpr-yard-in-1').sightings);
    clock.advance(1_000);
    lane.tailgate();
    open(site);
    heard.length = 0;
    clock.advance(20_000);
    assert.deepEqual(heard.map(seen).slice(2), [
      'approach under exit curtain',
      'approach under curtain',
      'under exit curtain',
      'exit',
      '',
    ]);
    assert.equal(new Set(plates.map(({ text }) => text)).size, 1);
    assert.deepEqual(
      vn.trucks().map(({ where }) => where),
      ['yard', 'yard'],
    );
  });

  it('is not blamed for what follows somebody out of the yard uncleared', () => {
    const { clock, cn } = createSite();
    const lane = the(cn.lanes, 'yard-out-1');
    const truck = (number?: string): Visitor => ({
      plate: '桂F·A0001',
      country: 'CN',
      tareKg: 15_000,
      container: number === undefined ? undefined : { number, painted: number, grossKg: 20_000 },
      put: () => {},
      take: () => undefined,
      hoistCleared: () => {},
      ready: (light) => light === 'green',
      drivesOff: ({ uncleared }) => left.push(uncleared),
      passed: () => {},
    });
    const left: boolean[] = [];
    for (const one of [truck('CSQU3054383'), truck('CSQU3054383')]) lane.queue(one);
    lane.tailgate();
    open({ lane });
    clock.advance(20_000);
    assert.deepEqual(left, [true, false]);
  });

  it('stops a follower at the line when the barrier is no longer up', () => {
    const site = siteWithQueue(2);
    const { clock, lane, io, vn } = site;
    lane.tailgate();
    open(site);
    clock.runUntil(() => io.state.loops.exit, { limitMs: 20_000 });
    assert.equal(seen(io.state), 'approach under exit curtain');
    io.jam(true);
    clock.runUntil(() => !io.state.loops.under, { limitMs: 20_000 });
    assert.equal(seen(io.state), 'approach exit');
    assert.equal(lane.standing?.plate, vn.trucks()[1]?.plate);
  });

  it('feels what comes from the wrong side, below the barrier only if that is up', () => {
    const { clock, lane, io, heard } = siteWithQueue(0);
    lane.wrongWay(9_000);
    clock.advance(10_000);
    assert.deepEqual(heard.map(seen), ['exit', '']);
    io.barrier('raise');
    clock.advance(2_000);
    heard.length = 0;
    lane.wrongWay(9_000);
    clock.advance(10_000);
    assert.deepEqual(heard.map(seen), ['exit', 'under exit curtain', 'exit', '']);
  });

  it('waits for a truck that stalls under the barrier', () => {
    const site = siteWithQueue(1);
    const { clock, lane, io, vn } = site;
    lane.stall(120_000);
    open(site);
    clock.advance(100_000);
    assert.equal(seen(io.state), 'under exit curtain');
    clock.advance(30_000);
    assert.equal(vn.trucks()[0]?.where, 'yard');
  });

  it('is left by a driver who turns back, taken by the next, and entered again at the end of the queue', () => {
    const { clock, lane, vn } = siteWithQueue(2);
    const [first, second] = vn.trucks();
    assert.equal(lane.turnBack(), true);
    assert.equal(lane.standing, undefined);
    clock.advance(5_000);
    assert.equal(lane.standing, second);
    clock.advance(120_000);
    assert.equal(lane.waiting, 1);
    assert.equal(lane.turnBack(), true);
    clock.advance(5_000);
    assert.equal(lane.standing, first);
    assert.equal(the(vn.lanes, 'yard-out-1').turnBack(), false);
  });

  it('has sensors that stick and loops that flap', () => {
    const { clock, io, heard } = siteWithQueue(1);
    assert.equal(seen(io.state), 'approach');
    io.stickSensor('approach', false);
    io.stickSensor('curtain', true);
    assert.equal(seen(io.state), 'curtain');
    io.stickSensor('approach', undefined);
    io.stickSensor('curtain', undefined);
    heard.length = 0;
    io.flap('approach', 2);
    clock.advance(1_000);
    assert.deepEqual(heard.map(seen), ['', 'approach', '', 'approach']);
  });

  it('weighs what a scale that lies makes of it, and the truth once it is repaired', () => {
    const { clock, vn, world } = createSite();
    const scale = the(vn.scales, 'scale-1');
    scale.freeze(12_000);
    world.export('huu-nghi');
    clock.advance(5_000);
    assert.deepEqual(scale.state, { grossKg: 12_000, motion: false });
    scale.freeze(undefined);
    assert.equal(scale.state.grossKg, 15_200 + (the(vn.lanes, IN).standing?.container?.grossKg ?? 0));
  });

  it('is not read by a blind camera', () => {
    const { clock, vn } = siteWithQueue(1);
    const camera = the(vn.cameras, 'anpr-yard-in-1');
    const plates = recorded(camera.sightings);
    camera.blind = true;
    clock.advance(20_000);
    assert.equal(plates.length, 0);
    camera.blind = false;
    clock.advance(5_000);
    assert.equal(plates.length, 1);
  });
});

describe('a driver in the yard', () => {
  /** The reference gate with a second truck bay. */
  const twoBays = gateConfig.parse({
    ...structuredClone(referenceConfigs[0]),
    yard: {
      ...structuredClone(referenceConfigs[0]?.yard),
      bays: [
        ...(referenceConfigs[0]?.yard.bays ?? []),
        { id: 'bay-truck-2', use: 'truck', io: 'io-bay-truck-2' },
      ],
      cranes: referenceConfigs[0]?.yard.cranes.map((crane) => ({
        ...crane,
        bays: [...crane.bays, 'bay-truck-2'],
      })),
    },
    devices: [
      ...(referenceConfigs[0]?.devices ?? []),
      { kind: 'lane-io', id: 'io-bay-truck-2', topic: 'lane-io/io-bay-truck-2' },
    ],
  });

  /** `count` trucks let in one after the other, each shown `sign`. */
  function siteInside(count: number, sign?: string, before: (site: Site) => void = () => {}) {
    const site = createSite({ configs: [twoBays, ...referenceConfigs.slice(1)] });
    before(site);
    const { io } = the(site.vn.lanes, IN);
    for (let n = 0; n < count; n += 1) {
      site.world.export('huu-nghi');
      site.clock.advance(5_000);
      io.light('green');
      io.barrier('raise', sign);
      site.clock.advance(5_000);
      io.barrier('lower');
      site.clock.advance(10_000);
    }
    return {
      ...site,
      trucks: site.vn.trucks(),
      first: the(site.vn.bays, 'bay-truck'),
      second: the(site.vn.bays, 'bay-truck-2'),
    };
  }

  it('goes to the bay on the sign, and waits before it while it is taken though another is free', () => {
    const { clock, trucks, first, second } = siteInside(2, 'bay-truck-2');
    assert.equal(second.occupant, trucks[0]);
    assert.equal(first.occupant, undefined);
    second.take();
    clock.advance(60_000);
    assert.equal(second.occupant, trucks[1]);
  });

  it('takes any free bay when no sign, or a senseless one, was shown', () => {
    assert.deepEqual(
      siteInside(2).trucks.map(({ bay }) => bay),
      ['bay-truck', 'bay-truck-2'],
    );
    assert.equal(siteInside(1, 'bay-truck-9').first.occupant !== undefined, true);
  });

  it('without a sign waits for whichever bay is free first', () => {
    const { clock, trucks, first, second } = siteInside(3);
    assert.equal(trucks[2]?.bay, undefined);
    second.take();
    clock.advance(30_000);
    assert.equal(second.occupant, trucks[2]);
    assert.equal(first.occupant, trucks[0]);
  });

  it('can ignore the sign, once', () => {
    const { trucks } = siteInside(2, 'bay-truck-2', ({ vn }) => vn.wrongBay());
    assert.deepEqual(
      trucks.map(({ bay }) => bay),
      ['bay-truck', 'bay-truck-2'],
    );
  });

  it('is sent out of the yard and comes again with what it brought', () => {
    const { clock, trucks, first, vn } = siteInside(1);
    const [truck] = trucks;
    assert.ok(truck);
    assert.equal(vn.sendAway(truck, true), true);
    assert.equal(first.occupant, undefined);
    assert.equal(vn.sendAway(truck, true), false, 'it is on its way round');
    clock.advance(60_000);
    assert.equal(the(vn.lanes, IN).standing, truck);
    assert.ok(truck.container);
  });

  it('is sent home from the stop line, with what it brought, and is no delivery', () => {
    const { clock, vn, world, lane } = siteWithQueue(2);
    const [truck, next] = vn.trucks();
    assert.ok(truck);
    assert.equal(vn.sendAway(truck, false), true);
    clock.advance(600_000);
    assert.equal(lane.standing, next);
    assert.deepEqual(vn.trucks(), [next]);
    assert.equal(world.stats().exportsDelivered['huu-nghi'], 0);
  });

  it('who has left his place before the bays gives it up to those behind', () => {
    const { clock, trucks, second, vn } = siteInside(3, 'bay-truck-2');
    const [, waiting, last] = trucks;
    assert.ok(waiting);
    assert.equal(vn.sendAway(waiting, true), true);
    second.take();
    clock.advance(30_000);
    assert.equal(second.occupant, last);
  });

  it('goes to another lane when people close the one he waits at, and chooses among the open ones', () => {
    const lanes = referenceConfigs[0]?.lanes.map((lane) => ({ ...lane, loads: ['laden', 'bobtail'] }));
    const config = gateConfig.parse({ ...structuredClone(referenceConfigs[0]), lanes });
    const { clock, world, vn } = createSite({ configs: [config] });
    const [one, other] = [the(vn.lanes, 'yard-in-1'), the(vn.lanes, 'yard-in-2')];
    for (let n = 0; n < 4; n += 1) world.export('huu-nghi');
    clock.advance(2_000);
    assert.deepEqual([one.load, other.load], [2, 2]);
    vn.closeLane('yard-in-1', true);
    one.turnBack();
    clock.advance(10_000);
    assert.deepEqual([one.load, other.load], [0, 3]);
    vn.closeLane('yard-in-1', false);
    world.export('huu-nghi');
    clock.advance(2_000);
    assert.equal(one.load, 1);
    for (const lane of ['yard-in-1', 'yard-in-2']) vn.closeLane(lane, true);
    other.turnBack();
    clock.advance(10_000);
    assert.deepEqual([one.load, other.load], [1, 2], 'where all are closed they wait');
  });
});

describe('the board above a lane', () => {
  const [config] = referenceConfigs;
  const [lane] = config?.lanes ?? [];
  const openAt = (utc: string, hours?: { from: string; to: string }[]): boolean => {
    assert.ok(config && lane);
    return openByHours(
      { ...lane, ...(hours && { hours }) },
      config.gate,
      Date.parse(`2026-03-02T${utc}:00Z`),
    );
  };

  it('goes by the gate’s own clock, also past midnight', () => {
    assert.equal(openAt('12:00'), true);
    const day = [{ from: '06:30', to: '18:00' }];
    assert.deepEqual(
      ['23:29', '23:30', '10:59', '11:00'].map((utc) => openAt(utc, day)),
      [false, true, true, false],
    );
    const night = [{ from: '18:00', to: '06:30' }];
    assert.deepEqual(
      ['23:29', '23:30', '10:59', '11:00'].map((utc) => openAt(utc, night)),
      [true, false, false, true],
    );
  });
});
