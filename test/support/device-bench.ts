/** What the tests of a driver on its own connection need: a context that remembers, and reports that can be waited for. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import type { DeviceInput } from '../../edge/core/input.ts';
import type { Driver, DriverContext } from '../../edge/drivers/driver.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import type { ScaleModel, ScaleState, Sighting, SightingModel } from '../../simulator/world/ports.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** One pixel, PNG. */
export const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg==',
  'base64',
);
export const onePixelDigest = sha256(onePixel);

export interface HandCamera extends SightingModel {
  see(text: string, more?: Partial<Sighting>): void;
}
export function handCamera(): HandCamera {
  const sightings = new Subject<Sighting>();
  return {
    sightings,
    picture: () => onePixel,
    see: (text, more) => sightings.next({ text, quality: 950, country: 'VN', ...more }),
  };
}

export interface HandScale extends ScaleModel {
  put(state: ScaleState): void;
}
export function handScale(): HandScale {
  const changes = new Subject<ScaleState>();
  let state: ScaleState = { grossKg: 0, motion: false };
  return {
    changes,
    get state() {
      return state;
    },
    put(next) {
      state = next;
      changes.next(next);
    },
  };
}

export interface DeviceBench {
  readonly ctx: DriverContext;
  /** What was kept aside. */
  readonly quarantined: Buffer[];
  /** Digests of the pictures on disk. */
  readonly saved: Set<string>;
}
export function deviceBench(folder = ''): DeviceBench {
  const quarantined: Buffer[] = [];
  const saved = new Set<string>();
  const ctx: DriverContext = {
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    keysDir: folder,
    resolvePath: (path) => join(folder, path),
    quarantine: {
      keep(device, channel, bytes, reason) {
        quarantined.push(Buffer.from(bytes));
        return { type: 'malformed', device, channel, reason, sha256: sha256(bytes), sizeBytes: bytes.length };
      },
    },
    images: {
      async save(bytes) {
        saved.add(sha256(bytes));
        return sha256(bytes);
      },
    },
  };
  return { ctx, quarantined, saved };
}

type Report<T extends DeviceInput['type']> = Extract<DeviceInput, { type: T }>;

export interface Watched {
  readonly driver: Driver;
  readonly all: readonly DeviceInput[];
  of<T extends DeviceInput['type']>(type: T): Report<T>[];
  /** Every status so far, in order. */
  statuses(): string[];
  /** The first report of that type after those already waited for that fits; fails after `timeoutMs`. */
  next<T extends DeviceInput['type']>(
    type: T,
    fits?: (report: Report<T>) => boolean,
    timeoutMs?: number,
  ): Promise<Report<T>>;
  online(): Promise<unknown>;
}

/** Starts `driver` and remembers all it reports. */
export async function watch(driver: Driver): Promise<Watched> {
  const all: DeviceInput[] = [];
  const news = new Subject<void>();
  let taken = 0;
  driver.reports$.subscribe((report) => {
    all.push(report);
    news.next();
  });
  await driver.start();
  const isA = <T extends DeviceInput['type']>(
    report: DeviceInput | undefined,
    type: T,
  ): report is Report<T> => report?.type === type;

  const watched: Watched = {
    driver,
    all,
    of: (type) => all.filter((report) => isA(report, type)),
    statuses: () => watched.of('device-status').map(({ status }) => status),
    online: () => watched.next('device-status', ({ status }) => status === 'online'),
    next: (type, fits = () => true, timeoutMs = 6_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          while (taken < all.length) {
            const report = all[taken];
            taken += 1;
            if (!isA(report, type) || !fits(report)) continue;
            clearTimeout(timer);
            subscription.unsubscribe();
            resolve(report);
            return;
          }
        };
        const timer = setTimeout(() => {
          subscription.unsubscribe();
          reject(new Error(`no such ${type} within ${timeoutMs} ms; reported: ${JSON.stringify(all)}`));
        }, timeoutMs);
        const subscription = news.subscribe(look);
        look();
      }),
  };
  return watched;
}

/** Waits until `condition` holds; fails after `timeoutMs`. */
export async function until(condition: () => boolean, what: string, timeoutMs = 6_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
