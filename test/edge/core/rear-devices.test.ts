import assert from 'node:assert/strict';
import type { GateConfig } from '../../../config/schema.ts';
import type { Observed } from '../../../edge/core/reconcile/case.ts';
import { BOX, bootLane, type CoreLane, TRUCK } from '../../support/core-lane.ts';
import { rearCamera, rearReader, withRearDevices } from '../../support/rear-devices.ts';

const LANE = 'yard-in-1';
const TRAILER = '12R-012.34';
const OTHER_TRAILER = '29R-551.20';
const OTHER_BOX = 'MSKU1234565';
const PHOTO = 'ab'.repeat(32);

describe('a lane that sees what comes from behind', () => {
  let lane: CoreLane;
  let count = 0;
  beforeEach(() => {
    lane = bootLane(LANE, equipped);
  });
  const equipped = (config: GateConfig): void => {
    Object.assign(config, withRearDevices(config));
    config.overrides['cancel-crossing'] = { roles: ['supervisor'], secondPerson: false };
  };

  const once = (): { readId: string; quality: number; deviceAt: number } => {
    count += 1;
    return { readId: `rear-${count}`, quality: 960, deviceAt: 0 };
  };
  const seesTrailer = (plate: string): void => {
    lane.step({ type: 'plate', device: rearCamera(LANE), plate, ...once() });
  };
  const seesDoors = (code = BOX): void => {
    lane.step({ type: 'container', device: rearReader(LANE), code, ...once() });
  };
  const reasons = (): string[] => lane.visit.reasons.map(({ code, detail }) => `${code} ${detail}`.trim());
  const observes = (seen: Observed): void => {
    lane.step({
      type: 'operator-act',
      person: 'quyen',
      role: 'customs-officer',
      reason: 'on the spot',
      act: {
        kind: 'observe',
        lane: LANE,
        seen,
        photo: PHOTO,
      },
    });
  };
  const comesWith = (trailerPlate?: string): void => {
    lane.books(BOX, TRUCK, trailerPlate === undefined ? {} : { trailerPlate });
    lane.sees('approach');
    lane.reads();
    lane.weighs();
  };

  it('waits for the trailer that was announced, and opens when it is read', () => {
    comesWith(TRAILER);
    assert.deepEqual(reasons(), [`EVIDENCE_PENDING trailer ${TRAILER}`]);
    seesTrailer(TRAILER);
    assert.equal(lane.visit.released, true);
  });

  it('refers a truck with another trailer, and opens when a person says who it is', () => {
    comesWith(TRAILER);
    seesTrailer(OTHER_TRAILER);
    assert.deepEqual(reasons(), ['TRAILER_MISMATCH read 29R55120']);
    assert.deepEqual([lane.visit.verdict, lane.visit.released], ['refer', false]);
    lane.act({ kind: 'identify', lane: LANE, crossing: lane.visit.crossing ?? '' });
    assert.equal(lane.visit.released, true);
  });

  it('lets a truck pass of which no trailer was announced, and tells what it draws', () => {
    comesWith();
    assert.equal(lane.visit.released, true);
    for (const [shown, told] of [
      [TRAILER, ['TRAILER_UNANNOUNCED none announced, read 12R01234']],
      [TRUCK, []],
    ] as const) {
      lane.act({ kind: 'reread', lane: LANE });
      lane.reads();
      seesTrailer(shown);
      assert.deepEqual([lane.visit.verdict, reasons()], ['pass', told]);
    }
  });

  it('takes a truck’s own plate for its trailer’s as none: it is a rigid one', () => {
    comesWith(TRUCK.replaceAll(/[-.]/g, ''));
    assert.equal(lane.visit.released, true);
  });

  it('knows a truck by its trailer and its container when its own plate cannot be read', () => {
    lane.books(BOX, TRUCK, { trailerPlate: TRAILER });
    lane.sees('approach');
    seesTrailer(TRAILER);
    seesDoors();
    lane.weighs();
    assert.equal(lane.visit.crossing, lane.gate.state.containers[BOX]);
    assert.deepEqual(reasons(), [`EVIDENCE_PENDING plate ${TRUCK}`]);
  });

  it('needs its rear camera only for a trailer that is asked for, and an officer may stand in for it', () => {
    lane.gate.status(rearCamera(LANE), 'offline');
    comesWith();
    assert.equal(lane.visit.released, true);
    lane.sees('under');
    lane.sees('exit');
    lane.sees();

    lane.books(OTHER_BOX, '15C-111.22', { trailerPlate: TRAILER });
    lane.sees('approach');
    lane.reads('15C-111.22', OTHER_BOX);
    lane.weighs();
    assert.deepEqual(reasons(), [
      `DEVICE_OFFLINE ${rearCamera(LANE)}`,
      `EVIDENCE_PENDING trailer ${TRAILER}`,
    ]);
    observes({ kind: 'trailer', value: TRAILER, quality: 1000 });
    assert.equal(lane.visit.released, true);
  });

  it('is held by a dead reader until an officer has read the container, with a photo', () => {
    const { reader = '' } = lane.config.devices;
    lane.gate.status(reader, 'offline');
    lane.books();
    lane.sees('approach');
    lane.reads();
    lane.weighs();
    assert.ok(reasons().includes(`DEVICE_OFFLINE ${reader}`));
    observes({ kind: 'container', value: BOX, quality: 1000 });
    assert.equal(lane.visit.released, true);
  });

  it('sees at the doors the container it expects, and refers another one', () => {
    lane.books();
    lane.sees('approach');
    lane.reads();
    seesDoors(OTHER_BOX);
    lane.weighs();
    assert.deepEqual(reasons(), [`CONTAINER_MISMATCH read ${OTHER_BOX}, not expected`]);
    lane.act({ kind: 'reread', lane: LANE });
    lane.reads();
    seesDoors();
    assert.deepEqual(
      lane.visit.containers.map(({ device }) => device),
      [lane.config.devices.reader, rearReader(LANE)],
    );
  });

  it('of two containers knows the rear one: they have not changed places', () => {
    const crossing = lane.books();
    crossing.containers.push({ number: OTHER_BOX, seals: [], declarations: [], grossKg: 0 });
    lane.sees('approach');
    lane.reads();
    assert.ok(reasons().includes('EVIDENCE_PENDING container MSKU1234565'), String(reasons()));
    lane.gate.status(rearReader(LANE), 'stale');
    lane.weighs();
    assert.ok(reasons().includes(`DEVICE_OFFLINE ${rearReader(LANE)}`));
    lane.gate.online(rearReader(LANE));
    seesDoors(OTHER_BOX);
    assert.equal(lane.visit.released, true);
  });

  it('forgets the trailer with all else when the vehicle is to be read anew, and tells it with the verdict', () => {
    comesWith(TRAILER);
    seesTrailer(TRAILER);
    const told = lane.visit.trailers.map(({ value, device }) => [value, device]);
    assert.deepEqual(told, [['12R01234', rearCamera(LANE)]]);
    lane.act({ kind: 'reread', lane: LANE });
    assert.deepEqual(lane.visit.trailers, []);
  });

  it('finds a Chinese rig by its plates as a reader of Latin letters spells them', () => {
    lane.books(OTHER_BOX, '15C-111.22');
    lane.books(BOX, '桂F·A1234', { trailerPlate: '桂F·0477挂' });
    lane.sees('approach');
    lane.reads('GUI FA1234');
    seesTrailer('GUI F0477 GUA');
    lane.weighs();
    assert.equal(lane.visit.released, true);
    const { plates } = lane.gate.state;
    assert.deepEqual(Object.keys(plates).toSorted(), ['15C11122', '桂F0477挂', '桂FA1234']);
  });

  it('finds nobody by a trailer whose crossing is over', () => {
    const { id } = lane.books(BOX, TRUCK, { trailerPlate: TRAILER });
    assert.deepEqual(lane.gate.state.plates['12R01234'], [id]);
    lane.act({ kind: 'cancel-crossing', crossing: id });
    assert.deepEqual(lane.gate.state.plates, {});
  });
});
