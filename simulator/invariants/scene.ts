/** What every invariant is given: the two gates with what is physically there, and the book in which violations are written. */
import type { Command } from '../../edge/core/effect.ts';
import type { Input, InputSource } from '../../edge/core/input.ts';
import type { NewEntry } from '../../edge/journal/journal.ts';
import type { VirtualGate, VirtualRun } from '../run.ts';
import type { SimulatedGate } from '../world/world.ts';
import type { Plan } from './plan.ts';
import type { Wiring } from './wiring.ts';

export type InvariantName = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10';

export interface Violation {
  invariant: InvariantName;
  /** Wall clock of the run, not of the gate. */
  atMs: number;
  /** Gate id; `world` for what belongs to neither. */
  gate: string;
  detail: string;
}

/** Violations kept; later ones are counted as the note `violations not kept`. */
const VIOLATIONS_MAX = 500;

export interface Book {
  readonly checks: number;
  readonly violations: readonly Violation[];
  readonly notes: Readonly<Record<string, number>>;
  /** One more thing was looked at. */
  check(): void;
  violate(invariant: InvariantName, gate: string, detail: string): void;
  /** Counts what is no violation: an excuse, or a statistic. */
  note(name: string, by?: number): void;
}

export function createBook(nowMs: () => number): Book {
  const violations: Violation[] = [];
  const notes: Record<string, number> = {};
  let checks = 0;
  const note = (name: string, by = 1): void => {
    notes[name] = (notes[name] ?? 0) + by;
  };
  return {
    get checks() {
      return checks;
    },
    violations,
    notes,
    check() {
      checks += 1;
    },
    violate(invariant, gate, detail) {
      if (violations.length >= VIOLATIONS_MAX) note('violations not kept');
      else violations.push({ invariant, atMs: nowMs(), gate, detail });
    },
    note,
  };
}

/** One gate under observation. */
export interface Watched {
  readonly id: string;
  readonly gate: VirtualGate;
  /** What is physically there. */
  readonly world: SimulatedGate;
  readonly plan: Plan;
  readonly wiring: Wiring;
}

export interface Scene {
  readonly run: VirtualRun;
  readonly book: Book;
  readonly gates: ReadonlyMap<string, Watched>;
  /** The other gate; undefined where only one is simulated. */
  peerOf(watched: Watched): Watched | undefined;
}

/** One invariant, or a part of one. Each hook is called after the wiring has heard the input. */
export interface Part {
  stepped?(watched: Watched, input: Input): void;
  sent?(watched: Watched, command: Command): void;
  /** `entries`: without what is only told again to a gate that has lost its disk. `all`: as they are on disk. */
  durable?(watched: Watched, entries: readonly NewEntry[], all: readonly NewEntry[]): void;
  acknowledged?(watched: Watched, from: InputSource): void;
  crashed?(watched: Watched): void;
  /** Its disk is gone; it dies right after. */
  lost?(watched: Watched): void;
  sweep?(): void;
  /** What is left that should not be, once faults have healed and traffic has ended. */
  drained?(): string[];
}
