/**
 * Unreadable bytes, kept aside for whoever has to find out why: each once, as a file named by its digest, and a line in
 * `index.ndjson` that says which device, which channel, why and when. Bounded; the oldest go first.
 */
import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Quarantine } from '../drivers/driver.ts';
import type { Clock } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { createSerial } from '../platform/serial.ts';
import { digestOf, openBoundedStore } from './bounded-store.ts';

/** Bytes that may wait for the disk; what comes on top is reported and counted, but not kept. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
const WAITING_MAX = 256;
/** Digests whose repeats are counted. */
const COUNTED_MAX = 1_000;
/** The index is renamed to `index.1.ndjson`, in place of the one before, when it exceeds this. */
const INDEX_BYTES_MAX = 1024 * 1024;

export interface QuarantineOptions {
  dir: string;
  /** All files together, without the index. */
  bytesMax: number;
  clock: Clock;
  log: Log;
}

export interface QuarantineStore extends Quarantine {
  /** Resolves when what was handed over so far is on disk, or given up. */
  flush(): Promise<void>;
}

/** Opens the quarantine in `dir`, creating it if missing. Rejects with the file system's error. */
export async function openQuarantine({
  dir,
  bytesMax,
  clock,
  log,
}: QuarantineOptions): Promise<QuarantineStore> {
  const store = await openBoundedStore(dir, bytesMax);
  const serially = createSerial();
  const index = join(dir, 'index.ndjson');
  /** How often each digest came, the longest unseen first. */
  const counts = new Map<string, number>();
  let waiting = 0;
  let waitingBytes = 0;
  let dropped = 0;

  const count = (sha256: string): number => {
    const times = (counts.get(sha256) ?? 0) + 1;
    counts.delete(sha256);
    counts.set(sha256, times);
    const oldest = counts.keys().next();
    if (counts.size > COUNTED_MAX && !oldest.done) counts.delete(oldest.value);
    return times;
  };

  const writeIndex = async (line: Record<string, unknown>): Promise<void> => {
    const size = (await stat(index).catch(() => undefined))?.size ?? 0;
    if (size > INDEX_BYTES_MAX) await rename(index, join(dir, 'index.1.ndjson'));
    await appendFile(index, `${JSON.stringify(line)}\n`, { mode: 0o640 });
  };

  const write = (bytes: Uint8Array, line: { sha256: string } & Record<string, unknown>): void => {
    if (waiting >= WAITING_MAX || waitingBytes + bytes.length > WAITING_BYTES_MAX) {
      if (dropped === 0) log.warn('unreadable bytes come faster than they can be kept aside', { dir });
      dropped += 1;
      return;
    }
    waiting += 1;
    waitingBytes += bytes.length;
    // The caller may use its buffer again before the disk has had its turn.
    const copy = Uint8Array.from(bytes);
    serially(async () => {
      const stored = await store.store(line.sha256, copy);
      await writeIndex({ ...line, stored });
    })
      .catch((error: unknown) =>
        log.error('unreadable bytes could not be kept aside', { dir, error: messageOf(error) }),
      )
      .finally(() => {
        waiting -= 1;
        waitingBytes -= bytes.length;
        if (waiting > 0 || dropped === 0) return;
        log.warn('unreadable bytes were not kept aside', { dir, dropped });
        dropped = 0;
      });
  };

  return {
    keep(device, channel, bytes, reason) {
      const sha256 = digestOf(bytes);
      const times = count(sha256);
      // A line at the first time, the second, the fourth, …: a device that repeats itself for days fills no disk.
      if (Number.isInteger(Math.log2(times))) {
        const at = new Date(clock.nowMs()).toISOString();
        write(bytes, {
          at,
          device,
          channel,
          reason,
          sha256,
          sizeBytes: bytes.length,
          times,
        });
      }
      return { type: 'malformed', device, channel, reason, sha256, sizeBytes: bytes.length };
    },
    flush: () => serially(async () => undefined),
  };
}
