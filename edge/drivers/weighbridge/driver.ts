/**
 * Weighbridges that send their weight continuously, over a serial line or raw TCP.
 *
 * The device is online once a good frame came, not when the line opened: a line without an indicator opens too.
 */
import { map, merge, Observable, retry, Subject, type Subscription } from 'rxjs';
import type { WeighbridgeConfig } from '../../../config/schema.ts';
import { createFrameReader } from '../../../protocols/weighbridge/frame-reader.ts';
import { decodeMettlerToledo, mettlerToledoFormat } from '../../../protocols/weighbridge/mettler-toledo.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { createBackOff } from '../back-off.ts';
import { createDeviceReports } from '../device-reports.ts';
import type { Driver, DriverContext } from '../driver.ts';
import { createLine, type LineEvent } from './line.ts';
import { createSettling } from './settle.ts';

export interface WeighbridgeTiming {
  /** First pause after a lost line; each further one is twice as long, with jitter. */
  backOffFirstMs: number;
  backOffMaxMs: number;
  /** No gap within a frame is longer; what waits for more bytes after it is given up. Device servers collect bytes for up to 200 ms. */
  gapMsMax: number;
}
export const weighbridgeTiming: WeighbridgeTiming = {
  backOffFirstMs: 500,
  backOffMaxMs: 30_000,
  gapMsMax: 500,
};

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
  const format = mettlerToledoFormat({ checksum: device.checksum });
  const reader = createFrameReader(format);
  const line = createLine(connection, ctx.resolvePath);
  const silence$ = new Subject<GateError>();
  const settling = createSettling();
  let running: Subscription | undefined;
  let cancelSilence = (): void => {};
  let lastBytesAtMs = 0;
  let joining = true;
  let garbage = noGarbage();
  let lastFault: string | undefined;

  /** Whatever the scale says next is news. */
  const forget = (): void => {
    reader.flush();
    settling.reset();
    garbage = noGarbage();
    lastFault = undefined;
  };

  /**
   * First the weight is stale; then the line is opened anew. A line whose adapter was unplugged reads as empty for ever
   * (serialport then spins), and a device server that died without a word looks the same.
   */
  const awaitSilence = (): void => {
    cancelSilence();
    cancelSilence = clock.after(device.staleAfterMs, () => {
      tellGarbage();
      settling.reset();
      if (reports.status !== 'offline') reports.become('stale', `no weight for ${device.staleAfterMs} ms`);
      cancelSilence = clock.after(device.staleAfterMs, () =>
        silence$.next(
          new GateError(
            'LINE_SILENT',
            `${channel}: open, but no weight for ${2 * device.staleAfterMs} ms`,
            'Check that the indicator is on and set to continuous output, and the baud rate in the configuration.',
          ),
        ),
      );
    });
  };

  /** One report a burst: at its end, or once it is long, for a line at a wrong baud rate never ends. */
  function tellGarbage(): void {
    // Joining a line in the middle of a frame is nobody's fault.
    const isTail = joining && garbage.count < format.lengthBytes;
    if (garbage.told || garbage.count === 0 || isTail) return;
    garbage.told = true;
    reports.unreadable(channel, garbage.bytes, `${garbage.count} bytes that are no frame`);
  }

  function dropped(bytes: Uint8Array): void {
    const room = KEPT_BYTES_MAX - garbage.bytes.length;
    if (room > 0) garbage.bytes = Buffer.concat([garbage.bytes, bytes.subarray(0, room)]);
    garbage.count += bytes.length;
    if (garbage.count >= KEPT_BYTES_MAX) tellGarbage();
  }

  function frame(bytes: Uint8Array, atMs: number): void {
    tellGarbage();
    joining = false;
    garbage = noGarbage();

    const decoded = decodeMettlerToledo(bytes);
    if (!decoded.ok) {
      // Twenty times a second the same fault: once is enough until it ends.
      if (decoded.fault !== lastFault) reports.unreadable(channel, bytes, decoded.message);
      lastFault = decoded.fault;
      return;
    }
    lastFault = undefined;
    backOff.reset();
    awaitSilence();
    const state = settling.accept(decoded.value, atMs);
    if (state !== undefined) reports.report({ type: 'weight', device: device.id, ...state });
    // After the weight: once online, the last weight told counts as fresh.
    reports.become('online', 'sends weights');
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

  function opened(): void {
    forget();
    joining = true;
    lastBytesAtMs = clock.monotonicMs();
    awaitSilence();
  }

  function onLine(event: LineEvent): void {
    if (event.kind === 'bytes') received(event.bytes);
    else opened();
  }

  const lost = (error: unknown): Observable<void> => {
    cancelSilence();
    tellGarbage();
    forget();
    reports.become('offline', messageOf(error));
    return new Observable((subscriber) => clock.after(backOff.nextMs(), () => subscriber.next()));
  };

  return {
    devices: [device.id],
    reports$: reports.reports$.asObservable(),
    async start() {
      const silent$ = silence$.pipe(
        map((error) => {
          throw error;
        }),
      );
      running ??= merge(line.events$, silent$)
        .pipe(retry({ delay: lost }))
        .subscribe(onLine);
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
      await line.closed();
    },
  };
}

interface Garbage {
  /** The first of the burst. */
  bytes: Buffer;
  /** All of it. */
  count: number;
  told: boolean;
}
const noGarbage = (): Garbage => ({ bytes: Buffer.alloc(0), count: 0, told: false });
