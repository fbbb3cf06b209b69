/** What goes wrong where a driverless vehicle crosses: at the lane it is let through, with itself, between the gates, at a gate. */
import type { Random } from '../../edge/platform/random.ts';
import { between, chance, pick } from '../faults/fault.ts';
import type { VirtualGate, VirtualRun } from '../run.ts';
import type { Lane } from '../world/lane.ts';
import type { Loop } from '../world/lane-io.ts';
import type { Vehicle } from '../world/vehicle.ts';

/** Where the vehicle stands when it begins. */
export interface Place {
  readonly run: VirtualRun;
  /** The gate whose lane it is. */
  readonly gate: VirtualGate;
  readonly lane: Lane;
  readonly vehicle: Vehicle;
  /** The vehicle's own gate. */
  readonly home: VirtualGate;
  readonly random: Random;
}

export interface BorderTrouble {
  kind: string;
  /** From … to, until it is healed. */
  lastsMs: readonly [least: number, most: number];
  /** Begins, and returns what heals it. */
  begin(place: Place): () => void;
}

const nothing = (): void => {};

/** Switched on, and off again. */
const switched = (
  kind: string,
  lastsMs: BorderTrouble['lastsMs'],
  set: (place: Place, on: boolean) => void,
): BorderTrouble => ({
  kind,
  lastsMs,
  begin(place) {
    set(place, true);
    return () => set(place, false);
  },
});

const ioOf = ({ gate, lane }: Place) => gate.devices.deviceLink(lane.config.devices.io);
const cameraOf = ({ gate, lane }: Place) => gate.devices.deviceLink(lane.config.devices.camera);
const vehicleOf = ({ home, vehicle }: Place) => home.devices.deviceLink(vehicle.deviceId);

const SENSORS: readonly (Loop | 'curtain')[] = ['approach', 'under', 'exit', 'curtain'];

const sensorTroubles = SENSORS.flatMap((sensor) =>
  [true, false].map((value) =>
    switched(`${sensor} is stuck ${value ? 'on' : 'off'}`, [500, 20_000], ({ lane: { io } }, on) =>
      io.stickSensor(sensor, on ? value : undefined),
    ),
  ),
);

const LINKS = { 'the lane': ioOf, 'the camera': cameraOf, 'the vehicle': vehicleOf };

const wireTroubles = Object.entries(LINKS).flatMap(([name, linkOf]): BorderTrouble[] => [
  switched(`${name} is cut off`, [500, 40_000], (place, on) => linkOf(place).up(!on)),
  switched(`${name} is frozen`, [2_000, 30_000], (place, on) => linkOf(place).frozen(on)),
  {
    kind: `${name} loses messages`,
    lastsMs: [2_000, 25_000],
    begin(place) {
      const link = linkOf(place);
      link.loseShare = between(place.random, 0.3, 1);
      return () => {
        link.loseShare = 0;
      };
    },
  },
  {
    kind: `${name} is late`,
    lastsMs: [2_000, 25_000],
    begin(place) {
      const link = linkOf(place);
      link.delayMs = between(place.random, 200, 4_000);
      link.reorder = chance(place.random, 0.5);
      return () => {
        link.delayMs = 0;
        link.reorder = false;
      };
    },
  },
]);

const vehicleTroubles: readonly BorderTrouble[] = [
  switched('the emergency stop of the vehicle is pressed', [1_000, 40_000], ({ vehicle }, on) =>
    vehicle.eStop(on),
  ),
  switched('the vehicle breaks down', [1_000, 40_000], ({ vehicle }, on) => vehicle.breakDown(on)),
  switched('the vehicle does not know where it is', [1_000, 40_000], ({ vehicle }, on) =>
    vehicle.delocalize(on),
  ),
];

/** Once it is on the section and another one waits to follow it, `strike` begins; undone by the returned function. */
function whenFollowed(place: Place, strike: (on: boolean) => void): () => void {
  const { run, gate, vehicle } = place;
  const border = new Set(gate.config.section.tracks.map(({ km0 }) => km0));
  const lanes = [...(run.world.gates.get(gate.config.gate.id)?.lanes.values() ?? [])];
  const isFollowed = (): boolean =>
    (border.has(vehicle.place.at) || border.has(vehicle.place.towards ?? '')) &&
    lanes.some(({ config, standing }) => config.checkpoint === 'border-out' && standing !== undefined);
  let isStruck = false;
  const cancel = run.clock.every(FOLLOWED_LOOK_MS, () => {
    if (isStruck || !isFollowed()) return;
    isStruck = true;
    strike(true);
  });
  return () => {
    cancel();
    if (isStruck) strike(false);
  };
}
const FOLLOWED_LOOK_MS = 500;

const sectionTroubles: readonly BorderTrouble[] = [
  {
    kind: 'it stops on the section before another',
    lastsMs: [30_000, 90_000],
    begin: (place) => whenFollowed(place, (on) => place.vehicle.eStop(on)),
  },
  {
    kind: 'it is not heard on the section before another',
    lastsMs: [40_000, 90_000],
    begin: (place) => whenFollowed(place, (on) => vehicleOf(place).up(!on)),
  },
];

/** Several things at once, in the moment in which they do most harm. */
const stories: readonly BorderTrouble[] = [
  {
    kind: 'the gate dies as the barrier rises, and comes back with a dead loop at the stop line',
    lastsMs: [15_000, 25_000],
    begin({ run, gate, lane, random, vehicle }) {
      const { io } = lane;
      const cancel = run.clock.every(100, () => {
        if (io.state.barrier !== 'moving' || lane.standing !== vehicle) return;
        cancel();
        io.stickSensor('approach', false);
        gate.crash(between(random, 2_000, 6_000));
      });
      return () => {
        cancel();
        io.stickSensor('approach', undefined);
      };
    },
  },
  {
    kind: 'the loop at the stop line dies, and the radio of the vehicle that was let go',
    lastsMs: [25_000, 40_000],
    begin(place) {
      const { lane, vehicle } = place;
      if (lane.standing !== vehicle) return nothing;
      lane.io.stickSensor('approach', false);
      vehicleOf(place).up(false);
      return () => {
        lane.io.stickSensor('approach', undefined);
        vehicleOf(place).up(true);
      };
    },
  },
];

const laneTroubles: readonly BorderTrouble[] = [
  switched('the barrier is jammed', [1_000, 30_000], ({ lane: { io } }, on) => io.jam(on)),
  {
    kind: 'a person walks through',
    lastsMs: [0, 0],
    begin({ lane, random }) {
      lane.person(between(random, 500, 20_000));
      return nothing;
    },
  },
  {
    kind: 'a loop flickers',
    lastsMs: [0, 0],
    begin({ lane: { io }, random }) {
      const loop = pick<Loop>(random, ['approach', 'under', 'exit']) ?? 'approach';
      io.flap(loop, 1 + Math.floor(random.next() * 3), between(random, 40, 200));
      return nothing;
    },
  },
  switched('a person stops the lane', [1_000, 20_000], ({ gate, lane }, on) => {
    gate.submit({
      type: 'operator-act',
      person: 'stranger',
      role: 'supervisor',
      act: { kind: on ? 'stop-lane' : 'resume-lane', lane: lane.config.id },
      reason: 'tried',
    });
  }),
];

const gateTroubles: readonly BorderTrouble[] = [
  switched('the gates do not reach each other', [500, 60_000], ({ run }, on) => run.link(!on)),
  switched('this gate does not hear the other', [500, 60_000], ({ run, gate }, on) => {
    const link = run.counterpartLinks.get(gate.config.gate.id);
    if (link !== undefined) link.up = !on;
  }),
  {
    kind: 'the gate dies',
    lastsMs: [0, 0],
    begin({ gate, random }) {
      gate.crash(between(random, 100, 20_000), { underWayStored: chance(random, 0.5) });
      return nothing;
    },
  },
  {
    kind: 'the disk is slow',
    lastsMs: [2_000, 20_000],
    begin({ gate, random }) {
      gate.disk.slowness = pick(random, [20, 100, 500]) ?? 100;
      return () => {
        gate.disk.slowness = 1;
      };
    },
  },
  {
    kind: 'a release is withdrawn for a while',
    lastsMs: [5_000, 60_000],
    // What a vehicle takes out is released by customs at its home.
    begin({ run, vehicle: { container }, home }) {
      if (container === undefined) return nothing;
      const { id } = home.config.gate;
      run.world.setClearance(id, container.number, 'withdrawn');
      return () => run.world.setClearance(id, container.number, 'released');
    },
  },
];

export const borderTroubles: readonly BorderTrouble[] = [
  ...wireTroubles,
  ...sensorTroubles,
  ...vehicleTroubles,
  ...sectionTroubles,
  ...laneTroubles,
  ...gateTroubles,
  ...stories,
];
