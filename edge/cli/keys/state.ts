/** What every `gate keys` command begins with: the keys as listed, with what the two logs have told of them since. */
import { resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import type { GateConfig } from '../../../config/schema.ts';
import { keyOf, type ListedKey } from '../../../protocols/handover/key-ring.ts';
import { fingerprint, type LogKey } from '../../../protocols/handover/public-key.ts';
import { type RotationRecord, rotated } from '../../../protocols/handover/rotation.ts';
import { ALGORITHMS } from '../../exchange/algorithms.ts';
import {
  keyPaths,
  type OwnKey,
  type OwnKeySet,
  openSigner,
  readOwnKeys,
  readPlanned,
  readTrustedKeys,
  ringOf,
} from '../../exchange/key-store.ts';
import { refuseOtherUser, writeWhole } from '../../exchange/private-file.ts';
import { readToldRotations, type ToldRotations } from '../../exchange/told-rotations.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';

export interface KeysOptions {
  config: string;
  /** Data folder of the exchange daemon. */
  data: string;
  /** What o'clock it is; tests set it. */
  clock?: Clock;
}

export interface KeysState {
  /** Id of our gate. */
  gate: string;
  config: GateConfig['counterpart'];
  dataDir: string;
  paths: ReturnType<typeof keyPaths>;
  clock: Clock;
  told: ToldRotations;
  own: OwnKeySet | undefined;
  trusted: { gate: string; keys: LogKey[] } | undefined;
  /** The change of our key that the log does not tell of yet. */
  planned: RotationRecord | undefined;
}

/** @throws GateError `KEY_…`, `CONFIG_…`, `EXCHANGE_DB_OPEN` */
export async function readKeysState(options: KeysOptions): Promise<KeysState> {
  const { gate, counterpart } = loadConfig(options.config);
  const dataDir = resolve(options.data);
  await refuseOtherUser(dataDir);
  const own = await readOwnKeys(counterpart, gate.id, dataDir, ALGORITHMS);
  const trusted = await readTrustedKeys(counterpart, dataDir, ALGORITHMS);
  const told = await readToldRotations(dataDir);
  return {
    gate: gate.id,
    config: counterpart,
    dataDir,
    paths: keyPaths(counterpart, dataDir),
    clock: options.clock ?? systemClock,
    told,
    own: own && { ...own, keys: withFiles(rotated(own.keys, told.own), own.keys) },
    trusted: trusted && { ...trusted, keys: rotated(trusted.keys, told.theirs) },
    planned: await readPlanned(counterpart, dataDir),
  };
}

/** The list again, each key with the file it had. */
const withFiles = (keys: readonly ListedKey[], listed: readonly OwnKey[]): OwnKey[] =>
  keys.map((key) => {
    const file = listed.find(({ kid }) => kid === key.kid)?.file;
    return { ...key, ...(file !== undefined && { file }) };
  });

export const writeOwn = ({ paths, gate }: KeysState, keys: readonly OwnKey[]): Promise<void> =>
  writeWhole(paths.own, `${JSON.stringify({ gate, keys }, null, 2)}\n`, 0o600);

export const writeTrusted = ({ paths, config }: KeysState, keys: readonly LogKey[]): Promise<void> =>
  writeWhole(paths.trusted, `${JSON.stringify({ gate: config.gate, keys }, null, 2)}\n`, 0o644);

/** What signs with a key of the list. @throws GateError `KEY_…` */
export async function signerFor(state: KeysState, key: OwnKey, keys: readonly OwnKey[]) {
  const { config, dataDir, clock, paths } = state;
  const ring = ringOf('list of our keys', paths.own, keys, ALGORITHMS);
  const found = keyOf(ring, key.kid);
  if (found === undefined) throw new Error(`key ${key.kid} is not in its own list`);
  return openSigner({ ...key, verifier: found.verifier }, { config, dataDir, clock, algorithms: ALGORITHMS });
}

/** A key as people compare it. */
export const described = (key: LogKey): string =>
  `${key.kid} (${key.alg})\n  fingerprint ${fingerprint(key.kid)}`;
