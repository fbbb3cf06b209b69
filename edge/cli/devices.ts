/** `gate devices`: contacts every device once, as a technician does before opening a gate. */
import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { openDeviceContext } from '../control/device-context.ts';
import { openDevices } from '../control/devices.ts';
import type { DeviceInput } from '../core/input.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { systemRandom } from '../platform/random.ts';
import type { CommandResult } from './config.ts';

export interface CheckDevicesOptions {
  config: string;
  data: string;
  /** Seconds. */
  wait: number;
}

/** One line a device; exit code 1 if any is not online in time. */
export async function checkDevices(options: CheckDevicesOptions): Promise<CommandResult> {
  const config = loadConfig(options.config);
  const ctx = await openDeviceContext({
    config,
    dataDir: resolve(options.data),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
  const devices = openDevices(config, ctx, `${config.gate.id}-check`);
  const last = new Map<string, Extract<DeviceInput, { type: 'device-status' }>>();
  await new Promise<void>((done) => {
    const cancel = systemClock.after(options.wait * 1_000, done);
    devices.reports$.subscribe((input) => {
      if (input.type !== 'device-status') return;
      last.set(input.device, input);
      if (config.devices.every(({ id }) => last.get(id)?.status === 'online')) {
        cancel();
        done();
      }
    });
    void devices.start();
  });
  await devices.stop();
  const missing = config.devices.filter(({ id }) => last.get(id)?.status !== 'online');
  const lines = config.devices.map(({ id, kind }) => {
    const status = last.get(id);
    return `${status?.status === 'online' ? 'ok     ' : 'MISSING'}  ${id.padEnd(20)} ${kind.padEnd(17)} ${status?.reason ?? 'did not answer'}\n`;
  });
  const verdict =
    missing.length === 0
      ? `all ${config.devices.length} devices answer\n`
      : `DEVICES_MISSING: ${missing.map(({ id }) => id).join(', ')} → check power, cable and address in ${options.config}\n`;
  return { exitCode: missing.length === 0 ? 0 : 1, text: `${lines.join('')}${verdict}` };
}
