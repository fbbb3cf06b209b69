import type { GateConfig, LaneConfig } from '../../config/schema.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** Minutes of a time such as `06:30`. */
function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

/** Whether the board above a lane says it is open, by its hours on the gate's own clock. */
export function openByHours(
  { hours }: LaneConfig,
  { utcOffset }: GateConfig['gate'],
  nowMs: number,
): boolean {
  if (hours === undefined) return true;
  const offset = minutesOf(utcOffset.slice(1)) * (utcOffset.startsWith('-') ? -1 : 1);
  const now = (((Math.floor(nowMs / MINUTE_MS) + offset) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return hours.some((span) => {
    const [from, to] = [minutesOf(span.from), minutesOf(span.to)];
    return from < to ? from <= now && now < to : from <= now || now < to;
  });
}
