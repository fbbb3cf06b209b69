/**
 * Brings a planned change of our log's key into the log: `gate keys rotate` has left it in a file, control is asked to write it, and when
 * our log tells of it the file goes. Each step can be the last before a power cut: nothing is decided by the file once the log tells.
 */
import { rm } from 'node:fs/promises';
import type { GateConfig } from '../../../config/schema.ts';
import { keyOf, signingKeyOf } from '../../../protocols/handover/key-ring.ts';
import { claimedKeys, readRotation } from '../../../protocols/handover/rotation.ts';
import { GateError } from '../../platform/errors.ts';
import type { ControlDoor } from '../door.ts';
import { keyPaths, readPlanned } from '../key-store.ts';
import type { OwnKeys } from '../keys.ts';
import { startWorker, type Turn, type Worker, type WorkerTools } from '../worker.ts';
import type { HandoverLog } from './log.ts';

/** A person has started it and waits. */
const LOOK_MS = 1_000;
/** What was asked for and is not in the log after this long is asked for again. */
const ASK_AGAIN_MS = 600_000;
const SOURCE = 'log-keys';
const DAY_MS = 86_400_000;
/** Days before a key expires in which each day is told. */
const EXPIRY_TOLD_DAYS = 30;

export function startKeyRotation(
  options: WorkerTools & {
    gate: string;
    config: GateConfig['counterpart'];
    dataDir: string;
    keys: OwnKeys;
    handoverLog: Pick<HandoverLog, 'ring' | 'size' | 'publishing'>;
    door: Pick<ControlDoor, 'submit'>;
  },
): Worker {
  const { gate, config, dataDir, keys, handoverLog, door, clock, random, log } = options;
  let toldDay: number | undefined;
  let asked: { kid: string; atMs: number } | undefined;

  const tellExpiry = (): void => {
    const at = clock.nowMs();
    const found = signingKeyOf(handoverLog.ring, { size: handoverLog.size + 1, at });
    if (!found.ok || found.key.exp === undefined) return;
    const days = Math.floor((found.key.exp * 1_000 - at) / DAY_MS);
    if (days > EXPIRY_TOLD_DAYS || days === toldDay) return;
    toldDay = days;
    log.warn(`the key that signs our log expires in ${days} days`, {
      kid: found.key.kid,
      remedy: 'change it with gate keys rotate; an expired key signs nothing, and the link is down then',
    });
  };

  return startWorker({
    ...options,
    name: 'change the key of our log',
    backoff: { minMs: LOOK_MS, maxMs: 30_000 },
    async turn(): Promise<Turn> {
      // Not level with the journal, we could ask for what it holds already.
      if (!handoverLog.publishing) return LOOK_MS;
      tellExpiry();
      const planned = await readPlanned(config, dataDir);
      if (planned === undefined) return LOOK_MS;
      const next = claimedKeys(planned)?.new;
      if (next !== undefined && keyOf(handoverLog.ring, next.kid)?.fromSize !== undefined) {
        await rm(keyPaths(config, dataDir).planned, { force: true });
        log.info('the key of our log has changed', { kid: next.kid });
        return LOOK_MS;
      }
      const line = handoverLog.size + 1;
      const read = readRotation(planned, { gate, line, ring: handoverLog.ring });
      if (!read.ok || read.taken === undefined)
        throw new GateError(
          'ROTATION_REFUSED',
          `the planned change of our key is not told: ${read.ok ? (read.idle ?? 'it is not of the key in force') : read.reason}`,
          'Remove log-keys.rotation.json and start gate keys rotate again.',
        );
      // Once the log tells of it nothing else can sign: the new key must be at hand.
      const { kid } = read.taken.key;
      await keys.signer(kid);
      const nowMs = clock.monotonicMs();
      if (asked?.kid === kid && nowMs - asked.atMs < ASK_AGAIN_MS) return LOOK_MS;
      if (asked?.kid === kid)
        log.warn('our log does not tell of the planned change of keys yet', {
          kid,
          remedy:
            'a gate that reads version 1 of the protocol only cannot be told; else see the log of control',
        });
      // Told twice it changes nothing, so it may be asked again however the last answer was lost.
      const from = { source: SOURCE, id: `${SOURCE}:${random.uuid()}` };
      await door.submit({ type: 'keys-rotated-asked', record: planned }, from);
      asked = { kid, atMs: nowMs };
      return LOOK_MS;
    },
  });
}
