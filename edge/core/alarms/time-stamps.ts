/** Alarms about time stamps on the two logs. Traffic goes on: the gates' own signatures stand without them. */
import type { Entry } from './entry.ts';

export const timeStampAlarms = {
  TIME_STAMP_BAD: {
    priority: 'low',
    vi: {
      what: 'Dấu thời gian trên sổ bàn giao không hợp lệ',
      do: 'Gọi kỹ thuật: xem tệp bằng chứng, hỏi cơ quan cấp dấu hoặc bên kia',
    },
    en: {
      what: 'A time stamp on a handover log does not hold',
      do: 'Call maintenance: see the evidence file; ask the authority or the other gate',
    },
    zh: {
      what: '交接日志的时间戳无效',
      do: '通知维护人员：查看原因和证据文件，联系时间戳机构或对方口岸',
    },
  },
  TIME_STAMP_MISSING: {
    priority: 'low',
    vi: {
      what: 'Sổ bàn giao đã lâu chưa được cấp dấu thời gian',
      do: 'Kiểm tra đường truyền tới cơ quan cấp dấu; sổ của bên kia thì gọi họ',
    },
    en: {
      what: 'A handover log has had no new time stamp for too long',
      do: 'Check the line to the authority; of the other gate’s log, call them',
    },
    zh: {
      what: '交接日志长时间未获得新时间戳',
      do: '检查与时间戳机构的连接；若为对方日志，请联系对方',
    },
  },
} as const satisfies Record<string, Entry>;
