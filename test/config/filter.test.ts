import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkConfig } from '../../config/check.ts';
import { checkPair } from '../../config/pair.ts';
import { type Condition, FILTERED, filterOf, type GateConfig, gateConfig } from '../../config/schema.ts';
import { PUBLIC_CODES } from '../../protocols/handover/codes.ts';
import { fileOf, itFinds, told, withChange } from './support.ts';

/** As it stands in the file that comes with the project. */
const [WRITTEN = ''] = /filter:\n( {4}.*\n)+/.exec(fileOf('huu-nghi.yaml')) ?? [];
const counterpartOf = (written: string): GateConfig['counterpart'] => {
  const { config, problems } = checkConfig(withChange(WRITTEN, `${written}\n`));
  return config?.counterpart ?? assert.fail(told(problems));
};

describe('the filter of a configuration', () => {
  it('lets the smallest set cross where nothing is written, and elsewhere what is written', () => {
    const smallest = filterOf(counterpartOf('# nothing'));
    assert.deepEqual(smallest.export.offered, ['sizeType']);
    assert.deepEqual(smallest.import.received, []);
    const own = filterOf(counterpartOf('filter: { import: { received: [sealChecks] } }'));
    assert.deepEqual(own.import.received, ['sealChecks']);
    assert.deepEqual(own.export, smallest.export);
  });

  it('may keep back even what the smallest set lets cross', () => {
    assert.deepEqual(filterOf(counterpartOf('filter: { export: { offered: [] } }')).export.offered, []);
  });

  it('is what share meant, in a configuration of before', () => {
    const { offered } = filterOf(counterpartOf('share: [declarations, goods]')).export;
    assert.deepEqual(offered, ['sizeType', 'declarations']);
  });

  itFinds({
    finds: 'share beside a filter',
    from: WRITTEN,
    to: `share: [seals]\n  ${WRITTEN}`,
    path: 'counterpart.share',
    problem: /its former name/,
    remedy: /remove share/,
  });
  itFinds({
    finds: 'a member that does not exist, and names those that do',
    from: WRITTEN,
    to: 'filter: { export: { offered: [colour] } }\n',
    path: 'counterpart.filter.export.offered[]',
    problem: /"colour" is not possible here/,
    remedy: /use one of: seals, grossKg, declarations, sizeType/,
  });
  itFinds({
    finds: 'a member that always crosses',
    from: WRITTEN,
    to: 'filter: { export: { offered: [plate] } }\n',
    path: 'counterpart.filter.export.offered[]',
    problem: /"plate" is not possible here/,
    remedy: /use one of: seals/,
  });
  itFinds({
    finds: 'a record that only the receiver writes, on the side of exports',
    from: WRITTEN,
    to: 'filter: { export: { received: [evidence] } }\n',
    path: 'counterpart.filter.export.received',
    problem: /not a key/,
    remedy: /offered/,
  });
});

describe('what one gate keeps back and the other one asks for', () => {
  const read = (name: string): GateConfig => {
    const { config, problems } = checkConfig(fileOf(name));
    return config ?? assert.fail(told(problems));
  };
  const found = (offered: readonly string[], load: 'laden' | 'empty', condition: Condition): string[] => {
    const [vn, cn] = [read('huu-nghi.yaml'), read('huu-nghi-quan.yaml')];
    vn.counterpart.filter = gateConfig.shape.counterpart.shape.filter.unwrap().parse({ export: { offered } });
    const asked = cn.checkpoints['border-in'];
    cn.checkpoints['border-in'] = { ...asked, [load]: [...asked.laden, condition] };
    return checkPair(vn, cn).map(({ path, problem }) => `${path}: ${problem}`);
  };
  const refused = (load: string, condition: string, member: string): string[] => [
    `counterpart.filter.export.offered: huu-nghi-quan asks ${load} vehicles for their ${condition} at border-in, ` +
      `and huu-nghi keeps back the ${member} it is held against`,
  ];

  it('is refused: each weight would be without a basis, and a seal without a number', () => {
    assert.deepEqual(found(['sizeType'], 'laden', 'weight'), refused('laden', 'weight', 'grossKg'));
    assert.deepEqual(found(['sizeType'], 'laden', 'seal'), refused('laden', 'seal', 'seals'));
    assert.deepEqual(found(['grossKg'], 'empty', 'weight'), refused('empty', 'weight', 'sizeType'));
  });

  it('is right where it crosses, or nobody asks', () => {
    assert.deepEqual(found(['grossKg'], 'laden', 'weight'), []);
    assert.deepEqual(found(['seals'], 'laden', 'seal'), []);
    assert.deepEqual(found([], 'laden', 'plate'), []);
  });

  it('counts also where empties are weighed without a word of the site: its lanes have scales', () => {
    const [vn, cn] = [read('huu-nghi.yaml'), read('huu-nghi-quan.yaml')];
    vn.counterpart.filter = gateConfig.shape.counterpart.shape.filter
      .unwrap()
      .parse({ export: { offered: [] } });
    for (const { checkpoint, devices } of cn.lanes) if (checkpoint === 'border-in') devices.scale = 'scale-1';
    assert.deepEqual(
      checkPair(vn, cn).map(({ problem }) => problem.includes('empty vehicles for their weight')),
      [true],
    );
  });
});

describe('docs/what-crosses.md', () => {
  it('has a row for each member a filter may name, with its default', () => {
    const page = readFileSync(new URL('../../docs/what-crosses.md', import.meta.url), 'utf8');
    const rows = [
      ...page.matchAll(/^\| `([a-z-]+)` \| ([a-z, ]+) \| `([A-Za-z.]+)` \| (crosses|kept back) \|/gm),
    ];
    const documented = rows.flatMap(([, kind, directions = '', member, fate]) =>
      directions.split(', ').map((direction) => `${direction} ${kind} ${member} ${fate}`),
    );
    const smallest: Record<string, Record<string, readonly string[]>> = filterOf({});
    const real = Object.entries(FILTERED).flatMap(([direction, kinds]) =>
      Object.entries(kinds).flatMap(([kind, members]) =>
        Object.keys(members).map((member) => {
          const crosses = smallest[direction]?.[kind]?.includes(member) === true;
          return `${direction} ${kind} ${member} ${crosses ? 'crosses' : 'kept back'}`;
        }),
      ),
    );
    assert.deepEqual(documented.toSorted(), real.toSorted());
  });

  it('names every public code', () => {
    const page = readFileSync(new URL('../../docs/what-crosses.md', import.meta.url), 'utf8');
    for (const code of PUBLIC_CODES) assert.ok(page.includes(`\`${code}\``), code);
  });
});
