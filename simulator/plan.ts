/** Sites of any size: the configurations of two gates and the road between them, in the shape of config/huu-nghi.yaml. */
import type { z } from 'zod';
import {
  type Checkpoint,
  type FieldFilter,
  type GateConfig,
  gateConfig,
  type LoadKind,
} from '../config/schema.ts';
import { GateError } from '../edge/platform/errors.ts';
import { type Ground, mapOf } from './plan-map.ts';

/** How large the site is. The defaults carry 2,500 containers a day in each direction. */
export interface SitePlan {
  /** Lanes of each gate, shared out evenly over the seven kinds: one of each is the least. Default 14. */
  lanes?: number;
  /** Cranes of each gate, each with two truck bays, a loading bay and a landing bay. Default 8. */
  cranes?: number;
  /** Vehicles of each gate, each with a parking place of its own. Default 20. */
  vehicles?: number;
  /** Vehicles that may be on a track at once. Default 6. */
  trackCapacity?: number;
  /** Slots each crane brings; two neighbours share theirs. At least 2, default 10. */
  slotsPerCrane?: number;
  /** Metres of road from the bays of one gate to those of the other. At least 280, the default. */
  sectionM?: number;
  /** One track for both directions, whose token `huu-nghi` holds at first, instead of one for each. */
  alternating?: boolean;
}

type Written = z.input<typeof gateConfig>;
type Plan = Required<SitePlan>;

/** What is different between the two gates. */
interface Side {
  id: string;
  name: GateConfig['gate']['name'];
  country: 'VN' | 'CN';
  utcOffset: string;
  /** Begins the names of its map nodes. */
  prefix: string;
  /** The track on which its vehicles leave. */
  track: string;
  vehicles: { prefix: string; manufacturer: string; serial: string; plate: (digits: string) => string };
  ports: { broker: number; console: number; customs: number; log: number; opcua: number };
  /** Cameras have the ports from here, scales those from `LANES_MAX` higher. */
  devicePorts: number;
}

const VN: Side = {
  id: 'huu-nghi',
  name: { vi: 'Hữu Nghị', en: 'Huu Nghi', zh: '友谊口岸（越方）' },
  country: 'VN',
  utcOffset: '+07:00',
  prefix: 'hn',
  track: 'north',
  vehicles: {
    prefix: 'xe',
    manufacturer: 'langson',
    serial: 'LS',
    plate: (digits) => `12C-${digits.slice(0, 3)}.${digits.slice(3)}`,
  },
  ports: { broker: 18_830, console: 8_080, customs: 18_901, log: 19_443, opcua: 48_401 },
  devicePorts: 20_000,
};
const CN: Side = {
  id: 'huu-nghi-quan',
  name: { vi: 'Hữu Nghị Quan', en: 'Youyi Guan', zh: '友谊关' },
  country: 'CN',
  utcOffset: '+08:00',
  prefix: 'hnq',
  track: 'south',
  vehicles: { prefix: 'che', manufacturer: 'guangxi', serial: 'GX', plate: (digits) => `桂F${digits}` },
  ports: { broker: 18_831, console: 8_081, customs: 18_902, log: 19_444, opcua: 48_402 },
  devicePorts: 24_000,
};

const HOST = '127.0.0.1';
/** The only track of an alternating site. */
const MIDDLE = 'middle';
const LANES_MAX = 1_000;
/** What a vehicle on a long road is counted on to drive, m/s, with a margin for those ahead of it. */
const SLOWEST_MPS = 2;

/** The kinds of lanes, in the order of the configuration, with the devices each has beside its camera. */
const KINDS: readonly {
  checkpoint: Checkpoint;
  loads: LoadKind[];
  reader: boolean;
  scale: boolean;
  /** Rank in getting one more when the lanes do not divide evenly: where vehicles stand longest comes first. */
  rank: number;
}[] = [
  { checkpoint: 'yard-in', loads: ['laden'], reader: true, scale: true, rank: 2 },
  { checkpoint: 'yard-in', loads: ['bobtail'], reader: false, scale: false, rank: 4 },
  { checkpoint: 'yard-out', loads: ['laden', 'bobtail'], reader: true, scale: false, rank: 3 },
  { checkpoint: 'border-out', loads: ['laden'], reader: true, scale: false, rank: 0 },
  { checkpoint: 'border-out', loads: ['bobtail'], reader: false, scale: false, rank: 6 },
  { checkpoint: 'border-in', loads: ['laden'], reader: true, scale: false, rank: 1 },
  { checkpoint: 'border-in', loads: ['bobtail'], reader: false, scale: false, rank: 5 },
];

const DIFFERENCE = [
  'differences.expected',
  'differences.found',
  'differences.text',
  'evidence',
] satisfies FieldFilter['export']['disputed'];
/** As in the configurations that come with the project: seals and weights are compared, differences told in words. */
const FILTER = {
  export: {
    offered: ['sizeType', 'seals', 'grossKg'],
    departed: ['sealChecks', 'evidence'],
    disputed: DIFFERENCE,
  },
  import: {
    arrived: ['evidence'],
    received: ['sealChecks', 'evidence'],
    'received-with-remarks': ['remarks.expected', 'remarks.found', 'remarks.text', 'sealChecks', 'evidence'],
    disputed: DIFFERENCE,
  },
} satisfies Written['counterpart']['filter'];

/**
 * The checked configurations of `huu-nghi` (VN) and `huu-nghi-quan` (CN), which are alike. Throws `GateError`
 * `SITE_PLAN_INVALID` for a number that no site can have.
 */
export function planSite(wanted: SitePlan = {}): [GateConfig, GateConfig] {
  const plan: Plan = {
    lanes: wanted.lanes ?? 14,
    cranes: wanted.cranes ?? 8,
    vehicles: wanted.vehicles ?? 20,
    trackCapacity: wanted.trackCapacity ?? 6,
    slotsPerCrane: wanted.slotsPerCrane ?? 10,
    sectionM: wanted.sectionM ?? 280,
    alternating: wanted.alternating ?? false,
  };
  demand('lanes', plan.lanes, KINDS.length, LANES_MAX);
  demand('cranes', plan.cranes, 1, 200);
  demand('vehicles', plan.vehicles, 1, 1_000);
  demand('trackCapacity', plan.trackCapacity, 1, 20);
  demand('slotsPerCrane', plan.slotsPerCrane, 2, 100);
  demand('sectionM', plan.sectionM, 280, 20_000);
  const lanes = lanesOf(plan);
  const map = mapOf(groundOf(plan, lanes, VN), groundOf(plan, lanes, CN), plan.sectionM);
  return [gateOf(plan, lanes, map, VN, CN), gateOf(plan, lanes, map, CN, VN)];
}

function demand(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new GateError(
    'SITE_PLAN_INVALID',
    `no site can be planned with ${name}: ${value}`,
    `use a whole number from ${least} to ${most}`,
  );
}

/** What `make` makes of the numbers 1 to `count`. */
const each = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));
const ids = (prefix: string, count: number): string[] => each(count, (n) => `${prefix}-${n}`);

interface PlannedLane {
  id: string;
  kind: (typeof KINDS)[number];
  /** The id of its hold point without the gate’s prefix; lanes of the yard have none. */
  hold?: string;
}

function lanesOf({ lanes }: Plan): PlannedLane[] {
  const counted = new Map<Checkpoint, number>();
  return KINDS.flatMap((kind) => {
    const { checkpoint, rank } = kind;
    const share = Math.floor(lanes / KINDS.length) + (rank < lanes % KINDS.length ? 1 : 0);
    return each(share, (): PlannedLane => {
      const n = (counted.get(checkpoint) ?? 0) + 1;
      counted.set(checkpoint, n);
      const border = { 'border-out': `out-${n}`, 'border-in': `in-${n}` };
      return {
        id: `${checkpoint}-${n}`,
        kind,
        ...(checkpoint in border && { hold: border[checkpoint as keyof typeof border] }),
      };
    });
  });
}

function groundOf(plan: Plan, lanes: readonly PlannedLane[], { id, prefix, track }: Side): Ground {
  const holds = (checkpoint: Checkpoint, load: LoadKind): string[] =>
    lanes
      .filter(({ kind }) => kind.checkpoint === checkpoint && kind.loads.includes(load))
      .map(({ hold }) => `${prefix}-${hold}`);
  return {
    gate: id,
    parks: ids(`${prefix}-park`, plan.vehicles),
    loadingBays: ids(`${prefix}-bay-load`, plan.cranes),
    landingBays: ids(`${prefix}-bay-land`, plan.cranes),
    out: { laden: holds('border-out', 'laden'), bobtail: holds('border-out', 'bobtail') },
    in: { laden: holds('border-in', 'laden'), bobtail: holds('border-in', 'bobtail') },
    refuge: `${prefix}-refuge`,
    border: `km0-${plan.alternating ? MIDDLE : track}`,
  };
}

function gateOf(
  plan: Plan,
  lanes: readonly PlannedLane[],
  map: Written['map'],
  side: Side,
  other: Side,
): GateConfig {
  const { id, name, country, utcOffset, ports } = side;
  // A road longer than the defaults expect takes longer to drive.
  const driveMs = Math.round((plan.sectionM / SLOWEST_MPS) * 1_000);
  return gateConfig.parse({
    version: 1,
    gate: { id, name, country, utcOffset },
    broker: { kind: 'embedded', host: HOST, port: ports.broker },
    console: { host: HOST, port: ports.console },
    customs: { url: `http://${HOST}:${ports.customs}`, pollMs: 500 },
    counterpart: {
      gate: other.id,
      utcOffset: other.utcOffset,
      url: `https://${HOST}:${other.ports.log}`,
      listen: { host: HOST, port: ports.log },
      filter: FILTER,
    },
    checkpoints: {
      'yard-in': {
        laden: ['booking', 'plate', 'container', 'weight', 'bay'],
        bobtail: ['booking', 'plate', 'bay'],
      },
      'yard-out': { laden: ['plate', 'container', 'clearance'], bobtail: ['plate'] },
      'border-out': {
        laden: ['plate', 'container', 'clearance', 'line-clear'],
        bobtail: ['plate', 'line-clear'],
      },
      'border-in': { laden: ['grant', 'plate', 'container', 'bay'], bobtail: ['grant', 'plate'] },
    },
    lanes: lanes.map(({ id: lane, kind, hold }) => ({
      id: lane,
      checkpoint: kind.checkpoint,
      traffic: hold === undefined ? 'truck' : 'vehicle',
      loads: kind.loads,
      ...(hold !== undefined && { node: `${side.prefix}-${hold}` }),
      devices: {
        io: `io-${lane}`,
        camera: `anpr-${lane}`,
        ...(kind.reader && { reader: `ocr-${lane}` }),
        ...(kind.scale && { scale: `scale-${lane}` }),
      },
    })),
    yard: yardOf(plan, side),
    map,
    section: {
      tracks: plan.alternating
        ? [trackOf(plan, MIDDLE, { direction: 'alternating', holder: VN.id })]
        : [trackOf(plan, side.track, { direction: 'out' }), trackOf(plan, other.track, { direction: 'in' })],
      transitMsMax: Math.max(600_000, 2 * driveMs),
    },
    timeouts: { vehicleMs: Math.max(300_000, 2 * driveMs) },
    devices: devicesOf(plan, lanes, side),
  } satisfies Written);
}

const trackOf = (
  { trackCapacity }: Plan,
  id: string,
  way: Pick<Written['section']['tracks'][number], 'direction' | 'holder'>,
): Written['section']['tracks'][number] => ({ id, ...way, capacity: trackCapacity, km0: `km0-${id}` });

/** Two neighbouring cranes work over the slots of both; the last of an odd number has only its own. */
function yardOf({ cranes, slotsPerCrane }: Plan, { prefix }: Side): Written['yard'] {
  const row = (crane: number): string[] => (crane > cranes ? [] : ids(`s-${crane}`, slotsPerCrane));
  const slots = each(cranes, row).flat();
  const keep = Math.max(1, Math.floor(slots.length / 4));
  const driverless = (kind: 'load' | 'land', use: 'loading' | 'landing') =>
    ids(`bay-${kind}`, cranes).map((id) => ({ id, use, io: `io-${id}`, node: `${prefix}-${id}` }));
  return {
    slots,
    keepFree: { export: keep, import: keep },
    bays: [
      ...ids('bay-truck', 2 * cranes).map((id) => ({ id, use: 'truck' as const, io: `io-${id}` })),
      ...driverless('load', 'loading'),
      ...driverless('land', 'landing'),
    ],
    cranes: each(cranes, (n) => {
      const first = n % 2 === 0 ? n - 1 : n;
      return {
        device: `crane-${n}`,
        bays: [`bay-truck-${2 * n - 1}`, `bay-truck-${2 * n}`, `bay-load-${n}`, `bay-land-${n}`],
        slots: [...row(first), ...row(first + 1)],
      };
    }),
  };
}

/** Five digits, spread so that plates of different vehicles differ in more than one place. */
const plateDigits = (n: number): string => String(10_000 + ((n * 12_347) % 90_000));

function devicesOf(plan: Plan, lanes: readonly PlannedLane[], side: Side): Written['devices'] {
  const { ports, devicePorts, prefix, vehicles } = side;
  const endpointUrl = `opc.tcp://${HOST}:${ports.opcua}`;
  const bays = [
    ...ids('bay-truck', 2 * plan.cranes),
    ...ids('bay-load', plan.cranes),
    ...ids('bay-land', plan.cranes),
  ];
  return [
    ...[...lanes.map(({ id }) => id), ...bays].map((place) => ({
      kind: 'lane-io' as const,
      id: `io-${place}`,
      topic: `lane-io/io-${place}`,
    })),
    ...lanes.flatMap(({ id, kind }, index): Written['devices'] => [
      {
        kind: 'plate-camera',
        id: `anpr-${id}`,
        host: HOST,
        port: devicePorts + index,
        username: 'gate',
        password: 'simulated',
      },
      ...(kind.reader
        ? [{ kind: 'container-reader' as const, id: `ocr-${id}`, endpointUrl, object: `ocr-${id}` }]
        : []),
      ...(kind.scale
        ? [
            {
              kind: 'weighbridge' as const,
              id: `scale-${id}`,
              format: 'mettler-toledo-continuous' as const,
              connection: { via: 'tcp' as const, host: HOST, port: devicePorts + LANES_MAX + index },
            },
          ]
        : []),
    ]),
    ...ids('crane', plan.cranes).map((id) => ({ kind: 'crane' as const, id, endpointUrl, object: id })),
    ...each(plan.vehicles, (n) => ({
      kind: 'vehicle' as const,
      id: `${vehicles.prefix}-${n}`,
      manufacturer: vehicles.manufacturer,
      serialNumber: `${vehicles.serial}-${String(n).padStart(3, '0')}`,
      plate: vehicles.plate(plateDigits(n)),
      homeNode: `${prefix}-park-${n}`,
    })),
  ];
}
