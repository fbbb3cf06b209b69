/** `gate keys trust`: whose signature counts. */
import { resolve } from 'node:path';
import { createKeyRing, statusOf } from '../../../protocols/handover/key-ring.ts';
import { fingerprint, type LogKey } from '../../../protocols/handover/public-key.ts';
import { ALGORITHMS } from '../../exchange/algorithms.ts';
import { wrongKind } from '../../exchange/key-store.ts';
import { GateError } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { readOffered } from './offered.ts';
import { described, type KeysOptions, type KeysState, readKeysState, writeTrusted } from './state.ts';

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
  const { theirHead } = state.told;
  // What we have revoked stays revoked, as far as we have said, whatever the other side says or leaves out.
  const revoked = known.filter(({ revokedAt }) => revokedAt !== undefined);
  const keys = [
    ...revoked.filter(({ kid }) => !offered.some((key) => key.kid === kid)),
    ...offered.map((key) => {
      const ended = revoked.find(({ kid }) => kid === key.kid);
      if (ended?.revokedAt === undefined)
        // What they say is revoked had been good until then; how far that was, we know from what we have verified.
        return key.revokedAt === undefined || key.lastTrusted !== undefined || theirHead === undefined
          ? key
          : { ...key, lastTrusted: theirHead };
      const { lastTrusted: _, ...rest } = key;
      const { revokedAt, lastTrusted } = ended;
      return { ...rest, revokedAt, ...(lastTrusted !== undefined && { lastTrusted }) };
    }),
  ];
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
      'a running gate exchange counts them at once\n',
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
