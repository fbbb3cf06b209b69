import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';
import { firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { clearance, customs, useDoorBench } from '../../support/door-bench.ts';

describe('a door of the control daemon', () => {
  const bench = useDoorBench();

  describe('towards its readers', () => {
    it('shows state and live', async () => {
      await bench.openExchangeDoor();
      await bench.client.submit(clearance, customs(1));
      assert.deepEqual(await bench.client.state(), { sources: { customs: 1 } });
      assert.deepEqual(await bench.client.live(), { vehicles: {}, bays: {} });
    });

    it('reads a window of the journal', async () => {
      await bench.openExchangeDoor();
      for (let n = 0; n < 5; n += 1) await bench.host.report();
      assert.deepEqual(await bench.client.read(1, 3), await bench.host.read(1, 3));
      assert.deepEqual(await bench.client.read(5, 3), []);
      assert.equal(bench.host.followers, 0);
    });

    it('shows people no salts, from which what is kept back could be guessed; exchange reads each entry whole', async () => {
      const salt = 'c0ffee';
      const written = [
        { kind: 'input', type: 'boot', body: `{"saltSeed":"${salt}"}` },
        { kind: 'decision', type: 'handover', body: `{"withheld":[{"salt":"${salt}","value":1}]}` },
      ] as const;
      const behind = {
        ...bench.host,
        read: async (after: number) =>
          written.map((one, index) => ({ ...one, seq: index + 1, at: 0, hash: '' })).slice(after),
      };
      const people = await bench.openConsoleDoor(behind);
      const shown = await bench.client.read(0, 9);
      assert.deepEqual(
        shown.map(({ body }) => body),
        ['{"saltSeed":""}', '{"withheld":[{"salt":"","value":1}]}'],
      );
      await people.stop();
      await bench.openExchangeDoor(behind);
      assert.deepEqual(await bench.client.read(0, 9), await behind.read(0));
    });

    it('follows the journal: what is there, then each new entry', async () => {
      await bench.openExchangeDoor();
      for (let n = 0; n < 300; n += 1) await bench.host.report();
      const got: number[] = [];
      const done = lastValueFrom(
        bench.client.follow(0).pipe(
          take(302),
          map((entry) => got.push(entry.seq)),
        ),
      );
      while (got.length < 300) await new Promise((resolve) => setImmediate(resolve));
      await bench.host.report();
      await bench.host.report();
      await done;
      assert.deepEqual(
        got,
        Array.from({ length: 302 }, (_, index) => index + 1),
      );
      while (bench.host.followers > 0) await new Promise((resolve) => setImmediate(resolve));
    });

    it('follows without the inputs that nobody asked for', async () => {
      await bench.openExchangeDoor();
      for (let n = 0; n < 300; n += 1) await bench.host.report();
      await bench.host.decide('verdict', { verdict: 'pass' });
      assert.deepEqual(
        (await bench.client.read(0, 1_000, ['boot'])).map(({ seq }) => seq),
        [301],
      );
      const got = lastValueFrom(
        bench.client.follow(0, ['boot']).pipe(
          map(({ kind, type, seq }) => `${kind} ${type} ${seq}`),
          take(2),
          toArray(),
        ),
      );
      while (bench.host.followers === 0) await new Promise((resolve) => setImmediate(resolve));
      await bench.host.decide('release', {});
      assert.deepEqual(await got, ['decision verdict 301', 'decision release 302']);
      await assert.rejects(bench.client.read(0, 1, ['NOT-A-TYPE']), { code: 'QUERY_MALFORMED' });
    });

    it('follows on after the control daemon was away, without gap or repeat', async () => {
      const first = await bench.openExchangeDoor();
      await bench.host.report();
      const got = lastValueFrom(
        bench.client.follow(0).pipe(
          map((entry) => entry.seq),
          take(3),
          toArray(),
        ),
      );
      while (bench.host.followers === 0) await new Promise((resolve) => setImmediate(resolve));
      await first.stop();
      await bench.host.report();
      await bench.openExchangeDoor();
      await bench.host.report();
      assert.deepEqual(await got, [1, 2, 3]);
    });

    it('waits for a daemon that is not there yet', async () => {
      const got = firstValueFrom(bench.client.follow(0));
      await bench.openExchangeDoor();
      await bench.host.report();
      assert.equal((await got).seq, 1);
    });

    it('ends a stream whose question it refuses', async () => {
      await bench.openExchangeDoor();
      await assert.rejects(firstValueFrom(bench.client.follow(-1)), { code: 'QUERY_MALFORMED' });
      for (const query of ['after=x', 'limit=0', 'follow=maybe', 'before=3']) {
        assert.equal((await bench.raw('GET', `/journal?${query}`)).status, 400, query);
      }
    });

    it('never reads ahead of a reader that does not read', async () => {
      for (let n = 0; n < 40; n += 1) await bench.host.report(100_000);
      let furthest = 0;
      await bench.openExchangeDoor({
        ...bench.host,
        read: async (after) => {
          const entries = await bench.host.read(after, 1);
          furthest = Math.max(furthest, entries[0]?.seq ?? 0);
          return entries;
        },
      });
      const connection = createConnection(bench.socketPath);
      connection.pause();
      connection.write('GET /journal HTTP/1.1\r\nhost: door\r\n\r\n');
      let before = -1;
      while (before !== furthest || furthest === 0) {
        before = furthest;
        await bench.client.live();
      }
      assert.ok(furthest < 20, `read up to ${furthest} of 40 for a reader that took nothing`);
      let received = 0;
      connection.on('data', (chunk) => {
        received += chunk.length;
      });
      connection.resume();
      while (received < 4_000_000) await once(connection, 'data');
      assert.equal(furthest, 40);
      connection.destroy();
    });

    it('answers 404 and 405 with what would be right', async () => {
      await bench.openExchangeDoor();
      assert.equal((await bench.raw('GET', '/')).status, 404);
      assert.equal((await bench.raw('POST', '/state')).status, 405);
      assert.match((await bench.raw('GET', '/inputs')).text, /POST/);
    });

    it('does not tell what broke inside', async () => {
      await bench.openExchangeDoor({
        ...bench.host,
        state: () => {
          throw new TypeError('secret');
        },
      });
      const { status, text } = await bench.raw('GET', '/state');
      assert.equal(status, 500);
      assert.ok(!text.includes('secret'));
    });
  });

  describe('and its socket file', () => {
    it('lets only owner and group connect', async () => {
      await bench.openExchangeDoor();
      assert.equal((await stat(bench.socketPath)).mode & 0o777, 0o660);
    });

    it('is gone after stop', async () => {
      const door = await bench.openExchangeDoor();
      await door.stop();
      await assert.rejects(stat(bench.socketPath), { code: 'ENOENT' });
      await door.stop();
      await assert.rejects(bench.client.state(), { code: 'DOOR_UNREACHABLE' });
    });

    it('of a dead process is taken over', async () => {
      await mkdir(dirname(bench.socketPath));
      const listen = `require('net').createServer().listen(${JSON.stringify(bench.socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`;
      await once(spawn(process.execPath, ['-e', listen]), 'close');
      assert.ok((await stat(bench.socketPath)).isSocket());
      await bench.openExchangeDoor();
      assert.deepEqual(await bench.client.live(), { vehicles: {}, bays: {} });
    });

    it('of a living process is left alone', async () => {
      await bench.openExchangeDoor();
      await assert.rejects(bench.openExchangeDoor(), { code: 'SOCKET_IN_USE' });
      assert.deepEqual(await bench.client.live(), { vehicles: {}, bays: {} });
    });

    it('never replaces a file that is no socket', async () => {
      await mkdir(dirname(bench.socketPath));
      await writeFile(bench.socketPath, 'notes');
      await assert.rejects(bench.openExchangeDoor(), { code: 'SOCKET_PATH_TAKEN' });
      assert.equal((await stat(bench.socketPath)).size, 5);
    });

    it('must have a path that fits', async () => {
      bench.socketPath += 'x'.repeat(100);
      await assert.rejects(bench.openExchangeDoor(), { code: 'SOCKET_PATH_TOO_LONG' });
    });
  });
});
