/** Whether a device behind the broker is there: `online` while it is heard, `stale` when silent, `offline` without a link. */
import type { DeviceStatus } from '../../core/input.ts';
import type { Clock } from '../../platform/clock.ts';

export interface Presence {
  readonly online: boolean;
  /** A current message came. Report it *before*: once online, the last report counts as fresh. */
  heard(): void;
  /** The link to the broker is there, so from now on silence is the device's own. */
  linked(): void;
  /** The link to the broker is gone. */
  unlinked(reason: string): void;
  /** The device itself said, or its last will did, that it is gone. */
  left(reason: string): void;
  stop(): void;
}

/** `changed` is called after each change, also from a timer. */
export function createPresence(
  device: { id: string; staleAfterMs: number },
  clock: Clock,
  changed: (status: DeviceStatus) => void,
): Presence {
  let now: DeviceStatus | undefined;
  let gone = false;
  let cancel = (): void => {};

  const become = (status: DeviceStatus['status'], reason: string): void => {
    if (now?.status === status && now.reason === reason) return;
    now = { type: 'device-status', device: device.id, status, reason };
    changed(now);
  };
  const awaitSilence = (): void => {
    cancel();
    cancel = clock.after(device.staleAfterMs, () =>
      become('stale', `nothing heard for ${device.staleAfterMs} ms`),
    );
  };

  return {
    get online() {
      return now?.status === 'online';
    },
    heard() {
      gone = false;
      awaitSilence();
      become('online', 'heard');
    },
    linked() {
      if (!now) become('offline', 'not heard since start');
      // A last will kept by the broker may have come first; silence after it is no news.
      if (!gone) awaitSilence();
    },
    unlinked(reason) {
      gone = false;
      cancel();
      become('offline', reason);
    },
    left(reason) {
      gone = true;
      cancel();
      become('offline', reason);
    },
    stop: () => cancel(),
  };
}
