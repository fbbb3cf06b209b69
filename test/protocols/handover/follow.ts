/** Reading a log batch by batch as the product does, with a disk that holds what was taken; for tests of what a reader believes. */
import type { Batch, FollowerState, LogFault, VerifiedLine } from '../../../protocols/handover/follower.ts';
import { NEW_FOLLOWER } from '../../../protocols/handover/follower.ts';
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import { fulfil } from '../../../protocols/handover/needs.ts';
import { createReader } from '../../../protocols/handover/reader.ts';

export type Followed = { ok: true; lines: VerifiedLine[] } | { ok: false; fault: LogFault };

/** Where it stands is plain JSON, as it would be stored, and what it has taken of the log until then. */
export interface Stored {
  state: FollowerState;
  leaves: readonly string[];
}

export function follow(ring: KeyRing, { gate = 'huu-nghi', stored = undefined as Stored | undefined } = {}) {
  let state = stored?.state ?? NEW_FOLLOWER;
  const leaves = [...(stored?.leaves ?? [])];
  const source = {
    lines: () => [],
    leaves: (from: number, to: number) => leaves.slice(from, to),
    head: () => undefined,
  };
  const hashes = createLogHashes({ tiles: [], leaves });
  const reader = createReader({ gate, ring, hashes, state });
  return {
    get size(): number {
      return reader.size;
    },
    get stored(): Stored {
      return { state, leaves };
    },
    /** The answer to what follows the lines taken so far. */
    receive(batch: Omit<Batch, 'proof'>): Followed {
      const { head, lines: texts } = batch;
      const answer = fulfil(reader.receive({ head, lines: [...texts], after: reader.size }), source);
      if (answer.kind === 'fault') return { ok: false, fault: answer.fault };
      if (answer.kind === 'old') throw new Error(`no answer: ${answer.reason}`);
      reader.committed();
      if (answer.state !== undefined) ({ state } = answer);
      const lines = answer.kind === 'lines' ? answer.lines : [];
      leaves.push(...lines.map(({ leaf }) => leaf));
      return { ok: true, lines };
    },
  };
}
