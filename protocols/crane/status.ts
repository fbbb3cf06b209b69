/** The crane as it is now, from the values of the profile's status variables. */

/** `Mode` on the wire (Int32). */
const modes = ['manual', 'automatic', 'fault'] as const;
export type CraneMode = (typeof modes)[number];

/** TIC 4.0 words. `locked` and `unlocked` are two sensors: both false is a state of its own, both true a contradiction. */
export interface CraneStatus {
  mode: CraneMode;
  spreader: { landed: boolean; locked: boolean; unlocked: boolean; loaded: boolean };
  /** A bay or slot id of the gate, or `travelling`. */
  position: string;
  /** Hoist above the height at which a vehicle may move below. */
  hoistClear: boolean;
}

/** The status variables by the profile's browse names; each a plain value of the wire. */
export type CraneValues = Record<(typeof craneStatusNames)[number], unknown>;

/** Every status variable; those of the spreader lie below its object. */
export const craneStatusNames = [
  'Mode',
  'Position',
  'HoistClear',
  'Landed',
  'Locked',
  'Unlocked',
  'Loaded',
] as const;

/** Checks the values; a missing or ill-typed one makes the whole status unreadable, for a guess could be under a load. */
export function readCraneStatus(values: Readonly<CraneValues>): CraneStatus | { problem: string } {
  const { Mode, Position, HoistClear, Landed, Locked, Unlocked, Loaded } = values;
  const mode = typeof Mode === 'number' ? modes[Mode] : undefined;
  if (mode === undefined)
    return { problem: `Mode ${String(Mode)} is not 0 (manual), 1 (automatic) or 2 (fault)` };
  if (typeof Position !== 'string' || Position === '') return { problem: 'Position is not a name' };
  if (typeof HoistClear !== 'boolean') return { problem: 'HoistClear is not a Boolean' };
  if (typeof Landed !== 'boolean') return { problem: 'Landed is not a Boolean' };
  if (typeof Locked !== 'boolean') return { problem: 'Locked is not a Boolean' };
  if (typeof Unlocked !== 'boolean') return { problem: 'Unlocked is not a Boolean' };
  if (typeof Loaded !== 'boolean') return { problem: 'Loaded is not a Boolean' };
  const spreader = { landed: Landed, locked: Locked, unlocked: Unlocked, loaded: Loaded };
  return { mode, spreader, position: Position, hoistClear: HoistClear };
}

/** The values to put on the wire for a status. */
export const craneValues = ({ mode, spreader, position, hoistClear }: CraneStatus) => ({
  Mode: modes.indexOf(mode),
  Position: position,
  HoistClear: hoistClear,
  Landed: spreader.landed,
  Locked: spreader.locked,
  Unlocked: spreader.unlocked,
  Loaded: spreader.loaded,
});
