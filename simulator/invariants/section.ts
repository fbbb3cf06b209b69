/**
 * I2, I3: nobody is offered, granted or sent onto a track that its gate has closed, or has read to be closed; on what both gates
 * have said to be empty there is nobody; and beside a vehicle that was sent by telephone there is no other, until it has arrived
 * or both gates have read of it in the other’s log.
 */
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import { recordIn } from '../record-in.ts';
import type { Part, Scene, Watched } from './scene.ts';

interface Closed {
  by: string;
  tracks: readonly string[];
  fromMs: number;
  /** The gates that have said that nothing of theirs is there. */
  clear: Set<string>;
}

/** What one gate's journal tells, in its order. */
interface Known {
  /** Closures it has written or read, and not seen reopened. */
  closures: Map<string, Closed>;
  /** The track of each move. */
  tracks: Map<string, string>;
}

export function createSection({ book, gates }: Scene): Part {
  const known = new Map<string, Known>(
    [...gates.keys()].map((id) => [id, { closures: new Map(), tracks: new Map() }]),
  );
  /** On the section by telephone, by the two logs, and which gates have read the other’s word on it. */
  const byTelephone = new Map<string, Set<string>>();
  /** Under way over the border, by the two logs. */
  const underWay = new Set<string>();

  const isAbout = ({ tracks }: Closed, track: string): boolean =>
    tracks.length === 0 || tracks.includes(track);

  function follow(mine: Known, record: HandoverRecord, by: string): void {
    if (record.kind === 'section-closing')
      mine.closures.set(record.closure, {
        by,
        tracks: record.tracks,
        fromMs: Date.parse(record.from),
        clear: new Set(),
      });
    else if (record.kind === 'section-closed') mine.closures.get(record.closure)?.clear.add(by);
    else if (record.kind === 'section-reopening') mine.closures.delete(record.closure);
    else if (record.kind === 'offered' || record.kind === 'granted')
      mine.tracks.set(record.move, record.track);
    else if (record.kind === 'closed') mine.tracks.delete(record.move);
  }

  function written({ id }: Watched, mine: Known, record: HandoverRecord, atMs: number): void {
    if (record.kind !== 'offered' && record.kind !== 'granted' && record.kind !== 'departed') return;
    const track = record.kind === 'departed' ? mine.tracks.get(record.move) : record.track;
    book.check();
    for (const [closure, closed] of mine.closures)
      if (track !== undefined && closed.fromMs < atMs && isAbout(closed, track))
        book.violate('I2', id, `${record.kind} of ${record.move} on ${track}, which ${closure} has closed`);
  }

  /** By the order in which the lines of both logs became durable. */
  function onSection(watched: Watched, record: HandoverRecord): void {
    if (record.kind === 'departed') {
      const [other] = record.hotline === undefined ? byTelephone.keys() : underWay;
      book.check();
      if (other !== undefined)
        book.violate('I2', watched.id, `${record.move} departs beside ${other}, one of them by telephone`);
      underWay.add(record.move);
      if (record.hotline !== undefined) {
        byTelephone.set(record.move, new Set());
        book.note('sent by telephone');
        lookForOthers(watched, record.move);
      }
    } else if (record.kind === 'arrived' || record.kind === 'received') {
      underWay.delete(record.move);
      byTelephone.delete(record.move);
    } else if (record.kind === 'block-reset')
      for (const move of record.moves) {
        underWay.delete(move);
        byTelephone.delete(move);
      }
  }

  /** What both have read of is a move like any other: it is on its track, and others may be on theirs. */
  function read({ id }: Watched, record: HandoverRecord): void {
    if (record.kind !== 'granted' && record.kind !== 'departed') return;
    const readers = byTelephone.get(record.move)?.add(id);
    if (readers?.size === gates.size) byTelephone.delete(record.move);
  }

  /** Whoever drives before its `departed` is durable would be seen here. */
  function lookForOthers(watched: Watched, move: string): void {
    for (const { km0, id } of watched.gate.config.section.tracks) {
      const [there] = vehiclesAt(km0);
      if (there !== undefined)
        book.violate('I2', watched.id, `${move} is sent by telephone, while ${there} is on ${id}`);
    }
  }

  const vehiclesAt = (km0: string): string[] =>
    [...gates.values()].flatMap(({ world }) =>
      [...world.vehicles]
        .filter(([, { place }]) => place.at === km0 || place.towards === km0)
        .map(([id]) => id),
    );

  return {
    durable(watched, entries) {
      const mine = known.get(watched.id);
      if (mine === undefined) return;
      for (const { kind, type, body, at } of entries) {
        if (kind === 'decision' && type === 'handover') {
          const record = recordIn(String((JSON.parse(body) as { data: string }).data));
          written(watched, mine, record, at);
          follow(mine, record, watched.id);
          onSection(watched, record);
        } else if (kind === 'input' && type === 'counterpart-record') {
          const { record } = JSON.parse(body) as { record: HandoverRecord };
          follow(mine, record, watched.gate.config.counterpart.gate);
          read(watched, record);
        }
      }
    },
    sweep() {
      for (const watched of gates.values()) {
        for (const [id, closed] of known.get(watched.id)?.closures ?? []) {
          // Who has closed it may have reopened it meanwhile.
          if (closed.clear.size < gates.size || known.get(closed.by)?.closures.has(id) !== true) continue;
          book.note('closed on both sides');
          for (const track of watched.gate.config.section.tracks)
            if (isAbout(closed, track.id))
              for (const vehicle of vehiclesAt(track.km0))
                book.violate(
                  'I3',
                  watched.id,
                  `${vehicle} is on ${track.id}, and ${id} says that it is empty`,
                );
        }
      }
    },
    drained() {
      return [...gates.values()].flatMap(({ id, gate }) => {
        const { closures, resets, hotline } = gate.state.section;
        return [
          ...Object.keys(closures).map((closure) => `${id}: ${closure} was not reopened`),
          ...Object.keys(resets).map((track) => `${id}: the block reset of ${track} is not done`),
          ...Object.keys(hotline.calls).map((number) => `${id}: ${number} was not reconciled`),
          ...Object.keys(hotline.faults).map((number) => `${id}: ${number} was not explained`),
        ];
      });
    },
  };
}
