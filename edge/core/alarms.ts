/** Alarms: what a person should know now. Raised once, counted when it repeats, returned when its cause is gone. */
import type { Turn } from './turn.ts';
import { decide } from './turn.ts';

const catalogue = {
  DEVICE_OFFLINE: {
    vi: 'Thiết bị không hoạt động: kiểm tra nguồn và dây mạng',
    en: 'A device does not answer: check its power and cable',
    zh: '设备离线：请检查电源和线路',
  },
  MALFORMED: {
    vi: 'Thiết bị gửi dữ liệu không đọc được: dữ liệu đã được giữ riêng, báo kỹ thuật',
    en: 'A device sent bytes that cannot be read: they are kept aside, call maintenance',
    zh: '设备发送无法识别的数据：已另存，请通知维护',
  },
  COMMAND_UNCONFIRMED: {
    vi: 'Thiết bị không xác nhận lệnh: kiểm tra thiết bị tại chỗ',
    en: 'A device did not confirm a command: check it on site',
    zh: '设备未确认命令：请现场检查',
  },
  INTRUSION: {
    vi: 'Có vật dưới barie khi chưa được phép qua: kiểm tra làn ngay',
    en: 'Something is under a barrier that was not opened for it: check the lane now',
    zh: '未放行时栏杆下有物体：立即检查车道',
  },
  BARRIER_FAULT: {
    vi: 'Barie báo lỗi: gọi kỹ thuật',
    en: 'A barrier reports a fault: call maintenance',
    zh: '栏杆故障：请通知维护',
  },
  LINK_DOWN: {
    vi: 'Mất liên lạc với cửa khẩu bên kia: không cho xe mới vào đoạn biên giới',
    en: 'No link to the gate across the border: no new vehicle is sent',
    zh: '与对方口岸通信中断：不再放行新车',
  },
  CUSTOMS_STALE: {
    vi: 'Dữ liệu hải quan đã cũ: kiểm tra kết nối với hải quan',
    en: 'The customs list is too old: check the customs connection',
    zh: '海关数据过期：请检查海关连接',
  },
  CLOCK_UNTRUSTED: {
    vi: 'Đồng hồ không tin cậy: kiểm tra đồng bộ thời gian',
    en: 'The clock cannot be trusted: check time synchronisation',
    zh: '时钟不可信：请检查时间同步',
  },
  JOB_FAILED: {
    vi: 'Cần cẩu không thực hiện được lệnh: kiểm tra tại bãi',
    en: 'A crane job failed: check the yard',
    zh: '吊机作业失败：请检查场地',
  },
  CONTAINER_MISMATCH: {
    vi: 'Số container không đúng: báo hải quan',
    en: 'A container number is wrong: tell customs',
    zh: '箱号不符：请通知海关',
  },
  OFFER_REFUSED: {
    vi: 'Cửa khẩu bên kia từ chối nhận xe: gọi cho họ',
    en: 'The gate across the border refused a vehicle: call them',
    zh: '对方口岸拒收车辆：请联系对方',
  },
  DEPARTURE_UNREAD: {
    vi: 'Xe đã đến nhưng chưa đọc được bản ghi xuất phát của bên kia: chưa dỡ hàng',
    en: 'A vehicle is here, but the other side’s record of its departure has not been read: it is not unloaded yet',
    zh: '车辆已到，但未读到对方的发车记录：暂不卸货',
  },
  GRANT_UNKNOWN: {
    vi: 'Bản ghi bàn giao không khớp với lượt qua nào: đối chiếu hai bên',
    en: 'A handover record fits no crossing: reconcile with the other side',
    zh: '交接记录无对应通行：请双方核对',
  },
} as const;

export type AlarmCode = keyof typeof catalogue;

/** Raises, or counts a repeat of, the alarm of `code` about `subject`. */
export function raiseAlarm(turn: Turn, code: AlarmCode, subject: string): void {
  const id = `${code}/${subject}`;
  const known = turn.state.alarms[id];
  if (known !== undefined && known.state !== 'returned') {
    known.count += 1;
    return;
  }
  turn.state.alarms[id] = {
    id,
    code,
    subject,
    state: 'raised',
    raisedAt: turn.state.now,
    count: (known?.count ?? 0) + 1,
    text: catalogue[code],
  };
  decide(turn, 'alarm', { alarm: id, state: 'raised', text: catalogue[code] });
}

/** Its cause is gone. An alarm nobody has raised stays unraised. */
export function returnAlarm(turn: Turn, code: AlarmCode, subject: string): void {
  const alarm = turn.state.alarms[`${code}/${subject}`];
  if (alarm === undefined || alarm.state === 'returned') return;
  alarm.state = 'returned';
  decide(turn, 'alarm', { alarm: alarm.id, state: 'returned' });
}

/** A person has seen it. */
export function acknowledgeAlarm(turn: Turn, id: string, person: string): void {
  const alarm = turn.state.alarms[id];
  if (alarm === undefined || alarm.state !== 'raised') return;
  alarm.state = 'acknowledged';
  decide(turn, 'alarm', { alarm: id, state: 'acknowledged', person });
}
