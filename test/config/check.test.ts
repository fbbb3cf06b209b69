import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { checkConfig } from '../../config/check.ts';
import { fileOf, good, told, withChange } from './support.ts';

describe('the check of a gate’s configuration', () => {
  for (const name of ['huu-nghi.yaml', 'huu-nghi-quan.yaml']) {
    it(`finds nothing wrong with ${name}`, () => {
      const { config, problems } = checkConfig(fileOf(name));
      assert.equal(told(problems), '');
      assert.equal(config?.version, 1);
    });
  }

  it('tells every problem at once, in the order of the file', () => {
    const text = good
      .replace('pollMs: 500', 'pollMS: 500')
      .replace('camera: anpr-border-out-1', 'camera: anpr-99')
      .replace('km0: km0-north', 'km0: nowhere')
      .replace('port: 18102', 'port: 18101');
    const paths = checkConfig(text).problems.map((problem) => problem.path.replaceAll(/\[\d+\]/g, '[]'));
    for (const path of ['customs.pollMS', 'lanes[].devices.camera', 'section.tracks[].km0', 'devices[]'])
      assert.ok(paths.includes(path), path);
    const lines = checkConfig(text).problems.map((problem) => problem.line ?? 0);
    assert.deepEqual(
      lines,
      lines.toSorted((a, b) => a - b),
    );
  });

  it('blames a device with a typing error once, not each lane that refers to it', () => {
    const { problems } = checkConfig(withChange('port: 18101', 'port: nine'));
    assert.deepEqual(
      problems.map((problem) => problem.path.replace(/\d+/, '')),
      ['devices[].port'],
    );
  });

  it('allows nodes of role way between two stops', () => {
    const text = withChange(
      '    - { from: hn-bay-load, to: hn-out-1, speedMaxMps: 4 }\n',
      '    - { from: hn-bay-load, to: curve }\n    - { from: curve, to: hn-out-1 }\n',
    ).replace('  edges:\n', '    - { id: curve, x: -200, y: 25, role: way, gate: huu-nghi }\n  edges:\n');
    assert.equal(told(checkConfig(text).problems), '');
  });

  it('reads anchors and aliases', () => {
    const text = good
      .replace('speedMaxMps: 8 }', 'speedMaxMps: &fast 8 }')
      .replaceAll('speedMaxMps: 8 }', 'speedMaxMps: *fast }');
    assert.equal(told(checkConfig(text).problems), '');
  });

  for (const [what, text] of [
    ['an empty file', ''],
    ['a list', '- 1\n- 2\n'],
    ['a single word', 'hello'],
    ['nothing but deep nesting', '['.repeat(500)],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[index]}`).join()}]`).join('\n')}\n`,
    ],
    ['a huge file', '#'.repeat(2_000_001)],
  ] as const) {
    it(`answers ${what} with problems, not with an exception`, () => {
      const { config, problems } = checkConfig(text);
      assert.equal(config, undefined);
      assert.ok(problems.length > 0);
    });
  }

  it('never throws, whatever is deleted or changed', () => {
    const document: unknown = parse(good);
    const leaf = fc.oneof(
      fc.constant(undefined),
      fc.constant(null),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.string(),
      fc.constantFrom('border-out', 'vehicle', 'hn-out-1', 'io-yard-in-1', '__proto__', 'toString'),
      fc.constant([]),
      fc.constant({}),
      fc.array(fc.string(), { maxLength: 3 }),
    );
    const step = fc.record({ way: fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), value: leaf });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
        const changed = structuredClone(document);
        for (const { way, value } of steps) mutate(changed, way, value);
        const { config, problems } = checkConfig(stringify(changed, { aliasDuplicateObjects: false }));
        assert.equal(config === undefined, problems.length > 0);
        for (const problem of problems) assert.ok(problem.problem !== '' && problem.remedy !== '');
      }),
      { numRuns: 60 },
    );
  });

  it('never throws, whatever is cut out of the text', () => {
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(200), fc.string(), (start, length, inserted) => {
        const text = good.slice(0, start) + inserted + good.slice(start + length);
        const { config, problems } = checkConfig(text);
        assert.equal(config === undefined, problems.length > 0);
      }),
      { numRuns: 60 },
    );
  });
});

/** Follows `way` into `value`, each number picking a child, and replaces (or deletes) what it ends on. */
function mutate(value: unknown, way: readonly number[], replacement: unknown): void {
  let parent: Record<string, unknown> | unknown[] | undefined;
  let key: string | number | undefined;
  let node: unknown = value;
  for (const number of way) {
    if (typeof node !== 'object' || node === null) break;
    const keys = Object.keys(node);
    const chosen = keys[number % Math.max(1, keys.length)];
    if (chosen === undefined) break;
    parent = node as Record<string, unknown>;
    key = chosen;
    node = (node as Record<string, unknown>)[chosen];
  }
  if (parent === undefined || key === undefined) return;
  if (replacement !== undefined) (parent as Record<string, unknown>)[key] = replacement;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete (parent as Record<string, unknown>)[key];
}
