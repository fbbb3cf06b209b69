/** What a clock with an offset such as `+07:00` is ahead of UTC, milliseconds. */
export function utcOffsetMs(utcOffset: string): number {
  const sign = utcOffset.startsWith('-') ? -1 : 1;
  return sign * (Number(utcOffset.slice(1, 3)) * 60 + Number(utcOffset.slice(4))) * 60_000;
}

/** ISO 8601 with a fixed offset such as `+07:00`: what people read and what EPCIS calls `eventTime`. */
export function isoWithOffset(atMs: number, utcOffset: string): string {
  return new Date(atMs + utcOffsetMs(utcOffset)).toISOString().slice(0, -1) + utcOffset;
}
