/** What the tests of exchange share: a control daemon that is only a door, a customs list, a line that can be cut. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Observable, Subject } from 'rxjs';
import { parse } from 'yaml';
import { type GateConfig, gateConfig } from '../../config/schema.ts';
import { BATCH_BYTES_MAX } from '../../edge/control/door-inputs.ts';
import type { InputSource, LogName } from '../../edge/core/input.ts';
import type { ControlDoor, ExchangeInput, SubmitAnswer } from '../../edge/exchange/door.ts';
import { chain, EMPTY_HEAD, type JournalEntry, type NewEntry } from '../../edge/journal/journal.ts';
import type { Clock } from '../../edge/platform/clock.ts';
import { GateError } from '../../edge/platform/errors.ts';
import type { AreaReport, ListedChange } from '../../protocols/clearance/words.ts';
import type { CustomsModel } from '../../simulator/world/ports.ts';

/** Resolves once `condition` holds; fails, naming `what`, if it does not within `withinMs`. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 6_000,
) {
  const deadlineMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Folders that vanish with {@link removeFolders}. */
const folders: string[] = [];
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gate-exchange-'));
  folders.push(folder);
  return folder;
}
export const removeFolders = async (): Promise<void> => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
};

/** The configuration that comes with the project, to be changed at will. */
export async function configOf(gate: 'huu-nghi' | 'huu-nghi-quan'): Promise<GateConfig> {
  const path = join(import.meta.dirname, `../../config/${gate}.yaml`);
  return gateConfig.parse(parse(await readFile(path, 'utf8')));
}

export interface Admitted {
  input: ExchangeInput;
  from: InputSource;
}

/** Control as exchange sees it: durable at once, strict about sequence numbers. */
export interface FakeControl {
  readonly door: ControlDoor;
  /** Inputs admitted, without repeats. */
  readonly admitted: Admitted[];
  readonly entries: JournalEntry[];
  /** While set, every call fails and the journal's stream has ended. */
  down: boolean;
  /** Calls back before an input is admitted; may throw. */
  beforeSubmit: (input: ExchangeInput) => void;
  live: unknown;
  /** `at`: its time in the journal, milliseconds since 1970. */
  decide(type: string, body: unknown, at?: number): void;
  boot(): void;
  /** Two people have cleared a fault of one of the two logs. */
  clearFault(log: LogName): void;
  /** Forgets everything after the first `entries` entries, as after a restore from backup. */
  rollBack(entries: number): void;
  of<Type extends ExchangeInput['type']>(type: Type): Extract<ExchangeInput, { type: Type }>[];
}

export function createFakeControl(): FakeControl {
  let entries: JournalEntry[] = [];
  let admitted: (Admitted & { seq: number })[] = [];
  let down = false;
  /** How many faults had been told when one was cleared. */
  const cleared: Record<LogName, number> = { ours: 0, theirs: 0 };
  const appended = new Subject<JournalEntry>();
  const append = (entry: Omit<NewEntry, 'at'>, at?: number): number => {
    const [next] = chain(entries.at(-1) ?? EMPTY_HEAD, [{ at: at ?? entries.length, ...entry }]);
    if (!next) throw new Error('nothing was chained');
    entries.push(next);
    appended.next(next);
    return next.seq;
  };
  const lastSeqOf = (source: string): number =>
    Math.max(0, ...admitted.filter(({ from }) => from.source === source).map(({ from }) => from.seq ?? 0));
  const standing = (log: LogName) =>
    control
      .of('counterpart-fault')
      .slice(cleared[log])
      .find((fault) => fault.log === log) ?? null;
  const stamped = (log: LogName) =>
    control
      .of('time-stamp')
      .filter((stamp) => stamp.log === log)
      .at(-1) ?? null;
  const ifUp = async <T>(work: () => T): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (down) throw new GateError('DOOR_DOWN', 'control is away', 'Start it.');
    return work();
  };

  const control: FakeControl = {
    get admitted() {
      return admitted;
    },
    get entries() {
      return entries;
    },
    get down() {
      return down;
    },
    set down(value) {
      down = value;
    },
    beforeSubmit: () => undefined,
    live: { vehicles: {}, bays: {} },
    decide(type, body, at) {
      append({ kind: 'decision', type, body: JSON.stringify(body) }, at);
    },
    clearFault(log) {
      cleared[log] = control.of('counterpart-fault').length;
      append({ kind: 'decision', type: 'log-fault-cleared', body: JSON.stringify({ log }) });
    },
    boot() {
      append({ kind: 'input', type: 'boot', body: '{}' });
    },
    rollBack(count) {
      entries = entries.slice(0, count);
      admitted = admitted.filter(({ seq }) => seq <= count);
    },
    of: (type) =>
      admitted
        .map(({ input }) => input)
        .filter((input): input is Extract<ExchangeInput, { type: typeof type }> => input.type === type),
    door: {
      async submitAll(batch) {
        const bytes = Buffer.byteLength(batch.map((item) => JSON.stringify(item)).join('\n'));
        if (bytes > BATCH_BYTES_MAX)
          throw new GateError('BODY_TOO_LARGE', `${bytes} bytes`, 'Send less at once.');
        const answers: (SubmitAnswer | GateError)[] = [];
        for (const { input, from } of batch) {
          try {
            answers.push(await control.door.submit(input, from));
          } catch (error) {
            if (!(error instanceof GateError)) throw error;
            return [...answers, error];
          }
        }
        return answers;
      },
      submit: (input, from) =>
        ifUp(() => {
          const known = admitted.find((one) => one.from.source === from.source && one.from.id === from.id);
          if (known) return { seq: known.seq, repeated: true };
          if (from.seq !== undefined && from.seq !== lastSeqOf(from.source) + 1)
            throw new GateError(
              'GAP',
              `${from.source} ${from.seq} after ${lastSeqOf(from.source)}`,
              'Ask for the cursor.',
            );
          control.beforeSubmit(input);
          const seq = append({ kind: 'input', type: input.type, body: JSON.stringify({ ...input, from }) });
          admitted.push({ input, from, seq });
          return { seq, repeated: false };
        }),
      state: () =>
        ifUp(() => ({
          sources: Object.fromEntries(admitted.map(({ from }) => [from.source, lastSeqOf(from.source)])),
          witness: control.of('counterpart-head').at(-1) ?? null,
          logFaults: { ours: standing('ours'), theirs: standing('theirs') },
          timeStamps: { ours: stamped('ours'), theirs: stamped('theirs') },
        })),
      live: () => ifUp(() => control.live),
      read: (after, limit) => ifUp(() => entries.slice(after, after + limit)),
      follow: (afterSeq) =>
        new Observable((subscriber) => {
          for (const entry of entries.slice(afterSeq)) subscriber.next(entry);
          return appended.subscribe(subscriber);
        }),
    },
  };
  return control;
}

/** A customs list that the test writes. */
export interface FakeCustoms extends CustomsModel {
  list(change: ListedChange): void;
}
export function createFakeCustoms(): FakeCustoms {
  const log: ListedChange[] = [];
  const reports: AreaReport[] = [];
  const changes = new Subject<ListedChange>();
  return {
    log,
    changes,
    reports,
    list(change) {
      log.push(change);
      changes.next(change);
    },
    report(report) {
      if (reports.some(({ reportId }) => reportId === report.reportId)) return 'duplicate';
      reports.push(report);
      return 'accepted';
    },
  };
}

export const booking = (container: string, bookingId = `b-${container}`): ListedChange => ({
  type: 'booking',
  bookingId,
  direction: 'export',
  container,
  truckPlate: '12C-123.45',
  declarations: [`D-${container}`],
  grossKg: 24_000,
  seals: ['VN123456'],
});
export const clearance = (
  container: string,
  version: number,
  status: 'registered' | 'inspected' | 'released' | 'withdrawn' = 'released',
): ListedChange => ({
  type: 'clearance',
  declaration: `D-${container}`,
  container,
  kind: 'export',
  channel: 'green',
  status,
  version,
  source: 'VNACCS',
});

/** Time that runs `factor` times faster, for waiting that is long by design. */
export const hurried = (clock: Clock, factor: number): Clock => ({
  nowMs: () => clock.nowMs(),
  monotonicMs: () => clock.monotonicMs() * factor,
  after: (delayMs, task) => clock.after(delayMs / factor, task),
  every: (periodMs, task) => clock.every(periodMs / factor, task),
});

/** A TCP line with an address known beforehand, which can be pointed elsewhere and cut. */
export interface Wire {
  readonly port: number;
  /** Where it leads; nowhere while undefined. */
  to: number | undefined;
  /** Breaks what is connected now. */
  cut(): void;
  close(): Promise<void>;
}
export async function createWire(): Promise<Wire> {
  const sockets = new Set<net.Socket>();
  const couple = (a: net.Socket, b: net.Socket): void => {
    sockets.add(a);
    a.on('error', () => b.destroy());
    a.on('close', () => {
      sockets.delete(a);
      b.destroy();
    });
    a.pipe(b);
  };
  const server = net.createServer((near) => {
    if (wire.to === undefined) return near.destroy();
    const far = net.connect(wire.to, '127.0.0.1');
    couple(near, far);
    couple(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const wire: Wire = {
    port: (server.address() as AddressInfo).port,
    to: undefined,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return wire;
}
