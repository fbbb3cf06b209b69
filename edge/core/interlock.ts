/**
 * The interlock: one table, one place. Each command has its class (DESIGN §2.3), the actuator it acts on, and the conditions
 * without which it must not leave; what the absence of a condition is called stands beside it. It is asked when a command
 * is decided and once more, with the newest state, right before it is sent.
 */
import type { Command, CommandClass, DeviceCommand } from './effect.ts';
import { laneConditions, lowerConditions } from './interlock-lane.ts';
import { driveConditions } from './interlock-vehicle.ts';
import { jobConditions } from './interlock-yard.ts';
import { siteOf } from './site.ts';
import type { GateState } from './state.ts';
import { freshLaneIo, freshVehicle } from './state.ts';

export type Permission = { allowed: true } | { allowed: false; reason: string };

/** One thing that must be so. `unless` says what it is called when it is not; null: it is so. */
export interface Condition<C> {
  name: string;
  unless(state: GateState, command: C): string | null;
}

interface Rule<C> {
  class(command: C): CommandClass;
  /** What it acts on; a restrictive command cancels what waits for the same actuator. */
  actuator: 'barrier' | 'light' | 'vehicle' | 'crane';
  conditions(command: C): readonly Condition<C>[];
}

type Of<K extends DeviceCommand['kind']> = Extract<DeviceCommand, { kind: K }> & { crossing?: string };

/** Every permission, whatever it permits. */
const always: readonly Condition<DeviceCommand>[] = [
  {
    name: 'clock trusted',
    unless: (state) => (state.clockTrusted ? null : 'clock untrusted'),
  },
  {
    name: 'gate not stopped',
    unless: (state) => (state.stopped ? 'the gate was stopped by a person' : null),
  },
];

const vehicleFresh: Condition<{ device: string }> = {
  name: 'vehicle state fresh',
  unless: (state, { device }) => (freshVehicle(state, device) === null ? 'vehicle state is not fresh' : null),
};

const table: { [K in DeviceCommand['kind']]: Rule<Of<K>> } = {
  barrier: {
    class: ({ to }) => (to === 'raise' ? 'permissive' : 'securing'),
    actuator: 'barrier',
    conditions: ({ to }) => (to === 'raise' ? laneConditions : lowerConditions),
  },
  light: {
    class: ({ to }) => (to === 'green' ? 'permissive' : 'restrictive'),
    actuator: 'light',
    conditions: () => [
      ...laneConditions,
      {
        name: 'barrier up',
        unless: (state, { device }) =>
          freshLaneIo(state, device)?.barrier === 'up' ? null : 'barrier is not up',
      },
    ],
  },
  order: { class: () => 'permissive', actuator: 'vehicle', conditions: () => driveConditions },
  unpause: { class: () => 'permissive', actuator: 'vehicle', conditions: () => [vehicleFresh] },
  pause: { class: () => 'restrictive', actuator: 'vehicle', conditions: () => [] },
  'cancel-order': { class: () => 'restrictive', actuator: 'vehicle', conditions: () => [] },
  charge: {
    class: ({ on }) => (on ? 'permissive' : 'restrictive'),
    actuator: 'vehicle',
    conditions: () => [
      vehicleFresh,
      {
        name: 'stands at a charger',
        unless: (state, { device }) => {
          const report = freshVehicle(state, device);
          const at = report === null ? undefined : siteOf(state).nodes.get(report.lastNodeId);
          return at?.charger === true && report?.driving === false ? null : 'it does not stand at a charger';
        },
      },
    ],
  },
  job: { class: () => 'permissive', actuator: 'crane', conditions: () => jobConditions },
  'job-stop': { class: () => 'restrictive', actuator: 'crane', conditions: () => [] },
};

const ruleOf = (command: DeviceCommand): Rule<DeviceCommand> =>
  table[command.kind] as unknown as Rule<DeviceCommand>;

export const classOf = (command: DeviceCommand): CommandClass => ruleOf(command).class(command);
export const actuatorOf = (command: DeviceCommand): string => `${ruleOf(command).actuator}:${command.device}`;

/** Whether `command` may leave in this state. Restrictive commands always may. */
export function permit(state: GateState, command: Command): Permission {
  if (command.class === 'restrictive') return { allowed: true };
  if (command.class === 'permissive') {
    const reason = firstAgainst(always, state, command);
    if (reason !== null) return { allowed: false, reason };
  }
  const reason = firstAgainst(ruleOf(command).conditions(command), state, command);
  return reason === null ? { allowed: true } : { allowed: false, reason };
}

/** What the first condition that does not hold is called; null if all hold. */
export function firstAgainst<C>(
  conditions: readonly Condition<C>[],
  state: GateState,
  command: C,
): string | null {
  for (const condition of conditions) {
    const reason = condition.unless(state, command);
    if (reason !== null) return reason;
  }
  return null;
}
