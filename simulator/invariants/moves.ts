/**
 * I2, I4: by the two logs as they become durable, every move is made once on each side (offered, granted, departed, arrived,
 * received, closed, each once and in this order), every container and vehicle is under way in one move at a time, no place is
 * granted twice, no track holds more than it may, and the token of an alternating track has one holder.
 *
 * Two logs have no common order but the time at which their lines became durable: nobody can answer a line before that.
 */
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import { recordIn } from '../record-in.ts';
import type { Move, TrackBook } from './move.ts';
import { createTrackBook, isLive, isOnSection } from './move.ts';
import type { Part, Scene, Watched } from './scene.ts';

const DAY_MS = 86_400_000;

/** The body of a decision `handover`; `data` is the line itself. */
interface Line {
  line: number;
  record: HandoverRecord['kind'];
  data: string;
}

/** Lines that move nothing over the border. */
const ASKING: ReadonlySet<string> = new Set(['authority-asked', 'authority-granted', 'token-asked']);

export function createMoves({ run, book, gates }: Scene): Part {
  const moves = new Map<string, Move>();
  /** The live move of each container and vehicle, by its number or id. */
  const underWay = new Map<string, string>();
  /** The move each granted place was given to, by `gate/node`. */
  const places = new Map<string, string>();
  const lines = new Map<string, number>();
  /** Gates that have lost their disk. */
  const lost = new Set<string>();
  const tracks: TrackBook = createTrackBook(gates);
  /** What each gate has said last of a track, by `gate/track`. */
  const resets = new Map<string, string>();

  type Of<K extends HandoverRecord['kind']> = Extract<HandoverRecord, { kind: K }>;

  function wrong(watched: Watched, what: string): void {
    book.violate('I4', watched.id, what);
  }

  function offer(watched: Watched, record: Of<'offered'>): void {
    const { move, track } = record;
    if (moves.has(move)) return wrong(watched, `${move} is offered twice`);
    const containers = record.containers.map(({ number }) => number);
    const made: Move = {
      id: move,
      sender: watched.id,
      track,
      vehicle: record.vehicle,
      containers,
      atMs: run.clock.nowMs(),
    };
    moves.set(move, made);
    for (const key of keysOf(made)) {
      const other = moves.get(underWay.get(key) ?? '');
      if (other !== undefined && isLive(other) && other.receivedAt === undefined)
        wrong(watched, `${key} is offered in ${move}, while it is under way in ${other.id}`);
      underWay.set(key, move);
    }
    if (!tracks.maySend(track, watched.id))
      book.violate('I2', watched.id, `${move} is offered on ${track}, whose token is with the other gate`);
  }

  function grant(watched: Watched, record: Of<'granted'>, move: Move): void {
    if (move.grant !== undefined) return wrong(watched, `${move.id} is granted twice`);
    if (move.refused === true) wrong(watched, `${move.id} is granted after it was refused`);
    move.grant = record.grant;
    move.holdNode = record.holdNode;
    if (record.bayNode !== undefined) move.bayNode = record.bayNode;
    for (const node of [record.holdNode, record.bayNode]) {
      if (node === undefined) continue;
      const key = `${watched.id}/${node}`;
      const other = moves.get(places.get(key) ?? '');
      if (other !== undefined && stillHolds(other, node))
        book.violate('I2', watched.id, `${node} is granted to ${move.id}, while ${other.id} has it`);
      places.set(key, move.id);
    }
  }

  /** A hold point is another's again once its vehicle is known to be there; a bay once its container is off. */
  function stillHolds(move: Move, node: string): boolean {
    if (!isLive(move)) return false;
    return node === move.bayNode ? move.receivedAt === undefined : move.arrived !== true;
  }

  function departed(watched: Watched, record: Of<'departed'>, move: Move): void {
    if (move.grant === undefined) wrong(watched, `${move.id} departs without a grant`);
    else if (move.grant !== record.grant) wrong(watched, `${move.id} departs on the grant ${record.grant}`);
    if (move.returned === true || move.withdrawn === true)
      wrong(watched, `${move.id} departs, though it was given up`);
    if (move.departed === true) wrong(watched, `${move.id} departs twice`);
    move.departed = true;
    for (const other of tracks.alternating.includes(move.track) ? moves.values() : []) {
      if (other.track !== move.track || other.sender === move.sender || !isOnSection(other)) continue;
      book.violate(
        'I2',
        watched.id,
        `${move.id} departs on ${move.track}, where ${other.id} comes towards it`,
      );
    }
    lookAtTrack(watched, move.track);
  }

  function returned(watched: Watched, record: Of<'grant-returned'>, move: Move): void {
    if (move.grant !== record.grant) wrong(watched, `${move.id} returns a grant it was not given`);
    if (move.returned === true) wrong(watched, `${move.id} returns its grant twice`);
    if (move.departed === true) wrong(watched, `${move.id} returns its grant after it departed`);
    move.returned = true;
  }

  function receive(watched: Watched, record: Of<'received' | 'received-with-remarks'>, move: Move): void {
    if (move.departed !== true) wrong(watched, `${move.id} is received, and has not departed`);
    if (move.arrived !== true) book.note('received without having been noticed to arrive');
    if (move.receivedAt !== undefined) wrong(watched, `${move.id} is received twice`);
    if (record.containers.toSorted().join() !== move.containers.toSorted().join())
      wrong(
        watched,
        `${move.id} is received with ${record.containers.join()}, sent with ${move.containers.join()}`,
      );
    move.receivedAt = run.clock.nowMs();
  }

  function close(watched: Watched, move: Move): void {
    if (move.receivedAt === undefined) wrong(watched, `${move.id} is closed, and was not received`);
    // What is told of it later is told of an unknown move.
    moves.delete(move.id);
    for (const key of keysOf(move)) if (underWay.get(key) === move.id) underWay.delete(key);
  }

  /** Gone when both logs name them; what has come to its end otherwise is not lost. */
  function reset(watched: Watched, { track, moves: named }: Of<'block-reset'>): void {
    const said = named.toSorted().join();
    resets.set(`${watched.id}/${track}`, said);
    if ([...gates.keys()].some((id) => resets.get(`${id}/${track}`) !== said)) return;
    for (const id of gates.keys()) resets.delete(`${id}/${track}`);
    book.note('block resets');
    tracks.reset(track);
    for (const id of named) {
      const move = moves.get(id);
      if (move === undefined || move.arrived === true) continue;
      moves.delete(id);
      for (const key of keysOf(move)) if (underWay.get(key) === id) underWay.delete(key);
    }
  }

  /** By the sender's log only the sender speaks of these, by the receiver's only the receiver. */
  function take(watched: Watched, record: Exclude<HandoverRecord, { kind: 'offered' }>): void {
    if (!('move' in record)) return;
    // Of moves that may be long over: custody.ts follows those.
    if (record.kind === 'disputed' || record.kind === 'joint-inspection' || record.kind === 'returned')
      return;
    if (record.kind === 'closed' && record.discrepancy !== undefined) return;
    const move = moves.get(record.move);
    if (move === undefined) return wrong(watched, `${record.kind} of ${record.move}, which is not under way`);
    const bySender = SENDERS.has(record.kind);
    if ((move.sender === watched.id) !== bySender)
      return wrong(watched, `${record.kind} of ${record.move} stands in the wrong log`);
    switch (record.kind) {
      case 'granted':
        return grant(watched, record, move);
      case 'refused':
        if (move.grant !== undefined || move.refused === true)
          wrong(watched, `${move.id} is refused too late`);
        move.refused = true;
        return;
      case 'offer-withdrawn':
        if (move.departed === true || move.returned === true || move.withdrawn === true)
          wrong(watched, `${move.id} is withdrawn too late`);
        move.withdrawn = true;
        return;
      case 'grant-returned':
        return returned(watched, record, move);
      case 'departed':
        return departed(watched, record, move);
      case 'recalled':
        if (move.departed !== true || move.recalled === true)
          wrong(watched, `${move.id} is recalled in vain`);
        move.recalled = true;
        return;
      case 'arrived':
        if (move.departed !== true) wrong(watched, `${move.id} arrives, and has not departed`);
        if (move.arrived === true) wrong(watched, `${move.id} arrives twice`);
        move.arrived = true;
        return;
      case 'accepted':
        if (move.grant !== undefined || move.refused === true || move.accepted === true)
          wrong(watched, `${move.id} is accepted too late`);
        move.accepted = true;
        return;
      case 'received':
      case 'received-with-remarks':
        return receive(watched, record, move);
      case 'closed':
        return close(watched, move);
      default:
        record satisfies never;
    }
  }

  function line(watched: Watched, body: string): void {
    const { line: number, record: kind, data } = JSON.parse(body) as Line;
    book.check();
    const last = lines.get(watched.id) ?? 0;
    if (number !== last + 1) book.violate('I5', watched.id, `line ${number} of its log follows line ${last}`);
    lines.set(watched.id, number);
    if (ASKING.has(kind)) return;
    const record = recordIn(data);
    if (record.kind === 'offered') return offer(watched, record);
    if (record.kind === 'block-reset') return reset(watched, record);
    if (record.kind === 'token-passed') {
      if (!tracks.handOver(record.track, watched.id))
        book.violate('I2', watched.id, `it hands over the token of ${record.track}, which it does not hold`);
      return;
    }
    take(watched, record);
  }

  function lookAtTrack(watched: Watched, track: string): void {
    const { capacity = 0, km0 } = watched.gate.config.section.tracks.find(({ id }) => id === track) ?? {};
    let onIt = 0;
    for (const { world } of gates.values()) {
      for (const { place } of world.vehicles.values())
        if (place.at === km0 || place.towards === km0) onIt += 1;
    }
    book.check();
    if (onIt > capacity)
      book.violate('I2', watched.id, `${onIt} vehicles are on ${track}, which takes ${capacity}`);
  }

  return {
    durable(watched, entries) {
      for (const { kind, type, body } of entries)
        if (kind === 'decision' && type === 'handover') line(watched, body);
    },
    lost: ({ id }) => void lost.add(id),
    crashed(watched) {
      // Until its log is back it says nothing.
      if (lost.has(watched.id) && !watched.gate.state.log.open) return;
      const told = watched.gate.state.counters.line ?? 0;
      const last = lines.get(watched.id) ?? 0;
      book.check();
      if (told !== last)
        book.violate('I5', watched.id, `after a crash its log has ${told} lines, ${last} were durable`);
    },
    sweep() {
      // Both gates name the same tracks.
      const [one] = gates.values();
      for (const { id } of one?.gate.config.section.tracks ?? []) if (one !== undefined) lookAtTrack(one, id);
      for (const track of tracks.alternating) {
        const holders = [...gates.values()].filter(
          ({ id, gate }) => (gate.state.log.open || !lost.has(id)) && gate.state.tracks[track]?.holder === id,
        );
        if (holders.length > 1)
          book.violate('I2', 'world', `both gates believe they hold the token of ${track}`);
      }
      const beforeMs = run.clock.nowMs() - DAY_MS;
      for (const [id, move] of moves) if (!isLive(move) && move.atMs < beforeMs) moves.delete(id);
      for (const [key, id] of underWay) if (!moves.has(id)) underWay.delete(key);
      for (const [key, id] of places) if (!moves.has(id)) places.delete(key);
    },
    drained() {
      const left: string[] = [];
      for (const move of moves.values()) {
        // What was recalled waits for people, as its crossing does.
        if (!isLive(move) || move.recalled === true) continue;
        if (move.receivedAt !== undefined) left.push(`${move.id} of ${move.sender}: received and not closed`);
        else if (move.departed === true)
          left.push(`${move.id}: departed from ${move.sender} and not received`);
        else left.push(`${move.id}: offered by ${move.sender} and neither departed nor given up`);
      }
      return left;
    },
  };
}

const keysOf = ({ vehicle, containers }: Move): string[] => [vehicle, ...containers];

const SENDERS: ReadonlySet<string> = new Set([
  'offer-withdrawn',
  'grant-returned',
  'departed',
  'recalled',
  'closed',
]);
