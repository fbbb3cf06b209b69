/** Time stamps (RFC 3161) on the heads of the two logs (docs/handover.md). */
import { z } from 'zod';
import { durationMs, path } from './words.ts';

const policy = z
  .string()
  .regex(/^[0-2](\.\d{1,39}){1,30}$/, 'use an object identifier such as 1.3.6.1.4.1.13762.3')
  .exactOptional();

export const timeStamps = z
  .strictObject({
    authorities: z
      .array(
        z.strictObject({
          name: z
            .string()
            .min(1)
            .max(120)
            .describe('As people call it; stands in reports and in the journal'),
          certificatesFile: path.describe(
            'PEM: its root, or the certificate that it stamps with; one or several',
          ),
          policy: policy.describe('The one policy whose stamps count; absent: any'),
        }),
      )
      .min(1)
      .max(20)
      .refine(
        (list) => new Set(list.map(({ name }) => name)).size === list.length,
        'give each authority its own name',
      )
      .describe('Whose stamps count, on our log and on the other side’s'),
    ours: z
      .strictObject({
        url: z
          .string()
          .regex(/^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$/, 'use http:// or https:// and a path, without a query')
          .describe('Where the authority is asked; over http it is as safe, for the answer is signed'),
        policy: policy.describe('The policy that is asked for; absent: the authority’s usual one'),
        everyS: z
          .int()
          .min(10)
          .max(86_400)
          .default(3_600)
          .describe(
            'A stamp is asked for at most this often, on the newest head; it covers all lines before',
          ),
        timeoutMs: durationMs.default(10_000).describe('How long the authority may take to answer'),
        alarmAfterS: z
          .int()
          .min(20)
          .max(30 * 86_400)
          .default(14_400)
          .describe('How long a head may wait for its stamp before people are called'),
      })
      .refine(({ everyS, alarmAfterS }) => alarmAfterS > everyS, {
        path: ['alarmAfterS'],
        message: 'give the stamps longer than everyS to come',
      })
      .exactOptional()
      .describe('Absent: our log is not stamped'),
    theirs: z
      .strictObject({
        requiredWithinS: z
          .int()
          .min(20)
          .max(30 * 86_400)
          .describe(
            'People are called when lines of the other log have been without a new stamp for so long',
          ),
      })
      .exactOptional()
      .describe('Absent: the other side need not stamp; a stamp that comes is checked all the same'),
  })
  .describe('Time stamps (RFC 3161) on the signed heads of both logs, by authorities that this side trusts');
