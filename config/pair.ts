/** What the two gates of one road must agree about, because both act on it: the map, the tracks, whose vehicles are whose. */
import { areOpenTogether } from './hours.ts';
import { checkFilterOfBoth } from './pair-filter.ts';
import { PROBLEMS_MAX, type Problem } from './problem.ts';
import type { GateConfig, LaneConfig, TrackConfig, VehicleConfig } from './schema.ts';

type Tell = (path: string, problem: string, remedy: string) => void;

/**
 * The problems between the configurations of two gates, each correct by itself; none if they fit. Paths hold for both files,
 * the text names the gates.
 */
export function checkPair(a: GateConfig, b: GateConfig): Problem[] {
  const problems: Problem[] = [];
  const tell: Tell = (path, problem, remedy) => problems.push({ path, problem, remedy });
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const)
    if (one.counterpart.gate !== other.gate.id)
      tell(
        'counterpart.gate',
        `${one.gate.id} names ${one.counterpart.gate} as its counterpart, not ${other.gate.id}`,
        'let each gate name the other',
      );
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const)
    if ((one.counterpart.utcOffset ?? one.gate.utcOffset) !== other.gate.utcOffset)
      tell(
        'counterpart.utcOffset',
        `${one.gate.id} takes ${other.gate.id} to be at ${one.counterpart.utcOffset ?? one.gate.utcOffset}, it is at ${other.gate.utcOffset}`,
        `write counterpart.utcOffset: "${other.gate.utcOffset}" at ${one.gate.id}`,
      );
  // Gates that are not each other's share nothing.
  if (problems.length > 0) return problems;
  compareCustody(a, b, tell);
  compareMaps(a, b, tell);
  compareTracks(a, b, tell);
  compareVehicles(a, b, tell);
  compareHotline(a, b, tell);
  checkHoursOfBoth(a, b, tell);
  checkHoursOfBoth(b, a, tell);
  checkFilterOfBoth(a, b, tell);
  checkFilterOfBoth(b, a, tell);
  return problems.slice(0, PROBLEMS_MAX);
}

/** Custody is with one side at a time: both must name the same place where it passes. */
function compareCustody(a: GateConfig, b: GateConfig, tell: Tell): void {
  const [ours, theirs] = [a.counterpart.custodyPoint, b.counterpart.custodyPoint];
  if (ours === theirs) return;
  tell(
    'counterpart.custodyPoint',
    `custody passes at ${ours} by ${a.gate.id} and at ${theirs} by ${b.gate.id}`,
    'write what the two sides have agreed at both gates: until then each refuses what the other offers',
  );
}

interface Comparison<T> {
  path: string;
  /** As a person would say it: "map node". */
  what: string;
  keyOf: (entry: T) => string;
  /** Fields that must be the same, as text. */
  fieldsOf: (entry: T) => Record<string, string>;
  remedy: string;
}

/** Tells what only one gate has, and what the two have in different words; order does not matter. */
function compare<T>(
  { path, what, keyOf, fieldsOf, remedy }: Comparison<T>,
  [a, ofA]: readonly [GateConfig, readonly T[]],
  [b, ofB]: readonly [GateConfig, readonly T[]],
  tell: Tell,
): void {
  const atA = new Map(ofA.map((entry) => [keyOf(entry), entry]));
  const atB = new Map(ofB.map((entry) => [keyOf(entry), entry]));
  for (const key of new Set([...atA.keys(), ...atB.keys()])) {
    const one = atA.get(key);
    const other = atB.get(key);
    if (one === undefined || other === undefined) {
      const knows = one === undefined ? b : a;
      tell(path, `only ${knows.gate.id} has the ${what} "${key}"`, remedy);
      continue;
    }
    const theirs = fieldsOf(other);
    for (const [field, ours] of Object.entries(fieldsOf(one)))
      if (ours !== theirs[field])
        tell(
          path,
          `${what} "${key}" has ${field} ${ours} at ${a.gate.id} and ${theirs[field]} at ${b.gate.id}`,
          remedy,
        );
  }
}

function compareMaps(a: GateConfig, b: GateConfig, tell: Tell): void {
  const remedy = 'both gates order over the same map: copy it from one file to the other';
  if (a.map.id !== b.map.id)
    tell('map.id', `the map is ${a.map.id} at ${a.gate.id} and ${b.map.id} at ${b.gate.id}`, remedy);
  compare(
    {
      path: 'map.nodes',
      what: 'map node',
      keyOf: (node) => node.id,
      fieldsOf: ({ x, y, role, gate = 'none', charger }) => ({
        x: String(x),
        y: String(y),
        role,
        gate,
        charger: String(charger),
      }),
      remedy,
    },
    [a, a.map.nodes],
    [b, b.map.nodes],
    tell,
  );
  compare(
    {
      path: 'map.edges',
      what: 'edge',
      keyOf: ({ from, to }) => `${from} → ${to}`,
      fieldsOf: ({ speedMaxMps }) => ({ speedMaxMps: String(speedMaxMps) }),
      remedy,
    },
    [a, a.map.edges],
    [b, b.map.edges],
    tell,
  );
}

/** How a track that one gate sees so is seen from the other. */
const MIRRORED = { out: 'in', in: 'out', alternating: 'alternating' } as const;

function compareTracks(a: GateConfig, b: GateConfig, tell: Tell): void {
  compare<TrackConfig>(
    {
      path: 'section.tracks',
      what: 'track',
      keyOf: (track) => track.id,
      fieldsOf: ({ capacity, km0, loads, holder = 'none' }) => ({
        capacity: String(capacity),
        km0,
        loads: loads.toSorted().join(' and '),
        holder,
      }),
      remedy: 'a track is one block with one owner: write the same at both gates',
    },
    [a, a.section.tracks],
    [b, b.section.tracks],
    tell,
  );
  for (const ours of a.section.tracks) {
    const theirs = b.section.tracks.find(({ id }) => id === ours.id);
    if (theirs === undefined || theirs.direction === MIRRORED[ours.direction]) continue;
    const nobody = ours.direction === 'in' && theirs.direction === 'in';
    tell(
      'section.tracks',
      `track "${ours.id}" is ${ours.direction} at ${a.gate.id} and ${theirs.direction} at ${b.gate.id}: ` +
        (nobody ? 'nobody could send on it' : 'two could both believe they own it'),
      'write out at the gate that sends and in at the one that receives, or alternating at both',
    );
  }
}

/** What is let out on one side must be let in on the other, at some time of the day. */
function checkHoursOfBoth(from: GateConfig, to: GateConfig, tell: Tell): void {
  for (const load of ['laden', 'bobtail'] as const) {
    const lanesOf = ({ lanes }: GateConfig, at: LaneConfig['checkpoint']): LaneConfig[] =>
      lanes.filter(({ checkpoint, loads }) => checkpoint === at && loads.includes(load));
    const out = lanesOf(from, 'border-out');
    const into = lanesOf(to, 'border-in');
    if (out.length === 0 || into.length === 0) continue;
    if (areOpenTogether(out, from.gate.utcOffset, into, to.gate.utcOffset)) continue;
    tell(
      'lanes',
      `no border-out lane of ${from.gate.id} for ${load} is ever open together with a border-in lane of ${to.gate.id}`,
      'let their hours overlap; each gate writes them by its own clock',
    );
  }
}

/** One vehicle has one master, its home gate. */
function compareVehicles(a: GateConfig, b: GateConfig, tell: Tell): void {
  const vehicles = (config: GateConfig): VehicleConfig[] =>
    config.devices.filter((device) => device.kind === 'vehicle');
  const marks: [string, (vehicle: VehicleConfig) => string][] = [
    ['id', ({ id }) => id],
    ['plate', ({ plate }) => plate],
    ['serial number', ({ manufacturer, serialNumber }) => `${manufacturer} ${serialNumber}`],
  ];
  const theirs = vehicles(b);
  for (const vehicle of vehicles(a)) {
    const shared = marks.find(([, markOf]) => theirs.some((other) => markOf(other) === markOf(vehicle)));
    if (shared)
      tell(
        'devices',
        `${a.gate.id} and ${b.gate.id} both have a vehicle with the ${shared[0]} ${shared[1](vehicle)}`,
        'name each vehicle at its home gate only, and give it a name of its own',
      );
  }
}

/** Line clear by telephone needs the word of both authorities, and the same officers on both lists. */
function compareHotline(a: GateConfig, b: GateConfig, tell: Tell): void {
  const [one, other] = a.counterpart.hotline ? [a, b] : [b, a];
  if (a.counterpart.hotline !== b.counterpart.hotline)
    tell(
      'counterpart.hotline',
      `${one.gate.id} allows line clear by telephone, ${other.gate.id} does not`,
      'both authorities must have allowed it: write the same at both gates',
    );
  compare<GateConfig['counterpart']['hotlineOfficers'][number]>(
    {
      path: 'counterpart.hotlineOfficers',
      what: 'duty officer',
      keyOf: ({ gate, id }) => `${gate}/${id}`,
      fieldsOf: ({ name }) => ({ name }),
      remedy: 'the officers must know each other: write the same list at both gates',
    },
    [a, a.counterpart.hotlineOfficers],
    [b, b.counterpart.hotlineOfficers],
    tell,
  );
}
