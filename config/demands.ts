/** Whether what the site demands makes sense: dates that end after they begin, limits, rules that mean something. */
import type { Draft } from './draft.ts';
import type { Path, Report } from './problem.ts';

/** First day, last day. */
interface Days {
  from?: string;
  until?: string;
}

function checkDays({ from, until }: Days, what: string, path: Path, report: Report): void {
  if (from !== undefined && until !== undefined && until < from)
    report(
      [...path, 'until'],
      `${what} ends on ${until}, before it begins on ${from}`,
      'let "until" be the last day on which it counts, or leave it out',
    );
}

function checkTwice(items: readonly { id: string; path: Path }[], what: string, report: Report): void {
  const seen = new Set<string>();
  for (const { id, path } of items) {
    if (seen.has(id))
      report([...path, 'id'], `two ${what}s are called "${id}"`, 'give one of them another id');
    seen.add(id);
  }
}

function checkRules({ rules }: Draft, report: Report): void {
  checkTwice(
    rules.map(({ value, path }) => ({ id: value.id, path })),
    'rule',
    report,
  );
  for (const { value, path } of rules) {
    checkDays(value, `rule ${value.id}`, path, report);
    if (Object.keys(value.when).length === 0)
      report(
        [...path, 'when'],
        `rule ${value.id} names nothing, and would hit every vehicle with a declaration`,
        'say what it hits: checkpoints, kinds, hs, origins, parties or unlicensed',
      );
  }
}

function checkRegimes({ regimes }: Draft, report: Report): void {
  checkTwice(
    regimes.map(({ value, path }) => ({ id: value.id, path })),
    'regime',
    report,
  );
  for (const { value, path } of regimes) checkDays(value, `regime ${value.id}`, path, report);
}

function checkBasis({ basis = {} }: Draft, report: Report): void {
  for (const [condition, days] of Object.entries(basis))
    checkDays(days, `the basis of ${condition}`, ['reconciliation', 'basis', condition], report);
}

function checkLimits({ limits }: Draft, report: Report): void {
  for (const [country, { totalKg, axleKg }] of Object.entries(limits ?? {}))
    if (axleKg > totalKg)
      report(
        ['reconciliation', 'weight', 'limits', country, 'axleKg'],
        `one axle may carry ${axleKg} kg, and the whole vehicle ${totalKg} kg`,
        'let axleKg be no more than totalKg',
      );
}

/** Limits, legal dates, the site's own rules, and the keys of signed lists. */
export function checkDemands(draft: Draft, report: Report): void {
  checkLimits(draft, report);
  checkBasis(draft, report);
  checkRules(draft, report);
  checkRegimes(draft, report);
  checkTwice(
    draft.trust.map(({ value, path }) => ({ id: value.id, path })),
    'key',
    report,
  );
}
