/** A bench for OPC UA drivers: the real server and stack, with readers and a crane that the test moves by hand. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Observable, Subject } from 'rxjs';
import {
  type ContainerReaderConfig,
  type CraneConfig,
  containerReaderDevice,
  craneDevice,
} from '../../config/schema.ts';
import type { DeviceInput } from '../../edge/core/input.ts';
import { createContainerReaderDriver } from '../../edge/drivers/container-reader/driver.ts';
import { createCraneDriver } from '../../edge/drivers/crane/driver.ts';
import type { Driver, DriverContext } from '../../edge/drivers/driver.ts';
import type { OpcuaTiming } from '../../edge/drivers/opcua/timing.ts';
import { prepareOpcuaTrust } from '../../edge/drivers/opcua/trust.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import {
  type OpcuaServer,
  type OpcuaServerOptions,
  startOpcuaServer,
} from '../../simulator/devices/opcua-server.ts';
import type {
  CraneJob,
  CraneModel,
  CraneState,
  Sighting,
  SightingModel,
} from '../../simulator/world/ports.ts';

/** Impatient, so that a test takes seconds. */
export const quickTiming: Partial<OpcuaTiming> = {
  backoffMinMs: 50,
  backoffMaxMs: 400,
  serverSilentMs: 4_000,
  requestMs: 2_000,
  publishMs: 50,
};
export const heartbeatMs = 100;

export interface HandReader extends SightingModel {
  see(text: string, quality?: number): void;
}
export function handReader(): HandReader {
  const sightings = new Subject<Sighting>();
  return {
    sightings,
    picture: () => new Uint8Array(),
    see: (text, quality = 980) => sightings.next({ text, quality }),
  };
}

export interface HandCrane extends CraneModel {
  /** Jobs accepted, in order: a job that started twice is here twice. */
  readonly started: readonly string[];
  move(change: Partial<CraneState>): void;
  setJob(jobId: string, change: Partial<CraneJob>): void;
  /** What `start` answers from now on instead of accepting. */
  answer: 'busy' | undefined;
}
export function handCrane(): HandCrane {
  const changes = new Subject<CraneState>();
  const jobChanges = new Subject<CraneJob>();
  const jobs: CraneJob[] = [];
  const started: string[] = [];
  let state: CraneState = {
    mode: 'automatic',
    spreader: { landed: false, locked: false, unlocked: true, loaded: false },
    position: 's-01',
    hoistClear: true,
  };
  const crane: HandCrane = {
    answer: undefined,
    started,
    changes,
    jobChanges,
    jobs,
    get state() {
      return state;
    },
    move(change) {
      state = { ...state, ...change };
      changes.next(state);
    },
    setJob(jobId, change) {
      const job = jobs.find((candidate) => candidate.jobId === jobId);
      if (!job) throw new Error(`no job ${jobId}`);
      Object.assign(job, change);
      jobChanges.next(job);
    },
    start(job) {
      if (jobs.some(({ jobId }) => jobId === job.jobId)) return 'duplicate';
      if (crane.answer) return crane.answer;
      started.push(job.jobId);
      const running: CraneJob = { ...job, state: 'running' };
      jobs.push(running);
      jobChanges.next(running);
      return 'accepted';
    },
    stop(jobId) {
      const job = jobs.find((candidate) => candidate.jobId === jobId);
      if (job?.state !== 'running' && job?.state !== 'allowed') return false;
      crane.setJob(jobId, { state: 'interrupted' });
      return true;
    },
  };
  return crane;
}

/** Remembers what a driver reported and lets a test wait for the next report that fits. */
export interface Recorder {
  readonly all: DeviceInput[];
  of<T extends DeviceInput['type']>(type: T): Extract<DeviceInput, { type: T }>[];
  /** The first report after those already waited for that fits; fails after `timeoutMs`. */
  next<T extends DeviceInput['type']>(
    type: T,
    fits?: (report: Extract<DeviceInput, { type: T }>) => boolean,
    timeoutMs?: number,
  ): Promise<Extract<DeviceInput, { type: T }>>;
}
export function record(reports$: Observable<DeviceInput>): Recorder {
  const all: DeviceInput[] = [];
  let taken = 0;
  let wake = (): void => {};
  reports$.subscribe((report) => {
    all.push(report);
    wake();
  });
  const of: Recorder['of'] = (type) =>
    all.filter((report): report is Extract<DeviceInput, { type: typeof type }> => report.type === type);
  return {
    all,
    of,
    async next(type, fits = () => true, timeoutMs = 8_000) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        for (; taken < all.length; ) {
          const report = all[taken++];
          if (report?.type === type && fits(report as Extract<DeviceInput, { type: typeof type }>)) {
            return report as Extract<DeviceInput, { type: typeof type }>;
          }
        }
        const leftMs = deadline - performance.now();
        if (leftMs <= 0)
          throw new Error(`no such ${type} within ${timeoutMs} ms; reported: ${JSON.stringify(all)}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, leftMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, what: string, timeoutMs = 8_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface OpcuaBench {
  readonly reader: HandReader;
  readonly crane: HandCrane;
  readonly server: OpcuaServer;
  /** What was kept aside, as text. */
  readonly quarantined: string[];
  readonly ctx: DriverContext;
  readerConfig(change?: Partial<ContainerReaderConfig>): ContainerReaderConfig;
  craneConfig(change?: Partial<CraneConfig>): CraneConfig;
  /** Makes, records and starts a driver; `close` stops it. */
  run(driver: Driver): Promise<{ driver: Driver; reports: Recorder }>;
  /** Starts a server on the port of the one that is gone. */
  restart(change?: Partial<OpcuaServerOptions>): Promise<void>;
  close(): Promise<void>;
}

/** Starts the bench; `trusted: false` leaves both sides strangers, `certifiedAtMs` dates their certificates back. */
export async function openOpcuaBench(
  options: { trusted?: boolean; certifiedAtMs?: number } = {},
): Promise<OpcuaBench> {
  const folder = await mkdtemp(join(tmpdir(), 'opcua-'));
  const keysDir = join(folder, 'keys');
  const pkiDir = join(folder, 'server');
  if (options.trusted !== false) {
    const { certifiedAtMs = systemClock.nowMs() } = options;
    await prepareOpcuaTrust({
      clientKeysDir: keysDir,
      serverPkiDir: pkiDir,
      clock: { ...systemClock, nowMs: () => certifiedAtMs },
      random: systemRandom,
    });
  }
  const reader = handReader();
  const crane = handCrane();
  const serve = (port: number, change: Partial<OpcuaServerOptions> = {}): Promise<OpcuaServer> =>
    startOpcuaServer({
      port,
      pkiDir,
      readers: new Map([['ocr-1', reader]]),
      cranes: new Map([['crane-1', crane]]),
      clock: systemClock,
      heartbeatMs,
      ...change,
    });
  let server = await serve(0);
  const quarantined: string[] = [];
  const drivers: Driver[] = [];
  const ctx: DriverContext = {
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    keysDir,
    resolvePath: (path) => join(folder, path),
    quarantine: {
      keep(device, channel, bytes, reason) {
        quarantined.push(Buffer.from(bytes).toString());
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return { type: 'malformed', device, channel, reason, sha256, sizeBytes: bytes.length };
      },
    },
    images: { save: async (bytes) => createHash('sha256').update(bytes).digest('hex') },
  };
  const common = { endpointUrl: server.endpointUrl, staleAfterMs: 1_500 };
  return {
    reader,
    crane,
    get server() {
      return server;
    },
    quarantined,
    ctx,
    readerConfig: (change) => ({
      ...containerReaderDevice.parse({
        kind: 'container-reader',
        id: 'ocr-lane-1',
        object: 'ocr-1',
        ...common,
      }),
      ...change,
    }),
    craneConfig: (change) => ({
      ...craneDevice.parse({ kind: 'crane', id: 'crane-yard', object: 'crane-1', ...common }),
      ...change,
    }),
    async run(driver) {
      drivers.push(driver);
      const reports = record(driver.reports$);
      await driver.start();
      return { driver, reports };
    },
    async restart(change) {
      server = await serve(server.port, change);
    },
    async close() {
      await Promise.all(drivers.map((driver) => driver.stop()));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Reader and crane of a bench, both running. */
export const runReader = (bench: OpcuaBench, change?: Partial<ContainerReaderConfig>) =>
  bench.run(createContainerReaderDriver(bench.readerConfig(change), bench.ctx, quickTiming));
export const runCrane = (bench: OpcuaBench, change?: Partial<CraneConfig>) =>
  bench.run(createCraneDriver(bench.craneConfig(change), bench.ctx, quickTiming));
export const online = ({ status }: { status: string }): boolean => status === 'online';
