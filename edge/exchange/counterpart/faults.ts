/**
 * Faults of the two logs: each is written to a file, told to control, and stands until control says that people have
 * cleared it. Until control has been asked once after the start nothing is known: then neither log is read or served.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CounterpartFault, LogName } from '../../core/input.ts';
import type { ControlDoor } from '../door.ts';
import { startWorker, type WorkerTools } from '../worker.ts';
import { type CounterpartMemory, type RememberedFault, readMemory } from './memory.ts';

const LOGS = ['ours', 'theirs'] as const satisfies LogName[];
/** Longer reasons are cut; the file has them whole. */
const REASON_CHARS_MAX = 1_000;

export interface FoundFault {
  log: LogName;
  kind: CounterpartFault['kind'];
  reason: string;
  heads: readonly string[];
  /** What goes into the file beside it. */
  evidence?: Record<string, unknown>;
}

export interface Faults {
  /** A fault was found: it is kept, and told. */
  found(fault: FoundFault): void;
  /** Control has decided to clear one, or has restarted: asks it what stands. */
  lookAgain(): void;
  stop(): Promise<void>;
}

export function startFaults(
  options: WorkerTools & {
    door: ControlDoor;
    evidenceDir: string;
    /** Found before. */
    early: readonly FoundFault[];
    /** What control remembers; once at the start, and whenever a fault was cleared, or found by the core itself. */
    onMemory(memory: CounterpartMemory): Promise<void>;
  },
): Faults {
  const { door, clock, random, log, evidenceDir } = options;
  /** Found and not yet told, at most one a log: what was found first explains the rest. */
  const untold = new Map<LogName, { fault: FoundFault; input?: CounterpartFault; id: string }>();
  const standing: Record<LogName, RememberedFault | null> = { ours: null, theirs: null };
  const found = (fault: FoundFault): void => {
    if (!untold.has(fault.log)) untold.set(fault.log, { fault, id: `exchange-logs:${random.uuid()}` });
  };
  for (const fault of options.early) found(fault);
  let askControl = true;
  let asked = false;

  /** Writes the file, once. */
  const keep = async ({ evidence, ...fault }: FoundFault): Promise<CounterpartFault> => {
    await mkdir(evidenceDir, { recursive: true });
    const file = `${fault.log}-${fault.kind}-${random.uuid()}.json`;
    const text = JSON.stringify({ fault, at: clock.nowMs(), ...evidence }, null, 2);
    await writeFile(join(evidenceDir, file), text, { mode: 0o600, flush: true });
    log.error(
      fault.log === 'ours'
        ? 'our handover log is not published any more'
        : 'the counterpart’s log does not verify; it is not read any more',
      {
        fault: fault.kind,
        reason: fault.reason,
        evidence: join(evidenceDir, file),
        remedy: `compare the evidence with the other side; when it is understood: gate act clear-log-fault ${fault.log}`,
      },
    );
    return {
      type: 'counterpart-fault',
      log: fault.log,
      kind: fault.kind,
      reason: fault.reason.slice(0, REASON_CHARS_MAX),
      evidence: { heads: [...fault.heads], file, sha256: createHash('sha256').update(text).digest('hex') },
    };
  };

  const worker = startWorker({
    ...options,
    name: 'tell control about faults of the logs',
    backoff: { minMs: 100, maxMs: 2_000 },
    async turn() {
      for (const [name, each] of untold) {
        each.input ??= await keep(each.fault);
        await door.submit(each.input, { source: 'exchange-logs', id: each.id });
        const { kind, reason } = each.fault;
        standing[name] = { kind, reason };
        untold.delete(name);
      }
      if (!askControl) return 'idle';
      askControl = false;
      try {
        const memory = await readMemory(door);
        const changed = LOGS.some((name) => (standing[name] === null) !== (memory.faults[name] === null));
        if (changed || !asked) await options.onMemory(memory);
        Object.assign(standing, memory.faults);
        asked = true;
      } catch (error) {
        askControl = true;
        throw error;
      }
      return 0;
    },
  });

  return {
    found(fault) {
      found(fault);
      worker.wake();
    },
    lookAgain() {
      askControl = true;
      worker.wake();
    },
    stop: worker.stop,
  };
}
