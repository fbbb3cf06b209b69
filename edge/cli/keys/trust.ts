/** `gate keys trust` and `gate keys revoke`: whose signature counts, and whose no more. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createKeyRing, statusOf } from '../../../protocols/handover/key-ring.ts';
import { fingerprint, type LogKey, logKeySet } from '../../../protocols/handover/public-key.ts';
import { ALGORITHMS } from '../../exchange/algorithms.ts';
import { wrongKind } from '../../exchange/key-store.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { refusePrivate } from './make.ts';
import {
  described,
  type KeysOptions,
  type KeysState,
  readKeysState,
  writeOwn,
  writeTrusted,
} from './state.ts';

/** Members of a JWK that only its owner may have (RFC 7518 section 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
/** The beginning of a key’s name that names it. */
const KID_CHARS_MIN = 6;

export interface TrustOptions extends KeysOptions {
  /** The other side has lost its key: another one counts from now on that the old one has not named. */
  replace?: boolean;
}

/** Takes the other side’s public keys into our trust. @throws GateError `KEY_…` */
export async function trustKeys(file: string, options: TrustOptions): Promise<CommandResult> {
  const path = resolve(file);
  const state = await readKeysState(options);
  const { gate, keys: offered } = await readOffered(path);
  if (gate !== state.config.gate)
    throw new GateError(
      'KEY_OTHER_GATE',
      `${path} holds keys of gate ${gate}; the other side of ${state.gate} is ${state.config.gate}`,
      'Ask for the file of the right gate.',
    );
  const known = state.trusted?.keys ?? [];
  refuseStranger(state, known, offered, options.replace === true);
  // What we have revoked stays revoked, whatever the other side says.
  const keys = offered.map((key) => {
    const revokedAt = known.find(({ kid }) => kid === key.kid)?.revokedAt ?? key.revokedAt;
    return { ...key, ...(revokedAt !== undefined && { revokedAt }) };
  });
  const made = createKeyRing(keys, ALGORITHMS);
  if (!made.ok) throw wrongKind('file of keys', path, made.reason);
  await writeTrusted(state, keys);
  const nowMs = state.clock.nowMs();
  return {
    exitCode: 0,
    text:
      `trusted for the log of gate ${gate}:\n` +
      keys.map((key) => `${described(key)}\n  ${statusOf(key, nowMs)}\n`).join('') +
      'compare each fingerprint with the other side, by a way that both already trust; if one differs, gate keys revoke it\n' +
      'then start gate exchange again\n',
  };
}

/** A key that counts now must go on counting, and none may come in beside it that it has not named itself. */
function refuseStranger(
  state: KeysState,
  known: readonly LogKey[],
  offered: readonly LogKey[],
  replace: boolean,
): void {
  const nowMs = state.clock.nowMs();
  const counting = known.filter((key) => statusOf(key, nowMs) === 'active');
  if (counting.length === 0 || replace) return;
  const names = new Set(known.map(({ kid }) => kid));
  const strange = offered.filter(({ kid, fromSize }) => fromSize !== undefined && !names.has(kid));
  const gone = counting.filter(({ kid }) => !offered.some((key) => key.kid === kid));
  if (strange.length === 0 && gone.length === 0) return;
  throw new GateError(
    'KEY_OTHER_TRUSTED',
    `gate ${state.config.gate} is trusted by another key: ${counting.map(({ kid }) => fingerprint(kid)).join(', ')}; ` +
      `the file brings ${offered.map(({ kid }) => fingerprint(kid)).join(', ')}`,
    'A changed key comes by itself, in their log. Only if they have lost theirs and say so in person: --replace.',
  );
}

async function readOffered(path: string): Promise<{ gate: string; keys: LogKey[] }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new GateError(
      'KEY_UNREADABLE',
      `${path} cannot be read: ${messageOf(cause)}`,
      'Name the right file.',
      {
        cause,
      },
    );
  }
  refusePrivate(text, path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrongKind('file of keys', path, `it is not JSON: ${messageOf(cause)}`, cause);
  }
  const listed = (value as { keys?: unknown } | null)?.keys;
  for (const key of [value, ...(Array.isArray(listed) ? listed : [])])
    if (typeof key === 'object' && key !== null && PRIVATE_MEMBERS.some((member) => member in key))
      refusePrivate('PRIVATE KEY', path);
  const set = logKeySet.safeParse(value);
  if (set.success) return set.data;
  const [issue] = set.error.issues;
  throw wrongKind('file of keys', path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, set.error);
}

/** Ends trust in a key, ours or theirs, named by the beginning of its name or fingerprint. @throws GateError `KEY_…` */
export async function revokeKey(kid: string, options: KeysOptions): Promise<CommandResult> {
  const state = await readKeysState(options);
  const lists = { own: state.own?.keys ?? [], theirs: state.trusted?.keys ?? [] };
  const hex = kid.replaceAll(' ', '').toLowerCase();
  const named = [...lists.own, ...lists.theirs].filter(
    (key) => key.kid.startsWith(kid) || fingerprint(key.kid).replaceAll(' ', '').startsWith(hex),
  );
  const [key] = named;
  if (kid.length < KID_CHARS_MIN || key === undefined || named.length > 1)
    throw new GateError(
      'KEY_UNKNOWN',
      `${named.length} keys begin with ${kid}`,
      `Give at least ${KID_CHARS_MIN} characters of a name or fingerprint that gate keys show lists.`,
    );
  if (key.revokedAt !== undefined) return { exitCode: 0, text: `${key.kid} was revoked already\n` };
  const revokedAt = Math.floor(state.clock.nowMs() / 1_000);
  const revoked = <Key extends LogKey>(keys: readonly Key[]): Key[] =>
    keys.map((one) => (one.kid === key.kid ? { ...one, revokedAt } : one));
  const isOurs = lists.own.some((one) => one.kid === key.kid);
  if (isOurs) await writeOwn(state, revoked(lists.own));
  else await writeTrusted(state, revoked(lists.theirs));
  return {
    exitCode: 0,
    text:
      `revoked ${described(key)}\n` +
      (isOurs
        ? 'tell the other side; if it was the key in force, nothing of ours is published until there is another (docs/keys.md)\n'
        : 'nothing that it signs is taken any more; if it was the key in force, the link is down until another is trusted\n') +
      'start gate exchange again now\n',
  };
}
