/**
 * Watch lists: what a vehicle must not be, come from, carry or belong to. Each holds between its dates, and its owner alone
 * clears a hit. Whatever was read counts, however badly, and even of a vehicle nobody expects.
 */
import { normaliseHsCode } from '../../../protocols/hs-code.ts';
import { normaliseContainerCode } from '../../../protocols/iso6346.ts';
import { normalisePlate, platesMeant } from '../../../protocols/plates.ts';
import { normaliseSeal } from '../../../protocols/seals.ts';
import { ownedBy, type Reason, reason } from '../reasons.ts';
import type { Case, Judged, WatchList } from './case.ts';
import { cleared, rowsOf } from './rows.ts';

type Kind = WatchList['entries'][number]['kind'];

interface Trait {
  kind: Kind;
  value: string;
}

/** One form of free text, for names, origins and registration numbers. */
export const plainText = (text: string): string =>
  text.normalize('NFKC').trim().replace(/\s+/g, ' ').toUpperCase();

/** Everything a value may stand for on a list, in comparable form. A trailer's plate is a plate. */
function keysOf({ kind, value }: Trait): string[] {
  switch (kind) {
    case 'plate':
    case 'trailer':
      return platesMeant(value).map((plate) => `plate ${plate}`);
    case 'container':
      return keyed(kind, normaliseContainerCode(value));
    case 'seal':
      return keyed(kind, normaliseSeal(value) ?? '');
    case 'hs':
      return keyed(kind, normaliseHsCode(value));
    default:
      return keyed(kind, plainText(value));
  }
}

/** What was hit, told the same way whether it was read or announced: it is one hit. */
function namedAs({ kind, value }: Trait): string {
  if (kind === 'plate' || kind === 'trailer') return `${kind} ${normalisePlate(value)}`;
  if (kind === 'container') return `${kind} ${normaliseContainerCode(value)}`;
  return `${kind} ${kind === 'seal' ? (normaliseSeal(value) ?? value) : value}`;
}

const keyed = (kind: Kind, text: string): string[] => (text === '' ? [] : [`${kind} ${text}`]);

/** A list names a heading, customs a whole code: every beginning of a code may be on the list. */
function soughtOf(trait: Trait): string[] {
  if (trait.kind !== 'hs') return keysOf(trait);
  const code = normaliseHsCode(trait.value);
  return Array.from(code, (_, at) => `hs ${code.slice(0, at + 1)}`);
}

const indexes = new WeakMap<WatchList, ReadonlySet<string>>();

/** What is on a list, to be found at once: lists have many entries, and stay the same for long. */
function indexOf(list: WatchList): ReadonlySet<string> {
  const known = indexes.get(list);
  if (known !== undefined) return known;
  const index = new Set(list.entries.flatMap(keysOf));
  indexes.set(list, index);
  return index;
}

/** Hits of what was read, even of a vehicle nobody expects. */
export const listReasonsOfReads = (the: Case): Reason[] =>
  listReasons(
    the,
    the.visit.evidence.flatMap((one): Trait[] => {
      if (one.kind === 'plate' || one.kind === 'trailer' || one.kind === 'container')
        return [{ kind: one.kind, value: one.value }];
      return one.kind === 'seal' && one.value !== undefined ? [{ kind: 'seal', value: one.value }] : [];
    }),
  );

/** Hits of what the matched crossing is known to be. */
export function listReasonsOfCrossing(the: Judged): Reason[] {
  if (the.policy.lists.length === 0) return [];
  const { vehicle, containers } = the.crossing;
  const traits: Trait[] = [];
  const add = (kind: Kind, value: string | undefined): void => {
    if (value !== undefined) traits.push({ kind, value });
  };
  add('plate', vehicle.plate);
  add('trailer', vehicle.trailer);
  for (const { number, seals = [], hs = [] } of containers) {
    add('container', number);
    for (const one of seals) add('seal', one);
    for (const one of hs) add('hs', one);
  }
  for (const { number } of cleared(the.crossing))
    for (const { parties = [], goods = [], seals = [] } of rowsOf(the, number)) {
      for (const one of seals) add('seal', one);
      for (const { id, name } of parties) {
        add('party', id);
        add('party', name);
      }
      for (const { hs, origin, product } of goods) {
        add('hs', hs);
        add('origin', origin);
        add('product', product);
      }
    }
  return listReasons(the, traits);
}

function listReasons({ at, policy }: Case, traits: readonly Trait[]): Reason[] {
  const inForce = policy.lists.filter(({ from, until }) => at >= from && at < until);
  if (inForce.length === 0) return [];
  const sought = traits.map((trait) => ({ trait, keys: soughtOf(trait) }));
  const reasons: Reason[] = [];
  for (const list of inForce) {
    const index = indexOf(list);
    for (const { trait, keys } of sought)
      if (keys.some((key) => index.has(key)))
        reasons.push({
          ...ownedBy(list.owner, reason('WATCHLIST_HIT', namedAs(trait), `${list.id} (${list.legalBasis})`)),
          hit: { list: list.id, kind: trait.kind },
        });
  }
  return reasons;
}
