/**
 * The passage of a container under an ASEAN transit (ACTS) at the office of passage: its words, and how they stand on the
 * wire. ACTS names a transit by its MRN, eighteen characters, and asks at each passage which seals were seen.
 */
import { z } from 'zod';

export interface TransitPassage {
  /** Idempotency key: the same passage told twice is one passage. */
  passageId: string;
  mrn: string;
  /** Customs office reference number, eight characters. */
  office: string;
  kind: 'get-in' | 'get-out';
  container: string;
  /** ISO 8601 with offset: when it truly happened. */
  eventTime: string;
  /** Seals that were read on it; absent: nobody has looked. */
  seals?: string[];
}

const wirePassage = z.object({
  passageId: z.string().min(1).max(100),
  mrn: z.string().regex(/^[A-Z0-9]{18}$/),
  officeOfPassage: z.string().regex(/^[A-Z0-9]{8}$/),
  movement: z.enum(['ENTRY', 'EXIT']),
  containerNumber: z.string().min(1).max(20),
  passageDateTime: z.iso.datetime({ offset: true }),
  sealNumbers: z.array(z.string().min(1).max(100)).max(99).optional(),
});

export const writePassage = (passage: TransitPassage): z.infer<typeof wirePassage> => ({
  passageId: passage.passageId,
  mrn: passage.mrn,
  officeOfPassage: passage.office,
  movement: passage.kind === 'get-in' ? 'ENTRY' : 'EXIT',
  containerNumber: passage.container,
  passageDateTime: passage.eventTime,
  ...(passage.seals && { sealNumbers: passage.seals }),
});

/** A passage in our words; undefined if it is none. */
export function readPassage(value: unknown): TransitPassage | undefined {
  const parsed = wirePassage.safeParse(value);
  if (!parsed.success) return undefined;
  const wire = parsed.data;
  return {
    passageId: wire.passageId,
    mrn: wire.mrn,
    office: wire.officeOfPassage,
    kind: wire.movement === 'ENTRY' ? 'get-in' : 'get-out',
    container: wire.containerNumber,
    eventTime: wire.passageDateTime,
    ...(wire.sealNumbers && { seals: wire.sealNumbers }),
  };
}
