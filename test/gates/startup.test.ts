import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { GateConfig } from '../../config/schema.ts';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../../edge/exchange/development-keys.ts';
import { configsOnFreePorts, until } from '../support/gates.ts';
import { useTempDirs } from '../support/temp-dir.ts';

const CLI = fileURLToPath(new URL('../../edge/cli.ts', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function gate(
  args: readonly string[],
  cwd?: string,
): { child: ChildProcess; ended: Promise<Ended>; output: () => string } {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd });
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  return { child, ended, output: () => text.stdout + text.stderr };
}

/** The error line: what is wrong, and what to do. */
function assertOneClearLine({ code, stderr }: Ended, pattern: RegExp): void {
  assert.notEqual(code, 0);
  const errors = stderr.split('\n').filter((line) => line !== '' && !/^(INFO|WARN|ERROR) /.test(line));
  assert.equal(errors.length, 1, stderr);
  assert.match(errors[0] ?? '', pattern);
  assert.match(errors[0] ?? '', / → /, 'says what to do');
}

describe('a gate that cannot start says why', function () {
  this.timeout(60_000);
  const tempDir = useTempDirs();
  let root: string;
  let config: GateConfig;
  beforeEach(async () => {
    root = await tempDir();
    [config] = await configsOnFreePorts();
  });
  const write = async (): Promise<string> => {
    const file = join(root, 'gate.yaml');
    await writeFile(file, stringify(config));
    return file;
  };
  const data = (): string => join(root, 'data');
  const occupied = async (port: number): Promise<() => void> => {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return () => server.close();
  };

  it('a port in use names the port and the setting', async () => {
    const file = await write();
    const free = await occupied(config.console.port);
    assertOneClearLine(
      await gate(['console', '--config', file, '--data', data()]).ended,
      new RegExp(`PORT_IN_USE.*${config.console.port}`),
    );
    free();
    assert.ok(config.broker.kind === 'embedded');
    const freeBroker = await occupied(config.broker.port);
    assertOneClearLine(
      await gate(['broker', '--config', file, '--data', data()]).ended,
      new RegExp(`PORT_IN_USE.*${config.broker.port}`),
    );
    freeBroker();
  });

  it('a certificate that cannot be read names the file', async () => {
    const file = await write();
    await ensureDevelopmentKeys(data(), { gate: config.gate.id });
    await ensureDevelopmentKeys(join(root, 'other'), { gate: config.counterpart.gate });
    await exchangeDevelopmentTrust(data(), join(root, 'other'));
    await writeFile(join(data(), config.counterpart.certificateFile), 'not a certificate');
    assertOneClearLine(
      await gate(['exchange', '--config', file, '--data', data()]).ended,
      /KEY_.*exchange\.cert\.pem/,
    );
  });

  it('a data folder that cannot be written names the folder', async () => {
    const file = await write();
    const below = join(file, 'data');
    assertOneClearLine(
      await gate(['control', '--config', file, '--data', below]).ended,
      /DATA_FOLDER.*gate\.yaml\/data/,
    );
  });

  it('a second control on the same journal is refused', async () => {
    const file = await write();
    const first = gate(['control', '--config', file, '--data', data()]);
    await until('the first is ready', () => first.output().includes('ready '));
    assertOneClearLine(await gate(['control', '--config', file, '--data', data()]).ended, /JOURNAL_LOCKED/);
    first.child.kill('SIGTERM');
    assert.equal((await first.ended).code, 0);
  });

  it('a wrong configuration lists every problem with its path', async () => {
    config.lanes[0]?.loads.splice(0);
    config.console.port = 99_999;
    const { code, stderr } = await gate(['control', '--config', await write(), '--data', data()]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /CONFIG_INVALID/);
    assert.match(stderr, /lanes\[0\]\.loads/);
    assert.match(stderr, /console\.port/);
  });

  it('gate run passes on the line of the daemon that could not start, and leaves no child behind', async () => {
    const file = await write();
    await ensureDevelopmentKeys(data(), { gate: config.gate.id });
    const { code, stderr } = await gate(['run', '--config', file, '--data', data()]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /KEY_UNREADABLE.*counterpart/);
    assert.match(stderr, /DAEMON_ENDED: gate exchange/);
  });

  it('a device that does not answer is named by gate devices, exit code 1; the gate itself starts and holds', async () => {
    const file = await write();
    const { code, stdout } = await gate(['devices', '--config', file, '--data', data(), '--wait', '2']).ended;
    assert.equal(code, 1);
    assert.match(stdout, /MISSING {2}crane-1/);
    assert.match(stdout, /DEVICES_MISSING: .*scale-1.* → /);
  });
});

describe('npm start', function () {
  this.timeout(120_000);
  const tempDir = useTempDirs();

  async function demo(args: readonly string[]): Promise<ReturnType<typeof gate>> {
    const root = await tempDir();
    const configs = await configsOnFreePorts();
    const files = await Promise.all(
      configs.map(async (config) => {
        const file = join(root, `${config.gate.id}.yaml`);
        await writeFile(file, stringify(config));
        return file;
      }),
    );
    return gate(['demo', '--data', join(root, 'data'), '--config', ...files, ...args], root);
  }

  it('brings a container across each way, says so in plain words, and ends with exit code 0', async () => {
    const { code, stdout } = await (await demo(['--crossings', '1', '--exit', '--speed', '20'])).ended;
    assert.equal(code, 0, stdout);
    assert.match(stdout, /console at http:\/\/127\.0\.0\.1:\d+/);
    assert.match(stdout, /Hữu Nghị .* is released over the border/);
    assert.match(stdout, /huu-nghi +1 +1\n/);
    assert.match(stdout, /huu-nghi-quan +1 +1\n/);
  });

  it('stops everything cleanly on Ctrl-C: every daemon ends by itself, none is left', async () => {
    const running = await demo([]);
    await until('both gates are ready', () => running.output().includes('Both gates are ready'));
    const children = (await readFile(`/proc/${running.child.pid}/task/${running.child.pid}/children`, 'utf8'))
      .trim()
      .split(' ');
    assert.equal(children.length, 8, 'four daemons a gate');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const pid of children) assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' });
  });
});
