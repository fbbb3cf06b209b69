import assert from 'node:assert/strict';
import { loadConfig } from '../../../config/load.ts';
import { type PersonRole, personRole } from '../../../config/schema.ts';
import { type ActHands, expireProposal, takeAct } from '../../../edge/core/acts.ts';
import { emptyAgenda } from '../../../edge/core/agenda.ts';
import { raiseAlarm } from '../../../edge/core/alarms.ts';
import type { Act } from '../../../edge/core/input.ts';
import { type Reason, reason } from '../../../edge/core/reasons.ts';
import { type Crossing, type GateState, initialState } from '../../../edge/core/state.ts';
import type { Turn } from '../../../edge/core/turn.ts';

const config = loadConfig(new URL('../../../config/huu-nghi.yaml', import.meta.url).pathname);
const LANE = 'yard-in-1';
const XE = 'xe-1';
const C1 = 'c-1';
const SLOT = config.yard.slots[0] ?? assert.fail('no slot');
describe('an act of a person', () => {
  let state: GateState;
  let turn: Turn;
  let done: string[];
  /** What the hands answer instead of doing it. */
  let cannot: string | null;

  const hand =
    (name: string) =>
    (_turn: Turn, ...rest: unknown[]): string | null => {
      if (cannot === null) done.push([name, ...rest].join(' '));
      return cannot;
    };
  const hands: ActHands = {
    stopGate: hand('stopGate'),
    laneStopped: hand('laneStopped'),
    laneMode: hand('laneMode'),
    reread: hand('reread'),
    identify: hand('identify'),
    observe: hand('observe'),
    clearFinding: (_, crossing, code) => hand('clearFinding')(turn, crossing, code),
    confirmPlace: hand('confirmPlace'),
    cancelCrossing: hand('cancelCrossing'),
    vehicleService: hand('vehicleService'),
    declareOutage: hand('declareOutage'),
    endOutage: hand('endOutage'),
    closeCase: hand('closeCase'),
    clearLogFault: hand('clearLogFault'),
    closeSection: hand('closeSection'),
    reopenSection: hand('reopenSection'),
    resetBlock: (_, { track }, officers) => hand('resetBlock')(turn, track, ...officers),
    hotline: hand('hotline'),
    dispute: hand('dispute'),
    inspectJointly: hand('inspectJointly'),
    closeDiscrepancy: hand('closeDiscrepancy'),
  };

  beforeEach(() => {
    state = { ...initialState(), config: structuredClone(config), now: 1_000 };
    state.crossings[C1] = { id: C1, findings: [], reasons: [] } as Partial<Crossing> as Crossing;
    turn = { state, effects: [], agenda: emptyAgenda() };
    done = [];
    cannot = null;
  });

  /** Takes the act; the decisions it led to, in order. */
  const take = (person: string, role: PersonRole, act: Act, why = 'seen it') => {
    turn.effects.length = 0;
    takeAct(turn, { type: 'operator-act', person, role, act, reason: why }, hands);
    return turn.effects.flatMap((effect) => (effect.kind === 'decide' ? [effect] : []));
  };
  const types = (decided: ReturnType<typeof take>): string[] => decided.map(({ type }) => type);
  /** Why it was refused; fails if it was not, or if anything else happened. */
  const refusal = (decided: ReturnType<typeof take>): string => {
    assert.deepEqual(types(decided), ['act-refused']);
    assert.deepEqual(done, []);
    return String(decided[0]?.body.reason);
  };
  const proposed = (): string => Object.keys(state.proposals)[0] ?? assert.fail('nothing was proposed');
  const withoutSecondPerson = () => {
    for (const override of Object.values(state.config?.overrides ?? {})) override.secondPerson = false;
  };

  it('is recorded with who asked and why, before what it leads to', () => {
    const decided = take('lan', 'operator', { kind: 'maintain-lane', lane: LANE });
    assert.deepEqual(decided[0]?.body, {
      person: 'lan',
      role: 'operator',
      act: { kind: 'maintain-lane', lane: LANE },
      reason: 'seen it',
    });
    assert.deepEqual(done, [`laneMode ${LANE} maintenance`]);
    raiseAlarm(turn, 'DEVICE_OFFLINE', 'xe-2');
    assert.deepEqual(
      types(take('lan', 'operator', { kind: 'acknowledge-alarm', alarm: 'DEVICE_OFFLINE/xe-2' })),
      ['act', 'alarm'],
    );
  });

  const plain: [Act, string][] = [
    [{ kind: 'stop-gate' }, 'stopGate true'],
    [{ kind: 'stop-lane', lane: LANE }, `laneStopped ${LANE} true`],
    [{ kind: 'resume-lane', lane: LANE }, `laneStopped ${LANE} false`],
    [{ kind: 'open-lane', lane: LANE }, `laneMode ${LANE} open`],
    [{ kind: 'close-lane', lane: LANE }, `laneMode ${LANE} closed`],
    [{ kind: 'reread', lane: LANE }, `reread ${LANE}`],
    [{ kind: 'withdraw-vehicle', vehicle: XE }, `vehicleService ${XE} false`],
    [{ kind: 'return-vehicle', vehicle: XE }, `vehicleService ${XE} true`],
  ];
  it('of the daily work is done by an operator, and by a supervisor', () => {
    for (const [act, what] of plain) {
      take('lan', 'operator', act);
      take('minh', 'supervisor', act);
      assert.deepEqual(done.splice(0), [what, what]);
    }
  });

  it('that stops is open to everybody, with or without a reason; the rest is not for a customs officer', () => {
    for (const [act] of plain) {
      const decided = take('hoa', 'customs-officer', act, '');
      if (act.kind === 'stop-gate' || act.kind === 'stop-lane') assert.deepEqual(types(decided), ['act']);
      else assert.match(refusal(decided), /role operator or supervisor/);
      done = [];
    }
  });

  it('that overrules the gate is done by the roles that the configuration names', () => {
    withoutSecondPerson();
    const overrides: [Act, string][] = [
      [{ kind: 'resume-gate' }, 'stopGate false'],
      [{ kind: 'identify', lane: LANE, crossing: C1 }, `identify ${LANE} ${C1}`],
      [{ kind: 'confirm-place', crossing: C1, place: SLOT }, `confirmPlace ${C1} ${SLOT}`],
      [{ kind: 'cancel-crossing', crossing: C1 }, `cancelCrossing ${C1}`],
    ];
    for (const [act, what] of overrides) {
      assert.match(refusal(take('lan', 'operator', act)), /role supervisor/);
      assert.match(refusal(take('minh', 'supervisor', act, ' ')), /no reason/);
      take('minh', 'supervisor', act);
      assert.deepEqual(done.splice(0), [what]);
    }
    if (state.config) state.config.overrides.identify.roles = ['operator'];
    take('lan', 'operator', { kind: 'identify', lane: LANE, crossing: C1 });
    take('minh', 'supervisor', { kind: 'identify', lane: LANE, crossing: C1 });
    assert.equal(done.length, 2, 'a supervisor may do whatever an operator may');
  });

  it('about something that is not there is refused, and says what', () => {
    const strange: [Act, RegExp][] = [
      [{ kind: 'stop-lane', lane: 'yard-in-9' }, /no lane yard-in-9/],
      [{ kind: 'withdraw-vehicle', vehicle: 'xe-99' }, /no vehicle xe-99/],
      [{ kind: 'cancel-crossing', crossing: 'c-99' }, /no crossing c-99/],
      [{ kind: 'cancel-crossing', crossing: '__proto__' }, /no crossing/],
      [{ kind: 'identify', lane: LANE, crossing: 'c-99' }, /no crossing c-99/],
      [{ kind: 'confirm-place', crossing: C1, place: 'moon' }, /moon is no slot, bay, crane or lane/],
      [{ kind: 'clear-finding', crossing: C1, code: 'JOB_FAILED' }, /has no finding JOB_FAILED/],
      [{ kind: 'acknowledge-alarm', alarm: '__proto__' }, /no alarm/],
      [{ kind: 'shelve-alarm', alarm: 'INTRUSION/x', forMs: 1 }, /no alarm INTRUSION\/x/],
      [{ kind: 'confirm', proposal: 'toString' }, /no proposal toString/],
    ];
    for (const [act, why] of strange) assert.match(refusal(take('minh', 'supervisor', act)), why);
  });

  it('that cannot be carried out is refused in the words of the one who could not', () => {
    cannot = 'the lane is not stopped';
    assert.equal(refusal(take('lan', 'operator', { kind: 'resume-lane', lane: LANE })), cannot);
  });

  describe('on a finding', () => {
    const clear = (person: string, role: PersonRole, code: string) =>
      take(person, role, { kind: 'clear-finding', crossing: C1, code });
    const roles = personRole.options;

    beforeEach(withoutSecondPerson);

    const owners: [Reason, PersonRole[]][] = [
      [reason('WEIGHT_OUT_OF_TOLERANCE'), ['customs-officer']],
      [reason('CONTAINER_MISMATCH'), ['customs-officer']],
      [reason('QUARANTINE_FAILED'), ['quarantine-officer']],
      [reason('COUNTERPART_NOT_OFFERED'), ['border-guard']],
      [reason('PLATE_MISMATCH'), ['operator', 'supervisor']],
      [reason('JOB_FAILED'), ['operator', 'supervisor']],
    ];
    for (const [found, may] of owners) {
      it(`${found.code} of ${found.owner} is for ${may.join(' or ')}`, () => {
        state.crossings[C1]?.findings.push(found);
        for (const role of roles) {
          const decided = clear('somebody', role, found.code);
          assert.deepEqual(types(decided), [may.includes(role) ? 'act' : 'act-refused'], role);
        }
      });
    }

    it('that only its source’s own word lifts is for nobody', () => {
      for (const code of [
        'NOT_RELEASED',
        'CLEARANCE_WITHDRAWN',
        'NO_CLEARANCE',
        'CLEARANCE_STALE',
        'RADIATION_ALARM',
      ] as const) {
        state.crossings[C1]?.findings.push(reason(code));
        for (const role of roles)
          assert.match(refusal(clear('somebody', role, code)), /its source’s own word/);
      }
    });
  });

  describe('on an alarm', () => {
    const shelve = (role: PersonRole, alarm: string, forMs: number) =>
      take('lan', role, { kind: 'shelve-alarm', alarm, forMs });

    it('shelves it with a reason and an end, and takes it down again', () => {
      raiseAlarm(turn, 'DEVICE_OFFLINE', XE);
      shelve('operator', `DEVICE_OFFLINE/${XE}`, 60_000);
      assert.deepEqual(state.alarms[`DEVICE_OFFLINE/${XE}`]?.shelved, {
        person: 'lan',
        reason: 'seen it',
        until: 61_000,
      });
      take('lan', 'operator', { kind: 'unshelve-alarm', alarm: `DEVICE_OFFLINE/${XE}` });
      assert.equal(state.alarms[`DEVICE_OFFLINE/${XE}`]?.shelved, undefined);
      const again = take('lan', 'operator', { kind: 'unshelve-alarm', alarm: `DEVICE_OFFLINE/${XE}` });
      assert.match(refusal(again), /not shelved/);
    });

    it('shelves one of high priority for a supervisor only, and none for longer than the site allows', () => {
      raiseAlarm(turn, 'INTRUSION', LANE);
      assert.match(refusal(shelve('operator', `INTRUSION/${LANE}`, 60_000)), /role supervisor/);
      const tooLong = config.alarms.shelveMsMax + 1;
      assert.match(refusal(shelve('supervisor', `INTRUSION/${LANE}`, tooLong)), /at most 480 minutes/);
      assert.deepEqual(types(shelve('supervisor', `INTRUSION/${LANE}`, 60_000)), ['act', 'alarm']);
    });
  });

  describe('that needs a second person', () => {
    const identify: Act = { kind: 'identify', lane: LANE, crossing: C1 };
    const confirm = (person: string, role: PersonRole, proposal = proposed()) =>
      take(person, role, { kind: 'confirm', proposal }, 'checked');

    beforeEach(() => {
      assert.deepEqual(types(take('minh', 'supervisor', identify)), ['proposal', 'alarm']);
      assert.deepEqual(done, []);
    });

    it('is not done when what it was proposed of has gone on: it lapses, and may be proposed anew', () => {
      const crossing = state.crossings[C1] ?? assert.fail();
      Object.assign(crossing, { stage: 'collecting', slot: SLOT });
      const act: Act = { kind: 'confirm-place', crossing: C1, place: SLOT };
      const last = (): string => Object.keys(state.proposals).at(-1) ?? assert.fail();
      take('minh', 'supervisor', act);
      crossing.stage = 'on-truck';
      const decided = take('tuan', 'supervisor', { kind: 'confirm', proposal: last() });
      assert.deepEqual(types(decided).slice(0, 2), ['act-refused', 'alarm']);
      assert.match(String(decided[0]?.body.reason), /is not there any more/);
      assert.deepEqual([done, Object.keys(state.proposals)], [[], [proposed()]]);
      take('minh', 'supervisor', act);
      take('tuan', 'supervisor', { kind: 'confirm', proposal: last() });
      assert.deepEqual(done, [`confirmPlace ${C1} ${SLOT}`]);
    });

    it('waits as a proposal, and people are called', () => {
      const proposal = state.proposals[proposed()];
      assert.deepEqual(proposal, {
        id: 'huu-nghi-p1',
        act: identify,
        person: 'minh',
        role: 'supervisor',
        reason: 'seen it',
        at: 1_000,
        until: 601_000,
      });
      assert.equal(state.alarms['SECOND_PERSON/huu-nghi-p1']?.announced, true);
    });

    it('is carried out once another person confirms it, and is recorded with both', () => {
      const decided = confirm('tuan', 'supervisor');
      assert.deepEqual(decided[0], {
        kind: 'decide',
        type: 'act',
        body: {
          person: 'minh',
          role: 'supervisor',
          act: identify,
          reason: 'seen it',
          proposal: 'huu-nghi-p1',
          confirmedBy: { person: 'tuan', role: 'supervisor', reason: 'checked' },
        },
      });
      assert.deepEqual(done, [`identify ${LANE} ${C1}`]);
      assert.deepEqual([state.proposals, state.alarms, state.timers], [{}, {}, {}]);
      done = [];
      assert.match(refusal(confirm('tuan', 'supervisor', 'huu-nghi-p1')), /no proposal/);
    });

    it('is not confirmed by the same person, nor by a role that may not overrule', () => {
      assert.match(refusal(confirm('minh', 'supervisor')), /second person/);
      assert.match(refusal(confirm('lan', 'operator')), /role supervisor/);
      assert.equal(Object.keys(state.proposals).length, 1);
    });

    it('is not carried out when it makes no sense any more', () => {
      delete state.crossings[C1];
      assert.match(refusal(confirm('tuan', 'supervisor')), /no crossing/);
    });

    it('stays open when it cannot be carried out just now', () => {
      cannot = 'the vehicle is moving';
      assert.equal(refusal(confirm('tuan', 'supervisor')), cannot);
      cannot = null;
      assert.deepEqual(types(confirm('tuan', 'supervisor')), ['act', 'alarm', 'alarm']);
    });

    it('lapses after ten minutes', () => {
      const id = proposed();
      assert.equal(state.timers[`proposal/${id}`], 601_000);
      turn.effects.length = 0;
      expireProposal(turn, id);
      assert.deepEqual(state.proposals, {});
      assert.equal(state.alarms[`SECOND_PERSON/${id}`]?.state, 'returned');
      assert.match(refusal(confirm('tuan', 'supervisor', id)), /no proposal/);
    });

    it('is proposed once: whoever asks for the same is sent to confirm it', () => {
      assert.match(refusal(take('tuan', 'supervisor', { ...identify })), /huu-nghi-p1: confirm that/);
    });

    it('finds room among fifty, and no more', () => {
      for (let index = 0; index < 60; index += 1) {
        const id = `more-${index}`;
        state.crossings[id] = { id, findings: [], reasons: [] } as Partial<Crossing> as Crossing;
        take('minh', 'supervisor', { kind: 'cancel-crossing', crossing: id });
      }
      assert.equal(Object.keys(state.proposals).length, 50);
      assert.match(refusal(take('minh', 'supervisor', { kind: 'resume-gate' })), /50 acts already wait/);
    });

    it('on a customs finding is asked for by customs and may be confirmed by who may overrule', () => {
      state.crossings[C1]?.findings.push(reason('WEIGHT_OUT_OF_TOLERANCE'));
      const clear: Act = { kind: 'clear-finding', crossing: C1, code: 'WEIGHT_OUT_OF_TOLERANCE' };
      assert.match(refusal(take('minh', 'supervisor', clear)), /role customs-officer/);
      take('hoa', 'customs-officer', clear);
      const id = Object.keys(state.proposals).at(-1) ?? '';
      assert.match(refusal(confirm('lan', 'operator', id)), /role supervisor or customs-officer/);
      confirm('minh', 'supervisor', id);
      assert.deepEqual(done, [`clearFinding ${C1} WEIGHT_OUT_OF_TOLERANCE`]);
    });
  });
});
