/**
 * Transit movements of ACTS, the ASEAN Customs Transit System: a movement is known by its MRN, goes from an office of departure over
 * offices of transit to one of destination, and names the containers and seals it travels with.
 *
 * Each container of a movement becomes a clearance of kind `transit` under the MRN. What is not known to let a movement pass does not.
 */
import { z } from 'zod';
import type { ClearanceReport } from './words.ts';
import { writtenContainer } from './written.ts';

/** Two digits of the year, the country, thirteen characters, a check digit. */
const MRN = /^[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]$/;

const office = z.string().min(1).max(100);
const movement = z.object({
  mrn: z.string().regex(MRN, 'an MRN has 18 characters: year, country, 13 characters, a check digit'),
  movementStatus: z.string().max(100),
  /** Raised at each change of the movement. */
  version: z.int().nonnegative(),
  officeOfDeparture: office.optional(),
  officeOfTransit: office.optional(),
  officeOfDestination: office.optional(),
  /** The movement has to be at its destination by then, ISO 8601 with offset. */
  timeLimit: z.iso.datetime({ offset: true }).optional(),
  containers: z
    .array(
      z.object({
        containerNumber: writtenContainer,
        seals: z.array(z.string().min(1).max(100)).max(50),
        grossMassKg: z.number().min(0).max(1_000_000).optional(),
      }),
    )
    .min(1)
    .max(1_000),
});

/** A movement that has ended lets nothing pass any more. */
const STATUSES: ReadonlyMap<string, ClearanceReport['status']> = new Map([
  ['DECLARED', 'registered'],
  ['ACCEPTED', 'registered'],
  ['CONTROLLED', 'inspected'],
  ['RELEASED', 'released'],
  ['ARRIVED', 'withdrawn'],
  ['DISCHARGED', 'withdrawn'],
  ['CANCELLED', 'withdrawn'],
  ['INVALIDATED', 'withdrawn'],
]);

export type ReadMovement = { ok: true; changes: ClearanceReport[] } | { ok: false; reason: string };

/** Reads one movement of the feed: a clearance for each container. An unknown status reads as `registered`. */
export function readMovement(value: unknown): ReadMovement {
  const parsed = movement.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, reason: `${issue?.path.join('.') || 'movement'}: ${issue?.message ?? 'unreadable'}` };
  }
  const { mrn, movementStatus, version, timeLimit, containers } = parsed.data;
  return {
    ok: true,
    changes: containers.map(({ containerNumber, seals, grossMassKg }) => ({
      type: 'clearance',
      declaration: mrn,
      container: containerNumber,
      kind: 'transit',
      // ACTS knows no channels; nothing reads a channel as a release.
      channel: 'green',
      status: STATUSES.get(movementStatus) ?? 'registered',
      version,
      source: 'ACTS',
      mrn,
      seals,
      sealRule: seals.length > 0 ? 'required' : 'optional',
      ...(timeLimit !== undefined && { validUntil: Math.max(0, Date.parse(timeLimit)) }),
      ...(grossMassKg !== undefined && { grossKg: Math.round(grossMassKg) }),
    })),
  };
}
