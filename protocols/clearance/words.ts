/** What customs and the province’s platform tell a gate, and a gate tells customs, in the words of this project. */
import type { Claim } from '../asw/words.ts';
import type { Refusal } from '../refusal.ts';

/** What a truck brings or fetches: goods, an empty container, or goods the other side has refused. */
export const BOOKED_LOADS = ['laden', 'empty', 'return'] as const;
export type BookedLoad = (typeof BOOKED_LOADS)[number];

/** A visit announced on the province's platform: who will bring or fetch which container. */
export interface Booking {
  type: 'booking';
  bookingId: string;
  direction: 'export' | 'import';
  container: string;
  /** Plate of the domestic truck. */
  truckPlate: string;
  /** Plate of its trailer. Absent: it has none, or nobody has said. */
  trailerPlate?: string;
  declarations: string[];
  /** Declared gross of container and goods. */
  grossKg: number;
  seals: string[];
  /** Absent: laden. An empty container is under no declaration. */
  load?: BookedLoad;
  /** ISO 6346 size and type of the container, such as `22G1`: what an empty one weighs. */
  sizeType?: string;
  /** Of a return: the move that was refused. */
  returnOf?: Refusal;
}

/** What besides the release itself may be asked of a container before it passes. */
export const REQUIREMENTS = [
  'scan',
  'quarantine',
  'inspection',
  'documentCheck',
  'borderGuard',
  'driverDocuments',
  'vehicleDocuments',
  'fees',
  /** The specialised unit’s own measurement, after an alarm of the portal. */
  'radiation',
  /** The driver’s health document, in a health emergency. */
  'driverHealth',
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];
export type RequirementState = 'not-required' | 'required' | 'passed' | 'failed';

/** Goods of a declaration, as far as a rule or a list can speak of them. */
export interface Goods {
  /** HS or AHTN code, digits only. */
  hs: string;
  /** Country of origin, ISO 3166-1 alpha-2. */
  origin?: string;
  /** Product name, for lists that name products. */
  product?: string;
  /** Import or export licence, where one is needed. */
  licence?: string;
}

/** Somebody a declaration names; `id` is the tax code or the registration number. */
export interface Party {
  role: 'declarant' | 'consignor' | 'consignee' | 'carrier' | 'producer';
  id: string;
  name?: string;
}

export interface Quantity {
  packages?: number;
  kg?: number;
}

/** What customs says of one container under one declaration; the newest `version` counts. */
export interface ClearanceReport {
  type: 'clearance';
  declaration: string;
  container: string;
  kind: 'export' | 'import' | 'transit';
  channel: 'green' | 'yellow' | 'red';
  status: 'registered' | 'inspected' | 'released' | 'withdrawn';
  /** Raised by customs at each change. */
  version: number;
  /** Which system said so: VNACCS, Ecus6, … */
  source: string;
  /** The feed that brought it, whose freshness is its own. Absent: `customs`. */
  feed?: string;
  /** When the release ends, milliseconds since 1970. */
  validUntil?: number;
  /** Whether customs states that it lists every declaration of this container. Absent: it does. */
  complete?: boolean;
  /** Seals customs expects on it; empty: none. */
  seals?: string[];
  sealRule?: 'required' | 'optional' | 'none';
  /** Declared for this container under this declaration. */
  grossKg?: number;
  /** What `grossKg` weighs. Absent: goods and container. `unknown`: customs says it in a word nobody knows here. */
  grossBasis?: 'cargo' | 'cargo+container' | 'unknown';
  requirements?: Partial<Record<Requirement, RequirementState>>;
  goods?: Goods[];
  parties?: Party[];
  /** Authorised economic operator: served first, never let off anything. */
  aeo?: boolean;
  /** Movement reference number of an ASEAN transit (ACTS), 18 characters. */
  mrn?: string;
  /** Temporary admission (Istanbul convention): to be back by then, milliseconds since 1970. */
  returnBy?: number;
  /** What of the declaration this container carries. */
  allotment?: Quantity;
  /** What of the declaration has not yet crossed, this container included. */
  remaining?: Quantity;
  /** The crossing that has used this allotment; it is used once. */
  usedBy?: string;
  /** Certificates, and the other side’s export declaration, that it rests on. */
  claims?: Claim[];
}

/** What a scanner, a quarantine station or another authority found about a container; the newest `version` counts. */
export interface Examination {
  type: 'examination';
  examinationId: string;
  container: string;
  requirement: Requirement;
  state: 'required' | 'passed' | 'failed';
  version: number;
  /** Which system said so. */
  source: string;
  /** Who stands for it. */
  officer?: string;
  /** Of the image or certificate, as its system names it. */
  reference?: string;
  /** When it was examined, milliseconds since 1970 on the examiner’s clock. */
  examinedAt: number;
}

/** One change of the customs list. */
export type ListedChange = Booking | ClearanceReport;

/** A container entered or left the supervision area (VASSCM get-in, get-out). */
export interface AreaReport {
  /** Idempotency key: the same report told twice is one report. */
  reportId: string;
  kind: 'get-in' | 'get-out';
  container: string;
  declarations: string[];
  /** ISO 8601 with offset: when it truly happened. */
  eventTime: string;
}
