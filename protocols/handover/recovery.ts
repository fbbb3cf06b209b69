/**
 * Getting our own log back from the other gate's copy of it, without I/O: pages go in; at their end either the whole log is
 * proven to be what we have signed, or it is refused. Nothing of it counts before.
 */
import { keysToldIn, type LogFault } from './follower.ts';
import type { KeyRing } from './key-ring.ts';
import { decodeRecord } from './line.ts';
import { claimsOf } from './log-file.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from './merkle.ts';
import type { CopyPage } from './wire.ts';
import { judgeWitness } from './witness.ts';

export type RecoveryAnswer =
  /** These lines, to be kept; more are to be asked for. */
  | { kind: 'lines'; lines: { line: number; data: string }[] }
  /** All lines are there, and they are those under a head of ours. */
  | { kind: 'whole'; size: number; rootHash: string }
  /** Not our log, as far as we can tell; `log`: whose fault it is. It is ours where our own keys do not suffice to check it. */
  | { kind: 'refused'; log: 'ours' | 'theirs'; fault: LogFault };

export interface Recovery {
  /** Lines taken: ask for those after this one. */
  readonly size: number;
  take(page: CopyPage): RecoveryAnswer;
}

/** `trusted`: our keys as listed; the log itself tells of changes among them. `theirs`: the keys of the other side's log. */
export function createRecovery(gate: string, trusted: KeyRing, theirs: KeyRing): Recovery {
  let tree = EMPTY_TREE;
  let ring = trusted;
  return {
    get size() {
      return tree.size;
    },
    take({ lines, head }) {
      const refused = (reason: string): RecoveryAnswer => ({
        kind: 'refused',
        log: 'theirs',
        fault: { kind: 'altered-line', reason: `its copy of our log: ${reason}`, heads: [head] },
      });
      if (lines.length === 0) {
        const covered = claimsOf(head)?.size;
        if (covered !== undefined && covered !== tree.size)
          return refused(`it ends at line ${tree.size}, its head covers ${covered}`);
        const judged = judgeWitness(head, { gate, ours: ring, theirs });
        if (judged.kind === 'lie') return { kind: 'refused', log: 'theirs', fault: judged.fault };
        if (judged.kind === 'own-keys')
          return {
            kind: 'refused',
            log: 'ours',
            fault: { kind: 'bad-signature', reason: judged.reason, heads: [head] },
          };
        const root = rootHash(tree);
        return root === judged.head.rootHash
          ? { kind: 'whole', size: tree.size, rootHash: root }
          : refused(`its ${tree.size} lines are not those that we have signed`);
      }
      const told = keysToldIn(lines, gate, ring);
      if (told.refused !== undefined) return refused(told.refused);
      ({ ring } = told);
      const taken: { line: number; data: string }[] = [];
      for (const data of lines) {
        const decoded = decodeRecord(data);
        const line = tree.size + 1;
        if (!decoded.ok) return refused(`line ${line}: ${decoded.reason}`);
        if (decoded.gate !== gate || decoded.line !== line)
          return refused(`line ${decoded.line} of gate ${decoded.gate} stands where line ${line} belongs`);
        tree = appendLeaf(tree, leafHash(data));
        taken.push({ line, data });
      }
      return { kind: 'lines', lines: taken };
    },
  };
}
