/** Why a list was refused, in the words that lie beside it for whoever put it there. */

import { type RefusalReason, refusalIn } from '../signed/folder.ts';

const TEXTS: Record<RefusalReason, { vi: string; en: string }> = {
  unsigned: {
    vi: 'Không có chữ ký: đặt tệp .jws cùng tên cạnh danh sách.',
    en: 'It has no signature: put the .jws file of the same name beside it.',
  },
  signature: {
    vi: 'Chữ ký không đúng với nội dung tệp: ký lại đúng tệp này.',
    en: 'The signature does not fit the file: sign exactly this file.',
  },
  key: {
    vi: 'Khóa ký không được tin cậy tại cửa khẩu này (lists.trust).',
    en: 'The signing key is not trusted at this gate (lists.trust).',
  },
  owner: {
    vi: 'Khóa này không được ký danh sách của cơ quan đó.',
    en: 'This key may not sign lists of that owner.',
  },
  unreadable: {
    vi: 'Không đọc được; cả danh sách bị từ chối, danh sách cũ vẫn có hiệu lực.',
    en: 'It cannot be read; the whole list is refused, and the one before stays in force.',
  },
  'too-large': {
    vi: 'Tệp quá lớn: một danh sách có tối đa 10.000 mục.',
    en: 'The file is too large: a list has at most 10,000 entries.',
  },
  expired: { vi: 'Danh sách đã hết hiệu lực.', en: 'The list has expired.' },
  older: {
    vi: 'Cửa khẩu đã có phiên bản mới hơn.',
    en: 'The gate has a newer version already.',
  },
  changed: {
    vi: 'Nội dung khác với cùng phiên bản đã nhận: tăng số phiên bản.',
    en: 'Another content was taken under this version before: raise the version.',
  },
};

export const refusalText = refusalIn(TEXTS);
