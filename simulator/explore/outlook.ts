/** Whether a moment still leads home: the world goes on without new trouble, and time passes where nothing else can happen. */
import { seededRandom } from '../../edge/platform/random.ts';
import { type Action, actionsIn, forgetLines, letTimePass } from './actions.ts';
import { isFinal, wrongIn } from './invariants.ts';
import { factsAt, type Moment, type Setting } from './moment.ts';
import { noBudget, SIDES, type Side } from './world.ts';

/** How often time passes at most before something must happen again; the longest wait is for a grant to run out. */
const WAITS_MAX = 40;
/** A whole journey takes a few hundred. */
const ACTIONS_MAX = 2_000;

export interface Outlook {
  /** `home`: everything ends well. `people`: something waits for a person. */
  end: 'home' | 'people' | 'wrong' | 'stuck';
  /** What is wrong, or how things stand at the end. */
  what: string;
  /** What happened until then. */
  path: string[];
  /** Only a regular look at everything let it go on, so often. */
  sweeps: number;
  /** Only a person did, so often. */
  people: number;
}

/** Which of the things that let it go on happens next; undefined if there is none. */
export type Choice = (able: readonly Action[]) => Action | undefined;

/** Always the first, but the vehicles in turns, so that they meet. */
export function inTurns(): Choice {
  let moved: Side | undefined;
  return (able) => {
    const [first] = able;
    const next = first?.moves === undefined ? first : (able.find(({ moves }) => moves !== moved) ?? first);
    moved = next?.moves ?? moved;
    return next;
  };
}

/** Any of them, each as likely. */
export function byChance(seed: number): Choice {
  const random = seededRandom(seed);
  return (able) => able[Math.floor(random.next() * able.length)];
}

/** People come last. */
function progressIn(setting: Setting, moment: Moment): readonly Action[] {
  const able = actionsIn(setting, moment).filter(({ kind }) => kind === 'progress');
  const byThemselves = able.filter(({ byPerson }) => byPerson === undefined);
  return byThemselves.length > 0 ? byThemselves : able;
}

/** Goes on from `moment` until everybody is home; changes it. `visit` sees each moment on the way. */
export function outlookFrom(
  setting: Setting,
  moment: Moment,
  choose: Choice,
  visit?: (name: string) => void,
): Outlook {
  const path: string[] = [];
  let waits = 0;
  let sweeps = 0;
  let people = 0;
  for (let done = 0; done < ACTIONS_MAX; done += 1) {
    if (isFinal(setting, moment)) return { end: 'home', what: '', path, sweeps, people };
    const next = choose(progressIn(setting, moment));
    if (next !== undefined) {
      waits = 0;
      if (next.byPerson === true) people += 1;
      next.run(moment);
      path.push(next.name);
    } else if (waits < WAITS_MAX) {
      const slept = wait(setting, moment);
      if (path.at(-1) !== slept) path.push(slept);
      waits += 1;
      if (slept === SWEEP && progressIn(setting, moment).length > 0) sweeps += 1;
    } else break;
    forgetLines(setting, moment);
    visit?.(path.at(-1) ?? '');
    const wrong = wrongIn(setting, moment);
    if (wrong !== null) return { end: 'wrong', what: wrong, path, sweeps, people };
  }
  const needsPeople = SIDES.some((side) => factsAt(setting, moment, side).needsPeople);
  return { end: needsPeople ? 'people' : 'stuck', what: standing(setting, moment), path, sweeps, people };
}

/** Time passes and nothing is due. */
const SWEEP = 'both gates look at everything again';

/** No trouble comes any more. */
export function calm(setting: Setting, moment: Moment): void {
  moment.world.budget = noBudget();
  for (const side of SIDES) moment.gates[side] = setting.gates[side].neverDies(moment.gates[side]);
}

/** The next timer of either gate, or a regular look at everything. */
function wait(setting: Setting, moment: Moment): string {
  for (const side of SIDES) {
    const { up, timer } = factsAt(setting, moment, side);
    if (!up || timer === '') continue;
    letTimePass(setting, moment, side, 'timer');
    return `${setting.places.configs[side].gate.id}: ${timer} is due`;
  }
  for (const side of SIDES) letTimePass(setting, moment, side, 'sweep');
  return SWEEP;
}

/** Where everybody is, for people. */
export function standing(setting: Setting, moment: Moment): string {
  return SIDES.map((side) => {
    const { at, part } = moment.world.vehicles[side];
    const { id } = setting.places.vehicles[side];
    const { crossings } = factsAt(setting, moment, side);
    return `${id} at ${at} (${part}); ${crossings.join(', ') || 'nothing under way'}`;
  }).join('; ');
}
