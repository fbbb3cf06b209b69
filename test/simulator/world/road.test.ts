import assert from 'node:assert/strict';
import type { GateConfig } from '../../../config/schema.ts';
import { createSite, orderAlong, referenceConfigs, type Site, the } from '../../support/simulated-site.ts';

const box = { number: 'CSQU3054383', painted: 'CSQU3054383', grossKg: 20_000 };

/** Orders a vehicle along a route, all of it released. */
function sendOn({ vn, cn }: Site, id: string, route: readonly string[]): void {
  const gate = vn.vehicles.has(id) ? vn : cn;
  the(gate.vehicles, id).order(orderAlong(route.join('-'), 0, route, { base: route.length }));
}
/** The same, and waits until it is there. */
function bringTo(site: Site, id: string, route: readonly string[]): void {
  sendOn(site, id, route);
  site.clock.advance(120_000);
}
const openAll = ({ vn, cn }: Site): void => {
  for (const gate of [vn, cn]) for (const { io } of gate.lanes.values()) io.barrier('raise');
};
/** The reference site with the edges of one more route. */
function withRoad(config: GateConfig, route: readonly string[]): GateConfig {
  const joined = [...route, 'hnq-bay-land', 'hnq-out-1'];
  const edges = joined.slice(1).map((to, index) => ({ from: joined[index] ?? '', to, speedMaxMps: 8 }));
  return { ...config, map: { ...config.map, edges: [...config.map.edges, ...edges] } };
}
const kinds = ({ world }: Site): string[] => world.incidents.map(({ kind }) => kind);

describe('the road over the border', () => {
  it('carries two vehicles one behind the other, and the second never overtakes the first', () => {
    const site = createSite();
    const [first, second] = [the(site.vn.vehicles, 'xe-1'), the(site.vn.vehicles, 'xe-2')];
    openAll(site);
    bringTo(site, 'xe-1', ['hn-park-1', 'hn-bay-load', 'hn-out-1']);
    sendOn(site, 'xe-1', ['hn-out-1', 'km0-north', 'hnq-in-1']);
    site.clock.advance(5_000);
    first.breakDown(true);
    bringTo(site, 'xe-2', ['hn-park-2', 'hn-bay-load', 'hn-out-1']);
    sendOn(site, 'xe-2', ['hn-out-1', 'km0-north', 'hnq-in-2']);
    site.clock.advance(120_000);
    assert.deepEqual(
      [...site.world.vehicleAt()].filter(([id]) => id.startsWith('xe')).map(([, place]) => place),
      ['hn-out-1 → km0-north', 'hn-out-1 → km0-north'],
    );
    assert.ok(second.state.position.x < first.state.position.x - 9);
    assert.equal(second.state.driving, false);
    first.breakDown(false);
    site.clock.advance(60_000);
    assert.deepEqual([first.state.lastNodeId, second.state.lastNodeId], ['hnq-in-1', 'hnq-in-2']);
    assert.deepEqual(kinds(site), []);
  });

  it('lets a vehicle wait behind one that stands on km 0: that is traffic, not a mishap', () => {
    const site = createSite();
    openAll(site);
    const [first, second] = [the(site.vn.vehicles, 'xe-1'), the(site.vn.vehicles, 'xe-2')];
    bringTo(site, 'xe-1', ['hn-park-1', 'hn-bay-load', 'hn-out-1', 'km0-north']);
    bringTo(site, 'xe-2', ['hn-park-2', 'hn-bay-load', 'hn-out-1', 'km0-north', 'hnq-in-2']);
    assert.deepEqual([first.state.lastNodeId, second.state.lastNodeId], ['km0-north', 'hn-out-1']);
    sendOn(site, 'xe-1', ['km0-north', 'hnq-in-1']);
    site.clock.advance(60_000);
    assert.equal(second.state.lastNodeId, 'hnq-in-2');
    assert.deepEqual(kinds(site), []);
  });

  it('lets one that has broken down before a taken node stand there until it is repaired', () => {
    const site = createSite();
    openAll(site);
    const second = the(site.vn.vehicles, 'xe-2');
    bringTo(site, 'xe-1', ['hn-park-1', 'hn-bay-load', 'hn-out-1', 'km0-north']);
    bringTo(site, 'xe-2', ['hn-park-2', 'hn-bay-load', 'hn-out-1', 'km0-north']);
    second.breakDown(true);
    bringTo(site, 'xe-1', ['km0-north', 'hnq-in-1']);
    assert.equal(second.state.lastNodeId, 'hn-out-1');
    second.breakDown(false);
    assert.equal(second.state.lastNodeId, 'km0-north');
  });

  it('counts two vehicles that come towards each other on one track, not two that follow each other', () => {
    const back = ['hnq-out-1', 'km0-north', 'hn-in-1'];
    const site = createSite({ configs: referenceConfigs.map((config) => withRoad(config, back)) });
    openAll(site);
    bringTo(site, 'xe-1', ['hn-park-1', 'hn-bay-load', 'hn-out-1', 'km0-north', 'hnq-in-1', 'hnq-bay-land']);
    bringTo(site, 'xe-1', ['hnq-bay-land', 'hnq-out-1']);
    bringTo(site, 'xe-2', ['hn-park-2', 'hn-bay-load', 'hn-out-1']);
    sendOn(site, 'xe-2', ['hn-out-1', 'km0-north', 'hnq-in-1']);
    site.clock.advance(2_000);
    assert.deepEqual(kinds(site), []);
    sendOn(site, 'xe-1', back);
    site.clock.advance(120_000);
    assert.deepEqual(
      site.world.incidents.map(({ detail }) => detail),
      ['xe-1 came towards xe-2 over km0-north'],
    );
    assert.equal(site.world.stats().headOn, 1);
  });

  it('counts a container that crosses without a release, also one withdrawn a while ago, but not one withdrawn just now', () => {
    const withdrawnAgo = (ms: number | undefined): string[] => {
      const site = createSite();
      const { clock, world, vn } = site;
      const number = world.export('huu-nghi', { release: false });
      if (ms !== undefined) world.setClearance('huu-nghi', number, 'released');
      bringTo(site, 'xe-1', ['hn-park-1', 'hn-bay-load', 'hn-out-1']);
      the(vn.vehicles, 'xe-1').put({ ...box, number });
      sendOn(site, 'xe-1', ['hn-out-1', 'km0-north']);
      world.setClearance('huu-nghi', number, ms === 0 ? 'released' : 'withdrawn');
      vn.customs.forget(vn.customs.log.length);
      clock.advance(ms ?? 0);
      the(vn.laneIo, 'io-border-out-1').barrier('raise');
      clock.advance(60_000);
      assert.equal(the(vn.vehicles, 'xe-1').state.lastNodeId, 'km0-north');
      return kinds(site);
    };
    assert.deepEqual(withdrawnAgo(0), []);
    assert.deepEqual(withdrawnAgo(5_000), []);
    assert.deepEqual(withdrawnAgo(30_000), ['unclearedOut']);
    assert.deepEqual(withdrawnAgo(undefined), ['unclearedOut']);
  });

  it('counts a container that leaves on a truck without a release', () => {
    const { clock, world, cn } = createSite();
    const container = world.export('huu-nghi');
    const eventTime = '2026-03-02T08:00:00.000+08:00';
    cn.customs.report({ reportId: 'r-1', kind: 'get-in', container, declarations: [], eventTime });
    clock.advance(10_000);
    for (const { io, config } of cn.lanes.values()) {
      if (config.traffic !== 'truck') continue;
      io.light('green');
      io.barrier('raise');
    }
    clock.advance(10_000);
    world.setClearance('huu-nghi-quan', container, 'withdrawn');
    cn.customs.forget(cn.customs.log.length);
    clock.advance(20_000);
    the(cn.bays, 'bay-truck').put({ ...box, number: container });
    clock.advance(60_000);
    assert.equal(world.stats().unclearedOut, 1);
    assert.match(world.incidents[0]?.detail ?? '', new RegExp(`${container} out by yard-out`));
    assert.equal(world.stats().exportsDelivered['huu-nghi'], 1);
  });
});
