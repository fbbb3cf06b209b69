/** Reasons of the gate itself: its lanes, its yard, the border section and the gate across it. */
import { hold, refer, referOnly } from './entry.ts';

export const gateReasons = {
  CLOCK_UNTRUSTED: hold(
    'gate-board',
    ['Đồng hồ không tin cậy', 'The clock cannot be trusted', '时钟不可信'],
    ['Khôi phục đồng bộ giờ.', 'Restore time synchronisation.', '恢复时间同步。'],
  ),
  LANE_STOPPED: hold(
    'gate-board',
    ['Làn đã dừng theo lệnh', 'The lane was stopped by an operator', '车道已被停用'],
    ['Nhân viên vận hành cho làn chạy lại.', 'An operator resumes the lane.', '操作员恢复车道。'],
  ),
  LANE_CLOSED: hold(
    'gate-board',
    ['Làn đang đóng', 'The lane is closed', '车道已关闭'],
    [
      'Xe qua khi làn mở; xem giờ làm việc.',
      'It passes when the lane opens; see its hours.',
      '车道开放后通过，见开放时间。',
    ],
  ),
  LANE_OBSTRUCTED: hold(
    'gate-board',
    [
      'Có người hoặc vật trong làn phía trước',
      'Something is under or behind the barrier',
      '栏杆下方或后方有人或物',
    ],
    [
      'Dọn làn; nếu không có gì, kiểm tra vòng từ và rèm quang.',
      'Clear the lane; if nothing is there, check its loops and light curtain.',
      '清空车道；如无物，检查线圈与光幕。',
    ],
  ),
  GATE_STOPPED: hold(
    'gate-board',
    ['Cửa khẩu đã dừng theo lệnh', 'The gate was stopped by a person', '口岸已被停用'],
    ['Lãnh đạo ca cho chạy lại.', 'A supervisor resumes the gate.', '值班长恢复运行。'],
  ),
  LINE_NOT_CLEAR: hold(
    'border-guard',
    ['Chưa được phép vào đoạn biên giới', 'The line is not clear', '边境段未获放行'],
    [
      'Chờ cửa khẩu bên kia cấp đường và chỗ dỡ.',
      'Wait for the gate across the border to grant track and unloading capacity.',
      '等待对方口岸给予线路与卸货能力。',
    ],
  ),
  COUNTERPART_NOT_OFFERED: refer(
    'border-guard',
    [
      'Cửa khẩu bên kia không báo trước xe này',
      'The other gate has not announced this vehicle',
      '对方口岸未预告该车',
    ],
    ['Hỏi cửa khẩu bên kia.', 'Ask the gate across the border.', '询问对方口岸。'],
  ),
  COUNTERPART_CLOSED: hold(
    'border-guard',
    ['Cửa khẩu bên kia đang đóng', 'The gate across the border is closed', '对方口岸已关闭'],
    ['Chờ bên kia mở lại.', 'Wait until the other side opens again.', '等待对方重新开放。'],
  ),
  SECTION_CLOSED: hold(
    'border-guard',
    ['Đoạn biên giới đang đóng', 'The border section is closed', '边境段已关闭'],
    ['Chờ bên đã đóng mở lại.', 'Wait until the side that closed it reopens it.', '等待关闭方重新开放。'],
  ),
  LOST_ON_SECTION: refer(
    'border-guard',
    [
      'Đã rời cửa khẩu và không đến nơi; đường đã được xác nhận trống',
      'It left and did not arrive; its track was found empty',
      '已驶离而未到达，线路已查明无车',
    ],
    [
      'Tìm xe và hàng: đã về cửa khẩu thì gỡ bỏ để đi lại, không còn đi thì hủy lượt qua.',
      'Find the vehicle and its goods: back at this gate, clear it and it goes again; else cancel the crossing.',
      '查找车货：已回口岸则解除后重新发车，不再发车则取消通行。',
    ],
  ),
  UNSEEN_SINCE_RESTORE: refer(
    'yard',
    [
      'Lấy lại từ sổ bàn giao đã khôi phục; chưa ai thấy xe ở đâu',
      'Taken up from the restored log; nobody has seen where its vehicle is',
      '自恢复的交接日志接续，尚未有人见到车辆位置',
    ],
    [
      'Tìm xe và container rồi xác nhận vị trí: làn, vị trí dỡ hoặc ô bãi; nếu không có thì kiểm tra đoạn biên giới.',
      'Find vehicle and container and confirm the place: lane, bay or slot; if they are not here, inspect the section.',
      '找到车辆和集装箱并确认位置（车道、卸货位或箱位）；如不在此，检查边境路段。',
    ],
  ),
  DISCREPANCY_OPEN: referOnly(
    'gate-board',
    [
      'Còn sai lệch bàn giao chưa được hai bên đóng',
      'A difference of its handover is open',
      '交接差异尚未由双方结清',
    ],
    [
      'Hai bên cùng kiểm tra, rồi lãnh đạo ca mỗi bên đóng sai lệch với cùng một kết quả.',
      'Both sides inspect it; then a supervisor on each side closes it with the same outcome.',
      '双方联合检查后，由各方值班长以相同结论结清差异。',
    ],
  ),
  YARD_FULL: hold(
    'yard',
    ['Bãi chưa có chỗ', 'No bay or slot is free', '场地无空位'],
    ['Chờ bãi có chỗ.', 'Wait until the yard has room.', '等待场地有空位。'],
  ),
  YARD_CONTAINER_MISMATCH: refer(
    'yard',
    ['Cần cẩu đọc số container khác', 'The crane saw another container number', '吊机识别的箱号不符'],
    [
      'Bãi kiểm tra container nào ở đâu; báo hải quan.',
      'The yard checks which container stands where; customs is told.',
      '场地核查箱位并告知海关。',
    ],
  ),
  TRUCK_UNCERTAIN: refer(
    'yard',
    [
      'Chưa chắc xe ở vị trí xếp dỡ là xe của lượt này',
      'The truck in the bay may be another one',
      '装卸位上的车辆可能不是本车',
    ],
    [
      'Nhân viên bãi xem biển số xe ở vị trí xếp dỡ; nếu là xe khác thì cho xe đó rời đi.',
      'The yard operator reads the plate of the truck in the bay, and sends another one away.',
      '场地操作员核对装卸位车辆车牌，如非本车则令其离开。',
    ],
  ),
  JOB_FAILED: refer(
    'yard',
    ['Cần cẩu không thực hiện được lệnh', 'The crane could not do its job', '吊机作业失败'],
    [
      'Nhân viên bãi xem cần cẩu và các vị trí của lệnh.',
      'The yard operator looks at the crane and at the places of the job.',
      '场地操作员检查吊机及作业位置。',
    ],
  ),
  JOB_LOST: refer(
    'yard',
    ['Không rõ container đang ở đâu', 'Nobody knows where the container is', '集装箱位置不明'],
    [
      'Nhân viên bãi tìm container và xác nhận vị trí.',
      'The yard operator finds the container and confirms the place where it is.',
      '场地操作员找到集装箱并确认位置。',
    ],
  ),
} as const;
