import assert from 'node:assert/strict';
import { BOX, bootLane, type CoreLane, TRUCK, toldLane } from '../../support/core-lane.ts';

const OTHER_BOX = 'MSKU1234565';
const OTHER_TRUCK = '15C-111.22';

describe('a lane', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane();
  });
  const codes = (): string[] => lane.visit.reasons.map(({ code }) => code);

  describe('lets a vehicle through', () => {
    it('raised when everything is in order, green when up, red under the barrier, lowered behind it', () => {
      const crossing = lane.admits();
      assert.deepEqual(toldLane(lane.sent), ['barrier raise', 'light green']);
      assert.equal(crossing.lanes.truck, 'yard-in-1');
      assert.deepEqual(
        toldLaneDuring(lane, () => lane.sees('approach', 'under')),
        ['light red'],
      );
      lane.sees('under', 'exit');
      assert.deepEqual(
        toldLaneDuring(lane, () => lane.sees('exit')),
        [],
      );
      assert.deepEqual(
        toldLaneDuring(lane, () => lane.sees()),
        ['barrier lower'],
      );
      assert.equal(lane.view.visit, null);
      assert.equal(crossing.lanes.truck, undefined);
      assert.equal(crossing.stage, 'truck-inside');
      assert.deepEqual(lane.alarms(), []);
    });

    it('and shows the driver the bay that is his', () => {
      const crossing = lane.admits();
      const raise = lane.sent.find(({ kind }) => kind === 'barrier');
      assert.ok(raise?.kind === 'barrier' && raise.sign !== undefined);
      assert.equal(raise.sign, crossing.bays.truck);
    });

    it('and takes the next one, who has come close behind, only after that', () => {
      lane.admits();
      const next = lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.sees('approach', 'under');
      lane.wait(1_000);
      lane.sees('under', 'exit');
      lane.sees('approach', 'exit');
      lane.wait(2_000);
      lane.sees('approach');
      assert.equal(lane.visit.released, false);
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      assert.deepEqual(codes(), ['EVIDENCE_PENDING'], 'the weight on the scale is that of the first');
      lane.weighs();
      assert.equal(lane.visit.crossing, next.id);
      assert.equal(lane.visit.released, true);
      assert.deepEqual(lane.alarms(), []);
    });

    it('through a barrier that the gate has raised: after a refusal another hand may have, and shows no bay', () => {
      lane.obeys = false;
      lane.admits();
      const raise = lane.sent.find(({ kind }) => kind === 'barrier');
      lane.step({ type: 'command-refused', commandId: raise?.commandId ?? '', reason: 'expired' });
      const before = lane.sent.length;
      lane.obeys = true;
      lane.says({ barrier: 'up' });
      lane.wait(1_000);
      assert.deepEqual(toldLane(lane.sent.slice(before)), ['barrier lower', 'barrier raise', 'light green']);
    });

    it('by a green that was not confirmed before the next one stood there: it counts as in', () => {
      lane.obeys = false;
      const first = lane.admits();
      lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.says({ barrier: 'up' });
      lane.sees();
      lane.wait(2_500);
      lane.sees('approach');
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      assert.equal(first.stage, 'truck-inside');
    });

    it('through a barrier that is up for it alone: one left up by the last is closed first, and shows nobody a wrong bay', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.wait(1);
      lane.says({ barrier: 'fault' });
      lane.sees('under', 'exit');
      lane.sees();
      const next = lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.sees('approach');
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      lane.weighs();
      assert.equal(lane.visit.released, true);
      const before = lane.sent.length;
      lane.says({ barrier: 'up' });
      assert.deepEqual(toldLane(lane.sent.slice(before)), ['barrier lower', 'barrier raise', 'light green']);
      assert.ok(lane.sent.some((command) => command.kind === 'barrier' && command.sign === next.bays.truck));
    });

    it('one that rolls back to the stop line has not passed, and may go again when it was read again: it might be the next one', () => {
      const crossing = lane.admits();
      lane.sees('approach', 'under');
      lane.sees('approach');
      assert.equal(crossing.stage, 'announced');
      assert.equal(lane.light, 'red');
      lane.reads();
      assert.equal(lane.barrier, 'up');
      assert.equal(lane.light, 'green');
    });

    it('one that backs off after its release has not passed', () => {
      const crossing = lane.admits();
      lane.sees();
      lane.wait(999);
      assert.equal(lane.view.visit?.crossing, crossing.id);
      lane.wait(1);
      assert.equal(lane.view.visit, null);
      assert.equal(crossing.lanes.truck, undefined);
      assert.equal(crossing.stage, 'announced');
      assert.equal(lane.barrier, 'down');
    });

    describe('that was not read after the stop line had been empty', () => {
      const comesUnread = (after: () => void = () => {}) => {
        const crossing = lane.admits();
        lane.sees();
        lane.wait(500);
        // The light does not obey any more: it stays green.
        lane.obeys = false;
        lane.sees('approach');
        after();
        lane.says({ light: 'green', barrier: 'up' });
        lane.sees('under');
        lane.sees('exit');
        lane.sees();
        assert.equal(crossing.truck?.phase, 'inside');
        return crossing.findings.map(({ code }) => code);
      };

      it('counts as in, and may be the one behind it: its bay works only when a person has looked', () => {
        assert.deepEqual(comesUnread(), ['TRUCK_UNCERTAIN']);
      });

      it('and so does one where another plate was read', () => {
        assert.deepEqual(
          comesUnread(() => {
            lane.reads();
            lane.reads(OTHER_TRUCK, OTHER_BOX);
          }),
          ['TRUCK_UNCERTAIN'],
        );
      });

      it('but not if it was read again before it drove in', () => {
        assert.deepEqual(
          comesUnread(() => lane.reads()),
          [],
        );
      });
    });

    it('a loop at the stop line that flickers ends nothing', () => {
      lane.books();
      lane.sees('approach');
      const { id } = lane.visit;
      lane.weighs();
      lane.sees();
      lane.wait(120);
      lane.sees('approach');
      lane.wait(2_000);
      lane.reads();
      assert.equal(lane.visit.id, id);
      assert.equal(lane.visit.released, true);
    });

    it('a loop at the stop line that was broken for a while does not lose the weight of who stood there all the time', () => {
      lane.books();
      lane.sees('approach');
      lane.weighs();
      lane.sees();
      lane.wait(60_000);
      lane.sees('approach');
      lane.reads();
      assert.equal(lane.visit.released, true);
    });

    it('a driverless vehicle whose stop-line loop fails after its release still passes', () => {
      const out = bootLane('border-in-1');
      out.sees('approach');
      out.visit.released = true;
      out.obeys = false;
      out.says({ barrier: 'up' });
      out.sees();
      out.wait(5_000);
      out.sees('under');
      assert.equal(out.visit.through, true);
      assert.equal(out.visit.released, true);
    });

    it('a driverless vehicle that is still at the stop line when something below the barrier has come and gone has not passed', () => {
      const out = bootLane('border-in-1');
      out.sees('approach');
      out.reads();
      const { id } = out.visit;
      out.visit.released = true;
      out.obeys = false;
      out.says({ barrier: 'up' });
      out.sees('approach', 'under');
      out.sees('approach', 'under', 'exit');
      out.sees('approach', 'exit');
      out.sees('approach');
      assert.equal(out.visit.id, id, 'its hold point is not free for the next');
      assert.deepEqual(out.visit.plates, [], 'it is read again');
      out.sees();
      out.wait(1_000);
      assert.equal(out.view.visit, null, 'it has gone, or its loop is well again');
    });
  });

  describe('tells its verdict', () => {
    const verdicts = (effects: readonly { kind: string; type?: string }[]): number =>
      effects.filter(({ kind, type }) => kind === 'decide' && type === 'verdict').length;

    it('only when it changes', () => {
      lane.books();
      assert.equal(verdicts(lane.sees('approach')), 1);
      assert.equal(verdicts(lane.wait(30_000)), 0);
      assert.equal(verdicts(lane.weighs()), 0, 'still no plate');
    });

    it('for the crossing it belongs to, also when a person names another than before', () => {
      const [first, second] = [lane.books(), lane.books(OTHER_BOX, OTHER_TRUCK)];
      lane.sees('approach');
      for (const { id } of [first, second])
        assert.equal(verdicts(lane.act({ kind: 'identify', lane: 'yard-in-1', crossing: id })), 1);
      assert.deepEqual([first.lanes.truck, second.lanes.truck], [undefined, 'yard-in-1']);
      assert.equal(second.verdict, 'hold');
    });

    it('a wrong container raises an alarm, which ends when that truck has gone', () => {
      lane.books();
      lane.sees('approach');
      lane.reads(TRUCK, OTHER_BOX);
      assert.deepEqual(lane.alarms(), ['CONTAINER_MISMATCH/yard-in-1']);
      lane.sees();
      lane.wait(1_000);
      assert.deepEqual(lane.alarms(), []);
    });

    it('a second vehicle with the plate of one that stands in another lane is referred', () => {
      const crossing = lane.books();
      crossing.lanes.truck = 'yard-in-2';
      lane.sees('approach');
      lane.reads();
      lane.weighs();
      assert.deepEqual(codes(), ['AMBIGUOUS_MATCH']);
      assert.equal(lane.visit.released, false);
      assert.equal(crossing.lanes.truck, 'yard-in-2');
    });

    it('whoever stands before something under or behind the barrier is held until the way is free', () => {
      lane.books();
      lane.sees('approach');
      lane.reads();
      lane.sees('approach', 'exit');
      lane.weighs();
      assert.deepEqual(codes(), ['LANE_OBSTRUCTED']);
      lane.sees('approach');
      assert.equal(lane.visit.released, true);
    });
  });

  describe('out of sight', () => {
    it('one that was released and is gone afterwards has passed', () => {
      const crossing = lane.admits();
      lane.step({ type: 'device-status', device: 'io-yard-in-1', status: 'stale', reason: 'test' });
      lane.step({ type: 'device-status', device: 'io-yard-in-1', status: 'online', reason: 'test' });
      lane.sees();
      lane.wait(1_000);
      assert.equal(crossing.stage, 'truck-inside');
    });

    it('another one that stands there afterwards shows that the released one has passed', () => {
      const crossing = lane.admits();
      const next = lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.gate.restart();
      lane.obeys = false;
      for (const { id } of lane.gate.config.devices) lane.gate.online(id);
      lane.sees('approach');
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      assert.equal(lane.gate.state.crossings[crossing.id]?.stage, 'truck-inside');
      assert.equal(lane.visit.crossing, next.id);
      assert.equal(lane.visit.released, false);
    });

    it('another one that stands there after a cut too short to be noticed is not taken for the released one', () => {
      const crossing = lane.admits();
      lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.sees('approach', 'under');
      lane.wait(2_000);
      lane.step({ type: 'device-status', device: 'io-yard-in-1', status: 'online', reason: 'connected' });
      lane.sees('approach');
      assert.equal(lane.light, 'red');
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      assert.equal(crossing.stage, 'truck-inside');
      assert.equal(lane.visit.released, false);
    });

    it('a green that nothing confirms is taken back, for it may have sent the released one off, and the next one after it', () => {
      lane.books();
      lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.sees('approach');
      lane.obeys = false;
      lane.reads();
      lane.weighs();
      lane.says({ barrier: 'up' });
      assert.deepEqual(toldLane(lane.sent).slice(-1), ['light green']);
      lane.wait(10_000);
      assert.deepEqual(toldLane(lane.sent).slice(-2), ['light red', 'barrier lower']);
      const { crossing } = lane.visit;
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      assert.equal(lane.gate.state.crossings[crossing ?? '']?.stage, 'truck-inside');
      assert.notEqual(lane.visit.crossing, crossing);
    });

    it('the same one is recognised, and may still back off', () => {
      const crossing = lane.admits();
      lane.step({ type: 'device-status', device: 'io-yard-in-1', status: 'stale', reason: 'test' });
      lane.step({ type: 'device-status', device: 'io-yard-in-1', status: 'online', reason: 'test' });
      lane.sees('approach');
      assert.equal(lane.light, 'red', 'what was read before no longer counts');
      lane.reads();
      assert.equal(lane.light, 'green');
      lane.sees();
      lane.wait(1_000);
      assert.equal(crossing.stage, 'announced');
    });

    it('a lane that the new configuration does not have keeps nobody', () => {
      const crossing = lane.admits();
      const config = structuredClone(lane.gate.config);
      config.lanes = config.lanes.filter(({ id }) => id !== 'yard-in-1');
      lane.gate.step({ type: 'boot', coreVersion: '2', config, configDigest: '' });
      assert.equal(lane.gate.state.lanes['yard-in-1'], undefined);
      assert.equal(crossing.lanes.truck, undefined);
      lane.gate.wait(60_000);
    });
  });

  describe('in the hands of people', () => {
    it('stopped, it closes behind whoever is under the barrier and releases nobody; resumed, it goes on', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.act({ kind: 'stop-lane', lane: 'yard-in-1' });
      assert.equal(lane.view.stoppedBy, 'person');
      assert.equal(lane.barrier, 'up');
      lane.sees('under', 'exit');
      lane.sees('exit');
      assert.equal(lane.barrier, 'down');
      lane.sees();
      lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.sees('approach');
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      lane.weighs();
      assert.deepEqual(codes(), ['LANE_STOPPED']);
      lane.act({ kind: 'resume-lane', lane: 'yard-in-1' });
      assert.equal(lane.visit.released, true);
      assert.equal(lane.view.stoppedBy, undefined);
    });

    it('a stopped gate closes before the released one, and opens again for it', () => {
      lane.admits();
      lane.act({ kind: 'stop-gate' });
      assert.deepEqual([lane.barrier, lane.light], ['down', 'red']);
      lane.act({ kind: 'resume-gate' });
      assert.deepEqual([lane.barrier, lane.light], ['up', 'green']);
    });

    it('a stopped gate closes behind the one under the barrier as soon as that is clear of it', () => {
      lane.admits();
      lane.sees('approach', 'under');
      lane.act({ kind: 'stop-gate' });
      lane.sees('under', 'exit');
      assert.equal(lane.barrier, 'up');
      lane.sees('exit');
      assert.equal(lane.barrier, 'down');
    });

    it('in maintenance nothing moves and the light stays red', () => {
      lane.admits();
      lane.act({ kind: 'maintain-lane', lane: 'yard-in-1' });
      assert.deepEqual([lane.barrier, lane.light], ['up', 'red']);
      assert.deepEqual(codes(), ['LANE_CLOSED']);
      lane.says({ light: 'green' });
      assert.equal(lane.light, 'red');
      lane.act({ kind: 'open-lane', lane: 'yard-in-1' });
      assert.equal(lane.light, 'red', 'another may stand there by now');
      lane.reads();
      assert.deepEqual([lane.barrier, lane.light], ['up', 'green']);
    });

    it('closed, it serves whom it has released, and then nobody', () => {
      lane.admits();
      lane.act({ kind: 'close-lane', lane: 'yard-in-1' });
      assert.equal(lane.light, 'green');
      lane.sees('approach', 'under');
      lane.sees('exit');
      lane.sees();
      lane.books(OTHER_BOX, OTHER_TRUCK);
      lane.sees('approach');
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      lane.weighs();
      assert.deepEqual(codes(), ['LANE_CLOSED']);
    });

    it('what was read is forgotten on request, and read anew', () => {
      lane.books();
      lane.sees('approach');
      lane.reads('99X-1', BOX);
      assert.deepEqual(codes(), ['PLATE_MISMATCH', 'EVIDENCE_PENDING']);
      lane.act({ kind: 'reread', lane: 'yard-in-1' });
      assert.deepEqual(codes(), ['EVIDENCE_PENDING']);
      lane.weighs();
      lane.reads();
      assert.equal(lane.visit.released, true);
    });

    it('a person may say which of the awaited ones it is', () => {
      const crossing = lane.books();
      lane.sees('approach');
      lane.reads('99X-1', BOX);
      lane.act({ kind: 'identify', lane: 'yard-in-1', crossing: crossing.id });
      assert.equal(lane.visit.identifiedAs, crossing.id);
      assert.equal(lane.visit.crossing, crossing.id);
    });

    it('but not one that is not awaited there, nor in an empty lane, nor once it is released', () => {
      const refused = (what: RegExp): void => {
        const effects = lane.act({ kind: 'identify', lane: 'yard-in-1', crossing: 'huu-nghi-1' });
        assert.match(JSON.stringify(effects), what);
      };
      const crossing = lane.books();
      refused(/nothing stands/);
      lane.admits();
      refused(/released already/);
      lane.sees('approach', 'under');
      refused(/under the barrier/);
      lane.sees('exit');
      lane.sees();
      lane.sees('approach');
      assert.equal(crossing.stage, 'truck-inside');
      refused(/not awaited/);
    });
  });
});

const toldLaneDuring = (lane: CoreLane, act: () => unknown): string[] => {
  const before = lane.sent.length;
  act();
  return toldLane(lane.sent.slice(before));
};
