import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the backup of a data folder', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gate-backup-'));
    mkdirSync(join(folder, 'data/journal'), { recursive: true });
    writeFileSync(join(folder, 'data/picture.jpg'), 'x');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const backup = () =>
    run(process.execPath, [join(root, 'deploy/backup.mjs'), join(folder, 'data'), join(folder, 'copy')]);

  it('holds what was committed, taken while the database is being written', async () => {
    const database = new DatabaseSync(join(folder, 'data/journal/journal-0000000000000001.db'));
    database.exec(
      'PRAGMA journal_mode = WAL; CREATE TABLE entry (seq INTEGER PRIMARY KEY); INSERT INTO entry VALUES (1), (2)',
    );
    database.exec('BEGIN; INSERT INTO entry VALUES (3)');
    const { stdout } = await backup();
    database.exec('COMMIT');
    database.close();
    assert.match(stdout, /^2 files copied/);
    const copy = new DatabaseSync(join(folder, 'copy/journal/journal-0000000000000001.db'));
    assert.deepEqual(
      copy
        .prepare('SELECT seq FROM entry')
        .all()
        .map((row) => row.seq),
      [1, 2],
    );
    copy.close();
    assert.equal(readFileSync(join(folder, 'copy/picture.jpg'), 'utf8'), 'x');
  });

  it('has its name only when it is whole', async () => {
    writeFileSync(join(folder, 'data/journal/broken.db'), 'this is no database, it only has the name of one');
    await assert.rejects(backup(), /BACKUP_FAILED/);
    assert.equal(existsSync(join(folder, 'copy')), false);
  });
});

describe('the container files', () => {
  const compose = parse(read('deploy/compose.yaml'), { merge: true }) as {
    services: Record<
      string,
      { command?: string[]; networks: string[]; cap_drop: string[]; volumes: string[] }
    >;
    networks: Record<string, unknown>;
    volumes: Record<string, unknown>;
  };

  it('keep the zones apart: no daemon is in two networks', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      assert.equal(service.networks.length, 1, name);
      assert.ok((service.networks[0] ?? '') in compose.networks, name);
      assert.deepEqual(service.cap_drop, ['ALL'], name);
    }
    assert.notDeepEqual(compose.services.control?.networks, compose.services.exchange?.networks);
  });

  it('mount only volumes that are declared', () => {
    const named = Object.values(compose.services)
      .flatMap((service) => service.volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((source) => !source.startsWith('.'));
    for (const source of named) assert.ok(source in compose.volumes, source);
  });

  it('copy only what is in the repository', () => {
    const sources = [...read('deploy/Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    assert.ok(sources.length >= 7);
    for (const source of sources) assert.ok(existsSync(join(root, source)), source);
  });
});

describe('bin/gate.mjs', () => {
  const gate = join(root, 'bin/gate.mjs');
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  it('can be executed, and runs the command line from any folder', async () => {
    assert.notEqual(statSync(gate).mode & 0o100, 0);
    const { stdout } = await run(process.execPath, [gate, 'config', 'schema'], {
      cwd: tmpdir(),
      maxBuffer: 1e7,
    });
    assert.match(stdout, /Configuration of one gate/);
  });

  it('ends with the exit code of the command', async () => {
    await assert.rejects(
      run(process.execPath, [gate, 'config', 'check', '/nowhere.yaml'], { cwd: tmpdir() }),
      { code: 1 },
    );
  });

  it('hands a signal on, and ends when the daemon has ended cleanly', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gate-bin-'));
    const config = join(folder, 'gate.yaml');
    const port = await freePort();
    writeFileSync(
      config,
      read('config/huu-nghi.yaml').replace(/^broker: .*$/m, `broker: { kind: embedded, port: ${port} }`),
    );
    const daemon = spawn(process.execPath, [gate, 'broker', '--config', config, '--data', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = daemon;
    await once(daemon.stdout, 'data');
    daemon.kill('SIGTERM');
    assert.deepEqual(await once(daemon, 'exit'), [0, null]);
    rmSync(folder, { recursive: true, force: true });
  });
});

/** A port nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
