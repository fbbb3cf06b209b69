/**
 * The customs service's words and ours: the one place where Vietnamese field names are mapped. Names after the public mapping
 * of the customs query (SoToKhai, LuongToKhai, SoContainer …), and in the same manner where that mapping has no name; a site whose
 * service spells a field otherwise changes it here. `reading.ts` and `writing.ts` go from one side to the other.
 *
 * Strangers' records are read loosely: further members are allowed, a text stays a text. What is read strictly is
 * what a release depends on, and an unknown code never reads as a release. Sizes are those that control takes.
 */
import { z } from 'zod';
import type { AdvanceKind } from '../asw/words.ts';
import type { Refuser } from '../refusal.ts';
import type { BookedLoad, Requirement } from './words.ts';
import { writtenContainer } from './written.ts';

const text = z.string().min(1).max(100);
const code = z.string().max(100);
const note = z.string().max(2_000).optional();
const kg = z.number().min(0).max(1_000_000);
const count = z.int().min(0).max(1_000_000_000);
/** ISO 8601 with its offset. */
const instant = z.iso.datetime({ offset: true });

// ---------------------------------------------------------------- codes

export const DIRECTIONS = { export: 'XK', import: 'NK' } as const;
/** Xuất khẩu, nhập khẩu, quá cảnh. */
export const KIND_CODES = { ...DIRECTIONS, transit: 'QC' } as const;
export const KINDS = { XK: 'export', NK: 'import', QC: 'transit' } as const;
/** Luồng xanh, vàng, đỏ. */
export const CHANNELS = { green: '1', yellow: '2', red: '3' } as const;
export const STATUSES = { registered: 'DK', inspected: 'KT', released: 'TQ', withdrawn: 'HUY' } as const;
export const STATUS_WORDS = { DK: 'Đăng ký', KT: 'Đã kiểm tra', TQ: 'Thông quan', HUY: 'Hủy' } as const;
export const SEAL_RULES = { required: 'BATBUOC', optional: 'TUYCHON', none: 'KHONG' } as const;
export const REQUIREMENT_STATES = {
  'not-required': 'KHONG',
  required: 'CO',
  passed: 'DAT',
  failed: 'KHONGDAT',
} as const;
export const GROSS_BASES = { cargo: 'HANG', 'cargo+container': 'HANGVACONT', unknown: 'KHONGRO' } as const;
export const ROLES = {
  declarant: 'KHAI',
  consignor: 'GUI',
  consignee: 'NHAN',
  carrier: 'VANCHUYEN',
  producer: 'SANXUAT',
} as const;
/** Có hàng, rỗng, trả lại. */
export const BOOKED_LOADS = { laden: 'HANG', empty: 'RONG', return: 'TRALAI' } as const satisfies Record<
  BookedLoad,
  string
>;
/** Hải quan, kiểm dịch, biên phòng, người nhận. */
export const REFUSERS = {
  customs: 'HAIQUAN',
  quarantine: 'KIEMDICH',
  'border-guard': 'BIENPHONG',
  consignee: 'NGUOINHAN',
  other: 'KHAC',
} as const satisfies Record<Refuser, string>;
export const REPORTS = { 'get-in': 'GETIN', 'get-out': 'GETOUT' } as const;
export const NO_SEAL = '#####';
export const SEALS_MAX = 50;
export const SEAL_CHARACTERS_MAX = 100;
export const CLAIMS_MAX = 100;
export const REFERENCE_CHARACTERS_MAX = 100;

/** What may be asked besides the release: the name of its field. */
export const REQUIREMENTS = {
  scan: 'YeuCauSoiChieu',
  quarantine: 'YeuCauKiemDich',
  inspection: 'YeuCauKiemHoa',
  documentCheck: 'YeuCauKiemTraHoSo',
  borderGuard: 'YeuCauBienPhong',
  driverDocuments: 'YeuCauGiayToLaiXe',
  vehicleDocuments: 'YeuCauGiayToXe',
  fees: 'YeuCauLePhi',
  radiation: 'YeuCauDoPhongXa',
  driverHealth: 'YeuCauYTeLaiXe',
} as const satisfies Record<Requirement, string>;

/** Documents that came over the ASEAN Single Window, by their kind: the field that names those a declaration rests on. */
export const CLAIMS = {
  'certificate-of-origin': 'SoCO',
  phytosanitary: 'SoKDTV',
  'animal-health': 'SoKDDV',
  'export-declaration': 'SoToKhaiXK',
} as const satisfies Record<AdvanceKind, string>;

// ---------------------------------------------------------------- records

/** What is said of a declaration as a whole, of one of its containers, or of both. */
const sayings = {
  YeuCauSoiChieu: code.optional(),
  YeuCauKiemDich: code.optional(),
  YeuCauKiemHoa: code.optional(),
  YeuCauKiemTraHoSo: code.optional(),
  YeuCauBienPhong: code.optional(),
  YeuCauGiayToLaiXe: code.optional(),
  YeuCauGiayToXe: code.optional(),
  YeuCauLePhi: code.optional(),
  YeuCauDoPhongXa: code.optional(),
  YeuCauYTeLaiXe: code.optional(),
  QuyTacSeal: code.optional(),
  /** The release ends. */
  HieuLucDen: instant.optional(),
  /** Whether every declaration of the container is listed. */
  DayDu: z.boolean().optional(),
  /** Numbers of documents it rests on; several are divided by a comma, a semicolon or a line break. */
  SoCO: z.string().max(5_000).optional(),
  SoKDTV: z.string().max(5_000).optional(),
  SoKDDV: z.string().max(5_000).optional(),
  SoToKhaiXK: z.string().max(5_000).optional(),
};

/** What is said of one container. */
const ofContainer = {
  SoContainer: writtenContainer,
  /** Several are divided by a comma, a semicolon or a line break; "#####" stands for none. */
  SoSeal: z.string().max(2_000).optional(),
  /** Put on by customs. */
  SoSealHQ: z.string().max(2_000).optional(),
  TrongLuongKg: kg.optional(),
  /** HANG: the goods alone, HANGVACONT: with the container. */
  LoaiTrongLuong: code.optional(),
  /** What of the declaration is in this container. */
  SoKien: count.optional(),
  SoKg: count.optional(),
  /** The crossing that used it. */
  LuotDaDung: text.optional(),
  GhiChu: note,
};

const goods = z.object({
  /** HS or AHTN; dots and blanks are dropped. */
  MaHS: z.string().max(40),
  XuatXu: text.optional(),
  TenHang: text.optional(),
  GiayPhep: text.optional(),
});

/** A declaration: with its list of containers, or one line for one container. */
const wireDeclaration = z.object({
  Loai: z.literal('ToKhai'),
  SoToKhai: text,
  LoaiHinh: z.enum(['XK', 'NK', 'QC']),
  LuongToKhai: code,
  MaTrangThaiToKhai: code,
  /** The status in words; for people. */
  TrangThaiToKhai: note,
  /** Raised at each change of the declaration or of one of its containers. */
  PhienBan: z.int().nonnegative(),
  /** Which system said so: VNACCS, Ecus6, … */
  NguonDuLieu: text,
  MaSoThue: text.optional(),
  TenDonViXNK: text.optional(),
  ...sayings,
  ...ofContainer,
  SoContainer: writtenContainer.optional(),
  DanhSachContainer: z
    .array(
      z.object({
        ...sayings,
        ...ofContainer,
        LuongToKhai: code.optional(),
        MaTrangThaiToKhai: code.optional(),
      }),
    )
    .min(1)
    .max(1_000)
    .optional(),
  HangHoa: z.array(goods).max(500).optional(),
  ...goods.partial().shape,
  DoiTac: z
    .array(z.object({ VaiTro: code, Ma: text, Ten: text.optional() }))
    .max(19)
    .optional(),
  /** Authorised economic operator. */
  DoanhNghiepUuTien: z.boolean().optional(),
  MaMRN: text.optional(),
  /** Temporary admission: to be back by then. */
  HanTaiXuat: instant.optional(),
  /** What of the declaration has not crossed yet. */
  SoKienConLai: count.optional(),
  SoKgConLai: count.optional(),
});
export type WireDeclaration = z.infer<typeof wireDeclaration>;
/** What is said of one container: a member of the list, or the line itself. */
export type WireContainer = NonNullable<WireDeclaration['DanhSachContainer']>[number];
/** What is said of a declaration as a whole and of its containers alike. */
export type WireSayings = Pick<WireContainer, keyof typeof sayings | 'LuongToKhai' | 'MaTrangThaiToKhai'>;

/** One visit announced on the border-gate platform ("cửa khẩu số"). */
const wireBooking = z.object({
  Loai: z.literal('DangKy'),
  MaDangKy: text,
  ChieuHang: z.enum(['XK', 'NK']),
  SoContainer: writtenContainer,
  BienSoXe: text,
  /** Biển số rơ-moóc; absent or empty where there is none. */
  BienSoRoMooc: z.string().max(100).nullish(),
  DanhSachToKhai: z.array(text).max(10_000),
  TrongLuongKg: kg,
  DanhSachSeal: z.array(code).max(SEALS_MAX),
  /** HANG: goods (so without this field), RONG: an empty container, TRALAI: goods the other side has refused. */
  LoaiTai: code.optional(),
  /** Size and type after ISO 6346, such as 22G1. */
  LoaiCont: code.optional(),
  /** Of TRALAI: the move that was refused, by whom, why and when. */
  TuChoi: z.object({ MaChuyen: text, CoQuan: code, LyDo: note, ThoiDiem: instant }).optional(),
});

export const wireChange = z.discriminatedUnion('Loai', [wireDeclaration, wireBooking]);
export type WireChange = z.infer<typeof wireChange>;
export type WireBooking = z.infer<typeof wireBooking>;

export const wireReport = z.object({
  MaBaoCao: text,
  LoaiBaoCao: z.enum(['GETIN', 'GETOUT']),
  SoContainer: z.string().min(1).max(20),
  DanhSachToKhai: z.array(text).max(10_000),
  /** When it truly happened; late entries after an outage keep it. */
  ThoiDiem: instant,
});
export type WireReport = z.infer<typeof wireReport>;

/**
 * The columns of a list that comes as a file (`edge/exchange/customs/drop-folder`) and how a cell of each reads. `unused`: known, and
 * no decision depends on it. A list has one line per container, so what takes a list of its own (`HangHoa`, `DoiTac`) has no column.
 */
export const LIST_COLUMNS = {
  SoToKhai: 'declaration',
  LoaiHinh: 'text',
  LuongToKhai: 'text',
  MaTrangThaiToKhai: 'text',
  PhienBan: 'integer',
  SoContainer: 'text',
  NguonDuLieu: 'text',
  MaSoThue: 'tax-code',
  TenDonViXNK: 'text',
  TrangThaiToKhai: 'unused',
  NgayToKhai: 'unused',
  MaDDGS: 'unused',
  MaPTVC: 'unused',
  SoDinhDanh: 'unused',
  Stt: 'unused',
  GhiChu: 'unused',
  SoSeal: 'text',
  SoSealHQ: 'text',
  QuyTacSeal: 'text',
  TrongLuongKg: 'number',
  LoaiTrongLuong: 'text',
  HieuLucDen: 'instant',
  DayDu: 'flag',
  YeuCauSoiChieu: 'text',
  YeuCauKiemDich: 'text',
  YeuCauKiemHoa: 'text',
  YeuCauKiemTraHoSo: 'text',
  YeuCauBienPhong: 'text',
  YeuCauGiayToLaiXe: 'text',
  YeuCauGiayToXe: 'text',
  YeuCauLePhi: 'text',
  YeuCauYTeLaiXe: 'text',
  SoCO: 'text',
  SoKDTV: 'text',
  SoKDDV: 'text',
  SoToKhaiXK: 'text',
  MaHS: 'text',
  XuatXu: 'text',
  TenHang: 'text',
  GiayPhep: 'text',
  DoanhNghiepUuTien: 'flag',
  MaMRN: 'text',
  HanTaiXuat: 'instant',
  SoKien: 'integer',
  SoKg: 'integer',
  SoKienConLai: 'integer',
  SoKgConLai: 'integer',
  LuotDaDung: 'text',
} as const;
export type ListColumn = keyof typeof LIST_COLUMNS;
/** Without these a line says nothing that could be put in order. */
export const LIST_COLUMNS_NEEDED = [
  'SoToKhai',
  'LoaiHinh',
  'LuongToKhai',
  'MaTrangThaiToKhai',
  'PhienBan',
  'SoContainer',
] as const satisfies readonly ListColumn[];
