import assert from 'node:assert/strict';
import { expectationOf } from '../../../edge/core/awaited.ts';
import type { Crossing, Stage } from '../../../edge/core/state.ts';
import { bootBorder, box, type CoreBorder } from '../../support/core-border.ts';
import { BOX, bootLane, type CoreLane, DECLARED_KG, TRUCK } from '../../support/core-lane.ts';

const OTHER_BOX = 'MSKU1234565';
const OTHER_TRUCK = '15C-111.22';

describe('evidence', () => {
  describe('gathered in a lane', () => {
    let lane: CoreLane;
    beforeEach(() => {
      lane = bootLane();
      lane.books();
    });
    const { camera, reader = '' } = bootLane().config.devices;
    const plate = (text: string, more: { readId?: string; quality?: number } = {}): void => {
      lane.step({
        type: 'plate',
        device: camera,
        plate: text,
        readId: text,
        quality: 960,
        deviceAt: 0,
        ...more,
      });
    };
    const reasons = (): string[] => lane.visit.reasons.map(({ code, detail }) => `${code} ${detail}`.trim());

    it('belongs to whom it was read of: nothing is read of an empty lane', () => {
      lane.reads();
      lane.sees('approach');
      assert.deepEqual([lane.visit.plates, lane.visit.containers], [[], []]);
      assert.deepEqual(reasons(), ['EVIDENCE_PENDING who it is']);
    });

    it('is as good as the configuration wants it, and the same reading told twice is one', () => {
      const { plateQualityMin } = lane.gate.config.evidence;
      lane.sees('approach');
      plate(TRUCK, { quality: plateQualityMin - 1 });
      assert.deepEqual(lane.visit.plates, []);
      plate(TRUCK, { quality: plateQualityMin });
      plate(TRUCK, { quality: plateQualityMin });
      plate(TRUCK, { readId: 'again' });
      assert.equal(lane.visit.plates.length, 2);
    });

    it('is bounded: of one that stands for days only the last readings are kept', () => {
      lane.sees('approach');
      for (let n = 0; n < 40; n += 1) plate(TRUCK, { readId: `n${n}` });
      assert.deepEqual(
        lane.visit.plates.map(({ readId }) => readId),
        Array.from({ length: 16 }, (_, n) => `n${n + 24}`),
      );
    });

    it('that contradicts itself needs a person', () => {
      lane.sees('approach');
      plate(TRUCK);
      plate('99X-111.11');
      assert.deepEqual(reasons(), ['NO_CROSSING_MATCH 12H04567, 99X11111']);
      assert.equal(lane.visit.verdict, 'refer');
    });

    it('of somebody who is not expected needs a person', () => {
      lane.sees('approach');
      plate('99X-111.11');
      assert.deepEqual(reasons(), ['NO_CROSSING_MATCH 99X11111']);
    });

    it('that fits two of those expected needs a person', () => {
      const other = lane.books('TCLU4444440');
      lane.sees('approach');
      plate(TRUCK);
      assert.deepEqual(reasons(), [`AMBIGUOUS_MATCH huu-nghi-1 (1000), ${other.id} (1000)`]);
    });

    it('cannot come from a camera that is down, and that is said', () => {
      lane.gate.status(camera, 'stale');
      lane.sees('approach');
      assert.deepEqual(reasons(), [`DEVICE_OFFLINE ${camera}`, 'EVIDENCE_PENDING who it is']);
    });

    it('is missing as long as the reader is down, though everything has been read', () => {
      lane.admits();
      lane.gate.status(reader, 'stale');
      assert.deepEqual(reasons(), [`DEVICE_OFFLINE ${reader}`]);
      lane.gate.status(reader, 'online');
      assert.deepEqual(reasons(), []);
    });

    it('of the scale counts only when stable, and as it was at the release', () => {
      const scale = lane.config.devices.scale ?? assert.fail('no scale');
      const gross = DECLARED_KG + lane.gate.config.evidence.truckTareKg;
      lane.sees('approach');
      lane.reads();
      lane.step({ type: 'weight', device: scale, state: 'moving' });
      assert.deepEqual(reasons(), ['EVIDENCE_PENDING weight']);
      lane.weighs(gross + 5_000);
      assert.deepEqual(lane.visit.verdict, 'refer');
      lane.weighs(gross);
      assert.equal(lane.visit.released, true);
      lane.sees('approach', 'under');
      lane.step({ type: 'weight', device: scale, state: 'empty' });
      assert.deepEqual([lane.visit.weightKg, reasons()], [gross, []], 'now it drives off the scale');
    });

    it('of a released truck no longer count once the scale is empty and nothing was seen of it: the next may stand there', () => {
      const scale = lane.config.devices.scale ?? assert.fail('no scale');
      const crossing = lane.admits();
      lane.step({ type: 'weight', device: scale, state: 'empty' });
      assert.deepEqual(lane.visit.plates, []);
      assert.equal(lane.light, 'red');
      const next = lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      assert.equal(lane.visit.crossing, next.id);
      assert.equal(crossing.stage, 'truck-inside', 'the barrier was open for it');
    });

    it('of the scale is not that of the one before', () => {
      lane.weighs();
      lane.sees('approach');
      lane.reads();
      assert.equal(lane.visit.released, true, 'in an empty lane nobody was before');
      lane.says({ barrier: 'up' });
      lane.sees('approach', 'under');
      lane.wait(1_000);
      lane.sees('under');
      lane.sees('exit');
      lane.sees();
      lane.books('TCLU4444440', '12H-111.11');
      lane.sees('approach');
      lane.reads('12H-111.11', 'TCLU4444440');
      assert.ok(reasons().includes('EVIDENCE_PENDING weight'), reasons().join());
    });
  });

  describe('at a checkpoint', () => {
    const crossing = (given: Partial<Crossing>): Crossing => ({
      id: 'c',
      direction: 'export',
      load: 'laden',
      stage: 'announced',
      containers: [],
      since: 0,
      lanes: {},
      bays: {},
      jobFailures: 0,
      findings: [],
      verdict: null,
      reasons: [],
      ...given,
    });
    const truck = (phase: 'awaited' | 'inside' | 'gone') => ({ plate: 'T', phase });
    const vehicle = { id: 'xe-1', home: 'huu-nghi', plate: 'V' };

    it('an export is awaited laden, and its truck leaves empty', () => {
      const awaited = crossing({ truck: truck('awaited') });
      assert.deepEqual(expectationOf(awaited, 'yard-in'), { plate: 'T', load: 'laden' });
      assert.equal(expectationOf(awaited, 'yard-out'), null);
      const inside = crossing({ truck: truck('inside') });
      assert.equal(expectationOf(inside, 'yard-in'), null);
      assert.deepEqual(expectationOf(inside, 'yard-out'), { plate: 'T', load: 'bobtail' });
    });

    it('an import is fetched by an empty truck, which leaves laden and not without its container', () => {
      const fetched = (stage: Stage, phase: 'awaited' | 'inside') =>
        crossing({ direction: 'import', stage, truck: truck(phase) });
      assert.deepEqual(expectationOf(fetched('in-yard', 'awaited'), 'yard-in'), {
        plate: 'T',
        load: 'bobtail',
      });
      assert.equal(expectationOf(fetched('collecting', 'inside'), 'yard-out'), null);
      assert.deepEqual(expectationOf(fetched('on-truck', 'inside'), 'yard-out'), {
        plate: 'T',
        load: 'laden',
      });
    });

    it('a vehicle is awaited on its way out from when it is loaded, and on its way in from its offer on', () => {
      const out = (stage: Stage) => expectationOf(crossing({ stage, vehicle }), 'border-out');
      assert.deepEqual(
        (['loading', 'loaded', 'at-border-out', 'departed', 'arrived'] as const).map(
          (stage) => out(stage) !== null,
        ),
        [false, true, true, true, false],
      );
      const into = (stage: Stage) =>
        expectationOf(crossing({ direction: 'import', stage, vehicle }), 'border-in');
      assert.deepEqual(
        (['offered', 'granted', 'departed', 'arrived', 'entering', 'in-yard'] as const).map(
          (stage) => into(stage) !== null,
        ),
        [true, true, true, true, true, false],
      );
      assert.equal(expectationOf(crossing({ stage: 'granted', vehicle }), 'border-in'), null);
    });
  });

  describe('of what the yard has room for', () => {
    let border: CoreBorder;
    beforeEach(() => {
      border = bootBorder({ cranes: 1 });
    });
    const book = (direction: 'import' | 'export', container: string): void => {
      border.step({
        type: 'booking',
        bookingId: container,
        direction,
        container,
        truckPlate: TRUCK,
        declarations: [],
        grossKg: 24_000,
        seals: [],
      });
    };
    const isFull = (lane: string): boolean =>
      border.visit(lane).reasons.some(({ code }) => code === 'YARD_FULL');

    it('a truck that comes to fetch waits before the gate until its container stands in the yard', () => {
      book('import', box(1));
      border.offered('m1', box(1));
      border.stands('yard-in-3', TRUCK);
      assert.equal(isFull('yard-in-3'), true);
    });

    it('a truck that brings waits until bay and slot are free', () => {
      book('export', BOX);
      border.gate.state.owners['bay:bay-truck-1'] = 'c1';
      border.gate.state.owners['bay:bay-truck-2'] = 'c2';
      border.stands('yard-in-1', TRUCK, BOX);
      assert.equal(isFull('yard-in-1'), true);
    });
  });
});
