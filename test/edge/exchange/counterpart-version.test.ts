import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { join } from 'node:path';
import { eventually, removeFolders } from '../../support/exchange-world.ts';
import {
  decide,
  type GateName,
  makeKeys,
  type TwoExchanges,
  twoExchanges,
} from '../../support/two-exchanges.ts';

describe('exchange and a gate one version of the protocol apart', () => {
  let keys: Record<GateName, string>;
  let both: TwoExchanges;
  before(async () => {
    keys = await makeKeys();
  });
  beforeEach(async () => {
    both = await twoExchanges(keys);
  });
  afterEach(() => both.close());
  after(removeFolders);

  const toldOf = () => both.ours.control.of('counterpart-link').at(-1);
  /** Asks as the other gate does; `reads` as releases from version 2 on say it. */
  const ask = async (reads?: number): Promise<{ status: number; lines: number }> => {
    const pem = (file: string): Promise<string> => readFile(join(both.theirs.folder, 'keys', file), 'utf8');
    const [key, cert, ca] = await Promise.all([
      pem('exchange.key.pem'),
      pem('exchange.cert.pem'),
      pem('counterpart.ca.pem'),
    ]);
    return new Promise((resolve, reject) => {
      const path = `/log?after=0${reads === undefined ? '' : `&reads=${reads}`}`;
      https
        .get(
          { host: '127.0.0.1', port: both.ours.exchange?.port, path, key, cert, ca, servername: 'huu-nghi' },
          (answer) => {
            let body = '';
            answer.on('data', (part) => {
              body += part;
            });
            answer.on('end', () =>
              resolve({ status: answer.statusCode ?? 0, lines: JSON.parse(body).lines?.length ?? 0 }),
            );
          },
        )
        .on('error', reject);
    });
  };

  it('has no link, and so writes nothing, before the other side has said what it reads', async () => {
    await both.start(both.theirs);
    both.ours.wire.to = undefined;
    decide(both.ours, 1);
    await both.start(both.ours);
    both.ours.wire.to = undefined;
    await eventually('the other log is read', () => both.ours.control.of('counterpart-head').length > 0);
    assert.ok(!both.ours.control.of('counterpart-link').some(({ up }) => up));
    both.ours.wire.to = both.ours.exchange?.port;
    await eventually('the link is up', () => toldOf()?.up === true);
    assert.equal(toldOf()?.reads, 2);
  });

  it('tells control when the other side reads an older version only, and when it has been updated', async () => {
    decide(both.ours, 3);
    await Promise.all([both.start(both.ours), both.start(both.theirs)]);
    await eventually('the link is up', () => toldOf()?.up === true && toldOf()?.reads === 2);
    await both.stop(both.theirs);
    assert.deepEqual(await ask(), { status: 200, lines: 3 });
    await eventually('it reads version 1', () => toldOf()?.reads === 1);
    await ask(3);
    await eventually('what both know of a later version is ours', () => toldOf()?.reads === 2);
  });

  it('remembers over a restart what the other side reads', async () => {
    await Promise.all([both.start(both.ours), both.start(both.theirs)]);
    await eventually('the link is up', () => toldOf()?.up === true);
    await both.stop(both.theirs);
    await ask();
    await eventually('it reads version 1', () => toldOf()?.reads === 1);
    await both.stop(both.ours);
    await both.start(both.ours);
    await eventually('control is told again', () => toldOf()?.reads === 1);
  });
});
