/**
 * What of our records may cross the border, as the site is configured, and what the other side says crosses of theirs. The
 * filter in force is itself a line of our log, written before the first record that it governs.
 */
import {
  FILTERED,
  type FieldFilter,
  type FilterDirection,
  filterOf,
  type GateConfig,
} from '../../config/schema.ts';
import { filterDigest } from '../../protocols/handover/disclosure.ts';
import type { HandoverRecord, RecordOf } from '../../protocols/handover/record.ts';
import { configOf } from './site.ts';
import type { GateState } from './state.ts';

interface InForce {
  /** Names that cross, by direction and kind: `export/offered`. */
  members: Record<string, string[]>;
  digest: string;
  /** By the same key, where in the record stands what is kept back (see `keepBack`). */
  keptBack: ReadonlyMap<string, readonly string[]>;
}

const known = new WeakMap<GateConfig, InForce>();

/** What crosses of our records, and where in them stands what does not. */
export function filterInForce(config: GateConfig): InForce {
  const before = known.get(config);
  if (before !== undefined) return before;
  const now = work(filterOf(config.counterpart));
  known.set(config, now);
  return now;
}

function work(filter: FieldFilter): InForce {
  const members: InForce['members'] = {};
  const keptBack = new Map<string, readonly string[]>();
  for (const [direction, kinds] of Object.entries(FILTERED))
    for (const [kind, pointers] of Object.entries<Record<string, string>>(kinds)) {
      const key = `${direction}/${kind}`;
      const crossing = new Set(namesIn(filter, direction as FilterDirection, kind));
      members[key] = Object.keys(pointers).filter((name) => crossing.has(name));
      keptBack.set(
        key,
        Object.entries(pointers).flatMap(([name, pointer]) => (crossing.has(name) ? [] : [pointer])),
      );
    }
  return { members, digest: filterDigest(members), keptBack };
}

const namesIn = (filter: FieldFilter, direction: FilterDirection, kind: string): readonly string[] =>
  (filter[direction] as Record<string, readonly string[]>)[kind] ?? [];

/** Which way the move of a record goes as we see it; a record of no move is of the section. */
function directionOf({ gate }: GateConfig, record: HandoverRecord): FilterDirection {
  if (!('move' in record)) return 'section';
  const { move } = record;
  return move.startsWith(`${gate.id}-m`) && /^\d+$/.test(move.slice(gate.id.length + 2))
    ? 'export'
    : 'import';
}

/** Where in this record of ours stands what does not cross; undefined: no filter governs records of this kind. */
export function keptBackOf(config: GateConfig, record: HandoverRecord): readonly string[] | undefined {
  return filterInForce(config).keptBack.get(`${directionOf(config, record)}/${record.kind}`);
}

/** The line that tells the other side what crosses, if the last one told them something else. */
export function untoldFilter(state: GateState): RecordOf<'filter-in-force'> | undefined {
  const { members, digest } = filterInForce(configOf(state));
  return state.filter.told === digest ? undefined : { kind: 'filter-in-force', filter: digest, members };
}

/** The other side's filter, in its own words; it decides nothing here. */
export function takeFilter(state: GateState, { filter, members }: RecordOf<'filter-in-force'>): void {
  state.filter.theirs = { filter, members };
}
