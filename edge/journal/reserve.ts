/** Disk space put by, so that a full disk still leaves room to write down why the gate holds. */
import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { syncDirectory } from './segment.ts';

/** Enough for some ten thousand entries. */
export const RESERVE_BYTES = 8 * 1024 * 1024;
/** The reserve is only (re)made while it is a small part of what is free. */
const FREE_FACTOR_MIN = 4;
const CHUNK = Buffer.alloc(256 * 1024);

export interface Reserve {
  /** Makes the reserve if it is missing and there is room; never fails, but says so in the log. */
  ensure(): Promise<void>;
  /** Gives the space back to the journal. */
  free(): Promise<void>;
}

/** The reserve of the journal in `dir`, `sizeBytes` of written (not sparse) zeros. */
export function createReserve(dir: string, log: Log, sizeBytes = RESERVE_BYTES): Reserve {
  const path = join(dir, 'reserve');

  const write = async (): Promise<void> => {
    const file = await open(path, 'w', 0o600);
    try {
      for (let left = sizeBytes; left > 0; left -= CHUNK.length)
        await file.write(CHUNK, 0, Math.min(CHUNK.length, left));
      await file.sync();
    } finally {
      await file.close();
    }
    await syncDirectory(dirname(path));
  };

  return {
    async ensure() {
      const known = await stat(path).catch(() => undefined);
      if (known?.size === sizeBytes) return;
      try {
        const { bavail, bsize } = await statfs(dir);
        if (bavail * bsize < FREE_FACTOR_MIN * sizeBytes) {
          log.warn('disk nearly full: no space can be put by for the audit', {
            dir,
            freeBytes: bavail * bsize,
          });
          return;
        }
        await write();
      } catch (error) {
        log.warn('no space could be put by for the audit', { dir, error: messageOf(error) });
        await rm(path, { force: true });
      }
    },
    async free() {
      await rm(path, { force: true });
      await syncDirectory(dirname(path));
      log.warn('disk full: the space put by for the audit was freed', { dir, sizeBytes });
    },
  };
}
