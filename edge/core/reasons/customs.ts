/** Reasons from the word of customs, and of the authorities beside it. */
import { hold, info, refer, referOnly } from './entry.ts';

export const customsReasons = {
  NO_CLEARANCE: hold(
    'customs',
    ['Chưa có tờ khai cho container', 'No declaration known for the container', '该箱无报关单'],
    [
      'Người khai nộp tờ khai; xe qua khi hải quan thông quan.',
      'The declarant files the declaration; it passes when customs releases it.',
      '申报人提交报关单，海关放行后通过。',
    ],
  ),
  NOT_RELEASED: hold(
    'customs',
    ['Hải quan chưa thông quan', 'Customs has not released it', '海关未放行'],
    [
      'Không cần làm gì tại cửa khẩu: xe tự qua khi hải quan thông quan.',
      'Nothing to do at the gate: it passes by itself when customs releases it.',
      '口岸无需操作，海关放行后自动通过。',
    ],
  ),
  CLEARANCE_WITHDRAWN: referOnly(
    'customs',
    ['Hải quan đã thu hồi thông quan', 'Customs has withdrawn the release', '海关已撤销放行'],
    [
      'Hải quan quyết định về container.',
      'Customs decides what happens to the container.',
      '由海关决定该箱处置。',
    ],
  ),
  CLEARANCE_EXPIRED: hold(
    'customs',
    ['Thông quan đã hết hạn', 'The release has expired', '放行已过期'],
    ['Người khai xin gia hạn.', 'The declarant asks customs to renew it.', '申报人申请延期。'],
  ),
  CLEARANCE_STALE: hold(
    'customs',
    [
      'Dữ liệu thông quan đã cũ hoặc sai giờ',
      'The customs list is too old, or of a time to come',
      '海关数据过期或时间不符',
    ],
    [
      'Chờ kết nối hải quan; kiểm tra gate exchange.',
      'Wait for the customs link; check the connection of gate exchange.',
      '等待海关连接，检查 gate exchange。',
    ],
  ),
  DECLARATIONS_INCOMPLETE: refer(
    'customs',
    [
      'Không rõ đã đủ tờ khai cho container',
      'Not known whether all declarations of the container are there',
      '该箱报关单是否齐全不明',
    ],
    [
      'Hải quan xác nhận danh sách tờ khai đã đủ.',
      'Customs states the list of declarations complete.',
      '海关确认报关单齐全。',
    ],
  ),
  ADVANCE_DOCUMENT_PENDING: hold(
    'customs',
    [
      'Chứng từ điện tử mà tờ khai viện dẫn chưa đến',
      'A document its declaration rests on has not arrived',
      '报关单所依据的电子单证未到',
    ],
    [
      'Cơ quan cấp gửi chứng từ qua Cơ chế một cửa ASEAN; xe tự qua khi chứng từ đến.',
      'Its issuer sends it over the ASEAN Single Window; it passes by itself then.',
      '签发机构经东盟单一窗口发送，到达后自动通过。',
    ],
  ),
  ADVANCE_DOCUMENT_INVALID: refer(
    'customs',
    [
      'Chứng từ điện tử mà tờ khai viện dẫn bị thu hồi, hết hạn hoặc không khớp',
      'A document its declaration rests on is revoked, expired or of something else',
      '报关单所依据的电子单证已撤销、过期或不符',
    ],
    [
      'Cơ quan chủ quản đối chiếu với cơ quan cấp; người khai nộp chứng từ đúng.',
      'Its owner asks the issuer; the declarant claims the right document.',
      '主管机关向签发机构核实，申报人提供正确单证。',
    ],
  ),
  ALLOTMENT_EXCEEDED: refer(
    'customs',
    [
      'Vượt lượng còn lại của tờ khai',
      'More than what is left of the declaration, or used already',
      '超出报关单剩余量或已使用',
    ],
    [
      'Hải quan đối chiếu các chuyến đã qua.',
      'Customs compares with the parts that have crossed.',
      '海关核对已通行批次。',
    ],
  ),
  RED_NOT_INSPECTED: refer(
    'customs',
    ['Luồng đỏ chưa kiểm hóa', 'Not inspected, and customs wants it to be', '红色通道未查验'],
    ['Đưa container đi kiểm hóa.', 'Take the container to inspection.', '送查验。'],
  ),
  YELLOW_NOT_CHECKED: hold(
    'customs',
    ['Luồng vàng chưa kiểm tra hồ sơ', 'Its documents are not checked yet', '黄色通道单证未审核'],
    [
      'Hải quan kiểm tra hồ sơ; xe tự qua khi xong.',
      'Customs checks the documents; it passes by itself then.',
      '海关审核单证，完成后自动通过。',
    ],
  ),
  SCAN_PENDING: hold(
    'customs',
    ['Chờ kết quả soi chiếu', 'Waiting for the scan', '等待机检结果'],
    [
      'Đưa xe qua máy soi; chờ kết quả.',
      'Take it through the scanner; wait for the result.',
      '过机检并等待结果。',
    ],
  ),
  SCAN_REJECTED: refer(
    'customs',
    ['Soi chiếu phát hiện bất thường', 'The scan found something', '机检异常'],
    ['Hải quan kiểm hóa.', 'Customs inspects the container.', '海关开箱查验。'],
  ),
  QUARANTINE_PENDING: hold(
    'quarantine',
    ['Chờ kiểm dịch', 'Waiting for quarantine', '等待检疫'],
    [
      'Cơ quan kiểm dịch kiểm tra; xe tự qua khi đạt.',
      'Quarantine examines it; it passes by itself when that is passed.',
      '检疫合格后自动通过。',
    ],
  ),
  QUARANTINE_FAILED: refer(
    'quarantine',
    ['Không đạt kiểm dịch', 'Quarantine has failed it', '检疫不合格'],
    [
      'Kiểm dịch quyết định xử lý, trả về hoặc tiêu hủy.',
      'Quarantine decides: treatment, return or destruction.',
      '由检疫决定处理、退运或销毁。',
    ],
  ),
  BORDER_GUARD_PENDING: hold(
    'border-guard',
    ['Chờ biên phòng', 'Waiting for the border guards', '等待边防'],
    ['Biên phòng kiểm tra.', 'The border guards check it.', '边防检查。'],
  ),
  BORDER_GUARD_REFUSED: refer(
    'border-guard',
    ['Biên phòng từ chối', 'The border guards refuse it', '边防拒绝'],
    ['Biên phòng quyết định.', 'The border guards decide.', '由边防决定。'],
  ),
  DRIVER_DOCUMENT_INVALID: refer(
    'border-guard',
    ['Giấy tờ lái xe không hợp lệ', 'The driver’s documents are not valid', '驾驶员证件无效'],
    ['Biên phòng kiểm tra giấy tờ.', 'The border guards check the documents.', '边防核查证件。'],
  ),
  VEHICLE_DOCUMENT_INVALID: refer(
    'border-guard',
    ['Giấy tờ xe không hợp lệ', 'The vehicle’s documents are not valid', '车辆证件无效'],
    ['Kiểm tra giấy phép liên vận, đăng kiểm.', 'Check permit and roadworthiness.', '核查运输许可与检验。'],
  ),
  DRIVER_HEALTH_UNCHECKED: refer(
    'quarantine',
    [
      'Chưa kiểm tra giấy tờ y tế của lái xe, hoặc không đạt',
      'The driver’s health document is not checked, or not good',
      '驾驶员健康证明未核验或不合格',
    ],
    [
      'Cơ quan nêu trong quy định kiểm tra giấy tờ y tế rồi xác nhận.',
      'Whoever the regime names checks the health document and clears it.',
      '由规定的机关核验健康证明后解除。',
    ],
  ),
  FEE_UNPAID: hold(
    'gate-board',
    ['Chưa nộp phí', 'A fee is not paid', '费用未缴'],
    ['Nộp phí; xe tự qua.', 'Pay the fee; it passes by itself then.', '缴费后自动通过。'],
  ),
  WATCHLIST_HIT: refer(
    'border-guard',
    ['Trùng danh sách theo dõi', 'On a watch list', '命中关注名单'],
    [
      'Cơ quan của danh sách quyết định; không nói lý do ra ngoài.',
      'The list’s owner decides; the reason is not told outside.',
      '由名单主管机关决定，不对外说明原因。',
    ],
  ),
  RISK_RULE_HIT: refer(
    'customs',
    ['Trùng quy tắc rủi ro', 'A risk rule applies', '命中风险规则'],
    ['Hải quan kiểm tra theo quy tắc.', 'Customs checks as the rule says.', '海关按规则检查。'],
  ),
  TRANSIT_MRN_MISMATCH: refer(
    'customs',
    [
      'Số MRN quá cảnh không khớp',
      'The transit’s MRN is missing, wrong or another',
      '过境MRN缺失、错误或不符',
    ],
    ['Hải quan đối chiếu ACTS.', 'Customs compares with ACTS.', '海关与ACTS核对。'],
  ),
  TEMPORARY_ADMISSION_OVERDUE: refer(
    'customs',
    ['Tạm nhập quá hạn', 'Temporary admission is overdue', '暂时进口逾期'],
    ['Hải quan lập hồ sơ quá hạn.', 'Customs records the overstay and decides.', '海关登记逾期并决定。'],
  ),
  OUTAGE_REGIME: info(
    'customs',
    [
      'Thông quan theo chế độ sự cố hệ thống',
      'Released under a declared outage; checked again on recovery',
      '系统故障期间放行，恢复后复核',
    ],
    ['Không cần làm gì.', 'Nothing to do at the gate.', '口岸无需操作。'],
  ),
  RECALLED: refer(
    'customs',
    ['Bên gửi đã thu hồi lượt qua này', 'The sender has recalled this crossing', '发送方已召回该通行'],
    [
      'Hải quan hai bên quyết định; không dỡ container cho đến khi xong.',
      'Customs of both sides decide; the container is not unloaded until the finding is cleared.',
      '双方海关决定，解除前不卸箱。',
    ],
  ),
} as const;
