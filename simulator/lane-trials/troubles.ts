/** What goes wrong in a lane that is tried: its wires, its sensors, its barrier, its drivers, the gate above it, people. */
import { between, chance, pick } from '../faults/fault.ts';
import type { Loop } from '../world/lane-io.ts';
import { stories } from './stories.ts';
import { type LaneTrouble, linkOf, linksOf, type Wire, wires } from './trouble.ts';

const nothing = (): void => {};

const blinding = (
  kind: string,
  lastsMs: LaneTrouble['lastsMs'],
  begin: LaneTrouble['begin'],
  wire?: Wire,
): LaneTrouble => ({ kind, blinds: true, may: [], lastsMs, begin, ...(wire && { wire }) });

const wireTroubles = wires.flatMap((wire): LaneTrouble[] => [
  blinding(
    `${wire} loses messages`,
    [2_000, 25_000],
    (stage) => {
      const link = linkOf(stage, wire);
      link.loseShare = between(stage.random, 0.3, 1);
      return () => {
        link.loseShare = 0;
      };
    },
    wire,
  ),
  blinding(
    `${wire} is late`,
    [2_000, 25_000],
    (stage) => {
      const link = linkOf(stage, wire);
      link.delayMs = between(stage.random, 200, 3_000);
      link.reorder = chance(stage.random, 0.5);
      return () => {
        link.delayMs = 0;
        link.reorder = false;
      };
    },
    wire,
  ),
  blinding(
    `${wire} is cut off`,
    [500, 30_000],
    (stage) => {
      const link = linkOf(stage, wire);
      link.up(false);
      return () => link.up(true);
    },
    wire,
  ),
]);

/** What all devices of the lane have in common. */
const networkTroubles: readonly LaneTrouble[] = [
  blinding('the network loses messages', [2_000, 25_000], (stage) => {
    const links = linksOf(stage);
    const share = between(stage.random, 0.5, 1);
    for (const link of links) link.loseShare = share;
    return () => {
      for (const link of links) link.loseShare = 0;
    };
  }),
  blinding('the network is late', [2_000, 25_000], (stage) => {
    const links = linksOf(stage);
    for (const link of links) link.delayMs = between(stage.random, 200, 4_000);
    return () => {
      for (const link of links) link.delayMs = 0;
    };
  }),
  blinding('the network is gone', [500, 30_000], (stage) => {
    const links = linksOf(stage);
    for (const link of links) link.up(false);
    return () => {
      for (const link of links) link.up(true);
    };
  }),
];

const LOOPS: readonly Loop[] = ['approach', 'under', 'exit'];
const SENSORS = [...LOOPS, 'curtain'] as const;

const sensorTroubles = SENSORS.flatMap((sensor) =>
  [true, false].map(
    (value): LaneTrouble => ({
      kind: `${sensor} is stuck ${value ? 'on' : 'off'}`,
      // What a driver does over a dead loop nobody sees.
      blinds: true,
      may: [],
      isBadSensor: true,
      lastsMs: [1_000, 30_000],
      begin({ io }) {
        io.stickSensor(sensor, value);
        return () => io.stickSensor(sensor, undefined);
      },
    }),
  ),
);

const flickers = LOOPS.map(
  (loop): LaneTrouble => ({
    kind: `${loop} flickers`,
    blinds: false,
    may: [],
    isBadSensor: true,
    ...(loop === 'exit' && { isFromBehind: true }),
    lastsMs: [0, 0],
    begin({ io, random }) {
      io.flap(loop, 1 + Math.floor(random.next() * 3), between(random, 40, 200));
      return nothing;
    },
  }),
);

const drivers: readonly LaneTrouble[] = [
  {
    kind: 'the next one follows through',
    blinds: false,
    may: [],
    lastsMs: [0, 0],
    begin({ lane, random }) {
      lane.tailgate(chance(random, 0.5) ? 0 : between(random, 100, 1_500));
      return nothing;
    },
  },
  {
    kind: 'somebody comes from behind',
    blinds: false,
    isFromBehind: true,
    may: ['WRONG_WAY', 'INTRUSION', 'TAILGATING'],
    lastsMs: [0, 0],
    begin({ lane, random }) {
      lane.wrongWay(between(random, 3_000, 30_000));
      return nothing;
    },
  },
  {
    kind: 'a person walks through',
    blinds: false,
    may: ['PERSON_IN_LANE', 'COMMAND_UNCONFIRMED'],
    lastsMs: [0, 0],
    begin({ lane, random }) {
      lane.person(between(random, 500, 20_000));
      return nothing;
    },
  },
  {
    kind: 'a truck stops below the barrier',
    blinds: false,
    may: ['VEHICLE_STUCK_IN_LANE'],
    lastsMs: [0, 0],
    begin({ lane, random }) {
      lane.stall(between(random, 5_000, 180_000));
      return nothing;
    },
  },
  {
    kind: 'the driver turns back on the green',
    blinds: false,
    may: [],
    isTurningBack: true,
    lastsMs: [0, 0],
    begin({ lane }) {
      lane.hesitate();
      return nothing;
    },
  },
  {
    kind: 'the driver turns back',
    blinds: false,
    may: [],
    isTurningBack: true,
    lastsMs: [0, 0],
    begin({ lane, drivers: all }) {
      const driver = all.find((one) => one === lane.standing);
      if (lane.turnBack() && driver !== undefined) driver.turnedBack = true;
      return nothing;
    },
  },
];

const hands: readonly LaneTrouble[] = [
  {
    kind: 'the barrier is jammed',
    blinds: false,
    may: ['BARRIER_FAULT', 'COMMAND_UNCONFIRMED', 'VEHICLE_STUCK_IN_LANE', 'BARRIER_UNCOMMANDED'],
    lastsMs: [1_000, 40_000],
    begin({ io }) {
      io.jam(true);
      return () => io.jam(false);
    },
  },
  {
    kind: 'somebody raises the barrier by hand',
    blinds: false,
    may: ['BARRIER_UNCOMMANDED', 'COMMAND_UNCONFIRMED'],
    lastsMs: [0, 0],
    begin({ raiseByHand }) {
      raiseByHand();
      return nothing;
    },
  },
  {
    kind: 'a person stops the lane',
    blinds: false,
    may: [],
    lastsMs: [1_000, 20_000],
    begin({ act, config: { id: lane } }) {
      act({ kind: 'stop-lane', lane });
      return () => act({ kind: 'resume-lane', lane });
    },
  },
  {
    kind: 'a person closes the lane',
    blinds: false,
    may: [],
    lastsMs: [1_000, 20_000],
    begin({ act, config: { id: lane } }) {
      act({ kind: 'close-lane', lane });
      return () => act({ kind: 'open-lane', lane });
    },
  },
  {
    kind: 'a technician works in the lane',
    blinds: true,
    may: [],
    lastsMs: [1_000, 20_000],
    begin({ act, config: { id: lane } }) {
      act({ kind: 'maintain-lane', lane });
      return () => act({ kind: 'open-lane', lane });
    },
  },
  {
    // Who asks for it doubts what the gate believes.
    kind: 'a person has it read again',
    blinds: true,
    may: [],
    lastsMs: [0, 0],
    begin({ act, config: { id: lane } }) {
      act({ kind: 'reread', lane });
      return nothing;
    },
  },
];

const gateTroubles: readonly LaneTrouble[] = [
  blinding('the gate dies', [0, 0], ({ gate, random }) => {
    gate.crash(between(random, 100, 15_000), { underWayStored: chance(random, 0.5) });
    return nothing;
  }),
  blinding('the disk is slow', [2_000, 20_000], ({ gate, random }) => {
    gate.disk.slowness = pick(random, [20, 100, 500]) ?? 100;
    return () => {
      gate.disk.slowness = 1;
    };
  }),
];

export const laneTroubles: readonly LaneTrouble[] = [
  ...wireTroubles,
  ...networkTroubles,
  ...sensorTroubles,
  ...flickers,
  ...drivers,
  ...hands,
  ...gateTroubles,
  ...stories,
];
