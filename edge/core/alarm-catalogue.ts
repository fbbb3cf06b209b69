/**
 * The catalogue of alarms: each with its priority, what has happened and what to do, in the three languages of the site
 * (ISA-18.2: an alarm without an action is none). `high` is danger to people, or a border that is not under control.
 */

import { custodyAlarms } from './alarms/custody.ts';
import type { Entry } from './alarms/entry.ts';
import { timeStampAlarms } from './alarms/time-stamps.ts';
import { sectionAlarms } from './alarms-section.ts';
import type { Alarm } from './state.ts';

type Text3 = Alarm['text'];

const entries = {
  ...custodyAlarms,
  ...timeStampAlarms,

  // ---------------------------------------------------------------- devices and lanes
  DEVICE_OFFLINE: {
    priority: 'medium',
    vi: { what: 'Thiết bị không trả lời', do: 'Kiểm tra nguồn điện và cáp mạng của thiết bị' },
    en: { what: 'A device does not answer', do: 'Check its power and network cable' },
    zh: { what: '设备无应答', do: '检查设备电源和网线' },
  },
  MALFORMED: {
    priority: 'low',
    once: true,
    vi: { what: 'Thiết bị gửi dữ liệu không đọc được', do: 'Báo kỹ thuật; dữ liệu đã được giữ riêng' },
    en: { what: 'A device sent data that cannot be read', do: 'Call maintenance; the data is kept aside' },
    zh: { what: '设备发送的数据无法识别', do: '通知维护人员；数据已另存' },
  },
  COMMAND_UNCONFIRMED: {
    priority: 'low',
    vi: { what: 'Thiết bị không xác nhận lệnh', do: 'Kiểm tra thiết bị tại chỗ' },
    en: { what: 'A device has not confirmed a command', do: 'Check the device on site' },
    zh: { what: '设备未确认命令', do: '现场检查设备' },
  },
  INTRUSION: {
    priority: 'high',
    vi: { what: 'Có vật dưới barie khi chưa được phép qua', do: 'Kiểm tra làn ngay' },
    en: { what: 'Something is under a barrier that was not opened for it', do: 'Check the lane now' },
    zh: { what: '未放行时栏杆下有物体', do: '立即检查车道' },
  },
  BARRIER_FAULT: {
    priority: 'medium',
    vi: { what: 'Barie báo lỗi', do: 'Đóng làn và gọi kỹ thuật' },
    en: { what: 'A barrier reports a fault', do: 'Close the lane and call maintenance' },
    zh: { what: '栏杆报告故障', do: '关闭车道并通知维护人员' },
  },
  BARRIER_UNCOMMANDED: {
    priority: 'high',
    vi: { what: 'Barie di chuyển khi không có lệnh', do: 'Dừng làn, kiểm tra tại chỗ và gọi kỹ thuật' },
    en: { what: 'A barrier moved without a command', do: 'Stop the lane, check on site, call maintenance' },
    zh: { what: '栏杆在无命令时动作', do: '停用车道，现场检查并通知维护人员' },
  },
  LANE_READINGS: {
    priority: 'medium',
    vi: { what: 'Cảm biến trong làn báo mâu thuẫn nhau', do: 'Ra xem làn và gọi kỹ thuật' },
    en: { what: 'A sensor of a lane contradicts itself', do: 'Look at the lane and call maintenance' },
    zh: { what: '车道传感器信号矛盾', do: '现场查看车道并通知维护人员' },
  },
  PERSON_IN_LANE: {
    priority: 'high',
    vi: { what: 'Có người trong làn xe', do: 'Dừng làn và đưa người ra ngoài' },
    en: { what: 'A person is in a lane', do: 'Stop the lane and get the person out' },
    zh: { what: '车道内有人', do: '停用车道并让人员离开' },
  },
  TAILGATING: {
    priority: 'high',
    once: true,
    vi: { what: 'Có xe bám đuôi qua barie đang mở', do: 'Chặn xe đó lại và kiểm tra' },
    en: { what: 'A second vehicle followed through the open barrier', do: 'Stop it and check it' },
    zh: { what: '有车辆尾随通过已开栏杆', do: '拦下该车并核查' },
  },
  WRONG_WAY: {
    priority: 'high',
    vi: { what: 'Có xe đi ngược chiều trong làn', do: 'Chặn xe lại và giải phóng làn' },
    en: { what: 'A vehicle drives the wrong way through a lane', do: 'Stop it and clear the lane' },
    zh: { what: '车道内有车辆逆行', do: '拦下该车并清空车道' },
  },
  VEHICLE_STUCK_IN_LANE: {
    priority: 'medium',
    vi: { what: 'Xe đã được phép qua nhưng chưa ra khỏi làn', do: 'Ra xem xe và giải phóng làn' },
    en: { what: 'A released vehicle has not left the lane', do: 'Look at the vehicle and clear the lane' },
    zh: { what: '已放行的车辆未驶离车道', do: '查看车辆并清空车道' },
  },
  CONTAINER_MISMATCH: {
    priority: 'medium',
    vi: { what: 'Số container không đúng', do: 'Giữ container lại và báo hải quan' },
    en: { what: 'A container number is not the expected one', do: 'Hold the container and tell customs' },
    zh: { what: '箱号不符', do: '暂扣集装箱并通知海关' },
  },

  // ---------------------------------------------------------------- the border
  LINK_DOWN: {
    priority: 'medium',
    vi: { what: 'Mất liên lạc với cửa khẩu bên kia', do: 'Kiểm tra đường truyền; tạm không cho xe mới đi' },
    en: { what: 'No link to the other gate', do: 'Check the connection; no new vehicle is sent meanwhile' },
    zh: { what: '与对方口岸通信中断', do: '检查通信线路；期间不放行新车' },
  },
  LOG_RESTORED: {
    priority: 'high',
    once: true,
    vi: {
      what: 'Ổ đĩa trống: sổ bàn giao đã được khôi phục từ bản lưu của bên kia',
      do: 'Kiểm kê bãi; cùng bên kia kiểm tra đoạn biên giới trước khi cho xe đi',
    },
    en: {
      what: 'The disk was empty: our handover log was restored from the other side’s copy',
      do: 'Take stock of the yard; inspect the section with the other side before vehicles go',
    },
    zh: {
      what: '磁盘为空：交接日志已从对方副本恢复',
      do: '清点堆场；放行前与对方共同检查边境路段',
    },
  },
  COUNTERPART_LOG_FAULT: {
    priority: 'high',
    vi: {
      what: 'Sổ bàn giao của cửa khẩu bên kia không đúng với những gì họ đã ký',
      do: 'Không cho xe đi sang; đối chiếu bằng chứng với bên kia, hai người xóa lỗi',
    },
    en: {
      what: 'The other gate’s handover log is not what it has signed',
      do: 'Send no vehicle; compare the evidence with the other side; two people clear it',
    },
    zh: {
      what: '对方口岸的交接日志与其签名不符',
      do: '停止发车；与对方核对证据，之后由两人解除故障',
    },
  },
  OWN_LOG_FAULT: {
    priority: 'high',
    vi: {
      what: 'Sổ bàn giao của cửa khẩu này khác với những gì đã ký',
      do: 'Gọi kỹ thuật; đối chiếu với bản của bên kia, rồi hai người xóa lỗi',
    },
    en: {
      what: 'This gate’s handover log differs from what it has signed',
      do: 'Call maintenance; compare with the other side’s copy; two people clear it',
    },
    zh: {
      what: '本口岸的交接日志与已签内容不一致',
      do: '通知维护人员；与对方副本核对日志，之后由两人解除故障',
    },
  },
  OFFER_REFUSED: {
    priority: 'medium',
    once: true,
    vi: { what: 'Cửa khẩu bên kia từ chối nhận xe', do: 'Gọi cho cửa khẩu bên kia' },
    en: { what: 'The other gate refused a vehicle', do: 'Call the other gate' },
    zh: { what: '对方口岸拒收车辆', do: '联系对方口岸' },
  },
  DEPARTURE_UNREAD: {
    priority: 'medium',
    vi: {
      what: 'Xe đã đến nhưng chưa đọc được bản ghi xuất phát của bên kia',
      do: 'Kiểm tra đường truyền; xe chưa được dỡ hàng',
    },
    en: {
      what: 'A vehicle is here, but the other side’s record of its departure has not been read',
      do: 'Check the connection; the vehicle is not unloaded yet',
    },
    zh: { what: '车辆已到，但未读到对方的发车记录', do: '检查通信线路；车辆暂不卸货' },
  },
  GRANT_UNKNOWN: {
    priority: 'medium',
    once: true,
    vi: { what: 'Bản ghi bàn giao không khớp với lượt qua nào', do: 'Đối chiếu với cửa khẩu bên kia' },
    en: { what: 'A handover record fits no crossing', do: 'Reconcile with the other gate' },
    zh: { what: '交接记录无对应通行', do: '与对方口岸核对' },
  },
  SECTION_STALLED: {
    priority: 'high',
    vi: {
      what: 'Xe ở trên đoạn biên giới quá lâu',
      do: 'Gọi cửa khẩu bên kia và cử người đến xem xe',
    },
    en: {
      what: 'A vehicle is too long on the border section',
      do: 'Call the other gate and send somebody to the vehicle',
    },
    zh: { what: '车辆在边境段滞留过久', do: '联系对方口岸并派人查看车辆' },
  },
  CAME_BACK: {
    priority: 'high',
    vi: {
      what: 'Xe đã sang bên kia quay lại mà không được báo trước',
      do: 'Giữ xe lại và gọi cửa khẩu bên kia',
    },
    en: {
      what: 'A vehicle that left over the border is back unannounced',
      do: 'Hold the vehicle and call the other gate',
    },
    zh: { what: '已出境的车辆未经预告返回', do: '拦停该车并联系对方口岸' },
  },
  IN_REFUGE: {
    priority: 'medium',
    vi: {
      what: 'Một xe được đưa vào chỗ lánh vì hàng hoá chưa rõ',
      do: 'Kiểm tra xe tại chỗ; gỡ từng vướng mắc thì xe đi tiếp',
    },
    en: {
      what: 'A vehicle was set aside in the refuge slot because of what it carries',
      do: 'Look at it there; when each finding is cleared it goes on',
    },
    zh: { what: '车辆因货物问题被引入避让位', do: '现场检查；各项问题解除后车辆继续行驶' },
  },
  RECALLED: {
    priority: 'high',
    vi: {
      what: 'Thông quan bị thu hồi khi xe đang trên đoạn biên giới',
      do: 'Gọi hải quan và cửa khẩu bên kia',
    },
    en: {
      what: 'The release was withdrawn while the vehicle is on the border section',
      do: 'Call customs and the other gate',
    },
    zh: { what: '车辆在边境段时放行被撤销', do: '联系海关和对方口岸' },
  },

  ...sectionAlarms,

  // ---------------------------------------------------------------- the yard
  BAY_OCCUPIED: {
    priority: 'medium',
    vi: {
      what: 'Có vật ở vị trí xếp dỡ mà không xe nào được điều đến',
      do: 'Ra xem và dọn trống vị trí xếp dỡ',
    },
    en: { what: 'Something stands in a bay that nobody was sent to', do: 'Look at the bay and clear it' },
    zh: { what: '装卸位上有未经调派的物体', do: '查看并清空装卸位' },
  },
  JOB_FAILED: {
    priority: 'medium',
    vi: { what: 'Cần cẩu không thực hiện được lệnh', do: 'Kiểm tra cần cẩu và các vị trí của lệnh' },
    en: { what: 'A crane job failed', do: 'Look at the crane and the places of the job' },
    zh: { what: '吊机作业失败', do: '检查吊机及作业位置' },
  },
  JOB_STUCK: {
    priority: 'medium',
    vi: { what: 'Cần cẩu thực hiện một lệnh quá lâu', do: 'Kiểm tra cần cẩu và các vị trí của lệnh' },
    en: { what: 'A crane job takes too long', do: 'Look at the crane and the places of the job' },
    zh: { what: '吊机作业超时', do: '检查吊机及作业位置' },
  },
  JOB_LOST: {
    priority: 'medium',
    vi: { what: 'Cần cẩu không còn biết lệnh đã nhận', do: 'Xem container đang ở đâu rồi xác nhận vị trí' },
    en: { what: 'A crane does not know a job it had taken', do: 'See where the container is and confirm it' },
    zh: { what: '吊机丢失已接收的作业', do: '查明集装箱位置并确认' },
  },
  JOB_DONE_TWICE: {
    priority: 'medium',
    once: true,
    vi: { what: 'Cần cẩu báo một lệnh hoàn thành hai lần', do: 'Kiểm tra các container trong bãi' },
    en: { what: 'A crane reports one job done twice', do: 'Check the containers in the yard' },
    zh: { what: '吊机重复报告同一作业完成', do: '核对场地内的集装箱' },
  },
  SPREADER_CONTRADICTS: {
    priority: 'high',
    vi: {
      what: 'Khung chụp của cần cẩu báo tín hiệu mâu thuẫn',
      do: 'Không để xe di chuyển dưới cần cẩu; kiểm tra khung chụp',
    },
    en: {
      what: 'A spreader contradicts itself',
      do: 'Let no vehicle move under the crane; check the spreader',
    },
    zh: { what: '吊具信号矛盾', do: '禁止车辆在吊机下移动；检查吊具' },
  },

  // ---------------------------------------------------------------- driverless vehicles
  ORDER_REJECTED: {
    priority: 'low',
    vi: { what: 'Xe từ chối lệnh di chuyển', do: 'Kiểm tra xe; nếu lặp lại, rút xe ra và gọi kỹ thuật' },
    en: {
      what: 'A vehicle rejected its order',
      do: 'Check it; if it repeats, withdraw it and call maintenance',
    },
    zh: { what: '车辆拒绝执行行驶命令', do: '检查车辆；如再次发生，停用该车并通知维护人员' },
  },
  VEHICLE_LOW_BATTERY: {
    priority: 'low',
    vi: { what: 'Pin xe yếu', do: 'Xe tự đi sạc sau chuyến này; nếu không, kiểm tra trạm sạc' },
    en: { what: 'A vehicle’s battery is low', do: 'It charges after this trip; if not, check the charger' },
    zh: { what: '车辆电量低', do: '本次任务后自动充电；如未充电，检查充电桩' },
  },
  VEHICLE_STUCK: {
    priority: 'medium',
    vi: { what: 'Xe có đường đi nhưng mãi chưa đến nơi', do: 'Ra xem xe và đường phía trước xe' },
    en: { what: 'A vehicle with a free way does not arrive', do: 'Look at it and at the way ahead of it' },
    zh: { what: '车辆已获准行驶但迟迟未到达', do: '查看车辆及前方道路' },
  },
  VEHICLE_OFF_ROUTE: {
    priority: 'high',
    vi: {
      what: 'Xe đứng ở nơi không được điều đến',
      do: 'Cử người đến xem; xe tự đi tiếp khi đường của nó trống',
    },
    en: {
      what: 'A vehicle stands where it was not sent',
      do: 'Send somebody to look; it goes on by itself once its way is free',
    },
    zh: { what: '车辆停在未被派往的位置', do: '派人查看；前路空闲后车辆自行继续' },
  },
  VEHICLE_EMERGENCY_STOP: {
    priority: 'high',
    vi: { what: 'Xe đã dừng khẩn cấp', do: 'Kiểm tra quanh xe; chỉ mở lại tại xe khi đã an toàn' },
    en: { what: 'A vehicle is in emergency stop', do: 'Check around it; reset it at the vehicle once safe' },
    zh: { what: '车辆已急停', do: '检查车辆周围；确认安全后在车上复位' },
  },
  VEHICLE_LOST: {
    priority: 'medium',
    vi: { what: 'Xe không xác định được vị trí của mình', do: 'Không cho xe chạy; gọi kỹ thuật đến xe' },
    en: { what: 'A vehicle does not know where it is', do: 'Do not move it; call maintenance to it' },
    zh: { what: '车辆定位丢失', do: '禁止移动车辆；通知维护人员到场' },
  },
  VEHICLE_FAULT: {
    priority: 'medium',
    vi: { what: 'Xe báo lỗi nghiêm trọng', do: 'Rút xe khỏi hoạt động và gọi kỹ thuật' },
    en: { what: 'A vehicle reports a fatal error', do: 'Withdraw it and call maintenance' },
    zh: { what: '车辆报告严重故障', do: '停用该车并通知维护人员' },
  },

  // ---------------------------------------------------------------- the gate itself
  GATE_STOPPED: {
    priority: 'medium',
    vi: { what: 'Toàn cửa khẩu đã dừng theo lệnh của người trực', do: 'Cho chạy lại khi đã xử lý xong' },
    en: { what: 'A person has stopped the whole gate', do: 'Resume it when the reason is settled' },
    zh: { what: '口岸已被人工全部停止', do: '原因排除后恢复运行' },
  },
  CUSTOMS_STALE: {
    priority: 'medium',
    vi: { what: 'Dữ liệu hải quan đã cũ', do: 'Kiểm tra kết nối với hải quan' },
    en: { what: 'The customs list is too old', do: 'Check the customs connection' },
    zh: { what: '海关数据过期', do: '检查海关连接' },
  },
  DWELL_EXCEEDED: {
    priority: 'medium',
    vi: { what: 'Xe của bên kia lưu lại quá thời hạn', do: 'Cho xe về; lý do được ghi và báo hai bên' },
    en: {
      what: 'A vehicle of the other side has stayed too long',
      do: 'See that it goes home; it is not kept',
    },
    zh: { what: '对方车辆停留超期', do: '安排车辆返回，不予扣留' },
  },
  CUSTOMS_CLOCK: {
    priority: 'medium',
    vi: { what: 'Dữ liệu hải quan ghi giờ ở tương lai', do: 'So đồng hồ của cửa khẩu với hải quan' },
    en: { what: 'The customs list is of a time to come', do: 'Compare our clock with that of customs' },
    zh: { what: '海关数据时间在未来', do: '核对口岸与海关时钟' },
  },
  CUSTOMS_CASE: {
    priority: 'medium',
    vi: {
      what: 'Có hồ sơ chờ hải quan xử lý về một lượt đã qua',
      do: 'Công chức hải quan xử lý hồ sơ rồi đóng hồ sơ',
    },
    en: {
      what: 'A case of something that has passed waits for customs',
      do: 'A customs officer deals with the case and closes it',
    },
    zh: { what: '有关已通行车辆的案件待海关处理', do: '海关人员处理并结案' },
  },
  ADMISSION_OVERDUE: {
    priority: 'medium',
    vi: {
      what: 'Hàng tạm nhập hoặc tạm xuất quá hạn chưa quay lại',
      do: 'Hải quan tìm hiểu, xử lý hồ sơ hoặc gia hạn',
    },
    en: {
      what: 'What was admitted for a time has not come back by its date',
      do: 'Customs inquires, deals with the case, or extends the date',
    },
    zh: { what: '暂时进出口货物逾期未返回', do: '海关核查、处理案件或准予延期' },
  },
  ADMISSIONS_FULL: {
    priority: 'medium',
    vi: {
      what: 'Quá nhiều hàng tạm nhập, tạm xuất: hàng mới không được theo dõi',
      do: 'Hải quan tự theo dõi hàng mới; đóng các hồ sơ đã xử lý',
    },
    en: {
      what: 'Too much is admitted for a time: what comes now is not watched',
      do: 'Customs watches the new ones itself; close the cases that are dealt with',
    },
    zh: { what: '暂时进出口货物过多，新的未纳入监控', do: '海关自行监控新货物，结清已处理案件' },
  },
  OUTAGE_FULL: {
    priority: 'medium',
    vi: {
      what: 'Quá nhiều xe qua khi sự cố chờ kiểm tra lại',
      do: 'Khôi phục kết nối hải quan; đóng các hồ sơ đang mở',
    },
    en: {
      what: 'Too many vehicles wait to be checked again after an outage',
      do: 'Restore the customs connection; close the open cases',
    },
    zh: { what: '故障期间通行待复核车辆过多', do: '恢复海关连接，处理待结案件' },
  },
  LIST_REVIEW: {
    priority: 'low',
    vi: { what: 'Danh sách đến hạn rà soát', do: 'Cơ quan của danh sách gửi bản mới' },
    en: { what: 'A signed list is due for review', do: 'Ask its owner for a new version' },
    zh: { what: '名单到期应复核', do: '请名单主管机关发布新版' },
  },
  LIST_EXPIRED: {
    priority: 'medium',
    vi: {
      what: 'Danh sách đã hết hiệu lực và không còn được đối chiếu',
      do: 'Yêu cầu cơ quan của danh sách gửi bản mới',
    },
    en: {
      what: 'A signed list has expired and is not compared any more',
      do: 'Ask its owner for a new version',
    },
    zh: { what: '名单已失效，不再比对', do: '请名单主管机关发布新版' },
  },
  LISTS_FULL: {
    priority: 'medium',
    vi: { what: 'Không còn chỗ cho một danh sách mới', do: 'Gửi bản rỗng cho danh sách không còn dùng' },
    en: {
      what: 'There is no room for another signed list',
      do: 'Have lists that are no longer needed replaced by empty versions',
    },
    zh: { what: '名单容量已满', do: '以空版本替换不再使用的名单' },
  },
  OUTBOX_REFUSED: {
    priority: 'medium',
    vi: {
      what: 'Báo cáo của cửa khẩu bị từ chối',
      do: 'Xem lý do bằng gate outbox; gửi lại hoặc bỏ báo cáo đó',
    },
    en: {
      what: 'A report of this gate was refused',
      do: 'See why with gate outbox; have it sent again, or drop it',
    },
    zh: { what: '口岸的报告被拒收', do: '用 gate outbox 查看原因；重新发送或放弃该报告' },
  },
  CLOCK_UNTRUSTED: {
    priority: 'medium',
    vi: { what: 'Đồng hồ không tin cậy', do: 'Kiểm tra đồng bộ thời gian' },
    en: { what: 'The clock cannot be trusted', do: 'Check time synchronisation' },
    zh: { what: '时钟不可信', do: '检查时间同步' },
  },
  STORAGE: {
    priority: 'high',
    vi: { what: 'Nhật ký ghi không kịp, cửa khẩu chỉ cho dừng', do: 'Kiểm tra ổ đĩa' },
    en: { what: 'The journal does not keep up: stopping only', do: 'Check the disk' },
    zh: { what: '日志写入过慢，仅允许停止', do: '检查磁盘' },
  },
  ALARM_FLOOD: {
    priority: 'medium',
    vi: {
      what: 'Quá nhiều cảnh báo trong mười phút',
      do: 'Xử lý cảnh báo mức cao trước; cảnh báo mức thấp tạm không hiện',
    },
    en: {
      what: 'Too many alarms within ten minutes',
      do: 'Take the high ones first; low ones are not shown for now',
    },
    zh: { what: '十分钟内报警过多', do: '先处理高级报警；低级报警暂不显示' },
  },
  SECOND_PERSON: {
    priority: 'medium',
    vi: { what: 'Một yêu cầu chờ người thứ hai xác nhận', do: 'Kiểm tra rồi xác nhận, hoặc để hết hạn' },
    en: { what: 'An override waits for the second person', do: 'Check it and confirm it, or let it lapse' },
    zh: { what: '一项人工干预等待第二人确认', do: '核查后确认，或任其过期' },
  },
} as const satisfies Record<string, Entry>;

export type AlarmCode = keyof typeof entries;

interface AlarmKind {
  priority: Alarm['priority'];
  once: boolean;
  text: Text3;
  action: Text3;
}

/** Every alarm there is, by its code. */
export const alarmCatalogue = Object.fromEntries(
  Object.entries<Entry>(entries).map(([code, { priority, once = false, vi, en, zh }]) => [
    code,
    {
      priority,
      once,
      text: { vi: vi.what, en: en.what, zh: zh.what },
      action: { vi: vi.do, en: en.do, zh: zh.do },
    },
  ]),
) as Readonly<Record<AlarmCode, AlarmKind>>;
