/** The words of the minutes, Vietnamese and Chinese side by side. Exhaustive by type: a new code needs its words here. */
import type { DiscrepancyCode, PublicCode } from '../../../protocols/handover/codes.ts';
import type { CustodyPoint, RecordKind, RecordOf, SealCheck } from '../../../protocols/handover/record.ts';

/** Vietnamese, Chinese. */
export type Pair = readonly [vi: string, zh: string];

export const KINDS: Record<RecordKind, Pair> = {
  offered: ['Đề nghị bàn giao', '提出交接'],
  'offer-withdrawn': ['Rút đề nghị', '撤回提议'],
  accepted: ['Chấp nhận đề nghị', '接受提议'],
  refused: ['Từ chối', '拒绝'],
  granted: ['Cho phép vào khu gian', '准许进入区间'],
  'grant-returned': ['Trả lại giấy phép chưa dùng', '退回未使用的许可'],
  departed: ['Xuất phát', '出发'],
  recalled: ['Yêu cầu thu hồi', '要求召回'],
  arrived: ['Đến nơi', '到达'],
  received: ['Tiếp nhận', '接收'],
  'received-with-remarks': ['Tiếp nhận có ghi chú', '有备注接收'],
  disputed: ['Lập biên bản sai lệch', '提出差异'],
  'joint-inspection': ['Cùng kiểm tra', '联合检查'],
  closed: ['Kết thúc', '结案'],
  returned: ['Hàng đã trở về', '货物已退回'],
  'authority-asked': ['Xin phép di chuyển', '申请移动授权'],
  'authority-granted': ['Cho phép di chuyển', '准予移动'],
  'token-asked': ['Xin quyền gửi', '申请发车权'],
  'token-passed': ['Chuyển quyền gửi', '移交发车权'],
  'block-reset': ['Giải phóng khu gian', '区间复位'],
  'section-closing': ['Đóng khu gian', '关闭区间'],
  'section-closed': ['Khu gian đã đóng', '区间已关闭'],
  'section-reopening': ['Mở lại khu gian', '重新开放区间'],
  'filter-in-force': ['Bộ lọc có hiệu lực', '生效的字段过滤'],
  'keys-rotated': ['Đổi khóa ký', '更换签名密钥'],
  restored: ['Nhật ký được khôi phục', '日志已恢复'],
};

export const CUSTODY_POINTS: Record<CustodyPoint, Pair> = {
  km0: ['đường biên giới, km 0', '边境线，0公里处'],
  'border-in': ['điểm kiểm soát vào của bên nhận', '接收方入境卡口'],
  'set-down': ['khi cần cẩu đã hạ container', '吊机落箱时'],
};

export const LOADS: Record<RecordOf<'offered'>['load'], Pair> = {
  laden: ['có hàng', '重箱'],
  empty: ['container rỗng', '空箱'],
  bobtail: ['đầu kéo không container', '空车'],
  return: ['hàng trả về', '退运'],
};

export const SEAL_STATES: Record<SealCheck['state'], Pair> = {
  intact: ['nguyên vẹn', '完好'],
  broken: ['bị phá', '破损'],
  missing: ['không có', '缺失'],
  replaced: ['đã thay', '已更换'],
  'not-checked': ['chưa kiểm tra', '未检查'],
};

export const SEAL_METHODS: Record<SealCheck['method'], Pair> = {
  reader: ['máy đọc', '读取设备'],
  person: ['người kiểm tra', '人工'],
  electronic: ['điện tử', '电子'],
  none: ['không', '无'],
};

export const EVIDENCE: Record<'picture' | 'reading' | 'document' | 'scan', Pair> = {
  picture: ['ảnh', '照片'],
  reading: ['số liệu đọc', '读数'],
  document: ['chứng từ', '单证'],
  scan: ['ảnh soi', '扫描图像'],
};

export const DIFFERENCES: Record<DiscrepancyCode, Pair> = {
  CONTAINER_NUMBER: ['số container khác', '箱号不符'],
  CONTAINER_MISSING: ['thiếu container', '缺少集装箱'],
  CONTAINER_DAMAGED: ['container hư hỏng', '集装箱破损'],
  SEAL_NUMBER: ['số niêm phong khác', '封志号不符'],
  SEAL_BROKEN: ['niêm phong bị phá', '封志破损'],
  SEAL_MISSING: ['thiếu niêm phong', '缺少封志'],
  WEIGHT: ['trọng lượng khác', '重量不符'],
  GOODS: ['hàng hóa khác', '货物不符'],
  DOCUMENTS: ['chứng từ khác', '单证不符'],
  VEHICLE: ['phương tiện khác', '车辆不符'],
  OTHER: ['khác', '其他'],
};

export const CODES: Record<PublicCode, Pair> = {
  AUTHORITY_CHECK: ['cơ quan chức năng kiểm tra', '主管机关检查'],
  CAPACITY: ['hết chỗ', '容量不足'],
  CLEARANCE_WITHDRAWN: ['thông quan bị thu hồi', '通关被撤销'],
  CUSTODY_POINT_DIFFERS: ['điểm chuyển giao khác nhau', '移交地点不一致'],
  EMERGENCY: ['khẩn cấp', '紧急情况'],
  HEALTH_REGIME: ['chế độ kiểm dịch y tế', '卫生检疫措施'],
  INSPECTION: ['kiểm tra', '查验'],
  MAINTENANCE: ['bảo trì', '维护'],
  NO_TRACK: ['không có đường phù hợp', '无合适线路'],
  SECTION_CLOSED: ['khu gian đóng', '区间关闭'],
  SECURITY: ['an ninh', '安全'],
  WEATHER: ['thời tiết', '天气'],
  OTHER: ['khác', '其他'],
};

export const OUTCOMES: Record<
  RecordOf<'joint-inspection'>['outcome'] | NonNullable<RecordOf<'closed'>['outcome']>,
  Pair
> = {
  confirmed: ['xác nhận', '确认'],
  unfounded: ['không có cơ sở', '不成立'],
  partly: ['xác nhận một phần', '部分确认'],
  escalated: ['chuyển cấp trên', '上报'],
  'as-handed-over': ['theo như đã giao', '以移交时为准'],
  'as-found': ['theo như đã nhận', '以接收时为准'],
  settled: ['đã giải quyết', '已解决'],
  withdrawn: ['rút lại', '撤回'],
};

export const LABELS = {
  title: ['BIÊN BẢN BÀN GIAO', '交接记录'],
  move: ['Mã lượt bàn giao', '交接编号'],
  parties: ['Các bên', '双方'],
  sender: ['Bên giao (cửa khẩu)', '移交方（口岸）'],
  receiver: ['Bên nhận (cửa khẩu)', '接收方（口岸）'],
  cargo: ['Phương tiện và hàng', '车辆与货物'],
  vehicle: ['Phương tiện', '车辆'],
  homeGate: ['Cửa khẩu điều khiển phương tiện', '车辆所属口岸'],
  plate: ['Biển số', '车牌'],
  load: ['Loại chuyến', '装载'],
  track: ['Đường', '线路'],
  container: ['Container', '集装箱'],
  seals: ['Niêm phong', '封志'],
  gross: ['Tổng trọng lượng', '总重'],
  declarations: ['Tờ khai', '报关单'],
  sizeType: ['Kích cỡ và loại', '尺寸与类型'],
  custodyPoint: ['Nơi chuyển giao trách nhiệm', '保管责任移交地点'],
  custody: ['Trách nhiệm bảo quản', '保管责任'],
  course: ['Diễn biến', '经过'],
  line: ['dòng', '行'],
  grant: ['Giấy phép số', '许可号'],
  hotline: ['Số đọc qua điện thoại', '电话核对号'],
  code: ['Lý do', '原因'],
  text: ['Nội dung', '内容'],
  translated: ['bản dịch', '译文'],
  outcome: ['Kết quả', '结果'],
  inspectors: ['Người kiểm tra', '检查人员'],
  by: ['Bằng lượt', '所用交接编号'],
  officer: ['Chữ ký điện tử của cán bộ', '负责人员的电子签名'],
  notDisclosed: ['có, không tiết lộ', '有，未披露'],
  notSigned: ['không ký', '未签'],
  unreadable: ['không đọc được', '无法读取'],
  withheld: ['Không được tiết lộ (chỉ có mã băm)', '未披露（仅有摘要）'],
  sealChecks: ['Kiểm tra niêm phong', '封志检查'],
  expected: ['theo khai báo', '申报'],
  found: ['thực tế', '实际'],
  differences: ['Ghi chú và sai lệch', '备注与差异'],
  discrepancy: ['Biên bản sai lệch số', '差异编号'],
  deadline: ['Thời hạn', '期限'],
  place: ['Nơi giữ hàng', '货物所在地'],
  custodian: ['Bên giữ hàng', '保管方'],
  none: ['không có', '无'],
  evidence: ['Chứng cứ (SHA-256)', '证据（SHA-256摘要）'],
  proof: ['Bằng chứng từ nhật ký có chữ ký', '签名日志的证明'],
  leaf: ['Mã băm của dòng', '该行摘要'],
  head: ['Đầu nhật ký đã ký', '已签名的日志头'],
  root: ['Mã băm gốc', '根摘要'],
  key: ['Khóa ký', '签名密钥'],
  unsigned: ['chưa được ký', '尚未签名'],
  unchecked: [
    'Chữ ký điện tử không được kiểm tra khi in; kiểm tra bằng lệnh gate handover verify.',
    '打印时未核对电子签名；请用 gate handover verify 命令核对。',
  ],
  signatures: ['Chữ ký', '签字'],
  forSender: ['Đại diện bên giao', '移交方代表'],
  forReceiver: ['Đại diện bên nhận', '接收方代表'],
  name: ['Họ và tên', '姓名'],
  position: ['Chức vụ', '职务'],
  date: ['Ngày', '日期'],
  sign: ['Ký tên, đóng dấu', '签字盖章'],
} as const satisfies Record<string, Pair>;

/** Who is responsible now, by the two logs. */
export const custodyWords = (
  receipt: { gate: string; line: number } | undefined,
  hasDeparted: boolean,
): Pair => {
  if (receipt !== undefined)
    return [
      `đã chuyển sang ${receipt.gate}, theo dòng ${receipt.line} trong nhật ký của bên nhận`,
      `已移交给 ${receipt.gate}，见接收方日志第 ${receipt.line} 行`,
    ];
  return hasDeparted
    ? ['bên giao, chưa có xác nhận tiếp nhận', '仍由移交方负责，尚未确认接收']
    : ['bên giao, chưa xuất phát', '仍由移交方负责，尚未出发'];
};
