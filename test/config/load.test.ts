import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../config/load.ts';
import { configCheck, configSchema } from '../../edge/cli/config.ts';

const good = fileURLToPath(new URL('../../config/huu-nghi.yaml', import.meta.url));

describe('a configuration file', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'gate-config-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const write = (text: string): string => {
    const file = join(folder, 'gate.yaml');
    writeFileSync(file, text);
    return file;
  };

  it('is loaded with its defaults filled in', () => {
    const config = loadConfig(good);
    assert.equal(config.gate.id, 'huu-nghi');
    assert.equal(config.evidence.plateQualityMin, 800);
    assert.equal(config.timeouts.permissionAgeMsMax, 2_000);
  });

  it('is refused whole when it has a problem, and every problem is named', () => {
    const file = write('version: 1\nlanes: []\n');
    assert.throws(() => loadConfig(file), { code: 'CONFIG_INVALID', message: /gate\.yaml:2: lanes: / });
  });

  it('is asked for by name when it is not there', () => {
    assert.throws(() => loadConfig(join(folder, 'none.yaml')), { code: 'CONFIG_UNREADABLE' });
  });

  it('passes gate config check with exit code 0', () => {
    const { exitCode, text } = configCheck([good]);
    assert.equal(exitCode, 0);
    assert.match(text, /huu-nghi\.yaml: correct \(\d+ lanes, \d+ devices, 2 vehicles\)/);
  });

  it('fails gate config check with exit code 1 and a line for each problem', () => {
    const { exitCode, text } = configCheck([good, write('version: 2\n')]);
    assert.equal(exitCode, 1);
    assert.match(text, /gate\.yaml:1: version: 2 is not possible here/);
    assert.match(text, /problems/);
  });

  it('fails gate config check with exit code 1 when it cannot be read', () => {
    const { exitCode, text } = configCheck([join(folder, 'none.yaml')]);
    assert.equal(exitCode, 1);
    assert.match(text, /cannot read/);
  });

  it('is described by gate config schema', () => {
    assert.match(configSchema(), /"title": "Configuration of one gate/);
  });
});
