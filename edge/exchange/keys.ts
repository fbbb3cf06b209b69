/**
 * Keys of the link to the other gate: what the daemon loads at its start. Where they lie: `key-store.ts`; those of a first run are
 * made in `development-keys.ts`.
 *
 * A certificate names the gate (DNS name = gate id), not its address, so addresses may change. Heads of the log are
 * signed with a key of their own: the key that lets a machine connect is not the key that binds the gate.
 */
import { createPrivateKey, X509Certificate as NodeCertificate } from 'node:crypto';
import { resolve } from 'node:path';
import type { GateConfig } from '../../config/schema.ts';
import type { RemoteSigner, Signer } from '../../protocols/handover/algorithm.ts';
import type { KeyRing } from '../../protocols/handover/key-ring.ts';
import type { LogKey } from '../../protocols/handover/public-key.ts';
import type { Clock } from '../platform/clock.ts';
import { GateError } from '../platform/errors.ts';
import { ALGORITHMS, ed25519Verifier, type KeyAlgorithms, signerOf } from './algorithms.ts';
import {
  keyPaths,
  openSigner,
  ownKeyOf,
  parsedKey,
  readOwnKeys,
  readPem,
  readTrustedKeys,
  ringOf,
} from './key-store.ts';
import { refuseExposed } from './private-file.ts';

export { ed25519Verifier, readPem };

/** All that exchange needs to be recognised and to recognise the other side. */
export interface LinkKeys {
  /** Our private key and certificate, and the authority of the other side; PEM. */
  tls: { key: string; cert: string; ca: string };
  own: OwnKeys;
  /** Checks the heads of the other side; changes that its log has told of come on top. */
  theirs: KeyRing;
}

/** The keys that sign our log. */
export interface OwnKeys {
  /** As listed at the start: checks our own heads when the other side shows us one; changes told in our log come on top. */
  readonly ring: KeyRing;
  /**
   * What signs with one of them, also with one that was listed since.
   * @throws GateError `KEY_UNREADABLE`, `KEY_EXPOSED`, `KEY_WRONG_KIND`, `KEY_MISMATCH`
   */
  signer(kid: string): Promise<RemoteSigner>;
}

/** Where the keys of one gate are listed. */
export interface ListedIn {
  config: GateConfig['counterpart'];
  /** Our own id. */
  gate: string;
  dataDir: string;
  algorithms?: KeyAlgorithms;
}

/** What is needed to use them. */
export interface KeysOf extends ListedIn {
  clock: Clock;
}

/**
 * Reads the files named in the configuration.
 * @throws GateError `KEY_UNREADABLE`, `KEY_EXPOSED`, `KEY_WRONG_KIND`, `KEY_MISMATCH`, each naming the file.
 */
export async function loadLinkKeys(of: KeysOf): Promise<LinkKeys> {
  const { config, dataDir } = of;
  const read = (what: string, file: string): Promise<string> =>
    readPem(
      what,
      resolve(dataDir, file),
      'Put the file there, readable by the exchange daemon; for a trial, development keys can be made and exchanged.',
    );
  const key = await read('private key', config.keyFile);
  await refuseExposed('private key', resolve(dataDir, config.keyFile));
  const cert = await read('certificate', config.certificateFile);
  const ca = await readAuthority('other side’s certificate authority', resolve(dataDir, config.trustFile));
  const privateKey = parsedKey('private key', resolve(dataDir, config.keyFile), () => createPrivateKey(key));
  const certificate = parsedKey(
    'certificate',
    resolve(dataDir, config.certificateFile),
    () => new NodeCertificate(cert),
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw new GateError(
      'KEY_MISMATCH',
      `the certificate ${resolve(dataDir, config.certificateFile)} does not belong to the private key ${config.keyFile}`,
      'Install key and certificate from the same request.',
    );

  const listed = await listedKeys(of);
  return { tls: { key, cert, ca }, own: ownKeys(of, listed.ours.ring), theirs: listed.theirs.ring };
}

/** Whose certificates count, PEM. @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND` */
export async function readAuthority(what: string, path: string): Promise<string> {
  const pem = await readPem(what, path, 'Put the file there, as the other side has handed it over.');
  parsedKey(what, path, () => new NodeCertificate(pem));
  return pem;
}

/** The keys of one log, as a person has listed them. */
export interface ListedKeys {
  keys: readonly LogKey[];
  ring: KeyRing;
}

/**
 * The keys of both logs as they are listed now.
 * @throws GateError `KEY_UNREADABLE`, `KEY_EXPOSED`, `KEY_WRONG_KIND`
 */
export async function listedKeys(of: ListedIn): Promise<Record<'ours' | 'theirs', ListedKeys>> {
  const { config, dataDir, algorithms = ALGORITHMS } = of;
  const { set, ring } = await listedOwn(of);
  const paths = keyPaths(config, dataDir);
  const trusted = await readTrustedKeys(config, dataDir, algorithms);
  if (trusted === undefined)
    throw new GateError(
      'KEY_UNREADABLE',
      `no key of the other side is trusted: there is neither ${paths.trusted} nor ${paths.trustedPem}`,
      'Have it handed over and take it in with gate keys trust (docs/keys.md).',
    );
  const theirs = ringOf('other side’s keys', paths.trusted, trusted.keys, algorithms);
  return { ours: { keys: set.keys, ring }, theirs: { keys: trusted.keys, ring: theirs } };
}

async function listedOwn({ config, gate, dataDir, algorithms = ALGORITHMS }: ListedIn) {
  const paths = keyPaths(config, dataDir);
  const set = await readOwnKeys(config, gate, dataDir, algorithms);
  if (set === undefined)
    throw new GateError(
      'KEY_UNREADABLE',
      `no key signs our log: there is neither ${paths.own} nor ${paths.ownPem}`,
      'Make one with gate keys init (docs/keys.md); for a trial, development keys can be made and exchanged.',
    );
  return { set, ring: ringOf('list of our keys', paths.own, set.keys, algorithms) };
}

function ownKeys(of: KeysOf, ring: KeyRing): OwnKeys {
  const { config, dataDir, clock, algorithms = ALGORITHMS } = of;
  const open = new Map<string, RemoteSigner>();
  return {
    ring,
    async signer(kid) {
      const known = open.get(kid);
      if (known !== undefined) return known;
      const now = await listedOwn(of);
      const key = ownKeyOf(now.set, kid, now.ring);
      if (key === undefined)
        throw new GateError(
          'KEY_UNREADABLE',
          `the private key ${kid} is not listed in ${keyPaths(config, dataDir).own}`,
          'Put file and list back; never delete a key before the log that it has signed is closed.',
        );
      const signer = await openSigner(key, { config, dataDir, clock, algorithms });
      open.set(kid, signer);
      return signer;
    },
  };
}

/**
 * Reads a private key that signs what leaves the gate, by the algorithm that the key is of.
 * @throws GateError `KEY_UNREADABLE`, `KEY_EXPOSED`, `KEY_WRONG_KIND`
 */
export async function readSigningKey(what: string, path: string): Promise<Signer> {
  const pem = await readPem(
    what,
    path,
    'Put the file there, readable by the exchange daemon only, or take it out of the configuration.',
  );
  await refuseExposed(what, path);
  return parsedKey(what, path, () => signerOf(createPrivateKey(pem)));
}
