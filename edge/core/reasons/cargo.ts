/** Reasons about the container, its seals, its weight and what is inside. */
import { hold, info, refer, referOnly } from './entry.ts';

export const cargoReasons = {
  CONTAINER_DAMAGED: refer(
    'customs',
    ['Container hư hỏng', 'The container is damaged', '集装箱破损'],
    [
      'Hải quan xem ảnh hư hỏng và lập biên bản.',
      'Customs looks at the damage and records it.',
      '海关查看破损情况并记录。',
    ],
  ),
  EMPTY_NOT_EMPTY: refer(
    'customs',
    ['Container khai rỗng nhưng không rỗng', 'Said to be empty, and is not', '申报空箱但非空'],
    ['Hải quan mở container.', 'Customs opens the container.', '海关开箱查验。'],
  ),
  SEAL_MISMATCH: refer(
    'customs',
    ['Số niêm phong không khớp', 'The seal is not the expected one', '封志号不符'],
    [
      'Hải quan so số niêm phong với hồ sơ và niêm phong lại nếu cần.',
      'Customs compares the seal with the record, and seals anew if need be.',
      '海关核对封志并视需要重新施封。',
    ],
  ),
  SEAL_MISSING: refer(
    'customs',
    ['Thiếu niêm phong', 'A seal is missing or was not read', '缺少封志或未读取'],
    [
      'Cán bộ đọc niêm phong tại chỗ; nếu không có, hải quan kiểm tra.',
      'An officer reads the seal on the spot; if there is none, customs inspects.',
      '工作人员现场核对；如无封志，海关查验。',
    ],
  ),
  SEAL_BROKEN: refer(
    'customs',
    ['Niêm phong bị phá', 'A seal is broken', '封志破损'],
    [
      'Hải quan kiểm tra hàng và niêm phong lại.',
      'Customs inspects the goods and seals anew.',
      '海关查验货物并重新施封。',
    ],
  ),
  SEAL_CHANGE_UNRECORDED: refer(
    'customs',
    ['Niêm phong thay đổi không có hồ sơ', 'A seal was changed and nobody recorded it', '封志变更无记录'],
    [
      'Ai đã thay niêm phong phải ghi lại: số cũ, số mới, người, lý do.',
      'Whoever changed it records old and new number, officer and reason.',
      '更换者须记录新旧号码、人员及原因。',
    ],
  ),
  WEIGHT_OUT_OF_TOLERANCE: refer(
    'customs',
    ['Khối lượng vượt sai số cho phép', 'Weight differs from the declared one', '重量超出允许偏差'],
    [
      'Hải quan so khối lượng khai và cân.',
      'Customs compares declared and measured weight.',
      '海关核对申报与实测重量。',
    ],
  ),
  WEIGHT_UNSTABLE: hold(
    'gate-board',
    ['Chưa có khối lượng ổn định', 'No steady weight yet', '重量尚未稳定'],
    ['Xe đứng yên trên cân.', 'The vehicle stands still on the scale.', '车辆在地磅上静止。'],
  ),
  WEIGHT_BASIS_UNKNOWN: refer(
    'customs',
    [
      'Không rõ khối lượng khai gồm những gì',
      'Not known what the declared weight or the tare includes',
      '申报重量或皮重口径不明',
    ],
    [
      'Bổ sung khối lượng khai, bì xe hoặc loại container.',
      'Supply the declared weight, the vehicle’s tare or the container’s type.',
      '补充申报重量、车辆皮重或箱型。',
    ],
  ),
  OVERLOAD: refer(
    'gate-board',
    ['Quá tải tổng', 'Heavier than the road allows', '超总重'],
    ['Hạ tải trước khi đi tiếp.', 'Take load off before it goes on.', '卸载后方可通行。'],
  ),
  AXLE_OVERLOAD: refer(
    'gate-board',
    ['Quá tải trục', 'An axle is heavier than the road allows', '轴超重'],
    ['Xếp lại hoặc hạ tải.', 'Shift or take off load.', '调整或卸载。'],
  ),
  OUT_OF_GAUGE: refer(
    'gate-board',
    ['Quá khổ', 'Larger than the road allows', '超限'],
    [
      'Cần giấy phép quá khổ hoặc chuyển sang làn thường.',
      'It needs an out-of-gauge permit, or a conventional lane.',
      '需超限许可或改走普通车道。',
    ],
  ),
  RADIATION_ALARM: referOnly(
    'customs',
    ['Báo động phóng xạ', 'Radiation alarm', '放射性报警'],
    [
      'Cách ly xe; đơn vị chuyên trách đo lại và kết luận.',
      'Isolate the vehicle; the specialised unit measures again and gives its result.',
      '隔离车辆，由专业单位复测并给出结论。',
    ],
  ),
  RADIATION_UNKNOWN: hold(
    'customs',
    ['Chưa có kết quả đo phóng xạ', 'No radiation reading', '无放射性检测结果'],
    ['Cổng phóng xạ đo lại.', 'The portal measures again.', '重新检测。'],
  ),
  EXPLOSIVE_OR_CHEMICAL: referOnly(
    'border-guard',
    ['KHẨN CẤP: chất nổ hoặc hóa chất', 'EMERGENCY: explosive or chemical finding', '紧急：爆炸物或化学品'],
    [
      'Sơ tán, cách ly, báo lực lượng chuyên trách.',
      'Evacuate, isolate, call the specialised force.',
      '疏散、隔离并通知专业力量。',
    ],
  ),
  TEST_POSITIVE: refer(
    'customs',
    ['Mẫu thử dương tính', 'A test is positive', '检测呈阳性'],
    [
      'Cách ly xe; hải quan kiểm tra và lấy mẫu lại.',
      'Isolate the vehicle; customs inspects and takes another sample.',
      '隔离车辆，海关查验并重新取样。',
    ],
  ),
  DANGEROUS_GOODS: refer(
    'border-guard',
    [
      'Hàng nguy hiểm không khai hoặc không được phép',
      'Dangerous goods not declared or not allowed',
      '危险品未申报或不允许',
    ],
    [
      'So biển báo với tờ khai; tách xe ra.',
      'Compare placards and declaration; set the vehicle apart.',
      '核对标牌与申报并隔离车辆。',
    ],
  ),
  REEFER_TEMPERATURE: refer(
    'quarantine',
    [
      'Nhiệt độ container lạnh ngoài giới hạn',
      'The reefer is out of its temperature range',
      '冷藏箱温度超限',
    ],
    [
      'Kiểm dịch xem hàng; cắm điện cho container.',
      'Quarantine looks at the goods; give the container power.',
      '检疫查看货物并供电。',
    ],
  ),
  MIXED_CARGO: refer(
    'customs',
    ['Nhiều loại hàng trên một xe', 'More than one kind of produce in a vehicle', '一车混装'],
    [
      'Chỉ một loại nông sản mỗi xe trong giai đoạn thí điểm.',
      'One kind of produce a vehicle while the pilot runs.',
      '试点期间一车一品。',
    ],
  ),
  HS_CODE_INVALID: refer(
    'customs',
    ['Mã HS không hợp lệ', 'The tariff code is not valid', '税则号列无效'],
    ['Người khai sửa mã HS.', 'The declarant corrects the tariff code.', '申报人更正税则号列。'],
  ),
  DWELL_EXCEEDED: info(
    'customs',
    ['Lưu lại quá thời hạn', 'Stayed longer than allowed', '停留超期'],
    [
      'Cho về; ghi nhận và thông báo.',
      'Let it go home; it is recorded and both sides are told.',
      '放行返回，记录并通知。',
    ],
  ),
} as const;
