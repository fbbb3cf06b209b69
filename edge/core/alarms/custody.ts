/** Alarms about who has the goods, and about differences in them. */
import type { Entry } from './entry.ts';

export const custodyAlarms = {
  CUSTODY_POINT_DIFFERS: {
    priority: 'medium',
    vi: {
      what: 'Hai cửa khẩu không thống nhất điểm chuyển trách nhiệm trông giữ hàng',
      do: 'Thống nhất custodyPoint trong cấu hình hai bên; tạm không giao nhận xe mới',
    },
    en: {
      what: 'The two gates do not agree where custody passes',
      do: 'Agree on custodyPoint in both configurations; nothing is handed over meanwhile',
    },
    zh: { what: '双方口岸的货物交接责任点不一致', do: '统一双方配置中的 custodyPoint；期间不交接新车' },
  },
  RECEIVED_WITH_REMARKS: {
    priority: 'medium',
    once: true,
    vi: {
      what: 'Bên kia đã nhận hàng kèm ghi chú sai lệch',
      do: 'Đọc ghi chú của lượt qua và phối hợp kiểm tra với bên kia',
    },
    en: {
      what: 'The other side has received goods with remarks',
      do: 'Read the remarks on the crossing and look into them with the other side',
    },
    zh: { what: '对方已接收货物并附差异说明', do: '查看该通行的说明，与对方共同核查' },
  },
  DISCREPANCY_OPEN: {
    priority: 'medium',
    vi: {
      what: 'Có sai lệch bàn giao đang mở',
      do: 'Hẹn bên kia cùng kiểm tra, rồi mỗi bên đóng với cùng một kết quả',
    },
    en: {
      what: 'A difference of a handover is open',
      do: 'Inspect it together with the other side; then both close it with the same outcome',
    },
    zh: { what: '有未结的交接差异', do: '与对方联合检查，然后双方以相同结论结清' },
  },
  TRUCK_TO_LEAVE: {
    priority: 'medium',
    vi: {
      what: 'Xe đến lấy container đang bị giữ vì sai lệch bàn giao',
      do: 'Báo lái xe ra khỏi bãi không hàng, và quay lại khi hai bên đã đóng sai lệch',
    },
    en: {
      what: 'A truck has come for a container that a difference keeps in the yard',
      do: 'Tell the driver to leave empty, and to come again when both sides have closed it',
    },
    zh: { what: '前来提箱的车辆，其集装箱因交接差异被留置', do: '通知司机空车驶离，待双方结清差异后再来' },
  },
  DISCREPANCY_OVERDUE: {
    priority: 'high',
    vi: {
      what: 'Sai lệch bàn giao đã quá hạn mà chưa đóng',
      do: 'Báo lãnh đạo hai cửa khẩu; hàng vẫn được giữ tại chỗ',
    },
    en: {
      what: 'A difference of a handover is open beyond its deadline',
      do: 'Call the heads of both gates; the goods stay where they are',
    },
    zh: { what: '交接差异逾期未结', do: '报告双方口岸负责人；货物继续留置' },
  },
  DISCREPANCY_OUTCOMES_DIFFER: {
    priority: 'medium',
    vi: {
      what: 'Hai bên đóng sai lệch với kết quả khác nhau',
      do: 'Thống nhất với bên kia, rồi đóng lại với kết quả đã thống nhất',
    },
    en: {
      what: 'The two sides have closed a difference with different outcomes',
      do: 'Agree with the other side, then close it again with what was agreed',
    },
    zh: { what: '双方对差异的结论不一致', do: '与对方协商一致后重新结清' },
  },
  DISCREPANCIES_FULL: {
    priority: 'medium',
    vi: {
      what: 'Quá nhiều sai lệch bàn giao đang mở, không nhận thêm',
      do: 'Đóng các sai lệch đã giải quyết cùng bên kia',
    },
    en: {
      what: 'Too many differences are open: no further one is taken',
      do: 'Close those that are settled, together with the other side',
    },
    zh: { what: '未结差异过多，不再接收新的', do: '与对方一起结清已解决的差异' },
  },
} as const satisfies Record<string, Entry>;
