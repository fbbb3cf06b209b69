/**
 * The MQTT profile of lane I/O, version 1: loops, light curtain, barrier and light of one lane or bay behind a PLC.
 * `README.md` beside this file is the profile for the one who programs the PLC; this file is what the gate makes of it.
 */
import { z } from 'zod';
import { type Parsed, parseJsonMessage } from '../json-message.ts';

export const profileVersion = 1;

export const laneIoStateTopic = (prefix: string): string => `${prefix}/state`;
export const laneIoCommandTopic = (prefix: string): string => `${prefix}/command`;

const count = z.int().min(0);
const boot = z.string().max(64);
const commandId = z.string().min(1).max(128);

/** The longest text of a sign: the longest id of a bay. */
const signCharsMax = 40;

/** What the device did with a command. */
export const commandResult = z.enum(['accepted', 'expired', 'doubled', 'other-boot', 'failed']);
export type CommandResult = z.infer<typeof commandResult>;

export const laneIoState = z.object({
  profile: z.literal(profileVersion),
  /** Names this run of the device; another one after each restart. */
  boot: boot.min(1),
  /** One up with each state of this run. */
  seq: count,
  /** The device's own count of milliseconds; never set back within a run. No time of day is needed. */
  clockMs: count,
  loops: z.object({ approach: z.boolean(), under: z.boolean(), exit: z.boolean() }),
  curtain: z.enum(['clear', 'broken']),
  barrier: z.enum(['down', 'moving', 'up', 'fault', 'none']),
  light: z.enum(['red', 'green', 'dark']),
  /** Highest command sequence obeyed in this run; 0 before the first. */
  acceptedSeq: count,
  lastCommand: z.object({ commandId, result: commandResult }).optional(),
});
export type LaneIoStateMessage = z.infer<typeof laneIoState>;

export const laneIoCommand = z.object({
  profile: z.literal(profileVersion),
  commandId,
  action: z.enum(['raise', 'lower', 'red', 'green']),
  /** The run of the device it is meant for; empty if unknown, which only `red` survives. */
  boot,
  /** Above every sequence sent before. */
  seq: count,
  /** On the device's `clockMs`: later than this it must not be obeyed. */
  expiresMs: count,
  /** With `raise`: the text of the driver's sign, the id of the bay to drive to. */
  sign: z.string().min(1).max(signCharsMax).exactOptional(),
});
export type LaneIoCommandMessage = z.infer<typeof laneIoCommand>;

export const parseLaneIoState = (bytes: Uint8Array): Parsed<LaneIoStateMessage> =>
  parseJsonMessage(bytes, laneIoState);
export const parseLaneIoCommand = (bytes: Uint8Array): Parsed<LaneIoCommandMessage> =>
  parseJsonMessage(bytes, laneIoCommand);

/** What a device remembers to judge commands. */
export interface DeviceMemory {
  boot: string;
  clockMs: number;
  acceptedSeq: number;
}

/**
 * The device's side: whether to obey. `red` always: it cannot harm, and a stop must not fail on bookkeeping; it still
 * counts, so that a green sent before it and arriving after it is refused.
 */
export function judgeCommand(
  device: DeviceMemory,
  command: LaneIoCommandMessage,
): { result: Exclude<CommandResult, 'failed'>; acceptedSeq: number } {
  const ours = command.boot === device.boot;
  const acceptedSeq = ours ? Math.max(device.acceptedSeq, command.seq) : device.acceptedSeq;
  if (command.action === 'red') return { result: 'accepted', acceptedSeq };
  if (!ours) return { result: 'other-boot', acceptedSeq: device.acceptedSeq };
  if (command.seq <= device.acceptedSeq) return { result: 'doubled', acceptedSeq: device.acceptedSeq };
  if (device.clockMs > command.expiresMs) return { result: 'expired', acceptedSeq: device.acceptedSeq };
  return { result: 'accepted', acceptedSeq };
}
