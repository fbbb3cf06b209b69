/**
 * The heart of the control loop, without promises, clock or disk: what is stepped gathers for the next write to the journal,
 * stopping leaves at once, permission waits until its record is durable and is then asked for once more (DESIGN §2.3, §3).
 * The daemon drives it with a disk and real time (`loop.ts`), the simulator with neither: both run this code.
 *
 * The caller's part, in this order: `admit` each input and send what is `leaving`; while nothing is under way, take `next` and
 * write it, again and again until it is durable; then call `written`, and `release` until nothing is left to release.
 */
import type { Command } from '../core/effect.ts';
import { step } from '../core/gate.ts';
import type { AdmittedInput, Input, InputSource } from '../core/input.ts';
import { actuatorOf, permit } from '../core/interlock.ts';
import { type GateState, snapshot } from '../core/state.ts';
import type { NewEntry } from '../journal/journal.ts';

export interface AdmissionOptions {
  /** The state at the journal's head; changed in place. */
  state: GateState;
  /** A permission whose record took longer than this to become durable is refused. */
  permissionAgeMsMax: number;
  /** A snapshot falls due after so many entries. */
  snapshotEveryEntries: number;
}

/** What one input led to at once. */
export interface Stepped {
  /** Restrictive and securing commands, in order: they are sent now, whatever the disk does. */
  leaving: readonly Command[];
  /** Which entry of the next `append` the input is, from 0: its journal sequence is that of the first entry and this. */
  index: number;
}

/** One write to the journal: all of it becomes durable, or none. */
export type JournalWrite =
  /** At least one entry, in order. */
  | { kind: 'append'; entries: readonly NewEntry[] }
  /** A new segment that begins with this snapshot. If it cannot be started, the old one goes on: it counts as written, too. */
  | { kind: 'segment'; snapshot: NewEntry };

/** A permission whose record is durable. */
export interface Released {
  command: Command;
  /** Null: it is sent now. Else why it is not, which the caller admits as `command-refused`. */
  refusal: string | null;
}

export interface Admission {
  readonly state: GateState;
  /** Entries that are not durable yet: those that gather and those of the write under way. The caller bounds it. */
  readonly backlog: number;
  /**
   * Steps one input at `at`, whole milliseconds since 1970; an `at` before that of the input before it counts as that.
   * `from` is recorded with it and moves the cursor of a gapless source; that it is no repeat is for the caller to know.
   */
  admit(input: Input, at: number, from?: InputSource): Stepped;
  /** The next write, under way from now on. Undefined while one is, or when nothing has gathered and no snapshot is due. */
  next(): JournalWrite | undefined;
  /** The write under way is done. Throws if there is none. */
  written(): void;
  /**
   * The next permission whose record is durable, judged once more at `at`: by its age, and by the interlock in the state
   * as it is now. One at a time, for admitting a refusal changes the state by which the next is judged.
   */
  release(at: number): Released | undefined;
}

const NOTHING: readonly Command[] = [];

export function createAdmission(options: AdmissionOptions): Admission {
  const { state, permissionAgeMsMax, snapshotEveryEntries } = options;
  let gathering: NewEntry[] = [];
  let underWay: JournalWrite | null = null;
  /** Appends begun, and appends that are durable: what gathers belongs to the next one after the begun. */
  let appendsBegun = 0;
  let appendsDurable = 0;
  /** Permissions in the order of their records, each with the number of the append it waits for. */
  let waiting: { command: Command; append: number }[] = [];
  let entriesSinceSnapshot = 0;

  const stamped = (at: number): number => Math.max(state.now, at);

  /** A restrictive command overtakes permissions for the same actuator that were decided before it and have not left. */
  function cancelPermissions(actuator: string): void {
    if (waiting.length > 0) waiting = waiting.filter(({ command }) => actuatorOf(command) !== actuator);
  }

  function sizeUnderWay(): number {
    if (underWay === null) return 0;
    return underWay.kind === 'append' ? underWay.entries.length : 1;
  }

  function begin(write: JournalWrite): JournalWrite {
    underWay = write;
    return write;
  }

  return {
    state,
    get backlog() {
      return gathering.length + sizeUnderWay();
    },
    admit(input, notBefore, from) {
      const admitted = { ...input, at: stamped(notBefore), ...(from && { from }) } as AdmittedInput;
      const effects = step(state, admitted);
      const index = gathering.length;
      const { type, at } = admitted;
      // What is undefined is left out: type and time stand beside the body.
      const body = JSON.stringify({ ...admitted, type: undefined, at: undefined });
      gathering.push({ at, kind: 'input', type, body });
      let leaving: Command[] | undefined;
      for (const effect of effects) {
        if (effect.kind === 'decide') {
          gathering.push({ at, kind: 'decision', type: effect.type, body: JSON.stringify(effect.body) });
          continue;
        }
        const { command } = effect;
        gathering.push({ at, kind: 'decision', type: 'command', body: JSON.stringify(command) });
        if (command.class === 'restrictive') cancelPermissions(actuatorOf(command));
        if (command.class === 'permissive') waiting.push({ command, append: appendsBegun + 1 });
        else if (leaving === undefined) leaving = [command];
        else leaving.push(command);
      }
      return { leaving: leaving ?? NOTHING, index };
    },
    next() {
      if (underWay !== null) return undefined;
      if (gathering.length > 0) {
        const entries = gathering;
        gathering = [];
        appendsBegun += 1;
        return begin({ kind: 'append', entries });
      }
      // The state equals the journal's head exactly when nothing waits; only then may it become a snapshot.
      if (entriesSinceSnapshot < snapshotEveryEntries) return undefined;
      entriesSinceSnapshot = 0;
      const entry: NewEntry = { at: state.now, kind: 'snapshot', type: 'state', body: snapshot(state) };
      return begin({ kind: 'segment', snapshot: entry });
    },
    written() {
      if (underWay === null) throw new Error('nothing is being written to the journal');
      if (underWay.kind === 'append') {
        appendsDurable = appendsBegun;
        entriesSinceSnapshot += underWay.entries.length;
      }
      underWay = null;
    },
    release(at) {
      const first = waiting[0];
      if (first === undefined || first.append > appendsDurable) return undefined;
      waiting.shift();
      const { command } = first;
      const ageMs = stamped(at) - command.decidedAt;
      if (ageMs > permissionAgeMsMax)
        return { command, refusal: `its record took ${ageMs} ms to reach the disk` };
      const permission = permit(state, command);
      return { command, refusal: permission.allowed ? null : permission.reason };
    },
  };
}
