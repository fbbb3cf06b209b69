/** `gate keys trust --own`: public halves of keys of ours that are gone, to check what they have signed. */
import { resolve } from 'node:path';
import { createKeyRing, keyOf, type ListedKey } from '../../../protocols/handover/key-ring.ts';
import { claimedKeys, readRotation } from '../../../protocols/handover/rotation.ts';
import { ALGORITHMS } from '../../exchange/algorithms.ts';
import { wrongKind } from '../../exchange/key-store.ts';
import { type OwnTrace, readOwnTrace } from '../../exchange/own-trace.ts';
import { GateError } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { readOffered } from './offered.ts';
import { described, type KeysOptions, readKeysState, writeOwn } from './state.ts';

/**
 * Takes public halves back from a file of keys of our own gate: what `gate keys show --public` had printed, the other side's list of what it
 * trusts, or a trust file. They are retired: they sign nothing.
 * @throws GateError `KEY_…`, `EXCHANGE_DB_OPEN`
 */
export async function trustOwnKeys(file: string, options: KeysOptions): Promise<CommandResult> {
  const path = resolve(file);
  const state = await readKeysState(options);
  const { gate, own, dataDir } = state;
  if (own === undefined)
    throw new GateError(
      'KEY_UNREADABLE',
      'our log has no key yet',
      'Make one with gate keys init first: those that are taken back sign nothing.',
    );
  const offered = await readOffered(path);
  if (offered.gate !== gate)
    throw new GateError(
      'KEY_OTHER_GATE',
      `${path} holds keys of gate ${offered.gate}, this is ${gate}`,
      'Ask the other side for what it trusts of our log.',
    );
  // One that was only announced has signed nothing.
  const missing = offered.keys.filter(
    ({ kid, fromSize }) => fromSize !== undefined && !own.keys.some((key) => key.kid === kid),
  );
  if (missing.length === 0)
    return { exitCode: 0, text: 'all keys of the file are listed already; nothing is changed\n' };
  const trace = await readOwnTrace(dataDir, missing);
  const taken = missing.map((key): ListedKey => {
    const signed = trace.signed.get(key.kid);
    if (signed !== undefined && key.lastSize !== undefined && signed > key.lastSize)
      throw contradicted(path, `key ${key.kid} has signed a head of ${signed} lines, after its last`);
    const lastSize = key.lastSize ?? signed;
    return { ...key, retired: true, ...(lastSize !== undefined && { lastSize }) };
  });
  const keys = [...own.keys, ...taken];
  refuseContradiction(path, gate, keys, taken, trace);
  await writeOwn(state, keys);
  return {
    exitCode: 0,
    text:
      'taken back, to check what they have signed; they sign nothing:\n' +
      taken.map((key) => `${described(key)}\n`).join('') +
      'compare each fingerprint with what was noted of our keys; if one is not ours, gate keys revoke it\n',
  };
}

/** What our own log says of its keys is the truth, as far as it is on disk. */
function refuseContradiction(
  path: string,
  gate: string,
  keys: readonly ListedKey[],
  taken: readonly ListedKey[],
  { rotations }: OwnTrace,
): void {
  const made = createKeyRing(keys, ALGORITHMS);
  if (!made.ok) throw wrongKind('file of keys', path, made.reason);
  let { ring } = made;
  const isTaken = (kid: string): boolean => taken.some((key) => key.kid === kid);
  for (const { line, record } of rotations) {
    const claimed = claimedKeys(record);
    if (claimed === undefined) continue;
    const read = readRotation(record, { gate, line, ring });
    const isOfThem = isTaken(claimed.old) || isTaken(claimed.new.kid);
    if (isOfThem && !read.ok) throw contradicted(path, read.reason);
    if (isOfThem && read.ok && read.idle !== undefined) throw contradicted(path, read.idle);
    if (read.ok) ({ ring } = read);
    const other = taken.find(
      ({ kid, fromSize = 0, lastSize = Number.POSITIVE_INFINITY }) =>
        kid !== claimed.old && fromSize <= line && line <= (keyOf(ring, kid)?.lastSize ?? lastSize),
    );
    if (other !== undefined)
      throw contradicted(path, `line ${line} is signed by key ${claimed.old}, the file says by ${other.kid}`);
  }
}

const contradicted = (path: string, reason: string): GateError =>
  new GateError(
    'KEY_CONTRADICTED',
    `our log contradicts ${path}: ${reason}`,
    'Nothing of it is taken. Ask for another list, or compare the fingerprints with what was noted of our keys.',
  );
