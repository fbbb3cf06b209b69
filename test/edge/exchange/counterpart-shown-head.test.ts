import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { signHead } from '../../../protocols/handover/head.ts';
import { eventually, removeFolders } from '../../support/exchange-world.ts';
import { makeKey } from '../../support/log-keys.ts';
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

const HEAD = { gate: 'huu-nghi', version: 2, size: 3, rootHash: '0f'.repeat(32), at: 1_772_000_000_000 };

describe('a head that the other gate shows as one of our log, and that we cannot have signed', () => {
  let both: TwoExchanges;
  let ours: Side;
  let theirs: Side;
  let server: https.Server;
  /** What the other gate shows; as it is while undefined. */
  let shown: string | undefined;

  const faultsOf = (side: Side) => side.control.of('counterpart-fault');
  /** Stands before the other gate with its certificate, and changes what it shows of our log. */
  const startLiar = async (): Promise<number> => {
    const ca = await readFile(join(ours.folder, 'keys/ca.cert.pem'));
    const ofTheirs = await readFile(join(theirs.folder, 'keys/ca.cert.pem'));
    const [asked, own] = [await credentials(ours.folder), await credentials(theirs.folder)];
    server = https.createServer({ ...own, ca, requestCert: true }, async (request, response) => {
      const to = theirs.exchange?.port;
      const options = { ca: ofTheirs, servername: 'huu-nghi-quan', path: request.url, ...asked };
      const { status, body } = await get(to, options);
      const page = JSON.parse(body) as { witness?: string | null };
      const lied = shown === undefined || page.witness === undefined ? page : { ...page, witness: shown };
      response.writeHead(status).end(JSON.stringify(lied));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };

  beforeEach(async () => {
    shown = undefined;
    both = await twoExchanges();
    ({ ours, theirs } = both);
    decide(ours, 3);
    decide(theirs, 2);
    await Promise.all([both.start(ours), both.start(theirs)]);
    theirs.wire.to = await startLiar();
    theirs.wire.cut();
    await eventually('both read', () => received(ours).length === 2 && received(theirs).length === 3);
  });
  afterEach(async () => {
    await both.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  after(removeFolders);

  const ourKid = async (): Promise<string> => {
    const { head } = theirs.control.of('counterpart-head').at(-1) ?? { head: '' };
    return JSON.parse(Buffer.from(head.split('.')[0] ?? '', 'base64url').toString()).kid;
  };

  it('under the name of our key is a lie of theirs: alarm, no link, evidence; and found again if it is still there', async () => {
    const { signer } = makeKey('EdDSA');
    const lie = signHead(HEAD, { ...signer, kid: await ourKid() });
    shown = lie;
    decide(theirs, 1);
    await eventually('it is told', () => faultsOf(ours).length === 1);
    const [fault] = faultsOf(ours);
    assert.deepEqual([fault?.log, fault?.kind, fault?.evidence?.heads], ['theirs', 'bad-signature', [lie]]);
    assert.match(fault?.reason ?? '', /we never signed: the signature does not match/);
    const file = await readFile(join(ours.folder, 'evidence', fault?.evidence?.file ?? ''), 'utf8');
    assert.equal(createHash('sha256').update(file).digest('hex'), fault?.evidence?.sha256);
    assert.equal(JSON.parse(JSON.parse(file).answer).witness, lie, 'the answer is kept whole');
    await eventually('there is no link', () => linkOf(ours) === false);
    assert.equal(received(ours).length, 2, 'nothing of that answer is believed');

    ours.control.clearFault('theirs');
    await eventually('it is found once more', () => faultsOf(ours).length === 2);
    shown = undefined;
    ours.control.clearFault('theirs');
    await eventually('the truth is read on', () => received(ours).length === 3 && linkOf(ours) === true);
    assert.equal(faultsOf(ours).length, 2);
  });

  it('under a key that we do not know accuses nobody: our own keys are looked at, and until then nothing is published', async () => {
    const unknown = makeKey('EdDSA');
    shown = signHead(HEAD, unknown.signer);
    decide(theirs, 1);
    await eventually('it is told', () => faultsOf(ours).length === 1);
    const [fault] = faultsOf(ours);
    assert.deepEqual([fault?.log, fault?.kind], ['ours', 'bad-signature']);
    assert.equal(fault?.evidence?.heads.at(-1), shown);
    assert.match(fault?.reason ?? '', new RegExp(`${unknown.key.kid}.*gate keys trust --own`));
    await eventually('there is no link', () => linkOf(ours) === false && linkOf(theirs) === false);
    assert.deepEqual(faultsOf(theirs), []);

    shown = undefined;
    ours.control.clearFault('ours');
    await eventually('it is published again', () => linkOf(ours) === true && linkOf(theirs) === true);
  });
});
