/**
 * How a simulated device server sees the thing it stands for. Models implement these ports in virtual time;
 * servers put them on the wire. `changes` emits the whole new state, after each change.
 */

import type { Observable } from 'rxjs';
import type { AreaReport, ListedChange } from '../../protocols/clearance/words.ts';
import type { Refusal } from '../../protocols/refusal.ts';

export interface Model<State> {
  readonly state: Readonly<State>;
  readonly changes: Observable<State>;
}

/** Sensors and actuators of a lane or a bay. */
export interface LaneIoState {
  loops: { approach: boolean; under: boolean; exit: boolean };
  curtain: 'clear' | 'broken';
  barrier: 'down' | 'moving' | 'up' | 'fault' | 'none';
  light: 'red' | 'green' | 'dark';
}
export interface LaneIoModel extends Model<LaneIoState> {
  /**
   * Moves the arm. `sign`: id of the truck bay shown to the driver with a raise; a raise without one blanks the sign.
   * `told`: what whoever lowers had last heard of this device when the command was given; absent, it knew the present state.
   */
  barrier(to: 'raise' | 'lower', sign?: string, told?: LaneIoState): void;
  light(to: 'red' | 'green'): void;
}

/** One reading a camera or reader makes. */
export interface Sighting {
  /** Plate or container code as the device read it. */
  text: string;
  /** Per mille. */
  quality: number;
  country?: string;
}
/** A plate camera or container-code reader: a stream of readings, one or more each time something stops before it. */
export interface SightingModel {
  readonly sightings: Observable<Sighting>;
  /** The picture of the last sighting, JPEG or PNG. */
  picture(): Uint8Array;
}

/** The indicator of a weighbridge. */
export interface ScaleState {
  grossKg: number;
  motion: boolean;
}
export type ScaleModel = Model<ScaleState>;

export interface CraneState {
  mode: 'automatic' | 'manual' | 'fault';
  spreader: { landed: boolean; locked: boolean; unlocked: boolean; loaded: boolean };
  position: string;
  hoistClear: boolean;
}
export type JobState = 'not-allowed' | 'allowed' | 'running' | 'interrupted' | 'ended' | 'aborted';
export interface CraneJob {
  jobId: string;
  container: string;
  from: string;
  to: string;
  state: JobState;
  /** What the spreader's reader saw at pick. */
  containerSeen?: string;
  /** What the spreader's reader saw when it set down. */
  containerSet?: string;
}
export interface CraneModel extends Model<CraneState> {
  readonly jobs: readonly CraneJob[];
  readonly jobChanges: Observable<CraneJob>;
  /** Accepts and starts a job, or says why not. A known `jobId` is refused as `duplicate`. */
  start(job: {
    jobId: string;
    container: string;
    from: string;
    to: string;
  }): 'accepted' | 'duplicate' | 'busy' | 'impossible';
  /** Interrupts a running job where it is safe to. */
  stop(jobId: string): boolean;
}

/** A driverless vehicle, already speaking in VDA 5050's terms; the server only adds headers and topics. */
export interface VehicleState {
  orderId: string;
  orderUpdateId: number;
  lastNodeId: string;
  lastNodeSequenceId: number;
  nodeStates: { nodeId: string; sequenceId: number; released: boolean }[];
  edgeStates: { edgeId: string; sequenceId: number; released: boolean }[];
  actionStates: {
    actionId: string;
    actionType: string;
    actionStatus: 'WAITING' | 'INITIALIZING' | 'RUNNING' | 'PAUSED' | 'FINISHED' | 'FAILED';
    resultDescription?: string;
  }[];
  driving: boolean;
  paused: boolean;
  newBaseRequest: boolean;
  loads: { loadId: string; loadType: string }[];
  position: { x: number; y: number; theta: number; mapId: string };
  batteryPercent: number;
  charging: boolean;
  mode: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL' | 'SERVICE' | 'TEACHIN';
  eStop: 'NONE' | 'AUTOACK' | 'MANUAL' | 'REMOTE';
  /** Whether it knows where it is. */
  localized: boolean;
  errors: { errorType: string; errorLevel: 'WARNING' | 'FATAL'; errorDescription: string }[];
}
export interface VehicleOrder {
  orderId: string;
  orderUpdateId: number;
  nodes: {
    nodeId: string;
    sequenceId: number;
    released: boolean;
    x: number;
    y: number;
    actions: { actionId: string; actionType: string; loadId?: string }[];
  }[];
  edges: {
    edgeId: string;
    sequenceId: number;
    released: boolean;
    startNodeId: string;
    endNodeId: string;
    maxSpeedMps?: number;
  }[];
}
export interface VehicleModel extends Model<VehicleState> {
  /** Validates and takes an order or update; problems appear in `errors` as VDA 5050 demands (orderError, orderUpdateError, noRouteError). */
  order(order: VehicleOrder): void;
  /**
   * `startPause`, `stopPause`, `cancelOrder`, `stateRequest`, `startCharging`, `stopCharging`; an unknown type, and what
   * is not possible now, fails as an action state.
   */
  instantAction(action: { actionId: string; actionType: string }): void;
}

/** The customs system of one country. */
export interface CustomsModel {
  /** Every change so far; the cursor after entry i is i + 1. */
  readonly log: readonly ListedChange[];
  readonly changes: Observable<ListedChange>;
  /** Newest reports received, one per `reportId`, in the order of arrival; the oldest of very many are forgotten. */
  readonly reports: readonly AreaReport[];
  report(report: AreaReport): 'accepted' | 'duplicate';
}

/** Everything simulated at one gate, by device id of its configuration. */
export interface GateWorld {
  laneIo: ReadonlyMap<string, LaneIoModel>;
  cameras: ReadonlyMap<string, SightingModel>;
  readers: ReadonlyMap<string, SightingModel>;
  scales: ReadonlyMap<string, ScaleModel>;
  cranes: ReadonlyMap<string, CraneModel>;
  vehicles: ReadonlyMap<string, VehicleModel>;
  customs: CustomsModel;
}

/** How a scenario asks for traffic. */
export interface TrafficOptions {
  /** Container code painted on the box, when it is not the booked one. */
  paintedContainer?: string;
  /** Plate of the trailer behind its truck, when it is not the booked one. */
  hitchedTrailer?: string;
  /** Whether customs releases it by itself after a while; default true. */
  release?: boolean;
  /** What is in the box; default goods. */
  load?: 'laden' | 'empty';
  /** What it is booked as, when that is not what is in it. */
  bookedLoad?: 'laden' | 'empty';
}
export interface World {
  readonly gates: ReadonlyMap<string, GateWorld>;
  /** Books one container from `gate` to the other side and lets its truck come; returns the container number. */
  export(gate: string, options?: TrafficOptions): string;
  /**
   * The country of `gate`, where the container has come to, refuses it: it is booked home. Out of the yard, a truck brings it
   * back; in the yard, nobody fetches it any more. False if it is neither, or somebody is about to fetch it.
   */
  giveBack(gate: string, container: string, refusal: Refusal): boolean;
  /** Customs of `gate` releases, or withdraws, all declarations of a container now. */
  setClearance(gate: string, container: string, status: 'released' | 'withdrawn'): void;
  /** Cancels every timer. */
  stop(): void;
}
