import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { configCheck, type Drill } from '../../../edge/cli/config.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const VN = join(root, 'config/huu-nghi.yaml');
const CN = join(root, 'config/huu-nghi-quan.yaml');

describe('gate config check', () => {
  let folder: string;
  let drilled: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-check-'));
    drilled = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const drill: Drill = (configs) => {
    drilled.push(configs.map(({ gate }) => gate.id).join(' and '));
    return { problems: [], notes: [], crossings: 7 };
  };
  function changed(file: string, from: RegExp, to: string): string {
    const text = readFileSync(file, 'utf8');
    assert.match(text, from);
    const copy = join(folder, 'gate.yaml');
    writeFileSync(copy, text.replace(from, to));
    return copy;
  }

  it('drills one gate alone', () => {
    const { text, exitCode } = configCheck([VN], drill);
    assert.equal(exitCode, 0);
    assert.deepEqual(drilled, ['huu-nghi']);
    assert.match(text, /huu-nghi\.yaml: drilled \(7 crossings\)\n$/);
  });

  it('drills the two ends of one road once, against each other', () => {
    assert.equal(configCheck([VN, CN], drill).exitCode, 0);
    assert.deepEqual(drilled, ['huu-nghi and huu-nghi-quan']);
  });

  it('drills nothing that has problems already', () => {
    const swapped = changed(
      CN,
      /id: north, direction: in/,
      'id: north, direction: alternating, holder: huu-nghi-quan',
    );
    const { text, exitCode } = configCheck([VN, swapped], drill);
    assert.equal(exitCode, 1);
    assert.match(text, /two could both believe they own it/);
    const wrong = changed(VN, /homeNode: hn-park-1/, 'homeNode: hn-park-9');
    assert.equal(configCheck([wrong], drill).exitCode, 1);
    assert.deepEqual(drilled, []);
  });

  it('refuses an import slot that no truck bay shares a crane with, before any drill', () => {
    const apart = changed(VN, /bays: \[bay-truck, bay-load, bay-land\]/, 'bays: [bay-load, bay-land]');
    const { text, exitCode } = configCheck([apart], drill);
    assert.equal(exitCode, 1);
    assert.match(text, /no crane serves bay "bay-truck"/);
    assert.deepEqual(drilled, []);
  });

  it('tells what a drill found as it tells every other problem, and its notes without refusing', () => {
    const finding = { path: 'yard', problem: 'nothing moves', remedy: 'add slots' };
    const refused = configCheck([VN], () => ({ problems: [finding], notes: [], crossings: 0 }));
    assert.equal(refused.exitCode, 1);
    assert.match(
      refused.text,
      /huu-nghi\.yaml: yard: nothing moves\n {4}→ add slots\n.*: the drill found 1 problem\n$/,
    );
    const noted = configCheck([VN], () => ({ problems: [], notes: ['too large'], crossings: 3 }));
    assert.equal(noted.exitCode, 0);
    assert.match(noted.text, /: note: too large\n.*: drilled \(3 crossings\)\n$/);
  });

  it('runs as the documentation says, and finds nothing in what is shipped', async () => {
    const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
    const commands = [...page.matchAll(/^npm run gate -- (config check [^#\n]*)/gm)].map(([, written = '']) =>
      written.trim(),
    );
    assert.equal(commands.length, 3);
    // The first, one gate alone, is drilled in test/simulator/drill.test.ts.
    for (const command of commands.slice(1)) {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['edge/cli.ts', ...command.split(/ +/)],
        { cwd: root },
      );
      assert.match(stdout, /huu-nghi\.yaml: correct/);
      assert.equal(/drilled \(\d+ crossings\)/.test(stdout), !command.includes('--quick'), stdout);
    }
  }).timeout(60_000);
});
