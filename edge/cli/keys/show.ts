/** `gate keys show`: our keys and those we trust, for a person; or the file to hand over. */
import { type ListedKey, statusOf } from '../../../protocols/handover/key-ring.ts';
import type { LogKey } from '../../../protocols/handover/public-key.ts';
import { claimedKeys } from '../../../protocols/handover/rotation.ts';
import { GateError } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { described, type KeysOptions, readKeysState } from './state.ts';

export interface ShowOptions extends KeysOptions {
  /** Only the JWK set that the other side needs. */
  public?: boolean;
}

/** Exit code 1 if our log cannot be signed now, or no key of the other side counts. @throws GateError `KEY_…` */
export async function showKeys(options: ShowOptions): Promise<CommandResult> {
  const { gate, own, trusted, planned, config, clock } = await readKeysState(options);
  if (options.public) {
    if (own === undefined)
      throw new GateError('KEY_UNREADABLE', 'our log has no key yet', 'Make one with gate keys init.');
    // Of a key that is gone, and of which no head is on our disk, nobody needs to know where we know it from.
    const keys = own.keys
      .filter(({ retired, lastSize }) => retired === undefined || lastSize !== undefined)
      .map(({ file: _f, retired: _r, ...key }) => key);
    return { exitCode: 0, text: `${JSON.stringify({ gate, keys }, null, 2)}\n` };
  }
  const nowMs = clock.nowMs();
  const told = (keys: readonly ListedKey[]): string =>
    keys.map((key) => `${described(key)}\n  ${statusOf(key, nowMs)}${limits(key)}\n`).join('') || 'none\n';
  const counts = (keys: readonly ListedKey[]): boolean =>
    keys.some((key) => statusOf(key, nowMs) === 'active');
  const [ours, theirs] = [own?.keys ?? [], trusted?.keys ?? []];
  const next = planned && claimedKeys(planned)?.new.kid;
  return {
    exitCode: counts(ours) && counts(theirs) ? 0 : 1,
    text:
      `ours, gate ${gate}:\n${told(ours)}` +
      (next === undefined ? '' : `a change to ${next} waits for gate exchange\n`) +
      `trusted, gate ${config.gate}:\n${told(theirs)}`,
  };
}

function limits(key: LogKey): string {
  const lines = key.fromSize === undefined ? '' : `, lines ${key.fromSize} to ${key.lastSize ?? '…'}`;
  const days = key.exp === undefined ? '' : `, valid from ${day(key.nbf ?? 0)} until ${day(key.exp)}`;
  if (key.revokedAt === undefined) return `${lines}${days}`;
  const stands = key.lastTrusted === undefined ? 'nothing of it' : `it up to line ${key.lastTrusted.size}`;
  return `${lines}${days}, revoked on ${day(key.revokedAt)}: ${stands} stands`;
}

const day = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 10);
