/**
 * I2, I4: custody and the block, by what the two logs say and nothing else: each container is in the custody of one gate, which passes
 * with `received`; no more grants are open for a track than it takes, and on an alternating one none towards another.
 */
import type { HandoverRecord, RecordOf } from '../../protocols/handover/record.ts';
import type { Scene } from './scene.ts';

interface Grant {
  readonly track: string;
  readonly sender: string;
}

export interface CustodyBook {
  /** The next line that gate `id` has published. */
  judge(id: string, record: HandoverRecord): void;
  /** Grants that are still open. */
  left(): string[];
}

export function createLogCustody({ book, gates }: Pick<Scene, 'book' | 'gates'>): CustodyBook {
  /** Who has each container that was ever offered. */
  const custody = new Map<string, string>();
  /** Containers of each offered move, until it is over. */
  const offered = new Map<string, { sender: string; containers: readonly string[] }>();
  const grants = new Map<string, Grant>();
  /** What one side has inspected, and which. */
  const resets = new Map<string, string>();

  function judge(id: string, record: HandoverRecord): void {
    if (record.kind === 'block-reset') return reset(id, record);
    if (!('move' in record)) return;
    const { move } = record;
    switch (record.kind) {
      case 'offered': {
        const containers = record.containers.map(({ number }) => number);
        for (const number of containers) {
          const holder = custody.get(number) ?? id;
          if (holder !== id)
            book.violate('I4', id, `${number} is offered in ${move}, in the custody of ${holder}`);
          custody.set(number, holder);
        }
        offered.set(move, { sender: id, containers });
        return;
      }
      case 'granted':
        return grant(id, record);
      case 'received':
      case 'received-with-remarks':
        for (const number of offered.get(move)?.containers ?? []) receive(id, move, number);
        return;
      case 'arrived':
        grants.delete(move);
        return;
      case 'closed':
        // Of a difference, not of the move.
        if (record.discrepancy !== undefined) return;
        grants.delete(move);
        offered.delete(move);
        return;
      case 'grant-returned':
      case 'refused':
        grants.delete(move);
        offered.delete(move);
        return;
      default:
    }
  }

  /** People of both sides have found the track empty of these moves: the block is free, the goods are still their sender's. */
  function reset(id: string, { track, moves }: RecordOf<'block-reset'>): void {
    const what = `${track}: ${moves.toSorted().join()}`;
    const by = resets.get(what);
    if (by === undefined || by === id) {
      resets.set(what, id);
      return;
    }
    resets.delete(what);
    for (const move of moves) {
      grants.delete(move);
      offered.delete(move);
    }
  }

  function receive(id: string, move: string, number: string): void {
    const sender = offered.get(move)?.sender;
    const holder = custody.get(number);
    book.check();
    if (holder !== sender || sender === id)
      book.violate('I4', id, `${number} is received in ${move} of ${sender}, in the custody of ${holder}`);
    custody.set(number, id);
  }

  function grant(id: string, { move, track, hotline }: RecordOf<'granted'>): void {
    // What was announced by telephone is told in the logs when they can be read again, the grant perhaps before the offer.
    const announcedBy = hotline && [...gates.keys()].find((gate) => gate !== id);
    const sender = offered.get(move)?.sender ?? announcedBy;
    if (sender === undefined || sender === id)
      return book.violate('I2', id, `it grants ${move}, which nobody has offered it`);
    grants.set(move, { track, sender });
    const open = [...grants.values()].filter((one) => one.track === track);
    const config = gates.get(id)?.gate.config.section.tracks.find((one) => one.id === track);
    book.check();
    if (open.length > (config?.capacity ?? 0))
      book.violate('I2', id, `${open.length} open grants for ${track}, which takes ${config?.capacity}`);
    if (config?.direction === 'alternating' && open.some((one) => one.sender !== sender))
      book.violate('I2', id, `${move} is granted on ${track}, with an open grant towards it`);
  }

  return {
    judge,
    left: () => [...grants].map(([move, { sender }]) => `${move} of ${sender}: its grant is open`),
  };
}
