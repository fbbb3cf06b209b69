/**
 * What people ask of the gate: who may, what needs a second person, and what is refused. What an act does to lanes,
 * crossings, yard and vehicles is done by the hands of those; here is decided whether it is done at all.
 */
import { type GateConfig, type PersonRole, personRole } from '../../config/schema.ts';
import { clearable, otherVisit, subjectOf } from './act-subject.ts';
import {
  acknowledgeAlarm,
  raiseAlarm,
  returnAlarm,
  reviewAlarms,
  shelveAlarm,
  unshelveAlarm,
} from './alarms.ts';
import type { Act, LogName, OperatorAct } from './input.ts';
import { noFault } from './log-faults.ts';
import { type Signed, signaturesOf } from './officer-signatures.ts';
import { outageProblem } from './outage-regime.ts';
import { isLiftedBySource } from './reasons.ts';
import type { Observed } from './reconcile/case.ts';
import { configOf, siteOf } from './site.ts';
import type { GateState, Proposal } from './state.ts';
import { clearTimer, setTimer } from './timers.ts';
import type { Turn } from './turn.ts';
import { count, decide } from './turn.ts';

/** Each returns null when it is done, else why it cannot be done; then it has changed nothing. */
export interface ActHands {
  stopGate(turn: Turn, stopped: boolean): string | null;
  laneStopped(turn: Turn, lane: string, stopped: boolean): string | null;
  laneMode(turn: Turn, lane: string, mode: 'open' | 'closed' | 'maintenance'): string | null;
  reread(turn: Turn, lane: string): string | null;
  identify(turn: Turn, lane: string, crossing: string): string | null;
  observe(turn: Turn, lane: string, seen: Observed, by: { person: string; photo: string }): string | null;
  clearFinding(turn: Turn, crossing: string, code: string, by: AskedBy): string | null;
  /** `place`: a slot, a bay, or a crane. */
  confirmPlace(turn: Turn, crossing: string, place: string): string | null;
  cancelCrossing(turn: Turn, crossing: string): string | null;
  vehicleService(turn: Turn, vehicle: string, inService: boolean): string | null;
  declareOutage(turn: Turn, act: Extract<Act, { kind: 'declare-outage' }>, person: string): string | null;
  endOutage(turn: Turn): string | null;
  closeCase(turn: Turn, id: string, by: Pick<Asked, 'person' | 'reason'>): string | null;
  clearLogFault(turn: Turn, log: LogName): string | null;
  closeSection(turn: Turn, act: Extract<Act, { kind: 'close-section' }>, signed: Signed): string | null;
  reopenSection(turn: Turn, closure: string, signed: Signed): string | null;
  resetBlock(
    turn: Turn,
    act: Extract<Act, { kind: 'reset-block' }>,
    officers: readonly string[],
    signed: Signed,
  ): string | null;
  hotline(turn: Turn, act: HotlineAct, person: string, signed: Signed): string | null;
  dispute(turn: Turn, move: string, told: ActOf<'dispute'>, signed: Signed): string | null;
  inspectJointly(
    turn: Turn,
    discrepancy: string,
    said: ActOf<'joint-inspection'>,
    signed: Signed,
  ): string | null;
  closeDiscrepancy(
    turn: Turn,
    discrepancy: string,
    said: ActOf<'close-discrepancy'>,
    signed: Signed,
  ): string | null;
}

/** Line clear by telephone. */
export type HotlineAct = Extract<Act, { kind: `hotline-${string}` }>;

type ActOf<K extends Act['kind']> = Omit<Extract<Act, { kind: K }>, 'kind' | 'move' | 'discrepancy'>;
type OverrideKind = keyof GateConfig['overrides'];
type OwnAct = Proposal['act'];
type Asked = Pick<OperatorAct, 'person' | 'role' | 'reason' | 'signed'> & { act: OwnAct };
/** Who asked, and why. */
type AskedBy = Omit<Asked, 'act' | 'signed'>;

/** How long an act waits for its second person. */
const PROPOSAL_MS = 600_000;
/** Acts that may wait at once. */
const PROPOSALS_MAX = 50;

const EVERYBODY: readonly PersonRole[] = personRole.options;
const STAFF: readonly PersonRole[] = ['operator', 'supervisor'];
const LEADERS: readonly PersonRole[] = ['customs-leader'];
/** Who may have been out on a track. */
const TRACK_INSPECTORS: readonly PersonRole[] = ['border-guard', 'supervisor'];
/** What one person alone never does, whatever the configuration says. */
const ALWAYS_TWO: ReadonlySet<Act['kind']> = new Set<Act['kind']>(['reset-block']);
/** Whoever may have seen a difference; they say why. */
const WITNESSES: readonly PersonRole[] = [...EVERYBODY];
const INSPECTORS: readonly PersonRole[] = ['supervisor', 'customs-officer', 'customs-leader'];
const SUPERVISORS: readonly PersonRole[] = ['supervisor'];

/**
 * Takes a person's act: records `act` and what follows, or `act-refused` and nothing else. An override that needs a second
 * person becomes a proposal, which another person confirms; only then it is recorded as an act, with both.
 */
export function takeAct(turn: Turn, input: OperatorAct, hands: ActHands): void {
  const { act, person, role, reason, signed } = input;
  if (act.kind === 'confirm') return confirm(turn, input, act, hands);
  const asked: Asked = { act, person, role, reason, ...(signed && { signed }) };
  const why = whyNot(turn.state, asked);
  if (why !== null) return refuse(turn, input, why);
  if (ALWAYS_TWO.has(act.kind) || overrideOf(turn.state, act)?.secondPerson) return propose(turn, asked);
  carryOut(turn, asked, hands, input);
}

/** Nobody confirmed it in time: timer `proposal/<id>`. */
export function expireProposal(turn: Turn, id: string): void {
  const proposal = turn.state.proposals[id];
  if (proposal !== undefined) lapse(turn, proposal);
}

function lapse(turn: Turn, proposal: Proposal): void {
  const { id, act, person } = proposal;
  close(turn, proposal);
  decide(turn, 'proposal', { proposal: id, state: 'expired', act, person });
}

/** What it was proposed of is not what the second person would speak of now. */
const isStale = (state: GateState, { act, subject }: Proposal): boolean => subjectOf(state, act) !== subject;

// ---------------------------------------------------------------- who may

/** Why the act cannot be asked for, by this role, as things stand; null if it can. */
function whyNot(state: GateState, { act, role, reason }: Asked): string | null {
  const problem = problemOf(state, act);
  if (problem !== null) return problem;
  const roles = rolesFor(state, act);
  if (!may(roles, role)) return `it takes the role ${roles.join(' or ')}`;
  // Stopping needs no reason: there may be no time for one.
  return roles !== EVERYBODY && reason.trim() === '' ? 'no reason is given' : null;
}

/** A supervisor may do whatever an operator may. */
const may = (roles: readonly PersonRole[], role: PersonRole): boolean =>
  roles.includes(role) || (role === 'supervisor' && roles.includes('operator'));

function rolesFor(state: GateState, act: OwnAct): readonly PersonRole[] {
  switch (act.kind) {
    case 'stop-gate':
    case 'stop-lane':
      return EVERYBODY;
    case 'observe':
      return EVERYBODY;
    case 'clear-finding':
      return clearable(state, act)?.releasableBy ?? [];
    case 'declare-outage':
    case 'end-outage':
      return overrideOf(state, act)?.roles ?? LEADERS;
    case 'close-case':
      return state.cases[act.case]?.closableBy ?? [];
    case 'close-section':
      return SUPERVISORS;
    case 'reset-block':
      return TRACK_INSPECTORS;
    // The configuration names the duty officers; what role they have otherwise is nothing to this.
    case 'hotline-offer':
    case 'hotline-grant':
    case 'hotline-use':
    case 'hotline-arrived':
      return EVERYBODY;
    case 'dispute':
      return WITNESSES;
    case 'joint-inspection':
      return INSPECTORS;
    case 'close-discrepancy':
      return SUPERVISORS;
    case 'shelve-alarm':
      return state.alarms[act.alarm]?.priority === 'high' ? ['supervisor'] : STAFF;
    default:
      return overrideOf(state, act)?.roles ?? STAFF;
  }
}

function overrideOf(state: GateState, { kind }: OwnAct): GateConfig['overrides'][OverrideKind] | undefined {
  const overrides: Partial<Record<string, GateConfig['overrides'][OverrideKind]>> = configOf(state).overrides;
  return overrides[kind];
}

/** What is wrong with the act itself: it names what is not there, or asks for what no person may. */
function problemOf(state: GateState, act: OwnAct): string | null {
  const site = siteOf(state);
  if ('lane' in act && !site.lanes.has(act.lane)) return `there is no lane ${act.lane}`;
  // The vehicle announced by telephone is the other gate’s.
  if ('vehicle' in act && act.kind !== 'hotline-grant' && !site.vehicles.has(act.vehicle))
    return `there is no vehicle ${act.vehicle}`;
  // Names come from outside: `__proto__` is no crossing.
  if ('crossing' in act && !Object.hasOwn(state.crossings, act.crossing))
    return `there is no crossing ${act.crossing} under way`;
  if ('alarm' in act && !Object.hasOwn(state.alarms, act.alarm)) return `there is no alarm ${act.alarm}`;
  if ('case' in act && !Object.hasOwn(state.cases, act.case)) return `there is no case ${act.case}`;
  if ('track' in act && !site.tracks.has(act.track)) return `the section has no track ${act.track}`;
  if ('closure' in act && !Object.hasOwn(state.section.closures, act.closure))
    return `there is no closure ${act.closure}`;
  if ('discrepancy' in act && !Object.hasOwn(state.discrepancies, act.discrepancy))
    return `there is no difference ${act.discrepancy}`;
  const other = otherVisit(state, act);
  if (other !== null) return other;
  switch (act.kind) {
    case 'declare-outage':
      return outageProblem(state, act);
    case 'end-outage':
      return state.outages.regime === null ? 'no outage is declared' : null;
    case 'clear-log-fault':
      return state.logFaults[act.log] === null ? noFault(act.log) : null;
    case 'clear-finding':
      if (isLiftedBySource(act.code))
        return `${act.code} is lifted by its source’s own word, never by an act`;
      return clearable(state, act) === undefined ? `${act.crossing} has no finding ${act.code}` : null;
    case 'confirm-place': {
      const known =
        site.bays.has(act.place) ||
        site.cranes.has(act.place) ||
        site.lanes.has(act.place) ||
        configOf(state).yard.slots.includes(act.place);
      return known ? null : `${act.place} is no slot, bay, crane or lane`;
    }
    case 'shelve-alarm': {
      const { shelveMsMax } = configOf(state).alarms;
      return act.forMs > 0 && act.forMs <= shelveMsMax
        ? null
        : `an alarm is shelved for at most ${shelveMsMax / 60_000} minutes`;
    }
    case 'unshelve-alarm':
      return state.alarms[act.alarm]?.shelved === undefined ? `${act.alarm} is not shelved` : null;
    default:
      return null;
  }
}

function refuse(turn: Turn, { person, role, act }: OperatorAct, reason: string): void {
  decide(turn, 'act-refused', { person, role, act, reason });
}

// ---------------------------------------------------------------- the second person

function propose(turn: Turn, asked: Asked): void {
  const { state } = turn;
  for (const one of Object.values(state.proposals)) if (isStale(state, one)) lapse(turn, one);
  const open = Object.values(state.proposals);
  const same = open.find(({ act }) => isSame(act, asked.act));
  const input: OperatorAct = { type: 'operator-act', ...asked };
  if (same !== undefined)
    return refuse(turn, input, `${same.person} has proposed it as ${same.id}: confirm that`);
  if (open.length >= PROPOSALS_MAX)
    return refuse(turn, input, `${PROPOSALS_MAX} acts already wait for their second person`);
  const id = `${configOf(state).gate.id}-p${count(turn, 'proposal')}`;
  const subject = subjectOf(state, asked.act);
  const proposal: Proposal = {
    id,
    ...asked,
    at: state.now,
    until: state.now + PROPOSAL_MS,
    ...(subject !== undefined && { subject }),
  };
  state.proposals[id] = proposal;
  setTimer(state, `proposal/${id}`, proposal.until);
  const { signed: _, ...told } = asked;
  decide(turn, 'proposal', { proposal: id, state: 'open', ...told, until: proposal.until });
  raiseAlarm(turn, 'SECOND_PERSON', id);
}

function confirm(
  turn: Turn,
  input: OperatorAct,
  { proposal: id, of }: Extract<Act, { kind: 'confirm' }>,
  hands: ActHands,
): void {
  const { state } = turn;
  const proposal = Object.hasOwn(state.proposals, id) ? state.proposals[id] : undefined;
  if (proposal === undefined) return refuse(turn, input, `no proposal ${id} is open`);
  const { act } = proposal;
  const { person, role, reason } = input;
  if (of !== undefined && of !== proposal.signed?.id)
    return refuse(turn, input, `it confirms another act than ${id}`);
  if (of === undefined && proposal.signed !== undefined && configOf(state).counterpart.officerSignatures)
    return refuse(turn, input, `it does not name the act that it confirms: read ${id} and confirm it again`);
  if (person === proposal.person) return refuse(turn, input, 'it takes a second person: you proposed it');
  // Things have moved on since it was proposed.
  const why = whyNot(state, proposal);
  if (why !== null) return refuse(turn, input, why);
  if (isStale(state, proposal)) {
    refuse(turn, input, `what ${id} was proposed of is not there any more: look again, and propose it anew`);
    return lapse(turn, proposal);
  }
  const roles = [...new Set([...(overrideOf(state, act)?.roles ?? []), ...rolesFor(state, act)])];
  if (!may(roles, role)) return refuse(turn, input, `it takes the role ${roles.join(' or ')}`);
  if (!carryOut(turn, proposal, hands, input, { proposal: id, confirmedBy: { person, role, reason } }))
    return;
  acknowledgeAlarm(turn, `SECOND_PERSON/${id}`, person);
  close(turn, proposal);
}

function close(turn: Turn, { id }: Proposal): void {
  delete turn.state.proposals[id];
  clearTimer(turn.state, `proposal/${id}`);
  returnAlarm(turn, 'SECOND_PERSON', id);
}

/** Acts are plain data. */
const isSame = (a: Act, b: Act): boolean => {
  const fields = Object.entries(b);
  return (
    Object.entries(a).length === fields.length &&
    fields.every(([name, value]) => JSON.stringify(Reflect.get(a, name)) === JSON.stringify(value))
  );
};

// ---------------------------------------------------------------- doing it

function carryOut(
  turn: Turn,
  asked: Asked,
  hands: ActHands,
  input: OperatorAct,
  second: { proposal?: string; confirmedBy?: AskedBy } = {},
): boolean {
  const before = turn.effects.length;
  const confirmation = second.confirmedBy === undefined ? undefined : input;
  const signed = signaturesOf(turn.state, asked, confirmation);
  const why = perform(turn, asked, hands, signed, second.confirmedBy?.person);
  if (why !== null) {
    refuse(turn, input, why);
    return false;
  }
  const { person, role, act, reason } = asked;
  // In the journal the act stands before what it led to.
  turn.effects.splice(before, 0, {
    kind: 'decide',
    type: 'act',
    body: { person, role, act, reason, ...second },
  });
  return true;
}

function perform(
  turn: Turn,
  { act, person, role, reason }: Asked,
  hands: ActHands,
  signed: Signed,
  confirmedBy: string | undefined,
): string | null {
  switch (act.kind) {
    case 'stop-gate':
      return hands.stopGate(turn, true);
    case 'resume-gate':
      return hands.stopGate(turn, false);
    case 'stop-lane':
      return hands.laneStopped(turn, act.lane, true);
    case 'resume-lane':
      return hands.laneStopped(turn, act.lane, false);
    case 'open-lane':
      return laneMode(turn, hands, act.lane, 'open');
    case 'close-lane':
      return laneMode(turn, hands, act.lane, 'closed');
    case 'maintain-lane':
      return laneMode(turn, hands, act.lane, 'maintenance');
    case 'reread':
      return hands.reread(turn, act.lane);
    case 'identify':
      return hands.identify(turn, act.lane, act.crossing);
    case 'observe':
      return hands.observe(turn, act.lane, act.seen, { person, photo: act.photo });
    case 'clear-finding':
      return hands.clearFinding(turn, act.crossing, act.code, { person, role, reason });
    case 'confirm-place':
      return hands.confirmPlace(turn, act.crossing, act.place);
    case 'cancel-crossing':
      return hands.cancelCrossing(turn, act.crossing);
    case 'withdraw-vehicle':
      return hands.vehicleService(turn, act.vehicle, false);
    case 'return-vehicle':
      return hands.vehicleService(turn, act.vehicle, true);
    case 'declare-outage':
      return hands.declareOutage(turn, act, person);
    case 'end-outage':
      return hands.endOutage(turn);
    case 'close-case':
      return hands.closeCase(turn, act.case, { person, reason });
    case 'clear-log-fault':
      return hands.clearLogFault(turn, act.log);
    case 'close-section':
      return hands.closeSection(turn, act, signed);
    case 'reopen-section':
      return hands.reopenSection(turn, act.closure, signed);
    case 'reset-block':
      return hands.resetBlock(
        turn,
        act,
        confirmedBy === undefined ? [person] : [person, confirmedBy],
        signed,
      );
    case 'hotline-offer':
    case 'hotline-grant':
    case 'hotline-use':
    case 'hotline-arrived':
    case 'hotline-clear':
      return hands.hotline(turn, act, person, signed);
    case 'dispute': {
      const { kind: _, move, ...told } = act;
      return hands.dispute(turn, move, told, signed);
    }
    case 'joint-inspection': {
      const { kind: _, discrepancy, ...said } = act;
      return hands.inspectJointly(turn, discrepancy, said, signed);
    }
    case 'close-discrepancy': {
      const { kind: _, discrepancy, ...said } = act;
      return hands.closeDiscrepancy(turn, discrepancy, said, signed);
    }
    case 'acknowledge-alarm':
      acknowledgeAlarm(turn, act.alarm, person);
      return null;
    case 'shelve-alarm':
      shelveAlarm(turn, act.alarm, { person, reason, until: turn.state.now + act.forMs });
      return null;
    case 'unshelve-alarm':
      unshelveAlarm(turn, act.alarm);
      return null;
    default:
      return act satisfies never;
  }
}

/** A technician’s lane raises alarms that nobody needs to hear. */
function laneMode(
  turn: Turn,
  hands: ActHands,
  lane: string,
  mode: 'open' | 'closed' | 'maintenance',
): string | null {
  const why = hands.laneMode(turn, lane, mode);
  if (why === null) reviewAlarms(turn);
  return why;
}
