/**
 * What a decision at a checkpoint stands on: who is expected, what was seen, what customs says, and what the site demands.
 * Plain data; instants are milliseconds since 1970 on one clock, weights kilograms, qualities per mille.
 */
import type { Carried, Checkpoint, Condition, PersonRole } from '../../../config/schema.ts';
import type { AdvanceDocument } from '../../../protocols/asw/words.ts';
import type { ClearanceReport, Examination, Requirement } from '../../../protocols/clearance/words.ts';
import type { SignedList } from '../../../protocols/lists/words.ts';
import type { SealEvent } from '../../../protocols/seals.ts';
import type { IdentifyPolicy, Read } from '../identify/identify.ts';

/** What a vehicle carries: goods, empty containers, nothing, or goods the other side has refused. */
export type Load = Carried;

export interface ExpectedContainer {
  number: string;
  /** Which of two; front is at the cab. */
  position?: 'front' | 'rear';
  /** Seals it should bear, as booked or handed over. Absent: nobody has said. */
  seals?: readonly string[];
  /** Declarations it was announced under, where that is known container by container. */
  declarations?: readonly string[];
  /** What was recorded of its seals since, oldest first. */
  sealHistory?: readonly SealEvent[];
  /** ISO 6346 size and type, such as `22G1`. */
  sizeType?: string;
  tareKg?: number;
  /** Declared gross of container and goods, where customs states none. */
  grossKg?: number;
  /** What we weighed before: container and goods. */
  weighed?: { kg: number; at: number };
  /** HS codes of its goods, where customs states none. */
  hs?: readonly string[];
  /** Declared dangerous goods, by UN number. */
  dangerousGoods?: readonly string[];
  /** Range of a reefer, °C. */
  temperature?: { minC: number; maxC: number };
}

/** One vehicle that may come. */
export interface ExpectedCrossing {
  crossingId: string;
  load: Load;
  vehicle: {
    plate?: string;
    trailer?: string;
    /** Of a driverless vehicle: authenticated serial and the tags on it. */
    serial?: string;
    rfid?: readonly string[];
    tareKg?: number;
  };
  containers: readonly ExpectedContainer[];
  /** Declarations it was announced under; customs may list more. */
  declarations: readonly string[];
  bookingId?: string;
  /** Announced beforehand. */
  booked: boolean;
  /** It has been through this checkpoint already. */
  passedAt?: number;
  /** Movement reference number it travels under. */
  mrn?: string;
  /** Since when it has been in the other country; whether it carries goods both ways. */
  visit?: { enteredAt: number; bothWays: boolean };
  /** Of a return: the move that was refused, and why; `against`: what the gate itself knows against that. */
  returnOf?: { move: string; refusal: string; against?: string };
}

interface Seen {
  device: string;
  /** Tells a reading from its repeat. */
  id?: string;
  at: number;
  /** SHA-256 of the picture. */
  image?: string;
  /** An officer’s reading in place of a device’s. */
  by?: { person: string; photo?: string };
}

/** What a reading shows. */
export type Observed =
  | {
      kind: Read['kind'];
      value: string;
      quality: number;
      readId?: string;
      position?: 'front' | 'rear';
    }
  | {
      kind: 'seal';
      value?: string;
      state: 'intact' | 'broken' | 'missing' | 'unreadable';
      quality: number;
      container?: string;
    }
  | {
      kind: 'weight';
      grossKg: number;
      tareKg?: number;
      stable: boolean;
      axlesKg?: readonly number[];
      verifiedUntil?: number;
    }
  | { kind: 'radiation'; alarm: boolean }
  | { kind: 'emptiness'; empty: boolean; container?: string }
  | { kind: 'damage'; damaged: boolean; container?: string; what?: string }
  | { kind: 'gauge'; exceeded: boolean; what?: string }
  | { kind: 'placard'; value: string }
  | { kind: 'temperature'; celsius: number; container?: string }
  | {
      kind: 'test';
      positive: boolean;
      substance: 'drug' | 'explosive' | 'chemical' | 'other';
      sample?: string;
    };

export type Evidence = Seen & Observed;

export type EvidenceOf<Kind extends Evidence['kind']> = Extract<Evidence, { kind: Kind }>;

/** An owner’s word that a reason does not stand against this vehicle. */
export interface Finding {
  code: string;
  /** What was cleared: the reason with this detail, and no later one of the same code. */
  detail?: string;
  /** Whatever the code speaks of at this container. Neither this nor a detail: the only reason of the code. */
  container?: string;
  person: string;
  role: PersonRole;
  at: number;
  reason: string;
}

/** What only the gate knows; each is asked for by a condition. */
export interface GateFacts {
  lineClear: boolean;
  granted: boolean;
  counterpartOpen: boolean;
  /** On no track of the section that leads there may anybody be sent. */
  sectionClosed: boolean;
  bayFree: boolean;
  laneStopped: boolean;
  laneOpen: boolean;
  gateStopped: boolean;
  /** Nobody sits in it. */
  driverless: boolean;
  /** Devices the conditions need that are not fresh. */
  devicesDown: readonly string[];
}

export interface Visit {
  evidence: readonly Evidence[];
  /** Until then devices are still reading, and what is not read is awaited, not missed. */
  readingUntil?: number;
  /** The crossing a person says it is. */
  identifiedAs?: string;
  findings?: readonly Finding[];
  /** Where containers are known to be, or were last seen. */
  sightings?: readonly { container: string; place: string; at: number; crossingId?: string; now: boolean }[];
  facts?: Partial<GateFacts>;
  /** Officers’ readings already used at this gate in the last hour, by person. */
  handheldUsed?: Readonly<Record<string, number>>;
  clockTrusted?: boolean;
}

/** Customs’ word on one container under one declaration, and when its source last confirmed its list. */
export type ClearanceRow = Omit<ClearanceReport, 'type' | 'version'> & {
  /** Absent: unknown. */
  asOf?: number;
};

export interface Clearances {
  rows: readonly ClearanceRow[];
  /** Results of scanners, quarantine and other authorities. */
  examinations?: readonly Omit<Examination, 'type' | 'version'>[];
  /** Certificates and export declarations that came over the ASEAN Single Window. */
  advance?: readonly AdvanceDocument[];
  /** Where one list covers all: when it was last confirmed; null: never. */
  listAsOf?: number | null;
}

/** What a vehicle must not be, come from, carry or belong to. Its signature is checked where it comes in. */
export type WatchList = Omit<SignedList, 'version' | 'reviewBy'>;

/** All members that are given must hold for the rule to hit. */
export interface RiskRule {
  id: string;
  name: string;
  owner: 'customs' | 'border-guard' | 'quarantine';
  legalBasis: string;
  from: number;
  until?: number;
  when: {
    checkpoints?: readonly Checkpoint[];
    kinds?: readonly ClearanceReport['kind'][];
    /** Beginnings of HS codes. */
    hs?: readonly string[];
    origins?: readonly string[];
    parties?: readonly string[];
    /** Hits only goods without a licence. */
    unlicensed?: boolean;
    /** Hits only codes of waste and scrap. */
    waste?: boolean;
  };
}

/**
 * In force for a time, such as in a health emergency: what it demands of goods, and of drivers (`driverHealth`), beside all else.
 * Where `when` names nothing, of everybody.
 */
export interface Regime {
  id: string;
  name: string;
  /** Whose word on a driver counts. */
  owner: 'customs' | 'border-guard' | 'quarantine';
  legalBasis: string;
  declaredBy: string;
  from: number;
  until: number;
  when: RiskRule['when'];
  demands: readonly Requirement[];
}

/** Customs has declared an outage: within it, an old list does not hold what its own lists name. */
export interface OutageRegime {
  legalBasis: string;
  declaredBy: string;
  from: number;
  until: number;
  /** Systems whose word counts meanwhile, such as `Ecus6`. */
  sources: readonly string[];
  /** Beginnings of HS codes it is for; empty: all goods. */
  hs: readonly string[];
}

export interface WeightPolicy {
  tolerance: { percent: number; kg: number };
  /** How much a vehicle’s registered tare may differ by its fuel. */
  fuelKg: number;
  /** Against our own earlier weighing: two scales may differ by this. */
  reweighKg: number;
  /** Water that produce of these HS chapters loses. */
  loss: { hs: readonly string[]; permillePerHour: number; permilleMax: number };
  /** The stricter of the two countries’ limits counts. */
  limits: Readonly<Record<string, { totalKg: number; axleKg: number }>>;
}

export interface Policy {
  conditions: Readonly<Record<Checkpoint, Readonly<Record<Load, readonly Condition[]>>>>;
  /** Legal basis and effective dates of a condition: outside its dates it is not demanded. */
  basis: Partial<Record<Condition, { legalBasis: string; from?: number; until?: number }>>;
  identify: IdentifyPolicy;
  evidenceAgeMsMax: number;
  sealQualityMin: number;
  clearanceAgeMsMax: number;
  /** An export declaration that nobody claims speaks of the journey of its container for so long. */
  advanceAgeMsMax: number;
  weight: WeightPolicy;
  /** Conditions an officer’s handheld reading with a photo may stand in for. */
  substitutes: readonly Condition[];
  handheldPerHourMax: number;
  /** How long a container needs from one place to another at the least. */
  travelMsMin: number;
  dwell: { oneWayMs: number; bothWaysMs: number };
  mixedCargo: 'allowed' | 'refused';
  /** UN numbers that may pass when declared; others refer. */
  dangerousGoods: readonly string[];
  lists: readonly WatchList[];
  rules: readonly RiskRule[];
  regimes: readonly Regime[];
  outage?: OutageRegime;
}

export interface Case {
  at: number;
  checkpoint: Checkpoint;
  expected: readonly ExpectedCrossing[];
  visit: Visit;
  clearances: Clearances;
  policy: Policy;
}

/** One crossing that was matched, and all that is needed to judge it. */
export interface Judged extends Case {
  crossing: ExpectedCrossing;
  /** Demanded here and now of its load. */
  conditions: ReadonlySet<Condition>;
  /** Evidence of this visit that counts for it: not of a time to come, and a lawful substitute where a person gave it. */
  evidence: readonly Evidence[];
}

/** All that was seen of one kind, whatever its worth: what speaks against a vehicle always counts. */
export const seenOf = <Kind extends Evidence['kind']>(
  { visit }: Pick<Case, 'visit'>,
  kind: Kind,
): EvidenceOf<Kind>[] => visit.evidence.filter((one): one is EvidenceOf<Kind> => one.kind === kind);

/** The evidence of one kind that counts, old or fresh. */
export const evidenceOf = <Kind extends Evidence['kind']>(
  { evidence }: Pick<Judged, 'evidence'>,
  kind: Kind,
): EvidenceOf<Kind>[] => evidence.filter((one): one is EvidenceOf<Kind> => one.kind === kind);

/** The newest of them; several where they are of the same time. */
export function newest<One extends { at: number }>(all: readonly One[]): One[] {
  const latest = all.reduce((time, { at }) => Math.max(time, at), Number.NEGATIVE_INFINITY);
  return all.filter(({ at }) => at === latest);
}

/** Whether a reading is young enough to open a barrier on. */
export const isFresh = ({ at, policy }: Pick<Case, 'at' | 'policy'>, one: { at: number }): boolean =>
  at - one.at <= policy.evidenceAgeMsMax;

/** Whether devices may still read what is not read yet. */
export const isReading = ({ at, visit }: Pick<Case, 'at' | 'visit'>): boolean =>
  visit.readingUntil !== undefined && at < visit.readingUntil;
