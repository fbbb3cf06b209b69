/** What lies between one simulated device and the gate: cable, radio, broker. Sound, unless a fault is set. */
import type { Input } from '../edge/core/input.ts';
import type { Clock } from '../edge/platform/clock.ts';
import type { Random } from '../edge/platform/random.ts';

/** The faults of one link. Shares are from 0 to 1 and hold for each report and each command by itself. */
export interface DeviceLink {
  /**
   * Cut, nothing passes either way. After `staleAfterMs` of the device the gate hears that it is stale, after twice that that it is
   * offline. Restored, the device is online again and tells its present state. Half of the commands given meanwhile are
   * refused, the others vanish.
   */
  up(on: boolean): void;
  /** Lies: stays online and obeys, but reports nothing; asked after a restart of the gate, it tells what it told last. */
  frozen(on: boolean): void;
  /** Messages come up to this much later, each by chance; those that have an order keep it. */
  delayMs: number;
  /** Lost. Of a lost state the device tells its present one some seconds later; lost readings are lost. */
  loseShare: number;
  /** Comes twice. */
  doubleShare: number;
  /** Late readings and late changes of crane jobs may overtake each other. */
  reorder: boolean;
}

/** What a link needs of the device behind it. */
export interface LinkedDevice {
  id: string;
  staleAfterMs: number;
  /** Its whole present state, as reports; none for cameras and readers. */
  present(): Input[];
  /** What it does when it loses the gate. */
  cut?(): void;
}

export interface Link {
  readonly faults: DeviceLink;
  /** `loose`: may be overtaken when `reorder` is set. */
  report(input: Input, loose: boolean): void;
  /** Hands a command to the device, or `refuse`s it, or neither. */
  command(execute: () => void, refuse: (reason: string) => void): void;
  /** The gate has started: the device is online and tells its present state, if it can be heard. */
  connect(): void;
  /** The broker it speaks through, if it does, is there or not. */
  broker(on: boolean): void;
}

/** How long after a lost report the device tells its state again. */
const RETELL_MS = 5_000;
/** Until a driver notices that a command has not gone out. */
const REFUSED_MS = 50;

export function createLink(
  device: LinkedDevice,
  air: { clock: Clock; random: Random },
  submit: (input: Input) => void,
): Link {
  const { clock, random } = air;
  let up = true;
  let brokerUp = true;
  /** What a frozen device has told last. */
  let frozen: Input[] | undefined;
  /** Counts cuts and restarts: what was under way then never arrives. */
  let generation = 0;
  /** Messages under way, and when the last of those that keep their order arrives. */
  let underWay = 0;
  let inOrderUntilMs = 0;
  let retelling = false;
  let cancelSilence = (): void => {};

  const chance = (share: number): boolean => share > 0 && random.next() < share;
  const reachable = (): boolean => up && brokerUp;

  function tellStatus(status: 'online' | 'stale' | 'offline'): void {
    submit({ type: 'device-status', device: device.id, status, reason: 'simulated' });
  }

  function connect(): void {
    dropUnderWay();
    if (!reachable()) return;
    for (const input of frozen ?? device.present()) submit(input);
    // As drivers do: once online, what was told last counts as fresh.
    tellStatus('online');
  }

  function dropUnderWay(): void {
    generation += 1;
    underWay = 0;
    inOrderUntilMs = 0;
  }

  /** `change` made the link reachable, or not, or changed nothing. */
  function switched(change: () => void): void {
    const before = reachable();
    change();
    if (reachable() === before) return;
    cancelSilence();
    if (reachable()) return connect();
    dropUnderWay();
    device.cut?.();
    cancelSilence = clock.after(device.staleAfterMs, () => {
      tellStatus('stale');
      cancelSilence = clock.after(device.staleAfterMs, () => tellStatus('offline'));
    });
  }

  /** Runs `arrive` after the delay of this message, not before what it must not overtake. */
  function carry(arrive: () => void, loose: boolean): void {
    const nowMs = clock.monotonicMs();
    let atMs = nowMs + (faults.delayMs > 0 ? random.next() * faults.delayMs : 0);
    if (!loose) {
      atMs = Math.max(atMs, inOrderUntilMs);
      inOrderUntilMs = atMs;
    }
    const sent = generation;
    underWay += 1;
    clock.after(atMs - nowMs, () => {
      if (sent !== generation) return;
      underWay -= 1;
      arrive();
    });
  }

  function send(arrive: () => void, loose: boolean): void {
    carry(arrive, loose);
    if (chance(faults.doubleShare)) carry(arrive, loose);
  }

  function retellLater(): void {
    if (retelling) return;
    retelling = true;
    clock.after(RETELL_MS, () => {
      retelling = false;
      for (const input of device.present()) report(input, false);
    });
  }

  const sound = (): boolean =>
    underWay === 0 && faults.loseShare === 0 && faults.doubleShare === 0 && faults.delayMs === 0;

  function report(input: Input, loose: boolean): void {
    if (!reachable() || frozen !== undefined) return;
    if (sound()) submit(input);
    else if (chance(faults.loseShare)) retellLater();
    else send(() => submit(input), loose && faults.reorder);
  }

  const faults: DeviceLink = {
    up: (on) =>
      switched(() => {
        up = on;
      }),
    frozen(on) {
      if (on === (frozen !== undefined)) return;
      frozen = on ? device.present() : undefined;
      if (!on && reachable()) for (const input of device.present()) submit(input);
    },
    delayMs: 0,
    loseShare: 0,
    doubleShare: 0,
    reorder: false,
  };

  return {
    faults,
    report,
    command(execute, refuse) {
      if (reachable() && sound()) execute();
      else if (reachable() && !chance(faults.loseShare)) send(execute, false);
      else if (chance(0.5)) clock.after(REFUSED_MS, () => refuse('the device was not reached'));
    },
    connect,
    broker: (on) =>
      switched(() => {
        brokerUp = on;
      }),
  };
}
