/**
 * The proofs over one mutant, the quickest first; it is preloaded by hook.ts. Prints what noticed it and exits 1, or exits 0 if
 * nothing did. Without a mutation nothing may be noticed.
 */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import { explore } from '../../simulator/explore.ts';
import { tryYard } from '../../simulator/yard-trials.ts';
import { TOGETHER } from './expected.ts';
import { aloneRun, kinds, mixedRun, togetherRun } from './faulty.ts';
import { type HonestRun, honestRun } from './honest.ts';
import { oneTrack, type Pair, shipped, twoTracks, wide, withHours } from './sites.ts';

type Proof = () => string | null;

const STATES_MAX = 6_000;
const YARD_TRIALS = 400;

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

function yardTried(): string | null {
  const { wrong } = tryYard(1, YARD_TRIALS);
  return wrong === undefined
    ? null
    : `yard trial ${wrong.trial} (${wrong.troubles.join(', ')}): ${wrong.what}`;
}

/** Struck together with others it shows as much, and more. */
const isTogether = (kind: string): boolean => Object.values(TOGETHER).some(({ faults }) => kind in faults);

const PROOFS: readonly Proof[] = [
  honest({ configs: oneTrack(), seed: 1, perDay: 300, quiet: true }),
  honest({ configs: withHours(), seed: 1, perDay: 300, quiet: true }),
  yardTried,
  mixed(oneTrack, 2, 4),
  mixed(withHours, 1, 4),
  together('yard', oneTrack, 2),
  together('border', twoTracks, 1, ['DEPARTURE_UNREAD', 'RECALLED']),
  together('lanes', twoTracks, 2, ['WRONG_WAY', 'BAY_OCCUPIED']),
  ...kinds.filter((kind) => !isTogether(kind)).map((kind) => alone(kind, 2)),
  explored,
  together('yard', twoTracks, 1),
  together('border', oneTrack, 2),
  together('border', withHours, 3, ['SECTION_STALLED']),
  together('lanes', withHours, 1),
  honest({ configs: wide(), seed: 2, perDay: 700, quiet: false }),
  mixed(shipped, 2, 4),
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
