/**
 * What people see of the gate: a pure projection of the core's state, in the order of the configuration. It leaves out
 * what nobody looks at, so that it is small enough to be sent whole at every change.
 */
import type { GateConfig, PersonRole } from '../../config/schema.ts';
import type { CustomsCase } from '../core/outage-state.ts';
import type { Reason } from '../core/reasons.ts';
import type { Alarm, Crossing, GateState, Proposal, Reading, Visit } from '../core/state.ts';
import { type DifferencesView, differencesView, type RemarkRow } from './differences.ts';
import { type SectionView, sectionView } from './section-view.ts';

/** The shape of state this page can show. */
const KNOWN_SHAPE: GateState['shape'] = 6;

export interface Text3 {
  vi: string;
  en: string;
  zh: string;
}

export interface ReasonRow {
  code: string;
  severity: 'hold' | 'refer' | 'info';
  owner: string;
  /** Who may clear it by a finding; empty: nobody at the gate. */
  releasableBy: readonly PersonRole[];
  text: Text3;
  detail: string;
  source: string;
  /** What to do. */
  remedy: Text3;
  /** Whom an ambiguous match may mean, the likeliest first. */
  candidates?: CandidateRow[];
}

export interface CandidateRow {
  crossing: string;
  score: number;
  containers: string[];
  /** Of the truck and of the driverless vehicle. */
  plates: string[];
}

/** At most {@link REASONS_MAX}, the worst first. */
interface Reasons {
  reasons: ReasonRow[];
  /** How many more there are. */
  reasonsLeftOut?: number;
}

/** What stands in a lane, as the devices see it. */
export interface StandingRow extends Reasons {
  /** Names it where people say something of it. */
  visit: string;
  since: number;
  plate?: string;
  trailer?: string;
  container?: string;
  grossKg?: number;
  crossing?: string;
  verdict: 'pass' | 'hold' | 'refer';
  /** Nobody’s crossing tells these reasons. */
  alone: boolean;
  released: boolean;
}

export interface LaneRow {
  id: string;
  checkpoint: string;
  traffic: 'truck' | 'vehicle';
  loads: string[];
  stopped: boolean;
  mode: 'open' | 'closed' | 'maintenance';
  /** What the sensors say; null while they are not fresh. */
  io: {
    barrier: 'down' | 'moving' | 'up' | 'fault' | 'none';
    light: 'red' | 'green' | 'dark';
    loops: { approach: boolean; under: boolean; exit: boolean };
    curtain: 'clear' | 'broken';
  } | null;
  standing: StandingRow | null;
}

export interface CrossingRow extends Reasons {
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
  /** What the receiver has remarked on as it took the goods over. */
  remarks?: RemarkRow[];
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
  priority: 'high' | 'medium' | 'low';
  state: 'raised' | 'acknowledged' | 'returned';
  raisedAt: number;
  count: number;
  text: Text3;
  /** What to do. */
  action: Text3;
}

/** What people are shown of the alarms; the rest is counted. */
export interface AlarmsView {
  /** Announced ones, by priority and then the newest first; at most {@link ALARMS_MAX} of them. */
  announced: AlarmRow[];
  /** Announced and not yet seen by anybody, all of them. */
  unseen: number;
  /** Set aside by a person, the first to come back first. */
  shelved: (AlarmRow & { person: string; reason: string; until: number })[];
  /** Not announced because they follow from maintenance or from another alarm. */
  suppressed: number;
  /** Low ones that are not announced in a flood. */
  withheld: number;
}

/** An act that waits for its second person. */
export interface ProposalRow {
  id: string;
  kind: string;
  /** What it is about: lane, crossing, code, place. */
  about: string[];
  person: string;
  role: string;
  reason: string;
  /** The id under which that person has signed it, where it may come to stand on a record. */
  actId?: string;
  until: number;
}

/** Of what customs says otherwise than it did when it passed. */
export interface CaseRow extends Reasons {
  id: string;
  crossing: string;
  containers: string[];
  passedAt: number;
  openedAt: number;
  closableBy: readonly PersonRole[];
}

export interface CasesView {
  /** All that are open. */
  count: number;
  /** The newest first, at most {@link CASES_MAX} of them. */
  open: CaseRow[];
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
  tracks: { id: string; direction: 'out' | 'in' | 'alternating'; owner?: string }[];
  section: SectionView;
  crossings: CrossingRow[];
  recent: CrossingRow[];
  vehicles: VehicleRow[];
  devices: DeviceRow[];
  alarms: AlarmsView;
  /** The first to lapse first. */
  proposals: ProposalRow[];
  cases: CasesView;
  differences: DifferencesView;
  yard: YardView;
}

const CROSSINGS_MAX = 200;
const RECENT_MAX = 10;
const ALARMS_MAX = 100;
const CASES_MAX = 50;
const REASONS_MAX = 20;

/** `{ key: value }`, or nothing where there is no value: absent keys stay absent in the JSON. */
const optional = <K extends string, V>(key: K, value: V | undefined | null): Partial<Record<K, V>> =>
  value === undefined || value === null ? {} : ({ [key]: value } as Record<K, V>);

const best = (readings: readonly Reading[]): string | undefined =>
  readings.reduce<Reading | undefined>(
    (top, one) => (top && top.quality > one.quality ? top : one),
    undefined,
  )?.value;

const reasonRow = (
  { code, severity, owner, releasableBy, text, detail, source, remedy, candidates }: Reason,
  { crossings }: GateState,
): ReasonRow => {
  const rows = candidates?.map(({ crossingId, score }): CandidateRow => {
    const crossing = crossings[crossingId];
    return {
      crossing: crossingId,
      score,
      containers: crossing?.containers.map(({ number }) => number) ?? [],
      plates: [crossing?.truck?.plate, crossing?.vehicle?.plate].filter((plate) => plate !== undefined),
    };
  });
  const row = { code, severity, owner, releasableBy, text, detail, source, remedy };
  return { ...row, ...optional('candidates', rows) };
};

const reasonsOf = ({ reasons }: { reasons: readonly Reason[] }, state: GateState): Reasons => ({
  reasons: reasons.slice(0, REASONS_MAX).map((one) => reasonRow(one, state)),
  ...(reasons.length > REASONS_MAX && { reasonsLeftOut: reasons.length - REASONS_MAX }),
});

const namesOf = ({ reasons }: { reasons: readonly Reason[] }): string =>
  JSON.stringify(reasons.map(({ code, detail }) => [code, detail]));

function standingRow(visit: Visit, state: GateState): StandingRow {
  const crossing = state.crossings[visit.crossing ?? ''];
  return {
    visit: visit.id,
    since: visit.since,
    ...optional('plate', best(visit.plates)),
    ...optional('trailer', best(visit.trailers)),
    ...optional('container', best(visit.containers)),
    ...optional('grossKg', visit.weightKg),
    ...optional('crossing', visit.crossing),
    verdict: visit.verdict,
    ...reasonsOf(visit, state),
    alone: crossing === undefined || namesOf(crossing) !== namesOf(visit),
    released: visit.released,
  };
}

const crossingRow = (crossing: Crossing, state: GateState): CrossingRow => ({
  id: crossing.id,
  direction: crossing.direction,
  load: crossing.load,
  stage: crossing.stage,
  since: crossing.since,
  containers: crossing.containers.map((container) => container.number),
  ...optional('vehicle', crossing.vehicle && { id: crossing.vehicle.id, plate: crossing.vehicle.plate }),
  ...optional('truckPlate', crossing.truck?.plate),
  verdict: crossing.verdict,
  ...optional('remarks', crossing.remarks),
  ...reasonsOf(crossing, state),
});

const caseRow = (one: CustomsCase, state: GateState): CaseRow => {
  const { id, crossing, containers, passedAt, openedAt, closableBy } = one;
  return { id, crossing, containers, passedAt, openedAt, closableBy, ...reasonsOf(one, state) };
};

/** Opened at the same moment, the one that was opened last goes first. */
function casesView(state: GateState): CasesView {
  const cases = Object.values(state.cases)
    .reverse()
    .sort((a, b) => b.openedAt - a.openedAt);
  return {
    count: cases.length,
    open: cases.slice(0, CASES_MAX).map((one) => caseRow(one, state)),
  };
}

const alarmRow = (alarm: Alarm): AlarmRow => {
  const { id, code, subject, priority, state, raisedAt, count, text, action } = alarm;
  return { id, code, subject, priority, state, raisedAt, count, text, action };
};

const PRIORITY_ORDER = { high: 0, medium: 1, low: 2 } as const;

function alarmsView(alarms: readonly Alarm[]): AlarmsView {
  const announced = alarms.filter((alarm) => alarm.announced);
  const quiet = alarms.filter((alarm) => !alarm.announced && alarm.shelved === undefined);
  const suppressed = quiet.filter((alarm) => alarm.suppressed !== undefined).length;
  return {
    announced: announced
      .sort((a, b) => PRIORITY_ORDER[a.priority] - PRIORITY_ORDER[b.priority] || b.raisedAt - a.raisedAt)
      .slice(0, ALARMS_MAX)
      .map(alarmRow),
    unseen: announced.filter(({ state }) => state === 'raised').length,
    shelved: alarms
      .flatMap((alarm) => (alarm.shelved === undefined ? [] : [{ ...alarmRow(alarm), ...alarm.shelved }]))
      .sort((a, b) => a.until - b.until)
      .slice(0, ALARMS_MAX),
    suppressed,
    withheld: quiet.length - suppressed,
  };
}

const proposalRow = ({ id, act, person, role, reason, signed, until }: Proposal): ProposalRow => {
  const { kind, ...about } = act;
  const actId = signed === undefined ? {} : { actId: signed.id };
  return { id, kind, about: Object.values(about).map(String), person, role, reason, ...actId, until };
};

/** What needs a person first: referred, then held, then the rest; within each the oldest first. */
const urgency = ({ verdict }: Crossing): number => (verdict === 'refer' ? 0 : verdict === 'hold' ? 1 : 2);

/** A crossing or move that is on the track or may go on it. */
const onTrack = (state: GateState, track: string): string | undefined =>
  state.tracks[track]?.moves[0] ??
  Object.entries(state.owners).find(([resource]) => resource.startsWith(`track:${track}/`))?.[1];

/** What control's door answers: the core's state, and whether the disk keeps up with it. */
type DoorState = GateState & { storage?: Overview['storage'] };

/** Whether a door answered with a state this console can show. */
export const isGateState = (value: unknown): value is GateState =>
  typeof value === 'object' && value !== null && 'shape' in value && value.shape === KNOWN_SHAPE;

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
    customs: { asOf: state.feeds.customs ?? null },
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
        mode: state.lanes[lane.id]?.mode ?? 'open',
        io: io && { barrier: io.barrier, light: io.light, loops: io.loops, curtain: io.curtain },
        standing: visit && standingRow(visit, state),
      };
    }),
    tracks: current.section.tracks.map(({ id, direction }) => ({
      id,
      direction,
      ...optional('owner', onTrack(state, id)),
    })),
    section: sectionView(state, current),
    crossings: Object.values(state.crossings)
      .sort((a, b) => urgency(a) - urgency(b) || a.since - b.since)
      .slice(0, CROSSINGS_MAX)
      .map((crossing) => crossingRow(crossing, state)),
    recent: state.recent.slice(0, RECENT_MAX).map((crossing) => crossingRow(crossing, state)),
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
    alarms: alarmsView(Object.values(state.alarms)),
    proposals: Object.values(state.proposals)
      .sort((a, b) => a.until - b.until)
      .map(proposalRow),
    cases: casesView(state),
    differences: differencesView(state),
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
