/** Why a document was refused, in the words that lie beside it for whoever put it there. */
import { type RefusalReason, refusalIn } from '../signed/folder.ts';

const TEXTS: Record<RefusalReason, { vi: string; en: string }> = {
  unsigned: {
    vi: 'Không có chữ ký: đặt tệp .jws cùng tên cạnh chứng từ.',
    en: 'It has no signature: put the .jws file of the same name beside it.',
  },
  signature: {
    vi: 'Chữ ký không đúng với nội dung tệp: ký lại đúng tệp này.',
    en: 'The signature does not fit the file: sign exactly this file.',
  },
  key: {
    vi: 'Khóa ký không được tin cậy tại cửa khẩu này (asw.trust).',
    en: 'The signing key is not trusted at this gate (asw.trust).',
  },
  owner: {
    vi: 'Khóa này không được ký chứng từ của nước đó (asw.trust, issuers).',
    en: 'This key may not sign documents of that country (asw.trust, issuers).',
  },
  unreadable: {
    vi: 'Không đọc được; chứng từ bị từ chối, phiên bản cũ (nếu có) vẫn có hiệu lực.',
    en: 'It cannot be read; it is refused, and the version before, if there is one, stays in force.',
  },
  'too-large': { vi: 'Tệp quá lớn.', en: 'The file is too large.' },
  expired: { vi: 'Chứng từ đã hết hiệu lực.', en: 'The document has expired.' },
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
