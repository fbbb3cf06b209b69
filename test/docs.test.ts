import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const pages = ['README.md', 'README.vi.md', 'CHANGELOG.md', 'deploy/README.md'].concat(
  readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
);

interface Manifest {
  license?: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

describe('the documentation', () => {
  it('links only to files that are there', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => !existsSync(join(root, dirname(page), link)))
        .map((link) => `${page} → ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  it('says of every package why it is there, and under which licence', () => {
    const page = read('docs/dependencies.md');
    const rows = new Map(
      [...page.matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|/gm)].map((match) => [
        match[1] ?? '',
        match[3]?.trim(),
      ]),
    );
    const manifest = JSON.parse(read('package.json')) as Manifest;
    const needed = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    };
    assert.deepEqual([...rows.keys()].toSorted(), Object.keys(needed).toSorted());
    for (const [name, licence] of rows) {
      const installed = join(root, 'node_modules', name, 'package.json');
      if (!existsSync(installed)) continue;
      assert.equal(licence, (JSON.parse(readFileSync(installed, 'utf8')) as Manifest).license, name);
    }
  });

  it('knows every test of a failure', () => {
    const page = read('docs/failures.md');
    const missing = readdirSync(join(root, 'test/faults')).filter(
      (name) => name.endsWith('.test.ts') && !page.includes(name),
    );
    assert.deepEqual(missing, []);
  });

  it('names every command, and no command that is not there', () => {
    const cli = read('edge/cli.ts');
    for (const page of ['README.md', 'README.vi.md']) {
      const named = [...read(page).matchAll(/^\| `gate ([a-z]+)/gm)].map((match) => match[1] ?? '');
      assert.ok(named.length >= 6, page);
      for (const name of named)
        assert.ok(cli.includes(`'${name}'`) || cli.includes(`${name}: '`), `${page}: ${name}`);
    }
  });

  it('names every command on keys, with options that are there', () => {
    const cli = read('edge/cli.ts');
    const page = read('docs/keys.md');
    const named = new Set([...page.matchAll(/`keys ([a-z]+)/g)].map((match) => match[1] ?? ''));
    assert.deepEqual([...named].toSorted(), ['init', 'revoke', 'rotate', 'show', 'trust']);
    for (const name of named) assert.match(cli, new RegExp(`\\(\\s*keys,\\s*'${name}'`));
    for (const [option] of page.matchAll(/`keys [^`]*?(--[a-z-]+)/g))
      assert.ok(cli.includes(option.slice(option.lastIndexOf('--'))), option);
  });

  it('shows the safety statement in every language it speaks', () => {
    assert.match(read('README.md'), /## Not a safety function/);
    assert.match(read('README.vi.md'), /## Không phải chức năng an toàn/);
  });
});
