/** What goes wrong in a yard that is tried: the crane, its wires, the bays, trucks and vehicles, the gate above it, people. */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import { between, chance, pick } from '../faults/fault.ts';
import type { Crane } from '../world/crane.ts';
import type { CraneState } from '../world/ports.ts';
import type { Stage } from './stage.ts';

export interface YardTrouble {
  kind: string;
  /** The gate does not hear or see all of what happens: then its alarms are not judged, nor how soon it acts. */
  blinds: boolean;
  /** What it is told is not so, or nothing is told of what people do: then what it may believe is not judged. */
  lies?: true;
  /** Alarms it may bring besides those that what truly happens must bring. */
  may: readonly AlarmCode[];
  /** From … to, until it is healed. */
  lastsMs: readonly [least: number, most: number];
  /** Begins with that crane, and returns what heals it. */
  begin(stage: Stage, crane: string): () => void;
}

const nothing = (): void => {};

function craneOf({ world }: Stage, id: string): Crane {
  const crane = world.cranes.get(id);
  if (crane === undefined) throw new RangeError(`the yard has no crane ${id}`);
  return crane;
}

const blinding = (
  kind: string,
  lastsMs: YardTrouble['lastsMs'],
  begin: YardTrouble['begin'],
): YardTrouble => ({ kind, blinds: true, may: [], lastsMs, begin });

/** Something a crane does once; it passes by itself. */
const once = (
  kind: string,
  begin: (crane: Crane, stage: Stage) => void,
  may: readonly AlarmCode[] = [],
): YardTrouble => ({
  kind,
  blinds: false,
  may,
  lastsMs: [0, 0],
  begin(stage, crane) {
    begin(craneOf(stage, crane), stage);
    return nothing;
  },
});

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

const linkOf = ({ gate }: Stage, device: string) => gate.devices.deviceLink(device);

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

// ---------------------------------------------------------------- the crane

const SIGNALS: readonly (keyof CraneState['spreader'])[] = ['landed', 'locked', 'unlocked', 'loaded'];

const spreaderTroubles = SIGNALS.flatMap((signal) =>
  [true, false].map(
    (value): YardTrouble => ({
      kind: `the spreader's ${signal} is stuck ${value ? 'on' : 'off'}`,
      // Whether a box hangs there nothing else tells.
      blinds: signal === 'loaded',
      ...(signal === 'loaded' && { lies: true }),
      may: ['VEHICLE_STUCK', 'JOB_STUCK'],
      lastsMs: [1_000, 30_000],
      begin(stage, id) {
        const crane = craneOf(stage, id);
        crane.stickSpreader(signal, value);
        return () => crane.stickSpreader(signal, undefined);
      },
    }),
  ),
);

/** Its connection is made anew: it tells its list and its state. */
function reconnect(stage: Stage, crane: string): void {
  const link = linkOf(stage, crane);
  link.up(false);
  link.up(true);
}

/** Reads another number than the painted one, or none, so long. */
const reader = (kind: string, distort: NonNullable<Crane['distort']>): YardTrouble => ({
  kind,
  blinds: false,
  may: [],
  lastsMs: [5_000, 40_000],
  begin(stage, id) {
    const crane = craneOf(stage, id);
    crane.distort = distort;
    return () => {
      crane.distort = undefined;
    };
  },
});

function mode(other: CraneState['mode']): YardTrouble {
  return {
    kind: `the crane is in mode ${other} for a while`,
    blinds: false,
    may: ['JOB_STUCK'],
    lastsMs: [200, 40_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      crane.setMode(other);
      if (chance(stage.random, 0.5))
        stage.run.clock.after(between(stage.random, 500, 20_000), () => reconnect(stage, id));
      return () => crane.setMode('automatic');
    },
  };
}

/** Its controller has started anew: of what it was at, it knows nothing. */
function forget(stage: Stage, id: string): () => void {
  const crane = craneOf(stage, id);
  const job = crane.jobs.at(-1);
  const known = stage.crossingOf(job?.container ?? '')?.job;
  crane.forget();
  reconnect(stage, id);
  const isAtIt = known?.state === 'allowed' || known?.state === 'running';
  if (isAtIt && known.jobId === job?.jobId) stage.mustTell('JOB_LOST');
  return nothing;
}

const craneTroubles: readonly YardTrouble[] = [
  mode('manual'),
  mode('fault'),
  {
    kind: 'what hangs in the spreader is set down by hand',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK'],
    lastsMs: [20_000, 40_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      const { run, gate, world, random, mustTell, byHand, crossingOf } = stage;
      crane.setMode('manual');
      run.clock.after(between(random, 0, chance(random, 0.5) ? 900 : 12_000), () => {
        const job = crane.jobs.at(-1);
        const free = [...world.slots.keys()].filter(
          (slot) => gate.state.owners[`slot:${slot}`] === undefined && world.slots.get(slot)?.canTake,
        );
        const place = pick(random, [job?.from ?? '', job?.to ?? '', pick(random, free) ?? '']) ?? '';
        if (!crane.setDownByHand(place)) return;
        byHand(place);
        // Of a job that it takes to be running the gate still awaits the end.
        if (crossingOf(job?.container ?? '')?.job?.state !== 'running') mustTell('JOB_LOST');
      });
      return () => crane.setMode('automatic');
    },
  },
  once('the crane aborts a job', (crane) => crane.abort()),
  once('the crane aborts three jobs', (crane, { run }) => {
    for (const afterMs of [0, 30_000, 60_000]) run.clock.after(afterMs, () => crane.abort());
  }),
  {
    kind: 'the crane aborts a job, and its messages are lost',
    blinds: true,
    may: [],
    lastsMs: [5_000, 40_000],
    begin(stage, id) {
      const link = linkOf(stage, id);
      link.loseShare = between(stage.random, 0.3, 0.8);
      stage.run.clock.after(between(stage.random, 0, 30_000), () => craneOf(stage, id).abort());
      return () => {
        link.loseShare = 0;
      };
    },
  },
  {
    kind: 'the crane aborts a job, and its messages overtake each other',
    blinds: true,
    may: [],
    lastsMs: [32_000, 40_000],
    begin(stage, id) {
      const link = linkOf(stage, id);
      link.delayMs = 900;
      link.reorder = true;
      stage.run.clock.after(between(stage.random, 0, 30_000), () => craneOf(stage, id).abort());
      return () => {
        link.delayMs = 0;
        link.reorder = false;
      };
    },
  },
  {
    kind: 'the crane takes no job',
    blinds: false,
    may: ['JOB_STUCK'],
    lastsMs: [1_000, 110_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      crane.refuse(true);
      return () => crane.refuse(false);
    },
  },
  once('the crane takes its time to begin', (crane, { random }) =>
    crane.dawdle(between(random, 1_000, 50_000)),
  ),
  once(
    'the crane is not ready after all',
    (crane, { run, random }) => {
      crane.dawdle(60_000);
      run.clock.after(between(random, 1_000, 50_000), () => {
        crane.setMode('fault');
        run.clock.after(5_000, () => crane.setMode('automatic'));
      });
    },
    ['JOB_STUCK'],
  ),
  once('the result of a job is lost', (crane) => crane.loseResult(), [
    'JOB_FAILED',
    'JOB_LOST',
    'JOB_STUCK',
    'COMMAND_UNCONFIRMED',
  ]),
  once('the crane runs a job twice', (crane) => crane.doubleNext()),
  {
    kind: 'the crane is connected anew',
    blinds: false,
    may: [],
    lastsMs: [0, 0],
    begin(stage, id) {
      reconnect(stage, id);
      return nothing;
    },
  },
  {
    kind: 'the crane has forgotten its jobs',
    blinds: false,
    may: ['JOB_LOST'],
    lastsMs: [0, 0],
    begin: forget,
  },
  {
    kind: 'the crane forgets a job that it has not begun',
    blinds: false,
    may: ['JOB_LOST'],
    lastsMs: [50_000, 60_000],
    begin(stage, id) {
      craneOf(stage, id).dawdle(60_000);
      stage.run.clock.after(between(stage.random, 1_000, 50_000), () => forget(stage, id));
      return nothing;
    },
  },
  {
    kind: 'the list of the crane is empty for a while',
    blinds: false,
    may: ['JOB_LOST', 'JOB_STUCK'],
    lastsMs: [1_000, 20_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      crane.hideJobs(true);
      reconnect(stage, id);
      return () => {
        crane.hideJobs(false);
        reconnect(stage, id);
      };
    },
  },
  {
    kind: 'the crane does a job of its own',
    blinds: false,
    may: [],
    lastsMs: [60_000, 60_000],
    begin(stage, id) {
      const { run, world } = stage;
      const crane = craneOf(stage, id);
      const tryIt = (): void => {
        // The gate takes the first ones first.
        const free = [...world.slots.values()].filter(({ canTake }) => canTake).map((slot) => slot.id);
        const [to = '', from = ''] = free.slice(-2);
        if (crane.start({ jobId: 'chief-1', container: 'none', from, to }) === 'accepted') cancel();
      };
      const cancel = run.clock.every(500, tryIt);
      return cancel;
    },
  },
  reader('the spreader reads another number', () => 'MSKU6011672'),
  reader('the spreader reads nothing', () => undefined),
];

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
      run.clock.after(10_000, come(true));
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

/** While its job goes on nobody says where a container is. */
const AT_WORK: ReadonlySet<string> = new Set(['commanded', 'allowed', 'running']);

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
  ...spreaderTroubles,
  ...wireTroubles('a bay', bayOf, false),
  ...bayTroubles,
  ...wireTroubles('a vehicle', vehicleOf, true),
  ...gateTroubles,
  ...people,
];
