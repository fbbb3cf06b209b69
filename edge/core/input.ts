/**
 * Everything that can happen to the gate, as data. The control loop stamps each input with `at` on admission, steps
 * the core with it and writes it to the journal; replaying the inputs reproduces every decision (DESIGN §3).
 *
 * Times inside an input (`deviceAt`, `asOf`, …) are values that somebody else claims; they never order anything.
 */
import type { Carried, GateConfig, PersonRole } from '../../config/schema.ts';
import type { AdvanceReport } from '../../protocols/asw/words.ts';
import type { Booking, ClearanceReport, Examination } from '../../protocols/clearance/words.ts';
import type { DiscrepancyCode, PublicCode } from '../../protocols/handover/codes.ts';
import type { LineVersion } from '../../protocols/handover/line.ts';
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import type { RotationRecord } from '../../protocols/handover/rotation.ts';
import type { SignedList } from '../../protocols/lists/words.ts';
import type { Inspection, Outcome } from './custody-state.ts';
import type { Observed } from './reconcile/case.ts';
import type { TimeStampInput } from './time-stamps.ts';

export type { AdvanceReport, Booking, ClearanceReport, Examination, HandoverRecord };

/** First input after each start of the control daemon. */
export interface Boot {
  type: 'boot';
  coreVersion: string;
  config: GateConfig;
  /** SHA-256 of the configuration, hex. */
  configDigest: string;
  /**
   * 32 random bytes, hex, drawn at this start: salts of what does not cross the border are made from them. Absent in journals of
   * before: then nothing that is kept back leaves a digest.
   */
  saltSeed?: string;
  /**
   * A new journal numbers what devices and customs are told from here on, so that it repeats no number of one that was lost before
   * the other side has told how far that had come. Absent: from 1.
   */
  numbersFrom?: number;
}

/** The deadline the core had asked for has come. */
export interface Tick {
  type: 'tick';
}

/** The wall clock was compared with a reference. While untrusted, every test of freshness is unknown. */
export interface ClockReport {
  type: 'clock';
  offsetMs: number;
  trusted: boolean;
}

// ---------------------------------------------------------------- devices

/** A device came, went, or fell silent. Only `online` makes its other reports count as fresh. */
export interface DeviceStatus {
  type: 'device-status';
  device: string;
  status: 'online' | 'stale' | 'offline';
  /** Why, for a person; never parsed. */
  reason: string;
}

/** Bytes from a device that could not be read. They are kept aside under their digest. */
export interface Malformed {
  type: 'malformed';
  device: string;
  /** Where they came from: a topic, a node id, a line. */
  channel: string;
  reason: string;
  sha256: string;
  sizeBytes: number;
}

/** Lane or bay sensors and actuators as they are now; sent whole on every change. */
export interface LaneIoReport {
  type: 'lane-io';
  device: string;
  /** Vehicle before the barrier (at the stop line), under it, behind it. In a bay only `approach` is wired. */
  loops: { approach: boolean; under: boolean; exit: boolean };
  /** Light curtain under the barrier. `broken`: something stands there. */
  curtain: 'clear' | 'broken';
  barrier: 'down' | 'moving' | 'up' | 'fault' | 'none';
  light: 'red' | 'green' | 'dark';
}

/** One plate reading. `readId` is unique per device; the same reading told twice is one reading. */
export interface PlateRead {
  type: 'plate';
  device: string;
  readId: string;
  /** As the camera gives it, Unicode. */
  plate: string;
  country?: string;
  /** Per mille, 0–1000. */
  quality: number;
  deviceAt: number;
  /** SHA-256 of the picture, which is already on disk when this input arrives. */
  image?: string;
}

/** One container-code reading (ISO 6346, as read; never repaired). */
export interface ContainerRead {
  type: 'container';
  device: string;
  readId: string;
  code: string;
  quality: number;
  deviceAt: number;
  image?: string;
}

/** The scale changed between moving, stable and empty. */
export interface WeightReport {
  type: 'weight';
  device: string;
  state: 'empty' | 'moving' | 'stable' | 'out-of-range';
  /** Present when stable. */
  grossKg?: number;
}

/** What any other device has seen of whatever stands in its lane: a seal, a portal’s silence, a tag, damage, a trailer’s plate. */
export interface ObservationReport {
  type: 'observation';
  device: string;
  /** Unique per device; the same told twice is one. */
  readId: string;
  seen: Observed;
  /** SHA-256 of the picture, which is already on disk. */
  image?: string;
}

/** A vehicle's state as far as a decision can depend on it (VDA 5050 §6.10, reduced to changes). */
export interface VehicleReport {
  type: 'vehicle';
  device: string;
  orderId: string;
  orderUpdateId: number;
  lastNodeId: string;
  lastNodeSequenceId: number;
  /** Nodes the vehicle still has to pass, released or not. */
  nodesAhead: { nodeId: string; sequenceId: number; released: boolean }[];
  driving: boolean;
  paused: boolean;
  mode: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL' | 'SERVICE' | 'TEACHIN';
  /** `loadId` of each load on board: the container number where known, else an empty string. */
  loads: string[];
  actions: {
    actionId: string;
    actionType: string;
    status: 'WAITING' | 'INITIALIZING' | 'RUNNING' | 'PAUSED' | 'FINISHED' | 'FAILED';
  }[];
  eStop: 'NONE' | 'AUTOACK' | 'MANUAL' | 'REMOTE';
  localized: boolean;
  batteryPercent: number;
  charging: boolean;
  errors: { errorType: string; errorLevel: 'WARNING' | 'FATAL' }[];
}

/** The crane as it is now, in TIC 4.0's words; sent whole on every change. */
export interface CraneReport {
  type: 'crane';
  device: string;
  mode: 'automatic' | 'manual' | 'fault';
  spreader: { landed: boolean; locked: boolean; unlocked: boolean; loaded: boolean };
  /** Where the spreader is: a bay or slot id, or `travelling`. */
  position: string;
  /** Hoist above the height at which a vehicle may move below. */
  hoistClear: boolean;
}

/** One job of the crane's job list (ISA-95 Job Control). */
export interface CraneJobReport {
  type: 'crane-job';
  device: string;
  jobId: string;
  state: 'not-allowed' | 'allowed' | 'running' | 'interrupted' | 'ended' | 'aborted';
  /** Container number the spreader's reader saw when it picked; absent until then or if unreadable. */
  containerSeen?: string;
  /** The same when it set down. */
  containerSet?: string;
}

/** The crane's complete job list, read after each (re)connection: what is not in it does not exist. */
export interface CraneJobList {
  type: 'crane-jobs';
  device: string;
  jobs: Omit<CraneJobReport, 'type' | 'device'>[];
}

export type DeviceInput =
  | DeviceStatus
  | Malformed
  | LaneIoReport
  | PlateRead
  | ContainerRead
  | WeightReport
  | ObservationReport
  | VehicleReport
  | CraneReport
  | CraneJobReport
  | CraneJobList;

// ---------------------------------------------------------------- the loop itself

/** A permission was not sent: the interlock or its age forbade it when its record was on disk, or the driver failed. */
export interface CommandRefused {
  type: 'command-refused';
  commandId: string;
  reason: string;
}

// ---------------------------------------------------------------- customs (through exchange)

/** When customs last confirmed its list complete; freshness belongs to the feed, not to a record. */
export interface CustomsFeed {
  type: 'customs-feed';
  asOf: number;
  /** Which feed. Absent: `customs`. */
  feed?: string;
}

/** A signed list whose signature exchange has checked; names of people in it are digests. */
export interface ListReport {
  type: 'list';
  list: SignedList;
}

/** Reports of ours that whoever gets them has refused for good and nobody has seen to: told whole on every change. */
export interface RefusedReports {
  type: 'reports-refused';
  /** How many, by who gets them; whoever is not named has refused none. */
  refused: Record<string, number>;
}

export type CustomsInput =
  | Booking
  | ClearanceReport
  | Examination
  | AdvanceReport
  | CustomsFeed
  | ListReport
  | RefusedReports;

// ---------------------------------------------------------------- counterpart (through exchange)

/** One verified line of the other gate's log. */
export interface CounterpartRecord {
  type: 'counterpart-record';
  /** Gapless line number in the other gate's log, from 1. */
  line: number;
  record: HandoverRecord;
}

/** Whether the other gate's log can be read now. */
export interface CounterpartLink {
  type: 'counterpart-link';
  up: boolean;
  /** The newest version of the protocol that it reads, as it has told us; absent: nothing new. */
  reads?: LineVersion;
}

/** The key that signs our log is to change, as a person with both keys has signed it: the log tells of it. */
export interface KeysRotatedAsked {
  type: 'keys-rotated-asked';
  record: RotationRecord;
}

/** The keys of one of the two logs are listed anew: a person has changed the list, or it is read for the first time. */
export interface LogKeysChanged {
  type: 'log-keys-changed';
  log: LogName;
  /** The list that says so, under the data folder of exchange. */
  file: string;
  /** Names (RFC 7638) of keys that count now and did not before. */
  trusted: string[];
  /** Those that count no more; of what they have signed, heads of up to `upTo` lines stand. */
  revoked: { kid: string; upTo: number | null }[];
  /** Those that are listed no more. */
  removed: string[];
}

/** Latest values from the other gate's `GET /live`: an interlock input, never evidence. */
export interface CounterpartLive {
  type: 'counterpart-live';
  fresh: boolean;
  /** Their vehicles: standing and locked where? */
  vehicles: Record<string, { standing: boolean; locked: boolean; node: string }>;
  /** Their bays for driverless vehicles, by map node: is the hoist clear of it? */
  bays: Record<string, { clear: boolean }>;
}

/** One verified line of our own log, as the other gate has kept it: to the byte, for the log is told by our journal alone. */
export interface OwnLine {
  type: 'own-line';
  line: number;
  data: string;
}

/**
 * The log that was lost is read back: between `begin` and `end` lines of both logs are history. `size` lines of our own are
 * known to the other side, their Merkle root is `rootHash`.
 */
export interface RestoreReport {
  type: 'log-restore';
  phase: 'begin' | 'end';
  size: number;
  rootHash: string;
}

/** A head of the other gate's log, verified with every line it covers, all of which have been told: our witness of it. */
export interface CounterpartHead {
  type: 'counterpart-head';
  /** Number of lines. */
  size: number;
  /** RFC 9162 root over them, hex. */
  rootHash: string;
  /** As signed: a compact JWS. */
  head: string;
}

export type LogName = 'ours' | 'theirs';

/** Something that cannot be true of an honest log: of the other gate's, or of our own as it sees it. */
export interface CounterpartFault {
  type: 'counterpart-fault';
  log: LogName;
  kind: 'bad-signature' | 'wrong-log' | 'shrunken-log' | 'fork' | 'gap' | 'altered-line';
  /** What was found, for a person. */
  reason: string;
  /** The signed heads that show it, and the file that exchange has kept with all of it. */
  evidence?: { heads: string[]; file?: string; sha256?: string };
}

export type CounterpartInput =
  | CounterpartRecord
  | KeysRotatedAsked
  | LogKeysChanged
  | CounterpartLink
  | CounterpartLive
  | CounterpartHead
  | CounterpartFault
  | TimeStampInput
  | OwnLine
  | RestoreReport;

// ---------------------------------------------------------------- people (through console)

/** An act of a person, its signature already checked at the door. */
export interface OperatorAct {
  type: 'operator-act';
  person: string;
  role: PersonRole;
  act: Act;
  reason: string;
  /** As the person has signed it, where it may come to stand on a record of our log; checked at the door. */
  signed?: SignedAct;
}

/** The compact JWS, and the act's id in it. */
export interface SignedAct {
  jws: string;
  id: string;
}

/** A person’s words, as they were said. */
export interface ActText {
  /** BCP 47. */
  lang: string;
  text: string;
}

/** What a person can ask of the gate. Overrides (`config.overrides`) need their role and, where it says so, a second person. */
export type Act =
  // Everything, or one lane, stops at once; nothing is released until it is resumed.
  | { kind: 'stop-gate' }
  | { kind: 'resume-gate' }
  | { kind: 'stop-lane'; lane: string }
  | { kind: 'resume-lane'; lane: string }
  // Whether a lane takes anybody: as its hours say, not at all, or a technician works on it.
  | { kind: 'open-lane'; lane: string }
  | { kind: 'close-lane'; lane: string }
  | { kind: 'maintain-lane'; lane: string }
  /** What was read of the vehicle in the lane is forgotten; its devices read it anew. */
  | { kind: 'reread'; lane: string }
  /**
   * The person vouches that the vehicle in the lane is that of the crossing. Everything else is judged as ever. `visit`: the one
   * they have looked at; if another one stands there by now, the act is refused.
   */
  | { kind: 'identify'; lane: string; crossing: string; visit?: string }
  /** What an officer has seen with their own eyes or handheld, in place of a device; the photo by its SHA-256. */
  | { kind: 'observe'; lane: string; seen: Observed; photo: string; visit?: string }
  | { kind: 'clear-finding'; crossing: string; code: string }
  /**
   * The person has seen where the container of the crossing stands: a slot, a bay (on the vehicle in it), or a crane (in its
   * spreader); or that its truck has left the yard: the lane it left through.
   */
  | { kind: 'confirm-place'; crossing: string; place: string }
  | { kind: 'cancel-crossing'; crossing: string }
  | { kind: 'withdraw-vehicle'; vehicle: string }
  | { kind: 'return-vehicle'; vehicle: string }
  | { kind: 'acknowledge-alarm'; alarm: string }
  | { kind: 'shelve-alarm'; alarm: string; forMs: number }
  | { kind: 'unshelve-alarm'; alarm: string }
  /**
   * While customs' list is down, the word of these systems counts, for goods that begin with `hs` (none: all), until then
   * (milliseconds since 1970).
   */
  | { kind: 'declare-outage'; legalBasis: string; untilAt: number; sources: string[]; hs: string[] }
  | { kind: 'end-outage' }
  | { kind: 'close-case'; case: string }
  /** What was wrong with one of the two logs is understood: exchange reads, or publishes, on. */
  | { kind: 'clear-log-fault'; log: LogName }
  /** Nobody is sent onto these tracks (none: all), from now or `fromAt` on; `toAt`: it ends by itself. Both milliseconds since 1970. */
  | {
      kind: 'close-section';
      tracks: string[];
      code: PublicCode;
      text?: ActText;
      fromAt?: number;
      toAt?: number;
    }
  | { kind: 'reopen-section'; closure: string }
  /** Two people have inspected the closed track and it is empty; `moves`: those that only the other side knows of. */
  | { kind: 'reset-block'; track: string; moves: string[] }
  /** The vehicle in the lane is announced to the other duty officer by telephone. */
  | { kind: 'hotline-offer'; lane: string }
  /** What the other officer has announced is let come. `salt`: six digits drawn where the act was signed. */
  | {
      kind: 'hotline-grant';
      move: string;
      track: string;
      vehicle: string;
      plate: string;
      load: Exclude<Carried, 'return'>;
      containers: string[];
      officer: string;
      salt: string;
    }
  /** The other officer has read this number back: the vehicle goes, to `hold` and no further. */
  | { kind: 'hotline-use'; number: string; move: string; hold: string; officer: string }
  /** The other officer says that it has arrived. */
  | { kind: 'hotline-arrived'; number: string }
  /** What the two logs tell differently of it has been explained. */
  | { kind: 'hotline-clear'; number: string }
  /** Something of a move is not as it was handed over; both gates must close it. */
  | {
      kind: 'dispute';
      move: string;
      code: DiscrepancyCode;
      container?: string;
      expected?: string;
      found?: string;
      text?: ActText;
      photo?: string;
    }
  /** Both sides have looked together; `inspectors`: of each side one at least. */
  | {
      kind: 'joint-inspection';
      discrepancy: string;
      outcome: Exclude<Inspection['outcome'], 'escalated'>;
      inspectors: string[];
      text?: ActText;
      photo?: string;
    }
  | { kind: 'close-discrepancy'; discrepancy: string; outcome: Outcome; text?: ActText }
  /** The second person's word on an act that needs one; `of`: the id under which the first has signed it. */
  | { kind: 'confirm'; proposal: string; of?: string };

export type Input =
  | Boot
  | Tick
  | ClockReport
  | DeviceInput
  | CommandRefused
  | CustomsInput
  | CounterpartInput
  | OperatorAct;

/** Who sent an input through a door, so that a repeat is recognised. */
export interface InputSource {
  source: string;
  id: string;
  /** Customs and counterpart count gaplessly; the cursor is part of the state. */
  seq?: number;
}

/** An input as the core sees it. */
export type AdmittedInput = Input & {
  /** Milliseconds since 1970, never decreasing. */
  at: number;
  from?: InputSource;
};
