/** `npm run simulate`: lets a simulation run to its end, shows how far it is, and tells what became of it. */
import { config as rxjs } from 'rxjs';
import { type Clock, sleep } from '../../edge/platform/clock.ts';
import { type Simulation, type SimulationPlan, type Summary, startSimulation } from '../simulate.ts';
import { progressLine, summaryText, violationText } from './report.ts';
import { lastLines } from './tail.ts';

/** What the command needs of the process it runs in. */
export interface SimulateIo {
  out(text: string): void;
  err(text: string): void;
  /** Whether somebody watches: then a progress bar is drawn on `err`. */
  isTerminal: boolean;
  /** Of the real world, to measure the run by. */
  clock: Clock;
  rssBytes(): number;
  /** Somebody wants it to end now. */
  isStopped(): boolean;
}

export interface SimulateOptions {
  /** Print the summary as one line of JSON instead of a table. */
  json: boolean;
  /** The command that begins this run anew. */
  reproduce: string;
  /** Called before the first event: tests break the world here. */
  prepare?(simulation: Simulation): void;
}

/** What is printed: the summary, and what the run cost. */
export interface Outcome extends Summary {
  wallMs: number;
  /** Virtual time, the end included. */
  passedMs: number;
  rssMb: number;
  /** Somebody ended it before its time. */
  interrupted: boolean;
  /** Something threw, which is as bad as a violated invariant. */
  error: string | null;
}

/** Virtual time between two looks at the real world. */
const SLICE_MS = 120_000;
export const INTERRUPTED_EXIT_CODE = 130;

/** Runs it and prints; resolves with the exit code: 0, 1 if an invariant was violated, 130 if it was ended before its time. */
export async function runSimulation(
  plan: SimulationPlan,
  { json, reproduce, prepare }: SimulateOptions,
  io: SimulateIo,
): Promise<number> {
  const startMs = io.clock.monotonicMs();
  const simulation = startSimulation(plan);
  prepare?.(simulation);
  const thrown = await pass(simulation, plan, io, startMs);
  const error = simulation.error ?? thrown;
  const interrupted = simulation.phase !== 'over' && error === undefined;
  const context = { faults: simulation.faults.recent(), lines: lastLines(simulation.run), reproduce };
  const outcome: Outcome = {
    ...simulation.finish(),
    wallMs: Math.round(io.clock.monotonicMs() - startMs),
    passedMs: simulation.passedMs,
    rssMb: Math.round(io.rssBytes() / 1_048_576),
    interrupted,
    error: error === undefined ? null : textOf(error),
  };
  const failed = outcome.violations.length > 0 || error !== undefined;
  if (failed) io.err(violationText(outcome, simulation.run.clock.nowMs(), context));
  io.out(json ? `${JSON.stringify(outcome)}\n` : summaryText(outcome));
  if (failed) return 1;
  return interrupted ? INTERRUPTED_EXIT_CODE : 0;
}

/** Until it is over, or somebody wants it to end; returns what was thrown, if anything was. */
async function pass(
  simulation: Simulation,
  { hours }: SimulationPlan,
  io: SimulateIo,
  startMs: number,
): Promise<unknown> {
  const { onUnhandledError } = rxjs;
  let heldUp: unknown;
  // What a model's listener throws arrives here, after the event.
  rxjs.onUnhandledError = (error) => {
    heldUp ??= error;
  };
  try {
    while (simulation.phase !== 'over' && !io.isStopped() && heldUp === undefined) {
      simulation.advance(SLICE_MS);
      if (io.isTerminal) io.err(`\r${progressLine(simulation, hours, io.clock.monotonicMs() - startMs)}`);
      // Signals are heard only between the slices.
      await sleep(io.clock, 0);
    }
    return heldUp;
  } catch (error) {
    return error;
  } finally {
    rxjs.onUnhandledError = onUnhandledError;
    if (io.isTerminal) io.err('\n');
  }
}

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
