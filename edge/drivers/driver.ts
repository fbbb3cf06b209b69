/**
 * The contract of every driver: a device is a stream of reports and a way to send commands.
 *
 * A driver reports *changes*, never samples; it says when its device goes `stale`, `offline` or `online`; it recovers
 * by itself, with back-off; unreadable bytes go to the quarantine and are reported as `malformed`; nothing a device
 * or a library does may throw out of a driver.
 */
import type { Observable } from 'rxjs';
import type { DeviceCommand } from '../core/effect.ts';
import type { DeviceInput } from '../core/input.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';

export interface Driver {
  /** The devices it stands for, by the ids of the configuration. */
  readonly devices: readonly string[];
  /** Hot; never errors; completes after `stop`. Subscribe before `start`. */
  readonly reports$: Observable<DeviceInput>;
  /** Begins connecting and returns; a device that is not there is a report (`offline`), not an error. */
  start(): Promise<void>;
  /** Resolves when the command was handed to the wire. Rejects with a `GateError` if it certainly was not, or may not have been. */
  send(command: DeviceCommand & { commandId: string }): Promise<void>;
  /** Closes every socket, line and timer. */
  stop(): Promise<void>;
}

/** What every driver is given. Files are named by the stores; drivers never touch paths. */
export interface DriverContext {
  clock: Clock;
  random: Random;
  log: Log;
  quarantine: Quarantine;
  images: ImageStore;
  /** Folder of keys and certificates, absolute. */
  keysDir: string;
  /** Resolves a path of the configuration against the data folder. */
  resolvePath(path: string): string;
}

/** Keeps unreadable bytes aside, bounded; the oldest go first. */
export interface Quarantine {
  /** Stores `bytes` and returns the report to emit. Repeats of the same bytes are stored once and counted. */
  keep(
    device: string,
    channel: string,
    bytes: Uint8Array,
    reason: string,
  ): Extract<DeviceInput, { type: 'malformed' }>;
}

/** Pictures, named by their digest, synced to disk before the name is returned. */
export interface ImageStore {
  /** Returns the SHA-256 of `bytes`, hex. */
  save(bytes: Uint8Array): Promise<string>;
}
