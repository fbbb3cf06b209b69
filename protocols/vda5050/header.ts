/** What all VDA 5050 messages share: topics (§6.3), header (§6.4) and the counting of headers. */
import { z } from 'zod';

/** The version we write. States of any 2.x vehicle are read. */
export const protocolVersion = '2.1.0';

/** Who a vehicle is on the wire; part of every topic and every header. */
export interface VehicleIdentity {
  manufacturer: string;
  serialNumber: string;
}

export type Subtopic = 'order' | 'instantActions' | 'state' | 'connection';

/** `{prefix}/{manufacturer}/{serialNumber}/{subtopic}`, such as `uagv/v2/langson/LS-001/state`. */
export const vehicleTopic = (prefix: string, vehicle: VehicleIdentity, subtopic: Subtopic): string =>
  `${prefix}/${vehicle.manufacturer}/${vehicle.serialNumber}/${subtopic}`;

/** Names and ids; VDA 5050 sets no length, a gate has to. */
export const text = z.string().max(256);
const timestamp = z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'not an ISO 8601 time');

export const header = z.object({
  headerId: z.int().min(0),
  timestamp,
  version: z.string().regex(/^2\.\d+(\.\d+)?$/, 'only VDA 5050 2.x is understood'),
  manufacturer: text,
  serialNumber: text,
});
export type Header = z.infer<typeof header>;

/** Counts `headerId` up from 1, apart for each topic; `nowMs` is wall-clock time in milliseconds since 1970. */
export function createHeaders(vehicle: VehicleIdentity): (subtopic: Subtopic, nowMs: number) => Header {
  const counts = new Map<Subtopic, number>();
  return (subtopic, nowMs) => {
    const headerId = (counts.get(subtopic) ?? 0) + 1;
    counts.set(subtopic, headerId);
    return {
      headerId,
      timestamp: new Date(nowMs).toISOString(),
      version: protocolVersion,
      manufacturer: vehicle.manufacturer,
      serialNumber: vehicle.serialNumber,
    };
  };
}

/** Whether a message speaks for `vehicle`; a bridge or a wrongly set up vehicle may publish under a foreign topic. */
export const speaksFor = (message: Header, vehicle: VehicleIdentity): boolean =>
  message.manufacturer === vehicle.manufacturer && message.serialNumber === vehicle.serialNumber;

/**
 * Recognises late and doubled messages of one topic. A message is old if neither its count nor its time is newer than
 * the last one's: a vehicle that restarts counts from the beginning, but its time goes on.
 */
export function createHeaderWatch(): { isOld(message: Header): boolean; reset(): void } {
  let last: { headerId: number; atMs: number } | undefined;
  return {
    isOld(message) {
      const atMs = Date.parse(message.timestamp);
      if (last && message.headerId <= last.headerId && atMs <= last.atMs) return true;
      last = { headerId: message.headerId, atMs };
      return false;
    },
    reset() {
      last = undefined;
    },
  };
}
