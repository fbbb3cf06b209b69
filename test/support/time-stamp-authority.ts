/** A real time-stamp authority: OpenSSL's own (`openssl ts -reply`) behind a small HTTP server, with certificates made for it. */
import 'reflect-metadata';
import { execFile, execFileSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import type { TimeStampAuthority } from '../../protocols/time-stamp/authority.ts';
import { readAuthority } from '../../protocols/time-stamp/authority.ts';
import { timeStampRequest } from '../../protocols/time-stamp/request.ts';
import { readTimeStampResponse } from '../../protocols/time-stamp/response.ts';
import { requireTool } from './tools.ts';

export const POLICY = '1.3.6.1.4.1.99999.1';
export const OTHER_POLICY = '1.3.6.1.4.1.99999.2';

const DAY_MS = 86_400_000;
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2_048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const ALGORITHMS = { RSA, EC } as const;
const { KeyUsageFlags } = x509;

export interface StamperWords {
  /** Purposes of its certificate; time stamping, critical, where not told. */
  purposes?: { oids: string[]; critical: boolean } | null;
  notBefore?: Date;
  notAfter?: Date;
  /** Marks the certificate between root and signer as one of an authority. */
  intermediateIsCa?: boolean;
  keyUsage?: number;
  /** By which its signature names its certificate. */
  namedBy?: 'sha1' | 'sha256' | 'sha512';
}

export interface Stamper {
  folder: string;
  /** Certificate of its root, PEM: what is trusted. */
  root: string;
  signer: string;
  intermediate: string;
  authority(policy?: string): TimeStampAuthority;
  /** Answers a query as the authority does. */
  reply(query: Uint8Array, more?: readonly string[]): Promise<Buffer>;
  /** Signs any content as this authority, with OpenSSL's `cms`: a forgery it would never make itself. */
  sign(content: Uint8Array, options?: { type?: string; digest?: string; named?: boolean }): Buffer;
}

let made = 0;

/** @param test Skipped where OpenSSL is not installed. */
export async function makeStamper(
  test: Mocha.Context,
  parent: string,
  algorithm: keyof typeof ALGORITHMS = 'EC',
  words: StamperWords = {},
): Promise<Stamper> {
  const openssl = requireTool(test, 'openssl');
  made += 1;
  const folder = join(parent, `authority-${made}`);
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);

  x509.cryptoProvider.set(webcrypto);
  const signing = ALGORITHMS[algorithm];
  const generate = () => webcrypto.subtle.generateKey(signing, true, ['sign', 'verify']);
  const [rootKeys, intermediateKeys, keys] = [await generate(), await generate(), await generate()];
  const now = Date.now();
  const validity = { notBefore: new Date(now - 30 * DAY_MS), notAfter: new Date(now + 30 * DAY_MS) };
  const names = {
    root: `CN=Root ${made}`,
    intermediate: `CN=Intermediate ${made}`,
    signer: `CN=Stamper ${made}`,
  };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: names.root,
    ...validity,
    keys: rootKeys,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  });
  const isCa = words.intermediateIsCa ?? true;
  const intermediate = await x509.X509CertificateGenerator.create({
    subject: names.intermediate,
    issuer: names.root,
    ...validity,
    publicKey: intermediateKeys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: signing,
    extensions: [new x509.BasicConstraintsExtension(isCa, isCa ? 0 : undefined, true)],
  });
  const { purposes = { oids: [TIME_STAMPING], critical: true } } = words;
  const signer = await x509.X509CertificateGenerator.create({
    subject: names.signer,
    issuer: names.intermediate,
    notBefore: words.notBefore ?? validity.notBefore,
    notAfter: words.notAfter ?? validity.notAfter,
    publicKey: keys.publicKey,
    signingKey: intermediateKeys.privateKey,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(words.keyUsage ?? KeyUsageFlags.digitalSignature, true),
      ...(purposes ? [new x509.ExtendedKeyUsageExtension(purposes.oids, purposes.critical)] : []),
    ],
  });
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  );
  writeFileSync(file('signer.pem'), signer.toString('pem'));
  writeFileSync(file('signer.key'), key, { mode: 0o600 });
  writeFileSync(file('chain.pem'), intermediate.toString('pem'));
  writeFileSync(file('root.pem'), root.toString('pem'));
  writeFileSync(file('serial'), '01\n');
  writeFileSync(
    file('openssl.cnf'),
    `[tsa]\ndefault_tsa = stamper\n[stamper]\nserial = ${file('serial')}\ncrypto_device = builtin\n` +
      `default_policy = ${POLICY}\nother_policies = ${OTHER_POLICY}\ndigests = sha256\nsigner_digest = sha256\n` +
      `ess_cert_id_alg = ${words.namedBy ?? 'sha256'}\naccuracy = secs:1\nordering = no\n`,
  );

  let asked = 0;
  return {
    folder,
    root: root.toString('pem'),
    signer: signer.toString('pem'),
    intermediate: intermediate.toString('pem'),
    authority(policy) {
      const read = readAuthority({ name: 'test authority', certificates: root.toString('pem'), policy });
      if (!read.ok) throw new Error(read.reason);
      return read.authority;
    },
    reply(query, more = []) {
      asked += 1;
      const [asks, answers] = [file(`${asked}.tsq`), file(`${asked}.tsr`)];
      writeFileSync(asks, query);
      const of = ['-config', file('openssl.cnf'), '-section', 'stamper', '-queryfile', asks, '-out', answers];
      const by = ['-signer', file('signer.pem'), '-inkey', file('signer.key'), '-chain', file('chain.pem')];
      return new Promise((resolve, reject) => {
        execFile(openssl, ['ts', '-reply', ...of, ...by, ...more], (error) =>
          error ? reject(error) : resolve(readFileSync(answers)),
        );
      });
    },
    sign(content, { type = '1.2.840.113549.1.9.16.1.4', digest = 'sha256', named = true } = {}) {
      writeFileSync(file('content'), content);
      execFileSync(
        openssl,
        [
          ...[
            'cms',
            '-sign',
            '-binary',
            '-nodetach',
            '-outform',
            'DER',
            '-in',
            file('content'),
            '-md',
            digest,
          ],
          ...['-econtent_type', type, '-signer', file('signer.pem'), '-inkey', file('signer.key')],
          ...['-certfile', file('chain.pem'), '-out', file('content.cms'), ...(named ? ['-cades'] : [])],
        ],
        { stdio: 'pipe' },
      );
      return readFileSync(file('content.cms'));
    },
  };
}

/** A stamp on a text, base64. */
export async function stampOn(stamper: Stamper, text: string): Promise<string> {
  const nonce = Buffer.from('0123456789abcdef');
  const answer = readTimeStampResponse(await stamper.reply(timeStampRequest({ text, nonce })));
  if (answer.kind !== 'token') throw new Error(answer.reason);
  return Buffer.from(answer.token).toString('base64');
}

/** What the server does with a query; without one, as the authority answers. */
export type Behaviour = (query: Buffer, response: http.ServerResponse) => void | Promise<void>;

export interface StampServer {
  readonly url: string;
  /** Queries that have come. */
  readonly queries: Buffer[];
  behave: Behaviour | undefined;
  close(): Promise<void>;
}

export async function serveStamps(stamper: Stamper): Promise<StampServer> {
  const queries: Buffer[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const query = Buffer.concat(chunks);
    queries.push(query);
    if (request.headers['content-type'] !== 'application/timestamp-query') {
      response.writeHead(415).end();
      return;
    }
    if (stampServer.behave !== undefined) return stampServer.behave(query, response);
    const answer = await stamper.reply(query);
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stampServer: StampServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`,
    queries,
    behave: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return stampServer;
}
