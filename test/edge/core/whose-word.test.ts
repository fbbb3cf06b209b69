import assert from 'node:assert/strict';
import type { PersonRole } from '../../../config/schema.ts';
import { clearable } from '../../../edge/core/act-subject.ts';
import { wordsFor } from '../../../edge/core/cleared.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act } from '../../../edge/core/input.ts';
import { reason } from '../../../edge/core/reasons.ts';
import { bootLane, type CoreLane, DECLARED_KG, TRUCK } from '../../support/core-lane.ts';

const LANE = 'yard-in-1';
const OTHER_BOX = 'MWCU6059784';
const OTHER_TRUCK = '15C-111.22';
const MISREAD = '99X-1';

describe('a word said of the vehicle in a lane', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane(LANE, ({ overrides }) => {
      overrides.identify = { roles: ['supervisor'], secondPerson: true };
      overrides['clear-finding'] = { roles: ['supervisor'], secondPerson: true };
    });
  });
  const says = (act: Act, person = 'minh', role: PersonRole = 'supervisor'): Effect[] =>
    lane.step({ type: 'operator-act', person, role, act, reason: 'seen on site' });
  const refusal = (effects: readonly Effect[]): string =>
    effects.flatMap((one) =>
      one.kind === 'decide' && one.type === 'act-refused' ? [String(one.body.reason)] : [],
    )[0] ?? 'it was not refused';
  const proposal = (): string => Object.keys(lane.gate.state.proposals)[0] ?? assert.fail('nothing waits');
  const isConfirmed = (): string => refusal(says({ kind: 'confirm', proposal: proposal() }, 'lan'));
  const codes = (): string[] => lane.visit.reasons.map(({ code }) => code);
  const backsOff = (): void => {
    lane.sees();
    lane.wait(1_000);
    assert.equal(lane.view.visit, null);
  };
  /** Comes to the stop line; its plate is misread. */
  const comes = (plate = MISREAD, tooHeavyKg = 0): void => {
    lane.sees('approach');
    lane.reads(plate);
    lane.weighs(DECLARED_KG + lane.gate.config.evidence.truckTareKg + tooHeavyKg);
  };
  /** Somebody proposes to take what stands there for this crossing. */
  const proposes = (crossing: string): void => {
    assert.match(refusal(says({ kind: 'identify', lane: LANE, crossing })), /was not refused/);
  };

  describe('that waits for a second person', () => {
    it('counts for that vehicle', () => {
      const { id } = lane.books();
      comes();
      proposes(id);
      assert.equal(isConfirmed(), 'it was not refused');
      assert.deepEqual([lane.visit.released, lane.visit.crossing], [true, id]);
    });

    it('is not taken for the next one that has come to the stop line meanwhile', () => {
      const { id } = lane.books();
      comes();
      proposes(id);
      backsOff();
      comes(OTHER_TRUCK);
      assert.match(isConfirmed(), /is not there any more: look again/);
      assert.equal(lane.visit.identifiedAs, undefined);
      assert.equal(lane.visit.released, false);
      assert.deepEqual(lane.gate.state.proposals, {});
      assert.deepEqual(
        lane.alarms().filter((alarm) => alarm.startsWith('SECOND')),
        [],
      );
    });

    it('is not taken for whoever stands there after the lane was out of sight', () => {
      const { id } = lane.books();
      comes();
      proposes(id);
      const visit = lane.visit.id;
      lane.step({ type: 'device-status', device: `io-${LANE}`, status: 'stale', reason: 'silent' });
      lane.step({ type: 'device-status', device: `io-${LANE}`, status: 'online', reason: 'back' });
      comes(OTHER_TRUCK);
      assert.equal(lane.visit.id, visit, 'nobody saw anybody leave');
      assert.match(isConfirmed(), /is not there any more/);
      assert.equal(lane.visit.released, false);
    });

    it('does not keep people from proposing it of the next one', () => {
      const { id } = lane.books();
      comes();
      proposes(id);
      backsOff();
      comes();
      const before = proposal();
      proposes(id);
      assert.notEqual(proposal(), before);
      assert.equal(isConfirmed(), 'it was not refused');
      assert.equal(lane.visit.released, true);
    });

    it('clears what was found then, and not what has been found since', () => {
      const { id } = lane.books();
      lane.sees('approach');
      lane.reads();
      lane.weighs(DECLARED_KG + 35_000);
      const clear: Act = { kind: 'clear-finding', crossing: id, code: 'WEIGHT_OUT_OF_TOLERANCE' };
      const officer = 'customs-officer';
      assert.match(refusal(says(clear, 'mai', officer)), /was not refused/);
      lane.weighs(DECLARED_KG + 7_000 + lane.gate.config.evidence.truckTareKg);
      const confirm: Act = { kind: 'confirm', proposal: proposal() };
      assert.match(refusal(says(confirm, 'quyen', officer)), /is not there any more/);
      assert.ok(codes().includes('WEIGHT_OUT_OF_TOLERANCE'));
    });
  });

  describe('counts as long as it is the one that was looked at:', () => {
    const vouched = (): string => {
      const { id } = lane.books();
      comes(MISREAD, 5_000);
      proposes(id);
      assert.equal(isConfirmed(), 'it was not refused');
      assert.deepEqual([lane.visit.identifiedAs, codes()], [id, ['WEIGHT_OUT_OF_TOLERANCE']]);
      return id;
    };

    it('not once the camera reads another plate there', () => {
      vouched();
      lane.reads(OTHER_TRUCK);
      assert.equal(lane.visit.identifiedAs, undefined);
      assert.equal(lane.visit.released, false);
    });

    it('but as long as it reads what it had read then, or what was announced', () => {
      const id = vouched();
      lane.reads(MISREAD);
      lane.reads(TRUCK);
      assert.equal(lane.visit.identifiedAs, id);
    });

    it('not once the scale on which it had come to rest is empty', () => {
      vouched();
      const { scale = '' } = lane.config.devices;
      lane.step({ type: 'weight', device: scale, state: 'empty' });
      assert.equal(lane.visit.identifiedAs, undefined);
    });

    it('not for whoever is found in its place once it is awaited nowhere', () => {
      const { id } = lane.books();
      const next = lane.books(OTHER_BOX, OTHER_TRUCK);
      comes();
      proposes(id);
      lane.obeys = false;
      assert.equal(isConfirmed(), 'it was not refused');
      assert.equal(lane.visit.released, true);
      lane.step({ type: 'device-status', device: `io-${LANE}`, status: 'stale', reason: 'silent' });
      lane.step({ type: 'device-status', device: `io-${LANE}`, status: 'online', reason: 'back' });
      lane.sees('approach');
      lane.reads(OTHER_TRUCK, OTHER_BOX);
      assert.deepEqual([lane.visit.crossing, lane.visit.identifiedAs], [next.id, undefined]);
    });
  });

  it('clears what still stands of its kind, not what was cleared before', () => {
    const told = reason('SEAL_BROKEN', 'one');
    const reasons = [{ ...told, severity: 'info' as const }, reason('SEAL_BROKEN', 'other')];
    const state = { crossings: { c: { findings: [], reasons } } } as unknown as Parameters<
      typeof clearable
    >[0];
    assert.equal(clearable(state, { crossing: 'c', code: 'SEAL_BROKEN' })?.detail, 'other');
    assert.equal(clearable(state, { crossing: 'd', code: 'SEAL_BROKEN' }), undefined);
  });

  it('names the visit it is about, where the person has looked at it, and is refused for any other', () => {
    const { id } = lane.books();
    comes();
    const visit = lane.visit.id;
    backsOff();
    const identify: Act = { kind: 'identify', lane: LANE, crossing: id, visit };
    assert.equal(refusal(says(identify)), `${visit} is over: nothing stands in ${LANE}`);
    comes();
    assert.equal(refusal(says(identify)), `${visit} is over: ${lane.visit.id} stands in ${LANE} now`);
    const observe: Act = {
      kind: 'observe',
      lane: LANE,
      seen: { kind: 'radiation', alarm: false },
      photo: 'a'.repeat(64),
      visit,
    };
    assert.match(refusal(says(observe)), /is over/);
    assert.deepEqual(lane.visit.observations, []);
    assert.match(refusal(says({ ...observe, visit: lane.visit.id })), /was not refused/);
    assert.equal(lane.visit.observations.length, 1);
  });

  it('of a load that was looked at does not count for what it brings when it has turned back and comes again', () => {
    const { id } = lane.books();
    lane.gate.config.overrides['clear-finding'] = { roles: ['supervisor'], secondPerson: false };
    const clear: Act = { kind: 'clear-finding', crossing: id, code: 'WEIGHT_OUT_OF_TOLERANCE' };
    comes(TRUCK, 5_000);
    assert.equal(lane.visit.verdict, 'refer');
    says(clear, 'mai', 'customs-officer');
    assert.equal(lane.visit.released, true);
    lane.sees();
    lane.wait(1_000);
    comes(TRUCK, 5_000);
    assert.deepEqual([lane.visit.verdict, lane.visit.released], ['refer', false]);
    says(clear, 'mai', 'customs-officer');
    assert.equal(lane.visit.released, true);
  });

  describe('by whoever clears it', () => {
    const word = (code: string, at: number) => ({
      code,
      at,
      person: 'mai',
      role: 'customs-officer' as const,
      reason: 'inspected',
    });
    const cleared = [word('SEAL_MISMATCH', 5), word('PLATE_MISMATCH', 5), word('RISK_RULE', 5)];
    const kept = (direction: 'export' | 'import', checkpoint: 'yard-in' | 'yard-out' | 'border-out') =>
      wordsFor({ direction, cleared }, { checkpoint }, { since: 9 }).map(({ code }) => code);

    it('goes with goods that stay in the yard, whatever truck fetches them', () => {
      assert.deepEqual(kept('import', 'yard-in'), ['SEAL_MISMATCH', 'RISK_RULE']);
      assert.deepEqual(kept('import', 'yard-out'), ['SEAL_MISMATCH', 'PLATE_MISMATCH', 'RISK_RULE']);
      assert.deepEqual(kept('export', 'border-out'), ['SEAL_MISMATCH', 'PLATE_MISMATCH', 'RISK_RULE']);
    });

    it('of papers counts whenever it comes, and of what was seen only for that visit', () => {
      assert.deepEqual(kept('export', 'yard-in'), ['RISK_RULE']);
    });
  });
});
