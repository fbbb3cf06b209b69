/**
 * The invariants of DESIGN §8, checked all along a run in virtual time: against what is physically there and against the two
 * logs, never by the gate's own interlock. Cheap things at every step, command and write; everything else in `sweep`.
 */
import { createAgendaWatch } from './invariants/agenda.ts';
import { createBounds } from './invariants/bounds.ts';
import { createCustody } from './invariants/custody.ts';
import { createDrained } from './invariants/drained.ts';
import { createFresh } from './invariants/fresh.ts';
import { createHistory } from './invariants/history.ts';
import { createHost } from './invariants/host.ts';
import { createIndexes } from './invariants/indexes.ts';
import { createJournalWatch } from './invariants/journal.ts';
import { createLanes } from './invariants/lanes.ts';
import { createMishaps } from './invariants/mishaps.ts';
import { createMoves } from './invariants/moves.ts';
import { planOf } from './invariants/plan.ts';
import { createPromptness } from './invariants/promptness.ts';
import { createPublished } from './invariants/published.ts';
import { createReleases } from './invariants/releases.ts';
import { createReports } from './invariants/reports.ts';
import {
  type Book,
  createBook,
  type Part,
  type Scene,
  type Violation,
  type Watched,
} from './invariants/scene.ts';
import { createSection } from './invariants/section.ts';
import { createSilence } from './invariants/silence.ts';
import { createWiring } from './invariants/wiring.ts';
import { createYard } from './invariants/yard.ts';
import { createProbe } from './probe.ts';
import type { Observer } from './run/observer.ts';
import type { VirtualGate, VirtualRun } from './run.ts';

export type { Violation };

export interface Invariants {
  /** Belongs into `startVirtualRun`. */
  readonly observer: Observer;
  /** Right after `startVirtualRun`, before time moves and before faults are set: faults are noticed where they are set. */
  attach(run: VirtualRun): void;
  /** Looks at everything that no single event shows. */
  sweep(): void;
  /** What is left that should have drained once faults have healed and traffic has ended; empty: all is well. */
  drained(): string[];
  readonly checks: number;
  readonly violations: readonly Violation[];
  /** Excuses granted and statistics, by name. */
  readonly notes: Readonly<Record<string, number>>;
}

const PARTS: readonly ((scene: Scene) => Part)[] = [
  createPromptness,
  createFresh,
  createLanes,
  createYard,
  createMishaps,
  createReleases,
  createHost,
  createMoves,
  createSection,
  createCustody,
  createPublished,
  createReports,
  createJournalWatch,
  createSilence,
  createBounds,
  createIndexes,
  createAgendaWatch,
  createDrained,
  createProbe,
];

export function createInvariants(): Invariants {
  let scene: Scene | undefined;
  let parts: readonly Part[] = [];
  let watchedBy = new Map<VirtualGate, Watched>();
  const hooks = <K extends keyof Part>(name: K): NonNullable<Part[K]>[] => {
    const found: NonNullable<Part[K]>[] = [];
    for (const part of parts) {
      const hook = part[name];
      if (hook !== undefined) found.push(hook);
    }
    return found;
  };

  const observer: Observer = {};
  function of(gate: VirtualGate): Watched {
    const watched = watchedBy.get(gate);
    if (watched === undefined) throw new Error(`${gate.config.gate.id} belongs to no run under observation`);
    return watched;
  }

  function listen(): void {
    const stepped = hooks('stepped');
    const sent = hooks('sent');
    const durable = hooks('durable');
    const lost = hooks('lost');
    const history = createHistory();
    const acknowledged = hooks('acknowledged');
    const crashed = hooks('crashed');
    observer.stepped = (gate, input) => {
      const watched = of(gate);
      if (input.type === 'boot') watched.wiring.started();
      watched.wiring.hear(input);
      for (const look of stepped) look(watched, input);
    };
    observer.sent = (gate, command) => {
      const watched = of(gate);
      for (const look of sent) look(watched, command);
    };
    observer.durable = (gate, entries) => {
      const watched = of(gate);
      const news = history.without(watched.id, entries);
      for (const look of durable) look(watched, news, entries);
    };
    observer.lost = (gate) => {
      const watched = of(gate);
      for (const look of lost) look(watched);
    };
    observer.acknowledged = (gate, from) => {
      const watched = of(gate);
      for (const look of acknowledged) look(watched, from);
    };
    observer.crashed = (gate) => {
      const watched = of(gate);
      for (const look of crashed) look(watched);
    };
  }

  const book = (): Book => {
    if (scene === undefined) throw new Error('no run is attached to the invariants');
    return scene.book;
  };

  return {
    observer,
    attach(run) {
      scene = sceneOf(run);
      watchedBy = new Map([...scene.gates.values()].map((watched) => [watched.gate, watched]));
      const attached = scene;
      parts = PARTS.map((create) => create(attached));
      listen();
    },
    sweep() {
      for (const sweep of hooks('sweep')) sweep();
    },
    drained: () => hooks('drained').flatMap((drained) => drained()),
    get checks() {
      return book().checks;
    },
    get violations() {
      return book().violations;
    },
    get notes() {
      return book().notes;
    },
  };
}

function sceneOf(run: VirtualRun): Scene {
  const gates = new Map<string, Watched>();
  for (const [id, gate] of run.gates) {
    const world = run.world.gates.get(id);
    if (world === undefined) throw new RangeError(`the world has no gate ${id}`);
    const plan = planOf(gate.config);
    gates.set(id, { id, gate, world, plan, wiring: createWiring(gate, world, plan, run.clock) });
  }
  return {
    run,
    gates,
    book: createBook(() => run.clock.nowMs()),
    peerOf: ({ gate }) => gates.get(gate.config.counterpart.gate),
  };
}
