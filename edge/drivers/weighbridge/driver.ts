/**
 * Weighbridges that send their weight continuously, over a serial line or raw TCP.
 *
 * The device is online once a good frame came, not when the line opened: a line without an indicator opens too.
 */
import { Observable, retry, type Subscription } from 'rxjs';
import type { WeighbridgeConfig } from '../../../config/schema.ts';
import { createFrameReader } from '../../../protocols/weighbridge/frame-reader.ts';
import { decodeMettlerToledo, mettlerToledoFormat } from '../../../protocols/weighbridge/mettler-toledo.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { createBackOff } from '../back-off.ts';
import { createDeviceReports } from '../device-reports.ts';
import type { Driver, DriverContext } from '../driver.ts';
import { type LineEvent, openLine } from './line.ts';
import { createSettling } from './settle.ts';

export interface WeighbridgeTiming {
  /** First pause after a lost line; each further one is twice as long, with jitter. */
  backOffFirstMs: number;
  backOffMaxMs: number;
  /** No gap within a frame is longer; what waits for more bytes after it is given up. Device servers collect bytes for up to 200 ms. */
  gapMsMax: number;
}
export const weighbridgeTiming: WeighbridgeTiming = { backOffFirstMs: 500, backOffMaxMs: 30_000, gapMsMax: 500 };

/** Garbage of one burst that is kept; the rest is only counted. */
const KEPT_BYTES_MAX = 256;

/** The driver of one weighbridge. `timing` is for tests. */
export function createWeighbridgeDriver(
  device: WeighbridgeConfig,
  ctx: DriverContext,
  timing: WeighbridgeTiming = weighbridgeTiming,
): Driver {
  const { clock } = ctx;
  const { connection } = device;
  const channel = connection.via === 'serial' ? connection.path : `${connection.host}:${connection.port}`;
  const reports = createDeviceReports(device.id, ctx);
  const backOff = createBackOff(ctx.random, { firstMs: timing.backOffFirstMs, maxMs: timing.backOffMaxMs });
  const reader = createFrameReader(mettlerToledoFormat({ checksum: device.checksum }));
  const settling = createSettling();
  let running: Subscription | undefined;
  let cancelSilence = (): void => {};
  let lastBytesAtMs = 0;
  let joining = true;
  let garbage = { bytes: Buffer.alloc(0), count: 0, told: false };

  /** Whatever the scale says next is news. */
  const forget = (): void => {
    reader.flush();
    settling.reset();
    garbage = { bytes: Buffer.alloc(0), count: 0, told: false };
  };

  const awaitSilence = (): void => {
    cancelSilence();
    cancelSilence = clock.after(device.staleAfterMs, () => {
      settling.reset();
      reports.become('stale', `no weight for ${device.staleAfterMs} ms`);
    });
  };

  /** One report a burst: at its end, or once it is long, for a line at a wrong baud rate never ends. */
  const tellGarbage = (): void => {
    if (garbage.told || garbage.count === 0) return;
    garbage.told = true;
    reports.unreadable(channel, garbage.bytes, `${garbage.count} bytes that are no frame`);
  };

  function dropped(bytes: Uint8Array): void {
    const room = KEPT_BYTES_MAX - garbage.bytes.length;
    if (room > 0) garbage.bytes = Buffer.concat([garbage.bytes, bytes.subarray(0, room)]);
    garbage.count += bytes.length;
    if (garbage.count >= KEPT_BYTES_MAX) tellGarbage();
  }

  function frame(bytes: Uint8Array, atMs: number): void {
    // Joining a line in the middle of a frame is no fault of anybody.
    const isTail = joining && garbage.count < bytes.length;
    joining = false;
    if (!isTail) tellGarbage();
    garbage = { bytes: Buffer.alloc(0), count: 0, told: false };

    const decoded = decodeMettlerToledo(bytes);
    if (!decoded.ok) {
      reports.unreadable(channel, bytes, decoded.message);
      return;
    }
    backOff.reset();
    awaitSilence();
    reports.become('online', 'sends weights');
    const state = settling.accept(decoded.value, atMs);
    if (state !== undefined) reports.report({ type: 'weight', device: device.id, ...state });
  }

  function received(bytes: Buffer): void {
    const atMs = clock.monotonicMs();
    const events = atMs - lastBytesAtMs > timing.gapMsMax ? reader.flush() : [];
    lastBytesAtMs = atMs;
    for (const event of [...events, ...reader.push(bytes)]) {
      if (event.kind === 'frame') frame(event.bytes, atMs);
      else dropped(event.bytes);
    }
  }

  function onLine(event: LineEvent): void {
    if (event.kind === 'bytes') return received(event.bytes);
    forget();
    joining = true;
    lastBytesAtMs = clock.monotonicMs();
    awaitSilence();
  }

  const lost = (error: unknown): Observable<void> => {
    cancelSilence();
    forget();
    reports.become('offline', messageOf(error));
    return new Observable((subscriber) => clock.after(backOff.nextMs(), () => subscriber.next()));
  };

  return {
    devices: [device.id],
    reports$: reports.reports$.asObservable(),
    async start() {
      running ??= openLine(connection, ctx.resolvePath).pipe(retry({ delay: lost })).subscribe(onLine);
    },
    async send(command) {
      throw new GateError(
        'COMMAND_NOT_SUPPORTED',
        `${device.id} is a weighbridge and takes no command ${command.kind}`,
        'This is a fault of the gate software; report it.',
      );
    },
    async stop() {
      running?.unsubscribe();
      cancelSilence();
      reports.reports$.complete();
    },
  };
}
