/** The PLC of a gate's lanes and bays: all their lane I/O behind one MQTT connection (profile in `protocols/lane-io/README.md`). */
import { Subscription } from 'rxjs';
import type { LaneIoConfig } from '../../config/schema.ts';
import type { Clock } from '../../edge/platform/clock.ts';
import {
  type CommandResult,
  judgeCommand,
  type LaneIoCommandMessage,
  type LaneIoStateMessage,
  laneIoCommandTopic,
  laneIoStateTopic,
  parseLaneIoCommand,
  profileVersion,
} from '../../protocols/lane-io/lane-io.ts';
import type { LaneIoModel } from '../world/ports.ts';
import { connectMqttDevice } from './mqtt-device.ts';

export interface LaneIoOptions {
  /** `mqtt://host:port` */
  brokerUrl: string;
  devices: { config: LaneIoConfig; model: LaneIoModel }[];
  clock: Clock;
  clientId?: string;
  heartbeatMs?: number;
}

export interface LaneIoServer {
  /** Faults: the device says nothing more, though it stays connected and obeys. */
  silence(deviceId: string, silent: boolean): void;
  /** Faults: anything at all on the device's state topic. */
  sendRaw(deviceId: string, payload: string | Uint8Array, retain?: boolean): void;
  /** Faults: the next command is lost on its way. */
  dropNextCommand(deviceId: string): void;
  /** Commands heard so far and what became of them. */
  commands(deviceId: string): readonly { command: LaneIoCommandMessage; result: CommandResult }[];
  stop(): Promise<void>;
}

interface Lane {
  config: LaneIoConfig;
  model: LaneIoModel;
  boot: string;
  seq: number;
  acceptedSeq: number;
  lastCommand?: NonNullable<LaneIoStateMessage['lastCommand']>;
  heard: { command: LaneIoCommandMessage; result: CommandResult }[];
  silent: boolean;
  dropNext: boolean;
}

/** How many commands the fault hooks can look back on. */
const heardMax = 100;

function obey(model: LaneIoModel, { action, sign }: LaneIoCommandMessage): void {
  if (action === 'raise' || action === 'lower') model.barrier(action, sign);
  else model.light(action);
}

/** Starts connecting and returns; the server finds its broker by itself, as a PLC does. */
export function startLaneIo({
  brokerUrl,
  devices,
  clock,
  clientId,
  heartbeatMs = 1_000,
}: LaneIoOptions): LaneIoServer {
  const bootedAtMs = clock.monotonicMs();
  const boot = `sim-${clock.nowMs().toString(36)}`;
  const lanes = new Map<string, Lane>(
    devices.map(({ config, model }) => [
      config.id,
      { config, model, boot, seq: 0, acceptedSeq: 0, heard: [], silent: false, dropNext: false },
    ]),
  );
  const byCommandTopic = new Map(
    [...lanes.values()].map((lane) => [laneIoCommandTopic(lane.config.topic), lane]),
  );
  const laneOf = (deviceId: string): Lane => {
    const lane = lanes.get(deviceId);
    if (!lane) throw new Error(`no lane I/O ${deviceId} is simulated`);
    return lane;
  };
  const clockMs = (): number => Math.floor(clock.monotonicMs() - bootedAtMs);

  const sendState = (lane: Lane): void => {
    if (lane.silent) return;
    lane.seq += 1;
    const state: LaneIoStateMessage = {
      profile: profileVersion,
      boot: lane.boot,
      seq: lane.seq,
      clockMs: clockMs(),
      ...lane.model.state,
      acceptedSeq: lane.acceptedSeq,
      ...(lane.lastCommand ? { lastCommand: lane.lastCommand } : {}),
    };
    plc.publish(laneIoStateTopic(lane.config.topic), JSON.stringify(state), { qos: 1 });
  };

  const onCommand = (lane: Lane, payload: Buffer): void => {
    if (lane.dropNext) {
      lane.dropNext = false;
      return;
    }
    const parsed = parseLaneIoCommand(payload);
    // A PLC has nobody to tell: what it cannot read does not move it.
    if (!parsed.ok) return;
    const command = parsed.value;
    const { result, acceptedSeq } = judgeCommand({ ...lane, clockMs: clockMs() }, command);
    lane.acceptedSeq = acceptedSeq;
    lane.lastCommand = { commandId: command.commandId, result };
    lane.heard = [...lane.heard, { command, result }].slice(-heardMax);
    if (result === 'accepted') obey(lane.model, command);
    sendState(lane);
  };

  const plc = connectMqttDevice({
    brokerUrl,
    clientId: clientId ?? `plc-${devices[0]?.config.id ?? 'none'}`,
    subscriptions: [...byCommandTopic.keys()],
    onConnect: () => lanes.forEach(sendState),
    // Without a link nobody watches the lane: red, as the profile demands.
    onDisconnect: () => {
      for (const { model } of lanes.values()) if (model.state.light === 'green') model.light('red');
    },
    onMessage(topic, payload, retained) {
      const lane = byCommandTopic.get(topic);
      if (lane && !retained) onCommand(lane, payload);
    },
  });

  const changes = new Subscription();
  for (const lane of lanes.values()) changes.add(lane.model.changes.subscribe(() => sendState(lane)));
  const stopHeartbeat = clock.every(heartbeatMs, () => lanes.forEach(sendState));

  return {
    silence: (deviceId, silent) => {
      laneOf(deviceId).silent = silent;
    },
    sendRaw: (deviceId, payload, retain = false) =>
      plc.publish(laneIoStateTopic(laneOf(deviceId).config.topic), payload, { qos: 1, retain }),
    dropNextCommand: (deviceId) => {
      laneOf(deviceId).dropNext = true;
    },
    commands: (deviceId) => laneOf(deviceId).heard,
    async stop() {
      stopHeartbeat();
      changes.unsubscribe();
      await plc.stop();
    },
  };
}
