import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sqlite3 from 'sqlite3';
import { stringify } from 'yaml';
import {
  ensureDevelopmentKeys,
  exchangeDevelopmentTrust,
} from '../../../../edge/exchange/development-keys.ts';
import { createListSigner, csvList, drop, line } from '../../../support/customs-lists.ts';
import { configOf, eventually, newFolder, removeFolders } from '../../../support/exchange-world.ts';
import { freePorts } from '../../../support/gates.ts';

const LINES = 60_000;

/** A number out of the database of a running process; undefined while it is not there yet. */
const count = (path: string, sql: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const raw = new sqlite3.Database(path, sqlite3.OPEN_READONLY, (opened) => {
      if (opened) return resolve(undefined);
      raw.get<{ n: number }>(sql, (error, row) => raw.close(() => resolve(error ? undefined : row?.n)));
    });
  });

describe('the drop folder of a process that is killed', () => {
  let child: ChildProcess | undefined;
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await removeFolders();
  });

  it('in the middle of a list has taken nothing of it, and takes it whole after the next start', async () => {
    const [dataDir, other] = [await newFolder(), await newFolder()];
    await ensureDevelopmentKeys(dataDir, { gate: 'huu-nghi' });
    await ensureDevelopmentKeys(other, { gate: 'huu-nghi-quan' });
    await exchangeDevelopmentTrust(dataDir, other);
    const signer = createListSigner();
    await writeFile(join(dataDir, 'keys/lists.pem'), signer.publicPem);
    const config = await configOf('huu-nghi');
    const [port] = await freePorts(1);
    // Nobody is there: neither customs nor control nor the other gate.
    Object.assign(config.customs, {
      url: 'http://127.0.0.1:9',
      dropFolder: 'lists',
      listKeyFile: 'keys/lists.pem',
    });
    Object.assign(config.counterpart, { url: 'https://127.0.0.1:9', listen: { host: '127.0.0.1', port } });
    const configFile = join(dataDir, 'gate.yaml');
    await writeFile(configFile, stringify(config));

    const gate = fileURLToPath(new URL('../../../../edge/cli.ts', import.meta.url));
    const run = (): ChildProcess =>
      spawn(process.execPath, [gate, 'exchange', '--config', configFile, '--data', dataDir], {
        stdio: ['pipe', 'ignore', 'ignore'],
      });
    const database = join(dataDir, 'exchange.db');
    const asOf = new Date(Date.now() - 60_000).toISOString();
    const lines = Array.from({ length: LINES }, (_, index) =>
      line(`BOXU${1_000_000 + index}`, 1, 'TQ', `${308_044_000_000 + index}`),
    );
    await drop(join(dataDir, 'lists'), 'a.csv', csvList(lines, { asOf }), signer);

    child = run();
    await eventually(
      'some lines are laid aside',
      async () => ((await count(database, 'SELECT COUNT(*) AS n FROM folder_line')) ?? 0) > 0,
      30_000,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(await count(database, 'SELECT COUNT(*) AS n FROM clearance'), 0);
    assert.equal(await count(database, 'SELECT COUNT(*) AS n FROM pending'), 0);
    assert.ok(((await count(database, 'SELECT COUNT(*) AS n FROM folder_line')) ?? LINES) < LINES);

    child = run();
    const taken = async (): Promise<boolean> =>
      (await readdir(join(dataDir, 'lists/taken')).catch((): string[] => [])).includes('a.csv');
    await eventually('the list is taken', taken, 30_000);
    assert.equal(await count(database, 'SELECT COUNT(*) AS n FROM clearance'), LINES);
    assert.equal(await count(database, 'SELECT COUNT(*) AS n FROM folder_line'), 0);
  }).timeout(90_000);
});
