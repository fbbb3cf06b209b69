/** What a trouble of a lane is, and what all of them need to begin. */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import type { DeviceLink } from '../device-link.ts';
import type { Stage } from './stage.ts';

export interface LaneTrouble {
  kind: string;
  /** The gate does not hear or see all of what happens: then its alarms are not judged, and its belief only in the end. */
  blinds: boolean;
  /** Alarms it may bring besides those that what truly happens must bring. */
  may: readonly AlarmCode[];
  /** From … to, until it is healed. */
  lastsMs: readonly [least: number, most: number];
  isBadSensor?: true;
  /** A story of several things that happen together: one more, and nobody could know. */
  isStory?: true;
  /** The device whose wire it is. */
  wire?: Wire;
  /** A driver leaves the stop line backwards: beside a bad sensor, too, the gate must cope with it where a scale tells. */
  isTurningBack?: true;
  /** The same on the loops as a released truck that is through, if that one leaves the stop line meanwhile. */
  isFromBehind?: true;
  /** Begins, and returns what heals it. */
  begin(stage: Stage): () => void;
}

export type Wire = 'io' | 'camera' | 'reader' | 'scale';
export const wires: readonly Wire[] = ['io', 'camera', 'reader', 'scale'];

/** What lies between a device of the lane and the gate. */
export const linkOf = ({ gate, config }: Stage, wire: Wire): DeviceLink =>
  gate.devices.deviceLink(config.devices[wire] ?? '');

export const linksOf = (stage: Stage): DeviceLink[] =>
  wires.filter((wire) => stage.config.devices[wire] !== undefined).map((wire) => linkOf(stage, wire));
