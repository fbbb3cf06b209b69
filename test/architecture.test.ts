/**
 * The rules that keep the house whole: who may import whom, where time and chance come in, how long a file may be.
 * The tree is read as text, so that this works on whatever is there.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const ROOMS = ['protocols', 'edge', 'simulator', 'config', 'test', 'bin'];
const LINES_MAX = 500;

interface Source {
  /** From the repository's root, with forward slashes. */
  file: string;
  text: string;
  /** The text without comments, and without what stands in strings and templates. */
  code: string;
  /** What it imports: a file of ours from the root, or a package by its name. */
  imports: { target: string; typeOnly: boolean }[];
}

const walk = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path);
    return /\.(ts|js|mjs)$/.test(entry.name) ? [path.split(sep).join('/')] : [];
  });

const COMMENT = String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`;
const STRING = String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"`;
const TEMPLATE = String.raw`\x60(?:\\[\s\S]|[^\x60\\])*\x60`;
/** A regular expression literal can only stand where a value can begin. */
const REGEX = String.raw`(?<=[=(,:;!&|?{}\[\n]\s*|return\s)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*`;

const TOKENS = new RegExp([COMMENT, REGEX, STRING, TEMPLATE].join('|'), 'g');

/** Comments become spaces; strings stay when `keepStrings`, for import statements are made of them. */
function stripped(text: string, keepStrings: boolean): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith('//') || token.startsWith('/*')) return ' ';
    if (keepStrings && /^['"]/.test(token)) return token;
    // Expressions inside a template are code, too.
    const inner = token.startsWith('`') ? [...token.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]) : [];
    return keepStrings ? '``' : `''${inner.length > 0 ? ` + ${inner.join(' + ')}` : ''}`;
  });
}

const IMPORT =
  /(?:^|[;}\n])\s*(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]/g;

function importsOf(file: string, text: string): Source['imports'] {
  return [...stripped(text, true).matchAll(IMPORT)].map(([, type, named, dynamic]) => {
    const specifier = named ?? dynamic ?? '';
    const target = specifier.startsWith('.')
      ? relative(root, resolve(root, dirname(file), specifier))
          .split(sep)
          .join('/')
      : specifier;
    return { target, typeOnly: type !== undefined };
  });
}

const sources: Source[] = ROOMS.flatMap((room) => {
  try {
    return walk(room);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}).map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return { file, text, code: stripped(text, false), imports: importsOf(file, text) };
});

const within = (file: string, ...places: string[]): boolean =>
  places.some((place) => file === place || file.startsWith(`${place}/`));

/** Who may import what of ours; the first rule whose `room` contains the file counts. */
const RULES: { room: string[]; may: string[]; types?: string[] }[] = [
  { room: ['protocols'], may: ['protocols'] },
  { room: ['config'], may: ['config', 'edge/platform'] },
  {
    room: ['edge/platform'],
    may: ['edge/platform', 'protocols'],
    types: ['edge/core', 'edge/journal', 'config'],
  },
  { room: ['edge/core'], may: ['edge/core', 'protocols', 'config/lookup.ts', 'config/schema.ts'] },
  {
    room: ['edge/journal'],
    may: ['edge/journal', 'protocols', 'edge/platform', 'config'],
    types: ['edge/core'],
  },
  {
    room: ['edge/drivers'],
    may: ['edge/drivers', 'protocols', 'edge/platform', 'config'],
    types: ['edge/core'],
  },
  {
    room: ['edge/exchange'],
    may: ['edge/exchange', 'edge/journal/journal.ts', 'protocols', 'edge/platform', 'config'],
    types: ['edge/core', 'edge/control/door.ts'],
  },
  {
    room: ['edge/console'],
    may: ['edge/console', 'edge/journal/journal.ts', 'protocols', 'edge/platform', 'config'],
    types: ['edge/core'],
  },
  { room: ['edge/broker'], may: ['edge/broker', 'edge/platform', 'config', 'protocols'] },
  {
    room: ['edge/control'],
    may: [
      'edge/control',
      'edge/core',
      'edge/journal',
      'edge/drivers',
      'protocols',
      'edge/platform',
      'config',
    ],
  },
  { room: ['edge/cli.ts', 'edge/cli'], may: ['edge', 'simulator', 'protocols', 'config'] },
  {
    room: [
      'simulator/run.ts',
      'simulator/run',
      'simulator/explore.ts',
      'simulator/explore',
      'simulator/invariants.ts',
      'simulator/invariants',
      'simulator/probe.ts',
      'simulator/probe',
    ],
    may: [
      'simulator',
      'edge/core',
      'edge/journal',
      // Of control exactly this: a simulation proves something about the gate only if it runs the gate's own code.
      'edge/control/admission.ts',
      'edge/platform',
      'protocols',
      'config',
    ],
  },
  {
    room: ['simulator'],
    may: ['simulator', 'protocols', 'edge/platform', 'config'],
    types: ['edge/core', 'edge/journal'],
  },
  { room: ['test', 'bin'], may: ['protocols', 'edge', 'simulator', 'config', 'test'] },
];

const ours = (target: string): boolean => within(target, ...ROOMS);

/** Time, chance and the environment, and the modules through which they come in. */
const WORLD: [what: string, pattern: RegExp][] = [
  ['the clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bprocess\.(?:hrtime|uptime)\b/],
  ['timers', /\b(?:setTimeout|setInterval|setImmediate)\s*\(/],
  ['chance', /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|FillSync)\s*\(|\bgetRandomValues\b/],
  ['the environment', /\bprocess\.env\b/],
];
const WORLD_MODULES = ['node:timers', 'node:timers/promises', 'timers', 'timers/promises'];
/** rxjs operators that make their own timers unless they are given a scheduler. */
const RXJS_TIMERS =
  /\bimport\s*\{[^}]*\b(?:timer|interval|delay|delayWhen|debounceTime|throttleTime|auditTime|sampleTime|bufferTime|timeout|timeInterval|windowTime|asyncScheduler)\b[^}]*\}\s*from\s*'rxjs/;

const OUTSIDE_THE_WORLD = (file: string): boolean =>
  within(file, 'protocols', 'config', 'edge', 'simulator') &&
  !within(file, 'edge/platform', 'edge/cli.ts', 'edge/cli', 'edge/console/web');

describe('the architecture', () => {
  it('is seen by this test: it finds the files and their imports', () => {
    const find = (file: string) => sources.find((source) => source.file === file);
    assert.ok(sources.length > 30);
    const targets = find('edge/core/input.ts')?.imports;
    assert.ok(targets?.some(({ target, typeOnly }) => target === 'config/schema.ts' && typeOnly));
    assert.ok(find('edge/platform/clock.ts')?.code.includes('Date.now'));
  });

  it('reads imports however they are written, and none out of comments and strings', () => {
    const text = [
      "import type { A } from '../drivers/a.ts';",
      "import {\n  b,\n  c as d,\n} from './b.ts';",
      "import 'rxjs';",
      "export * from '../../simulator/e.ts';",
      "const f = await import('node:fs');",
      "// import { no } from './no.ts';",
      'const text = "import { no } from \'./no.ts\'";',
    ].join('\n');
    assert.deepEqual(importsOf('edge/core/x.ts', text), [
      { target: 'edge/drivers/a.ts', typeOnly: true },
      { target: 'edge/core/b.ts', typeOnly: false },
      { target: 'rxjs', typeOnly: false },
      { target: 'simulator/e.ts', typeOnly: false },
      { target: 'node:fs', typeOnly: false },
    ]);
  });

  it('sees the clock in code and in templates, not in comments, strings or regular expressions', () => {
    const clock = WORLD[0]?.[1] ?? /never/;
    const sees = (text: string): boolean => clock.test(stripped(text, false));
    assert.equal(sees('const at = Date.now();'), true);
    assert.equal(sees(`const at = \`\${Date.now()} ms\`;`), true);
    assert.equal(sees(`const quote = /["']/; const at = Date.now();`), true);
    for (const text of [
      '// Date.now',
      '/* Date.now() */',
      "'Date.now()'",
      '`Date.now`',
      'const a = /Date.now/;',
    ])
      assert.equal(sees(text), false, text);
  });

  it('lets each room import only from the rooms it may', () => {
    const wrong = sources.flatMap(({ file, imports }) => {
      const rule = RULES.find(({ room }) => within(file, ...room));
      return imports
        .filter(({ target }) => ours(target))
        .filter(({ target, typeOnly }) => {
          const allowed = [...(rule?.may ?? []), ...(typeOnly ? (rule?.types ?? []) : [])];
          return !within(target, ...allowed);
        })
        .map(({ target, typeOnly }) => `${file} → ${target}${typeOnly ? ' (type)' : ''}`);
    });
    assert.deepEqual(wrong, []);
  });

  it('keeps the core pure: it imports no module of Node and no package', () => {
    const wrong = sources
      .filter(({ file }) => within(file, 'edge/core'))
      .flatMap(({ file, imports }) =>
        imports.filter(({ target }) => !ours(target)).map(({ target }) => `${file} → ${target}`),
      );
    assert.deepEqual(wrong, []);
  });

  it('keeps sockets and files out of the protocols', () => {
    const pure = new Set(['node:crypto', 'node:buffer', 'node:util']);
    const wrong = sources
      .filter(({ file }) => within(file, 'protocols'))
      .flatMap(({ file, imports }) =>
        imports
          .filter(({ target }) => target.startsWith('node:') && !pure.has(target))
          .map(({ target }) => `${file} → ${target}`),
      );
    assert.deepEqual(wrong, []);
  });

  it('touches the clock, timers, chance and the environment only in edge/platform', () => {
    const wrong = sources
      .filter(({ file }) => OUTSIDE_THE_WORLD(file))
      .flatMap(({ file, text, code, imports }) => [
        ...WORLD.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${file}: ${what}`),
        ...imports
          .filter(({ target }) => WORLD_MODULES.includes(target))
          .map(({ target }) => `${file}: ${target}`),
        ...(RXJS_TIMERS.test(text) ? [`${file}: a timer of rxjs`] : []),
      ]);
    assert.deepEqual(wrong, []);
  });

  it(`keeps files at ${LINES_MAX} lines at most`, () => {
    const long = sources
      .map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > LINES_MAX);
    assert.deepEqual(long, []);
  });

  it('leaves nothing for later', () => {
    const marks = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
    const wrong = sources.flatMap(({ file, text }) =>
      text.split('\n').flatMap((line, index) => (marks.test(line) ? [`${file}:${index + 1}`] : [])),
    );
    assert.deepEqual(wrong, []);
  });

  it('has no test that is focused or skipped for good', () => {
    const wrong = sources
      .filter(({ file }) => file.endsWith('.test.ts'))
      .filter(({ code }) =>
        /\b(?:it|describe|context|specify)\.(?:only|skip)\b|\bx(?:it|describe)\(/.test(code),
      )
      .map(({ file }) => file);
    assert.deepEqual(wrong, []);
  });

  it('imports only packages that package.json names', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .map(({ target }) => target)
        .filter(
          (target) => !ours(target) && !target.startsWith('node:') && !/^(\.|[a-z]+\.json$)/.test(target),
        )
        .map((target) =>
          target
            .split('/')
            .slice(0, target.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((name) => {
          const inTests = within(file, 'test') && name in manifest.devDependencies;
          return !(name in manifest.dependencies) && !inTests;
        })
        .map((name) => `${file} → ${name}`),
    );
    assert.deepEqual(wrong, []);
  });
});
