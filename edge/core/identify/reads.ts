/** The reads of one visit as the identifier uses them: good enough, in comparable form. */
import { parseContainerType } from '../../../protocols/container-type.ts';
import { normaliseContainerCode, parseContainerCode } from '../../../protocols/iso6346.ts';
import { parsePlate } from '../../../protocols/plates.ts';
import { speltBy } from './wanted.ts';

export interface Read {
  /** `vehicle`: the serial number of a driverless vehicle, authenticated. `booking`: the booking that the driver shows. */
  kind: 'plate' | 'trailer' | 'container' | 'rfid' | 'vehicle' | 'booking';
  device: string;
  value: string;
  /** Per mille. */
  quality: number;
  at: number;
  readId?: string;
  image?: string;
  /** Where on the vehicle: for two containers on one. */
  position?: 'front' | 'rear';
}

/** A read with its text in comparable form. */
export interface Usable extends Read {
  text: string;
  /** A container number with its right check digit, or a plate of a known country. */
  wellFormed: boolean;
  /** A plate that only trailers have. */
  ofTrailer: boolean;
  /** The Chinese plates that a camera without Chinese characters may have meant: `GUIF12345` is of 桂 or of 贵. */
  spelt: readonly string[];
}

/** A read in comparable form, without what every read says. */
type Comparable = Pick<Usable, 'text' | 'wellFormed' | 'ofTrailer' | 'spelt'>;

/** ISO 6346 clause 3.1. */
const CODE_LENGTH = 11;

/** No number of any kind is longer; what is longer is not one reading of one. */
const LENGTH_MAX = 16;

export function usable(reads: readonly Read[], qualityMin: number): Usable[] {
  const known = new Map<string, Comparable>();
  return reads.flatMap((read) => {
    if (read.quality < qualityMin) return [];
    const form = read.kind === 'trailer' ? 'plate' : read.kind;
    const key = `${form} ${read.value}`;
    const plain = known.get(key) ?? comparable(form, read.value);
    known.set(key, plain);
    return plain.text === '' ? [] : [{ ...read, ...plain }];
  });
}

function comparable(kind: Read['kind'], value: string): Comparable {
  switch (kind) {
    case 'plate': {
      const plate = parsePlate(value);
      const text = plate?.canonical ?? '';
      if (text.length > LENGTH_MAX) return NOTHING;
      const wellFormed = plate?.country !== undefined;
      return { text, wellFormed, ofTrailer: plate?.trailer === true, spelt: speltBy(text) };
    }
    case 'container': {
      const text = withoutType(normaliseContainerCode(value));
      if (text.length > LENGTH_MAX) return NOTHING;
      return { text, wellFormed: parseContainerCode(text).ok, ofTrailer: false, spelt: [] };
    }
    default:
      return { text: value.trim(), wellFormed: true, ofTrailer: false, spelt: [] };
  }
}

/** Many readers write what stands below the number behind it: size and type. Only behind a number with its right check digit. */
function withoutType(text: string): string {
  const number = text.slice(0, CODE_LENGTH);
  const isBoth = parseContainerCode(number).ok && parseContainerType(text.slice(CODE_LENGTH)) !== undefined;
  return isBoth ? number : text;
}

const NOTHING: Comparable = { text: '', wellFormed: false, ofTrailer: false, spelt: [] };

/** The text that most quality stands behind; among equals the first of the alphabet, in whatever order they were read. Undefined without reads. */
export function bestText(reads: readonly Usable[]): string | undefined {
  const weight = new Map<string, number>();
  for (const { text, quality } of reads) weight.set(text, (weight.get(text) ?? 0) + quality);
  let best: [string, number] | undefined;
  for (const entry of weight)
    if (best === undefined || entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0]))
      best = entry;
  return best?.[0];
}

export const isPlateKind = ({ kind }: Read): boolean => kind === 'plate' || kind === 'trailer';
