/**
 * What is demanded where nobody has configured anything else: the table of `docs/reconciliation.md`. A site’s own
 * configuration replaces any part of it.
 */
import type { Condition } from '../../../config/schema.ts';
import { defaultIdentifyPolicy } from '../identify/identify.ts';
import type { Policy } from './case.ts';

const HOUR_MS = 3_600_000;

const IDENTITY: readonly Condition[] = ['plate', 'trailer', 'container'];

export const defaultPolicy: Policy = {
  conditions: {
    'yard-in': {
      laden: ['booking', ...IDENTITY, 'seal', 'weight', 'radiation'],
      empty: ['booking', ...IDENTITY, 'weight', 'emptiness'],
      bobtail: ['booking', 'plate'],
      return: [...IDENTITY, 'seal', 'radiation'],
    },
    'border-out': {
      laden: [...IDENTITY, 'seal', 'weight', 'radiation', 'clearance'],
      empty: [...IDENTITY, 'weight', 'emptiness'],
      bobtail: ['plate'],
      return: [...IDENTITY, 'seal'],
    },
    'border-in': {
      laden: [...IDENTITY, 'seal', 'radiation'],
      empty: [...IDENTITY, 'weight', 'emptiness'],
      bobtail: ['plate'],
      return: [...IDENTITY, 'seal', 'radiation'],
    },
    'yard-out': {
      laden: [...IDENTITY, 'seal', 'clearance'],
      empty: [...IDENTITY, 'emptiness'],
      bobtail: ['plate'],
      return: [...IDENTITY, 'seal'],
    },
  },
  basis: {
    clearance: {
      legalBasis: 'Law on Customs 54/2014/QH13; Decree 08/2015/NĐ-CP as amended by Decree 59/2018/NĐ-CP',
    },
    seal: { legalBasis: 'Law on Customs 54/2014/QH13; Circular 38/2015/TT-BTC as amended' },
    weight: { legalBasis: 'Circular 39/2024/TT-BGTVT (loads on roads); GB 1589-2016 on the Chinese side' },
    radiation: { legalBasis: 'Law on Atomic Energy; the site’s own procedure' },
  },
  identify: defaultIdentifyPolicy,
  evidenceAgeMsMax: 120_000,
  sealQualityMin: 500,
  clearanceAgeMsMax: 900_000,
  advanceAgeMsMax: 72 * HOUR_MS,
  weight: {
    tolerance: { percent: 5, kg: 500 },
    fuelKg: 0,
    reweighKg: 200,
    loss: { hs: ['06', '07', '08'], permillePerHour: 1, permilleMax: 30 },
    limits: { VN: { totalKg: 48_000, axleKg: 10_000 }, CN: { totalKg: 49_000, axleKg: 11_500 } },
  },
  substitutes: ['container', 'seal', 'trailer', 'emptiness'],
  handheldPerHourMax: 6,
  travelMsMin: 5 * 60_000,
  dwell: { oneWayMs: 24 * HOUR_MS, bothWaysMs: 36 * HOUR_MS },
  mixedCargo: 'refused',
  dangerousGoods: [],
  lists: [],
  rules: [
    {
      id: 'waste',
      name: 'waste and scrap',
      owner: 'customs',
      legalBasis: 'Law on Environmental Protection 72/2020/QH14, article 71; Decree 08/2022/NĐ-CP',
      from: Date.UTC(2022, 0, 10),
      when: { waste: true },
    },
  ],
  regimes: [],
};
