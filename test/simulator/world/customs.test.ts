import assert from 'node:assert/strict';
import type { ListedChange } from '../../../protocols/clearance/words.ts';
import { parseContainerCode } from '../../../protocols/iso6346.ts';
import type { SimulatedGate } from '../../../simulator/world/world.ts';
import { createSite, recorded } from '../../support/simulated-site.ts';

const summary = (changes: readonly ListedChange[]): string[] =>
  changes.map((change) =>
    change.type === 'booking'
      ? `booking ${change.direction}`
      : `${change.kind} ${change.status} ${change.version}`,
  );
const getIn = (gate: SimulatedGate, container: string, reportId = 'r-1') =>
  gate.customs.report({
    reportId,
    kind: 'get-in',
    container,
    declarations: [],
    eventTime: '2026-03-02T08:00:00.000+08:00',
  });

describe('customs', () => {
  it('books an export on one side and expects it on the other, and releases the export by itself', () => {
    const { clock, world, vn, cn } = createSite();
    const heard = recorded(vn.customs.changes);
    const container = world.export('huu-nghi');
    assert.equal(parseContainerCode(container).ok, true);
    assert.deepEqual(summary(vn.customs.log), ['booking export', 'export registered 1']);
    assert.deepEqual(summary(cn.customs.log), ['booking import', 'import registered 1']);
    clock.advance(3_999);
    assert.equal(vn.customs.log.length, 2);
    clock.advance(1);
    assert.deepEqual(summary(vn.customs.log), ['booking export', 'export registered 1', 'export released 2']);
    assert.deepEqual(heard, vn.customs.log);
    clock.advance(3_600_000);
    assert.equal(cn.customs.log.length, 2);
  });

  it('writes numbers and plates as its country does', () => {
    const { world, vn, cn } = createSite();
    for (let i = 0; i < 50; i += 1) world.export(i % 2 === 0 ? 'huu-nghi' : 'huu-nghi-quan');
    const bookings = [...vn.customs.log, ...cn.customs.log].filter((change) => change.type === 'booking');
    for (const { direction, declarations } of bookings) {
      assert.match(declarations[0] ?? '', direction === 'export' ? /^3\d{11}$/ : /^1\d{11}$/);
    }
    const plates = bookings.map(({ truckPlate }) => truckPlate);
    assert.equal(new Set(plates).size, 100);
    for (const plate of plates.slice(0, 50)) assert.match(plate, /^12[A-Z]-\d{3}\.\d{2}$/);
    for (const plate of plates.slice(50)) assert.match(plate, /^桂F·[A-Z]\d{4}$/);
  });

  it('releases an import after the gate reported its entry, and then its pick-up truck comes', () => {
    const { clock, world, cn } = createSite();
    const container = world.export('huu-nghi');
    assert.equal(getIn(cn, container), 'accepted');
    assert.equal(getIn(cn, container), 'duplicate');
    assert.equal(cn.customs.reports.length, 1);
    clock.advance(3_000);
    assert.equal(summary(cn.customs.log).at(-1), 'import released 2');
    clock.advance(1_999);
    assert.equal(cn.trucks().length, 0);
    clock.advance(1);
    assert.equal(cn.trucks().length, 1);
    getIn(cn, container, 'r-2');
    clock.advance(60_000);
    assert.equal(cn.trucks().length, 1);
  });

  it('does not release by itself what it was asked to keep, nor what was withdrawn meanwhile', () => {
    const { clock, world, vn } = createSite();
    const kept = world.export('huu-nghi', { release: false });
    const withdrawn = world.export('huu-nghi');
    world.setClearance('huu-nghi', withdrawn, 'withdrawn');
    clock.advance(60_000);
    assert.deepEqual(
      [kept, withdrawn].map((container) => vn.customs.clearances(container)[0]?.status),
      ['registered', 'withdrawn'],
    );
    world.setClearance('huu-nghi', kept, 'released');
    assert.equal(vn.customs.clearances(kept)[0]?.version, 2);
  });

  it('lists what is new after a cursor, and forgets what has been taken', () => {
    const { world, vn } = createSite();
    world.export('huu-nghi');
    world.export('huu-nghi');
    assert.deepEqual(vn.customs.since(0), vn.customs.log);
    const [third] = vn.customs.since(2);
    vn.customs.forget(2);
    assert.deepEqual(vn.customs.since(2)[0], third);
    assert.deepEqual(vn.customs.since(0)[0], third, 'what is forgotten does not come again');
    assert.deepEqual(vn.customs.since(4), []);
    world.export('huu-nghi');
    assert.deepEqual(summary(vn.customs.since(4)), ['booking export', 'export registered 1']);
    vn.customs.forget(6);
    assert.equal(vn.customs.log.length, 0);
  });

  it('knows until when the gate can hold a container for released in good faith', () => {
    const { clock, world, vn } = createSite();
    const asKnown = (): boolean => vn.customs.releasedAsKnown(container);
    const container = world.export('huu-nghi', { release: false });
    assert.equal(asKnown(), false);
    world.setClearance('huu-nghi', container, 'released');
    clock.advance(60_000);
    assert.equal(vn.customs.released(container), true);
    world.setClearance('huu-nghi', container, 'withdrawn');
    assert.equal(vn.customs.released(container), false);
    vn.customs.forget(3);
    clock.advance(60_000);
    assert.equal(asKnown(), true, 'the gate has not heard of it, and its list may be fifteen minutes old');
    vn.customs.forget(4);
    clock.advance(9_999);
    assert.equal(asKnown(), true);
    clock.advance(1);
    assert.equal(asKnown(), false, 'it has known for ten seconds');
    world.setClearance('huu-nghi', container, 'released');
    assert.equal(asKnown(), true);
    world.setClearance('huu-nghi', container, 'withdrawn');
    clock.advance(910_000);
    assert.equal(asKnown(), false, 'it has not heard of it, but no list may be so old');
    assert.equal(vn.customs.releasedAsKnown('CSQU3054383'), false);
  });
});
