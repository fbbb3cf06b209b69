import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import type { ListedChange } from '../../../protocols/clearance/words.ts';
import { drawPicture } from '../../../simulator/world/picture.ts';
import type { SimulatedGate } from '../../../simulator/world/world.ts';
import { createSite, recorded, the } from '../../support/simulated-site.ts';

type Booking = Extract<ListedChange, { type: 'booking' }>;

function bookingOf(gate: SimulatedGate, container: string): Booking {
  const found = gate.customs.log.find(
    (change): change is Booking => change.type === 'booking' && change.container === container,
  );
  assert.ok(found);
  return found;
}

/** A site whose first export truck stands at the stop line of the Vietnamese `yard-in`. */
function siteWithTruck(options?: { paintedContainer: string }) {
  const site = createSite();
  const io = the(site.vn.laneIo, 'io-yard-in-1');
  const sights = {
    lane: recorded(io.changes),
    plates: recorded(the(site.vn.cameras, 'anpr-yard-in-1').sightings),
    codes: recorded(the(site.vn.readers, 'ocr-yard-in-1').sightings),
    weights: recorded(the(site.vn.scales, 'scale-1').changes),
  };
  const container = site.world.export('huu-nghi', options);
  site.clock.advance(1_000);
  return { ...site, io, sights, container, booking: bookingOf(site.vn, container) };
}

describe('a truck at a lane', () => {
  it('is felt by the loop, seen by camera and reader, and weighed', () => {
    const { clock, io, sights, container, booking } = siteWithTruck();
    assert.deepEqual(io.state.loops, { approach: true, under: false, exit: false });
    assert.equal(io.state.barrier, 'down');
    assert.equal(io.state.light, 'red');
    clock.advance(700);
    assert.deepEqual(
      sights.plates.map(({ text, country }) => [text, country]),
      [[booking.truckPlate, 'VN']],
    );
    assert.deepEqual(sights.codes, []);
    clock.advance(300);
    assert.deepEqual(
      sights.codes.map(({ text }) => text),
      [container],
    );
    for (const { quality } of [...sights.plates, ...sights.codes])
      assert.ok(quality >= 930 && quality <= 990);
    clock.advance(1_000);
    assert.deepEqual(sights.weights.at(-1), { grossKg: 15_200 + booking.grossKg, motion: false });
    const moving = sights.weights.slice(0, -1);
    assert.equal(moving.length, 4);
    assert.ok(moving.every(({ motion }) => motion));
    assert.deepEqual(
      moving.map(({ grossKg }) => grossKg),
      moving.map(({ grossKg }) => grossKg).toSorted((a, b) => a - b),
    );
  });

  it('is read again every five seconds while it stands there', () => {
    const { clock, sights } = siteWithTruck();
    clock.advance(11_000);
    assert.equal(sights.plates.length, 3);
    assert.equal(sights.codes.length, 3);
  });

  it('shows the code that is painted, whatever was booked', () => {
    const { clock, sights, booking } = siteWithTruck({ paintedContainer: 'MWCU6059784' });
    clock.advance(1_000);
    assert.equal(sights.codes[0]?.text, 'MWCU6059784');
    assert.notEqual(booking.container, 'MWCU6059784');
  });

  it('waits for the barrier and for the green light', () => {
    const { clock, io } = siteWithTruck();
    io.light('green');
    clock.advance(10_000);
    io.light('red');
    io.barrier('raise');
    clock.advance(10_000);
    assert.deepEqual(io.state.loops, { approach: true, under: false, exit: false });
    io.light('green');
    assert.equal(io.state.curtain, 'broken');
  });

  it('passes: loops, curtain and scale tell it in order', () => {
    const { clock, io, sights } = siteWithTruck();
    clock.advance(3_000);
    sights.lane.length = 0;
    io.light('green');
    io.barrier('raise');
    clock.advance(10_000);
    assert.deepEqual(
      sights.lane.map(({ barrier, curtain, loops }) => [
        barrier,
        curtain,
        Object.entries(loops)
          .filter(([, seen]) => seen)
          .map(([loop]) => loop)
          .join(' '),
      ]),
      [
        ['down', 'clear', 'approach'], // the light
        ['moving', 'clear', 'approach'],
        ['up', 'clear', 'approach'],
        ['up', 'broken', 'approach under'],
        ['up', 'broken', 'under exit'],
        ['up', 'clear', 'exit'],
        ['up', 'clear', ''],
      ],
    );
    assert.deepEqual(sights.weights.at(-1), { grossKg: 0, motion: false });
    assert.equal(sights.plates.length, 1);
  });

  it('is not followed by the next one when the gate closes behind it', () => {
    const { clock, io, vn, world } = siteWithTruck();
    world.export('huu-nghi');
    clock.advance(2_000);
    assert.equal(vn.trucks().length, 2);
    io.light('green');
    io.barrier('raise');
    clock.runUntil(() => io.state.loops.exit && io.state.curtain === 'clear', { limitMs: 10_000 });
    io.light('red');
    io.barrier('lower');
    clock.advance(20_000);
    assert.equal(world.stats().trucksInside['huu-nghi'], 1);
    assert.deepEqual(io.state.loops, { approach: true, under: false, exit: false });
    assert.equal(world.stats().strikes, 0);
  });
});

describe('a barrier', () => {
  it('moves for a second and a half, and turns back on the way when told to', () => {
    const { clock, vn } = createSite();
    const io = the(vn.laneIo, 'io-yard-out-1');
    io.barrier('raise');
    assert.equal(io.state.barrier, 'moving');
    clock.advance(500);
    io.barrier('lower');
    clock.advance(499);
    assert.equal(io.state.barrier, 'moving');
    clock.advance(1);
    assert.equal(io.state.barrier, 'down');
  });

  it('that comes down on a truck goes back up, and the strike is counted', () => {
    const { clock, io, world } = siteWithTruck();
    io.light('green');
    io.barrier('raise');
    clock.runUntil(() => io.state.curtain === 'broken', { limitMs: 10_000 });
    io.barrier('lower');
    clock.advance(10_000);
    assert.equal(world.stats().strikes, 1);
    assert.equal(io.state.barrier, 'up');
  });

  it('that is jammed reports a fault and takes up its last command once repaired', () => {
    const { clock, vn } = createSite();
    const io = the(vn.laneIo, 'io-yard-out-1');
    io.jam(true);
    io.barrier('raise');
    clock.advance(5_000);
    assert.equal(io.state.barrier, 'fault');
    io.jam(false);
    clock.advance(1_500);
    assert.equal(io.state.barrier, 'up');
  });

  it('is missing in a bay, and so is the light', () => {
    const { clock, vn } = createSite();
    const io = the(vn.laneIo, 'io-bay-truck');
    io.barrier('raise');
    io.light('green');
    clock.advance(5_000);
    assert.equal(io.state.barrier, 'none');
    assert.equal(io.state.light, 'dark');
  });
});

describe('a picture', () => {
  it('is a PNG that differs with the text', () => {
    const picture = Buffer.from(drawPicture('12H-045.67'));
    assert.deepEqual(picture.subarray(0, 8), Buffer.from('89504e470d0a1a0a', 'hex'));
    const data = picture.indexOf('IDAT');
    const pixels = inflateSync(picture.subarray(data + 4, data + 4 + picture.readUInt32BE(data - 4)));
    assert.equal(pixels.length, picture.readUInt32BE(20) * (picture.readUInt32BE(16) + 1));
    assert.notDeepEqual(picture, Buffer.from(drawPicture('12H-045.68')));
  });

  it('can be distorted, or lost, by a faulty camera', () => {
    const { clock, vn, sights } = siteWithTruck();
    const camera = the(vn.cameras, 'anpr-yard-in-1');
    camera.distort = (sighting) => ({ ...sighting, text: '12H-O45.67', quality: 400 });
    clock.advance(1_000);
    assert.deepEqual(sights.plates, [{ text: '12H-O45.67', quality: 400, country: 'VN' }]);
    camera.distort = () => undefined;
    clock.advance(10_000);
    assert.equal(sights.plates.length, 1);
  });
});
