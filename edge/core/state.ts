/**
 * Everything the gate knows, as plain JSON: what devices last said, what it wants, what it waits for. State is what you
 * get by stepping the core through the journal; a snapshot of it continues exactly as the original would (DESIGN §3).
 */
import type { BayConfig, Checkpoint, GateConfig, LaneConfig, LoadKind } from '../../config/schema.ts';
import type {
  Booking,
  ClearanceReport,
  CounterpartLive,
  CraneJobReport,
  CraneReport,
  LaneIoReport,
  VehicleReport,
} from './input.ts';
import type { Reason, Verdict } from './reasons.ts';

export interface DeviceView {
  /** `unknown` after each start, until the device has spoken. */
  status: 'unknown' | 'online' | 'stale' | 'offline';
  reason: string;
  /** Unreadable messages since the journal began. */
  malformed: number;
}

/** One reading about the vehicle in a lane. */
export interface Reading {
  device: string;
  readId: string;
  value: string;
  quality: number;
  /** When it was admitted, on the journal's clock. */
  at: number;
  image?: string;
}

/** Something stands in a lane: from its arrival at the stop line until it has passed or backed off. */
export interface Visit {
  id: string;
  since: number;
  plates: Reading[];
  containers: Reading[];
  /** Its stable weight; kept as it was when the vehicle was released, for then it drives off the scale. */
  weightKg?: number;
  /** The crossing it was matched to. */
  crossing?: string;
  load?: LoadKind;
  verdict: Verdict;
  reasons: Reason[];
  /** The barrier was told to open for it. */
  released: boolean;
  /** It was seen under the barrier. */
  under: boolean;
  /** Its lane was not observed all the while (restart, silent device): a released visit that is gone has passed. */
  unobserved: boolean;
}

export interface LaneState {
  visit: Visit | null;
  /** Stopped by a person. */
  stopped: boolean;
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
  seals: string[];
  grossKg?: number;
  declarations: string[];
}

/** Line clear for one move, as the sender sees it. */
export interface LineClear {
  move: string;
  askedAt: number;
  grant?: string;
  /** Where the receiver lets the vehicle stand. */
  holdNode?: string;
  bayNode?: string;
  used: boolean;
}

/** A crane job for a crossing, from the wish to the proof. */
export interface Job {
  jobId: string;
  crane: string;
  from: string;
  to: string;
  state: 'commanded' | CraneJobReport['state'];
}

/** One vehicle passing this gate once, from announced to completed. */
export interface Crossing {
  id: string;
  direction: 'export' | 'import';
  load: LoadKind;
  stage: Stage;
  containers: CargoContainer[];
  since: number;
  /** The domestic truck that brings or fetches the container. */
  truck?: { plate: string; phase: 'awaited' | 'inside' | 'gone' };
  /** The driverless vehicle: id, the gate that commands it, its plate. */
  vehicle?: { id: string; home: string; plate: string };
  /** Sender: our line clear. Receiver: the move and the grant we gave. */
  lineClear?: LineClear;
  inbound?: {
    move: string;
    track: string;
    grant?: string;
    holdNode?: string;
    bay?: string;
    departed: boolean;
  };
  slot?: string;
  job?: Job;
  /** Times a job failed; after three a person must look. */
  jobFailures: number;
  /** What was found wrong on the way and stays until its owner clears it. */
  findings: Reason[];
  verdict: Verdict | null;
  reasons: Reason[];
}

/** What we want of one of our own vehicles: stand at `node`, doing `action` there. */
export interface VehicleGoal {
  node: string;
  action?: { actionId: string; actionType: 'pick' | 'drop'; loadId: string; stationName: string };
}

export interface VehicleView {
  report: Omit<VehicleReport, 'type' | 'device'> | null;
  crossing: string | null;
  goal: VehicleGoal | null;
  /** Where the other gate has allowed us to go next. */
  authority: { ask: string; from: string; to: string; granted: boolean } | null;
  pausedByUs: boolean;
}

/** What the device's own report must say for a command to count as done. */
export type Expectation =
  | { kind: 'barrier'; position: 'up' | 'down' }
  | { kind: 'light'; colour: 'red' | 'green' }
  | { kind: 'order'; orderId: string; orderUpdateId: number }
  | { kind: 'paused'; paused: boolean }
  | { kind: 'job'; jobId: string }
  | { kind: 'job-stopped'; jobId: string };

/** A command on its way, keyed by its actuator: one at a time. */
export interface Pending {
  commandId: string;
  expects: Expectation;
  until: number;
  /** Refused: nothing new before `until`. */
  refused: boolean;
}

export interface Alarm {
  id: string;
  code: string;
  subject: string;
  state: 'raised' | 'acknowledged' | 'returned';
  raisedAt: number;
  count: number;
  text: { vi: string; en: string; zh: string };
}

/** A request of the counterpart to move its vehicle on our ground. */
export interface AuthorityRequest {
  ask: string;
  vehicle: string;
  from: string;
  to: string;
  granted: boolean;
}

export interface GateState {
  /** Version of this shape; a snapshot of another version is not restored. */
  shape: 1;
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
  /** Who holds what: `bay:…`, `slot:…`, `node:…`, `track:…`, `crane:…` → owner (I2: one map, one owner). */
  owners: Record<string, string>;
  bookings: Record<string, Omit<Booking, 'type'>>;
  /** By container, then declaration. */
  clearances: Record<string, Record<string, Omit<ClearanceReport, 'type'>>>;
  customsAsOf: number | null;
  link: { up: boolean };
  live: Omit<CounterpartLive, 'type'> | null;
  authorityRequests: Record<string, AuthorityRequest>;
  pending: Record<string, Pending>;
  alarms: Record<string, Alarm>;
  /** Last gapless sequence taken from each source. */
  sources: Record<string, number>;
}

/** The state before the first boot. */
export const initialState = (): GateState => ({
  shape: 1,
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
  bookings: {},
  clearances: {},
  customsAsOf: null,
  link: { up: false },
  live: null,
  authorityRequests: {},
  pending: {},
  alarms: {},
  sources: {},
});

/** A copy that shares nothing with the original. */
export const snapshot = (state: GateState): string => JSON.stringify(state);
export const restore = (text: string): GateState => JSON.parse(text) as GateState;

/** The configuration; every input after `boot` finds one. */
export function configOf(state: GateState): GateConfig {
  if (state.config === null) throw new Error('the core was stepped before its first boot input');
  return state.config;
}

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

export const laneConfig = (state: GateState, id: string): LaneConfig | undefined =>
  configOf(state).lanes.find((lane) => lane.id === id);
export const laneAtNode = (state: GateState, node: string): LaneConfig | undefined =>
  configOf(state).lanes.find((lane) => lane.node === node);
export const laneFor = (state: GateState, checkpoint: Checkpoint, load: LoadKind): LaneConfig[] =>
  configOf(state).lanes.filter((lane) => lane.checkpoint === checkpoint && lane.loads.includes(load));
export const bayConfig = (state: GateState, id: string): BayConfig | undefined =>
  configOf(state).yard.bays.find((bay) => bay.id === id);
export const bayAtNode = (state: GateState, node: string): BayConfig | undefined =>
  configOf(state).yard.bays.find((bay) => bay.node === node);
export const baysFor = (state: GateState, use: BayConfig['use']): BayConfig[] =>
  configOf(state).yard.bays.filter((bay) => bay.use === use);
export const nodeGate = (state: GateState, node: string): string | undefined =>
  configOf(state).map.nodes.find((candidate) => candidate.id === node)?.gate;

/** The first resource of `ids` that nobody owns. */
export const firstFree = (state: GateState, kind: string, ids: readonly string[]): string | undefined =>
  ids.find((id) => state.owners[`${kind}:${id}`] === undefined);

/**
 * A free slot for a container of this direction. Some slots are kept for the other direction, or the two yards could fill
 * each other up until neither can move.
 */
export function freeSlot(state: GateState, direction: Crossing['direction']): string | undefined {
  const { slots, keepFree } = configOf(state).yard;
  const taken = slots.filter((slot) => {
    const owner = state.owners[`slot:${slot}`];
    return owner !== undefined && state.crossings[owner]?.direction === direction;
  });
  const forOthers = direction === 'export' ? keepFree.import : keepFree.export;
  return taken.length < slots.length - forOthers ? firstFree(state, 'slot', slots) : undefined;
}

/** Gives up everything `owner` holds of these kinds (all kinds if none are named). */
export function disown(state: GateState, owner: string, ...resources: string[]): void {
  for (const resource of resources) if (state.owners[resource] === owner) delete state.owners[resource];
}

/** Active crossings in the order they began. */
export const activeCrossings = (state: GateState): Crossing[] => Object.values(state.crossings);
