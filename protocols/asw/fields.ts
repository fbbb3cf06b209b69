/**
 * The names and codes in which documents of the ASEAN Single Window come to the gate: the one place where they are mapped. They are
 * named after the WCO data model’s elements; whoever’s converter spells one otherwise changes it here. The same names are members
 * in JSON and elements in XML.
 *
 * Read as loosely as customs’ records: further members are allowed, and an unknown status never speaks for the goods.
 */
import { z } from 'zod';
import { writtenContainer } from '../clearance/written.ts';
import type { AdvanceKind, AdvanceStatus } from './words.ts';

/** `documentType`: what it is. */
export const TYPE_CODES: ReadonlyMap<string, AdvanceKind> = new Map([
  ['CO', 'certificate-of-origin'],
  ['FORM_D', 'certificate-of-origin'],
  ['PHYTO', 'phytosanitary'],
  ['ANIMAL_HEALTH', 'animal-health'],
  ['ACDD', 'export-declaration'],
  ['EXPORT_DECLARATION', 'export-declaration'],
]);

/** `documentStatus`: how it stands. What is not here reads as `pending`. */
export const STATUS_CODES: ReadonlyMap<string, AdvanceStatus> = new Map([
  ['ISSUED', 'issued'],
  ['AMENDED', 'issued'],
  ['DRAFT', 'pending'],
  ['SUBMITTED', 'pending'],
  ['REVOKED', 'revoked'],
  ['CANCELLED', 'revoked'],
  ['REPLACED', 'revoked'],
  ['REJECTED', 'revoked'],
]);

/** `massBasis`: what a mass weighs. */
export const MASS_BASES: ReadonlyMap<string, 'cargo' | 'cargo+container'> = new Map([
  ['GOODS', 'cargo'],
  ['GOODS_AND_EQUIPMENT', 'cargo+container'],
]);

/** Elements of which there may be several: in XML each stands in the element that is named here. */
export const LISTS = {
  containers: 'container',
  goods: 'item',
  seals: 'sealNumber',
} as const;

export const CONTAINERS_MAX = 200;
export const GOODS_MAX = 500;
/** A document has to fit through control’s door with all its containers. */
const SEALS_MAX = 10;

const text = z.string().trim().min(1).max(100);
const code = z.string().trim().max(100);
const country = z
  .string()
  .trim()
  .regex(/^[A-Za-z]{2}$/, 'use a country code of two letters (ISO 3166-1)')
  .transform((letters) => letters.toUpperCase());
const instant = z.iso.datetime({
  offset: true,
  error: 'use a time with its offset, such as 2026-11-20T08:00:00+07:00',
});
/** XML has no numbers. */
const number = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);
const version = number.pipe(z.int().min(0));
const mass = number.pipe(z.number().min(0).max(1_000_000));
const party = z.object({ partyId: text.optional(), partyName: text.optional() });

export const wireDocument = z.object({
  documentType: z
    .string()
    .trim()
    .refine((type) => TYPE_CODES.has(type), {
      error: `is none of ${[...TYPE_CODES.keys()].join(', ')}`,
    }),
  /** Its number at its issuer: what declarations refer to. */
  referenceNumber: text,
  /** Raised at each change of the document. */
  versionNumber: version,
  documentStatus: code,
  issuingCountry: country,
  /** Form of a certificate of origin. */
  formCode: code.optional(),
  issueDateTime: instant,
  expiryDateTime: instant.optional(),
  consignor: party.optional(),
  consignee: party.optional(),
  containers: z
    .array(
      z.object({
        containerNumber: writtenContainer,
        seals: z.array(text).max(SEALS_MAX).optional(),
        grossMassKg: mass.optional(),
        massBasis: code.optional(),
      }),
    )
    .max(CONTAINERS_MAX)
    .optional(),
  goods: z
    .array(z.object({ tariffCode: z.string().trim().min(1).max(40), originCountry: country.optional() }))
    .max(GOODS_MAX)
    .optional(),
});
export type WireDocument = z.infer<typeof wireDocument>;
