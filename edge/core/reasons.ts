/**
 * The catalogue of reasons. A verdict is the worst of all reasons (DESIGN §7): what time or data alone can cure holds,
 * what needs a person refers. Each reason has one owner, who alone may clear it.
 */

export type Verdict = 'pass' | 'hold' | 'refer';
export type Severity = 'hold' | 'refer' | 'info';
export type Owner = 'customs' | 'border-guard' | 'quarantine' | 'gate-board' | 'yard';

interface CatalogueEntry {
  severity: Severity;
  owner: Owner;
  text: { vi: string; en: string; zh: string };
  /** What cures it. */
  remedy: string;
}

/** A reason as it stands in a verdict. */
export interface Reason {
  code: ReasonCode;
  severity: Severity;
  owner: Owner;
  text: { vi: string; en: string; zh: string };
  /** What the text speaks of: `expected CSQU3054383, read MSCU1234565`. */
  detail: string;
  remedy: string;
}

export const catalogue = {
  EVIDENCE_PENDING: {
    severity: 'hold',
    owner: 'gate-board',
    text: { vi: 'Đang chờ thiết bị đọc', en: 'Waiting for readings', zh: '等待设备读取' },
    remedy: 'Wait for the camera, reader or scale; if it stays, check the device.',
  },
  NO_CROSSING_MATCH: {
    severity: 'refer',
    owner: 'gate-board',
    text: {
      vi: 'Không khớp lượt qua nào đã báo trước',
      en: 'Matches no announced crossing',
      zh: '未匹配到预报通行',
    },
    remedy: 'An operator identifies the vehicle or turns it back.',
  },
  AMBIGUOUS_MATCH: {
    severity: 'refer',
    owner: 'gate-board',
    text: { vi: 'Khớp nhiều lượt qua', en: 'Matches more than one crossing', zh: '匹配到多个通行' },
    remedy: 'An operator identifies the vehicle.',
  },
  PLATE_MISMATCH: {
    severity: 'refer',
    owner: 'gate-board',
    text: {
      vi: 'Biển số đọc không nhất quán',
      en: 'Plate readings contradict each other',
      zh: '车牌读取不一致',
    },
    remedy: 'An operator reads the plate.',
  },
  CONTAINER_MISMATCH: {
    severity: 'refer',
    owner: 'customs',
    text: {
      vi: 'Số container không đúng với khai báo',
      en: 'Container number is not the expected one',
      zh: '箱号与申报不符',
    },
    remedy: 'Customs inspects the container; the crossing stays referred.',
  },
  CONTAINER_UNEXPECTED: {
    severity: 'refer',
    owner: 'customs',
    text: {
      vi: 'Có container trên xe không được phép chở',
      en: 'A container on a vehicle that should be empty',
      zh: '空车上有集装箱',
    },
    remedy: 'Customs inspects the vehicle.',
  },
  WEIGHT_OUT_OF_TOLERANCE: {
    severity: 'refer',
    owner: 'customs',
    text: {
      vi: 'Khối lượng vượt sai số cho phép',
      en: 'Weight differs from the declared one',
      zh: '重量超出允许偏差',
    },
    remedy: 'Customs compares declared and measured weight.',
  },
  NOT_BOOKED: {
    severity: 'refer',
    owner: 'gate-board',
    text: { vi: 'Chưa đăng ký trước', en: 'Not booked', zh: '未预约' },
    remedy: 'Register the visit on the province’s platform.',
  },
  NO_CLEARANCE: {
    severity: 'hold',
    owner: 'customs',
    text: {
      vi: 'Chưa có tờ khai cho container',
      en: 'No declaration known for the container',
      zh: '该箱无报关单',
    },
    remedy: 'The declarant files the declaration; it passes when customs releases it.',
  },
  NOT_RELEASED: {
    severity: 'hold',
    owner: 'customs',
    text: { vi: 'Hải quan chưa thông quan', en: 'Customs has not released it', zh: '海关未放行' },
    remedy: 'Nothing to do at the gate: it passes by itself when customs releases it.',
  },
  CLEARANCE_WITHDRAWN: {
    severity: 'refer',
    owner: 'customs',
    text: {
      vi: 'Hải quan đã thu hồi thông quan',
      en: 'Customs has withdrawn the release',
      zh: '海关已撤销放行',
    },
    remedy: 'Customs decides what happens to the container.',
  },
  CLEARANCE_STALE: {
    severity: 'hold',
    owner: 'customs',
    text: { vi: 'Dữ liệu thông quan đã cũ', en: 'The customs list is too old', zh: '海关数据过期' },
    remedy: 'Wait for the customs link; check the connection of gate exchange.',
  },
  EVIDENCE_STALE: {
    severity: 'hold',
    owner: 'gate-board',
    text: { vi: 'Kết quả đọc đã cũ', en: 'Readings are too old', zh: '读取结果过期' },
    remedy: 'The devices read again while the vehicle waits.',
  },
  DEVICE_OFFLINE: {
    severity: 'hold',
    owner: 'gate-board',
    text: { vi: 'Thiết bị không hoạt động', en: 'A needed device does not answer', zh: '所需设备离线' },
    remedy: 'Repair or reconnect the device; the crossing continues by itself.',
  },
  CLOCK_UNTRUSTED: {
    severity: 'hold',
    owner: 'gate-board',
    text: { vi: 'Đồng hồ không tin cậy', en: 'The clock cannot be trusted', zh: '时钟不可信' },
    remedy: 'Restore time synchronisation.',
  },
  LANE_STOPPED: {
    severity: 'hold',
    owner: 'gate-board',
    text: { vi: 'Làn đã dừng theo lệnh', en: 'The lane was stopped by an operator', zh: '车道已被停用' },
    remedy: 'An operator resumes the lane.',
  },
  LANE_CLOSED: {
    severity: 'hold',
    owner: 'gate-board',
    text: { vi: 'Làn đang đóng', en: 'The lane is closed', zh: '车道已关闭' },
    remedy: 'It passes when the lane opens; see its hours.',
  },
  LANE_OBSTRUCTED: {
    severity: 'hold',
    owner: 'gate-board',
    text: {
      vi: 'Có người hoặc vật trong làn phía trước',
      en: 'Something is under or behind the barrier',
      zh: '栏杆下方或后方有人或物',
    },
    remedy: 'Clear the lane; if nothing is there, check its loops and light curtain.',
  },
  GATE_STOPPED: {
    severity: 'hold',
    owner: 'gate-board',
    text: { vi: 'Cửa khẩu đã dừng theo lệnh', en: 'The gate was stopped by a person', zh: '口岸已被停用' },
    remedy: 'A supervisor resumes the gate.',
  },
  CAME_BACK: {
    severity: 'refer',
    owner: 'border-guard',
    text: {
      vi: 'Xe đã xuất đi quay lại ngoài dự kiến',
      en: 'A vehicle that had left over the border is back',
      zh: '已出境车辆意外返回',
    },
    remedy: 'Border guards ask the gate across the border what happened, and clear the vehicle.',
  },
  RECALLED: {
    severity: 'refer',
    owner: 'customs',
    text: {
      vi: 'Bên gửi đã thu hồi lượt qua này',
      en: 'The sender has recalled this crossing',
      zh: '发送方已召回该通行',
    },
    remedy: 'Customs of both sides decide; the container is not unloaded until the finding is cleared.',
  },
  LINE_NOT_CLEAR: {
    severity: 'hold',
    owner: 'border-guard',
    text: { vi: 'Chưa được phép vào đoạn biên giới', en: 'The line is not clear', zh: '边境段未获放行' },
    remedy: 'Wait for the gate across the border to grant track and unloading capacity.',
  },
  COUNTERPART_NOT_OFFERED: {
    severity: 'refer',
    owner: 'border-guard',
    text: {
      vi: 'Cửa khẩu bên kia không báo trước xe này',
      en: 'The other gate has not announced this vehicle',
      zh: '对方口岸未预告该车',
    },
    remedy: 'Ask the gate across the border.',
  },
  YARD_FULL: {
    severity: 'hold',
    owner: 'yard',
    text: { vi: 'Bãi chưa có chỗ', en: 'No bay or slot is free', zh: '场地无空位' },
    remedy: 'Wait until the yard has room.',
  },
  YARD_CONTAINER_MISMATCH: {
    severity: 'refer',
    owner: 'yard',
    text: {
      vi: 'Cần cẩu đọc số container khác',
      en: 'The crane saw another container number',
      zh: '吊机识别的箱号不符',
    },
    remedy: 'The yard checks which container stands where; customs is told.',
  },
  JOB_FAILED: {
    severity: 'refer',
    owner: 'yard',
    text: {
      vi: 'Cần cẩu không thực hiện được lệnh',
      en: 'The crane could not do its job',
      zh: '吊机作业失败',
    },
    remedy: 'The yard operator looks at the crane and at the places of the job.',
  },
  JOB_LOST: {
    severity: 'refer',
    owner: 'yard',
    text: {
      vi: 'Không rõ container đang ở đâu',
      en: 'Nobody knows where the container is',
      zh: '集装箱位置不明',
    },
    remedy: 'The yard operator finds the container and confirms the place where it is.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ReasonCode = keyof typeof catalogue;

/** The catalogue's entry with its detail filled in. */
export function reason(code: ReasonCode, detail = ''): Reason {
  const { severity, owner, text, remedy } = catalogue[code];
  return { code, severity, owner, text, detail, remedy };
}

/** What speaks against what a vehicle carries, and not against the lane, the devices, or who it is. */
const ABOUT_CARGO: ReadonlySet<ReasonCode> = new Set([
  'CONTAINER_MISMATCH',
  'WEIGHT_OUT_OF_TOLERANCE',
  'NO_CLEARANCE',
  'NOT_RELEASED',
  'CLEARANCE_WITHDRAWN',
  'RECALLED',
]);
export const isAboutCargo = ({ code }: Reason): boolean => ABOUT_CARGO.has(code);

/** What customs' own word lifts, and nobody at the gate. */
const LIFTED_BY_CUSTOMS: ReadonlySet<string> = new Set<ReasonCode>([
  'NOT_RELEASED',
  'CLEARANCE_WITHDRAWN',
  'NO_CLEARANCE',
  'CLEARANCE_STALE',
]);
export const isLiftedByCustoms = (code: string): boolean => LIFTED_BY_CUSTOMS.has(code);

/** Whether two lists say the same. */
export const sameReasons = (a: readonly Reason[], b: readonly Reason[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((one, index) => one.code === b[index]?.code && one.detail === b[index]?.detail));

/** The worst of the reasons: any refer → refer, else any hold → hold, else pass. */
export function worst(reasons: readonly Reason[]): Verdict {
  if (reasons.some((one) => one.severity === 'refer')) return 'refer';
  return reasons.some((one) => one.severity === 'hold') ? 'hold' : 'pass';
}
