/**
 * What arrives over the ASEAN Single Window before the vehicle does, in the words of this project: e-certificates, and the
 * export declaration of the other side (ASEAN customs declaration document).
 */
import type { Goods } from '../clearance/words.ts';

export const ADVANCE_KINDS = [
  /** e-Form D and its kin. */
  'certificate-of-origin',
  /** e-Phyto. */
  'phytosanitary',
  'animal-health',
  /** ACDD, or any export declaration of the other side. */
  'export-declaration',
] as const;
export type AdvanceKind = (typeof ADVANCE_KINDS)[number];

/** From the one that speaks for the goods to the one that speaks against them. `pending`: announced, and not issued yet. */
export const ADVANCE_STATUSES = ['issued', 'pending', 'revoked'] as const;
export type AdvanceStatus = (typeof ADVANCE_STATUSES)[number];

/** A document that a declaration rests on: what kind, and its number at its issuer. */
export interface Claim {
  kind: AdvanceKind;
  reference: string;
}

/** A container as its document has it. */
export interface AdvanceContainer {
  number: string;
  seals?: string[];
  grossKg?: number;
  /** What `grossKg` weighs. Absent: the goods (WCO data model: without the carrier’s equipment). */
  grossBasis?: 'cargo' | 'cargo+container';
}

/** Somebody a document names, by a number, a name, or both. */
export interface AdvanceParty {
  role: 'consignor' | 'consignee';
  id?: string;
  name?: string;
}

/** One document; of one kind and reference the newest `version` counts. Instants are milliseconds since 1970. */
export interface AdvanceDocument extends Claim {
  version: number;
  status: AdvanceStatus;
  /** Who issued it: the country, ISO 3166-1 alpha-2. */
  issuer: string;
  /** Of a certificate of origin: D, E, RCEP, … */
  form?: string;
  issuedAt: number;
  /** It ends then. */
  validUntil?: number;
  /** Absent or empty: it names none, and so any. */
  containers?: AdvanceContainer[];
  /** The same of its goods. */
  goods?: Pick<Goods, 'hs' | 'origin'>[];
  parties?: AdvanceParty[];
}

/** A document as control is told of it, for a container it names or that rests on it. */
export interface AdvanceReport extends AdvanceDocument {
  type: 'advance-document';
  container: string;
}
