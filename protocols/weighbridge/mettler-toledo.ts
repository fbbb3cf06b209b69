/**
 * Continuous output of Mettler Toledo indicators, which many others imitate:
 * `STX SWA SWB SWC W×6 T×6 CR [CHK]` (Mettler Toledo Wildcat Technical Manual, appendix 2, tables 6-8 to 6-11).
 *
 * W is the displayed weight (gross, or net while a tare is set), T the tare, both six digits without decimal point or
 * sign. CHK is the two's complement of the low seven bits of the sum of all bytes before it. On a line with
 * parity that was opened with eight data bits the top bit is parity, so it is masked everywhere.
 */
import type { FrameFormat } from './frame-reader.ts';

const STX = 0x02;
const CR = 0x0d;
const SEVEN_BITS = 0x7f;
const LENGTH_WITHOUT_CHECKSUM = 17;
const DIGITS_MAX = 999_999;

/** Status word A: bits 0–2 place the decimal point, bits 3–4 give the increment. */
const A_DECIMAL_MASK = 0b111;
const A_INCREMENT_SHIFT = 3;
/** Status word B. */
const B_NET = 1 << 0;
const B_NEGATIVE = 1 << 1;
const B_OUT_OF_RANGE = 1 << 2;
const B_MOTION = 1 << 3;
const B_KILOGRAM = 1 << 4;
/** No zero was captured since power-up: the weight has no meaning yet. */
const B_NOT_ZEROED = 1 << 6;
/** Status word C: bits 0–2 give the unit (0: as bit 4 of B says), bit 4 says ten times finer than the display. */
const C_UNIT_MASK = 0b111;
const C_EXPANDED = 1 << 4;
const ALWAYS_SET = 1 << 5;

/** Power of ten of the last digit, in the unit of the frame, by the decimal-point code of status word A (0 = ×100 … 7 = ×0.00001). */
const exponentOf = (decimalCode: number): number => 2 - decimalCode;

export type ScaleReading =
  | {
      outOfRange: false;
      grossKg: number;
      tareKg: number;
      /** The indicator shows net weight; `grossKg` already has the tare added. */
      net: boolean;
      motion: boolean;
      /** The step of the display. */
      divisionKg: number;
    }
  /** Over capacity, under zero, or not zeroed since power-up: there is no weight. */
  | { outOfRange: true };

/** Why a frame with a good checksum cannot be used. */
export type ScaleFault = 'unit' | 'expanded' | 'digits';

export type ScaleDecodeResult =
  | { ok: true; value: ScaleReading }
  | { ok: false; fault: ScaleFault; message: string };

const checksumOf = (bytes: Uint8Array): number =>
  -bytes.reduce((sum, byte) => sum + (byte & SEVEN_BITS), 0) & SEVEN_BITS;

/** How frames of this format are found in a stream. `checksum`: whether the indicator is set to append one. */
export function mettlerToledoFormat(options: { checksum: boolean }): FrameFormat {
  return {
    lengthBytes: LENGTH_WITHOUT_CHECKSUM + (options.checksum ? 1 : 0),
    isStart: (byte) => (byte & SEVEN_BITS) === STX,
    isFrame(candidate) {
      const printable = candidate
        .subarray(1, LENGTH_WITHOUT_CHECKSUM - 1)
        .every((byte) => (byte & SEVEN_BITS) >= 0x20);
      if (!printable || ((candidate[LENGTH_WITHOUT_CHECKSUM - 1] ?? 0) & SEVEN_BITS) !== CR) return false;
      if (!options.checksum) return true;
      const body = candidate.subarray(0, LENGTH_WITHOUT_CHECKSUM);
      return checksumOf(body) === ((candidate[LENGTH_WITHOUT_CHECKSUM] ?? 0) & SEVEN_BITS);
    },
  };
}

/** `mantissa × 10^exponent` without the noise of a negative power. */
const scale = (mantissa: number, exponent: number): number =>
  exponent >= 0 ? mantissa * 10 ** exponent : mantissa / 10 ** -exponent;

/** Power of ten that turns the frame's unit into kg; undefined for units a truck scale must not be set to. */
function kilogramExponent(statusB: number, statusC: number): number | undefined {
  switch (statusC & C_UNIT_MASK) {
    case 0:
      return (statusB & B_KILOGRAM) !== 0 ? 0 : undefined;
    case 1:
      return -3;
    case 2:
      return 3;
    default:
      return undefined;
  }
}

/** Six digits, blanks before them allowed. */
function digitsOf(frame: Uint8Array, start: number): number | undefined {
  const text = String.fromCharCode(...frame.subarray(start, start + 6).map((byte) => byte & SEVEN_BITS));
  return /^ *[0-9]+$/.test(text) ? Number(text) : undefined;
}

/** The meaning of one frame as found by the format above. */
export function decodeMettlerToledo(frame: Uint8Array): ScaleDecodeResult {
  const [statusA, statusB, statusC] = [frame[1] ?? 0, frame[2] ?? 0, frame[3] ?? 0];
  if ((statusB & (B_OUT_OF_RANGE | B_NOT_ZEROED)) !== 0) return { ok: true, value: { outOfRange: true } };
  const toKilogram = kilogramExponent(statusB, statusC);
  if (toKilogram === undefined) {
    return { ok: false, fault: 'unit', message: 'the indicator is not set to kilograms, grams or tonnes' };
  }
  if ((statusC & C_EXPANDED) !== 0) {
    return { ok: false, fault: 'expanded', message: 'the indicator shows expanded (service) resolution' };
  }
  const shown = digitsOf(frame, 4);
  const tare = digitsOf(frame, 10);
  if (shown === undefined || tare === undefined) {
    return { ok: false, fault: 'digits', message: 'weight or tare is not a number' };
  }
  const exponent = exponentOf(statusA & A_DECIMAL_MASK) + toKilogram;
  const net = (statusB & B_NET) !== 0;
  // Added as whole digits: both fields share the decimal point, and 0.1 + 0.2 must stay 0.3.
  const signed = (statusB & B_NEGATIVE) !== 0 ? -shown : shown;
  const increment = [1, 1, 2, 5][(statusA >> A_INCREMENT_SHIFT) & 0b11] ?? 1;
  return {
    ok: true,
    value: {
      outOfRange: false,
      grossKg: scale(net ? signed + tare : signed, exponent),
      tareKg: scale(tare, exponent),
      net,
      motion: (statusB & B_MOTION) !== 0,
      divisionKg: scale(increment, exponent),
    },
  };
}

/** What an indicator has to show. */
export interface ScaleDisplay {
  grossKg: number;
  /** Shown as net when above 0. */
  tareKg?: number;
  motion: boolean;
  outOfRange?: boolean;
  /** 1, 2 or 5 times a power of ten from 0.00001 to 100. */
  divisionKg: number;
  checksum: boolean;
}

/** Decimal-point code and increment of a division, as status word A wants them. */
function divisionCode(divisionKg: number): { decimalCode: number; increment: 1 | 2 | 5 } {
  for (let decimalCode = 0; decimalCode <= 7; decimalCode += 1) {
    for (const increment of [1, 2, 5] as const) {
      if (scale(increment, exponentOf(decimalCode)) === divisionKg) return { decimalCode, increment };
    }
  }
  throw new RangeError(`a division of ${divisionKg} kg has no code in status word A`);
}

/** One frame as an indicator sends it. Weights are rounded to the division; what six digits cannot show is out of range. */
export function encodeMettlerToledo(display: ScaleDisplay): Uint8Array {
  const { decimalCode, increment } = divisionCode(display.divisionKg);
  const digits = (kg: number): number => Math.round(kg / display.divisionKg) * increment;
  const tare = digits(display.tareKg ?? 0);
  const shown = digits(display.grossKg) - tare;
  const outOfRange = display.outOfRange === true || Math.abs(shown) > DIGITS_MAX || tare > DIGITS_MAX;
  const statusA = ALWAYS_SET | decimalCode | ({ 1: 1, 2: 2, 5: 3 }[increment] << A_INCREMENT_SHIFT);
  const statusB =
    ALWAYS_SET |
    B_KILOGRAM |
    (tare > 0 ? B_NET : 0) |
    (shown < 0 ? B_NEGATIVE : 0) |
    (outOfRange ? B_OUT_OF_RANGE : 0) |
    (display.motion ? B_MOTION : 0);
  const field = (value: number): string => (outOfRange ? '      ' : String(Math.abs(value)).padStart(6, '0'));
  const text = `${field(shown)}${field(tare)}`;
  const body = Uint8Array.from([STX, statusA, statusB, ALWAYS_SET, ...Buffer.from(text, 'latin1'), CR]);
  return display.checksum ? Uint8Array.from([...body, checksumOf(body)]) : body;
}
