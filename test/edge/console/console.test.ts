import assert from 'node:assert/strict';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { type Console, startConsole } from '../../../edge/console/console.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { EventReader } from './event-reader.ts';
import { type FakeGate, fakeGate, heldState, quietState, testConfig, webFile } from './fake-gate.ts';

const config = testConfig();
const JWS = 'eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl';

describe('the console', () => {
  let gate: FakeGate;
  let people: Console;
  let base: string;
  const readers: EventReader[] = [];

  beforeEach(async () => {
    gate = fakeGate(heldState(config));
    gate.append({ type: 'boot' }, { type: 'device-status' }, { type: 'lane-io' });
    people = await startConsole({ config, door: gate, clock: systemClock, log: silentLog });
    base = `http://127.0.0.1:${people.port}`;
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await people.stop();
  });

  const events = (headers: Record<string, string> = {}): EventReader => {
    const reader = new EventReader(`${base}/api/events`, headers);
    readers.push(reader);
    return reader;
  };
  const act = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${base}/api/acts`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const codeOf = async (response: Response): Promise<string> =>
    ((await response.json()) as { error: { code: string } }).error.code;

  it('gives the overview as JSON', async () => {
    await events().until('overview');
    const response = await fetch(`${base}/api/overview`);
    const body = (await response.json()) as {
      connected: boolean;
      overview: { crossings: { verdict: string }[] };
    };
    assert.equal(response.status, 200);
    assert.equal(body.connected, true);
    assert.equal(body.overview.crossings[0]?.verdict, 'hold');
  });

  it('gives journal entries whole and in pages', async () => {
    const page = async (query: string) =>
      ((await (await fetch(`${base}/api/journal${query}`)).json()) as { entries: unknown[] }).entries;
    assert.deepEqual(await page(''), gate.journal);
    assert.deepEqual(await page('?after=1&limit=1'), gate.journal.slice(1, 2));
    assert.deepEqual(await page('?after=3'), []);
  });

  it('refuses journal pages it cannot understand', async () => {
    for (const query of ['?after=-1', '?after=x', '?limit=1e9', '?after=99999999999999999999']) {
      const response = await fetch(`${base}/api/journal${query}`);
      assert.equal(response.status, 400, query);
    }
  });

  it('tells a browser the state, the last lines, and each new line as it happens', async () => {
    const reader = events();
    await reader.until('overview');
    await reader.until('journal', (line) => line.seq === 3);
    gate.append({ type: 'plate', body: { plate: '12C-123.45' } });
    const line = await reader.until('journal', (candidate) => candidate.seq === 4);
    assert.equal(line.type, 'plate');
    assert.deepEqual(
      reader.seen('journal').map((one) => one.seq),
      [1, 2, 3, 4],
    );
  });

  it('tells a change of the state once', async () => {
    const reader = events();
    await reader.until('overview', (value) => (value.crossings as unknown[]).length === 1);
    gate.become(quietState(config));
    await reader.until('overview', (value) => (value.crossings as unknown[]).length === 0);
    gate.append({ type: 'tick' });
    await reader.until('journal', (line) => line.type === 'tick');
    assert.equal(reader.seen('overview').length, 2);
  });

  it('sends a burst of changes as a few overviews', async () => {
    const reader = events();
    await reader.until('overview');
    for (let index = 0; index < 500; index += 1) gate.become({ ...quietState(config), now: index });
    await reader.until('overview', (value) => value.now === 499);
    assert.ok(reader.seen('overview').length <= 5, `${reader.seen('overview').length}`);
  });

  it('sends a browser that comes back what it missed, without repeats', async () => {
    const reader = events({ 'last-event-id': '2' });
    gate.append({ type: 'plate' });
    await reader.until('journal', (line) => line.seq === 4);
    assert.deepEqual(
      reader.seen('journal').map((line) => line.seq),
      [3, 4],
    );
  });

  it('reads older lines from the journal for a browser that was away for long', async () => {
    gate.append(...Array.from({ length: 600 }, () => ({ type: 'tick' })));
    const reader = events({ 'last-event-id': '3' });
    await reader.until('journal', (line) => line.seq === 603);
    assert.deepEqual(
      reader.seen('journal').map((line) => line.seq),
      Array.from({ length: 600 }, (_, index) => index + 4),
    );
  });

  it('names the lines it leaves out for a browser that was away for very long', async () => {
    gate.append(...Array.from({ length: 3_000 }, () => ({ type: 'tick' })));
    const reader = events({ 'last-event-id': '1' });
    const gap = await reader.until('gap');
    await reader.until('journal', (line) => line.seq === 3_003);
    assert.deepEqual(gap, { from: 2, to: 2_003 });
    assert.equal(reader.seen('journal')[0]?.seq, 2_004);
  });

  it('starts at the end of a long journal', async () => {
    const long = fakeGate(quietState(config));
    long.append(...Array.from({ length: 1_234 }, () => ({ type: 'tick' })));
    const other = await startConsole({ config, door: long, clock: systemClock, log: silentLog });
    const reader = new EventReader(`http://127.0.0.1:${other.port}/api/events`);
    await reader.until('journal', (line) => line.seq === 1_234);
    assert.equal(reader.seen('journal')[0]?.seq, 1_035);
    reader.close();
    await other.stop();
  });

  it('says when the gate is lost, keeps the last overview, and says when it is back', async () => {
    const reader = events();
    await reader.until('gate', (value) => value.connected === true);
    gate.shut();
    await reader.until('gate', (value) => value.connected === false);
    const response = await fetch(`${base}/api/overview`);
    assert.equal(response.status, 503);
    assert.notEqual(((await response.json()) as { overview: unknown }).overview, null);
    gate.open();
    await reader.until('gate', (value) => value.connected === true);
    gate.append({ type: 'plate' });
    await reader.until('journal', (line) => line.type === 'plate');
  });

  it('does not show a state whose shape it does not know', async () => {
    gate.become({ shape: 99 });
    const reader = events();
    await reader.until('gate', (value) => value.connected === false);
  });

  it('cuts off a browser that does not read, and keeps serving the others', async () => {
    const good = events();
    await good.until('overview');
    const socket = connect(people.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.write('GET /api/events HTTP/1.1\r\nHost: console\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    let isClosed = false;
    socket.once('close', () => {
      isClosed = true;
    });
    const noise = Array.from({ length: 500 }, () => ({
      type: 'noise',
      body: { padding: 'x'.repeat(400) },
    }));
    for (let batch = 1; !isClosed; batch += 1) {
      gate.append(...noise, { type: `batch-${batch}` });
      // No faster than one that reads can follow.
      await good.until('journal', (line) => line.type === `batch-${batch}`);
      if (batch === 60) socket.resume();
    }
    gate.append({ type: 'after' });
    await good.until('journal', (line) => line.type === 'after');
  });

  it('hands a signed act to the gate as it is', async () => {
    const response = await act(JSON.stringify({ jws: JWS }));
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { seq: 4 });
    assert.deepEqual(gate.acts, [JWS]);
  });

  it('passes on the gate’s refusal of an act with its remedy', async () => {
    gate.refuseActs(new GateError('DOOR_FULL', 'the door is full', 'try again'));
    const response = await act(JSON.stringify({ jws: JWS }));
    assert.equal(response.status, 429);
    assert.deepEqual(await response.json(), {
      error: { code: 'DOOR_FULL', message: 'the door is full', remedy: 'try again' },
    });
  });

  it('does not take acts that are no acts', async () => {
    for (const body of ['', 'null', '[]', '{}', '{"jws":1}', '{"jws":"a.b"}', '{"jws":"a.b.c d"}', '{"jws":'])
      assert.equal((await act(body)).status, 400, body);
    assert.equal((await act(JSON.stringify({ jws: `${'a'.repeat(20_000)}.b.c` }))).status, 413);
    assert.equal((await act(JSON.stringify({ jws: JWS }), { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await fetch(`${base}/api/acts`)).status, 405);
    assert.deepEqual(gate.acts, []);
  });

  it('does not take acts from a page of another origin', async () => {
    const response = await act(JSON.stringify({ jws: JWS }), { origin: 'https://elsewhere.example' });
    assert.equal(response.status, 403);
    assert.equal(await codeOf(response), 'FORBIDDEN');
    assert.equal((await act(JSON.stringify({ jws: JWS }), { origin: base })).status, 200);
  });

  it('serves its page with headers that let nothing foreign in', async () => {
    const response = await fetch(base);
    assert.equal(await response.text(), webFile('index.html'));
    assert.match(
      response.headers.get('content-security-policy') ?? '',
      /default-src 'none'; script-src 'self'/,
    );
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(
      (await fetch(`${base}/app.js`)).headers.get('content-type'),
      'text/javascript; charset=utf-8',
    );
    const etag = response.headers.get('etag') ?? '';
    assert.equal((await fetch(base, { headers: { 'if-none-match': etag } })).status, 304);
  });

  it('serves nothing but its page, whatever path is asked for', async () => {
    for (const path of [
      '/../console.ts',
      '/%2e%2e/console.ts',
      '/..%2f..%2fpackage.json',
      '/app.js/',
      '//etc/passwd',
      '/\0',
      '/api',
    ]) {
      const status = await new Promise<number>((resolve, reject) => {
        const request = httpRequest(
          { host: '127.0.0.1', port: people.port, path: path.replace('\0', '%00') },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        );
        request.on('error', reject).end();
      });
      assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    }
    assert.equal((await fetch(base, { method: 'DELETE' })).status, 405);
  });

  it('says which port is taken and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const taken = { ...config, console: { host: '127.0.0.1', port } };
    await assert.rejects(startConsole({ config: taken, door: gate, clock: systemClock, log: silentLog }), {
      code: 'PORT_IN_USE',
      message: `port ${port} on 127.0.0.1 is taken`,
    });
    await new Promise((resolve) => other.close(resolve));
  });
});
