/** What goes wrong with the crane of a yard that is tried: its jobs, its spreader, its list, and hands in it. */
import { between, chance, pick } from '../faults/fault.ts';
import type { Crane } from '../world/crane.ts';
import type { CraneState } from '../world/ports.ts';
import type { Stage } from './stage.ts';
import { craneOf, linkOf, nothing, once, reconnect, type YardTrouble } from './trouble.ts';

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

/** Runs it as soon as the crane is on its way with a box in its spreader, if it soon is. */
function whenItHolds({ run }: Stage, crane: Crane, then: () => void): void {
  const cancel = run.clock.every(300, () => {
    if (crane.held === undefined || crane.state.position !== 'travelling') return;
    cancel();
    then();
  });
  run.clock.after(HOLDS_WITHIN_MS, cancel);
}
const HOLDS_WITHIN_MS = 60_000;

function mode(other: CraneState['mode']): YardTrouble {
  return {
    kind: `the crane is in mode ${other} for a while`,
    blinds: false,
    may: ['JOB_STUCK'],
    lastsMs: [200, 40_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      crane.setMode(other);
      return () => crane.setMode('automatic');
    },
  };
}

/** In manual mode, with a box in the spreader, which is then set down by hand: at once, or when the gate knows that it hangs there. */
function setDown(stage: Stage, id: string, leastMs: number, mostMs: number): () => void {
  const crane = craneOf(stage, id);
  const { run, gate, world, random, mustTell, byHand, crossingOf } = stage;
  whenItHolds(stage, crane, () => {
    // Unread and unfelt, nobody could know that it hung there.
    if (!crane.state.spreader.loaded && crane.jobs.at(-1)?.containerSeen === undefined) return;
    crane.setMode('manual');
    run.clock.after(20_000, () => crane.setMode('automatic'));
    run.clock.after(between(random, leastMs, mostMs), () => {
      const job = crane.jobs.at(-1);
      const free = [...world.slots.keys()].filter(
        (slot) => gate.state.owners[`slot:${slot}`] === undefined && world.slots.get(slot)?.canTake,
      );
      // A vehicle that has let go of its box does not take it back.
      const isBack = gate.config.yard.bays.every(
        ({ id: bay, node }) => bay !== job?.from || node === undefined,
      );
      const place =
        pick(random, [job?.to ?? '', pick(random, free) ?? '', ...(isBack ? [job?.from ?? ''] : [])]) ?? '';
      if (!crane.setDownByHand(place)) return;
      byHand(place);
      const { state } = crossingOf(job?.container ?? '')?.job ?? {};
      // Of a job that it takes to be running, or has just given, it still awaits what it will hear.
      if (state !== 'running' && state !== 'commanded') mustTell('JOB_LOST', 'SPREADER_CONTRADICTS');
      else stage.mayTell('JOB_LOST');
    });
  });
  return nothing;
}

const handTroubles: readonly YardTrouble[] = [
  {
    kind: 'what hangs in the spreader is set down by hand at once',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK'],
    lastsMs: [30_000, 30_000],
    begin: (stage, id) => setDown(stage, id, 0, 900),
  },
  {
    kind: 'what hangs in the spreader is set down by hand at once, and was not read',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK'],
    lastsMs: [30_000, 30_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      crane.distort = () => undefined;
      setDown(stage, id, 0, 900);
      return () => {
        crane.distort = undefined;
      };
    },
  },
  {
    kind: 'what hangs in the spreader is set down by hand later',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK'],
    lastsMs: [30_000, 30_000],
    begin: (stage, id) => setDown(stage, id, 1_500, 12_000),
  },
  {
    kind: 'what hangs in the spreader is set down by hand while the next job is refused',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK', 'JOB_LOST'],
    lastsMs: [40_000, 60_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      whenItHolds(stage, crane, () => {
        crane.refuse(true);
        crane.abort();
        stage.run.clock.after(4_000, () => emptied(stage, crane));
        stage.run.clock.after(15_000, () => crane.refuse(false));
      });
      return nothing;
    },
  },
];

const HEARD_MS = 500;
/** The pause after a job that was refused. */
const REFUSED_MS = 5_000;

/** Somebody sets down what hangs there where it is to go, and tells nobody. */
function emptied({ run, byHand, mustTell }: Stage, crane: Crane): void {
  const { to = '' } = crane.jobs.at(-1) ?? {};
  crane.setMode('manual');
  if (crane.setDownByHand(to)) {
    byHand(to);
    run.clock.after(REFUSED_MS, () => mustTell('JOB_LOST', 'SPREADER_CONTRADICTS'));
  }
  run.clock.after(20_000, () => crane.setMode('automatic'));
}

const abortTroubles: readonly YardTrouble[] = [
  {
    kind: 'the crane aborts a job with a box in its spreader that it has read and does not feel',
    blinds: false,
    lies: true,
    may: ['JOB_FAILED', 'JOB_STUCK', 'JOB_LOST'],
    lastsMs: [30_000, 60_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      if (crane.held !== undefined) return nothing;
      let isHealed = false;
      crane.stickSpreader('loaded', false);
      whenItHolds(stage, crane, () => {
        const { state, container = '', containerSeen } = crane.jobs.at(-1) ?? {};
        if (isHealed) return;
        // Unread and unfelt, nobody could know that it hangs there.
        if (state !== 'running' || containerSeen === undefined)
          return crane.stickSpreader('loaded', undefined);
        crane.abort();
        // If the gate has heard of that at all.
        stage.run.clock.after(HEARD_MS, () => {
          if (stage.crossingOf(container)?.job?.state === 'aborted')
            stage.mustTell('JOB_LOST', 'CONTAINER_MISMATCH', 'SPREADER_CONTRADICTS');
        });
        stage.run.clock.after(6_000, () => crane.stickSpreader('loaded', undefined));
      });
      return () => {
        isHealed = true;
        crane.stickSpreader('loaded', undefined);
      };
    },
  },
  once('the crane aborts a job', (crane) => crane.abort()),
  once('the crane aborts a job with the box in its spreader', (crane, stage) =>
    whenItHolds(stage, crane, crane.abort),
  ),
  {
    kind: 'the crane aborts one job after the other',
    blinds: false,
    may: ['JOB_LOST'],
    lastsMs: [20_000, 60_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      let left = 5;
      return stage.run.clock.every(700, () => {
        const { position, hoistClear } = crane.state;
        const isRunning = crane.jobs.at(-1)?.state === 'running';
        if (!isRunning || position !== 'travelling' || !hoistClear || left === 0) return;
        left -= 1;
        crane.abort();
      });
    },
  },
  {
    kind: 'the crane breaks off with the box in its spreader, and is connected anew again and again',
    blinds: false,
    may: ['JOB_STUCK'],
    lastsMs: [30_000, 60_000],
    begin(stage, id) {
      const { clock } = stage.run;
      const crane = craneOf(stage, id);
      whenItHolds(stage, crane, () => {
        crane.setMode('manual');
        for (const afterMs of [2_000, 5_000, 8_000]) clock.after(afterMs, () => reconnect(stage, id));
        clock.after(12_000, () => crane.setMode('automatic'));
      });
      return nothing;
    },
  },
  {
    kind: 'the crane aborts a job with the box in its spreader, and its messages are lost',
    blinds: true,
    may: [],
    lastsMs: [30_000, 60_000],
    begin(stage, id) {
      const link = linkOf(stage, id);
      link.loseShare = between(stage.random, 0.3, 0.8);
      whenItHolds(stage, craneOf(stage, id), craneOf(stage, id).abort);
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
      stage.run.clock.after(between(stage.random, 0, 30_000), craneOf(stage, id).abort);
      return () => {
        link.delayMs = 0;
        link.reorder = false;
      };
    },
  },
  {
    kind: 'the crane hears very late, and tells its list',
    blinds: true,
    may: [],
    lastsMs: [30_000, 60_000],
    begin(stage, id) {
      const link = linkOf(stage, id);
      link.delayMs = between(stage.random, 9_000, 25_000);
      link.loseShare = 0.2;
      return () => {
        link.delayMs = 0;
        link.loseShare = 0;
      };
    },
  },
];

/** Somebody clears what was found, and does not say where the container is. */
function clearWithoutLooking({ run, act, crossingOf }: Stage, container: string): void {
  run.clock.after(3_000, () => {
    const crossing = crossingOf(container);
    if (crossing?.findings.some(({ code }) => code === 'JOB_LOST'))
      act({ kind: 'clear-finding', crossing: crossing.id, code: 'JOB_LOST' });
  });
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
  if (chance(stage.random, 0.4)) clearWithoutLooking(stage, job?.container ?? '');
  return nothing;
}

export const craneTroubles: readonly YardTrouble[] = [
  mode('manual'),
  mode('fault'),
  ...handTroubles,
  ...abortTroubles,
  ...spreaderTroubles,
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
