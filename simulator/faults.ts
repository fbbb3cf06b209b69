/**
 * What goes wrong in a run in virtual time. Each kind strikes by chance, on its own stream of numbers and at its own rate,
 * somewhere on the site; faults overlap, and each is made well after its time.
 */
import { GateError } from '../edge/platform/errors.ts';
import { seededRandom } from '../edge/platform/random.ts';
import { cargoFaults } from './faults/cargo.ts';
import { diskFaults } from './faults/disk.ts';
import { exchangeFaults } from './faults/exchange.ts';
import type { Fault, Trouble } from './faults/fault.ts';
import { pick } from './faults/fault.ts';
import { gateFaults } from './faults/gate.ts';
import { laneFaults } from './faults/lanes.ts';
import { linkFaults } from './faults/link.ts';
import { lyingFaults } from './faults/lying.ts';
import { machineFaults } from './faults/machines.ts';
import { partnerFaults } from './faults/partners.ts';
import { peopleFaults } from './faults/people.ts';
import { wireFaults } from './faults/wire.ts';
import type { VirtualRun } from './run.ts';
import { exponential, streamSeed } from './simulate/chance.ts';

/** Every kind there is. */
export const faultKinds: readonly Fault[] = [
  ...wireFaults,
  ...laneFaults,
  ...machineFaults,
  ...cargoFaults,
  ...gateFaults,
  ...diskFaults,
  ...linkFaults,
  ...exchangeFaults,
  ...lyingFaults,
  ...partnerFaults,
  ...peopleFaults,
];

/** Which kinds strike, each with its mean number an hour over the whole site. */
export type FaultChoice = ReadonlyMap<string, number>;

/** Faults that last at once; another one that would begin meanwhile does not. */
const LASTING_MAX = 12;
/** Faults that are remembered, to be told when something goes wrong. */
const RECENT_MAX = 25;
const HOUR_MS = 3_600_000;

/**
 * Reads `all`, `none`, or a list such as `all,lying-past` or `gate-crash,link-down=4`, where the number is the mean an hour;
 * without one it is the kind's own. Throws `GateError` `FAULTS_UNKNOWN`.
 */
export function parseFaults(text: string): FaultChoice {
  if (text === 'none') return new Map();
  return new Map(
    text.split(',').flatMap((part): [string, number][] => {
      if (part.trim() === 'all')
        return faultKinds.filter(({ named }) => named !== true).map(({ kind, perHour }) => [kind, perHour]);
      const [kind = '', rate] = part.trim().split('=');
      const fault = faultKinds.find((one) => one.kind === kind);
      const perHour = rate === undefined ? fault?.perHour : Number(rate);
      if (fault === undefined)
        throw new GateError(
          'FAULTS_UNKNOWN',
          `there is no fault ‘${kind}’`,
          `use all, none, or some of: ${faultKinds.map((one) => one.kind).join(', ')}`,
        );
      if (perHour === undefined || !Number.isFinite(perHour) || perHour <= 0 || perHour > 1_000)
        throw new GateError(
          'FAULTS_UNKNOWN',
          `‘${part}’ is no rate for ${kind}`,
          'give the mean number an hour, above 0 and at most 1000, such as link-down=4',
        );
      return [[kind, perHour]];
    }),
  );
}

export interface Faults {
  /** How often each kind has struck, in the order of the catalogue; kinds that have not are not in it. */
  counts(): Record<string, number>;
  /** The last faults that struck, oldest first, one line each: when, what, where, for how long. */
  recent(): readonly string[];
  /** Makes everything well, and nothing strikes any more. */
  healAll(): void;
}

/** Lets the chosen kinds strike from now on. */
export function startFaults(run: VirtualRun, choice: FaultChoice, seed: number): Faults {
  const counts = new Map<string, number>();
  let recent: string[] = [];
  const lasting = new Set<{ heal(): void }>();
  const gates = [...run.gates.keys()];
  let over = false;

  function strike(fault: Fault, random: ReturnType<typeof seededRandom>): void {
    const id = pick(random, gates);
    const world = run.world.gates.get(id ?? '');
    if (id === undefined || world === undefined || lasting.size >= LASTING_MAX) return;
    const trouble = fault.begin({ run, gate: run.gate(id), world, random });
    if (trouble === undefined) return;
    counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
    note(fault.kind, id, trouble);
    if (trouble.lastsMs <= 0) return trouble.heal();
    const entry = { heal: trouble.heal };
    if (Number.isFinite(trouble.lastsMs)) {
      lasting.add(entry);
      run.clock.after(trouble.lastsMs, () => {
        if (lasting.delete(entry)) entry.heal();
      });
    } else patient.push(entry);
  }

  function note(kind: string, gate: string, { where = '', lastsMs }: Trouble): void {
    const time = new Date(run.clock.nowMs()).toISOString().slice(11, 23);
    const lasts = lastsMs > 0 ? `for ${Math.round(lastsMs / 1_000)} s` : '';
    recent = [...recent.slice(1 - RECENT_MAX), `${time} ${gate} ${kind} ${where} ${lasts}`.trimEnd()];
  }
  /** Those that last to the end; they count as nothing that is wrong with the site. */
  const patient: { heal(): void }[] = [];

  for (const fault of faultKinds) {
    const perHour = choice.get(fault.kind);
    if (perHour === undefined) continue;
    const random = seededRandom(streamSeed(seed, fault.kind));
    const next = (): void => {
      run.clock.after(exponential(random, HOUR_MS / perHour), () => {
        if (over) return;
        strike(fault, random);
        next();
      });
    };
    next();
  }

  return {
    counts: () =>
      Object.fromEntries(
        faultKinds.flatMap(({ kind }) => {
          const count = counts.get(kind);
          return count === undefined ? [] : [[kind, count]];
        }),
      ),
    recent: () => recent,
    healAll() {
      over = true;
      for (const { heal } of [...lasting, ...patient]) heal();
      lasting.clear();
      patient.length = 0;
    },
  };
}
