/**
 * I3, I4: by the two logs as they become durable, goods come back once, by a move that was received (once: moves.ts), and a difference is opened
 * once and closed by both sides. What a gate knows of an open difference keeps those goods from leaving its yard, and nothing is left open at the end.
 *
 * What a gate knows is told by its own journal: the lines it has written, and those of the other log it has read.
 */
import type { HandoverRecord, RecordOf } from '../../protocols/handover/record.ts';
import { recordIn } from '../record-in.ts';
import type { Part, Scene, Watched } from './scene.ts';

const DAY_MS = 86_400_000;

/** What one gate knows of a difference. */
interface Known {
  move: string;
  /** By gate, its last word. */
  words: Map<string, string>;
}

interface Journey {
  move?: string;
  direction: string;
  returnOf?: { move: string };
  original?: string;
  stage: string;
}

type OfDifference = RecordOf<'disputed' | 'joint-inspection' | 'closed'>;

export function createCustody({ run, book, gates, peerOf }: Scene): Part {
  /** Moves that were received and brought back, and when. */
  const received = new Map<string, { by: string; atMs: number }>();
  const returned = new Map<string, number>();
  /** Differences by who has opened them. */
  const opened = new Map<string, string>();
  const known = new Map<string, Map<string, Known>>();
  const journeys = new Map<string, Journey>();
  for (const { id } of gates.values()) known.set(id, new Map());

  const knownAt = ({ id }: Watched): Map<string, Known> => known.get(id) ?? new Map();
  const isOpen = ({ words }: Known): boolean => words.size < gates.size || new Set(words.values()).size > 1;

  function write(watched: Watched, record: HandoverRecord): void {
    switch (record.kind) {
      case 'received':
      case 'received-with-remarks':
        received.set(record.move, { by: watched.id, atMs: run.clock.nowMs() });
        if (record.kind === 'received-with-remarks') book.note('received with remarks');
        return;
      case 'returned':
        book.check();
        book.note('returned');
        if (returned.has(record.move)) book.violate('I4', watched.id, `${record.move} is brought back twice`);
        if (received.get(record.by)?.by !== watched.id)
          book.violate('I4', watched.id, `${record.move} is brought back by ${record.by}, which it has not`);
        returned.set(record.move, run.clock.nowMs());
        return;
      case 'disputed':
        book.check();
        book.note('disputed');
        if (opened.has(record.discrepancy))
          book.violate('I4', watched.id, `${record.discrepancy} is opened twice`);
        opened.set(record.discrepancy, watched.id);
        return hear(watched, watched.id, record);
      case 'joint-inspection':
      case 'closed':
        return hear(watched, watched.id, record);
      default:
    }
  }

  /** `by` has written it, and `watched` knows of it now. */
  function hear(watched: Watched, by: string, record: OfDifference): void {
    const { discrepancy: id } = record;
    if (id === undefined) return;
    const here = knownAt(watched);
    if (record.kind === 'disputed') {
      here.set(id, { move: record.move, words: new Map() });
      return;
    }
    const one = here.get(id);
    book.check();
    if (one === undefined)
      return book.violate('I4', watched.id, `${record.kind} of ${id}, which is not known`);
    if (record.kind !== 'closed') return;
    const before = one.words.size;
    one.words.set(by, record.outcome ?? '');
    if (before === gates.size) book.note('closed otherwise after a difference in outcome');
  }

  function released(
    watched: Watched,
    { checkpoint, crossing }: { checkpoint: string; crossing: string },
  ): void {
    const journey = journeys.get(crossing);
    if (journey === undefined) return;
    const { direction, move, returnOf, original, stage } = journey;
    const kept =
      checkpoint === 'yard-out' && direction === 'import' && stage === 'on-truck'
        ? move
        : checkpoint === 'border-out' && original !== undefined
          ? returnOf?.move
          : undefined;
    if (kept === undefined) return;
    book.check();
    for (const [id, one] of knownAt(watched))
      if (one.move === kept && isOpen(one))
        book.violate(
          'I3',
          watched.id,
          `${crossing} is let out of the yard, while ${id} about ${kept} is open`,
        );
  }

  return {
    durable(watched, entries) {
      for (const { kind, type, body } of entries) {
        if (kind === 'input') {
          if (type !== 'counterpart-record') continue;
          const { record } = JSON.parse(body) as { record: HandoverRecord };
          const by = peerOf(watched)?.id ?? '';
          if (record.kind === 'disputed' || record.kind === 'joint-inspection' || record.kind === 'closed')
            hear(watched, by, record);
        } else if (type === 'handover') write(watched, recordIn((JSON.parse(body) as { data: string }).data));
        else if (type === 'crossing') {
          const { crossing, ...journey } = JSON.parse(body) as Journey & { crossing: string };
          journeys.set(crossing, journey);
          if (journey.stage === 'completed') journeys.delete(crossing);
        } else if (type === 'release') released(watched, JSON.parse(body));
      }
    },
    sweep() {
      const beforeMs = run.clock.nowMs() - DAY_MS;
      for (const [move, { atMs }] of received) if (atMs < beforeMs) received.delete(move);
      for (const [move, atMs] of returned) if (atMs < beforeMs) returned.delete(move);
    },
    drained() {
      const left: string[] = [];
      for (const watched of gates.values()) {
        for (const [id, one] of knownAt(watched))
          if (isOpen(one)) left.push(`${watched.id}: ${id} about ${one.move} is open still`);
        for (const id of opened.keys())
          if (!knownAt(watched).has(id)) left.push(`${watched.id}: ${id} is not known there`);
        for (const { id, overAt } of Object.values(watched.gate.state.discrepancies))
          if (overAt === undefined) left.push(`${watched.id}: it takes ${id} to be open`);
      }
      return left;
    },
  };
}
