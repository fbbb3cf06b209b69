/** What goes wrong in a yard only when two or three things come together. */
import { between } from '../faults/fault.ts';
import type { Stage, YardScene } from './stage.ts';
import { craneOf, linkOf, nothing, reconnect, type YardTrouble } from './trouble.ts';

/** Customs' release is demanded at one of the ways out of the yard only. */
const isDemandedOnce = ({ configs: [{ checkpoints }] }: YardScene): boolean =>
  checkpoints['yard-out'].laden.includes('clearance') !==
  checkpoints['border-out'].laden.includes('clearance');
const hasImports = ({ imports }: YardScene): boolean => imports > 0;

/** Runs it each moment until it has done what it was to do. */
function until({ run }: Stage, isDone: () => boolean): () => void {
  const cancel = run.clock.every(200, () => {
    if (isDone()) cancel();
  });
  return cancel;
}

export const rareTroubles: readonly YardTrouble[] = [
  {
    kind: 'the crane lifts a box unread and unheard, breaks off, and is connected anew',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK'],
    lastsMs: [60_000, 60_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      const link = linkOf(stage, id);
      crane.distort = () => undefined;
      const cancel = until(stage, () => {
        const isPicking = crane.held === undefined && crane.state.spreader.landed && !crane.state.hoistClear;
        if (!isPicking || crane.jobs.at(-1)?.state !== 'running') return false;
        link.loseShare = 1;
        crane.abort();
        const wait = until(stage, () => {
          if (crane.jobs.at(-1)?.state !== 'aborted') return false;
          link.loseShare = 0;
          reconnect(stage, id);
          return true;
        });
        stage.run.clock.after(15_000, wait);
        return true;
      });
      return () => {
        cancel();
        crane.distort = undefined;
        link.loseShare = 0;
      };
    },
  },
  {
    kind: 'the crane runs a job twice, and only its list tells of it',
    blinds: false,
    may: [],
    lastsMs: [60_000, 60_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      const link = linkOf(stage, id);
      crane.doubleNext();
      const heard = crane.jobChanges.subscribe(({ state }) => {
        if (state !== 'ended') return;
        heard.unsubscribe();
        // What comes next is lost; the connection is soon made anew.
        link.loseShare = 1;
        stage.run.clock.after(100, () => {
          link.loseShare = 0;
          reconnect(stage, id);
        });
      });
      return () => heard.unsubscribe();
    },
  },
  {
    kind: 'the crane takes no job, and the truck below it leaves',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK', 'BAY_OCCUPIED'],
    lastsMs: [20_000, 20_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      crane.refuse(true);
      const leaving = stage.run.clock.after(between(stage.random, 1_000, 8_000), () => {
        const { from } =
          Object.values(stage.gate.state.crossings).find(({ job }) => job?.crane === id)?.job ?? {};
        if (crane.jobs.some(({ state }) => state === 'running')) return;
        stage.world
          .trucks()
          .find(({ bay }) => bay !== undefined && bay === from)
          ?.escortOut();
      });
      return () => {
        leaving();
        crane.refuse(false);
      };
    },
  },
  {
    kind: 'nobody lets the crane take its job, and somebody lifts the box by hand',
    blinds: false,
    may: ['JOB_FAILED', 'JOB_STUCK', 'JOB_LOST'],
    lastsMs: [170_000, 170_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      const { gate, run, byHand, mustTell } = stage;
      crane.setMode('manual');
      const cancel = run.clock.every(1_000, () => {
        const given = Object.values(gate.state.crossings).find(({ untaken }) => untaken?.crane === id);
        const { from = '', to = '' } = given?.untaken ?? {};
        if (given === undefined || given.job !== undefined) return;
        cancel();
        if (!crane.liftByHand(from)) return;
        mustTell('JOB_LOST');
        run.clock.after(between(stage.random, 5_000, 20_000), () => {
          if (crane.setDownByHand(to)) byHand(to);
        });
      });
      return () => {
        cancel();
        crane.setMode('automatic');
      };
    },
  },
  {
    kind: 'the crane aborts one job after the other, and a person only clears that they failed',
    blinds: false,
    may: ['JOB_LOST'],
    lastsMs: [100_000, 100_000],
    begin(stage, id) {
      const crane = craneOf(stage, id);
      const { run, gate, act } = stage;
      let left = 5;
      let lastMs = 0;
      const aborting = run.clock.every(700, () => {
        const { position, hoistClear } = crane.state;
        const { state, container = '' } = crane.jobs.at(-1) ?? {};
        const nowMs = run.clock.monotonicMs();
        if (state !== 'running' || position !== 'travelling' || !hoistClear) return;
        if (left === 0 || lastMs + 5_000 > nowMs || stage.crossingOf(container)?.findings.length !== 0)
          return;
        left -= 1;
        lastMs = nowMs;
        crane.abort();
      });
      // As long as it takes to read it on the screen.
      let seen = new Set<string>();
      const clearing = run.clock.every(2_500, () => {
        const failed = Object.values(gate.state.crossings).filter(({ findings }) =>
          findings.some(({ code }) => code === 'JOB_FAILED'),
        );
        for (const { id: crossing } of failed)
          if (seen.has(crossing)) act({ kind: 'clear-finding', crossing, code: 'JOB_FAILED' });
        seen = new Set(failed.map((crossing) => crossing.id));
      });
      return () => {
        aborting();
        clearing();
      };
    },
  },
  {
    kind: 'customs takes back what waits in the yard',
    blinds: false,
    may: ['RECALLED'],
    lastsMs: [100_000, 100_000],
    where: isDemandedOnce,
    begin(stage) {
      const { run, gate, exports, imports, crossingOf } = stage;
      const { id } = gate.config.gate;
      let heal = nothing;
      const cancel = until(stage, () => {
        const waiting = [...exports, ...imports].find(
          (container) => crossingOf(container)?.stage === 'in-yard',
        );
        if (waiting === undefined) return false;
        run.world.setClearance(id, waiting, 'withdrawn');
        heal = () => {
          run.world.setClearance(id, waiting, 'released');
          heal = nothing;
        };
        run.clock.after(between(stage.random, 10_000, 30_000), () => heal());
        return true;
      });
      return () => {
        cancel();
        heal();
      };
    },
  },
  {
    kind: 'the loop of a landing bay is stuck until its vehicle is home again',
    blinds: true,
    lies: true,
    may: [],
    lastsMs: [420_000, 420_000],
    where: hasImports,
    begin(stage) {
      const { world } = stage;
      let heal = nothing;
      const cancel = until(stage, () => {
        const bay = [...world.bays.values()].find(
          ({ config, occupant }) => config.use === 'landing' && occupant !== undefined,
        );
        const io = world.laneIo.get(bay?.config.io ?? '');
        if (bay === undefined || io === undefined) return false;
        io.stickSensor('approach', true);
        const back = until(stage, () => {
          const isHome = bay.occupant === undefined && Object.keys(stage.gate.state.visitors).length === 0;
          if (isHome) io.stickSensor('approach', undefined);
          return isHome;
        });
        heal = () => {
          back();
          io.stickSensor('approach', undefined);
        };
        return true;
      });
      return () => {
        cancel();
        heal();
      };
    },
  },
];
