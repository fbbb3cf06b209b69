import assert from 'node:assert/strict';
import type { Observed } from '../../../edge/core/reconcile/case.ts';
import { BOX, bootLane, type CoreLane, TRUCK } from '../../support/core-lane.ts';

const PHOTO = 'ab'.repeat(32);
const INTACT: Observed = { kind: 'seal', value: 'VN123456', state: 'intact', quality: 1000 };

describe('an observation', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane('yard-in-1', ({ checkpoints }) => {
      checkpoints['yard-in'].laden = ['booking', 'plate', 'container', 'seal', 'bay'];
    });
    lane.books().containers[0]?.seals?.push('VN123456');
    lane.sees('approach');
    lane.reads();
  });
  const codes = (): string[] => lane.visit.reasons.map(({ code }) => code);
  const sees = (seen: Observed, readId = 'r1') =>
    lane.step({ type: 'observation', device: lane.config.devices.io, readId, seen });
  const observes = (seen: Observed, person = 'quyen') =>
    lane.step({
      type: 'operator-act',
      person,
      role: 'customs-officer',
      reason: 'on the spot',
      act: { kind: 'observe', lane: 'yard-in-1', seen, photo: PHOTO },
    });

  it('of a device is evidence: the seal that was missing is there, and the vehicle is let in', () => {
    assert.deepEqual(codes(), ['EVIDENCE_PENDING']);
    sees(INTACT);
    assert.equal(lane.visit.released, true);
  });

  it('told twice is one', () => {
    sees({ kind: 'seal', value: 'VN999999', state: 'intact', quality: 1000 });
    sees(INTACT);
    assert.equal(lane.visit.observations.length, 1);
  });

  it('of an alarm is not pushed out by what is seen later', () => {
    sees({ kind: 'radiation', alarm: true }, 'rpm');
    for (let n = 0; n < 40; n += 1) sees({ kind: 'radiation', alarm: false }, `later-${n}`);
    assert.equal(lane.visit.observations.length, 32);
    assert.ok(codes().includes('RADIATION_ALARM'));
    assert.ok(lane.visit.observations.some((one) => one.kind === 'radiation' && one.alarm));
  });

  it('that nobody makes in time is missing, and then a person is called', () => {
    lane.wait(20_000);
    assert.deepEqual(codes(), ['SEAL_MISSING']);
    assert.equal(lane.visit.verdict, 'refer');
  });

  it('of an officer, with a photo, stands in for the reader', () => {
    observes(INTACT);
    assert.equal(lane.visit.released, true);
  });

  it('of officers lets a laden vehicle pass whose seal and radiation no device of the site tells', () => {
    lane = bootLane('yard-in-1', (config) => {
      config.checkpoints['yard-in'].laden = ['booking', 'plate', 'container', 'seal', 'radiation', 'bay'];
      config.reconciliation = { substitutes: { conditions: ['seal', 'radiation'], perHourMax: 20 } };
    });
    lane.books().containers[0]?.seals?.push('VN123456');
    lane.sees('approach');
    lane.reads();
    assert.deepEqual([lane.visit.verdict, codes()], ['hold', ['EVIDENCE_PENDING', 'EVIDENCE_PENDING']]);
    lane.wait(20_000);
    assert.deepEqual([lane.visit.verdict, codes()], ['refer', ['SEAL_MISSING', 'RADIATION_UNKNOWN']]);
    observes(INTACT);
    assert.deepEqual([lane.visit.verdict, codes()], ['hold', ['RADIATION_UNKNOWN']]);
    observes({ kind: 'radiation', alarm: false });
    assert.equal(lane.visit.released, true);
  });

  it('of an officer passes nobody where the site does not say that it may stand in', () => {
    lane = bootLane('yard-in-1', (config) => {
      config.checkpoints['yard-in'].laden = ['booking', 'plate', 'container', 'radiation', 'bay'];
      config.reconciliation = { substitutes: { conditions: ['seal'], perHourMax: 20 } };
    });
    lane.books();
    lane.sees('approach');
    lane.reads();
    lane.wait(20_000);
    observes({ kind: 'radiation', alarm: false });
    assert.deepEqual(codes(), ['RADIATION_UNKNOWN']);
    observes({ kind: 'radiation', alarm: true });
    assert.deepEqual(codes(), ['RADIATION_ALARM', 'RADIATION_UNKNOWN'], 'against the vehicle it counts');
  });

  it('of an officer is not made too often', () => {
    for (let n = 0; n < 6; n += 1) observes({ kind: 'seal', state: 'unreadable', quality: 1000 });
    const [refused] = observes(INTACT);
    assert.ok(refused?.kind === 'decide' && refused.type === 'act-refused');
    assert.match(String(refused.body.reason), /as often as may be/);
    assert.equal(lane.visit.released, false);
    lane.wait(3_600_000);
    lane.reads();
    observes(INTACT);
    assert.equal(lane.visit.released, true);
  });

  it('of a broken seal goes with the container until customs has cleared it', () => {
    sees({ ...INTACT, state: 'broken' });
    const crossing = lane.gate.state.crossings[lane.visit.crossing ?? ''];
    assert.deepEqual(
      crossing?.findings.map(({ code }) => code),
      ['SEAL_BROKEN'],
    );
    lane.act({ kind: 'reread', lane: 'yard-in-1' });
    lane.reads(TRUCK, BOX);
    sees(INTACT, 'r2');
    assert.deepEqual(codes(), ['SEAL_BROKEN']);
  });

  it('of radiation is nobody’s to clear at a console: the specialised unit measures again', () => {
    lane = bootLane('yard-in-1');
    lane.books();
    lane.sees('approach');
    lane.reads();
    sees({ kind: 'radiation', alarm: true }, 'rpm');
    lane.weighs();
    assert.deepEqual(codes(), ['RADIATION_ALARM']);
    const [refused] = lane.step({
      type: 'operator-act',
      person: 'quyen',
      role: 'customs-officer',
      reason: 'a banana',
      act: { kind: 'clear-finding', crossing: lane.visit.crossing ?? '', code: 'RADIATION_ALARM' },
    });
    assert.ok(refused?.kind === 'decide' && refused.type === 'act-refused');
    lane.step({
      type: 'examination',
      examinationId: 'e1',
      container: BOX,
      requirement: 'radiation',
      state: 'passed',
      version: 1,
      source: 'radiation unit',
      examinedAt: lane.gate.state.now,
    });
    assert.equal(lane.visit.released, true);
  });
});
