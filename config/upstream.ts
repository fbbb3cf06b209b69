/** What leaves the gate besides reports to customs: files for partners and officers. All of it is optional. */
import { z } from 'zod';

const folder = z
  .string()
  .min(1)
  .describe('A folder; a relative path starts at the data folder. Only gate exchange writes into it');
const party = z
  .string()
  .regex(
    /^[A-Z0-9 .,\-()/=]{1,35}(:[A-Z0-9]{1,4})?$/,
    'use capitals and digits, at most 35, with a qualifier after a colon where one is agreed on: 5790000000000:14',
  );
const documentName = z.string().regex(/^[A-Z0-9]{1,3}$/, 'a UN/EDIFACT document name code, such as 34');

/** Reasons and alarms that concern authorities: what is found, and what is no longer allowed. */
export const ALERT_CODES = [
  'WATCHLIST_HIT',
  'RADIATION_ALARM',
  'TEST_POSITIVE',
  'EXPLOSIVE_OR_CHEMICAL',
  'SEAL_BROKEN',
  'SEAL_MISMATCH',
  'SEAL_MISSING',
  'CONTAINER_MISMATCH',
  'CONTAINER_UNEXPECTED',
  'WEIGHT_OUT_OF_TOLERANCE',
  'CLEARANCE_WITHDRAWN',
  'TEMPORARY_ADMISSION_OVERDUE',
  'RECALLED',
  'CAME_BACK',
  'COUNTERPART_NOT_OFFERED',
  'REPORT_REFUSED',
] as const;

const codeco = z.strictObject({
  partner: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use lower-case letters, digits and hyphens')
    .describe('Names the files; its control references count on from 1 as long as exchange.db is kept'),
  folder,
  sender: party.describe('Our identification in UNB and NAD+MS'),
  recipient: party.describe('The partner’s identification in UNB and NAD+MR'),
  in: documentName.default('34').describe('BGM document name of a gate-in'),
  out: documentName.default('36').describe('BGM document name of a gate-out'),
  charset: z.enum(['UNOA', 'UNOB', 'UNOC']).default('UNOC'),
  place: z
    .string()
    .regex(/^[A-Z]{2}[A-Z2-9]{3}$/, 'a UN/LOCODE, such as VNHPH')
    .optional()
    .describe('UN/LOCODE of this gate'),
  batchMs: z
    .int()
    .min(1)
    .max(86_400_000)
    .default(60_000)
    .describe('What happened within it goes into one interchange'),
});

const alerts = z.strictObject({
  folder: folder.describe('Where the officer’s file of each local day is written'),
  signingKey: z
    .string()
    .min(1)
    .optional()
    .describe('private key, PEM (Ed25519 or P-256), that signs each line'),
  codes: z
    .array(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the code of a reason or of an alarm'))
    .min(1)
    .default([...ALERT_CODES])
    .describe('Which reasons and alarms go out'),
});

const unlike = (key: 'partner' | 'folder') => (entries: readonly { partner: string; folder: string }[]) =>
  new Set(entries.map((entry) => entry[key])).size === entries.length;

export const upstream = z
  .strictObject({
    codeco: z
      .array(codeco)
      .refine(unlike('partner'), 'each partner is listed once')
      .refine(unlike('folder'), 'each partner has a folder of its own')
      .default([])
      .describe('Partners that get CODECO gate-in and gate-out reports (UN/EDIFACT D.95B)'),
    alerts: alerts.optional().describe('A file of alerts for an officer'),
    transit: z
      .strictObject({
        office: z
          .string()
          .regex(/^[A-Z]{2}[A-Z0-9]{6}$/, 'a customs office reference number, such as VN15B100')
          .describe('Customs office of passage that this gate belongs to'),
      })
      .optional()
      .describe('Reports each passage of a container under transit (ACTS) to customs'),
  })
  .prefault({});

export type CodecoConfig = z.infer<typeof codeco>;
export type AlertsConfig = z.infer<typeof alerts>;
