/**
 * Everything the gate knows, as plain JSON: what devices last said, what it wants, what it waits for. State is what you
 * get by stepping the core through the journal; a snapshot of it continues exactly as the original would (DESIGN §3).
 */
import type { BayConfig, Carried, GateConfig, LaneConfig, PersonRole } from '../../config/schema.ts';
import type { AdvanceDocument } from '../../protocols/asw/words.ts';
import type { Requirement } from '../../protocols/clearance/words.ts';
import type { LineVersion } from '../../protocols/handover/line.ts';
import type { CustodyPoint, Difference, RecordOf } from '../../protocols/handover/record.ts';
import type { SignedList } from '../../protocols/lists/words.ts';
import type { Refusal } from '../../protocols/refusal.ts';
import type { Admission } from './admission.ts';
import type { AlarmCode } from './alarm-catalogue.ts';
import type { Discrepancy, Seen } from './custody-state.ts';
import type { Delivered } from './delivered.ts';
import type {
  Act,
  Booking,
  ClearanceReport,
  CounterpartFault,
  CounterpartHead,
  CounterpartLive,
  CraneJobReport,
  CraneReport,
  Examination,
  LaneIoReport,
  LogName,
  SignedAct,
  VehicleReport,
} from './input.ts';
import type { LaneState } from './lane-state.ts';
import type { OpenMove, OwnLog } from './log-state.ts';
import { type CustomsCase, noOutages, type Outages } from './outage-state.ts';
import type { Reason, Verdict } from './reasons.ts';
import type { Finding } from './reconcile/case.ts';
import { openSection, type SectionState } from './section-state.ts';
import type { StampedLog } from './time-stamps.ts';
import type { VehicleView } from './vehicle-state.ts';

export type { Doubt, LaneState, Reading, Visit } from './lane-state.ts';
export type { VehicleGoal, VehicleView } from './vehicle-state.ts';

export interface DeviceView {
  /** `unknown` after each start, until the device has spoken. */
  status: 'unknown' | 'online' | 'stale' | 'offline';
  reason: string;
  /** Unreadable messages since the journal began. */
  malformed: number;
}

export type Stage =
  | 'announced'
  | 'truck-inside'
  | 'in-yard'
  | 'loading'
  | 'loaded'
  | 'at-border-out'
  | 'offered'
  | 'granted'
  | 'departed'
  | 'arrived'
  | 'entering'
  | 'collecting'
  | 'on-truck'
  | 'completed';

export interface CargoContainer {
  number: string;
  /** Seals it should bear. Absent: nobody has said. */
  seals?: string[];
  grossKg?: number;
  declarations: string[];
  /** ISO 6346 size and type. */
  sizeType?: string;
}

/** Line clear for one move, as the sender sees it. */
export interface LineClear {
  move: string;
  track: string;
  askedAt: number;
  grant?: string;
  /** Where the receiver lets the vehicle stand. */
  holdNode?: string;
  bayNode?: string;
  used: boolean;
  /** Taken up from a restored log that does not tell of its departure: that is told when it is known to have left. */
  untold?: true;
  /** Announced by telephone, while the link is down. */
  byTelephone?: true;
  /** The one-time number the two officers on duty have read back to each other. */
  hotline?: { number: string; sender: string; receiver: string };
  /** The use of that number as our officer has signed it. */
  officerSignatures?: string[];
  /** Where custody passes, as it was offered. Absent: at set-down. */
  custodyPoint?: CustodyPoint;
  /** The receiver has it: what is left is our vehicle’s way. */
  handedOver?: true;
}

/** A move of the other gate, as the receiver sees it. */
export interface Inbound {
  move: string;
  track: string;
  grant?: string;
  /** The place on the track that the grant gave away, see {@link GateState.owners}. */
  place?: string;
  holdNode?: string;
  departed: boolean;
  /** Where custody passes, as it was offered. Absent: at set-down. */
  custodyPoint?: CustodyPoint;
  /** What was seen of it as it came in. */
  seen?: Seen;
  /** Our log says that we have received it. */
  received?: true;
}

/** A crane job for a crossing, from the wish to the proof. */
export interface Job {
  jobId: string;
  crane: string;
  from: string;
  to: string;
  /**
   * `held`: broken off with the container in the spreader. `lost`: nobody knows where the container is. `ended`: it stands at
   * `to`, and something was found that keeps it there.
   */
  state: 'commanded' | 'held' | 'lost' | CraneJobReport['state'];
}

/** One vehicle passing this gate once, from announced to completed. */
export interface Crossing {
  id: string;
  direction: 'export' | 'import';
  load: Carried;
  stage: Stage;
  containers: CargoContainer[];
  /** Of a return: the move that was refused, and our crossing of then, or why it cannot be linked to one. */
  returnOf?: Refusal;
  original?: string;
  unlinked?: string;
  since: number;
  /** The domestic truck that brings or fetches the container. */
  truck?: {
    plate: string;
    trailer?: string;
    phase: 'awaited' | 'inside' | 'gone';
    /** Nobody has read who came in as it: on the way to its bay, or standing there. */
    unread?: 'coming' | 'there';
  };
  /** The driverless vehicle: id, the gate that commands it, its plate. */
  vehicle?: { id: string; home: string; plate: string };
  /** Sender: our line clear. Receiver: the move and the grant we gave. */
  lineClear?: LineClear;
  /** When line clear was last asked for it. */
  askedLineClearAt?: number;
  inbound?: Inbound;
  /** The lanes in which its truck and its driverless vehicle stand now. */
  lanes: Partial<Record<LaneConfig['traffic'], string>>;
  /** The bays it owns, by their use. */
  bays: Partial<Record<BayConfig['use'], string>>;
  slot?: string;
  /** Its crane job that is not over. */
  job?: Job;
  /** Customs was told that it has left over the border. */
  toldGone?: boolean;
  /** Sender: its release was withdrawn after it had left, and the receiver was told. */
  recalled?: boolean;
  /** A job the crane never acknowledged and does not list. */
  untaken?: Job;
  /** The crane in whose spreader its container hangs, as far as we know. */
  held?: string;
  /** Times a job failed; after three a person must look. */
  jobFailures: number;
  /** Examinations that were asked for. */
  asked?: string[];
  /** What owners of reasons have cleared. */
  cleared?: Finding[];
  /** What was found wrong on the way and stays until its owner clears it. */
  findings: Reason[];
  /** What the receiver has remarked on as it took the goods over. */
  remarks?: Difference[];
  verdict: Verdict | null;
  reasons: Reason[];
}

/** What the device's own report must say for a command to count as done. */
export type Expectation =
  | { kind: 'barrier'; position: 'up' | 'down' }
  | { kind: 'light'; colour: 'red' | 'green' }
  | { kind: 'order'; orderId: string; orderUpdateId: number }
  | { kind: 'cancelled'; orderId: string }
  | { kind: 'paused'; paused: boolean }
  | { kind: 'charging'; charging: boolean }
  | { kind: 'job'; jobId: string }
  | { kind: 'job-stopped'; jobId: string };

/** A command on its way, keyed by its actuator: one at a time. */
export interface Pending {
  commandId: string;
  expects: Expectation;
  until: number;
  /** Refused: nothing new before `until`. */
  refused: boolean;
  /** Not confirmed for a while: it may be sent once more. */
  again?: true;
}

/** One alarm, after ISA-18.2. Once its cause is gone and a person has seen it, it is no longer kept. */
export interface Alarm {
  /** Code and subject, joined by a slash. */
  id: string;
  code: AlarmCode;
  subject: string;
  priority: 'high' | 'medium' | 'low';
  /** `acknowledged`: seen, its cause still there. `returned`: its cause is gone, not yet seen. */
  state: 'raised' | 'acknowledged' | 'returned';
  raisedAt: number;
  count: number;
  /** Whether people are shown it: not while it is shelved or suppressed, nor a low one raised in a flood. */
  announced: boolean;
  /** Set aside by a person until then. */
  shelved?: { person: string; reason: string; until: number };
  /** Why the gate itself does not announce it: `maintenance`, or the id of the alarm it only follows from. */
  suppressed?: string;
  text: { vi: string; en: string; zh: string };
  /** What to do. */
  action: { vi: string; en: string; zh: string };
}

/** An act that waits for the word of a second person. */
export interface Proposal {
  id: string;
  act: Exclude<Act, { kind: 'confirm' }>;
  person: string;
  role: PersonRole;
  reason: string;
  /** As that person has signed it. */
  signed?: SignedAct;
  at: number;
  /** When it lapses. */
  until: number;
  /** What the act was about as it was proposed, where the act alone does not tell: another one is not meant (act-subject.ts). */
  subject?: string;
}

/** A vehicle of the counterpart on our ground, from its grant to its departure. */
export interface Visitor {
  plate: string;
  /** The crossing that brought it; empty where only a restored log tells of it. */
  crossing: string;
  /** When it came into our country. */
  enteredAt?: number;
  bay?: string;
  /** Its container is off, or it brought none. */
  unloaded: boolean;
  /** The crossing of its way home. */
  leaving?: string;
}

/** One track of the border section, as we know it from the two logs. */
export interface TrackState {
  /** An alternating track: the gate that may send. Empty for a one-way track. */
  holder: string;
  /** We have asked for the token. */
  asked: boolean;
  /** Since when the other gate has wanted it. */
  wanted: number | null;
  /** Our moves that were offered and are neither given up nor known to have arrived. */
  moves: string[];
  /** Moves that are longer on the section than they may be. */
  overdue: string[];
}

/** What was found wrong with one of the two logs. */
export type LogFault = Omit<CounterpartFault, 'type' | 'log'> & { at: number };

/** What may cross the border in records. */
export interface FilterState {
  /** What the salts of this start are made from, hex; empty in journals of before there was one. */
  saltSeed: string;
  /** Digest of the filter that our log has told last; empty: none yet. */
  told: string;
  /** The other side's filter in force, as its log has told it last. */
  theirs: Omit<RecordOf<'filter-in-force'>, 'kind' | 'withheld'> | null;
}

/** A request of the counterpart to move its vehicle on our ground. */
export interface AuthorityRequest {
  ask: string;
  vehicle: string;
  from: string;
  to: string;
  granted: boolean;
}

/** Raised when an older core's snapshot could no longer be continued; its journal is then replayed from the start. */
export const STATE_SHAPE = 6;

export interface GateState {
  /** Version of this shape; a snapshot of another version is not restored. */
  shape: typeof STATE_SHAPE;
  now: number;
  coreVersion: string;
  config: GateConfig | null;
  configDigest: string;
  clockTrusted: boolean;
  counters: Record<string, number>;
  timers: Record<string, number>;
  devices: Record<string, DeviceView>;
  laneIo: Record<string, Omit<LaneIoReport, 'type' | 'device'> | null>;
  scales: Record<string, { state: string; grossKg?: number; at: number } | null>;
  cranes: Record<string, Omit<CraneReport, 'type' | 'device'> | null>;
  lanes: Record<string, LaneState>;
  vehicles: Record<string, VehicleView>;
  crossings: Record<string, Crossing>;
  /** Last completed crossings, newest first, for the console. */
  recent: Crossing[];
  completed: { export: number; import: number };
  /** Who holds what: `bay:…`, `slot:…`, `node:…`, `track:NAME/PLACE` → crossing (I2: one map, one owner). */
  owners: Record<string, string>;
  /** Crossings by the plates of their truck, its trailer, and their vehicle. */
  plates: Record<string, string[]>;
  /** Crossings by the number of a container they carry. */
  containers: Record<string, string>;
  /** Crossings by the move that sends or brings them. */
  moves: Record<string, string>;
  /** The crossing each crane works for. */
  jobs: Record<string, string>;
  /** The last job each crane has done. */
  lastJobs: Record<string, string>;
  /** A job of ours that a crane still moves for, though it is over or was given up. */
  strayJobs: Record<string, string>;
  /** Exports in the yard without a vehicle, oldest first. */
  ready: string[];
  /** Imports offered and not granted, oldest first. */
  offers: string[];
  visitors: Record<string, Visitor>;
  tracks: Record<string, TrackState>;
  section: SectionState;
  /** A person has stopped the whole gate. */
  stopped: boolean;
  bookings: Record<string, Omit<Booking, 'type'>>;
  /** When each person has observed in place of a device, within the last hour. */
  handheld: Record<string, number[]>;
  /** By container, then declaration. */
  clearances: Record<string, Record<string, Omit<ClearanceReport, 'type'>>>;
  /** Containers customs spoke of before anybody booked them. */
  unbooked: string[];
  /** By container, then by what was examined. */
  examinations: Record<string, Partial<Record<Requirement, Omit<Examination, 'type'>>>>;
  /** What came over the ASEAN Single Window, by container, then kind and reference. */
  advance: Record<string, Record<string, AdvanceDocument>>;
  /** Signed lists by id, in their newest version; replaced as a whole, never changed in place. */
  lists: Record<string, SignedList>;
  outages: Outages;
  /** What customs has said otherwise of crossings that are over, by id. */
  cases: Record<string, CustomsCase>;
  /** Differences that both gates must close; the last ones that are over, too. */
  discrepancies: Record<string, Discrepancy>;
  /** What was admitted for a time and is not back, by container and declaration. */
  admissions: Record<string, Admission>;
  /** The last containers that were delivered. */
  delivered: Record<string, Delivered>;
  /** When each feed of customs last confirmed its list complete. */
  feeds: Record<string, number>;
  /** How many of our reports lie refused, by who gets them. */
  refused: Record<string, number>;
  /** `reads`: the newest version of the protocol the other gate has said it reads. */
  link: { up: boolean; reads: LineVersion };
  log: OwnLog;
  /** Moves that a restored log has left open, by their name. */
  openMoves: Record<string, OpenMove>;
  /** The newest head of the other gate's log all of whose lines we have. */
  witness: Omit<CounterpartHead, 'type'> | null;
  /** What nobody has cleared yet: while there is anything, the link counts as down. */
  logFaults: Record<LogName, LogFault | null>;
  /** The newest time stamp on each log. */
  timeStamps: Record<LogName, StampedLog | null>;
  filter: FilterState;
  live: Omit<CounterpartLive, 'type'> | null;
  authorityRequests: Record<string, AuthorityRequest>;
  pending: Record<string, Pending>;
  alarms: Record<string, Alarm>;
  /** When the newest alarms were raised, oldest first, and since when there are too many of them. */
  alarmFlood: { since: number | null; raisedAts: number[] };
  proposals: Record<string, Proposal>;
  /** Last gapless sequence taken from each source. */
  sources: Record<string, number>;
}

/** Until the other gate has said otherwise. */
const NEWEST: LineVersion = 2;

/** The state before the first boot. */
export const initialState = (): GateState => ({
  shape: STATE_SHAPE,
  now: 0,
  coreVersion: '',
  config: null,
  configDigest: '',
  clockTrusted: true,
  counters: {},
  timers: {},
  devices: {},
  laneIo: {},
  scales: {},
  cranes: {},
  lanes: {},
  vehicles: {},
  crossings: {},
  recent: [],
  completed: { export: 0, import: 0 },
  owners: {},
  plates: {},
  containers: {},
  moves: {},
  jobs: {},
  lastJobs: {},
  strayJobs: {},
  ready: [],
  offers: [],
  visitors: {},
  tracks: {},
  section: openSection(),
  stopped: false,
  bookings: {},
  clearances: {},
  handheld: {},
  unbooked: [],
  examinations: {},
  advance: {},
  lists: {},
  outages: noOutages(),
  cases: {},
  discrepancies: {},
  admissions: {},
  delivered: {},
  feeds: {},
  refused: {},
  link: { up: false, reads: NEWEST },
  log: { open: false, waiting: [], restoring: null },
  openMoves: {},
  witness: null,
  logFaults: { ours: null, theirs: null },
  timeStamps: { ours: null, theirs: null },
  filter: { saltSeed: '', told: '', theirs: null },
  live: null,
  authorityRequests: {},
  pending: {},
  alarms: {},
  alarmFlood: { since: null, raisedAts: [] },
  proposals: {},
  sources: {},
});

/** A copy that shares nothing with the original. */
export const snapshot = (state: GateState): string => JSON.stringify(state);
export const restore = (text: string): GateState => JSON.parse(text) as GateState;

/** Whether what the device last said still counts (I1). */
export const isFresh = (state: GateState, device: string): boolean =>
  state.devices[device]?.status === 'online';

/** The sensors of a lane or bay, or null while they are not fresh. */
export function freshLaneIo(state: GateState, device: string): Omit<LaneIoReport, 'type' | 'device'> | null {
  return isFresh(state, device) ? (state.laneIo[device] ?? null) : null;
}

/** The vehicle's own word, or null while it is not fresh. */
export function freshVehicle(state: GateState, id: string): Omit<VehicleReport, 'type' | 'device'> | null {
  return isFresh(state, id) ? (state.vehicles[id]?.report ?? null) : null;
}

/** What the other gate shows of itself right now, or undefined while that is not fresh. */
export const freshLive = ({ link, live }: GateState): NonNullable<GateState['live']> | undefined =>
  link.up && live?.fresh === true ? live : undefined;

/** Active crossings in the order they began. */
export const activeCrossings = (state: GateState): Crossing[] => Object.values(state.crossings);
