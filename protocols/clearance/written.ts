/** What people and other systems write, read in one form wherever it comes from. */
import { z } from 'zod';
import { normaliseContainerCode } from '../iso6346.ts';

/**
 * ISO 6346 has eleven characters; what is written by hand may have blanks and dashes, which are dropped. Most of a list of
 * millions is plain already.
 */
export const writtenContainer = z
  .string()
  .max(40)
  .transform((written) => (/^[A-Z0-9]+$/.test(written) ? written : normaliseContainerCode(written)))
  .pipe(z.string().min(1).max(20));
