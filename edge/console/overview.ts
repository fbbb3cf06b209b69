/**
 * What people see of the gate: a pure projection of the core's state, in the order of the configuration. It leaves out
 * what nobody looks at, so that it is small enough to be sent whole at every change.
 */
import type { GateConfig } from '../../config/schema.ts';
import type { Alarm, Crossing, GateState, Reading, Visit } from '../core/state.ts';

export interface Text3 {
  vi: string;
  en: string;
  zh: string;
}

export interface ReasonRow {
  code: string;
  severity: 'hold' | 'refer' | 'info';
  owner: string;
  text: Text3;
  detail: string;
}

/** What stands in a lane, as the devices see it. */
export interface StandingRow {
  since: number;
  plate?: string;
  container?: string;
  grossKg?: number;
  crossing?: string;
  verdict: 'pass' | 'hold' | 'refer';
  reasons: ReasonRow[];
  released: boolean;
}

export interface LaneRow {
  id: string;
  checkpoint: string;
  traffic: 'truck' | 'vehicle';
  loads: string[];
  stopped: boolean;
  /** What the sensors say; null while they are not fresh. */
  io: {
    barrier: 'down' | 'moving' | 'up' | 'fault' | 'none';
    light: 'red' | 'green' | 'dark';
    loops: { approach: boolean; under: boolean; exit: boolean };
    curtain: 'clear' | 'broken';
  } | null;
  standing: StandingRow | null;
}

export interface CrossingRow {
  id: string;
  direction: 'export' | 'import';
  load: string;
  stage: string;
  since: number;
  containers: string[];
  vehicle?: { id: string; plate: string };
  truckPlate?: string;
  /** null until something has been asked about it. */
  verdict: 'pass' | 'hold' | 'refer' | null;
  reasons: ReasonRow[];
}

export interface DeviceRow {
  id: string;
  kind: string;
  status: 'unknown' | 'online' | 'stale' | 'offline';
  reason: string;
  malformed: number;
}

export interface AlarmRow {
  id: string;
  code: string;
  subject: string;
  state: 'raised' | 'acknowledged' | 'returned';
  raisedAt: number;
  count: number;
  text: Text3;
}

export interface YardView {
  slots: { id: string; owner?: string; container?: string }[];
  bays: { id: string; use: string; occupied: boolean | null; owner?: string; container?: string }[];
  cranes: { id: string; fresh: boolean; mode?: string; position?: string; loaded?: boolean }[];
}

export interface VehicleRow {
  id: string;
  plate: string;
  fresh: boolean;
  node?: string;
  driving?: boolean;
  batteryPercent?: number;
  crossing?: string;
}

export interface Overview {
  gate: { id: string; name: Text3; utcOffset: string };
  /** The journal's clock, milliseconds since 1970. */
  now: number;
  clockTrusted: boolean;
  /** `stop-only`: the disk does not keep up, so nothing is permitted. */
  storage: 'ok' | 'stop-only';
  counterpart: { gate: string; up: boolean };
  customs: { asOf: number | null };
  completed: { export: number; import: number };
  lanes: LaneRow[];
  tracks: { id: string; direction: 'out' | 'in'; owner?: string }[];
  crossings: CrossingRow[];
  recent: CrossingRow[];
  vehicles: VehicleRow[];
  devices: DeviceRow[];
  alarms: AlarmRow[];
  yard: YardView;
}

const CROSSINGS_MAX = 200;
const RECENT_MAX = 10;
const ALARMS_MAX = 100;

/** `{ key: value }`, or nothing where there is no value: absent keys stay absent in the JSON. */
const optional = <K extends string, V>(key: K, value: V | undefined | null): Partial<Record<K, V>> =>
  value === undefined || value === null ? {} : ({ [key]: value } as Record<K, V>);

const best = (readings: readonly Reading[]): string | undefined =>
  readings.reduce<Reading | undefined>(
    (top, one) => (top && top.quality > one.quality ? top : one),
    undefined,
  )?.value;

const reasonRows = (reasons: Crossing['reasons']): ReasonRow[] =>
  reasons.map(({ code, severity, owner, text, detail }) => ({ code, severity, owner, text, detail }));

const standingRow = (visit: Visit): StandingRow => ({
  since: visit.since,
  ...optional('plate', best(visit.plates)),
  ...optional('container', best(visit.containers)),
  ...optional('grossKg', visit.weightKg),
  ...optional('crossing', visit.crossing),
  verdict: visit.verdict,
  reasons: reasonRows(visit.reasons),
  released: visit.released,
});

const crossingRow = (crossing: Crossing): CrossingRow => ({
  id: crossing.id,
  direction: crossing.direction,
  load: crossing.load,
  stage: crossing.stage,
  since: crossing.since,
  containers: crossing.containers.map((container) => container.number),
  ...optional('vehicle', crossing.vehicle && { id: crossing.vehicle.id, plate: crossing.vehicle.plate }),
  ...optional('truckPlate', crossing.truck?.plate),
  verdict: crossing.verdict,
  reasons: reasonRows(crossing.reasons),
});

const alarmRow = ({ id, code, subject, state, raisedAt, count, text }: Alarm): AlarmRow => ({
  id,
  code,
  subject,
  state,
  raisedAt,
  count,
  text,
});

/** Raised before acknowledged before returned; within each the newest first. */
const ALARM_ORDER = { raised: 0, acknowledged: 1, returned: 2 } as const;
const alarmRows = (alarms: GateState['alarms']): AlarmRow[] =>
  Object.values(alarms)
    .sort((a, b) => ALARM_ORDER[a.state] - ALARM_ORDER[b.state] || b.raisedAt - a.raisedAt)
    .slice(0, ALARMS_MAX)
    .map(alarmRow);

/** What needs a person first: referred, then held, then the rest; within each the oldest first. */
const urgency = ({ verdict }: Crossing): number => (verdict === 'refer' ? 0 : verdict === 'hold' ? 1 : 2);

/** What control's door answers: the core's state, and whether the disk keeps up with it. */
type DoorState = GateState & { storage?: Overview['storage'] };

/** Whether a door answered with a state this console can show. */
export const isGateState = (value: unknown): value is GateState =>
  typeof value === 'object' && value !== null && 'shape' in value && value.shape === 1;

/** `config` stands in until the core has booted and has its own. */
export function overview(state: DoorState, config: GateConfig): Overview {
  const current = state.config ?? config;
  const fresh = (device: string): boolean => state.devices[device]?.status === 'online';
  const containerOf = (owner: string | undefined): string | undefined =>
    owner === undefined
      ? undefined
      : state.crossings[owner]?.containers.map(({ number }) => number).join(', ') || undefined;
  const owned = (resource: string) => {
    const owner = state.owners[resource];
    return { ...optional('owner', owner), ...optional('container', containerOf(owner)) };
  };

  return {
    gate: { id: current.gate.id, name: current.gate.name, utcOffset: current.gate.utcOffset },
    now: state.now,
    clockTrusted: state.clockTrusted,
    storage: state.storage ?? 'ok',
    counterpart: { gate: current.counterpart.gate, up: state.link.up },
    customs: { asOf: state.customsAsOf },
    completed: state.completed,
    lanes: current.lanes.map((lane) => {
      const io = fresh(lane.devices.io) ? (state.laneIo[lane.devices.io] ?? null) : null;
      const visit = state.lanes[lane.id]?.visit ?? null;
      return {
        id: lane.id,
        checkpoint: lane.checkpoint,
        traffic: lane.traffic,
        loads: lane.loads,
        stopped: state.lanes[lane.id]?.stopped ?? false,
        io: io && { barrier: io.barrier, light: io.light, loops: io.loops, curtain: io.curtain },
        standing: visit && standingRow(visit),
      };
    }),
    tracks: current.section.tracks.map(({ id, direction }) => ({
      id,
      direction,
      ...optional('owner', state.owners[`track:${id}`]),
    })),
    crossings: Object.values(state.crossings)
      .sort((a, b) => urgency(a) - urgency(b) || a.since - b.since)
      .slice(0, CROSSINGS_MAX)
      .map(crossingRow),
    recent: state.recent.slice(0, RECENT_MAX).map(crossingRow),
    vehicles: current.devices.flatMap((device): VehicleRow[] => {
      if (device.kind !== 'vehicle') return [];
      const view = state.vehicles[device.id];
      const report = view?.report;
      return [
        {
          id: device.id,
          plate: device.plate,
          fresh: fresh(device.id),
          ...optional('node', report?.lastNodeId),
          ...optional('driving', report?.driving),
          ...optional('batteryPercent', report?.batteryPercent),
          ...optional('crossing', view?.crossing),
        },
      ];
    }),
    devices: current.devices.map(({ id, kind }) => {
      const view = state.devices[id];
      return {
        id,
        kind,
        status: view?.status ?? 'unknown',
        reason: view?.reason ?? '',
        malformed: view?.malformed ?? 0,
      };
    }),
    alarms: alarmRows(state.alarms),
    yard: {
      slots: current.yard.slots.map((id) => ({ id, ...owned(`slot:${id}`) })),
      bays: current.yard.bays.map(({ id, use, io }) => ({
        id,
        use,
        occupied: fresh(io) ? (state.laneIo[io]?.loops.approach ?? null) : null,
        ...owned(`bay:${id}`),
      })),
      cranes: current.yard.cranes.map(({ device }) => {
        const report = state.cranes[device];
        return {
          id: device,
          fresh: fresh(device),
          ...optional('mode', report?.mode),
          ...optional('position', report?.position),
          ...optional('loaded', report?.spreader.loaded),
        };
      }),
    },
  };
}
