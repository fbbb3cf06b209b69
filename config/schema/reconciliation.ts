/**
 * What the site demands beyond its conditions: limits, tolerances, the dates of the law, its own risk rules. What is left out
 * is as `edge/core/reconcile/policy.ts` has it.
 */
import { z } from 'zod';
import { checkpointName, conditionName, durationMs, id } from './words.ts';

const text = z.string().min(1).max(300);
const kg = z.int().positive().max(1_000_000);
const hours = z.number().positive().max(8_760);
const perMille = z.int().min(0).max(1000);
const day = z.iso
  .date({ error: 'use a day such as 2026-07-01' })
  .describe('A day by the gate’s own clock (gate.utcOffset)');
const from = day.describe('First day on which it counts. Absent: always has').exactOptional();
const until = day.describe('Last day on which it counts. Absent: no end is known').exactOptional();

/** The first digits of tariff codes: chapter, heading, subheading, national line. */
const hsBeginning = z
  .string()
  .regex(
    /^(?!00|77)\d{2}(\d{2}){0,4}$/,
    'use the first 2, 4, 6, 8 or 10 digits of a tariff code, such as "08" or "081090"',
  );
const hsBeginnings = z.array(hsBeginning).min(1).max(500);

const limit = z.strictObject({
  totalKg: kg.describe('Vehicle, container and goods'),
  axleKg: kg.describe('On one axle'),
});

const weight = z.strictObject({
  limits: z
    .strictObject({ VN: limit, CN: limit })
    .exactOptional()
    .describe('What the roads of both countries allow; the stricter one counts'),
  fuelKg: z
    .int()
    .min(0)
    .max(5_000)
    .exactOptional()
    .describe('How much a registered tare may differ by the fuel on board'),
  reweighKg: kg.exactOptional().describe('How much two of our own weighings may differ'),
  loss: z
    .strictObject({
      hs: hsBeginnings,
      permillePerHour: perMille,
      permilleMax: perMille,
    })
    .exactOptional()
    .describe('Water that fresh goods of these chapters lose between two weighings'),
});

const owner = z.enum(['customs', 'border-guard', 'quarantine']);

/** What goods, papers, parties and places it speaks of. */
const when = z.strictObject({
  checkpoints: z.array(checkpointName).min(1).exactOptional(),
  kinds: z
    .array(z.enum(['export', 'import', 'transit']))
    .min(1)
    .exactOptional(),
  hs: hsBeginnings.exactOptional(),
  origins: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'use country codes of two letters, such as VN (ISO 3166-1)'))
    .min(1)
    .max(250)
    .exactOptional(),
  parties: z
    .array(
      z
        .string()
        .regex(
          /^([A-Z0-9]{2,40}|sha256:[0-9a-f]{64})$/,
          'use a tax code or registration number without blanks, dots and dashes; of a person its digest (docs/lists.md)',
        ),
    )
    .min(1)
    .max(500)
    .exactOptional(),
  waste: z.boolean().exactOptional().describe('true: hits only codes of waste and scrap'),
  unlicensed: z.boolean().exactOptional().describe('true: hits only goods without a licence'),
});

export const riskRule = z.strictObject({
  id,
  name: text,
  owner: owner.describe('Who alone may clear its hits'),
  legalBasis: text,
  from,
  until,
  when: when.describe('It hits where all that is named here holds'),
});

export const regime = z.strictObject({
  id,
  name: text,
  owner: owner.describe('Whose word on a driver counts'),
  legalBasis: text,
  declaredBy: text.describe('Who has put it in force'),
  from: day.describe('First day on which it counts'),
  until: day.describe('Last day on which it counts'),
  when: when.default({}).describe('Of which goods, where; nothing named: of everybody'),
  demands: z
    .array(z.enum(['quarantine', 'scan', 'inspection', 'documentCheck', 'borderGuard', 'driverHealth']))
    .min(1)
    .describe(
      'What must be found good: of the goods, and with driverHealth the health document of the driver',
    ),
});

export const reconciliation = z
  .strictObject({
    weight: weight.exactOptional(),
    dwell: z
      .strictObject({ oneWayHours: hours, bothWaysHours: hours })
      .exactOptional()
      .describe('How long a vehicle may stay in the other country'),
    travelMsMin: durationMs
      .exactOptional()
      .describe('What a container needs from one place to another at the least'),
    advanceHours: hours
      .exactOptional()
      .describe(
        'How long an export declaration of the other side that no declaration names speaks of the journey of its container',
      ),
    mixedCargo: z
      .enum(['allowed', 'refused'])
      .exactOptional()
      .describe('Fresh produce of several headings in one load'),
    dangerousGoods: z
      .array(z.string().regex(/^\d{4}$/, 'use UN numbers of four digits, such as "1203"'))
      .max(3_000)
      .exactOptional()
      .describe('UN numbers that may pass when declared'),
    substitutes: z
      .strictObject({
        conditions: z
          .array(conditionName)
          .describe('Where an officer’s own reading with a photo may stand in for a device’s'),
        perHourMax: z.int().min(0).max(1_000).describe('Readings one officer may use in an hour'),
      })
      .exactOptional(),
    identification: z
      .strictObject({
        scoreMin: z.int().min(1).max(1_000).exactOptional().describe('A crossing below this is not accepted'),
        marginMin: z
          .int()
          .min(1)
          .max(1_000)
          .exactOptional()
          .describe('How far ahead of the next crossing it must be'),
        qualityMin: perMille.exactOptional().describe('Readings below this are not used, per mille'),
      })
      .exactOptional()
      .describe('When readings name a crossing (docs/identification.md)'),
    basis: z
      .partialRecord(conditionName, z.strictObject({ legalBasis: text, from, until }))
      .exactOptional()
      .describe('The law a condition stands on; outside its dates the condition is not demanded'),
    rules: z
      .array(riskRule)
      .max(200)
      .exactOptional()
      .describe(
        'The site’s own risk rules, beside the usual ones; one of the same id takes the place of a usual one',
      ),
    regimes: z
      .array(regime)
      .max(50)
      .exactOptional()
      .describe('What is demanded beside all else for a time, as in a health emergency'),
  })
  .describe('What the site demands of vehicles, goods and papers; what is left out is usual practice');
