import { type Case, itFinds } from './support.ts';

const demands = (yaml: string): Pick<Case, 'from' | 'to'> => ({
  from: 'broker:',
  to: `reconciliation:\n${yaml}\nbroker:`,
});
const rule = (more: string): string =>
  `  rules: [{ id: cotton, name: Cotton, owner: customs, legalBasis: "Decree 1/2026", ${more} }]`;
const regime = (more: string): string =>
  `  regimes: [{ id: flu, name: Flu, owner: quarantine, legalBasis: "Law 1", declaredBy: Province, ${more} }]`;

const cases: Case[] = [
  {
    finds: 'a condition that no device tells',
    from: 'laden: [plate, container, clearance, line-clear]',
    to: 'laden: [plate, container, seal, clearance, line-clear]',
    path: 'checkpoints.border-out.laden[]',
    problem: /^no device that this release knows tells the seal, so nobody would ever pass border-out$/,
    remedy: /remove it, or name seal in reconciliation\.substitutes\.conditions/,
  },
  {
    finds: 'a trailer that is asked for where no camera sees it',
    from: 'laden: [plate, container, clearance], bobtail',
    to: 'laden: [plate, trailer, container, clearance], bobtail',
    path: 'lanes[].devices',
    problem: /^yard-out asks laden vehicles for their trailer, and this lane has no rearCamera$/,
    remedy: /add a plate-camera as "rearCamera"/,
  },
  {
    finds: 'an empty that is to be read where no reader is',
    from: 'bobtail: [grant, plate] }',
    to: 'bobtail: [grant, plate], empty: [grant, plate, weight] }',
    path: 'lanes[].devices',
    problem: /^border-in asks empty vehicles for their weight, and this lane has no scale$/,
  },
  {
    finds: 'an empty that may cross without line clear',
    from: 'bobtail: [plate, line-clear] }',
    to: 'bobtail: [plate, line-clear], empty: [plate] }',
    path: 'checkpoints.border-out.empty',
    problem: /must ask for line-clear/,
  },
  {
    finds: 'a return that asks for what nobody can grant there',
    from: 'bobtail: [plate] }',
    to: 'bobtail: [plate], return: [plate, grant] }',
    path: 'checkpoints.yard-out.return[]',
    problem: /^grant can only be asked at border-in$/,
  },
  {
    finds: 'a rule that ends before it begins',
    ...demands(rule('from: "2026-07-01", until: "2026-06-30", when: { hs: ["5201"] }')),
    path: 'reconciliation.rules[].until',
    problem: /^rule cotton ends on 2026-06-30, before it begins on 2026-07-01$/,
    remedy: /last day/,
  },
  {
    finds: 'a rule that hits everybody',
    ...demands(rule('when: {}')),
    path: 'reconciliation.rules[].when',
    problem: /would hit every vehicle/,
  },
  {
    finds: 'two rules of one name',
    ...demands(
      `  rules:\n    - &rule { id: cotton, name: Cotton, owner: customs, legalBasis: x, when: { hs: ["52"] } }\n    - *rule`,
    ),
    path: 'reconciliation.rules[].id',
    problem: /^two rules are called "cotton"$/,
  },
  {
    finds: 'a regime that ends before it begins',
    ...demands(regime('from: "2026-07-01", until: "2026-06-30", demands: [quarantine]')),
    path: 'reconciliation.regimes[].until',
    problem: /^regime flu ends on 2026-06-30, before it begins on 2026-07-01$/,
  },
  {
    finds: 'a regime without an end',
    ...demands(regime('from: "2026-07-01", demands: [quarantine]')),
    path: 'reconciliation.regimes[].until',
    problem: /./,
  },
  {
    finds: 'a regime that demands what nobody can find',
    ...demands(regime('from: "2026-07-01", until: "2026-07-31", demands: [vaccination]')),
    path: 'reconciliation.regimes[].demands[]',
    problem: /./,
  },
  {
    finds: 'goods of a chapter that is empty',
    ...demands(rule('when: { hs: ["7701"] }')),
    path: 'reconciliation.rules[].when.hs[]',
    problem: /does not have the right form/,
    remedy: /first 2, 4, 6, 8 or 10 digits/,
  },
  {
    finds: 'goods by an odd number of digits',
    ...demands(rule('when: { hs: ["520"] }')),
    path: 'reconciliation.rules[].when.hs[]',
    problem: /right form/,
  },
  {
    finds: 'a party by its name',
    ...demands(rule('when: { parties: ["Nguyen Van An"] }')),
    path: 'reconciliation.rules[].when.parties[]',
    problem: /right form/,
    remedy: /of a person its digest/,
  },
  {
    finds: 'a law whose last day comes before its first',
    ...demands('  basis: { weight: { legalBasis: x, from: "2026-02-01", until: "2026-01-31" } }'),
    path: 'reconciliation.basis.weight.until',
    problem: /^the basis of weight ends on 2026-01-31/,
  },
  {
    finds: 'a day that does not exist',
    ...demands('  basis: { weight: { legalBasis: x, from: "2026-02-30" } }'),
    path: 'reconciliation.basis.weight.from',
    problem: /2026-02-30/,
    remedy: /use a day such as/,
  },
  {
    finds: 'a road that carries nothing',
    ...demands(
      '  weight: { limits: { VN: { totalKg: 0, axleKg: 10000 }, CN: { totalKg: 49000, axleKg: 11500 } } }',
    ),
    path: 'reconciliation.weight.limits.VN.totalKg',
    problem: /^0 is out of range$/,
  },
  {
    finds: 'an axle that may carry more than the vehicle',
    ...demands(
      '  weight: { limits: { VN: { totalKg: 9000, axleKg: 10000 }, CN: { totalKg: 49000, axleKg: 11500 } } }',
    ),
    path: 'reconciliation.weight.limits.VN.axleKg',
    problem: /^one axle may carry 10000 kg, and the whole vehicle 9000 kg$/,
  },
  {
    finds: 'two keys of one name',
    from: 'broker:',
    to: `lists:\n  folder: lists\n  trust:\n    - &key { id: guards, owner: border-guard, keyFile: a.pem }\n    - *key\nbroker:`,
    path: 'lists.trust[].id',
    problem: /^two keys are called "guards"$/,
  },
];

describe('the check of what a site demands', () => {
  for (const one of cases) itFinds(one);
});
