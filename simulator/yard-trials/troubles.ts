/** What goes wrong in a yard that is tried: the crane, its wires, the bays, trucks and vehicles, the gate above it, people. */
import { between, chance, pick } from '../faults/fault.ts';
import { craneTroubles } from './crane-troubles.ts';
import { rareTroubles } from './rare-troubles.ts';
import type { Stage } from './stage.ts';
import { blinding, linkOf, nothing, type YardTrouble } from './trouble.ts';

// ---------------------------------------------------------------- wires

type Wire = (stage: Stage, crane: string) => string | undefined;

/** Mostly that of the crane's last job. */
const bayOf: Wire = ({ gate, world, random }, crane) => {
  const bays = gate.config.yard.cranes.find(({ device }) => device === crane)?.bays ?? [];
  const { from, to } = world.cranes.get(crane)?.jobs.at(-1) ?? {};
  const own = bays.find((id) => id === from || id === to);
  const bay = own !== undefined && chance(random, 0.7) ? own : pick(random, bays);
  return gate.config.yard.bays.find(({ id }) => id === bay)?.io;
};
const vehicleOf: Wire = ({ gate, random }) => pick(random, Object.keys(gate.state.vehicles));

function wireTroubles(name: string, wire: Wire, isLossy: boolean): YardTrouble[] {
  const on =
    (trouble: (link: ReturnType<typeof linkOf>, stage: Stage) => () => void): YardTrouble['begin'] =>
    (stage, crane) => {
      const device = wire(stage, crane);
      return device === undefined ? nothing : trouble(linkOf(stage, device), stage);
    };
  const cut = on((link) => {
    link.up(false);
    return () => link.up(true);
  });
  return [
    ...(isLossy
      ? [
          blinding(
            `${name} loses messages`,
            [2_000, 60_000],
            on((link, { random }) => {
              link.loseShare = between(random, 0.2, 1);
              return () => {
                link.loseShare = 0;
              };
            }),
          ),
        ]
      : []),
    blinding(
      `${name} is late`,
      [2_000, 60_000],
      on((link, { random }) => {
        link.delayMs = between(random, 200, chance(random, 0.5) ? 3_000 : 15_000);
        link.reorder = chance(random, 0.5);
        return () => {
          link.delayMs = 0;
          link.reorder = false;
        };
      }),
    ),
    blinding(
      `${name} doubles messages`,
      [10_000, 60_000],
      on((link, { random }) => {
        link.doubleShare = between(random, 0.3, 1);
        link.delayMs = between(random, 0, 3_000);
        return () => {
          link.doubleShare = 0;
          link.delayMs = 0;
        };
      }),
    ),
    {
      // So short that it is the same to whoever listens.
      kind: `${name} is a moment late`,
      blinds: false,
      may: [],
      lastsMs: [20_000, 60_000],
      begin: on((link, { random }) => {
        link.delayMs = between(random, 50, 350);
        return () => {
          link.delayMs = 0;
        };
      }),
    },
    blinding(`${name} is cut off`, [500, 4_000], cut),
    blinding(`${name} is cut off for long`, [4_000, 60_000], cut),
    {
      ...blinding(
        `${name} is frozen`,
        [1_000, 30_000],
        on((link) => {
          link.frozen(true);
          return () => link.frozen(false);
        }),
      ),
      lies: true,
    },
  ];
}

// ---------------------------------------------------------------- below the crane

const bayTroubles: readonly YardTrouble[] = [
  ...[true, false].map(
    (value): YardTrouble => ({
      kind: `the loop of a bay is stuck ${value ? 'on' : 'off'}`,
      blinds: true,
      // A truck on its way to the bay is taken to stand there.
      ...(value && { lies: true }),
      may: [],
      lastsMs: [1_000, 40_000],
      begin(stage, crane) {
        const io = stage.world.laneIo.get(bayOf(stage, crane) ?? '');
        io?.stickSensor('approach', value);
        return () => io?.stickSensor('approach', undefined);
      },
    }),
  ),
  {
    kind: 'something unknown comes to a free bay again and again',
    blinds: false,
    may: ['BAY_OCCUPIED'],
    lastsMs: [22_000, 40_000],
    begin(stage) {
      const { gate, world, run } = stage;
      const bay = gate.config.yard.bays.find(
        ({ id, use }) => use === 'truck' && gate.state.owners[`bay:${id}`] === undefined,
      );
      const io = world.laneIo.get(bay?.io ?? '');
      const come = (there: boolean) => (): void => io?.stickSensor('approach', there || undefined);
      come(true)();
      run.clock.after(7_000, come(false));
      run.clock.after(10_000, () => come(gate.state.owners[`bay:${bay?.id}`] === undefined)());
      return come(false);
    },
  },
  blinding('the loop of a bay misses what is there for moments', [0, 0], (stage, crane) => {
    const io = stage.world.laneIo.get(bayOf(stage, crane) ?? '');
    // It misses what is there for moments; it sees nothing that is not there.
    if (io?.state.loops.approach === true)
      io.flap('approach', 1 + Math.floor(stage.random.next() * 6), between(stage.random, 40, 2_000));
    return nothing;
  }),
  blinding(
    'all loops of bays miss what is there for moments',
    [40_000, 60_000],
    ({ world, run, gate, random }) =>
      run.clock.every(3_000, () => {
        for (const { io: id } of gate.config.yard.bays) {
          const io = world.laneIo.get(id);
          if (io?.state.loops.approach === true && chance(random, 0.5)) io.flap('approach', 1, 1_000);
        }
      }),
  ),
  blinding('a loaded vehicle is silent in its bay, whose loop misses it', [200_000, 200_000], (stage) => {
    const { world, run } = stage;
    let heal = nothing;
    const cancel = run.clock.every(500, () => {
      const bay = [...world.bays.values()].find(
        ({ config, occupant }) =>
          config.use === 'loading' &&
          occupant?.container !== undefined &&
          stage.crossingOf(occupant.container.number)?.stage !== 'loading',
      );
      const silent = [...world.vehicles].find(([, { plate }]) => plate === bay?.occupant?.plate);
      if (bay === undefined || silent === undefined) return;
      cancel();
      const link = linkOf(stage, silent[0]);
      link.up(false);
      heal = () => link.up(true);
      for (const afterMs of [2_000, 13_000])
        run.clock.after(afterMs, () => world.laneIo.get(bay.config.io)?.flap('approach', 1, 1_200));
    });
    return () => {
      cancel();
      heal();
    };
  }),
  {
    kind: 'the next truck drives to another bay',
    blinds: false,
    may: ['BAY_OCCUPIED'],
    lastsMs: [0, 0],
    begin({ gate, world }) {
      world.wrongBay((bay) => gate.state.owners[`bay:${bay}`] === undefined);
      return nothing;
    },
  },
  {
    kind: 'a truck leaves its bay early',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK', 'BAY_OCCUPIED'],
    lastsMs: [0, 0],
    begin({ world, random }) {
      pick(
        random,
        world.trucks().filter(({ bay }) => bay !== undefined),
      )?.escortOut();
      return nothing;
    },
  },
  {
    kind: 'a vehicle breaks down',
    blinds: false,
    may: ['VEHICLE_FAULT', 'VEHICLE_STUCK', 'VEHICLE_STUCK_IN_LANE'],
    lastsMs: [2_000, 40_000],
    begin({ world, random }) {
      const vehicle = pick(random, [...world.vehicles.values()]);
      vehicle?.breakDown(true);
      return () => vehicle?.breakDown(false);
    },
  },
  {
    kind: 'a vehicle is taken over by hand',
    blinds: false,
    may: ['VEHICLE_FAULT', 'VEHICLE_STUCK', 'VEHICLE_STUCK_IN_LANE'],
    lastsMs: [2_000, 40_000],
    begin({ world, random }) {
      const vehicle = pick(random, [...world.vehicles.values()]);
      vehicle?.setMode('MANUAL');
      return () => vehicle?.setMode('AUTOMATIC');
    },
  },
];

// ---------------------------------------------------------------- the gate and people

const gateTroubles: readonly YardTrouble[] = [
  blinding('the gate dies', [0, 0], ({ gate, random }) => {
    gate.crash(between(random, 100, 40_000), { underWayStored: chance(random, 0.5) });
    return nothing;
  }),
  blinding('the disk is slow', [5_000, 40_000], ({ gate, random }) => {
    gate.disk.slowness = pick(random, [20, 100, 500]) ?? 100;
    return () => {
      gate.disk.slowness = 1;
    };
  }),
];

/** While its job goes on, or is done, nobody says where a container is. */
const AT_WORK: ReadonlySet<string> = new Set(['commanded', 'allowed', 'running', 'ended']);

const people: readonly YardTrouble[] = [
  {
    kind: 'customs takes a release back',
    blinds: false,
    may: ['RECALLED'],
    lastsMs: [5_000, 60_000],
    begin({ run, gate, exports, random }) {
      const container = pick(random, exports);
      if (container === undefined) return nothing;
      const { id } = gate.config.gate;
      run.world.setClearance(id, container, 'withdrawn');
      return () => run.world.setClearance(id, container, 'released');
    },
  },
  {
    kind: 'a person stops the gate',
    blinds: false,
    may: ['GATE_STOPPED', 'JOB_STUCK', 'VEHICLE_STUCK_IN_LANE'],
    lastsMs: [1_000, 20_000],
    begin({ act }) {
      act({ kind: 'stop-gate' });
      return () => act({ kind: 'resume-gate' });
    },
  },
  {
    kind: 'a person wants to cancel what is inside',
    blinds: false,
    may: [],
    lastsMs: [0, 0],
    begin({ act, exports, crossingOf, random }) {
      const crossing = crossingOf(pick(random, exports) ?? '');
      if (crossing !== undefined && crossing.stage !== 'announced')
        act({ kind: 'cancel-crossing', crossing: crossing.id });
      return nothing;
    },
  },
  {
    kind: 'a person says at once where a container is',
    // Sooner than the gate has judged what a job broke off with.
    blinds: true,
    may: [],
    lastsMs: [20_000, 60_000],
    begin({ run, gate, act, exports, crossingOf }) {
      return run.clock.every(700, () => {
        const whereIs = run.world.whereIs();
        for (const container of exports) {
          const [id, place] = whereIs.get(container)?.split('/') ?? [];
          const crossing = crossingOf(container);
          const state = crossing?.job?.state;
          const isInDoubt = state !== undefined && !AT_WORK.has(state);
          if (crossing !== undefined && isInDoubt && id === gate.config.gate.id && place !== undefined)
            act({ kind: 'confirm-place', crossing: crossing.id, place });
        }
      });
    },
  },
  {
    kind: 'a person clears whatever is found, and does not look',
    blinds: false,
    may: ['JOB_DONE_TWICE'],
    lastsMs: [20_000, 60_000],
    begin({ run, gate, act }) {
      return run.clock.every(2_500, () => {
        for (const { id, findings } of Object.values(gate.state.crossings))
          for (const { code } of findings)
            if (code === 'JOB_LOST') act({ kind: 'clear-finding', crossing: id, code });
      });
    },
  },
];

export const yardTroubles: readonly YardTrouble[] = [
  ...wireTroubles('the crane', (_stage, crane) => crane, true),
  ...craneTroubles,
  ...wireTroubles('a bay', bayOf, false),
  ...bayTroubles,
  ...wireTroubles('a vehicle', vehicleOf, true),
  ...gateTroubles,
  ...people,
  ...rareTroubles,
];
