import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOX, type Change, cleared, line, read, sampleLine, word } from '../../support/reconcile-case.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLES = join(root, 'docs/examples/cases.jsonl');

interface Ended {
  code: number | null;
  answers: {
    id: unknown;
    verdict?: string;
    crossingId?: string | null;
    reasons?: { code: string }[];
    error?: string;
  }[];
  errors: string;
}

/** Runs the real command; `input` goes to its standard input. */
function gateReconcile(file: string, input: string | Buffer = ''): Promise<Ended> {
  const child = spawn(process.execPath, ['edge/cli.ts', 'reconcile', file], { cwd: root });
  const [out, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = Buffer.concat(out).toString().split('\n').slice(0, -1);
      resolve({
        code,
        answers: lines.map((one) => JSON.parse(one)),
        errors: Buffer.concat(errors).toString(),
      });
    });
  });
}

const caseNamed = (id: unknown, ...changes: Change[]): string => {
  const one = sampleLine();
  for (const change of [...changes, line({ id })]) change(one);
  return JSON.stringify(one);
};

describe('gate reconcile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gate-reconcile-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const fileOf = (text: string | Buffer): string => {
    const file = join(folder, 'cases.jsonl');
    writeFileSync(file, text);
    return file;
  };

  it('prints a verdict a line, in order, and ends well', async () => {
    const text = [
      caseNamed('c1'),
      caseNamed(2, word({ status: 'registered' })),
      caseNamed('c3', read('radiation', { alarm: true })),
      caseNamed('c1'),
    ].join('\n');
    const { code, answers } = await gateReconcile(fileOf(text));
    assert.equal(code, 0);
    assert.deepEqual(
      answers.map(({ id, verdict }) => [id, verdict]),
      [
        ['c1', 'pass'],
        [2, 'hold'],
        ['c3', 'refer'],
        ['c1', 'pass'],
      ],
    );
    assert.deepEqual(answers[0], { id: 'c1', verdict: 'pass', crossingId: 'x1', reasons: [] });
  });

  it('tells of each reason all there is to know', async () => {
    const { answers } = await gateReconcile('-', caseNamed('c1', read('seal', { state: 'broken' })));
    assert.deepEqual(Object.keys(answers[0]?.reasons?.[0] ?? {}), [
      'code',
      'severity',
      'owner',
      'releasableBy',
      'text',
      'detail',
      'source',
      'remedy',
    ]);
  });

  it('goes on behind a line that cannot be read, tells of it on its line, and ends with 1', async () => {
    const truncated = caseNamed('c6').slice(0, -40);
    const text = [
      'no JSON',
      caseNamed('c2'),
      '{"id":"c3"}',
      '{}',
      caseNamed('c5', word({ status: 'Released' })),
      truncated,
    ].join('\n');
    const { code, answers } = await gateReconcile('-', text);
    assert.equal(code, 1);
    assert.deepEqual(
      answers.map(({ id, verdict }) => [id, verdict]),
      [
        [null, undefined],
        ['c2', 'pass'],
        ['c3', undefined],
        [null, undefined],
        ['c5', undefined],
        [null, undefined],
      ],
    );
    assert.match(answers[0]?.error ?? '', /^line 1: not JSON/);
    assert.match(answers[2]?.error ?? '', /^line 3: at: .*; checkpoint: /);
    assert.match(answers[4]?.error ?? '', /^line 5: clearances\.0\.status: /);
    assert.match(answers[5]?.error ?? '', /^line 6: not JSON/);
  });

  it('takes lines of any system: a byte-order mark, CR LF, blank lines, no end of line at the end', async () => {
    const text = `\uFEFF${caseNamed('c1')}\r\n\r\n   \n${caseNamed('c\u2028two')}`;
    const { code, answers } = await gateReconcile('-', text);
    assert.equal(code, 0);
    assert.deepEqual(
      answers.map(({ id }) => id),
      ['c1', 'c\u2028two'],
    );
  });

  it('has nothing to say about nothing', async () => {
    assert.deepEqual(await gateReconcile('-', ''), { code: 0, answers: [], errors: '' });
    assert.deepEqual(await gateReconcile(fileOf('\n\n')), { code: 0, answers: [], errors: '' });
  });

  it('says which file it cannot read, and what to do', async () => {
    for (const file of [join(folder, 'none.jsonl'), folder]) {
      const { code, answers, errors } = await gateReconcile(file);
      assert.equal(code, 1);
      assert.deepEqual(answers, []);
      assert.match(errors, /^CASES_UNREADABLE: .* → Name a file with one case a line/);
    }
  });

  it('takes bytes that are no text as a line that cannot be read', async () => {
    const { code, answers } = await gateReconcile('-', Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0xc3, 0x0a]));
    assert.equal(code, 1);
    assert.equal(answers.length, 2);
  });

  it('takes a line of megabytes: ten thousand consignments in a container', async () => {
    const many = caseNamed('big', (one) => {
      const [first] = one.clearances;
      one.clearances = Array.from({ length: 10_000 }, (_, at) => ({
        ...first,
        declaration: `D${at}`,
        containers: [{ number: BOX, grossKg: 2, grossBasis: 'cargo' }],
      }));
      Object.assign(one.expected[0] ?? {}, {
        declarations: [],
        containers: [{ number: BOX, tareKg: 4_150, seals: ['VN123456'] }],
      });
    });
    assert.ok(many.length > 2_000_000);
    const { code, answers } = await gateReconcile(
      '-',
      `${many}\n${caseNamed('c2', cleared({ seals: ['VN1'] }))}`,
    );
    assert.equal(code, 0);
    assert.deepEqual(
      answers.map(({ id, verdict }) => [id, verdict]),
      [
        ['big', 'pass'],
        ['c2', 'refer'],
      ],
    );
  });

  it('judges more cases than any buffer holds, in order', async () => {
    const text = Array.from({ length: 2_000 }, (_, at) => caseNamed(at)).join('\n');
    const { code, answers } = await gateReconcile('-', text);
    assert.equal(code, 0);
    assert.ok(answers.every(({ id, verdict }, at) => id === at && verdict === 'pass'));
  });

  it('says of the examples in the documentation what the documentation says', async () => {
    const { code, answers } = await gateReconcile(EXAMPLES);
    assert.equal(code, 0);
    const page = readFileSync(join(root, 'docs/reconciliation.md'), 'utf8');
    for (const { id, verdict, crossingId, reasons = [] } of answers) {
      const row = `| \`${id}\` | ${verdict} | ${crossingId} | ${reasons.map(({ code }) => `\`${code}\``).join(', ') || '–'} |`;
      assert.ok(page.includes(row), row);
    }
    assert.equal(answers.length, 3);
  });
});
