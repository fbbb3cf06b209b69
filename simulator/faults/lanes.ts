/** Faults in the lanes: sensors, cameras, scales, barriers, and the people and drivers there. */
import type { Checkpoint } from '../../config/schema.ts';
import type { Lane } from '../world/lane.ts';
import type { SightingDevice } from '../world/sighting.ts';
import { between, chance, type Fault, faultOf, nothingToHeal, pick, type Scene } from './fault.ts';
import { misread } from './misreading.ts';

const lanes = ({ world }: Scene): ReadonlyMap<string, Lane> => world.lanes;
const cameras = ({ world }: Scene): ReadonlyMap<string, SightingDevice> => world.cameras;
const readers = ({ world }: Scene): ReadonlyMap<string, SightingDevice> => world.readers;
const truckLanes =
  (checkpoint?: Checkpoint) =>
  ({ world }: Scene): ReadonlyMap<string, Lane> =>
    new Map(
      [...world.lanes].filter(
        ([, { config }]) =>
          config.traffic === 'truck' && (checkpoint === undefined || config.checkpoint === checkpoint),
      ),
    );

/** Reads one letter or digit of some readings wrongly. */
function misreads(device: SightingDevice, { random }: Scene): () => void {
  const share = between(random, 0.2, 1);
  device.distort = (sighting) =>
    chance(random, share) ? { ...sighting, text: misread(sighting.text, random) } : sighting;
  return () => {
    device.distort = undefined;
  };
}

/** Dirt on the glass: some numbers are read wrongly in more than one place, each time in the same way. */
function smears(device: SightingDevice, { random }: Scene): () => void {
  const share = between(random, 0.3, 1);
  const known = new Map<string, string>();
  device.distort = (sighting) => {
    const { text } = sighting;
    const read = known.get(text) ?? (chance(random, share) ? misread(misread(text, random), random) : text);
    known.set(text, read);
    return { ...sighting, text: read };
  };
  return () => {
    device.distort = undefined;
  };
}

function blinds(device: SightingDevice): () => void {
  device.blind = true;
  return () => {
    device.blind = false;
  };
}

const SENSORS = ['approach', 'under', 'exit', 'curtain'] as const;
const LOOPS = ['approach', 'under', 'exit'] as const;

export const laneFaults: readonly Fault[] = [
  faultOf(
    {
      kind: 'sensor-stuck',
      what: 'a loop or light curtain reads the same whatever is there',
      perHour: 1.5,
    },
    lanes,
    [0.5, 6],
    ({ io }, { random }) => {
      const sensor = pick(random, SENSORS) ?? 'curtain';
      io.stickSensor(sensor, chance(random, 0.5));
      return () => io.stickSensor(sensor, undefined);
    },
  ),
  faultOf(
    { kind: 'sensor-flapping', what: 'a loop flickers', perHour: 2 },
    lanes,
    undefined,
    ({ io }, { random }) => {
      const loop = pick(random, LOOPS) ?? 'under';
      io.flap(loop, Math.ceil(between(random, 1, 8)), between(random, 40, 900));
      return nothingToHeal;
    },
  ),
  faultOf(
    { kind: 'scale-lies', what: 'a weighbridge shows a wrong weight, at rest', perHour: 0.7 },
    ({ world }) => world.scales,
    [0.5, 5],
    (scale, { random }) => {
      scale.freeze(Math.round(between(random, 0, 4_500)) * 10);
      return () => scale.freeze(undefined);
    },
  ),
  faultOf(
    { kind: 'camera-misreads', what: 'a plate camera reads letters wrongly', perHour: 2 },
    cameras,
    [1, 10],
    misreads,
  ),
  faultOf(
    { kind: 'camera-blind', what: 'a plate camera sees nothing', perHour: 1 },
    cameras,
    [1, 10],
    blinds,
  ),
  faultOf(
    { kind: 'reader-misreads', what: 'a container-code reader reads letters wrongly', perHour: 2 },
    readers,
    [1, 10],
    misreads,
  ),
  faultOf(
    {
      kind: 'reader-smeared',
      what: 'a container-code reader reads some numbers wrongly, each time in the same way',
      perHour: 1,
    },
    readers,
    [1, 10],
    smears,
  ),
  faultOf(
    { kind: 'reader-blind', what: 'a container-code reader sees nothing', perHour: 1 },
    readers,
    [1, 10],
    blinds,
  ),
  faultOf(
    { kind: 'barrier-jammed', what: 'the drive of a barrier sticks where it is', perHour: 0.7 },
    lanes,
    [1, 8],
    ({ io }) => {
      io.jam(true);
      return () => io.jam(false);
    },
  ),
  faultOf(
    { kind: 'person-in-lane', what: 'a person stands in a light curtain', perHour: 2 },
    lanes,
    undefined,
    (lane, { random }) => {
      lane.person(between(random, 2_000, 90_000));
      return nothingToHeal;
    },
  ),
  faultOf(
    {
      kind: 'tailgater',
      what: 'a truck follows another, bumper to bumper or almost, through an open barrier into the yard',
      perHour: 1,
    },
    truckLanes('yard-in'),
    undefined,
    (lane, { random }) => {
      lane.tailgate(chance(random, 0.5) ? 0 : between(random, 100, 1_000));
      return nothingToHeal;
    },
  ),
  faultOf(
    { kind: 'wrong-way', what: 'something comes through a lane from behind', perHour: 0.7 },
    lanes,
    undefined,
    (lane, { random }) => {
      lane.wrongWay(between(random, 6_000, 60_000));
      return nothingToHeal;
    },
  ),
  faultOf(
    { kind: 'stall-in-lane', what: 'a truck stops under the barrier', perHour: 0.7 },
    truckLanes(),
    undefined,
    (lane, { random }) => {
      lane.stall(between(random, 5_000, 240_000));
      return nothingToHeal;
    },
  ),
  faultOf(
    {
      kind: 'driver-turns-back',
      what: 'a driver backs off from the stop line, now or when the way is open, and comes again later',
      perHour: 2,
    },
    truckLanes(),
    undefined,
    (lane, { random }) => {
      if (!chance(random, 0.5)) return lane.turnBack() ? nothingToHeal : undefined;
      lane.hesitate();
      return nothingToHeal;
    },
  ),
  {
    kind: 'wrong-trailer',
    what: 'a truck comes with another trailer than the booked one',
    perHour: 1,
    begin({ world }) {
      world.wrongTrailer();
      return { lastsMs: 0, heal: nothingToHeal };
    },
  },
  {
    kind: 'wrong-bay',
    what: 'a driver ignores the sign and drives to a bay that nobody was sent to',
    perHour: 0.7,
    begin({ gate, world }) {
      world.wrongBay((bay) => gate.state.owners[`bay:${bay}`] === undefined);
      return { lastsMs: 0, heal: nothingToHeal };
    },
  },
];
