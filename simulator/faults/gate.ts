/** Faults of the gate's own machine: its process, its disk, its clock. */

import type { VirtualDisk } from '../run/virtual-disk.ts';
import type { VirtualGate, VirtualRun } from '../run.ts';
import { between, chance, type Fault, MINUTE_MS, nothingToHeal, type Scene, type Trouble } from './fault.ts';

/** Crashes while a write is under way, or as soon as one is; gives up after a while. */
function crashInWrite({ run, gate, random }: Scene): Trouble {
  const underWayStored = chance(random, 0.5);
  const downMs = between(random, 500, 20_000);
  let tries = 2_000;
  const tryNow = (): void => {
    tries -= 1;
    if (gate.backlog > 0) gate.crash(downMs, { underWayStored });
    else if (tries > 0) run.clock.after(5, tryNow);
  };
  tryNow();
  return { lastsMs: downMs, heal: nothingToHeal };
}

const ofDisk = (
  kind: string,
  what: string,
  perHour: number,
  set: (disk: VirtualDisk, on: boolean) => void,
): Fault => ({
  kind,
  what,
  perHour,
  begin({ gate, random }) {
    set(gate.disk, true);
    return { lastsMs: between(random, 0.1, 3) * MINUTE_MS, heal: () => set(gate.disk, false) };
  },
});

/** The clock watch of the daemon tells its finding until it is taken, and again after each start. */
function tellClock({ clock }: VirtualRun, gate: VirtualGate, trusted: () => boolean): void {
  const tell = (): void => {
    const report = { type: 'clock', offsetMs: trusted() ? 0 : 5_000, trusted: trusted() } as const;
    const settled = gate.isUp && gate.state.clockTrusted === report.trusted;
    if (!settled) gate.submit(report);
    if (!settled || !trusted()) clock.after(10_000, tell);
  };
  tell();
}

export const gateFaults: readonly Fault[] = [
  {
    kind: 'gate-crash',
    what: 'the control daemon dies and is started again',
    perHour: 0.5,
    begin({ gate, random }) {
      const downMs = chance(random, 0.7) ? between(random, 500, 5_000) : between(random, 5_000, 90_000);
      gate.crash(downMs);
      return { lastsMs: downMs, heal: nothingToHeal };
    },
  },
  {
    kind: 'gate-crash-in-write',
    what: 'it dies in the middle of a write, which had just reached the disk or had not',
    perHour: 0.5,
    begin: crashInWrite,
  },
  ofDisk('disk-full', 'writes to the journal fail', 0.4, (disk, on) => {
    disk.full = on;
  }),
  ofDisk('disk-stalled', 'writes to the journal do not end', 0.4, (disk, on) => {
    disk.stalled = on;
  }),
  ofDisk('disk-slow', 'writes to the journal take two hundred times as long', 0.7, (disk, on) => {
    disk.slowness = on ? 200 : 1;
  }),
  {
    kind: 'clock-untrusted',
    what: 'the wall clock has been stepped and cannot be trusted for a while',
    perHour: 0.4,
    begin({ run, gate, random }) {
      let trusted = false;
      tellClock(run, gate, () => trusted);
      return {
        lastsMs: between(random, 0.2, 3) * MINUTE_MS,
        heal() {
          trusted = true;
        },
      };
    },
  },
  {
    kind: 'clock-skewed',
    what: 'the machine starts again with a wall clock that is seconds off',
    perHour: 0.3,
    begin({ gate, random }) {
      gate.wallOffsetMs = between(random, -20_000, 20_000);
      gate.crash(between(random, 1_000, 10_000));
      return {
        lastsMs: between(random, 5, 60) * MINUTE_MS,
        heal() {
          gate.wallOffsetMs = 0;
        },
      };
    },
  },
  {
    kind: 'clock-drifting',
    what: 'the machine’s clock runs fast or slow',
    perHour: 0.5,
    begin({ gate, random }) {
      gate.driftPpm = between(random, -200, 200);
      return {
        lastsMs: between(random, 5, 60) * MINUTE_MS,
        heal() {
          gate.driftPpm = 0;
        },
      };
    },
  },
];
