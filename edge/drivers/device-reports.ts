/** What a driver of one device on its own connection tells: its status when that changes, its reports, what it could not read. */
import { Subject } from 'rxjs';
import type { DeviceInput, DeviceStatus } from '../core/input.ts';
import type { DriverContext } from './driver.ts';

/** Unreadable bytes are all kept aside, but only so often told: a device gone mad must not fill the journal. */
const MALFORMED_EVERY_MS = 10_000;

export interface DeviceReports {
  readonly reports$: Subject<DeviceInput>;
  readonly status: DeviceStatus['status'] | undefined;
  /** Reports a status if it is another than the last one; only then is it logged. */
  become(status: DeviceStatus['status'], reason: string): void;
  report(report: DeviceInput): void;
  /** Keeps `bytes` aside and tells so, at most once in ten seconds; what was not told is counted in the next reason. */
  unreadable(channel: string, bytes: Uint8Array, reason: string): void;
}

export function createDeviceReports(device: string, ctx: DriverContext): DeviceReports {
  const log = ctx.log.child(device);
  const reports$ = new Subject<DeviceInput>();
  let status: DeviceStatus['status'] | undefined;
  let untold = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;

  return {
    reports$,
    get status() {
      return status;
    },
    become(next, reason) {
      if (status === next) return;
      status = next;
      if (next === 'online') log.info('online');
      else log.warn(`${next}: ${reason}`);
      reports$.next({ type: 'device-status', device, status: next, reason });
    },
    report: (report) => reports$.next(report),
    unreadable(channel, bytes, reason) {
      const nowMs = ctx.clock.monotonicMs();
      const tell = nowMs - toldAtMs >= MALFORMED_EVERY_MS;
      const told = tell && untold > 0 ? `${reason} (and ${untold} more since the last report)` : reason;
      const report = ctx.quarantine.keep(device, channel, bytes, told);
      if (!tell) {
        untold += 1;
        return;
      }
      toldAtMs = nowMs;
      untold = 0;
      log.warn(`unreadable bytes kept aside: ${told}`, { channel, sha256: report.sha256 });
      reports$.next(report);
    },
  };
}
