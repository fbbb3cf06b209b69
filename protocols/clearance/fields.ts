/**
 * The customs service's words and ours: the one place where Vietnamese field names are mapped. Names after the public mapping
 * of the customs query (SoToKhai, LuongToKhai, SoContainer …); a site whose service spells a field otherwise changes it here.
 *
 * Strangers' records are read loosely: further members are allowed, a text stays a text. What is read strictly is
 * what a release depends on, and an unknown code never reads as a release.
 */
import { z } from 'zod';
import type { AreaReport, ListedChange } from './words.ts';

const text = z.string().min(1).max(100);
/** ISO 6346 has eleven characters; what is written by hand may have blanks and dashes. */
const container = z.string().min(1).max(20);

/** One declaration's line for one container: "danh sách container đủ điều kiện qua khu vực giám sát". */
const wireDeclaration = z.object({
  Loai: z.literal('ToKhai'),
  SoToKhai: text,
  /** XK xuất khẩu (export), NK nhập khẩu (import). */
  LoaiHinh: z.enum(['XK', 'NK']),
  /** Channel: 1 xanh (green), 2 vàng (yellow), 3 đỏ (red). */
  LuongToKhai: z.string().max(100),
  MaTrangThaiToKhai: z.string().max(100),
  /** The status in words; for people. */
  TrangThaiToKhai: z.string().max(200).optional(),
  SoContainer: container,
  /** Raised at each change of this line. */
  PhienBan: z.int().nonnegative(),
  /** Which system said so: VNACCS, Ecus6, … */
  NguonDuLieu: text,
});

/** One visit announced on the border-gate platform ("cửa khẩu số"). */
const wireBooking = z.object({
  Loai: z.literal('DangKy'),
  MaDangKy: text,
  ChieuHang: z.enum(['XK', 'NK']),
  SoContainer: container,
  BienSoXe: text,
  DanhSachToKhai: z.array(text).max(2_000),
  TrongLuongKg: z.number().min(0).max(1_000_000),
  /** "#####" stands for none. */
  DanhSachSeal: z.array(z.string().max(100)).max(20),
});

const wireChange = z.discriminatedUnion('Loai', [wireDeclaration, wireBooking]);
type WireChange = z.infer<typeof wireChange>;

const wireReport = z.object({
  MaBaoCao: text,
  LoaiBaoCao: z.enum(['GETIN', 'GETOUT']),
  SoContainer: container,
  DanhSachToKhai: z.array(text).max(2_000),
  /** When it truly happened, ISO 8601 with offset; late entries after an outage keep it. */
  ThoiDiem: z.iso.datetime({ offset: true }),
});

const DIRECTIONS = { export: 'XK', import: 'NK' } as const;
const CHANNELS = { green: '1', yellow: '2', red: '3' } as const;
const STATUSES = { registered: 'DK', inspected: 'KT', released: 'TQ', withdrawn: 'HUY' } as const;
const STATUS_WORDS = { DK: 'Đăng ký', KT: 'Đã kiểm tra', TQ: 'Thông quan', HUY: 'Hủy' } as const;
const REPORTS = { 'get-in': 'GETIN', 'get-out': 'GETOUT' } as const;
const NO_SEAL = '#####';

/** Our word for a code; undefined if the code is unknown. */
const wordOf = <Word extends string>(codes: Readonly<Record<Word, string>>, code: string): Word | undefined =>
  (Object.keys(codes) as Word[]).find((word) => codes[word] === code);

export type ReadChange = { ok: true; change: ListedChange } | { ok: false; reason: string };

/**
 * Reads one change of the list. An unknown status reads as `registered` and an unknown channel as `red`: the
 * restrictive reading of a code that customs added before we knew of it.
 */
export function readChange(value: unknown): ReadChange {
  const parsed = wireChange.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, reason: `${issue?.path.join('.') || 'change'}: ${issue?.message ?? 'unreadable'}` };
  }
  const wire = parsed.data;
  if (wire.Loai === 'DangKy')
    return {
      ok: true,
      change: {
        type: 'booking',
        bookingId: wire.MaDangKy,
        direction: wire.ChieuHang === 'XK' ? 'export' : 'import',
        container: wire.SoContainer,
        truckPlate: wire.BienSoXe,
        declarations: wire.DanhSachToKhai,
        grossKg: Math.round(wire.TrongLuongKg),
        seals: wire.DanhSachSeal.filter((seal) => seal !== '' && seal !== NO_SEAL),
      },
    };
  return {
    ok: true,
    change: {
      type: 'clearance',
      declaration: wire.SoToKhai,
      container: wire.SoContainer,
      kind: wire.LoaiHinh === 'XK' ? 'export' : 'import',
      channel: wordOf(CHANNELS, wire.LuongToKhai) ?? 'red',
      status: wordOf(STATUSES, wire.MaTrangThaiToKhai) ?? 'registered',
      version: wire.PhienBan,
      source: wire.NguonDuLieu,
    },
  };
}

/** The same change in the service's words. */
export function writeChange(change: ListedChange): WireChange {
  if (change.type === 'booking')
    return {
      Loai: 'DangKy',
      MaDangKy: change.bookingId,
      ChieuHang: DIRECTIONS[change.direction],
      SoContainer: change.container,
      BienSoXe: change.truckPlate,
      DanhSachToKhai: change.declarations,
      TrongLuongKg: change.grossKg,
      DanhSachSeal: change.seals.length > 0 ? change.seals : [NO_SEAL],
    };
  const status = STATUSES[change.status];
  return {
    Loai: 'ToKhai',
    SoToKhai: change.declaration,
    LoaiHinh: DIRECTIONS[change.kind],
    LuongToKhai: CHANNELS[change.channel],
    MaTrangThaiToKhai: status,
    TrangThaiToKhai: STATUS_WORDS[status],
    SoContainer: change.container,
    PhienBan: change.version,
    NguonDuLieu: change.source,
  };
}

export const writeReport = (report: AreaReport): z.infer<typeof wireReport> => ({
  MaBaoCao: report.reportId,
  LoaiBaoCao: REPORTS[report.kind],
  SoContainer: report.container,
  DanhSachToKhai: report.declarations,
  ThoiDiem: report.eventTime,
});

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
