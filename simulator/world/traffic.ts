/** Goods on their way: what customs hears, and which trucks come when. */
import type { GateConfig } from '../../config/schema.ts';
import { type Container, createContainerNumbers } from './container.ts';
import type { WorldContext } from './context.ts';
import type { Clearance, Customs } from './customs.ts';
import { EXPORT_RELEASE_MS, IMPORT_RELEASE_MS, PICKUP_ARRIVES_MS, TRUCK_ARRIVES_MS } from './durations.ts';
import type { Lane } from './lane.ts';
import { createPlates } from './plates.ts';
import type { TrafficOptions } from './ports.ts';
import { type Forecourt, sendTruck, type Truck } from './truck.ts';

/** What traffic needs to know of a gate. */
export interface TrafficGate {
  config: GateConfig;
  customs: Customs;
  lanes: ReadonlyMap<string, Lane>;
  forecourt: Forecourt;
}

/** An import the other side expects. */
interface Import {
  container: string;
  from: string;
  truckPlate: string;
  entered: boolean;
  pickupSent: boolean;
}

export interface Traffic {
  /** See `World.export`. */
  export(gate: string, options?: TrafficOptions): string;
  /** Trucks between `yard-in` and `yard-out` of a gate. */
  trucksInside(gate: string): number;
  /** Containers that left the other side on a domestic truck, by the gate they came from. */
  readonly delivered: ReadonlyMap<string, number>;
  /** Trucks that have come to a gate and not left it, in the order of coming. */
  trucks(gate: string): readonly Truck[];
}

const GROSS_KG_MIN = 9_000;
const GROSS_KG_MAX = 28_000;
const GROSS_KG_STEP = 50;

export function createTraffic(context: WorldContext, gates: ReadonlyMap<string, TrafficGate>): Traffic {
  const { clock, random } = context;
  const containerNumber = createContainerNumbers(random);
  const plateOf = createPlates(random);
  const delivered = new Map([...gates.keys()].map((id) => [id, 0]));
  const trucks = new Map([...gates.keys()].map((id) => [id, new Set<Truck>()]));
  let bookings = 0;

  function gateOf(id: string): TrafficGate {
    const gate = gates.get(id);
    if (gate === undefined) throw new RangeError(`no gate ${id} in this world`);
    return gate;
  }

  function laneFor({ config, lanes }: TrafficGate, checkpoint: 'yard-in' | 'yard-out', laden: boolean): Lane {
    const load = laden ? 'laden' : 'bobtail';
    const suitable = [...lanes.values()].filter(
      (lane) =>
        lane.config.traffic === 'truck' &&
        lane.config.checkpoint === checkpoint &&
        lane.config.loads.includes(load),
    );
    const [shortest] = suitable.sort((a, b) => a.waiting - b.waiting);
    if (shortest === undefined)
      throw new RangeError(`gate ${config.gate.id} has no ${checkpoint} lane for ${load} trucks`);
    return shortest;
  }

  function send(
    gate: TrafficGate,
    plate: string,
    container: Container | undefined,
    left: (box?: Container) => void,
  ): void {
    const inside = trucks.get(gate.config.gate.id);
    const truck = sendTruck(context, {
      plate,
      country: gate.config.gate.country,
      ...(container === undefined ? {} : { container }),
      yardIn: laneFor(gate, 'yard-in', container !== undefined),
      yardOut: laneFor(gate, 'yard-out', container === undefined),
      forecourt: gate.forecourt,
      gone(box) {
        inside?.delete(truck);
        left(box);
      },
    });
    inside?.add(truck);
  }

  /** 12 digits; the first tells export from import. */
  const declarationNumber = (direction: 'export' | 'import'): string =>
    `${direction === 'export' ? 3 : 1}${String(bookings).padStart(6, '0')}${String(Math.floor(random.next() * 100_000)).padStart(5, '0')}`;

  function channel(): Clearance['channel'] {
    const draw = random.next();
    return draw < 0.8 ? 'green' : draw < 0.95 ? 'yellow' : 'red';
  }

  /** Books a visit with its one declaration; returns the truck's plate. */
  function book(gate: TrafficGate, direction: 'export' | 'import', box: Container, seal: string): string {
    const { id, country } = gate.config.gate;
    const truckPlate = plateOf(country);
    const declaration = declarationNumber(direction);
    gate.customs.register(
      {
        type: 'booking',
        bookingId: `${id}-${bookings}`,
        direction,
        container: box.number,
        truckPlate,
        declarations: [declaration],
        grossKg: box.grossKg,
        seals: [seal],
      },
      [
        {
          declaration,
          container: box.number,
          kind: direction,
          channel: channel(),
          source: country === 'VN' ? 'VNACCS' : 'H2018',
        },
      ],
    );
    return truckPlate;
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

  function expectImport(gate: TrafficGate, from: string, box: Container, seal: string): void {
    const truckPlate = book(gate, 'import', box, seal);
    const expected: Import = { container: box.number, from, truckPlate, entered: false, pickupSent: false };
    imports.get(gate)?.set(box.number, expected);
  }

  /** The pick-up truck comes once the container is in the yard and released, whichever is last. */
  function sendPickup(gate: TrafficGate, expected: Import): void {
    const { container, truckPlate, from } = expected;
    const released = gate.customs.clearances(container).every(({ status }) => status === 'released');
    if (!expected.entered || !released || expected.pickupSent) return;
    expected.pickupSent = true;
    clock.after(PICKUP_ARRIVES_MS, () =>
      send(gate, truckPlate, undefined, (box) => {
        if (box !== undefined) delivered.set(from, (delivered.get(from) ?? 0) + 1);
      }),
    );
  }

  const imports = new Map<TrafficGate, Map<string, Import>>();
  for (const gate of gates.values()) {
    const expected = new Map<string, Import>();
    imports.set(gate, expected);
    gate.customs.onReport(({ kind, container }) => {
      const one = expected.get(container);
      if (one === undefined) return;
      if (kind === 'get-out') {
        expected.delete(container);
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
      bookings += 1;
      const number = containerNumber();
      const range = (GROSS_KG_MAX - GROSS_KG_MIN) / GROSS_KG_STEP;
      const box: Container = {
        number,
        painted: options.paintedContainer ?? number,
        grossKg: GROSS_KG_MIN + Math.floor(random.next() * range) * GROSS_KG_STEP,
      };
      const seal = `LS${String(bookings).padStart(6, '0')}`;
      const truckPlate = book(gate, 'export', box, seal);
      const otherSide = gates.get(gate.config.counterpart.gate);
      if (otherSide !== undefined) expectImport(otherSide, gateId, box, seal);
      clock.after(TRUCK_ARRIVES_MS, () => send(gate, truckPlate, box, () => {}));
      if (options.release ?? true) releaseAfter(EXPORT_RELEASE_MS, gate.customs, number);
      return number;
    },
    trucksInside: (gate) =>
      [...(trucks.get(gate) ?? [])].filter(({ where }) => where === 'yard' || where === 'yard-out').length,
    delivered,
    trucks: (gate) => [...(trucks.get(gate) ?? [])],
  };
}
