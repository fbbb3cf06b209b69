/** Faults of cranes and driverless vehicles. */
import type { Crane } from '../world/crane.ts';
import type { Vehicle } from '../world/vehicle.ts';
import { between, chance, type Fault, faultOf, nothingToHeal, pick, type Scene } from './fault.ts';

const cranes = ({ world }: Scene): ReadonlyMap<string, Crane> => world.cranes;
const vehicles = ({ world }: Scene): ReadonlyMap<string, Vehicle> => world.vehicles;

/** Something that is switched on, and off again. */
const switched =
  <T>(set: (thing: T, on: boolean) => void) =>
  (thing: T): (() => void) => {
    set(thing, true);
    return () => set(thing, false);
  };

export const machineFaults: readonly Fault[] = [
  faultOf(
    {
      kind: 'crane-result-lost',
      what: 'the result of a crane job is never told; only the job list has it',
      perHour: 1,
    },
    cranes,
    undefined,
    (crane) => {
      crane.loseResult();
      return nothingToHeal;
    },
  ),
  faultOf(
    { kind: 'crane-runs-twice', what: 'a crane runs a finished job a second time', perHour: 1 },
    cranes,
    undefined,
    (crane) => {
      crane.doubleNext();
      return nothingToHeal;
    },
  ),
  faultOf(
    {
      kind: 'crane-interrupted',
      what: 'a crane goes to manual or to fault in the middle of its work',
      perHour: 1,
    },
    cranes,
    [0.2, 8],
    (crane, { random }) => {
      crane.setMode(chance(random, 0.6) ? 'manual' : 'fault');
      return () => crane.setMode('automatic');
    },
  ),
  faultOf(
    {
      kind: 'vehicle-offline',
      what: 'the radio of a vehicle is gone; it drives to the end of its released way',
      perHour: 1.5,
    },
    ({ gate, world }) => new Map([...world.vehicles.keys()].map((id) => [id, gate.devices.deviceLink(id)])),
    [0.1, 6],
    switched((link, on) => link.up(!on)),
  ),
  faultOf(
    { kind: 'vehicle-breaks-down', what: 'the drive of a vehicle fails where it is', perHour: 1 },
    vehicles,
    [1, 12],
    switched((vehicle, on) => vehicle.breakDown(on)),
  ),
  {
    kind: 'vehicle-lost-on-section',
    what: 'an empty vehicle breaks down for good on the border section; people tow it home and reset the block',
    perHour: 0.5,
    begin({ gate, world, random }) {
      const km0s = new Set(gate.config.section.tracks.map(({ km0 }) => km0));
      const empty = [...world.vehicles].filter(
        ([, { place, container }]) =>
          container === undefined && (km0s.has(place.at) || km0s.has(place.towards ?? '')),
      );
      const [id, vehicle] = pick(random, empty) ?? [];
      if (id === undefined || vehicle === undefined) return undefined;
      vehicle.breakDown(true);
      return { where: id, lastsMs: Number.POSITIVE_INFINITY, heal: () => vehicle.breakDown(false) };
    },
  },
  faultOf(
    {
      kind: 'vehicle-emergency-stop',
      what: 'somebody presses the emergency stop of a vehicle',
      perHour: 1,
    },
    vehicles,
    [0.5, 8],
    switched((vehicle, on) => vehicle.eStop(on)),
  ),
  faultOf(
    { kind: 'vehicle-lost', what: 'a vehicle does not know where it is', perHour: 1 },
    vehicles,
    [0.2, 8],
    switched((vehicle, on) => vehicle.delocalize(on)),
  ),
  faultOf(
    { kind: 'vehicle-by-hand', what: 'somebody takes a vehicle over by hand', perHour: 0.7 },
    vehicles,
    [0.5, 6],
    switched((vehicle, on) => vehicle.setMode(on ? 'MANUAL' : 'AUTOMATIC')),
  ),
  faultOf(
    { kind: 'vehicle-low-battery', what: 'the battery of a vehicle is nearly empty', perHour: 0.7 },
    vehicles,
    undefined,
    (vehicle, { random }) => {
      vehicle.setCharge(between(random, 4, 18));
      return nothingToHeal;
    },
  ),
  faultOf(
    {
      kind: 'vehicle-wanders',
      what: 'a parked vehicle reports another parking place for a moment',
      perHour: 2,
    },
    vehicles,
    undefined,
    (vehicle) => (vehicle.wander() ? nothingToHeal : undefined),
  ),
];
