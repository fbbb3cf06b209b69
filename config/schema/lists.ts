/** Signed lists: where they are put, and whose signatures count (docs/lists.md). */
import { z } from 'zod';
import { durationMs, id, path } from './words.ts';

export const lists = z
  .strictObject({
    folder: path.describe(
      'Where signed lists are put, each with its signature; refused ones are moved to refused/',
    ),
    pollMs: durationMs.default(10_000).describe('How often the folder is looked at'),
    trust: z
      .array(
        z.strictObject({
          id: id.describe('Name of the key: the kid of the signatures it checks'),
          owner: z.enum(['customs', 'border-guard', 'quarantine']).describe('Whose lists it may sign'),
          keyFile: path.describe('Public key, PEM: Ed25519, or EC P-256'),
        }),
      )
      .min(1)
      .max(50),
  })
  .describe('Watch lists that authorities sign');
