/** `gate keys init` and `gate keys rotate`: a first key of our log, and a next one. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { dirname, join, relative, resolve } from 'node:path';
import { createKeyRing, signingKeyOf } from '../../../protocols/handover/key-ring.ts';
import type { PublicKey } from '../../../protocols/handover/public-key.ts';
import { withoutPlace } from '../../../protocols/handover/public-key.ts';
import { readRotation, rotationOf, unsignedRotation } from '../../../protocols/handover/rotation.ts';
import { ALGORITHMS, kindOf, publicKeyOf, type Validity } from '../../exchange/algorithms.ts';
import { type OwnKey, readPem, wrongKind } from '../../exchange/key-store.ts';
import { writeWhole } from '../../exchange/private-file.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { described, type KeysOptions, type KeysState, readKeysState, signerFor, writeOwn } from './state.ts';

export interface MakeOptions extends KeysOptions {
  alg: string;
  validDays: number;
  /** PEM of the public half of a key that lies in a token. */
  public?: string;
}

/** The other side’s clock, or ours after it was set right, may be behind by so much. */
const EARLIER_S = 3_600;
const DAY_S = 86_400;

/** Makes the first key. With `replaceLost` the one after a key that can sign no successor. @throws GateError `KEY_…` */
export async function initKeys(options: MakeOptions & { replaceLost?: boolean }): Promise<CommandResult> {
  const state = await readKeysState(options);
  const { own, told } = state;
  if (own !== undefined && options.replaceLost !== true)
    throw new GateError(
      'KEY_EXISTS',
      `our log has a key already, listed in ${state.paths.own} or as ${state.paths.ownPem}`,
      'Change it with gate keys rotate; only if it is lost, gate keys init --replace-lost (docs/keys.md).',
    );
  // What the lost key has signed stays good; without a head of it on disk, every head will be of the new key.
  const earlier = (told.ownHead === undefined ? [] : (own?.keys ?? []))
    .filter(({ fromSize }) => fromSize !== undefined)
    .map((key) => ({ ...key, lastSize: key.lastSize ?? told.ownHead?.size ?? 0 }));
  // Where the key before it was revoked, the newest head is signed once more: nobody believes it as it is.
  const isRevoked = earlier.at(-1)?.revokedAt !== undefined;
  const fromSize =
    told.ownHead === undefined || earlier.length === 0 ? 0 : told.ownHead.size + (isRevoked ? 0 : 1);
  const made = await makeKey(state, options, own === undefined ? state.paths.ownPem : undefined);
  await writeOwn(state, [...earlier, { ...made, fromSize }]);
  return {
    exitCode: 0,
    text:
      `made key ${described(made)}\n` +
      `${validityOf(made)}\n` +
      'next: hand gate keys show --public to the other side, and read the fingerprint to each other\n' +
      (own === undefined ? '' : 'a running gate exchange signs with it at once\n'),
  };
}

/** Makes the next key and has both sign the change; the exchange daemon brings it into the log. @throws GateError `KEY_…` */
export async function rotateKeys(options: MakeOptions): Promise<CommandResult> {
  const state = await readKeysState(options);
  const { own, told, planned, clock, paths, gate } = state;
  if (own === undefined)
    throw new GateError('KEY_UNREADABLE', 'our log has no key yet', 'Make one with gate keys init.');
  if (planned !== undefined)
    throw new GateError(
      'KEY_ROTATION_PLANNED',
      `a change of keys is under way already (${paths.planned})`,
      'Wait for gate exchange to tell of it in the log; gate keys show says whether it has.',
    );
  const made = createKeyRing(own.keys, ALGORITHMS);
  if (!made.ok) throw wrongKind('list of our keys', paths.own, made.reason);
  const at = clock.nowMs();
  const line = (told.ownHead?.size ?? 0) + 1;
  const old = signingKeyOf(made.ring, { size: line, at });
  if (!old.ok)
    throw new GateError(
      'KEY_NOT_IN_FORCE',
      `no key of ours can name a next one: ${old.reason}`,
      'Take it for lost: gate keys init --replace-lost (docs/keys.md).',
    );
  // One that an earlier run has made and did not come to plan. One in a token is named each time.
  const unplanned = own.keys.find(
    ({ fromSize, revokedAt }) => fromSize === undefined && revokedAt === undefined,
  );
  const next =
    unplanned === undefined || options.public !== undefined ? await makeKey(state, options) : unplanned;
  const known = own.keys.find(({ kid }) => kid === next.kid);
  if (known !== undefined && (known.fromSize !== undefined || known.revokedAt !== undefined))
    throw new GateError(
      'KEY_EXISTS',
      `key ${next.kid} has signed before, or was revoked: a key is never taken up again`,
      'Make a new one.',
    );
  const others = own.keys.filter(({ kid }) => kid !== next.kid && kid !== unplanned?.kid);
  const keys = [...others, next];
  await writeOwn(state, keys);

  const { file: _f, ...half } = next;
  const unsigned = unsignedRotation({ gate, at, old: old.key.kid, new: withoutPlace(half) }, old.key.alg);
  const signature = async (key: OwnKey, bytes: Uint8Array) => (await signerFor(state, key, keys)).sign(bytes);
  const oldKey = own.keys.find(({ kid }) => kid === old.key.kid);
  if (oldKey === undefined) throw new Error(`the key in force ${old.key.kid} is not listed`);
  const record = rotationOf(unsigned, {
    old: await signature(oldKey, unsigned.old.bytes),
    new: await signature(next, unsigned.new.bytes),
  });
  const read = readRotation(record, { gate, line, ring: made.ring });
  if (!read.ok || read.taken === undefined)
    throw new Error(`our own change of keys does not verify: ${read.ok ? read.idle : read.reason}`);
  await writeWhole(paths.planned, `${JSON.stringify(record, null, 2)}\n`, 0o600);
  return {
    exitCode: 0,
    text:
      `the key of our log changes to ${described(next)}\n` +
      `${validityOf(next)}\n` +
      `from ${old.key.kid}, as soon as gate exchange has brought it into the log; both have signed it\n` +
      'keep the old key’s file: heads that it has signed may have to be signed again after a lost disk\n',
  };
}

/** A new key, its private half on disk before anything names it; or the public half of one in a token. */
async function makeKey(
  state: KeysState,
  { alg, validDays, public: publicFile }: MakeOptions,
  path?: string,
): Promise<OwnKey> {
  const nowS = Math.floor(state.clock.nowMs() / 1_000);
  const validity = { nbf: nowS - EARLIER_S, exp: nowS + Math.round(validDays * DAY_S) };
  if (publicFile !== undefined) return tokenKey(state, publicFile, validity);
  const privateKey = ALGORITHMS.find(alg)?.generate();
  if (privateKey === undefined)
    throw new GateError(
      'USAGE',
      `no algorithm ${alg} is known here`,
      `Use ${ALGORITHMS.names.join(' or ')}.`,
    );
  const half = halfOf(privateKey, 'new key', '', validity);
  const file = path ?? join(dirname(state.paths.ownPem), `log-${half.kid.slice(0, 12)}.key.pem`);
  await writeWhole(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  return { ...half, file: relative(state.dataDir, file) };
}

async function tokenKey(state: KeysState, publicFile: string, validity: Validity): Promise<OwnKey> {
  if (state.config.signCommand === undefined)
    throw new GateError(
      'USAGE',
      'a key that lies in a token needs a program that signs with it',
      'Set counterpart.signCommand first (docs/keys.md).',
    );
  const path = resolve(publicFile);
  const pem = await readPem('public key', path, 'Name the file of the public half, PEM.');
  refusePrivate(pem, path);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw wrongKind('public key', path, messageOf(cause), cause);
  }
  return halfOf(key, 'public key', path, validity);
}

/** A private half where only a public one belongs. @throws GateError `KEY_PRIVATE` */
export function refusePrivate(text: string, path: string): void {
  let holds = text.includes('PRIVATE KEY');
  try {
    createPrivateKey(text);
    holds = true;
  } catch {
    // What is no private key is what is wanted.
  }
  if (!holds) return;
  throw new GateError(
    'KEY_PRIVATE',
    `${path} holds a private key`,
    'Take that key for known to others and have a new one made; only public halves are handed over.',
  );
}

function halfOf(key: KeyObject, what: string, path: string, validity: Validity): PublicKey {
  const half = publicKeyOf(key, ALGORITHMS, validity);
  if (half === undefined)
    throw wrongKind(what, path, `it is ${kindOf(key)}, and signs by none of ${ALGORITHMS.names.join(', ')}`);
  return half;
}

const validityOf = ({ nbf = 0, exp = 0 }: PublicKey): string =>
  `  valid from ${day(nbf)} until ${day(exp)}, by our own clock`;
const day = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 10);
