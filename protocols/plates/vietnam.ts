/**
 * Forms of Vietnamese plates, on canonical text.
 *
 * Civil plates: Circular 24/2023/TT-BCA article 37 and Circular 79/2024/TT-BCA (series R and RM, CD, KT, LD, DA, MK, TĐ,
 * HC, MĐ; NG, QT, CV, NN for foreigners; T for temporary; two letters of its own for an economic zone). Plates with
 * four digits and of former series stay valid until they are exchanged. Army plates are the Ministry of National
 * Defence's own; their form is taken from common descriptions, not from a standard.
 */
import type { PlateKind } from './kind.ts';

const PROVINCE = '(?:1[1-9]|[2-9][0-9])';
/** I, J, O, Q and W are not used, but for QT. */
const LETTER = '[A-HK-NPR-VX-ZĐ]';

/** The first that fits counts. */
const FORMS: readonly (readonly [form: RegExp, kind: PlateKind])[] = [
  [new RegExp(`^${PROVINCE}RM?[0-9]{4,5}$`), 'trailer'],
  [new RegExp(`^${PROVINCE}CD[0-9]{4,5}$`), 'police'],
  [new RegExp(`^${PROVINCE}(?:LD|DA|KT|TĐ|HC)[0-9]{4,5}$`), 'special'],
  [new RegExp(`^${PROVINCE}MK[0-9]{4,5}$`), 'tractor'],
  // Electric ones have a series digit of their own (29MĐ1 013.53); of others it cannot be told from a car's first digit
  // unless there are six.
  [new RegExp(`^${PROVINCE}(?:MĐ[0-9]{4,6}|(?!R)${LETTER}[1-9][0-9]{5})$`), 'motorcycle'],
  // 80NG-123.45, and 80-123-NG-45 with the country's number before the series.
  [new RegExp(`^${PROVINCE}(?:(?:NG|QT|CV)[0-9]{4,5}|[0-9]{3}(?:NG|QT|CV)[0-9]{2})$`), 'diplomatic'],
  [new RegExp(`^${PROVINCE}(?:NN[0-9]{4,5}|[0-9]{3}NN[0-9]{2})$`), 'foreign'],
  // Lao Bảo and Cầu Treo; letters of other zones are not known to us and are read as an ordinary series.
  [new RegExp(`^${PROVINCE}(?:LB|CT)[0-9]{4,5}$`), 'border-zone'],
  [new RegExp(`^${PROVINCE}${LETTER}{1,2}[0-9]{4,5}$`), 'ordinary'],
  [new RegExp(`^T${PROVINCE}[0-9]{4,5}$`), 'temporary'],
  // TM-12-34, KC 1234: the first letter is the kind of unit.
  [/^[A-DHKPQTV][A-ZĐ][0-9]{4,5}$/, 'military'],
];

/** Of which kind a canonical text is as a Vietnamese plate; undefined if it is none. */
export const vietnameseKind = (canonical: string): PlateKind | undefined =>
  FORMS.find(([form]) => form.test(canonical))?.[1];
