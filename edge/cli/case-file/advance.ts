/** What came over the ASEAN Single Window before the vehicle, and what a declaration says it rests on. */
import { z } from 'zod';
import {
  ADVANCE_KINDS,
  ADVANCE_STATUSES,
  type AdvanceDocument,
  type Claim,
} from '../../../protocols/asw/words.ts';
import { containerNumber, instant, kg, name, texts } from './words.ts';

const named = { kind: z.enum(ADVANCE_KINDS), reference: name };

export const claim: z.ZodType<Claim> = z.object(named);

export const advanceDocument: z.ZodType<AdvanceDocument> = z.object({
  ...named,
  version: z.int().min(0).default(0),
  status: z.enum(ADVANCE_STATUSES).default('issued'),
  issuer: name,
  form: name.exactOptional(),
  issuedAt: instant,
  validUntil: instant.exactOptional(),
  containers: z
    .array(
      z.object({
        number: containerNumber,
        seals: texts.exactOptional(),
        grossKg: kg.exactOptional(),
        grossBasis: z.enum(['cargo', 'cargo+container']).exactOptional(),
      }),
    )
    .max(1_000)
    .exactOptional(),
  goods: z
    .array(z.object({ hs: name, origin: name.exactOptional() }))
    .max(1_000)
    .exactOptional(),
  parties: z
    .array(
      z.object({
        role: z.enum(['consignor', 'consignee']),
        id: name.exactOptional(),
        name: name.exactOptional(),
      }),
    )
    .max(20)
    .exactOptional(),
});
