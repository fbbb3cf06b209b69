/** A control daemon as the console sees it: a state, a journal, and a door that can be shut. */
import { readFileSync } from 'node:fs';
import { Observable } from 'rxjs';
import { loadConfig } from '../../../config/load.ts';
import type { GateConfig } from '../../../config/schema.ts';
import type { ConsoleDoor } from '../../../edge/console/door.ts';
import { type AlarmCode, alarmCatalogue } from '../../../edge/core/alarm-catalogue.ts';
import type { Discrepancy } from '../../../edge/core/custody-state.ts';
import type { CustomsCase } from '../../../edge/core/outage-state.ts';
import { reason } from '../../../edge/core/reasons.ts';
import {
  type Alarm,
  type Crossing,
  type GateState,
  initialState,
  type Visit,
} from '../../../edge/core/state.ts';
import { chain, EMPTY_HEAD, type JournalEntry } from '../../../edge/journal/journal.ts';
import { GateError } from '../../../edge/platform/errors.ts';

export const START = Date.UTC(2026, 2, 10, 1, 30);

/** The Vietnamese gate, its console on a free port. */
export function testConfig(): GateConfig {
  const config = loadConfig(new URL('../../../config/huu-nghi.yaml', import.meta.url).pathname);
  return { ...config, console: { host: '127.0.0.1', port: 0 } };
}

/** A gate at rest: every device online, every lane empty. */
export function quietState(config: GateConfig): GateState {
  const state: GateState = {
    ...initialState(),
    now: START,
    coreVersion: 'test',
    config,
    link: { up: true, reads: 2 },
  };
  state.feeds.customs = START - 4_000;
  for (const device of config.devices) {
    state.devices[device.id] = { status: 'online', reason: '', malformed: 0 };
    if (device.kind === 'lane-io')
      state.laneIo[device.id] = {
        loops: { approach: false, under: false, exit: false },
        curtain: 'clear',
        barrier: device.id.startsWith('io-bay') ? 'none' : 'down',
        light: device.id.startsWith('io-bay') ? 'dark' : 'red',
      };
    if (device.kind === 'crane')
      state.cranes[device.id] = {
        mode: 'automatic',
        spreader: { landed: false, locked: false, unlocked: true, loaded: false },
        position: 's-03',
        hoistClear: true,
      };
    if (device.kind === 'vehicle')
      state.vehicles[device.id] = {
        report: {
          orderId: '',
          orderUpdateId: 0,
          lastNodeId: device.homeNode,
          lastNodeSequenceId: 0,
          nodesAhead: [],
          driving: false,
          paused: false,
          mode: 'AUTOMATIC',
          loads: [],
          actions: [],
          eStop: 'NONE',
          localized: true,
          batteryPercent: 87,
          charging: false,
          errors: [],
        },
        crossing: null,
        homeward: null,
        goal: null,
        order: null,
        way: [],
        authority: null,
        pausedByUs: false,
        inService: true,
        low: false,
      };
  }
  for (const lane of config.lanes)
    state.lanes[lane.id] = {
      visit: null,
      stopped: false,
      raised: false,
      leftAt: 0,
      blind: false,
      mode: 'open',
    };
  return state;
}

export function exportCrossing(over: Partial<Crossing> = {}): Crossing {
  return {
    id: 'c-1',
    direction: 'export',
    load: 'laden',
    stage: 'at-border-out',
    containers: [
      { number: 'CSQU3054383', seals: ['VN001'], grossKg: 24_150, declarations: ['301234567890'] },
    ],
    since: START - 240_000,
    truck: { plate: '12C-045.67', phase: 'gone' },
    vehicle: { id: 'xe-1', home: 'huu-nghi', plate: '12C-123.45' },
    lanes: {},
    bays: {},
    jobFailures: 0,
    findings: [],
    verdict: 'hold',
    reasons: [reason('NOT_RELEASED', '301234567890, luồng vàng')],
    ...over,
  };
}

/** An alarm as the core keeps it, announced. */
export function alarm(code: AlarmCode, subject: string, over: Partial<Alarm> = {}): Alarm {
  const { priority, text, action } = alarmCatalogue[code];
  return {
    id: `${code}/${subject}`,
    code,
    subject,
    priority,
    state: 'raised',
    raisedAt: START,
    count: 1,
    announced: true,
    text,
    action,
    ...over,
  };
}

/** A case for customs: a release that was taken back after delivery. */
export function customsCase(over: Partial<CustomsCase> = {}): CustomsCase {
  return {
    id: 'huu-nghi-c1',
    crossing: 'c-0',
    containers: ['CSQU3054383'],
    passedAt: START - 86_400_000,
    openedAt: START - 60_000,
    reasons: [reason('CLEARANCE_WITHDRAWN', 'CSQU3054383 under 301234567890', 'VNACCS')],
    closableBy: ['customs-officer', 'customs-leader'],
    ...over,
  };
}

/** A vehicle that stands before a barrier and is held by customs. */
export function heldVisit(over: Partial<Visit> = {}): Visit {
  return {
    id: 'v-1',
    since: START - 20_000,
    lineFreeAt: 0,
    plates: [
      { device: 'anpr-border-out-1', readId: 'r1', value: '12C-123.45', quality: 962, at: START - 18_000 },
    ],
    trailers: [],
    containers: [
      { device: 'ocr-border-out-1', readId: 'r2', value: 'CSQU3054383', quality: 940, at: START - 17_000 },
      { device: 'ocr-border-out-1', readId: 'r3', value: 'CSQU3054388', quality: 610, at: START - 16_000 },
    ],
    observations: [],
    crossing: 'c-1',
    load: 'laden',
    verdict: 'hold',
    reasons: [reason('NOT_RELEASED', '301234567890, luồng vàng')],
    released: false,
    opened: false,
    under: false,
    through: false,
    cleared: false,
    unobserved: false,
    ...over,
  };
}

/** The quiet gate with a held crossing in `border-out-1`. */
export function heldState(config: GateConfig): GateState {
  const state = quietState(config);
  state.crossings['c-1'] = exportCrossing();
  const lane = state.lanes['border-out-1'];
  if (lane) lane.visit = heldVisit();
  const io = state.laneIo['io-border-out-1'];
  if (io) io.loops.approach = true;
  state.owners['track:south/1'] = 'move-7';
  state.owners['slot:s-02'] = 'c-1';
  return state;
}

export interface FakeGate extends ConsoleDoor {
  readonly journal: readonly JournalEntry[];
  /** Acts handed over so far. */
  readonly acts: readonly string[];
  /** Writes entries and lets followers have them. */
  append(...entries: { type: string; kind?: JournalEntry['kind']; body?: unknown }[]): void;
  /** Replaces the state and writes an entry, as the real one does. */
  become(state: unknown): void;
  /** Control daemon gone: everything rejects, followers fail. */
  shut(): void;
  open(): void;
  /** The next act is refused like this. */
  refuseActs(error: GateError): void;
}

export function fakeGate(first: unknown): FakeGate {
  const journal: JournalEntry[] = [];
  const acts: string[] = [];
  const followers = new Set<{ next(entry: JournalEntry): void; error(error: unknown): void }>();
  let state = first;
  let closed = false;
  let refusal: GateError | undefined;
  const gone = (): GateError =>
    new GateError('DOOR_GONE', 'nobody answers at the door', 'start gate control');
  const answer = <T>(value: () => T): Promise<T> =>
    closed ? Promise.reject(gone()) : Promise.resolve(value());

  const gate: FakeGate = {
    journal,
    acts,
    state: () => answer(() => JSON.parse(JSON.stringify(state)) as unknown),
    read: (after, limit) => answer(() => journal.filter((entry) => entry.seq > after).slice(0, limit)),
    follow: (after) =>
      new Observable<JournalEntry>((subscriber) => {
        if (closed) return subscriber.error(gone());
        for (const entry of journal) if (entry.seq > after) subscriber.next(entry);
        followers.add(subscriber);
        return () => followers.delete(subscriber);
      }),
    submitJws: async (jws) => {
      if (closed) throw gone();
      if (refusal) throw refusal;
      acts.push(jws);
      gate.append({ type: 'operator-act', body: { jws } });
      return { seq: journal.length };
    },
    append(...entries) {
      const added = chain(
        journal.at(-1) ?? EMPTY_HEAD,
        entries.map(({ type, kind = 'input', body = {} }) => ({
          at: START + journal.length,
          kind,
          type,
          body: JSON.stringify(body),
        })),
      );
      journal.push(...added);
      for (const entry of added) for (const follower of followers) follower.next(entry);
    },
    become(next) {
      state = next;
      gate.append({ type: 'lane-io', body: { device: 'io-border-out-1' } });
    },
    shut() {
      closed = true;
      for (const follower of [...followers]) follower.error(gone());
      followers.clear();
    },
    open() {
      closed = false;
    },
    refuseActs(error) {
      refusal = error;
    },
  };
  return gate;
}

/** The page's source, to compare what is served. */
export const webFile = (name: string): string =>
  readFileSync(new URL(`../../../edge/console/web/${name}`, import.meta.url), 'utf8');

/** A seal that the other side has found changed, inspected by both, and not closed by us yet. */
export const discrepancy = (more: Partial<Discrepancy> = {}): Discrepancy => ({
  id: 'huu-nghi-quan-d1',
  move: 'huu-nghi-m7',
  custodyPoint: 'set-down',
  openedBy: 'huu-nghi-quan',
  openedAt: START - 3_600_000,
  differences: [
    {
      code: 'SEAL_NUMBER',
      container: 'CSQU3054383',
      expected: 'VN0001',
      found: 'X9',
      text: [{ lang: 'zh', text: '封志号不同' }],
    },
  ],
  deadlineAt: START + 3_600_000,
  place: 's-03',
  custodian: 'huu-nghi-quan',
  inspections: [
    { by: 'huu-nghi-quan', at: START - 60_000, inspectors: ['Hoa', 'Wei'], outcome: 'confirmed' },
  ],
  closed: { 'huu-nghi-quan': { outcome: 'as-found', at: START - 30_000 } },
  overdue: false,
  ...more,
});
