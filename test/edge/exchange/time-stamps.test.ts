import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateConfig } from '../../../config/schema.ts';
import { parseSubmission } from '../../../edge/control/inputs-schema.ts';
import type { TimeStampTaken, TimeStampTrouble } from '../../../edge/core/time-stamps.ts';
import { openDatabaseReadOnly } from '../../../edge/exchange/database.ts';
import { headIn } from '../../../protocols/handover/head.ts';
import { headPage, logPage, stampedHead } from '../../../protocols/handover/wire.ts';
import { eventually, removeFolders } from '../../support/exchange-world.ts';
import {
  type Behaviour,
  makeStamper,
  POLICY,
  type Stamper,
  type StampServer,
  serveStamps,
} from '../../support/time-stamp-authority.ts';
import {
  credentials,
  decide,
  get,
  linkOf,
  received,
  type Side,
  type TwoExchanges,
  twoExchanges,
} from '../../support/two-exchanges.ts';

type Config = NonNullable<GateConfig['counterpart']['timeStamps']>;
type Ours = NonNullable<Config['ours']>;

describe('time stamps on the two logs', () => {
  let pair: TwoExchanges;
  let ours: Side;
  let theirs: Side;
  let stamper: Stamper;
  let server: StampServer;

  beforeEach(async function () {
    pair = await twoExchanges();
    ({ ours, theirs } = pair);
    stamper = await makeStamper(this, ours.folder);
    server = await serveStamps(stamper);
    await stamps(ours);
    await reads(theirs);
  });
  afterEach(async () => {
    await Promise.all([pair.close(), server.close()]);
    // What control here takes from anybody must be what it takes at its real door.
    for (const { control } of [ours, theirs])
      for (const { input, from } of control.admitted)
        if (input.type.startsWith('time-stamp')) parseSubmission(JSON.stringify({ input, from }));
  });
  after(removeFolders);

  /** What a gate is configured with; the clock of these exchanges runs five times as fast. */
  const stamps = async (side: Side, more: Partial<Ours> = {}): Promise<void> => {
    side.counterpart.timeStamps = {
      authorities: await trusted(side, stamper.root),
      ours: { url: server.url, everyS: 0.5, timeoutMs: 10_000, alarmAfterS: 3_600, ...more },
    };
  };
  const reads = async (side: Side, theirs?: Config['theirs'], root = stamper.root): Promise<void> => {
    side.counterpart.timeStamps = { authorities: await trusted(side, root), ...(theirs && { theirs }) };
  };
  const trusted = async (side: Side, root: string): Promise<Config['authorities']> => {
    await writeFile(join(side.folder, 'keys/tsa.pem'), root);
    return [{ name: 'test authority', certificatesFile: 'keys/tsa.pem' }];
  };
  const start = () => Promise.all([pair.start(ours), pair.start(theirs)]);
  const taken = (side: Side, log: 'ours' | 'theirs'): TimeStampTaken[] =>
    side.control.of('time-stamp').filter((stamp) => stamp.log === log);
  const troubles = (side: Side): TimeStampTrouble[] =>
    side.control.of('time-stamp-watch').at(-1)?.troubles ?? [];
  const ask = async (path: string): Promise<unknown> => {
    const { status, body } = await get(ours.exchange?.port, {
      path,
      ...(await credentials(theirs.folder)),
      ca: await readFile(join(theirs.folder, 'keys/counterpart.ca.pem')),
      servername: 'huu-nghi',
    });
    assert.equal(status, 200, body);
    return JSON.parse(body);
  };
  const capabilities = async () => headIn(headPage.parse(await ask('/head')).head)?.capabilities;

  it('our newest head is stamped, and who stamped it when stands in both journals', async () => {
    const began = Date.now();
    await start();
    decide(ours, 3);
    await eventually('it is stamped', () => taken(ours, 'ours').some(({ size }) => size === 3));
    await eventually('the other side has it', () => taken(theirs, 'theirs').some(({ size }) => size === 3));
    const stamp = taken(ours, 'ours').find(({ size }) => size === 3) ?? assert.fail();
    assert.deepEqual(
      { ...stamp, log: 'theirs' },
      taken(theirs, 'theirs').find(({ size }) => size === 3),
    );
    const { genTimeMs, authority, policy, head } = stamp;
    assert.deepEqual({ authority, policy }, { authority: 'test authority', policy: POLICY });
    assert.ok(genTimeMs > began - 1_000);
    assert.equal(headIn(head)?.size, 3);
    assert.deepEqual(await capabilities(), ['time-stamps']);
    assert.deepEqual([troubles(ours), troubles(theirs)], [[], []]);
  });

  it('a head is not stamped twice, and no more often than is configured', async () => {
    await stamps(ours, { everyS: 3_600 });
    await start();
    decide(ours, 2);
    await eventually('the first is stamped', () => taken(ours, 'ours').length === 1);
    decide(ours, 50);
    await eventually('the others are read', () => received(theirs).length === 52);
    assert.equal(server.queries.length, 1);
    await pair.stop(ours);
    await pair.start(ours);
    await eventually('the link is up again', () => linkOf(theirs) === true);
    assert.equal(server.queries.length, 1, 'a start is no reason to ask again');
  });

  it('a stamp goes to whoever asks for one, never further than the lines of its page', async () => {
    await start();
    decide(ours, 3);
    await eventually('it is stamped', () => taken(ours, 'ours').some(({ size }) => size === 3));
    const page = async (query: string) => logPage.parse(await ask(`/log?reads=2&${query}`)).stamp;
    const { token } = taken(ours, 'ours').at(-1) ?? assert.fail();
    assert.equal(stampedHead.parse(await page('after=0&stamps=0')).token, token);
    assert.equal(stampedHead.parse(headPage.parse(await ask('/head')).stamp).token, token);
    assert.equal(await page('after=3&stamps=3'), undefined, 'it is known');
    assert.equal(await page('after=0'), undefined, 'a reader of before does not ask');
    const first = logPage.parse(await ask('/log?after=0'));
    assert.ok(!('stamp' in first), 'version 1');
  });

  it('a gate that trusts no authority reads on as ever', async () => {
    theirs.counterpart = {};
    await start();
    decide(ours, 3);
    await eventually('it is stamped', () => taken(ours, 'ours').some(({ size }) => size === 3));
    await eventually('the lines are read', () => received(theirs).length === 3);
    assert.deepEqual(theirs.control.of('time-stamp'), []);
    assert.deepEqual(theirs.control.of('time-stamp-watch'), []);
  });

  it('control that was away, or has lost its memory, is told the newest', async () => {
    await start();
    theirs.control.down = true;
    decide(ours, 3);
    await eventually('it is stamped', () => taken(ours, 'ours').some(({ size }) => size === 3));
    theirs.control.down = false;
    await eventually('it is told', () => taken(theirs, 'theirs').some(({ size }) => size === 3));
    await pair.stop(theirs);
    theirs.control.rollBack(0);
    await pair.start(theirs);
    await eventually('it is told again', () => taken(theirs, 'theirs').some(({ size }) => size === 3));
  });

  describe('an authority that does not stamp', () => {
    const answers =
      (status: number, body: string | Buffer): Behaviour =>
      (_query, response) => {
        response.writeHead(status, { 'content-type': 'application/timestamp-reply' }).end(body);
      };
    const goesOn = async () => {
      await eventually('lines are read', () => received(theirs).length === 3);
      assert.equal(linkOf(theirs), true);
    };

    for (const [what, behave, reason] of [
      ['is out of order', answers(500, 'no clock'), /answered 500: no clock/],
      ['sends garbage', answers(200, '<html>Log in</html>'), /no answer to a time-stamp query/],
      ['sends far too much', answers(200, Buffer.alloc(200_000, 0x30)), /larger than 48000 bytes/],
      [
        'does not come to an end',
        (_query, response) => void response.writeHead(200).write('0'),
        /did not answer within 500 ms/,
      ],
      ['hangs up', (_query, response) => void response.destroy(), /cannot be reached: /],
      [
        'refuses',
        async (_query, response) => {
          // A response without a token, status rejection.
          response.writeHead(200).end(Buffer.from('30053003020102', 'hex'));
        },
        /the authority refuses \(rejection\)/,
      ],
    ] as [string, Behaviour, RegExp][])
      it(`and ${what} is a warning once it has lasted, and traffic goes on`, async () => {
        await stamps(ours, { timeoutMs: 500, alarmAfterS: 0.1 });
        server.behave = behave;
        await start();
        decide(ours, 3);
        await goesOn();
        const missing = () => troubles(ours).find(({ kind }) => kind === 'missing');
        await eventually('people are called', () => missing() !== undefined);
        assert.match(missing()?.reason ?? '', reason);
        assert.match(missing()?.reason ?? '', /^no stamp on our log since line 0: /);
        server.behave = undefined;
        await eventually(
          'the first stamp ends it',
          () => taken(ours, 'ours').length > 0 && troubles(ours).length === 0,
        );
      });

    it('is no warning before it has lasted as long as configured', async () => {
      server.behave = answers(500, '');
      await start();
      decide(ours, 3);
      await goesOn();
      await eventually('it is asked again', () => server.queries.length > 1);
      assert.deepEqual(troubles(ours), []);
    });
  });

  it('a stamp that is not over our head is not taken: its bytes are kept, and people are called', async () => {
    let first: Buffer | undefined;
    server.behave = async (query, response) => {
      first ??= query;
      response.writeHead(200).end(await stamper.reply(first));
    };
    await start();
    decide(ours, 1);
    await eventually('the first is right', () => taken(ours, 'ours').length === 1);
    decide(ours, 2);
    await eventually('the next is not', () => troubles(ours).length > 0);
    const { kind, log, reason, evidence } = troubles(ours)[0] ?? assert.fail();
    assert.deepEqual({ kind, log, reason }, { kind: 'bad', log: 'ours', reason: 'it stamps another text' });
    const text = await readFile(join(ours.folder, 'evidence', evidence?.file ?? ''));
    assert.equal(createHash('sha256').update(text).digest('hex'), evidence?.sha256);
    assert.ok(Buffer.from((JSON.parse(text.toString()) as { bytes: string }).bytes, 'base64').length > 500);
    assert.deepEqual(
      taken(ours, 'ours').map(({ size }) => size),
      [1],
    );
    server.behave = undefined;
    await eventually(
      'a right one ends it',
      () => taken(ours, 'ours').length === 2 && troubles(ours).length === 0,
    );
  });

  it('a stamp of an authority that the other side does not trust is its warning, and its reading goes on', async function () {
    const other = await makeStamper(this, theirs.folder);
    await reads(theirs, undefined, other.root);
    await start();
    decide(ours, 3);
    await eventually('people are called', () => troubles(theirs).length > 0);
    const { kind, log, reason } = troubles(theirs)[0] ?? assert.fail();
    assert.deepEqual({ kind, log }, { kind: 'bad', log: 'theirs' });
    assert.match(reason, /^no authority that is trusted here stands behind CN=Stamper/);
    decide(ours, 2);
    await eventually('lines are read', () => received(theirs).length === 5);
    assert.equal(linkOf(theirs), true);
    assert.deepEqual(theirs.control.of('counterpart-fault'), []);
    assert.deepEqual(taken(theirs, 'theirs'), []);
    const files = (await readdir(join(theirs.folder, 'evidence'))).filter((name) =>
      name.startsWith('time-stamp-theirs-'),
    );
    assert.ok(files.length > 0);
  });

  it('where stamps are required, lines that stay without one call people until one comes', async () => {
    await reads(theirs, { requiredWithinS: 0.2 });
    ours.counterpart = {};
    await start();
    decide(ours, 2);
    await eventually('people are called', () => troubles(theirs).length > 0);
    assert.deepEqual(troubles(theirs), [
      {
        log: 'theirs',
        kind: 'missing',
        reason:
          'the log of huu-nghi has had no new time stamp since line 0; its heads do not say that it is stamped at all',
      },
    ]);
    assert.equal(linkOf(theirs), true, 'line clear goes on');
    await pair.stop(ours);
    await stamps(ours);
    await pair.start(ours);
    await eventually(
      'a stamp ends it',
      () => taken(theirs, 'theirs').length > 0 && troubles(theirs).length === 0,
    );
  });

  it('what was stamped lies in exchange.db beside the heads', async () => {
    await start();
    decide(ours, 3);
    await eventually('the other side has it', () => taken(theirs, 'theirs').some(({ size }) => size === 3));
    const rows = async (side: Side, log: string) => {
      const database = await openDatabaseReadOnly(join(side.folder, 'exchange.db'));
      const all = await database.all<{ size: number; head: string; token: string }>(
        'SELECT size, head, token FROM time_stamp WHERE log = ? ORDER BY size DESC LIMIT 1',
        log,
      );
      await database.close();
      return all;
    };
    assert.deepEqual(await rows(ours, 'ours'), await rows(theirs, 'theirs'));
  });

  it('a certificate that cannot be read is told at the start, with its file', async () => {
    await writeFile(join(ours.folder, 'keys/tsa.pem'), 'hello');
    await assert.rejects(pair.start(ours), {
      code: 'KEY_WRONG_KIND',
      message: /tsa\.pem: .* 0 certificates/,
    });
  });
});
