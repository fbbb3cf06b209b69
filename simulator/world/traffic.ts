/** Goods on their way: what customs hears, and which trucks come when. */
import type { GateConfig } from '../../config/schema.ts';
import type { Refusal } from '../../protocols/refusal.ts';
import { type Container, createContainerNumbers, SIZE_TYPE, tareKg } from './container.ts';
import type { WorldContext } from './context.ts';
import type { Clearance, Customs } from './customs.ts';
import {
  ESCORT_MS,
  EXPORT_RELEASE_MS,
  IMPORT_RELEASE_MS,
  PICKUP_ARRIVES_MS,
  TRUCK_ARRIVES_MS,
} from './durations.ts';
import type { Forecourt } from './forecourt.ts';
import { openByHours } from './hours.ts';
import type { Lane } from './lane.ts';
import { createPlates, createTrailerPlates } from './plates.ts';
import type { TrafficOptions } from './ports.ts';
import { sendTruck, type Truck, type TruckTrip } from './truck.ts';

/** What traffic needs to know of a gate. */
export interface TrafficGate {
  config: GateConfig;
  customs: Customs;
  lanes: ReadonlyMap<string, Lane>;
  forecourt: Forecourt;
  /** Lanes that people have closed: drivers are sent to another one. */
  closedLanes: ReadonlySet<string>;
}

/** A truck as booked. */
type Rig = Pick<TruckTrip, 'plate' | 'trailer'>;

/** An import the other side expects. */
interface Import {
  container: string;
  rig: Rig;
  /** An empty one is fetched without customs' word. */
  needsRelease: boolean;
  entered: boolean;
  pickupSent: boolean;
}

/** What is said of a box. */
interface Papers {
  seal: string;
  load: 'laden' | 'empty' | 'return';
  returnOf?: Refusal;
}

export interface Traffic {
  /** See `World.export`. */
  export(gate: string, options?: TrafficOptions): string;
  /** See `World.giveBack`. */
  giveBack(gate: string, container: string, refusal: Refusal): boolean;
  /** Trucks between `yard-in` and `yard-out` of a gate. */
  trucksInside(gate: string): number;
  /** Containers that left the other side on a domestic truck, by the gate they came from. */
  readonly delivered: ReadonlyMap<string, number>;
  /** Trucks that have come to a gate and not left it, in the order of coming. */
  trucks(gate: string): Iterable<Truck>;
  /** See `SimulatedGate.letIn`. */
  letIn(gate: string, truck: Truck, bay: string): boolean;
  /** See `SimulatedGate.sendAway`. */
  sendAway(gate: string, truck: Truck, again: boolean): boolean;
  /** See `SimulatedGate.wrongTrailer`. */
  wrongTrailer(gate: string): void;
}

/** What has left for good is remembered this long, for late reports. */
const REMEMBERED_MS = 24 * 3_600_000;

/** Of the trucks of a gate that looks for trailers, the share that draws one. */
const WITH_TRAILER = 0.7;

const GROSS_KG_MIN = 9_000;
const GROSS_KG_MAX = 28_000;
const GROSS_KG_STEP = 50;

export function createTraffic(context: WorldContext, gates: ReadonlyMap<string, TrafficGate>): Traffic {
  const { clock, random } = context;
  const containerNumber = createContainerNumbers(random);
  const plateOf = createPlates(random);
  const trailerOf = createTrailerPlates(random);
  const delivered = new Map([...gates.keys()].map((id) => [id, 0]));
  const trucks = new Map([...gates.keys()].map((id) => [id, new Set<Truck>()]));
  /** Containers on their way, by the gate they came from. */
  const origins = new Map<string, string>();
  /** Those delivered, the oldest first. */
  const left: { container: string; atMs: number }[] = [];
  /** Gates of which the next truck with a trailer comes with another one. */
  const wrongNext = new Set<TrafficGate>();
  /** All that are on their way or remembered. */
  const boxes = new Map<string, Container>();
  let bookings = 0;

  function gateOf(id: string): TrafficGate {
    const gate = gates.get(id);
    if (gate === undefined) throw new RangeError(`no gate ${id} in this world`);
    return gate;
  }

  /** Trucks choose among these, by checkpoint and load. */
  const choices = new Map([...gates.values()].map((gate) => [gate, choicesOf(gate)]));

  const isOpen = ({ config, closedLanes }: TrafficGate, lane: Lane): boolean =>
    !closedLanes.has(lane.config.id) && openByHours(lane.config, config.gate, clock.nowMs());

  /** The shortest queue before an open lane; if all are closed, the shortest of all. */
  function laneFor(gate: TrafficGate, checkpoint: TruckCheckpoint, laden: boolean): Lane {
    const load = laden ? 'laden' : 'bobtail';
    let best: Lane | undefined;
    let bestOpen = false;
    for (const lane of choices.get(gate)?.get(`${checkpoint} ${load}`) ?? []) {
      const open = isOpen(gate, lane);
      if (best !== undefined && ((bestOpen && !open) || (bestOpen === open && best.load <= lane.load)))
        continue;
      best = lane;
      bestOpen = open;
    }
    if (best === undefined)
      throw new RangeError(`gate ${gate.config.gate.id} has no ${checkpoint} lane for ${load} trucks`);
    return best;
  }

  for (const gate of gates.values()) {
    for (const lane of gate.lanes.values()) {
      const { checkpoint, traffic } = lane.config;
      if (traffic !== 'truck' || (checkpoint !== 'yard-in' && checkpoint !== 'yard-out')) continue;
      lane.divert = (visitor) => {
        if (isOpen(gate, lane)) return false;
        const other = laneFor(gate, checkpoint, visitor.container !== undefined);
        if (other === lane || !isOpen(gate, other)) return false;
        other.queue(visitor);
        return true;
      };
    }
  }

  /** Who has no camera for them is not told of trailers. `surely`: a truck that draws one, not any. */
  function rigFor({ config, lanes }: TrafficGate, surely: boolean): Rig {
    const plate = plateOf(config.gate.country);
    const isLookedAt = [...lanes.values()].some((lane) => lane.config.devices.rearCamera !== undefined);
    if (!isLookedAt || !(surely || random.next() < WITH_TRAILER)) return { plate };
    return { plate, trailer: trailerOf(config.gate.country) };
  }

  function send(gate: TrafficGate, rig: Rig, container: Container | undefined, hitched?: string): void {
    const { country } = gate.config.gate;
    const inside = trucks.get(gate.config.gate.id);
    const isWrong = rig.trailer !== undefined && wrongNext.delete(gate);
    const behind = hitched ?? (isWrong ? trailerOf(country) : undefined);
    const truck = sendTruck(context, {
      ...rig,
      ...(behind !== undefined && { hitched: behind }),
      country,
      ...(container === undefined ? {} : { container }),
      yardIn: () => laneFor(gate, 'yard-in', container !== undefined),
      yardOut: (box) => laneFor(gate, 'yard-out', box !== undefined),
      forecourt: gate.forecourt,
      gone(box) {
        inside?.delete(truck);
        if (box !== undefined) deliver(box.number);
      },
    });
    inside?.add(truck);
  }

  /** A container has left the site on a domestic truck. */
  function deliver(container: string): void {
    const from = origins.get(container);
    if (from !== undefined) delivered.set(from, (delivered.get(from) ?? 0) + 1);
    leave(container);
  }

  function leave(container: string): void {
    if (origins.delete(container)) left.push({ container, atMs: clock.monotonicMs() });
  }

  /** Customs forgets what left long ago, and so do the gates that expected it. */
  function forgetOld(): void {
    const beforeMs = clock.monotonicMs() - REMEMBERED_MS;
    let count = 0;
    for (const { container, atMs } of left) {
      if (atMs > beforeMs) break;
      for (const gate of gates.values()) {
        gate.customs.close(container);
        imports.get(gate)?.delete(container);
      }
      boxes.delete(container);
      count += 1;
    }
    if (count > 0) left.splice(0, count);
  }

  /** 12 digits; the first tells export from import. */
  const declarationNumber = (direction: 'export' | 'import'): string =>
    `${direction === 'export' ? 3 : 1}${String(bookings).padStart(6, '0')}${String(Math.floor(random.next() * 100_000)).padStart(5, '0')}`;

  function channel(): Clearance['channel'] {
    const draw = random.next();
    return draw < 0.8 ? 'green' : draw < 0.95 ? 'yellow' : 'red';
  }

  /** Books a visit, of goods with its one declaration; returns the truck. */
  function book(
    gate: TrafficGate,
    direction: 'export' | 'import',
    box: Container,
    { seal, load, returnOf }: Papers,
    hasTrailer = false,
  ): Rig {
    const { id, country } = gate.config.gate;
    const rig = rigFor(gate, hasTrailer);
    const common = {
      type: 'booking',
      bookingId: `${id}-${bookings}`,
      direction,
      container: box.number,
      truckPlate: rig.plate,
      ...(rig.trailer !== undefined && { trailerPlate: rig.trailer }),
      grossKg: box.grossKg,
    } as const;
    if (load !== 'laden') {
      const said = load === 'empty' ? { sizeType: SIZE_TYPE } : returnOf && { returnOf };
      gate.customs.register({ ...common, declarations: [], seals: [], load, ...said }, []);
      return rig;
    }
    const declaration = declarationNumber(direction);
    gate.customs.register({ ...common, declarations: [declaration], seals: [seal] }, [
      {
        declaration,
        container: box.number,
        kind: direction,
        channel: channel(),
        source: country === 'VN' ? 'VNACCS' : 'H2018',
      },
    ]);
    return rig;
  }

  /** Customs releases what is still waiting; what was withdrawn meanwhile stays so. */
  function releaseAfter(delayMs: number, customs: Customs, container: string): void {
    clock.after(delayMs, () => {
      const waiting = customs
        .clearances(container)
        .every(({ status }) => status === 'registered' || status === 'inspected');
      if (waiting) customs.set(container, 'released');
    });
  }

  function expectImport(gate: TrafficGate, box: Container, papers: Papers): void {
    const rig = book(gate, 'import', box, papers);
    const expected: Import = {
      container: box.number,
      rig,
      needsRelease: papers.load === 'laden',
      entered: false,
      pickupSent: false,
    };
    imports.get(gate)?.set(box.number, expected);
  }

  /** The pick-up truck comes once the container is in the yard and released, whichever is last. */
  function sendPickup(gate: TrafficGate, expected: Import): void {
    const { container, rig, needsRelease } = expected;
    if (!expected.entered || (needsRelease && !gate.customs.released(container)) || expected.pickupSent)
      return;
    expected.pickupSent = true;
    clock.after(PICKUP_ARRIVES_MS, () => send(gate, rig, undefined));
  }

  const imports = new Map<TrafficGate, Map<string, Import>>();
  for (const gate of gates.values()) {
    const expected = new Map<string, Import>();
    imports.set(gate, expected);
    gate.customs.onReport(({ kind, container }) => {
      const one = expected.get(container);
      if (one === undefined) return;
      if (kind === 'get-out') {
        // Late, it may be that of its way out, and now it is on its way home.
        if (one.entered) expected.delete(container);
      } else if (!one.entered) {
        one.entered = true;
        releaseAfter(IMPORT_RELEASE_MS, gate.customs, container);
        sendPickup(gate, one);
      }
    });
    gate.customs.onClearance(({ container }) => {
      const one = expected.get(container);
      if (one !== undefined) sendPickup(gate, one);
    });
  }

  return {
    export(gateId, options = {}) {
      const gate = gateOf(gateId);
      forgetOld();
      bookings += 1;
      const number = containerNumber();
      origins.set(number, gateId);
      const { load = 'laden', bookedLoad = load } = options;
      const range = (GROSS_KG_MAX - GROSS_KG_MIN) / GROSS_KG_STEP;
      const box: Container = {
        number,
        painted: options.paintedContainer ?? number,
        grossKg:
          load === 'empty'
            ? tareKg(random)
            : GROSS_KG_MIN + Math.floor(random.next() * range) * GROSS_KG_STEP,
        load,
      };
      boxes.set(number, box);
      const papers: Papers = { seal: `LS${String(bookings).padStart(6, '0')}`, load: bookedLoad };
      const rig = book(gate, 'export', box, papers, options.hitchedTrailer !== undefined);
      const otherSide = gates.get(gate.config.counterpart.gate);
      if (otherSide !== undefined) expectImport(otherSide, box, papers);
      clock.after(TRUCK_ARRIVES_MS, () => send(gate, rig, box, options.hitchedTrailer));
      if (bookedLoad === 'laden' && (options.release ?? true))
        releaseAfter(EXPORT_RELEASE_MS, gate.customs, number);
      return number;
    },
    giveBack(gateId, container, returnOf) {
      const gate = gateOf(gateId);
      const box = boxes.get(container);
      const otherSide = gates.get(gate.config.counterpart.gate);
      const waiting = imports.get(gate)?.get(container);
      const hasLeft = left.findIndex((one) => one.container === container);
      const isFetched = waiting?.entered !== true || waiting.pickupSent;
      if (box === undefined || otherSide === undefined || (hasLeft === -1 && isFetched)) return false;
      bookings += 1;
      box.load = 'return';
      origins.set(container, gateId);
      const papers: Papers = { seal: '', load: 'return', returnOf };
      const rig = book(gate, 'export', box, papers);
      expectImport(otherSide, box, papers);
      if (hasLeft === -1) imports.get(gate)?.delete(container);
      else {
        left.splice(hasLeft, 1);
        clock.after(TRUCK_ARRIVES_MS, () => send(gate, rig, box));
      }
      return true;
    },
    trucksInside(gate) {
      let count = 0;
      for (const { where } of trucks.get(gate) ?? [])
        if (where === 'yard' || where === 'yard-out') count += 1;
      return count;
    },
    delivered,
    wrongTrailer(gate) {
      wrongNext.add(gateOf(gate));
    },
    letIn(gateId, truck, bay) {
      const waits =
        truck.where === 'yard-in' && [...gateOf(gateId).lanes.values()].some((lane) => lane.withdraw(truck));
      return waits && truck.directTo(bay);
    },
    sendAway(gateId, truck, again) {
      const gate = gateOf(gateId);
      const waits =
        truck.where === 'yard-in' && [...gate.lanes.values()].some((lane) => lane.withdraw(truck));
      if (!waits && !truck.leaveYard()) return false;
      if (again) clock.after(ESCORT_MS, truck.comeAgain);
      else {
        trucks.get(gateId)?.delete(truck);
        if (truck.container !== undefined) leave(truck.container.number);
      }
      return true;
    },
    trucks: (gate) => trucks.get(gate) ?? [],
  };
}

type TruckCheckpoint = 'yard-in' | 'yard-out';

/** The lanes for trucks, by `checkpoint load`. */
function choicesOf({ lanes }: TrafficGate): Map<string, Lane[]> {
  const choices = new Map<string, Lane[]>();
  for (const lane of lanes.values()) {
    if (lane.config.traffic !== 'truck') continue;
    for (const load of lane.config.loads) {
      const key = `${lane.config.checkpoint} ${load}`;
      choices.set(key, [...(choices.get(key) ?? []), lane]);
    }
  }
  return choices;
}
