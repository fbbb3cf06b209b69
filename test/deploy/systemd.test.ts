import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dataPaths } from '../../edge/platform/data-paths.ts';
import { DAEMON_ENVIRONMENT, daemonFlags, GIVES_WAY_NICE } from '../../edge/platform/process.ts';
import { requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'deploy/systemd');
const units = readdirSync(folder).filter((name) => /\.(service|target)$/.test(name));
const services = units.filter((name) => name.endsWith('.service'));
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const setting = (name: string, key: string): string[] =>
  [...textOf(name).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');

describe('the systemd units', () => {
  let installed = '';
  before(() => {
    installed = mkdtempSync(join(tmpdir(), 'gate-units-'));
    // As if this repository were installed in /opt/gate.
    for (const name of units) {
      writeFileSync(join(installed, name), textOf(name).replaceAll('/opt/gate/', root));
    }
  });
  after(() => rmSync(installed, { recursive: true, force: true }));

  it('are accepted by systemd without a complaint', async function () {
    const tool = requireTool(this, 'systemd-analyze');
    const paths = units.map((name) => join(installed, name));
    const { stdout, stderr } = await run(tool, ['verify', '--man=no', '--recursive-errors=yes', ...paths]);
    assert.equal(`${stdout}${stderr}`, '');
  });

  it('leave little exposed, by systemd’s own measure', async function () {
    this.timeout(20_000);
    const tool = requireTool(this, 'systemd-analyze');
    for (const name of services) {
      // Exit code 1 above the threshold: 2.0 of 10; up to 3.0 is what systemd calls "OK".
      await run(tool, ['security', '--offline=yes', '--threshold=20', '--no-pager', join(installed, name)]);
    }
  });

  it('run each daemon as its own user, with its own data folder', () => {
    const users = services.map((name) => setting(name, 'User')[0]);
    assert.equal(new Set(users).size, services.length);
    for (const name of services) {
      const daemon = name.replace(/^gate-(.*)\.service$/, '$1');
      assert.match(
        setting(name, 'ExecStart')[0] ?? '',
        new RegExp(` ${daemon} --config \\S+ --data \\S+/${daemon}$`),
      );
      assert.deepEqual(setting(name, 'Restart'), ['always']);
    }
  });

  it('start each daemon as `gate run` does: with the same flags and the same environment', () => {
    for (const name of services) {
      const daemon = name.replace(/^gate-(.*)\.service$/, '$1');
      assert.ok(setting(name, 'ExecStart')[0]?.includes(`/node ${daemonFlags(daemon).join(' ')} /`));
      for (const [variable, value] of Object.entries(DAEMON_ENVIRONMENT))
        assert.ok(setting(name, 'Environment').includes(`${variable}=${value}`));
    }
  });

  it('let exchange and console give way to the lanes, as `gate run` does', () => {
    const nice = Object.fromEntries(services.map((name) => [name, setting(name, 'Nice')[0]]));
    assert.deepEqual(nice, {
      'gate-broker.service': undefined,
      'gate-console.service': String(GIVES_WAY_NICE),
      'gate-control.service': undefined,
      'gate-exchange.service': String(GIVES_WAY_NICE),
    });
  });

  it('give hardware to the control daemon alone, and the outer networks to the exchange alone', () => {
    const withDevices = services.filter((name) => setting(name, 'PrivateDevices')[0] !== 'yes');
    assert.deepEqual(withDevices, ['gate-control.service']);
    const unbound = services.filter((name) => setting(name, 'IPAddressDeny')[0] !== 'any');
    assert.deepEqual(unbound, ['gate-exchange.service']);
  });

  it('hand out the doors where the control daemon opens them', () => {
    const doors = textOf('open-doors');
    const { exchangeDoor, consoleDoor } = dataPaths('/data');
    // tmpfiles.conf makes each data folder's `run` a link to /run/gate.
    for (const door of [exchangeDoor, consoleDoor])
      assert.ok(doors.includes(door.replace('/data/run/', '$doors/')));
    for (const name of ['control', 'exchange', 'console'])
      assert.match(textOf('tmpfiles.conf'), new RegExp(`^L +/var/lib/gate/${name}/run .*/run/gate$`, 'm'));
  });
});
