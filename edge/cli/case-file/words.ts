/** Words that the members of a case share: times, weights, names, numbers in one comparable form. */
import { z } from 'zod';
import { normaliseDeclarationNumber } from '../../../protocols/declaration-number.ts';
import { normaliseContainerCode } from '../../../protocols/iso6346.ts';

const TIME = 'use a time with its offset, such as 2026-11-21T08:00:00+07:00';

/** Milliseconds since 1970. */
export const instant = z.iso
  .datetime({ offset: true, error: TIME })
  .transform((text) => Date.parse(text))
  .refine((ms) => Number.isFinite(ms), TIME);
export const text = z.string().max(200);
export const name = text.regex(/\S/, 'use a text that is not empty');
export const texts = z.array(text).max(10_000);
export const kg = z.number().min(0).max(1_000_000).transform(Math.round);
export const durationMs = z.int().min(0);
export const position = z.enum(['front', 'rear']);

/** From 0 to 1, as per mille. */
export const share = z
  .number()
  .min(0)
  .max(1)
  .transform((part) => Math.round(part * 1000));

/** Without the spaces and hyphens people write; nothing is left of a number only where it was none. */
export const containerNumber = name
  .transform(normaliseContainerCode)
  .refine((number) => number !== '', 'use a container number, such as CSQU3054383');
export const declarationNumber = name
  .transform(normaliseDeclarationNumber)
  .refine((number) => number !== '', 'use the number of a declaration, such as 308044805740');
export const declarationNumbers = z.array(declarationNumber).max(10_000);

/** Whether a list holds everything. Said to be unknown: not known to. */
export const completeness = z
  .union([z.boolean(), z.null(), z.literal('unknown')], 'use true, false, null or "unknown"')
  .transform((complete) => complete === true);
