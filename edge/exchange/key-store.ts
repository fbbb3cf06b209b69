/**
 * Where the keys of the two logs lie: our own as `gate keys` keeps them (public parts in one file, each private key in a file of its
 * own, or in a token), and those we trust of the other side. Without these files, one key each as PEM.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { GateConfig } from '../../config/schema.ts';
import type { RemoteSigner } from '../../protocols/handover/algorithm.ts';
import {
  createKeyRing,
  type KeyRing,
  keyOf,
  type ListedKey,
  type RingKey,
} from '../../protocols/handover/key-ring.ts';
import { type LogKey, logKey, logKeySet, type PublicKey } from '../../protocols/handover/public-key.ts';
import { type RotationRecord, rotationRecord } from '../../protocols/handover/rotation.ts';
import type { Clock } from '../platform/clock.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import { type KeyAlgorithms, kindOf, publicKeyOf, signerOf } from './algorithms.ts';
import { refuseExposed } from './private-file.ts';
import { commandSigner } from './sign-command.ts';

type LinkConfig = GateConfig['counterpart'];

/**
 * A key of ours; `file` holds its private half, relative to the data folder. Without one the configured program signs, or, where it is
 * `retired`, nothing does.
 */
const ownKey = logKey.extend({
  file: z.string().min(1).exactOptional(),
  retired: z.literal(true).exactOptional(),
});
export type OwnKey = z.infer<typeof ownKey>;
const ownKeySet = logKeySet.extend({ keys: z.array(ownKey).min(1).max(100) });
export type OwnKeySet = z.infer<typeof ownKeySet>;

export const keyPaths = (config: LinkConfig, dataDir: string) => {
  const own = resolve(dataDir, config.logKeysFile);
  return {
    own,
    ownPem: resolve(dataDir, config.signingKeyFile),
    trusted: resolve(dataDir, config.logTrustFile),
    trustedPem: resolve(dataDir, config.signingTrustFile),
    planned: join(dirname(own), 'log-keys.rotation.json'),
  };
};

/**
 * Our keys as listed; undefined if there are none at all. Without the list, the one key of `signingKeyFile`.
 * @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`, `KEY_EXPOSED`
 */
export async function readOwnKeys(
  config: LinkConfig,
  gate: string,
  dataDir: string,
  algorithms: KeyAlgorithms,
): Promise<OwnKeySet | undefined> {
  const paths = keyPaths(config, dataDir);
  const listed = await readIfThere('list of our keys', paths.own);
  if (listed !== undefined) return parsed('list of our keys', paths.own, listed, ownKeySet);
  const pem = await readIfThere('signing key', paths.ownPem);
  if (pem === undefined) return undefined;
  await refuseExposed('signing key', paths.ownPem);
  const key = publicPart('signing key', paths.ownPem, () => createPrivateKey(pem), algorithms);
  return { gate, keys: [{ ...key, fromSize: 0, file: config.signingKeyFile }] };
}

/**
 * The keys we trust of the other side; undefined if there are none. Without the list, the one key of `signingTrustFile`.
 * @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`
 */
export async function readTrustedKeys(
  config: LinkConfig,
  dataDir: string,
  algorithms: KeyAlgorithms,
): Promise<{ gate: string; keys: LogKey[] } | undefined> {
  const paths = keyPaths(config, dataDir);
  const listed = await readIfThere('list of trusted keys', paths.trusted);
  if (listed !== undefined) {
    const set = parsed('list of trusted keys', paths.trusted, listed, logKeySet);
    if (set.gate === config.gate) return set;
    throw wrongKind(
      'list of trusted keys',
      paths.trusted,
      `its keys are of gate ${set.gate}, the other side is ${config.gate}`,
    );
  }
  const pem = await readIfThere('other side’s signing key', paths.trustedPem);
  if (pem === undefined) return undefined;
  const key = publicPart(
    'other side’s signing key',
    paths.trustedPem,
    () => createPublicKey(pem),
    algorithms,
  );
  return { gate: config.gate, keys: [{ ...key, fromSize: 0 }] };
}

/** The change of our key that is under way, if one is. @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND` */
export async function readPlanned(config: LinkConfig, dataDir: string): Promise<RotationRecord | undefined> {
  const path = keyPaths(config, dataDir).planned;
  const text = await readIfThere('planned change of our key', path);
  return text === undefined ? undefined : parsed('planned change of our key', path, text, rotationRecord);
}

/** A ring of listed keys. @throws GateError `KEY_WRONG_KIND` */
export function ringOf(
  what: string,
  path: string,
  keys: readonly ListedKey[],
  algorithms: KeyAlgorithms,
): KeyRing {
  const made = createKeyRing(keys, algorithms);
  if (made.ok) return made.ring;
  throw wrongKind(what, path, made.reason);
}

/**
 * Signs with one of our keys: from its file, or by the configured program.
 * @throws GateError `KEY_UNREADABLE`, `KEY_EXPOSED`, `KEY_WRONG_KIND`, `KEY_MISMATCH`
 */
export async function openSigner(
  key: OwnKey & Pick<RingKey, 'verifier'>,
  options: { config: LinkConfig; dataDir: string; clock: Clock; algorithms: KeyAlgorithms },
): Promise<RemoteSigner> {
  const { config, dataDir, clock, algorithms } = options;
  if (key.file === undefined) {
    const { kid, verifier } = key;
    if (config.signCommand === undefined)
      throw new GateError(
        'KEY_UNREADABLE',
        `there is no private key ${key.kid} in a file, and no program to sign with it`,
        'Set counterpart.signCommand, or list the file of the key.',
      );
    return commandSigner({
      command: config.signCommand,
      timeoutMs: config.signTimeoutMs,
      kid,
      verifier,
      clock,
    });
  }
  const path = resolve(dataDir, key.file);
  await refuseExposed('signing key', path);
  const pem = await readPem('signing key', path, 'Put it back, or change to a new key (docs/keys.md).');
  const signer = parsedKey('signing key', path, () => signerOf(createPrivateKey(pem), algorithms));
  if (signer.kid !== key.kid)
    throw new GateError(
      'KEY_MISMATCH',
      `the signing key ${path} is ${signer.kid}, not ${key.kid} as listed`,
      'Put the right file there; never a new key under an old name.',
    );
  return { alg: signer.alg, kid: signer.kid, sign: async (bytes) => signer.sign(bytes) };
}

/** The listed key of that name with what checks its signatures, also of one that is only planned. */
export function ownKeyOf(
  set: OwnKeySet,
  kid: string,
  ring: KeyRing,
): (OwnKey & Pick<RingKey, 'verifier'>) | undefined {
  const listed = set.keys.find((key) => key.kid === kid);
  const verifier = keyOf(ring, kid)?.verifier;
  return listed && verifier && { ...listed, verifier };
}

/** The public half of a key in PEM. @throws GateError `KEY_WRONG_KIND` */
const publicPart = (
  what: string,
  path: string,
  parse: () => KeyObject,
  algorithms: KeyAlgorithms,
): PublicKey =>
  parsedKey(what, path, () => {
    const key = parse();
    const half = publicKeyOf(key, algorithms);
    if (half === undefined)
      throw new Error(`it is ${kindOf(key)}, and signs by none of ${algorithms.names.join(', ')}`);
    return half;
  });

export function parsedKey<T>(what: string, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw wrongKind(what, path, messageOf(cause), cause);
  }
}

/**
 * Reads a key or certificate, PEM. `what` it is, and what would cure it.
 * @throws GateError `KEY_UNREADABLE`
 */
export async function readPem(what: string, path: string, cure: string): Promise<string> {
  const text = await readIfThere(what, path);
  if (text !== undefined) return text;
  throw new GateError('KEY_UNREADABLE', `the ${what} ${path} cannot be read: it is not there`, cure);
}

export const wrongKind = (what: string, path: string, reason: string, cause?: unknown): GateError =>
  new GateError(
    'KEY_WRONG_KIND',
    `the ${what} ${path} is not usable: ${reason}`,
    'Install a file of the right kind there.',
    { cause },
  );

async function readIfThere(what: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new GateError(
      'KEY_UNREADABLE',
      `the ${what} ${path} cannot be read: ${messageOf(cause)}`,
      'Make it readable by the exchange daemon.',
      { cause },
    );
  }
}

function parsed<T>(what: string, path: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrongKind(what, path, `it is not JSON: ${messageOf(cause)}`, cause);
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw wrongKind(what, path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, read.error);
}
