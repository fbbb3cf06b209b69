/** The expected crossings, so arranged that the few a visit could be are found among thousands. */
import type { Usable } from './reads.ts';
import { type Wanted, wantedContainer, wantedPlate } from './wanted.ts';

/** One expected crossing. */
export interface Candidate {
  crossingId: string;
  plate?: string;
  trailer?: string;
  containers: readonly { number: string; position?: 'front' | 'rear' }[];
  /** Tags that the vehicle carries; any of them will do. */
  rfid?: readonly string[];
  /** Of a driverless vehicle. */
  serial?: string;
  bookingId?: string;
}

/** A candidate with its texts in comparable form. */
export interface Entry {
  candidate: Candidate;
  plate?: Wanted;
  trailer?: Wanted;
  containers: readonly { number: string; position?: 'front' | 'rear'; wanted: Wanted }[];
}

/** Rebuilt from the candidates at any time; holds nothing else. */
export interface ExpectedIndex {
  readonly entries: readonly Entry[];
  /** By kind and any three characters in a row, and by kind and whole text of what is compared whole. */
  readonly found: ReadonlyMap<string, readonly number[]>;
}

/** Three characters that so many crossings share tell nothing: the province and series of a fleet. */
const SHARED_MAX = 120;
/** The crossings that are looked at closely; those that share far less with the reads than the first one are not. */
const CLOSE_MAX = 8;
const CLOSE_SHARE = 5;
const GRAM = 3;

export function indexOf(expected: readonly Candidate[]): ExpectedIndex {
  const entries = expected.map((candidate): Entry => {
    const { plate, trailer, containers } = candidate;
    return {
      candidate,
      ...(plate !== undefined && { plate: wantedPlate(plate) }),
      ...(trailer !== undefined && { trailer: wantedPlate(trailer) }),
      containers: containers.map((one) => ({ ...one, wanted: wantedContainer(one.number) })),
    };
  });
  let found: ReadonlyMap<string, readonly number[]> | undefined;
  return {
    entries,
    // Nobody asks for it where few are expected and all is read to the letter.
    get found() {
      found ??= keysTo(entries);
      return found;
    },
  };
}

function keysTo(entries: readonly Entry[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const put = (key: string, at: number): void => {
    const list = found.get(key);
    if (list === undefined) found.set(key, [at]);
    else if (list.at(-1) !== at) list.push(at);
  };
  for (const [at, entry] of entries.entries()) {
    const { rfid = [], serial, bookingId } = entry.candidate;
    for (const one of [entry.plate, entry.trailer]) {
      if (one === undefined) continue;
      for (const key of grams('plate', one.text)) put(key, at);
      for (const text of [one.text, ...one.spelt]) put(whole('plate', text), at);
    }
    for (const { wanted } of entry.containers) {
      for (const key of grams('container', wanted.text)) put(key, at);
      put(whole('container', wanted.text), at);
    }
    for (const tag of rfid) put(whole('rfid', tag), at);
    if (serial !== undefined) put(whole('vehicle', serial), at);
    if (bookingId !== undefined) put(whole('booking', bookingId), at);
  }
  return found;
}

const whole = (kind: string, text: string): string => `${kind}=${text.trim()}`;

/** Whether a text is announced, for whichever crossing. */
export const isAnnounced = ({ found }: ExpectedIndex, kind: 'plate' | 'container', text: string): boolean =>
  found.has(whole(kind, text));

function grams(kind: 'plate' | 'container', text: string): string[] {
  const keys: string[] = [];
  for (let at = 0; at + GRAM <= text.length; at += 1) keys.push(`${kind}:${text.slice(at, at + GRAM)}`);
  return keys;
}

/** The crossings that share most with what was read. */
export function closest({ entries, found }: ExpectedIndex, reads: readonly Usable[]): readonly Entry[] {
  if (entries.length <= CLOSE_MAX) return entries;
  const shared = new Uint16Array(entries.length);
  const texts = new Map(reads.map((read) => [`${read.kind} ${read.text}`, read]));
  let most = 0;
  for (const key of new Set([...texts.values()].flatMap(keysOf))) {
    const list = found.get(key) ?? [];
    if (list.length > SHARED_MAX) continue;
    for (const at of list) {
      const count = (shared[at] ?? 0) + 1;
      shared[at] = count;
      if (count > most) most = count;
    }
  }
  const close: { at: number; count: number }[] = [];
  for (let at = 0; at < shared.length; at += 1) {
    const count = shared[at] ?? 0;
    if (count > 0 && count * CLOSE_SHARE >= most) close.push({ at, count });
  }
  return close
    .sort((a, b) => b.count - a.count || a.at - b.at)
    .slice(0, CLOSE_MAX)
    .flatMap(({ at }) => entries[at] ?? []);
}

function keysOf({ kind, text }: Usable): string[] {
  const form = kind === 'trailer' ? 'plate' : kind;
  return form === 'plate' || form === 'container'
    ? [...grams(form, text), whole(form, text)]
    : [whole(form, text)];
}
