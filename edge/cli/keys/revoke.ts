/** `gate keys revoke`: whose signature counts no more, and up to where what it has signed stands. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readHead } from '../../../protocols/handover/head.ts';
import { readHeadLine } from '../../../protocols/handover/log-file.ts';
import type { SignedHead } from '../../../protocols/handover/needs.ts';
import { fingerprint, type LogKey } from '../../../protocols/handover/public-key.ts';
import { ALGORITHMS } from '../../exchange/algorithms.ts';
import { ringOf } from '../../exchange/key-store.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { described, type KeysOptions, readKeysState, writeOwn, writeTrusted } from './state.ts';

/** The beginning of a key’s name that names it. */
const KID_CHARS_MIN = 6;
/** A head is far shorter. */
const HEAD_FILE_BYTES_MAX = 65_536;

export interface RevokeOptions extends KeysOptions {
  /** A file with the signed head up to which the key stands; without it, the newest that exchange has verified, or signed. */
  lastHead?: string;
}

/** Ends trust in a key, ours or theirs, named by the beginning of its name or fingerprint. @throws GateError `KEY_…`, `HEAD_UNREADABLE` */
export async function revokeKey(kid: string, options: RevokeOptions): Promise<CommandResult> {
  const state = await readKeysState(options);
  const { own, trusted, told, paths } = state;
  const lists = { own: own?.keys ?? [], theirs: trusted?.keys ?? [] };
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
  // What exchange verified after a revocation says nothing of the time before.
  if (key.revokedAt !== undefined && options.lastHead === undefined)
    return { exitCode: 0, text: `${key.kid} was revoked already\n` };
  const isOurs = lists.own.some((one) => one.kid === key.kid);
  const lastTrusted =
    options.lastHead === undefined
      ? told[isOurs ? 'ownHead' : 'theirHead']
      : await readLastHead(resolve(options.lastHead), {
          gate: isOurs ? state.gate : state.config.gate,
          keys: isOurs ? lists.own : lists.theirs,
          path: isOurs ? paths.own : paths.trusted,
        });
  const revokedAt = key.revokedAt ?? Math.floor(state.clock.nowMs() / 1_000);
  const revoked = <Key extends LogKey>(keys: readonly Key[]): Key[] =>
    keys.map((one) =>
      one.kid === key.kid ? { ...one, revokedAt, ...(lastTrusted !== undefined && { lastTrusted }) } : one,
    );
  if (isOurs) await writeOwn(state, revoked(lists.own));
  else await writeTrusted(state, revoked(lists.theirs));
  return {
    exitCode: 0,
    text:
      `revoked ${described(key)}\n` +
      (lastTrusted === undefined
        ? 'no head of its log is known here, so nothing that it has signed counts; gate keys revoke --last-head FILE names one\n'
        : `what it has signed up to line ${lastTrusted.size} stands, nothing beyond\n`) +
      (isOurs
        ? 'tell the other side; if it was the key in force, nothing of ours is published until there is another (docs/keys.md)\n'
        : 'if it was the key in force, the link is down until another is trusted\n'),
  };
}

/** @throws GateError `HEAD_UNREADABLE` */
async function readLastHead(
  file: string,
  { gate, keys, path }: { gate: string; keys: readonly LogKey[]; path: string },
): Promise<SignedHead> {
  const unreadable = (reason: string, cause?: unknown): GateError =>
    new GateError(
      'HEAD_UNREADABLE',
      `${file} holds no head up to which the key could stand: ${reason}`,
      'Write one signed head of that log into it: the last line of an export, or the witness that the journal remembers.',
      { cause },
    );
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > HEAD_FILE_BYTES_MAX) throw new Error(`it is larger than ${HEAD_FILE_BYTES_MAX} bytes`);
    text = (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw unreadable(messageOf(cause), cause);
  }
  const jws = readHeadLine(text) ?? text;
  // It is of the time before: the key was not revoked then.
  const before = keys.map(({ revokedAt: _r, lastTrusted: _t, ...key }) => key);
  const read = readHead(jws, ringOf('list of keys', path, before, ALGORITHMS));
  if (!read.ok) throw unreadable(read.reason);
  if (read.head.gate !== gate) throw unreadable(`it is of gate ${read.head.gate}`);
  return { size: read.head.size, rootHash: read.head.rootHash, jws };
}
