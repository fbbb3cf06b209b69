/** Our words in those of customs: reports to it, and the list as the simulated service tells it. */
import type { AdvanceKind, Claim } from '../asw/words.ts';
import {
  BOOKED_LOADS,
  CHANNELS,
  CLAIMS,
  DIRECTIONS,
  GROSS_BASES,
  KIND_CODES,
  NO_SEAL,
  REFUSERS,
  REPORTS,
  REQUIREMENT_STATES,
  REQUIREMENTS,
  ROLES,
  SEAL_RULES,
  STATUS_WORDS,
  STATUSES,
  type WireChange,
  type WireReport,
} from './fields.ts';
import type { AreaReport, ClearanceReport, ListedChange, Requirement } from './words.ts';

/** One change of the list, a line for each container. */
export function writeChange(change: ListedChange): WireChange {
  if (change.type === 'clearance') return writeClearance(change);
  const { load, sizeType, returnOf } = change;
  return {
    Loai: 'DangKy',
    MaDangKy: change.bookingId,
    ChieuHang: DIRECTIONS[change.direction],
    SoContainer: change.container,
    BienSoXe: change.truckPlate,
    ...(change.trailerPlate !== undefined && { BienSoRoMooc: change.trailerPlate }),
    DanhSachToKhai: change.declarations,
    TrongLuongKg: change.grossKg,
    DanhSachSeal: change.seals.length > 0 ? change.seals : [NO_SEAL],
    LoaiTai: load && BOOKED_LOADS[load],
    LoaiCont: sizeType,
    TuChoi: returnOf && {
      MaChuyen: returnOf.move,
      CoQuan: REFUSERS[returnOf.refusedBy],
      LyDo: returnOf.reason,
      ThoiDiem: new Date(returnOf.refusedAt).toISOString(),
    },
  };
}

function writeClearance(change: ClearanceReport): WireChange {
  const status = STATUSES[change.status];
  const { seals, goods, parties } = change;
  return {
    Loai: 'ToKhai',
    SoToKhai: change.declaration,
    LoaiHinh: KIND_CODES[change.kind],
    LuongToKhai: CHANNELS[change.channel],
    MaTrangThaiToKhai: status,
    TrangThaiToKhai: STATUS_WORDS[status],
    SoContainer: change.container,
    PhienBan: change.version,
    NguonDuLieu: change.source,
    HieuLucDen: writeInstant(change.validUntil),
    DayDu: change.complete,
    SoSeal: seals && (seals.length > 0 ? seals.join(', ') : NO_SEAL),
    QuyTacSeal: change.sealRule && SEAL_RULES[change.sealRule],
    TrongLuongKg: change.grossKg,
    LoaiTrongLuong: change.grossBasis && GROSS_BASES[change.grossBasis],
    ...writeRequirements(change.requirements ?? {}),
    HangHoa: goods?.map(({ hs, origin, product, licence }) => ({
      MaHS: hs,
      XuatXu: origin,
      TenHang: product,
      GiayPhep: licence,
    })),
    DoiTac: parties?.map(({ role, id, name }) => ({ VaiTro: ROLES[role], Ma: id, Ten: name })),
    DoanhNghiepUuTien: change.aeo,
    MaMRN: change.mrn,
    HanTaiXuat: writeInstant(change.returnBy),
    SoKien: change.allotment?.packages,
    SoKg: change.allotment?.kg,
    SoKienConLai: change.remaining?.packages,
    SoKgConLai: change.remaining?.kg,
    LuotDaDung: change.usedBy,
    ...writeClaims(change.claims ?? []),
  };
}

function writeClaims(claims: readonly Claim[]) {
  const written: Partial<Record<(typeof CLAIMS)[AdvanceKind], string>> = {};
  for (const [kind, own] of Map.groupBy(claims, (one) => one.kind))
    written[CLAIMS[kind]] = own.map(({ reference }) => reference).join(', ');
  return written;
}

function writeRequirements(requirements: NonNullable<ClearanceReport['requirements']>) {
  const written: Partial<Record<(typeof REQUIREMENTS)[Requirement], string>> = {};
  for (const [requirement, state] of Object.entries(requirements))
    written[REQUIREMENTS[requirement as Requirement]] = REQUIREMENT_STATES[state];
  return written;
}

const writeInstant = (atMs: number | undefined): string | undefined =>
  atMs === undefined ? undefined : new Date(atMs).toISOString();

export const writeReport = (report: AreaReport): WireReport => ({
  MaBaoCao: report.reportId,
  LoaiBaoCao: REPORTS[report.kind],
  SoContainer: report.container,
  DanhSachToKhai: report.declarations,
  ThoiDiem: report.eventTime,
});
