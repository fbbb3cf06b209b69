/**
 * What has arrived over the ASEAN Single Window before the vehicle: certificates that a declaration rests on, and the export
 * declaration of the other side. A document that nobody claims and that is not there is missed by nobody.
 */
import type { AdvanceDocument, AdvanceKind, AdvanceParty, Claim } from '../../../protocols/asw/words.ts';
import { ADVANCE_STATUSES } from '../../../protocols/asw/words.ts';
import { normaliseHsCode } from '../../../protocols/hs-code.ts';
import { ownedBy, type Reason, reason } from '../reasons.ts';
import type { Case, ClearanceRow } from './case.ts';
import { plainText } from './lists.ts';
import { LOOSE, nameOf, rowsOf, type ToClear } from './rows.ts';

type Told = Pick<Case, 'at' | 'checkpoint' | 'clearances' | 'policy'>;

const NAMES: Record<AdvanceKind, string> = {
  'certificate-of-origin': 'certificate of origin',
  phytosanitary: 'phytosanitary certificate',
  'animal-health': 'animal health certificate',
  'export-declaration': 'export declaration',
};

/** The chapters of which every item needs the certificate, once one is claimed. */
const SPOKEN_OF: Partial<Record<AdvanceKind, { from: string; to: string }>> = {
  phytosanitary: { from: '06', to: '14' },
  'animal-health': { from: '01', to: '05' },
};

/** Documents of one kind, or of one number, in their newest version; of two words of one version the stricter. */
function documentsOf({ clearances: { advance = [] } }: Told, wanted: (one: AdvanceDocument) => boolean) {
  const newest = new Map<string, AdvanceDocument>();
  const rank = (one: AdvanceDocument): number => one.version * 10 + ADVANCE_STATUSES.indexOf(one.status);
  for (const one of advance) {
    if (!wanted(one)) continue;
    const key = `${one.kind} ${one.reference}`;
    const known = newest.get(key);
    if (known === undefined || rank(one) > rank(known)) newest.set(key, one);
  }
  return [...newest.values()];
}

/** What the documents that declarations of a container rest on leave against it. `pendingToo`: also what is only not there yet. */
export function claimReasons(the: ToClear, container: string, pendingToo: boolean): Reason[] {
  return rowsOf(the, container).flatMap((row) => {
    const ofKind = Map.groupBy(row.claims ?? [], ({ kind }) => kind);
    return [...ofKind].flatMap(([kind, claims]) => kindReasons(the, row, kind, claims, pendingToo));
  });
}

/** The documents of one kind that one declaration rests on: each good in itself, and all together for what is declared. */
function kindReasons(
  the: ToClear,
  row: ClearanceRow,
  kind: AdvanceKind,
  claims: readonly Claim[],
  pendingToo: boolean,
): Reason[] {
  const references = new Set(claims.map(({ reference }) => reference));
  const documents = documentsOf(the, (one) => one.kind === kind && references.has(one.reference));
  const here = documents.filter(({ status }) => status !== 'pending');
  const reasons: Reason[] = [];
  const known = new Set(here.map(({ reference }) => reference));
  for (const reference of references)
    if (!known.has(reference) && pendingToo)
      reasons.push(pending(kind, `${nameOf(row)}: ${NAMES[kind]} ${reference}`, row.source));
  const good: AdvanceDocument[] = [];
  for (const document of here) {
    const faults = faultsOf(the, row, document);
    if (faults.length === 0) good.push(document);
    for (const fault of faults) reasons.push(against(row, document, fault));
  }
  // Another one may name what these do not.
  const [first] = good;
  if (first === undefined || known.size < references.size) return reasons;
  const names = good.map(({ containers = [] }) => containers.map(({ number }) => number));
  const isOther =
    row.container !== LOOSE && names.every((own) => own.length > 0 && !own.includes(row.container));
  if (isOther) reasons.push(against(row, first, 'names other containers'));
  const uncovered = uncoveredBy(good, row, kind);
  if (uncovered.length > 0) reasons.push(against(row, first, `does not cover ${uncovered.join(', ')}`));
  return reasons;
}

/** What is wrong with one document, seen from the declaration that rests on it. */
function faultsOf({ at }: ToClear, row: ClearanceRow, document: AdvanceDocument): string[] {
  const { status, issuedAt, validUntil } = document;
  if (status === 'revoked') return ['was revoked'];
  const faults: string[] = [];
  if (issuedAt > at) faults.push('was issued at a time to come');
  if (validUntil !== undefined && at >= validUntil) faults.push('has expired');
  if (isOfOtherGoods(document, row)) faults.push('is of other goods');
  if (isOfOtherOrigin(document, row)) faults.push('is of another origin');
  for (const role of ['consignor', 'consignee'] as const)
    if (isOfOthers(document, row, role)) faults.push(`names another ${role}`);
  return faults;
}

const headingOf = ({ hs }: { hs: string }): string => normaliseHsCode(hs).slice(0, 4);

/** Tariffs of two countries agree in headings; the rest of a code may differ. */
function isOfOtherGoods({ goods: certified = [] }: AdvanceDocument, { goods = [] }: ClearanceRow): boolean {
  if (certified.length === 0 || goods.length === 0) return false;
  const declared = new Set(goods.map(headingOf));
  return !certified.some((one) => declared.has(headingOf(one)));
}

/** Goods of the same heading of which both state an origin, and nowhere the same. */
function isOfOtherOrigin({ goods: certified = [] }: AdvanceDocument, { goods = [] }: ClearanceRow): boolean {
  const pairs = certified.flatMap(({ origin, ...one }) =>
    goods.flatMap((other) =>
      origin !== undefined && other.origin !== undefined && headingOf(one) === headingOf(other)
        ? [plainText(origin) === plainText(other.origin)]
        : [],
    ),
  );
  return pairs.length > 0 && !pairs.includes(true);
}

/** Both name somebody in this role by the same kind of word, and no word is the same. */
function isOfOthers(
  { parties: certified = [] }: AdvanceDocument,
  { parties = [], kind }: ClearanceRow,
  role: 'consignor' | 'consignee',
): boolean {
  // Whoever declares an import receives it, and whoever declares an export sends it.
  const declares = kind === 'export' ? 'consignor' : kind === 'import' ? 'consignee' : undefined;
  const own = parties.filter((one) => one.role === role || (one.role === 'declarant' && role === declares));
  const others = certified.filter((one) => one.role === role);
  const ids = wordsOf(own, ({ id }) => id);
  const names = wordsOf(own, ({ name }) => name);
  const certifiedIds = wordsOf(others, ({ id }) => id);
  const certifiedNames = wordsOf(others, ({ name }) => name);
  const isComparable = (ids.size > 0 && certifiedIds.size > 0) || (names.size > 0 && certifiedNames.size > 0);
  return isComparable && !meet(certifiedIds, ids) && !meet(certifiedNames, names);
}

const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some((word) => b.has(word));

type Named = Partial<Pick<AdvanceParty, 'id' | 'name'>>;

const wordsOf = (parties: readonly Named[], of: (one: Named) => string | undefined): Set<string> =>
  new Set(parties.map((one) => lettersOf(of(one) ?? '')).filter((word) => word !== ''));

/** Firms write themselves with and without marks, dots and commas. */
const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase();

/** Headings of declared goods of which each needs this kind of certificate, and none has it. */
function uncoveredBy(
  documents: readonly AdvanceDocument[],
  { goods = [] }: ClearanceRow,
  kind: AdvanceKind,
): string[] {
  const chapters = SPOKEN_OF[kind];
  if (chapters === undefined || documents.some(({ goods: own = [] }) => own.length === 0)) return [];
  const certified = new Set(documents.flatMap(({ goods: own = [] }) => own.map(headingOf)));
  const needing = goods.map(headingOf).filter((heading) => {
    const chapter = heading.slice(0, 2);
    return chapter >= chapters.from && chapter <= chapters.to;
  });
  return [...new Set(needing)].filter((heading) => !certified.has(heading));
}

/** Data alone cures it. */
const pending = (kind: AdvanceKind, detail: string, source: string): Reason =>
  reason(kind in SPOKEN_OF ? 'QUARANTINE_PENDING' : 'ADVANCE_DOCUMENT_PENDING', detail, source);

function against(row: ClearanceRow, { kind, reference, issuer }: AdvanceDocument, fault: string): Reason {
  const detail = `${nameOf(row)}: ${NAMES[kind]} ${reference} ${fault}`;
  const one = reason('ADVANCE_DOCUMENT_INVALID', detail, issuer);
  return kind in SPOKEN_OF ? ownedBy('quarantine', one) : one;
}

// ---------------------------------------------------------------- continuity

/** What was exported and what stands here are compared where it comes in. */
const ARRIVING: ReadonlySet<Case['checkpoint']> = new Set(['border-in', 'yard-out']);

/**
 * The export declarations of the other side that speak of this journey of a container: those its declarations rest on; else
 * the only one of the last days that names it. Of several that nobody claims, nobody knows which.
 */
export function exportDeclarationsOf(the: Told, container: string): AdvanceDocument[] {
  const { at, checkpoint, clearances, policy } = the;
  if ((clearances.advance ?? []).length === 0) return [];
  const claimed = new Set(
    rowsOf(the, container).flatMap(({ claims = [] }) =>
      claims.filter(({ kind }) => kind === 'export-declaration').map(({ reference }) => reference),
    ),
  );
  const naming = documentsOf(the, ({ kind }) => kind === 'export-declaration').filter(
    ({ status, containers = [] }) =>
      status === 'issued' && containers.some(({ number }) => number === container),
  );
  if (claimed.size > 0) return naming.filter(({ reference }) => claimed.has(reference));
  if (!ARRIVING.has(checkpoint)) return [];
  const recent = naming.filter(
    ({ issuedAt, validUntil }) =>
      issuedAt <= at &&
      at - issuedAt <= policy.advanceAgeMsMax &&
      (validUntil === undefined || at < validUntil),
  );
  return recent.length === 1 ? recent : [];
}

/** Seals it bore when it was exported; undefined: not stated, or customs here has looked into it and sealed it anew. */
export function exportedSeals(the: Told, container: string, isOnRecord: boolean): string[] | undefined {
  const mayHaveChanged = rowsOf(the, container).some(({ seals }) => seals !== undefined);
  if (the.checkpoint !== 'border-in' && mayHaveChanged && !isOnRecord) return undefined;
  const stated = exportDeclarationsOf(the, container).flatMap(
    ({ containers = [] }) => containers.find(({ number }) => number === container)?.seals ?? [],
  );
  return stated.length === 0 ? undefined : [...new Set(stated)];
}

/** What it weighed when it was exported, all its declarations together; undefined: not stated by all in one way. */
export function exportedWeight(
  the: Told,
  container: string,
): { kg: number; basis: 'cargo' | 'cargo+container' } | undefined {
  const stated = exportDeclarationsOf(the, container).map(({ containers = [] }) =>
    containers.find(({ number }) => number === container),
  );
  const bases = new Set(stated.map((one) => one?.grossBasis ?? 'cargo'));
  const [basis] = bases;
  if (basis === undefined || bases.size > 1) return undefined;
  let kg = 0;
  for (const one of stated) {
    if (one?.grossKg === undefined) return undefined;
    kg += one.grossKg;
  }
  return { kg, basis };
}
