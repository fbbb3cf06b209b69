/**
 * The proofs over one mutant, the quickest first; it is preloaded by hook.ts. Prints what noticed it and exits 1, or exits 0 if
 * nothing did. Without a mutation nothing may be noticed.
 */
import { explore } from '../../simulator/explore.ts';
import { aloneRun, kinds, mixedRun } from './faulty.ts';
import { type HonestRun, honestRun } from './honest.ts';
import { oneTrack, type Pair, shipped, twoTracks, withHours } from './sites.ts';

type Proof = () => string | null;

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

function explored(): string | null {
  const { violation } = explore({ statesMax: STATES_MAX });
  return violation === undefined ? null : `exploration: ${violation.what}`;
}

const PROOFS: readonly Proof[] = [
  honest({ configs: oneTrack(), seed: 1, perDay: 300, quiet: true }),
  honest({ configs: withHours(), seed: 1, perDay: 300, quiet: true }),
  mixed(oneTrack, 2, 4),
  mixed(withHours, 1, 4),
  mixed(shipped, 2, 4),
  ...kinds.map((kind) => alone(kind, 2)),
  explored,
  mixed(oneTrack, 4, 4),
  honest({ configs: twoTracks(), seed: 2, perDay: 1_200, quiet: false }),
  mixed(twoTracks, 1, 4),
  mixed(withHours, 4, 4),
  mixed(shipped, 4, 4),
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
