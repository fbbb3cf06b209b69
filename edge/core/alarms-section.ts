/** Alarms about the border section as a whole: closures, block resets, line clear by telephone. See alarm-catalogue.ts. */

export const sectionAlarms = {
  SECTION_RECORD: {
    priority: 'high',
    once: true,
    vi: {
      what: 'Bản ghi của bên kia về đoạn biên giới không thể đúng',
      do: 'Gọi cửa khẩu bên kia và đối chiếu nhật ký',
    },
    en: {
      what: 'The other log tells of the section what cannot be',
      do: 'Call the other gate and compare the logs',
    },
    zh: { what: '对方日志对边境段的记载不可能成立', do: '联系对方口岸并核对日志' },
  },
  BLOCK_RESET_WAITS: {
    priority: 'medium',
    vi: {
      what: 'Một bên đã kiểm tra đường và báo trống, bên kia chưa báo',
      do: 'Gọi cửa khẩu bên kia; hai người mỗi bên kiểm tra đường rồi xác nhận',
    },
    en: {
      what: 'One side has inspected a track and says it is empty, the other has not',
      do: 'Call the other gate; two people of each side inspect the track and say so',
    },
    zh: { what: '一方已检查线路并报空，另一方尚未', do: '联系对方口岸；双方各两人检查线路后确认' },
  },
  BLOCK_RESET_DIFFERS: {
    priority: 'medium',
    vi: {
      what: 'Hai bên báo trống đường với các chuyến khác nhau; đường vẫn bị giữ',
      do: 'Gọi cửa khẩu bên kia, thống nhất danh sách chuyến rồi xác nhận lại',
    },
    en: {
      what: 'The two sides name different moves for a track; it stays occupied',
      do: 'Call the other gate, agree which moves are lost, and say it again',
    },
    zh: { what: '双方对线路所列车次不一致，线路仍被占用', do: '联系对方口岸，核对车次后重新确认' },
  },
  HOTLINE_MISMATCH: {
    priority: 'high',
    vi: {
      what: 'Cấp đường qua điện thoại: hai nhật ký không khớp; không cấp đường tự động',
      do: 'Đối chiếu số với cửa khẩu bên kia; trưởng ca gỡ bỏ khi đã rõ',
    },
    en: {
      what: 'Line clear by telephone: the two logs do not agree; nothing is granted',
      do: 'Compare the number with the other gate; a supervisor clears it when explained',
    },
    zh: { what: '电话放行：两方日志不符，停止自动放行', do: '联系对方口岸核对号码；查明后由值班长解除' },
  },
} as const;
