/** Reasons about who stands there, and what was read of it. */
import { hold, info, refer } from './entry.ts';

export const identityReasons = {
  EVIDENCE_PENDING: hold(
    'gate-board',
    ['Đang chờ thiết bị đọc', 'Waiting for readings', '等待设备读取'],
    [
      'Chờ camera, đầu đọc hoặc cân; nếu kéo dài, kiểm tra thiết bị.',
      'Wait for the camera, reader or scale; if it stays, check the device.',
      '等待摄像机、读取器或地磅；如持续，请检查设备。',
    ],
  ),
  EVIDENCE_STALE: hold(
    'gate-board',
    [
      'Kết quả đọc đã cũ hoặc sai giờ',
      'Readings are too old, or of a time to come',
      '读取结果过期或时间不符',
    ],
    [
      'Thiết bị đọc lại trong khi xe chờ.',
      'The devices read again while the vehicle waits.',
      '车辆等待时设备将重新读取。',
    ],
  ),
  DEVICE_OFFLINE: hold(
    'gate-board',
    ['Thiết bị không hoạt động', 'A needed device does not answer', '所需设备离线'],
    [
      'Sửa hoặc nối lại thiết bị; lượt qua tự tiếp tục.',
      'Repair or reconnect the device; the crossing continues by itself.',
      '修复或重新连接设备，通行将自动继续。',
    ],
  ),
  NO_CROSSING_MATCH: refer(
    'gate-board',
    ['Không khớp lượt qua nào đã báo trước', 'Matches no announced crossing', '未匹配到预报通行'],
    [
      'Nhân viên vận hành xác định xe hoặc cho quay lại.',
      'An operator identifies the vehicle or turns it back.',
      '操作员识别车辆或令其返回。',
    ],
  ),
  AMBIGUOUS_MATCH: refer(
    'gate-board',
    ['Khớp nhiều lượt qua', 'Matches more than one crossing', '匹配到多个通行'],
    [
      'Nhân viên vận hành xem ảnh và xác định xe.',
      'An operator looks at the pictures and identifies the vehicle.',
      '操作员查看图像并识别车辆。',
    ],
  ),
  PLATE_MISMATCH: refer(
    'gate-board',
    [
      'Biển số không khớp hoặc đọc không nhất quán',
      'The plate is not the expected one, or its readings contradict each other',
      '车牌不符或读取不一致',
    ],
    ['Nhân viên vận hành đọc biển số.', 'An operator reads the plate.', '操作员核对车牌。'],
  ),
  TRAILER_UNANNOUNCED: info(
    'gate-board',
    ['Có rơ moóc không báo trước', 'A trailer that nobody announced', '挂车未预报'],
    [
      'Bổ sung biển số rơ moóc vào lần báo trước sau.',
      'Announce the trailer’s plate, too, the next time.',
      '下次预报时补报挂车号牌。',
    ],
  ),
  TRAILER_MISMATCH: refer(
    'gate-board',
    ['Biển số rơ moóc không khớp', 'The trailer’s plate is not the expected one', '挂车号牌不符'],
    [
      'Nhân viên vận hành đọc biển số rơ moóc.',
      'An operator reads the trailer’s plate.',
      '操作员核对挂车号牌。',
    ],
  ),
  VEHICLE_MISMATCH: refer(
    'gate-board',
    [
      'Thẻ hoặc số sê-ri không phải của xe này',
      'Tag or serial number is not that of the expected vehicle',
      '电子标签或序列号不属于该车',
    ],
    [
      'Nhân viên vận hành kiểm tra thẻ và xe.',
      'An operator looks at the tag and at the vehicle.',
      '操作员核查标签与车辆。',
    ],
  ),
  READ_DOUBTFUL: info(
    'gate-board',
    [
      'Số đọc được chỉ giống số mong đợi; nhận dạng nhờ các số khác',
      'A number was read as one that only looks like the expected one; the others bear it out',
      '读取号码与预期近似，依其他号码确认',
    ],
    [
      'Xem ảnh sau; nếu là số khác thật thì báo lãnh đạo ca.',
      'Look at the picture afterwards; if it is another number after all, tell the supervisor.',
      '事后查看图像；如确为其他号码，报告值班长。',
    ],
  ),
  CONTAINER_MISMATCH: refer(
    'customs',
    ['Số container không đúng với khai báo', 'Container number is not the expected one', '箱号与申报不符'],
    [
      'Hải quan kiểm tra container; lượt qua vẫn chuyển kiểm tra.',
      'Customs inspects the container; the crossing stays referred.',
      '海关查验集装箱，通行保持转查。',
    ],
  ),
  CONTAINER_UNREADABLE: refer(
    'gate-board',
    ['Không đọc được số container', 'The container number could not be read', '箱号无法读取'],
    [
      'Nhân viên đọc số container tại chỗ, kèm ảnh.',
      'An officer reads the number on the spot, with a photo.',
      '工作人员现场读取箱号并拍照。',
    ],
  ),
  CONTAINER_UNEXPECTED: refer(
    'customs',
    [
      'Có container trên xe không được phép chở',
      'A container on a vehicle that should carry none',
      '不应载箱的车上有集装箱',
    ],
    ['Hải quan kiểm tra xe.', 'Customs inspects the vehicle.', '海关查验车辆。'],
  ),
  CONTAINER_ELSEWHERE: refer(
    'customs',
    [
      'Container này đang ở nơi khác hoặc không thể có mặt ở đây',
      'This container is known to be elsewhere, or cannot be here by now',
      '该箱已在别处或不可能在此',
    ],
    [
      'Kiểm tra cả hai lượt: một trong hai mang số giả hoặc đọc sai.',
      'Look at both visits: one of the two bears a false number or was misread.',
      '核查两次通行：其一箱号为伪造或误读。',
    ],
  ),
  DUPLICATE_CROSSING: refer(
    'customs',
    ['Lượt qua trùng lặp', 'The same passage is announced or made twice', '重复通行'],
    [
      'Hải quan xem lượt nào là thật và hủy lượt kia.',
      'Customs decides which one is real; the other is cancelled.',
      '海关判定真实的一次并取消另一次。',
    ],
  ),
  NOT_BOOKED: refer(
    'gate-board',
    ['Chưa đăng ký trước', 'Not booked', '未预约'],
    [
      'Đăng ký trên nền tảng cửa khẩu số của tỉnh.',
      'Register the visit on the province’s platform.',
      '在省口岸平台预约。',
    ],
  ),
  CAME_BACK: refer(
    'border-guard',
    [
      'Xe đã xuất đi quay lại ngoài dự kiến',
      'A vehicle that had left over the border is back',
      '已出境车辆意外返回',
    ],
    [
      'Biên phòng hỏi cửa khẩu bên kia và cho phép xe.',
      'Border guards ask the gate across the border what happened, and clear the vehicle.',
      '边防向对方口岸核实后放行车辆。',
    ],
  ),
  RETURN_UNLINKED: refer(
    'customs',
    [
      'Xe quay về không gắn với lượt đã bị từ chối',
      'A return that names no refused move',
      '退运未关联原被拒通行',
    ],
    [
      'Hải quan gắn lượt về với lượt gốc và lý do từ chối.',
      'Customs links it to the original move and its refusal.',
      '海关将其关联至原通行及拒收原因。',
    ],
  ),
} as const;
