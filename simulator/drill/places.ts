/** The places of a gate that a drill must have seen in use, and the same gate with those that it has not seen put first. */
import type { Path } from '../../config/problem.ts';
import type { GateConfig } from '../../config/schema.ts';
import { leads } from '../../config/tracks.ts';
import type { VirtualGate } from '../run.ts';

/** One lane, track (inwards: outwards it is the other gate's), bay, slot or crane. */
export interface DrillPlace {
  /** Unique in both gates. */
  key: string;
  gate: string;
  what: 'lane' | 'track' | 'bay' | 'slot' | 'crane';
  id: string;
  /** In the configuration of its gate. */
  path: Path;
}

type Kind = DrillPlace['what'];

const keyOf = (gate: string, what: Kind, id: string): string => `${gate} ${what} ${id}`;

/** Every place of one gate. */
export function placesOf({ gate, lanes, yard, section }: GateConfig): DrillPlace[] {
  const each = (what: Kind, ids: readonly string[], path: Path): DrillPlace[] =>
    ids.map((id, index) => ({
      key: keyOf(gate.id, what, id),
      gate: gate.id,
      what,
      id,
      path: [...path, index],
    }));
  const tracks = section.tracks.map(({ id }) => id);
  const inward = new Set(section.tracks.filter((track) => leads(track, 'in')).map(({ id }) => id));
  return [
    ...each(
      'lane',
      lanes.map(({ id }) => id),
      ['lanes'],
    ),
    ...each('track', tracks, ['section', 'tracks']).filter(({ id }) => inward.has(id)),
    ...each(
      'bay',
      yard.bays.map(({ id }) => id),
      ['yard', 'bays'],
    ),
    ...each('slot', yard.slots, ['yard', 'slots']),
    ...each(
      'crane',
      yard.cranes.map(({ device }) => device),
      ['yard', 'cranes'],
    ),
  ];
}

/** Adds to `used` what is in use at this moment. */
export function noteUsed({ config, state }: VirtualGate, used: Set<string>): void {
  const gate = config.gate.id;
  for (const resource in state.owners) {
    const [kind = '', name = ''] = resource.split(':');
    if (kind === 'bay' || kind === 'slot') used.add(keyOf(gate, kind, name));
    else if (kind === 'track') used.add(keyOf(gate, 'track', name.slice(0, name.lastIndexOf('/'))));
  }
  for (const lane in state.lanes)
    if (state.lanes[lane]?.visit?.released === true) used.add(keyOf(gate, 'lane', lane));
  for (const crane in state.jobs) used.add(keyOf(gate, 'crane', crane));
}

/** Of several free places the gate takes the first: here those come first that nobody has used yet. */
export function unusedFirst(config: GateConfig, used: ReadonlySet<string>): GateConfig {
  const isNew = (what: Kind, id: string): boolean => !used.has(keyOf(config.gate.id, what, id));
  const ids = (what: Kind, list: readonly string[]): string[] => first(list, (id) => isNew(what, id));
  const { lanes, yard, section } = config;
  const hasNew = ({ device, bays, slots }: GateConfig['yard']['cranes'][number]): boolean =>
    isNew('crane', device) || bays.some((id) => isNew('bay', id)) || slots.some((id) => isNew('slot', id));
  return {
    ...config,
    lanes: first(lanes, ({ id }) => isNew('lane', id)),
    yard: {
      ...yard,
      slots: ids('slot', yard.slots),
      bays: first(yard.bays, ({ id }) => isNew('bay', id)),
      cranes: first(yard.cranes, hasNew).map((crane) => ({
        ...crane,
        bays: ids('bay', crane.bays),
        slots: ids('slot', crane.slots),
      })),
    },
    section: { ...section, tracks: first(section.tracks, ({ id }) => isNew('track', id)) },
  };
}

const first = <T>(list: readonly T[], isFirst: (entry: T) => boolean): T[] => [
  ...list.filter(isFirst),
  ...list.filter((entry) => !isFirst(entry)),
];
