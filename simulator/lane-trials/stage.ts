/**
 * One trial's stage: a gate of its own in virtual time, one of its lanes for trucks, and drivers of whom the truth is known:
 * who was let in by the light, who followed uninvited, who turned back.
 */
import type { Checkpoint, GateConfig, LaneConfig, LoadKind } from '../../config/schema.ts';
import type { Act } from '../../edge/core/input.ts';
import type { LaneState } from '../../edge/core/state.ts';
import type { Clock } from '../../edge/platform/clock.ts';
import type { Random } from '../../edge/platform/random.ts';
import { chance } from '../faults/fault.ts';
import { untilHeard } from '../operators/staff.ts';
import type { Observer } from '../run/observer.ts';
import { startVirtualRun, type VirtualGate, type VirtualRun } from '../run.ts';
import type { Departure, Visitor } from '../world/carrier.ts';
import type { Lane } from '../world/lane.ts';
import type { LaneIo } from '../world/lane-io.ts';
import type { SimulatedGate } from '../world/world.ts';

/** A truck before the lane, and what has truly become of it. */
export interface Driver extends Visitor {
  /** Undefined: nobody has announced it. */
  readonly booking: string | undefined;
  /** When it drove off below the barrier, the gate's clock; undefined: it has not. */
  droveAt: number | undefined;
  /** It followed another one, no light was green for it. */
  uninvited: boolean;
  /** Its tail has left the exit. */
  isThrough: boolean;
  /** It was at the stop line, and backed off. */
  turnedBack: boolean;
  /** It did so while the gate did not hear everything. */
  turnedUnseen: boolean;
  /** The barrier was up while it stood there, or when it had just turned back. */
  sawOpen: boolean;
}

export interface Stage {
  readonly run: VirtualRun;
  readonly gate: VirtualGate;
  readonly world: SimulatedGate;
  readonly config: LaneConfig;
  readonly lane: Lane;
  readonly io: LaneIo;
  readonly random: Random;
  readonly drivers: readonly Driver[];
  /** What the gate knows of the lane. */
  view(): LaneState | undefined;
  /** The gate's crossing for a driver's container. */
  crossingOf(driver: Driver): string | undefined;
  act(act: Act): void;
  /** Somebody raises the barrier without the gate. */
  raiseByHand(): void;
  /** Stands at the stop line of another lane for a while: plate and container are those of one of the drivers. */
  showElsewhere(driver: Driver, lane: Lane, forMs: number): void;
}

const TARE_KG = 15_200;
const LOOK_MS = 1_000;
const REACTS_MS_MAX = 4_000;
const APART_MS_MAX = 15_000;
const SETTLED_MS = 1_000;
const GROSS_KG = 16_000;
/** Each box weighs so much more than the one before; in half of the scenes all weigh the same. */
const MORE_KG = 4_000;
const ALIKE_SHARE = 0.5;
/** Whoever nobody has announced gives up after so long at the stop line. */
const PATIENCE_MS = 30_000;
/** Valid numbers after ISO 6346. */
const BOXES = ['CSQU3054383', 'MSKU6011672', 'TEMU3714938'];

/** The lane that is tried: laden trucks come in by it. */
export function laneOf(config: GateConfig): LaneConfig {
  const lane = config.lanes.find(
    ({ checkpoint, loads }) => checkpoint === 'yard-in' && loads.includes('laden'),
  );
  if (lane === undefined) throw new RangeError(`${config.gate.id} has no lane for laden trucks`);
  return lane;
}

/** What the judge hears of the stage. */
export interface Told {
  /** A driver is below the barrier, shown this bay. */
  drove: (driver: Driver, sign: string | undefined) => void;
  raisedByHand: () => void;
  /** Whoever is expected there is expected without a container. */
  shownLaden: () => void;
}

/** The lane of the same gate where others come by. */
export function laneAt({ world }: Stage, checkpoint: Checkpoint, load: LoadKind): Lane {
  const found = [...world.lanes.values()].find(
    ({ config }) => config.checkpoint === checkpoint && config.loads.includes(load),
  );
  if (found === undefined) throw new RangeError(`no lane at ${checkpoint} for ${load}`);
  return found;
}

/** `announced`: for each truck in the order of coming, whether it was booked. */
export function setStage(
  config: GateConfig,
  seed: number,
  random: Random,
  announced: readonly boolean[],
  observer: Observer,
  told: Told,
): Stage {
  const run = startVirtualRun([config], { seed, keepAll: false, observer });
  const gate = run.gate(config.gate.id);
  const laneConfig = laneOf(config);
  const world = run.world.gates.get(config.gate.id);
  const lane = world?.lanes.get(laneConfig.id);
  if (world === undefined || lane === undefined)
    throw new RangeError(`the world has no lane ${laneConfig.id}`);
  const reactMs = announced.map(() => Math.floor(random.next() * REACTS_MS_MAX));
  const moreKg = chance(random, ALIKE_SHARE) ? 0 : MORE_KG;
  const drivers = reactMs.map((reactsMs, index) =>
    driverOf(
      index,
      announced[index] === true,
      GROSS_KG + index * moreKg,
      { clock: run.clock, lane, reactsMs },
      told.drove,
    ),
  );
  return {
    run,
    gate,
    world,
    config: laneConfig,
    lane,
    io: lane.io,
    random,
    drivers,
    view: () => gate.state.lanes[laneConfig.id],
    crossingOf: ({ container }) => gate.state.containers[container?.number ?? ''],
    act: untilHeard(run.clock, gate),
    raiseByHand() {
      told.raisedByHand();
      lane.io.barrier('raise', lane.io.sign);
    },
    showElsewhere(driver, elsewhere, forMs) {
      if (elsewhere.config.checkpoint === 'yard-out' && elsewhere.config.devices.reader !== undefined)
        told.shownLaden();
      const visitor = standIn(driver);
      elsewhere.queue(visitor);
      run.clock.after(forMs, () => elsewhere.withdraw(visitor));
    },
  };
}

function driverOf(
  index: number,
  isBooked: boolean,
  grossKg: number,
  /** From the green until it drives off. */
  { clock, lane, reactsMs }: { clock: Clock; lane: Lane; reactsMs: number },
  drove: Told['drove'],
): Driver {
  const number = BOXES[index] ?? '';
  let isInvited = false;
  let greenSinceMs: number | undefined;
  const driver: Driver = {
    plate: `29C-${index + 1}11.1${index + 1}`,
    country: 'VN',
    tareKg: TARE_KG,
    container: { number, painted: number, grossKg },
    booking: isBooked ? `b-${index}` : undefined,
    droveAt: undefined,
    uninvited: false,
    isThrough: false,
    turnedBack: false,
    turnedUnseen: false,
    sawOpen: false,
    ready(light) {
      const nowMs = clock.monotonicMs();
      if (light !== 'green') greenSinceMs = undefined;
      else if (greenSinceMs === undefined) {
        greenSinceMs = nowMs;
        clock.after(reactsMs, () => lane.reconsider());
      }
      // Clocks count in fractions: a moment more or less.
      isInvited = greenSinceMs !== undefined && nowMs - greenSinceMs >= reactsMs - 1;
      // Unless it hesitates, it drives off in the next moment.
      if (isInvited) driver.turnedBack = true;
      return isInvited;
    },
    drivesOff({ sign }: Departure) {
      driver.turnedBack = false;
      driver.droveAt = clock.nowMs();
      driver.uninvited = !isInvited;
      isInvited = false;
      drove(driver, sign);
    },
    passed() {
      driver.isThrough = true;
    },
    put() {},
    take: () => undefined,
    hoistCleared() {},
  };
  return driver;
}

/** Shows what is to be seen of a driver, and goes nowhere. */
const standIn = ({ plate, country, tareKg, container }: Driver): Visitor => ({
  plate,
  country,
  tareKg,
  container,
  ready: () => false,
  drivesOff() {},
  passed() {},
  put() {},
  take: () => undefined,
  hoistCleared() {},
});

/** Customs announces those of whom that is known; what it has told is on disk afterwards. */
export function announce({ run, gate, drivers }: Stage): void {
  for (const { booking, plate, container } of drivers) {
    if (booking === undefined || container === undefined) continue;
    gate.submit({
      type: 'booking',
      bookingId: booking,
      direction: 'export',
      container: container.number,
      truckPlate: plate,
      seals: [],
      grossKg: container.grossKg,
      declarations: [],
    });
  }
  run.clock.advance(SETTLED_MS);
}

/** The drivers come one after the other; whom nobody has announced waits for a while and goes. */
export function letCome({ run, lane, random, drivers }: Stage): void {
  let atMs = 0;
  for (const driver of drivers) {
    run.clock.after(atMs, () => lane.queue(driver));
    atMs += random.next() * APART_MS_MAX;
    if (driver.booking !== undefined) continue;
    let sinceMs: number | undefined;
    run.clock.every(LOOK_MS, () => {
      const nowMs = run.clock.monotonicMs();
      sinceMs = lane.standing === driver ? (sinceMs ?? nowMs) : undefined;
      if (sinceMs !== undefined && nowMs - sinceMs >= PATIENCE_MS) lane.withdraw(driver);
    });
  }
}
