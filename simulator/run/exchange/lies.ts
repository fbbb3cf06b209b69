/**
 * A gate that lies about its log: its server alters what it says. The gate itself, its journal and its log on disk stay honest,
 * so that there is something to come back to. Each lie waits for a page that it can be told with.
 */
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import { PROTOCOL_VERSION, type Signer, signHead } from '../../../protocols/handover/head.ts';
import { decodeRecord, encodeRecord } from '../../../protocols/handover/line.ts';
import { leafHash, rootHash } from '../../../protocols/handover/merkle.ts';
import { fulfil } from '../../../protocols/handover/needs.ts';
import type { LogPage } from '../../../protocols/handover/wire.ts';
import { testKey } from './test-key.ts';

/** What a liar has at hand. */
export interface Liar {
  gate: string;
  /** The gate that is lied to. */
  reader: string;
  /** Its own key: heads signed with it are valid. */
  key: Signer;
  nowMs: number;
  /** Its honest log. */
  lines: readonly string[];
  /** What was asked for: the lines after this one. */
  after: number;
  /** Pages with lines of before, as they went out, oldest first. */
  told: readonly LogPage[];
}

/** Makes another page of the honest one, or leaves it as it is. */
export type Lie = (honest: LogPage, liar: Liar) => LogPage;

export interface LieKind {
  kind: string;
  /** What it does, one line. */
  what: string;
  lie: Lie;
}

const hashesOf = (leaves: readonly string[]) => createLogHashes({ tiles: [], leaves });

/** A valid signature over any leaves. */
function headOver(leaves: readonly string[], { gate, key, nowMs }: Liar, signer = key, named = gate): string {
  const { tree } = hashesOf(leaves);
  return signHead(
    { gate: named, version: PROTOCOL_VERSION, size: tree.size, rootHash: rootHash(tree), at: nowMs },
    signer,
  );
}

const leavesOf = ({ lines }: Liar, upTo: number): string[] => lines.slice(0, upTo).map(leafHash);

/** The same line, said to be of another time. */
function redated(data: string): string {
  const line = decodeRecord(data);
  if (!line.ok) return data;
  const { ok: _, ...content } = line;
  return encodeRecord({ ...content, at: content.at - 60_000 });
}

/** Lines under a head that covers one more, which will never be. */
function underFalseFuture(honest: LogPage, liar: Liar): LogPage {
  const end = liar.after + honest.lines.length;
  const leaves = [...leavesOf(liar, end), leafHash('another line')];
  const proof = fulfil(hashesOf(leaves).consistencyProof(end, end + 1), {
    lines: () => [],
    leaves: (after, last) => leaves.slice(after, last),
    head: () => undefined,
  });
  return { ...honest, head: headOver(leaves, liar), proof };
}

export const LIES: readonly LieKind[] = [
  {
    kind: 'lying-past',
    what: 'shows a second signed history of what was read before',
    lie: (honest, liar) =>
      liar.after === 0
        ? honest
        : {
            ...withoutProof(honest),
            lines: [],
            head: headOver([leafHash('another line'), ...leavesOf(liar, liar.after).slice(1)], liar),
          },
  },
  {
    kind: 'lying-future',
    what: 'signs for one question what is to come, and writes something else',
    lie: (honest, liar) => (honest.lines.length === 0 ? honest : underFalseFuture(honest, liar)),
  },
  {
    kind: 'lying-replays',
    what: 'answers each question with a page of before',
    lie: (honest, { told, after }) => told.findLast((page) => page.after !== after) ?? honest,
  },
  {
    kind: 'lying-replays-as-new',
    what: 'answers with a page of before, as if it were what was asked for',
    lie(honest, { told, after }) {
      const page = told.findLast((one) => one.after !== after);
      return page === undefined ? honest : { ...page, after };
    },
  },
  {
    kind: 'lying-reorders',
    what: 'lets two lines change places',
    lie(honest) {
      const [one, other, ...rest] = honest.lines;
      return one === undefined || other === undefined ? honest : { ...honest, lines: [other, one, ...rest] };
    },
  },
  {
    kind: 'lying-drops',
    what: 'leaves a line out',
    lie: (honest) => ({ ...honest, lines: honest.lines.slice(1) }),
  },
  {
    kind: 'lying-shrinks',
    what: 'signs anew that its log has fewer lines',
    lie: (honest, liar) =>
      liar.after < 2
        ? honest
        : {
            ...withoutProof(honest),
            lines: [],
            head: headOver(leavesOf(liar, liar.after - 1), liar),
          },
  },
  {
    kind: 'lying-alters',
    what: 'alters a line below its signed head',
    lie: (honest) => ({
      ...honest,
      lines: honest.lines.map((data, index) => (index === 0 ? redated(data) : data)),
    }),
  },
  {
    kind: 'lying-signs-wrong',
    what: 'signs with a key that nobody trusts',
    lie: (honest, liar) => {
      const end = liar.after + honest.lines.length;
      return {
        ...withoutProof(honest),
        head: headOver(leavesOf(liar, end), liar, testKey('nobody')),
      };
    },
  },
  {
    kind: 'lying-names-another',
    what: 'shows the log of another gate',
    lie: (honest, liar) => {
      const end = liar.after + honest.lines.length;
      return {
        ...withoutProof(honest),
        head: headOver(leavesOf(liar, end), liar, liar.key, 'nowhere'),
      };
    },
  },
  {
    kind: 'lying-witness',
    what: 'shows a head of the reader’s log that the reader never signed',
    lie: (honest, liar) => ({
      ...honest,
      witness: headOver([leafHash('another line')], liar, liar.key, liar.reader),
    }),
  },
];

function withoutProof({ proof: _, ...page }: LogPage): LogPage {
  return page;
}
