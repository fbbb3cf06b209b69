/** What the site demands, where that is not the default: each member given replaces the default one. */
import { z } from 'zod';
import { checkpointName, conditionName } from '../../../config/schema.ts';
import { REQUIREMENTS } from '../../../protocols/clearance/words.ts';
import type { Policy } from '../../core/reconcile/case.ts';
import { defaultPolicy } from '../../core/reconcile/policy.ts';
import { durationMs, instant, kg, name, share, text, texts } from './words.ts';

const authority = z.enum(['customs', 'border-guard', 'quarantine']);

const watchList = z.strictObject({
  id: name,
  name: text.default(''),
  owner: authority.default('border-guard'),
  legalBasis: text.default(''),
  from: instant,
  until: instant,
  entries: z
    .array(
      z.strictObject({
        kind: z.enum(['plate', 'trailer', 'container', 'seal', 'party', 'product', 'hs', 'origin']),
        value: name,
      }),
    )
    .max(100_000),
});

const when = z.strictObject({
  checkpoints: z.array(checkpointName).exactOptional(),
  kinds: z.array(z.enum(['export', 'import', 'transit'])).exactOptional(),
  hs: texts.exactOptional(),
  origins: texts.exactOptional(),
  parties: texts.exactOptional(),
  unlicensed: z.boolean().exactOptional(),
  waste: z.boolean().exactOptional(),
});

const riskRule = z.strictObject({
  id: name,
  name: text.default(''),
  owner: authority.default('customs'),
  legalBasis: name,
  from: instant,
  until: instant.exactOptional(),
  when,
});

const regime = z.strictObject({
  id: name,
  name: text.default(''),
  owner: authority.default('quarantine'),
  legalBasis: name,
  declaredBy: name,
  from: instant,
  until: instant,
  when: when.default({}),
  demands: z.array(z.enum(REQUIREMENTS)).min(1),
});

const conditions = z.array(conditionName).exactOptional();
const conditionsByLoad = z.strictObject({
  laden: conditions,
  empty: conditions,
  bobtail: conditions,
  return: conditions,
});

export const policy = z
  .strictObject({
    clearanceAgeMsMax: durationMs.exactOptional(),
    evidenceAgeMsMax: durationMs.exactOptional(),
    advanceAgeMsMax: durationMs.exactOptional(),
    /** Replaces the whole list of its checkpoint and load. */
    conditions: z.partialRecord(checkpointName, conditionsByLoad).exactOptional(),
    basis: z
      .partialRecord(
        conditionName,
        z.strictObject({ legalBasis: name, from: instant.exactOptional(), until: instant.exactOptional() }),
      )
      .exactOptional(),
    weightTolerance: z
      .strictObject({
        percent: z.number().min(0).max(100).exactOptional(),
        kg: z.number().min(0).exactOptional(),
      })
      .exactOptional(),
    weightLimits: z.record(name, z.strictObject({ totalKg: kg, axleKg: kg })).exactOptional(),
    fuelKg: kg.exactOptional(),
    reweighKg: kg.exactOptional(),
    waterLoss: z
      .strictObject({
        hs: texts,
        permillePerHour: z.number().min(0).max(1_000),
        permilleMax: z.number().min(0).max(1_000),
      })
      .exactOptional(),
    sealQualityMin: share.exactOptional(),
    substitutes: z.array(conditionName).exactOptional(),
    handheldPerHourMax: z.int().min(0).exactOptional(),
    travelMsMin: durationMs.exactOptional(),
    dwell: z.strictObject({ oneWayMs: durationMs, bothWaysMs: durationMs }).exactOptional(),
    mixedCargo: z.enum(['allowed', 'refused']).exactOptional(),
    dangerousGoods: texts.exactOptional(),
    lists: z.array(watchList).max(1_000).exactOptional(),
    rules: z.array(riskRule).max(10_000).exactOptional(),
    regimes: z.array(regime).max(1_000).exactOptional(),
    outage: z
      .strictObject({
        legalBasis: name,
        declaredBy: name,
        from: instant,
        until: instant,
        sources: texts,
        hs: texts.default([]),
      })
      .exactOptional(),
  })
  .transform((given): Policy => {
    const { weightTolerance, weightLimits, fuelKg, reweighKg, waterLoss, conditions, basis, ...rest } = given;
    const { weight } = defaultPolicy;
    const table = { ...defaultPolicy.conditions };
    for (const checkpoint of checkpointName.options)
      table[checkpoint] = { ...table[checkpoint], ...conditions?.[checkpoint] };
    return {
      ...defaultPolicy,
      ...rest,
      conditions: table,
      basis: { ...defaultPolicy.basis, ...basis },
      weight: {
        tolerance: { ...weight.tolerance, ...weightTolerance },
        limits: weightLimits ?? weight.limits,
        fuelKg: fuelKg ?? weight.fuelKg,
        reweighKg: reweighKg ?? weight.reweighKg,
        loss: waterLoss ?? weight.loss,
      },
    };
  });
