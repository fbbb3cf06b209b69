/** Customs' records in our words; the names and codes are in `fields.ts`. */
import type { AdvanceKind, Claim } from '../asw/words.ts';
import { normalisePlate } from '../plates.ts';
import type { Refusal } from '../refusal.ts';
import {
  BOOKED_LOADS,
  CHANNELS,
  CLAIMS,
  CLAIMS_MAX,
  GROSS_BASES,
  KINDS,
  NO_SEAL,
  REFERENCE_CHARACTERS_MAX,
  REFUSERS,
  REQUIREMENT_STATES,
  REQUIREMENTS,
  ROLES,
  SEAL_CHARACTERS_MAX,
  SEAL_RULES,
  SEALS_MAX,
  STATUSES,
  type WireBooking,
  type WireContainer,
  type WireDeclaration,
  type WireSayings,
  wireChange,
  wireReport,
} from './fields.ts';
import { type Strictness, stricter } from './strictness.ts';
import type {
  AreaReport,
  Booking,
  ClearanceReport,
  Goods,
  ListedChange,
  Party,
  Quantity,
  Requirement,
  RequirementState,
} from './words.ts';

/** Our word for a code; undefined if the code is unknown. */
const wordOf = <Word extends string>(codes: Readonly<Record<Word, string>>, from: string): Word | undefined =>
  (Object.keys(codes) as Word[]).find((word) => codes[word] === from);

export type ReadChanges = { ok: true; changes: ListedChange[] } | { ok: false; reason: string };

/**
 * Reads one record of the list: a booking, or a clearance for each container of a declaration. An unknown status reads as
 * `registered`, an unknown channel as `red`, an unknown state of a requirement as `required`, an unknown seal rule as `required`:
 * the restrictive reading of a code that customs added before we knew of it. So a load of an unknown kind reads as goods.
 */
export function readChanges(value: unknown): ReadChanges {
  const parsed = wireChange.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, reason: `${issue?.path.join('.') || 'change'}: ${issue?.message ?? 'unreadable'}` };
  }
  const wire = parsed.data;
  if (wire.Loai === 'DangKy') return { ok: true, changes: [readBooking(wire)] };
  const { SoContainer, DanhSachContainer } = wire;
  if ((SoContainer === undefined) === (DanhSachContainer === undefined))
    return { ok: false, reason: 'SoContainer: give this or DanhSachContainer, one of the two' };
  const changes = (DanhSachContainer ?? [{ ...wire, SoContainer: SoContainer ?? '' }]).map((line) =>
    readClearance(wire, line),
  );
  if (!changes.every(({ seals = [] }) => seals.length <= SEALS_MAX && seals.every(isSealNumber)))
    return {
      ok: false,
      reason: `SoSeal: more than ${SEALS_MAX} seals on a container, or one that is no number`,
    };
  if (!changes.every(({ claims = [] }) => claims.length <= CLAIMS_MAX && claims.every(isClaim)))
    return {
      ok: false,
      reason: `${Object.values(CLAIMS).join(', ')}: more than ${CLAIMS_MAX}, or one is too long`,
    };
  return { ok: true, changes };
}

const isClaim = ({ reference }: Claim): boolean => reference.length <= REFERENCE_CHARACTERS_MAX;
const isSealNumber = (seal: string): boolean => seal.length <= SEAL_CHARACTERS_MAX;

const readBooking = (wire: WireBooking): Booking =>
  withoutUndefined<Booking>({
    type: 'booking',
    bookingId: wire.MaDangKy,
    direction: wire.ChieuHang === 'XK' ? 'export' : 'import',
    container: wire.SoContainer,
    truckPlate: wire.BienSoXe,
    trailerPlate: trailerOf(wire.BienSoRoMooc ?? ''),
    declarations: wire.DanhSachToKhai,
    grossKg: Math.round(wire.TrongLuongKg),
    seals: wire.DanhSachSeal.filter((seal) => seal !== '' && seal !== NO_SEAL),
    load: wire.LoaiTai === undefined ? undefined : (wordOf(BOOKED_LOADS, wire.LoaiTai) ?? 'laden'),
    sizeType: wire.LoaiCont?.trim().slice(0, SIZE_TYPE_CHARACTERS_MAX) || undefined,
    returnOf: readRefusal(wire.TuChoi),
  });

/** Absent, empty or a dash: there is none. */
const trailerOf = (text: string): string | undefined => (normalisePlate(text) === '' ? undefined : text);

/** What control takes of a text of strangers; the rest is for people, and in their own system. */
const SIZE_TYPE_CHARACTERS_MAX = 20;
const REASON_CHARACTERS_MAX = 300;

const readRefusal = (wire: WireBooking['TuChoi']): Refusal | undefined =>
  wire && {
    move: wire.MaChuyen,
    refusedBy: wordOf(REFUSERS, wire.CoQuan) ?? 'other',
    reason: wire.LyDo?.trim().slice(0, REASON_CHARACTERS_MAX) || 'no reason told',
    refusedAt: Math.max(0, Date.parse(wire.ThoiDiem)),
  };

function readClearance(wire: WireDeclaration, line: WireContainer): ClearanceReport {
  const said = readSayings(line);
  // A line for one container is the declaration itself.
  const strict = wire.DanhSachContainer === undefined ? said : stricter(readSayings(wire), said);
  return withoutUndefined<ClearanceReport>({
    type: 'clearance',
    declaration: wire.SoToKhai,
    container: line.SoContainer,
    kind: KINDS[wire.LoaiHinh],
    channel: strict.channel ?? 'red',
    status: strict.status ?? 'registered',
    version: wire.PhienBan,
    source: wire.NguonDuLieu,
    validUntil: strict.validUntil,
    complete: strict.complete,
    seals: readSeals(line),
    sealRule: strict.sealRule,
    grossKg: line.TrongLuongKg === undefined ? undefined : Math.round(line.TrongLuongKg),
    grossBasis:
      line.LoaiTrongLuong === undefined ? undefined : (wordOf(GROSS_BASES, line.LoaiTrongLuong) ?? 'unknown'),
    requirements: strict.requirements,
    goods: readGoods(wire),
    parties: readParties(wire),
    aeo: wire.DoanhNghiepUuTien,
    mrn: wire.MaMRN,
    returnBy: readInstant(wire.HanTaiXuat),
    allotment: readQuantity(line.SoKien, line.SoKg),
    remaining: readQuantity(wire.SoKienConLai, wire.SoKgConLai),
    usedBy: line.LuotDaDung,
    // What is said of the container alone is of that container.
    claims: readClaims(line) ?? readClaims(wire),
  });
}

function readSayings(wire: WireSayings): Strictness {
  let requirements: Partial<Record<Requirement, RequirementState>> | undefined;
  for (const requirement of Object.keys(REQUIREMENTS) as Requirement[]) {
    const state = wire[REQUIREMENTS[requirement]];
    if (state === undefined) continue;
    requirements ??= {};
    requirements[requirement] = wordOf(REQUIREMENT_STATES, state) ?? 'required';
  }
  const { MaTrangThaiToKhai, LuongToKhai, QuyTacSeal } = wire;
  return {
    status:
      MaTrangThaiToKhai === undefined ? undefined : (wordOf(STATUSES, MaTrangThaiToKhai) ?? 'registered'),
    channel: LuongToKhai === undefined ? undefined : (wordOf(CHANNELS, LuongToKhai) ?? 'red'),
    sealRule: QuyTacSeal === undefined ? undefined : (wordOf(SEAL_RULES, QuyTacSeal) ?? 'required'),
    requirements,
    validUntil: readInstant(wire.HieuLucDen),
    complete: wire.DayDu,
  };
}

/** Those of the declarant and those of customs; undefined if neither field says anything, empty if one says that there is none. */
function readSeals({ SoSeal, SoSealHQ }: WireContainer): string[] | undefined {
  const said = [SoSeal, SoSealHQ].filter((seals) => seals !== undefined && seals.trim() !== '').join('\n');
  if (said === '') return undefined;
  const seals = said.split(/[,;\r\n]+/).map((seal) => seal.trim());
  return [...new Set(seals.filter((seal) => seal !== '' && seal !== NO_SEAL))];
}

/** The documents it rests on; undefined: it names none. */
function readClaims(said: WireSayings): Claim[] | undefined {
  const claims = (Object.keys(CLAIMS) as AdvanceKind[]).flatMap((kind) =>
    numbersIn(said[CLAIMS[kind]]).map((reference) => ({ kind, reference })),
  );
  return claims.length === 0 ? undefined : claims;
}

const numbersIn = (written = ''): string[] => [
  ...new Set(
    written
      .split(/[,;\r\n]+/)
      .map((number) => number.trim())
      .filter((number) => number !== ''),
  ),
];

function readGoods({ HangHoa, MaHS, ...flat }: WireDeclaration): Goods[] | undefined {
  const listed = HangHoa ?? (MaHS === undefined ? undefined : [{ ...flat, MaHS }]);
  return listed?.map((one) =>
    withoutUndefined<Goods>({
      hs: one.MaHS.replace(/[.\s]/g, '').slice(0, 20),
      origin: one.XuatXu,
      product: one.TenHang,
      licence: one.GiayPhep,
    }),
  );
}

function readParties({ MaSoThue, TenDonViXNK, DoiTac }: WireDeclaration): Party[] | undefined {
  if (MaSoThue === undefined && DoiTac === undefined) return undefined;
  const declarant: Party[] =
    MaSoThue === undefined
      ? []
      : [withoutUndefined<Party>({ role: 'declarant', id: MaSoThue, name: TenDonViXNK })];
  const others = (DoiTac ?? []).map(({ VaiTro, Ma, Ten }) =>
    // Lists name parties by what they are called, whatever they do: a role that is not known must not hide one.
    withoutUndefined<Party>({ role: wordOf(ROLES, VaiTro) ?? 'declarant', id: Ma, name: Ten }),
  );
  return [...declarant, ...others];
}

const readInstant = (written: string | undefined): number | undefined =>
  written === undefined ? undefined : Math.max(0, Date.parse(written));

const readQuantity = (packages: number | undefined, weightKg: number | undefined): Quantity | undefined =>
  packages === undefined && weightKg === undefined
    ? undefined
    : withoutUndefined<Quantity>({ packages, kg: weightKg });

/** The same without the members that are undefined: they would not survive being stored. */
function withoutUndefined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  const kept: Partial<T> = {};
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key];
  return kept as T;
}

/** A report in our words; undefined if it is none. */
export function readReport(value: unknown): AreaReport | undefined {
  const parsed = wireReport.safeParse(value);
  if (!parsed.success) return undefined;
  const wire = parsed.data;
  return {
    reportId: wire.MaBaoCao,
    kind: wire.LoaiBaoCao === 'GETIN' ? 'get-in' : 'get-out',
    container: wire.SoContainer,
    declarations: wire.DanhSachToKhai,
    eventTime: wire.ThoiDiem,
  };
}
