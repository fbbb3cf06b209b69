/** Lane I/O over MQTT (profile in `protocols/lane-io/README.md`): loops, curtain, barrier and light of one lane or bay. */
import type { LaneIoConfig } from '../../../config/schema.ts';
import {
  type LaneIoCommandMessage,
  type LaneIoStateMessage,
  laneIoCommandTopic,
  laneIoStateTopic,
  parseLaneIoState,
  profileVersion,
} from '../../../protocols/lane-io/lane-io.ts';
import type { LaneIoReport } from '../../core/input.ts';
import { GateError } from '../../platform/errors.ts';
import type { Driver, DriverContext } from '../driver.ts';
import type { MqttConnection } from '../mqtt/connection.ts';
import { createMqttDevice } from '../mqtt/device.ts';

/** How long the device may take to begin with what it was told; later it refuses. */
const commandValidMs = 2_000;

const reportOf = (device: string, state: LaneIoStateMessage): LaneIoReport => ({
  type: 'lane-io',
  device,
  loops: state.loops,
  curtain: state.curtain,
  barrier: state.barrier,
  light: state.light,
});

export function createLaneIoDriver(device: LaneIoConfig, ctx: DriverContext, mqtt: MqttConnection): Driver {
  const { clock } = ctx;
  const log = ctx.log.child(device.id);
  /** The last state, and when it came. */
  let last: { state: LaneIoStateMessage; atMs: number } | undefined;
  let lastSeq = -1;
  let lastReport = '';
  let refusedCommand = '';
  let sentSeq = 0;

  const shared = createMqttDevice(device, ctx, mqtt, (status) => {
    lastReport = '';
    // A device that restarted without naming its run anew must not stay unheard for ever.
    if (status === 'stale') lastSeq = -1;
  });

  const logRefusal = ({ lastCommand }: LaneIoStateMessage): void => {
    if (!lastCommand || lastCommand.result === 'accepted' || lastCommand.commandId === refusedCommand) return;
    refusedCommand = lastCommand.commandId;
    log.warn(`the device refused a command: ${lastCommand.result}`, { commandId: lastCommand.commandId });
  };

  shared.read(laneIoStateTopic(device.topic), ({ payload, retained }) => {
    if (retained) return 'retained: the profile forbids it, a kept state says nothing about now';
    const parsed = parseLaneIoState(payload);
    if (!parsed.ok) return parsed.reason;
    const state = parsed.value;
    const sameRun = last?.state.boot === state.boot;
    // QoS 1 may deliver twice, and what comes late tells of the past.
    if (sameRun && state.seq <= lastSeq) return;
    if (!sameRun) sentSeq = 0;
    lastSeq = state.seq;
    last = { state, atMs: clock.monotonicMs() };
    logRefusal(state);
    const report = reportOf(device.id, state);
    const text = JSON.stringify(report);
    if (text !== lastReport) {
      lastReport = text;
      shared.report(report);
    }
    shared.presence.heard();
  });

  const commandFor = (action: LaneIoCommandMessage['action'], commandId: string): LaneIoCommandMessage => {
    const base = { profile: profileVersion, commandId, action } as const;
    if (!last) return { ...base, boot: '', seq: 0, expiresMs: 0 };
    const { boot, clockMs, acceptedSeq } = last.state;
    sentSeq = Math.max(sentSeq, acceptedSeq) + 1;
    // On the device's own clock, as it must stand now: a state that was long under way only makes it expire earlier.
    const expiresMs = Math.floor(clockMs + (clock.monotonicMs() - last.atMs) + commandValidMs);
    return { ...base, boot, seq: sentSeq, expiresMs };
  };

  return {
    devices: [device.id],
    reports$: shared.reports$,
    start: async () => shared.start(),
    stop: async () => shared.stop(),
    async send(command) {
      if (command.device !== device.id || (command.kind !== 'barrier' && command.kind !== 'light'))
        throw new GateError(
          'COMMAND_NOT_FOR_DEVICE',
          `${device.id} cannot do ${command.kind} of ${command.device}`,
          'This is a fault of the gate software; report it with the journal.',
        );
      // Red leaves whatever we know; anything else only to a device that speaks.
      if (command.to !== 'red') shared.demandOnline();
      const message = commandFor(command.to, command.commandId);
      if (command.kind === 'barrier' && command.sign !== undefined) message.sign = command.sign;
      await mqtt.publish(laneIoCommandTopic(device.topic), JSON.stringify(message), { qos: 1 });
    },
  };
}
