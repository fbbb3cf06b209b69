/** ISO 8601 with a fixed offset such as `+07:00`: what people read and what EPCIS calls `eventTime`. */
export function isoWithOffset(atMs: number, utcOffset: string): string {
  const sign = utcOffset.startsWith('-') ? -1 : 1;
  const [hours = 0, minutes = 0] = utcOffset.slice(1).split(':').map(Number);
  const shifted = new Date(atMs + sign * (hours * 60 + minutes) * 60_000);
  return shifted.toISOString().replace('Z', utcOffset);
}
