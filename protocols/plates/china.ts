/**
 * Forms of Chinese plates, on canonical text.
 *
 * Civil plates: GA 36-2018 (province, letter of the office, five characters without I and O, or four and a character for
 * the use; new energy one more). Emergency rescue: General Office of the State Council, 2018. Tractors: NY 345. Army and
 * Armed Police: the forms in use since 2012, taken from public descriptions, as are those of temporary plates.
 */
import type { PlateKind } from './kind.ts';
import { PROVINCES } from './text.ts';

const PROVINCE = `[${PROVINCES}]`;
const OFFICE = `${PROVINCE}[A-HJ-NP-Z]`;
const CHARACTER = '[A-HJ-NP-Z0-9]';

/** No text fits two of them. */
const FORMS: readonly (readonly [form: RegExp, kind: PlateKind])[] = [
  [new RegExp(`^${OFFICE}${CHARACTER}{5}$`), 'ordinary'],
  [new RegExp(`^${OFFICE}${CHARACTER}{4}挂$`), 'trailer'],
  // Small vehicles have the letter of their energy first, large ones last: D, A, B, C, E electric; F, G, H, J, K others.
  [new RegExp(`^${OFFICE}(?:[A-HJK]${CHARACTER}[0-9]{4}|[0-9]{5}[A-HJK])$`), 'new-energy'],
  [new RegExp(`^${OFFICE}${CHARACTER}{4}学$`), 'training'],
  [new RegExp(`^${OFFICE}${CHARACTER}{4}警$`), 'police'],
  [new RegExp(`^粤Z${CHARACTER}{4}[港澳]$`), 'cross-border'],
  // Embassies with 使 first (older) or last; consulates with the office, or with the country's number.
  [new RegExp(`^(?:使[0-9]{6}|[0-9]{6}使|${OFFICE}[0-9]{4}领|${PROVINCE}[0-9]{5}领)$`), 'diplomatic'],
  // X fire, S forest fire; the ministry itself has digits only.
  [new RegExp(`^(?:${PROVINCE}[XS][0-9]{4}|京[0-9]{5})应急$`), 'emergency'],
  // 临 on the road before registration, 试 under test, 超 of excessive size.
  [new RegExp(`^${OFFICE}${CHARACTER}{4,5}[临试超]$`), 'temporary'],
  [new RegExp(`^WJ${PROVINCE}?[0-9]{4}[0-9TDSHBXJ]$`), 'military'],
  [/^[VKHBSLJNGCE][A-Z][0-9]{5}$/, 'military'],
  [new RegExp(`^${PROVINCE}[0-9]{7}$`), 'tractor'],
];

/** Of which kind a canonical text is as a Chinese plate; undefined if it is none. */
export const chineseKind = (canonical: string): PlateKind | undefined =>
  FORMS.find(([form]) => form.test(canonical))?.[1];
