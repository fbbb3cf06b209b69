/**
 * What one gate tells the other, one record a line of its log: line clear, movement authority, custody, differences, the
 * section as a whole, and the log itself. Codes are authoritative; texts inform people and say their language.
 * The limits bound a hostile line; they are those of control's door, so that a line that verifies is also admitted.
 */
import { z } from 'zod';
import { refusal } from '../refusal.ts';
import { discrepancyCode, publicCode } from './codes.ts';
import { signedActs } from './officer.ts';

const name = z.string().min(1).max(120);
const eventTime = z.iso.datetime({ offset: true }).max(40);
const load = z.enum(['laden', 'empty', 'bobtail', 'return']);
const containerNumber = z.string().min(1).max(20);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Words for people: BCP 47 language tag, and whether a translation of what was said in another language. */
const text = z.strictObject({
  lang: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
  text: z.string().max(1_000),
  translated: z.literal(true).exactOptional(),
});
export type FreeText = z.infer<typeof text>;
const texts = z.array(text).max(6).exactOptional();

/** Something both sides can be shown later: a picture, a reading, a document, known by its SHA-256. */
const evidence = z
  .array(z.strictObject({ type: z.enum(['picture', 'reading', 'document', 'scan']), sha256 }))
  .max(100)
  .exactOptional();
export type Evidence = NonNullable<z.infer<typeof evidence>>[number];

/** Where custody passes, as the site is configured: at the border line, at the receiver's checkpoint, or when the crane has set down. */
export const CUSTODY_POINTS = ['km0', 'border-in', 'set-down'] as const;
export type CustodyPoint = (typeof CUSTODY_POINTS)[number];

const container = z.strictObject({
  number: containerNumber,
  seals: z.array(name).max(50).exactOptional(),
  /** Container and goods, whole kilograms. */
  grossKg: z.int().min(0).max(1_000_000).exactOptional(),
  /** Cross-border e-commerce puts thousands of consignments into one container. */
  declarations: z.array(name).max(10_000).exactOptional(),
  /** Of an empty one, ISO 6346 size and type: the receiver weighs it, too. */
  sizeType: z.string().min(1).max(20).exactOptional(),
});

/**
 * One seal at a change of custody: the number expected and the one read, in which state, checked how, and by whom. `place` is
 * a checkpoint or bay; `giver` and `receiver` are gates.
 */
const sealCheck = z.strictObject({
  container: containerNumber,
  expected: name.exactOptional(),
  found: name.exactOptional(),
  state: z.enum(['intact', 'broken', 'missing', 'replaced', 'not-checked']),
  method: z.enum(['reader', 'person', 'electronic', 'none']),
  photo: sha256.exactOptional(),
  checkedAt: eventTime,
  place: name,
  giver: name,
  receiver: name,
});
export type SealCheck = z.infer<typeof sealCheck>;
const sealChecks = z.array(sealCheck).max(100).exactOptional();

/** One thing that differs between what was handed over and what was found. */
const difference = z.strictObject({
  code: discrepancyCode,
  container: containerNumber.exactOptional(),
  expected: z.string().max(300).exactOptional(),
  found: z.string().max(300).exactOptional(),
  text: texts,
});
export type Difference = z.infer<typeof difference>;
const differences = z.array(difference).min(1).max(50);

/** A person on duty, by the name or number the two sides know them by. */
const officer = name;
/**
 * The act that gave rise to the record as its officer signed it, and where there was one the second person's confirmation (see
 * officer.ts); the gate's own key proves integrity, these a person's will.
 */
const officerSignatures = signedActs.exactOptional();

/**
 * What every record may carry. `withheld`: for each member that the filter in force keeps back (a JSON pointer into the record)
 * the salted digest that proves it when it is disclosed.
 */
const common = { withheld: z.record(z.string().max(200), sha256).exactOptional() };
/** Of a move: `move` is the sender's name for one vehicle crossing the line once. */
const ofMove = { ...common, move: name, custodyPoint: z.enum(CUSTODY_POINTS).exactOptional() };
const hotline = z
  .strictObject({
    /** The one-time number the two officers have read back to each other. */
    number: name,
    sender: officer,
    receiver: officer,
  })
  .exactOptional();
const receipt = {
  ...ofMove,
  eventTime,
  containers: z.array(containerNumber).max(2),
  sealChecks,
  evidence,
};

/** Which move was refused, and as far as they may cross by whom and why. */
const refusalTold = refusal.extend({
  refusedBy: refusal.shape.refusedBy.exactOptional(),
  reason: refusal.shape.reason.exactOptional(),
});

/**
 * One record as it may come from the other side; unknown members are refused.
 *
 * `grant` is the one-time number of a permission, `homeGate` the gate that commands the vehicle, `holdNode` where the vehicle
 * may drive to and stand (the receiver's hold point before `border-in`), `bayNode` the map node of the bay reserved for
 * unloading; none for a vehicle without containers. A `token` is the right to send on an alternating track, handed over by
 * whoever holds it when the track is empty. `returnOf` names the move that had brought the container of a return.
 */
export const handoverRecord = z.discriminatedUnion('kind', [
  // ------------------------------------------------------------ line clear
  z.strictObject({
    ...ofMove,
    kind: z.literal('offered'),
    load,
    track: name,
    vehicle: name,
    homeGate: name,
    plate: name,
    containers: z.array(container).max(2),
    returnOf: refusalTold.exactOptional(),
  }),
  z.strictObject({ ...ofMove, kind: z.literal('offer-withdrawn') }),
  /** A promise to take it when track, slot and bay are free; it gives nothing yet. */
  z.strictObject({ ...ofMove, kind: z.literal('accepted') }),
  z.strictObject({ ...ofMove, kind: z.literal('refused'), code: publicCode, text: texts }),
  z.strictObject({
    ...ofMove,
    kind: z.literal('granted'),
    grant: name,
    track: name,
    holdNode: name,
    bayNode: name.exactOptional(),
    hotline,
    officerSignatures,
  }),
  z.strictObject({ ...ofMove, kind: z.literal('grant-returned'), grant: name }),
  // ------------------------------------------------------------ the move and its custody
  z.strictObject({
    ...ofMove,
    kind: z.literal('departed'),
    grant: name,
    eventTime,
    containers: z.array(containerNumber).max(2).exactOptional(),
    sealChecks,
    evidence,
    hotline,
    officerSignatures,
  }),
  z.strictObject({ ...ofMove, kind: z.literal('recalled'), code: publicCode, text: texts }),
  z.strictObject({ ...ofMove, kind: z.literal('arrived'), eventTime, evidence }),
  z.strictObject({ ...receipt, kind: z.literal('received') }),
  z.strictObject({ ...receipt, kind: z.literal('received-with-remarks'), remarks: differences }),
  /** A difference that both sides must close; `custodian` is the gate that keeps the goods meanwhile, at `place`. */
  z.strictObject({
    ...ofMove,
    kind: z.literal('disputed'),
    discrepancy: name,
    eventTime,
    differences,
    deadline: eventTime,
    place: name,
    custodian: name,
    evidence,
    officerSignatures,
  }),
  z.strictObject({
    ...ofMove,
    kind: z.literal('joint-inspection'),
    discrepancy: name,
    eventTime,
    /** Present on it: one of each side at least. */
    inspectors: z.array(officer).min(1).max(10),
    outcome: z.enum(['confirmed', 'unfounded', 'partly', 'escalated']),
    text: texts,
    evidence,
    officerSignatures,
  }),
  /** The sender's end of a move; with `discrepancy`, either side's end of a difference. */
  z.strictObject({
    ...ofMove,
    kind: z.literal('closed'),
    eventTime,
    discrepancy: name.exactOptional(),
    outcome: z.enum(['as-handed-over', 'as-found', 'settled', 'withdrawn']).exactOptional(),
    text: texts,
    officerSignatures,
  }),
  /** The goods of `move` are back where they came from, brought by the move `by`. */
  z.strictObject({
    ...ofMove,
    kind: z.literal('returned'),
    by: name,
    eventTime,
    containers: z.array(containerNumber).max(2),
  }),
  // ------------------------------------------------------------ whose vehicle
  z.strictObject({
    ...common,
    kind: z.literal('authority-asked'),
    ask: name,
    vehicle: name,
    from: name,
    to: name,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('authority-granted'),
    ask: name,
    vehicle: name,
    from: name,
    to: name,
  }),
  // ------------------------------------------------------------ the section
  z.strictObject({ ...common, kind: z.literal('token-asked'), track: name }),
  z.strictObject({ ...common, kind: z.literal('token-passed'), track: name }),
  /** People of this side have inspected the track and found it empty; both sides must say so before it is free. */
  z.strictObject({
    ...common,
    kind: z.literal('block-reset'),
    reset: name,
    track: name,
    moves: z.array(name).max(100),
    eventTime,
    officers: z.array(officer).length(2),
    officerSignatures,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('section-closing'),
    closure: name,
    /** None: the whole section. */
    tracks: z.array(name).max(50),
    code: publicCode,
    text: texts,
    from: eventTime,
    to: eventTime.exactOptional(),
    officerSignatures,
  }),
  /** Nothing of ours is on what is being closed any more, and nothing will be sent. */
  z.strictObject({ ...common, kind: z.literal('section-closed'), closure: name, eventTime }),
  z.strictObject({
    ...common,
    kind: z.literal('section-reopening'),
    closure: name,
    eventTime,
    officerSignatures,
  }),
  // ------------------------------------------------------------ the log itself
  /** What crosses from here on, by direction as the writer sees it and kind of record (`export/offered`); `filter` is its digest. */
  z.strictObject({
    ...common,
    kind: z.literal('filter-in-force'),
    filter: sha256,
    members: z
      .record(name, z.array(name).max(50))
      .refine((members) => Object.keys(members).length <= 100, 'at most 100 kinds of record'),
  }),
  /** A new log key: `statement` is the canonical JSON both keys have signed (see rotation.ts). */
  z.strictObject({
    ...common,
    kind: z.literal('keys-rotated'),
    statement: z.string().max(4_000),
    signatures: z.strictObject({ old: z.string().max(2_000), new: z.string().max(2_000) }),
  }),
  /** This log was read back from the other side's copy, up to and with line `size`. */
  z.strictObject({
    ...common,
    kind: z.literal('restored'),
    size: z.int().positive(),
    rootHash: sha256,
    eventTime,
  }),
]);

export type HandoverRecord = z.infer<typeof handoverRecord>;
export type RecordKind = HandoverRecord['kind'];
export type RecordOf<K extends RecordKind> = Extract<HandoverRecord, { kind: K }>;
