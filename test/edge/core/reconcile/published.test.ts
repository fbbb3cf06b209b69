/** What docs/reconciliation.md publishes is what the gate does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { caseLine } from '../../../../edge/cli/case-file.ts';
import { catalogue, type ReasonCode } from '../../../../edge/core/reasons.ts';
import { defaultPolicy } from '../../../../edge/core/reconcile/policy.ts';

const page = readFileSync(new URL('../../../../docs/reconciliation.md', import.meta.url), 'utf8');
const rowsBegin = (begin: RegExp): string[] => page.split('\n').filter((line) => begin.test(line));

describe('docs/reconciliation.md', () => {
  it('publishes the whole default table of conditions, and no other', () => {
    const rows = Object.entries(defaultPolicy.conditions).map(
      ([checkpoint, { laden, empty, bobtail, return: back }]) =>
        `| \`${checkpoint}\` | ${[laden, empty, bobtail, back].map((list) => list.join(', ')).join(' | ')} |`,
    );
    assert.ok(page.includes('| checkpoint | laden | empty | bobtail | return |'));
    assert.deepEqual(rowsBegin(/^\| `(yard|border)-(in|out)` \|/), rows);
  });

  it('publishes every reason with its severity, owner, who clears it and what cures it, and no other', () => {
    const rows = (Object.keys(catalogue) as ReasonCode[]).map((code) => {
      const { severity, owner, releasableBy, text, remedy } = catalogue[code];
      return `| \`${code}\` | ${severity} | ${owner} | ${releasableBy.join(', ') || '–'} | ${text.en} | ${remedy.en} |`;
    });
    assert.deepEqual(rowsBegin(/^\| `[A-Z_]+` \| (hold|refer|info) /).toSorted(), rows.toSorted());
  });

  it('publishes the default bounds', () => {
    const { weight, dwell, substitutes, dangerousGoods, mixedCargo, sealQualityMin, ...rest } = defaultPolicy;
    const { VN, CN } = weight.limits;
    const hours = (ms: number): string => `${ms / 3_600_000} h`;
    const bounds: Record<string, string> = {
      evidenceAgeMsMax: `${rest.evidenceAgeMsMax}`,
      clearanceAgeMsMax: `${rest.clearanceAgeMsMax}`,
      advanceAgeMsMax: `${rest.advanceAgeMsMax}`,
      weightTolerance: `${weight.tolerance.percent} %, ${weight.tolerance.kg} kg`,
      weightLimits: `VN ${VN?.totalKg} / ${VN?.axleKg}, CN ${CN?.totalKg} / ${CN?.axleKg}`,
      fuelKg: `${weight.fuelKg}`,
      reweighKg: `${weight.reweighKg}`,
      waterLoss: `${weight.loss.hs.join(', ')}: ${weight.loss.permillePerHour} ‰ an hour, ${weight.loss.permilleMax} ‰ at most`,
      sealQualityMin: `${sealQualityMin / 1000}`,
      substitutes: substitutes.join(', '),
      handheldPerHourMax: `${rest.handheldPerHourMax}`,
      travelMsMin: `${rest.travelMsMin}`,
      dwell: `${hours(dwell.oneWayMs)}, both ways ${hours(dwell.bothWaysMs)}`,
      mixedCargo,
      dangerousGoods: dangerousGoods.join(', ') || 'none',
    };
    const table = page.slice(page.indexOf('| bound | default |'), page.indexOf('## The rules'));
    for (const [name, value] of Object.entries(bounds))
      assert.ok(table.includes(`| \`${name}\` | ${value} |`), `${name}: ${value}`);
    assert.equal(table.match(/^\| `/gm)?.length, Object.keys(bounds).length);
  });

  it('names the legal basis of every condition and rule that has one', () => {
    const bases = Object.entries(defaultPolicy.basis).map(
      ([name, { legalBasis }]) => `| ${name} | ${legalBasis} |`,
    );
    const rules = defaultPolicy.rules.map(({ id, legalBasis }) => `| rule \`${id}\` | ${legalBasis} |`);
    for (const row of [...bases, ...rules]) assert.ok(page.includes(row), row);
  });

  it('names every member that a case may have', () => {
    const format = page.slice(page.indexOf('## The case format'), page.indexOf('## Examples'));
    const bounds = page.slice(page.indexOf('| bound |'), page.indexOf('## The rules'));
    const named = new Set([...`${format}${bounds}`.matchAll(/[A-Za-z]+/g)].map(([word]) => word));
    const missing = membersOf(z.toJSONSchema(caseLine, { io: 'input' })).filter((name) => !named.has(name));
    assert.deepEqual(missing, []);
  });
});

/** The names of all members anywhere in a JSON Schema. */
function membersOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...new Set([...own, ...Object.values(schema).flatMap(membersOf)])];
}
