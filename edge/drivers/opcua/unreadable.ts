import { inspect } from 'node:util';
import type { DeviceInput } from '../../core/input.ts';
import type { DriverContext } from '../driver.ts';

/** What cannot be read is always kept aside, but only so often told: a device gone mad must not fill the journal. */
const tellEveryMs = 10_000;

/** Keeps `value` aside as text; returns the report to emit, or undefined if one was emitted lately. */
export type KeepUnreadable = (
  channel: string,
  problem: string,
  value: unknown,
) => Extract<DeviceInput, { type: 'malformed' }> | undefined;

export function createKeepUnreadable(
  device: { id: string; object: string },
  ctx: Pick<DriverContext, 'clock' | 'quarantine'>,
): KeepUnreadable {
  let tellableAtMs = Number.NEGATIVE_INFINITY;
  return (channel, problem, value) => {
    // The stack has decoded the bytes already; its text of them is what is left.
    const bytes = Buffer.from(inspect(value, { depth: 8 }));
    const report = ctx.quarantine.keep(device.id, `${device.object}/${channel}`, bytes, problem);
    const nowMs = ctx.clock.monotonicMs();
    if (nowMs < tellableAtMs) return undefined;
    tellableAtMs = nowMs + tellEveryMs;
    return report;
  };
}
