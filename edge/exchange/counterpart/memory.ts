/** What control remembers of the two logs: asked at its door, as source cursors are. */
import { z } from 'zod';
import type { SignedHead } from '../../../protocols/handover/needs.ts';
import { GateError } from '../../platform/errors.ts';
import type { ControlDoor } from '../door.ts';

const fault = z.object({
  kind: z.enum(['bad-signature', 'wrong-log', 'shrunken-log', 'fork', 'gap', 'altered-line']),
  reason: z.string(),
  evidence: z.object({ heads: z.array(z.string()) }).exactOptional(),
});
export type RememberedFault = z.infer<typeof fault>;

const memory = z.object({
  sources: z.record(z.string(), z.int().nonnegative()),
  witness: z
    .object({ size: z.int().nonnegative(), rootHash: z.string(), head: z.string() })
    .nullable()
    .default(null),
  log: z.object({ open: z.boolean(), restoring: z.unknown() }).default({ open: true, restoring: null }),
  logFaults: z
    .object({ ours: fault.nullable(), theirs: fault.nullable() })
    .default({ ours: null, theirs: null }),
});

export interface CounterpartMemory {
  /** Lines of the other gate's log that control has taken. */
  lines: number;
  /** The newest head of it all of whose lines control has taken. */
  witness: SignedHead | null;
  /** Our own log: whether lines of it may be written, and how many were restored. */
  own: { open: boolean; restoring: boolean; restored: number };
  /** What nobody has cleared yet. */
  faults: Record<'ours' | 'theirs', RememberedFault | null>;
}

/** The source under which lines are told; their numbers are its sequence. */
export const LINES_SOURCE = 'counterpart';

/** The same for lines of our own log that are restored. */
export const OWN_LINES_SOURCE = 'own-log';

export async function readMemory(door: ControlDoor): Promise<CounterpartMemory> {
  const parsed = memory.safeParse(await door.state());
  if (!parsed.success)
    throw new GateError(
      'STATE_UNREADABLE',
      `the control daemon's state has no readable memory of the two logs: ${parsed.error.message}`,
      'Run the control and exchange daemons from the same release.',
    );
  const { sources, witness, logFaults, log } = parsed.data;
  return {
    lines: sources[LINES_SOURCE] ?? 0,
    witness: witness && { size: witness.size, rootHash: witness.rootHash, jws: witness.head },
    own: { open: log.open, restoring: log.restoring !== null, restored: sources[OWN_LINES_SOURCE] ?? 0 },
    faults: logFaults,
  };
}
