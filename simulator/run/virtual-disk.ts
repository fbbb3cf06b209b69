/** The disk below a virtual gate's journal: how long a write takes, and what can be wrong with it. */
import type { VirtualClock } from '../world/virtual-clock.ts';

/** From a write to its place on disk, when all is well. */
const COMMIT_MS = 5;
/** Pause before a write that failed is tried again, as in the control loop. */
const RETRY_MS = 500;

export interface VirtualDisk {
  /** Fault: every write takes this many times as long. */
  slowness: number;
  /** Fault: writes fail, and are tried again. */
  full: boolean;
  /** Fault: nothing is written until it is over. */
  stalled: boolean;
  /** Calls back once the write is on disk; the returned function forgets it (the process has died). */
  write(done: () => void): () => void;
}

export function createVirtualDisk(clock: VirtualClock): VirtualDisk {
  const disk: VirtualDisk = {
    slowness: 1,
    full: false,
    stalled: false,
    write(done) {
      let cancel = clock.after(COMMIT_MS * disk.slowness, tryNow);
      function tryNow(): void {
        if (disk.full || disk.stalled) cancel = clock.after(RETRY_MS, tryNow);
        else done();
      }
      return () => cancel();
    },
  };
  return disk;
}
