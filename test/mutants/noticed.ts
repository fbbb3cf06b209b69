/**
 * The proofs over one mutant, the quickest first; it is preloaded by hook.ts. Prints what noticed it and exits 1, or exits 0 if
 * nothing did. Without a mutation nothing may be noticed.
 */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import { tryBorder } from '../../simulator/border-trials.ts';
import { explore } from '../../simulator/explore.ts';
import { tryLane } from '../../simulator/lane-trials.ts';
import { tryYard } from '../../simulator/yard-trials.ts';
import { TOGETHER } from './expected.ts';
import { aloneRun, kinds, mixedRun, togetherRun } from './faulty.ts';
import { type HonestRun, honestRun } from './honest.ts';
import { byLoad, oneTrack, type Pair, shipped, twoTracks, wide, withHours } from './sites.ts';

type Proof = () => string | null;

/** A mutant of a lane is looked for in lanes above all, one of the yard in the yard, one of what is sent over it at the border. */
const mutation = process.env.GATE_MUTATION ?? '';
const isOfLane = mutation.includes('core/lane');
const isOfYard = /core\/(jobs|yard|interlock-yard|crossing)/.test(mutation);
const isOfBorder = /core\/(border|tracks|interlock-vehicle|refuge|lane|crossing)/.test(mutation);
const STATES_MAX = 6_000;

const honest =
  (run: HonestRun): Proof =>
  () => {
    const wrong = honestRun(run);
    return wrong === null ? null : `honest run: ${wrong}`;
  };
const mixed =
  (site: () => Pair, seed: number, times: number): Proof =>
  () => {
    const wrong = mixedRun(site(), seed, times);
    return wrong === null ? null : `all faults, seed ${seed}: ${wrong}`;
  };
const alone =
  (kind: string, seed: number): Proof =>
  () =>
    aloneRun(kind, seed);
const together =
  (name: keyof typeof TOGETHER, site: () => Pair, seed: number, also: readonly AlarmCode[] = []): Proof =>
  () =>
    togetherRun(name, site(), seed, also);

function explored(): string | null {
  const { violation } = explore({ statesMax: STATES_MAX });
  return violation === undefined ? null : `exploration: ${violation.what}`;
}

const tried =
  (what: string, trials: typeof tryLane, seed: number, count: number): Proof =>
  () => {
    const { wrong } = trials(seed, count);
    if (wrong === undefined) return null;
    return `${what} trial ${wrong.trial} of ${seed} (${wrong.troubles.join(', ')}): ${wrong.what}`;
  };

/** Struck together with others it shows as much, and more. */
const isTogether = (kind: string): boolean => Object.values(TOGETHER).some(({ faults }) => kind in faults);

const PROOFS: readonly Proof[] = [
  honest({ configs: oneTrack(), seed: 1, perDay: 300, quiet: true }),
  honest({ configs: withHours(), seed: 1, perDay: 300, quiet: true }),
  honest({ configs: byLoad(), seed: 1, perDay: 300, quiet: true }),
  tried('lane', tryLane, 1, isOfLane ? 400 : 100),
  tried('yard', tryYard, 1, isOfYard ? 400 : 50),
  tried('border', tryBorder, 1, isOfBorder ? 60 : 20),
  mixed(oneTrack, 2, 4),
  mixed(withHours, 1, 4),
  together('yard', oneTrack, 2),
  together('border', twoTracks, 3, ['DEPARTURE_UNREAD', 'RECALLED']),
  together('lanes', twoTracks, 2, ['WRONG_WAY']),
  together('refuge', wide, 4, ['RECALLED']),
  ...kinds.filter((kind) => !isTogether(kind)).map((kind) => alone(kind, 2)),
  explored,
  together('yard', twoTracks, 1),
  together('border', oneTrack, 2),
  together('border', withHours, 3, ['SECTION_STALLED']),
  together('lanes', withHours, 1),
  together('refuge', oneTrack, 5, ['RECALLED']),
  honest({ configs: wide(), seed: 2, perDay: 700, quiet: false }),
  mixed(shipped, 2, 4),
  tried('lane', tryLane, 2, isOfLane ? 4_000 : 400),
  tried('yard', tryYard, 2, isOfYard ? 1_200 : 200),
  tried('border', tryBorder, 2, isOfBorder ? 300 : 40),
];

for (const proof of PROOFS) {
  let wrong: string | null;
  try {
    wrong = proof();
  } catch (error) {
    wrong = error instanceof Error ? `threw ${error.message}` : String(error);
  }
  if (wrong === null) continue;
  process.stdout.write(`${wrong.replaceAll('\n', ' ')}\n`);
  process.exit(1);
}
