/** What a trouble of a yard trial is, and what its kinds share. */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import type { DeviceLink } from '../device-link.ts';
import type { Crane } from '../world/crane.ts';
import type { Stage, YardScene } from './stage.ts';

export interface YardTrouble {
  kind: string;
  /** The gate does not hear or see all of what happens: then its alarms are not judged, nor how soon it acts. */
  blinds: boolean;
  /** What it is told is not so, or nothing is told of what people do: then what it may believe is not judged. */
  lies?: true;
  /** Alarms it may bring besides those that what truly happens must bring. */
  may: readonly AlarmCode[];
  /** From … to, until it is healed. */
  lastsMs: readonly [least: number, most: number];
  /** Where it can happen; without it, everywhere. */
  where?(scene: YardScene): boolean;
  /** Begins with that crane, and returns what heals it. */
  begin(stage: Stage, crane: string): () => void;
}

/** For what passes by itself. */
export const nothing = (): void => {};

export function craneOf({ world }: Stage, id: string): Crane {
  const crane = world.cranes.get(id);
  if (crane === undefined) throw new RangeError(`the yard has no crane ${id}`);
  return crane;
}

export const blinding = (
  kind: string,
  lastsMs: YardTrouble['lastsMs'],
  begin: YardTrouble['begin'],
): YardTrouble => ({ kind, blinds: true, may: [], lastsMs, begin });

/** Something a crane does once; it passes by itself. */
export const once = (
  kind: string,
  begin: (crane: Crane, stage: Stage) => void,
  may: readonly AlarmCode[] = [],
): YardTrouble => ({
  kind,
  blinds: false,
  may,
  lastsMs: [0, 0],
  begin(stage, crane) {
    begin(craneOf(stage, crane), stage);
    return nothing;
  },
});

export const linkOf = ({ gate }: Stage, device: string): DeviceLink => gate.devices.deviceLink(device);

/** Its connection is made anew: it tells its list and its state. */
export function reconnect(stage: Stage, crane: string): void {
  const link = linkOf(stage, crane);
  link.up(false);
  link.up(true);
}
