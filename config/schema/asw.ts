/** Documents of the ASEAN Single Window that come as files (docs/customs.md). */
import { z } from 'zod';
import { durationMs, id, path } from './words.ts';

export const asw = z
  .strictObject({
    folder: path.describe(
      'Where documents are put, each with its signature; they are moved to taken/ or refused/',
    ),
    pollMs: durationMs.default(5_000).describe('How often the folder is looked at'),
    trust: z
      .array(
        z.strictObject({
          id: id.describe('Name of the key: the kid of the signatures it checks'),
          issuers: z
            .array(
              z.string().regex(/^[A-Z]{2}$/, 'use country codes of two letters, such as TH (ISO 3166-1)'),
            )
            .min(1)
            .max(50)
            .exactOptional()
            .describe(
              'Of which countries it may sign documents. Absent: of all, as a national single window',
            ),
          keyFile: path.describe('Public key, PEM: Ed25519, or EC P-256'),
        }),
      )
      .min(1)
      .max(50)
      .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'give each key its own id'),
  })
  .describe('Certificates and export declarations that arrive before the vehicle');
