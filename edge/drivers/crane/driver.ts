/**
 * A crane after our profile of ISA-95 Job Control (protocols/crane/README.md): reports its state and its jobs, starts a
 * job once, and stops one at any time.
 */
import type { CraneConfig } from '../../../config/schema.ts';
import { GateError } from '../../platform/errors.ts';
import type { Driver, DriverContext } from '../driver.ts';
import { createOpcuaDevice } from '../opcua/device.ts';
import { type OpcuaTiming, opcuaTiming } from '../opcua/timing.ts';
import { createKeepUnreadable } from '../opcua/unreadable.ts';
import { createCraneCommands } from './commands.ts';
import { attachCrane, type CraneNodes } from './nodes.ts';

/** The driver of one crane; readers and cranes behind one endpoint share its connection. */
export function createCraneDriver(
  device: CraneConfig,
  ctx: DriverContext,
  timing: Partial<OpcuaTiming> = {},
): Driver {
  const keepUnreadable = createKeepUnreadable(device, ctx);
  let nodes: CraneNodes | undefined;
  const opcua = createOpcuaDevice(
    device,
    ctx,
    { ...opcuaTiming, ...timing },
    (session, subscription, signals) => {
      nodes = undefined;
      void session.ended.then(() => {
        if (nodes?.session === session) nodes = undefined;
      });
      return attachCrane(device, keepUnreadable, session, subscription, signals, (attached) => {
        nodes = attached;
      });
    },
  );
  const commands = createCraneCommands(device.id, () => nodes);

  return {
    devices: [device.id],
    reports$: opcua.reports$,
    async start() {
      opcua.start();
    },
    async send(command) {
      if (command.kind === 'job') return commands.start(command, opcua.status === 'online');
      if (command.kind === 'job-stop') return commands.stop(command);
      throw new GateError(
        'CRANE_COMMAND',
        `The crane ${device.id} takes jobs, no ${command.kind}`,
        'Send the command to the device it is meant for.',
      );
    },
    async stop() {
      await opcua.stop();
      nodes = undefined;
    },
  };
}
