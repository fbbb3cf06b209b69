/**
 * Follows the lists of keys while exchange runs: what `gate keys` writes counts at once. Each key that comes into trust, is revoked or goes
 * is told to control, so that the journal says by which keys the two logs were believed at any time; also of what was changed while
 * exchange was down.
 */
import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { z } from 'zod';
import type { GateConfig } from '../../../config/schema.ts';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import type { LogKey } from '../../../protocols/handover/public-key.ts';
import type { LogKeysChanged, LogName } from '../../core/input.ts';
import { type Database, getMeta, setMeta } from '../database.ts';
import type { ControlDoor } from '../door.ts';
import { keyPaths } from '../key-store.ts';
import { type ListedKeys, listedKeys } from '../keys.ts';
import { isThere } from '../private-file.ts';
import { startWorker, type Worker, type WorkerTools } from '../worker.ts';

/** A person has changed them and waits; looking costs four `stat` calls. */
const LOOK_MS = 1_000;
const SOURCE = 'log-keys-changed';
/** The keys that control was told of, in `exchange.db`. */
const TOLD = 'keys.told';

const toldKeys = z.record(z.string(), z.object({ revoked: z.boolean(), upTo: z.int().nullable() }));
const told = z.object({ ours: toldKeys, theirs: toldKeys });
type ToldKeys = z.infer<typeof toldKeys>;

export function startKeyWatch(
  options: WorkerTools & {
    config: GateConfig['counterpart'];
    gate: string;
    dataDir: string;
    database: Database;
    door: Pick<ControlDoor, 'submit'>;
    /** The keys of the logs as listed now. */
    onListed(rings: Record<LogName, KeyRing>): Promise<void>;
  },
): Worker {
  const { config, dataDir, database, door, random, log } = options;
  const paths = keyPaths(config, dataDir);
  const files = {
    ours: [paths.own, paths.ownPem],
    theirs: [paths.trusted, paths.trustedPem],
  } as const;
  /** How the files were when they were last read. */
  let seen: string | undefined;
  let untold: { input: LogKeysChanged; id: string }[] = [];
  let next: z.infer<typeof told> | undefined;

  const take = async (): Promise<void> => {
    const now = await traceOf([...files.ours, ...files.theirs]);
    if (now === seen) return;
    const listed = await listedKeys(options);
    await options.onListed({ ours: listed.ours.ring, theirs: listed.theirs.ring });
    const stored = await getMeta(database, TOLD);
    const before = stored === undefined ? { ours: {}, theirs: {} } : told.parse(JSON.parse(stored));
    next = { ours: statesOf(listed.ours.keys), theirs: statesOf(listed.theirs.keys) };
    untold = [];
    for (const name of ['ours', 'theirs'] as const) {
      const input = changeOf(name, before[name], next[name], await nameOf(name));
      if (input === undefined) continue;
      untold.push({ input, id: `${SOURCE}:${random.uuid()}` });
      const { trusted, revoked, removed, file } = input;
      log.warn(name === 'ours' ? 'the keys of our log have changed' : 'the keys we trust have changed', {
        file,
        trusted,
        revoked: revoked.map(
          ({ kid, upTo }) => `${kid} (${upTo === null ? 'nothing' : `to line ${upTo}`} stands)`,
        ),
        removed,
      });
    }
    seen = now;
  };
  /** The list, or without one the PEM of a single key. */
  const nameOf = async (name: LogName): Promise<string> => {
    const [list, pem] = files[name];
    return relative(dataDir, (await isThere(list)) ? list : pem);
  };

  return startWorker({
    ...options,
    name: 'follow the lists of keys',
    backoff: { minMs: LOOK_MS, maxMs: 30_000 },
    async turn() {
      await take();
      for (const { input, id } of untold) await door.submit(input, { source: SOURCE, id });
      untold = [];
      if (next !== undefined) {
        const text = JSON.stringify(next);
        await database.transaction((tx) => setMeta(tx, TOLD, text));
        next = undefined;
      }
      return LOOK_MS;
    },
  });
}

function statesOf(keys: ListedKeys['keys']): ToldKeys {
  const state = ({ revokedAt, lastTrusted }: LogKey) => ({
    revoked: revokedAt !== undefined,
    upTo: revokedAt === undefined ? null : (lastTrusted?.size ?? null),
  });
  return Object.fromEntries(keys.map((key) => [key.kid, state(key)]));
}

/** Undefined if nothing has changed. */
function changeOf(log: LogName, before: ToldKeys, now: ToldKeys, file: string): LogKeysChanged | undefined {
  const isTrusted = (of: ToldKeys, kid: string): boolean => of[kid]?.revoked === false;
  const trusted = Object.keys(now).filter((kid) => isTrusted(now, kid) && !isTrusted(before, kid));
  const revoked = Object.entries(now)
    .filter(
      ([kid, { revoked, upTo }]) => revoked && (before[kid]?.revoked !== true || before[kid].upTo !== upTo),
    )
    .map(([kid, { upTo }]) => ({ kid, upTo }));
  const removed = Object.keys(before).filter((kid) => now[kid] === undefined);
  if (trusted.length + revoked.length + removed.length === 0) return undefined;
  return { type: 'log-keys-changed', log, file, trusted, revoked, removed };
}

/** What changes with every file that is put in the place of another. */
async function traceOf(paths: readonly string[]): Promise<string> {
  const traces = await Promise.all(
    paths.map((path) =>
      stat(path, { bigint: true }).then(
        ({ ino, size, mtimeNs }) => `${ino}:${size}:${mtimeNs}`,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return '-';
          throw error;
        },
      ),
    ),
  );
  return traces.join(' ');
}
