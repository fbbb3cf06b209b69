/**
 * Journeys around which everything is searched: what people do about the section lies many actions off a day on which nothing
 * happens, so it has days of its own.
 */
import { actionsIn, forgetLines } from './actions.ts';
import type { Moment, Setting } from './moment.ts';
import { type Choice, inTurns } from './outlook.ts';

/** One thing that must happen next; until it can, only what of `meanwhile` can happen does, the first of it. */
interface Scene {
  next: RegExp;
  meanwhile: RegExp;
}

export interface Journey {
  name: string;
  scenes: readonly Scene[];
  /** From then on everything goes on by itself; this only when nothing else does. */
  last?: RegExp;
}

const WRITTEN_AND_READ = /has written its journal$| reads /;
const ANYTHING = /./;

export const JOURNEYS: readonly Journey[] = [
  { name: 'nothing happens', scenes: [] },
  {
    // The grant is used and its vehicle has not set out: people look at the section, and it does not go any more.
    name: 'the section is closed on one that was let go, and found empty of it',
    scenes: [
      { next: /^huu-nghi reads granted$/, meanwhile: ANYTHING },
      { next: /^huu-nghi: the section is closed$/, meanwhile: WRITTEN_AND_READ },
      { next: /^huu-nghi-quan reads section-closing$/, meanwhile: WRITTEN_AND_READ },
      { next: /^huu-nghi: people say that the block is empty$/, meanwhile: WRITTEN_AND_READ },
      { next: /^huu-nghi-quan reads block-reset$/, meanwhile: WRITTEN_AND_READ },
      { next: /^huu-nghi-quan: people say that the block is empty, too$/, meanwhile: WRITTEN_AND_READ },
    ],
  },
  {
    name: 'the section is closed while one is on it, and opened when both have said that it is empty',
    scenes: [
      { next: /^xe-1 arrives at km0/, meanwhile: ANYTHING },
      { next: /^huu-nghi-quan: the section is closed$/, meanwhile: WRITTEN_AND_READ },
      { next: /^huu-nghi reads section-closed$/, meanwhile: /^(?!.*opened again$)/ },
    ],
  },
  {
    name: 'the link is cut, and one goes by telephone',
    scenes: [
      { next: /^the link is cut$/, meanwhile: /^(?!.* reads plate)/ },
      { next: /^huu-nghi: a vehicle is announced by telephone$/, meanwhile: /^(?!.*mended$)/ },
      { next: /^huu-nghi: the other officer has seen it arrive$/, meanwhile: /^(?!.*mended$)/ },
    ],
    last: /mended$/,
  },
];

/** A journey that does not come to its next scene is none. */
const ACTIONS_MAX = 2_000;

/**
 * Plays the scenes; `visit` sees each moment with what led to it, and tells whether it goes on. What lets go on by itself takes
 * turns, so that the vehicles meet. Throws when a scene never comes.
 */
export function play(
  setting: Setting,
  moment: Moment,
  { name, scenes }: Journey,
  visit: (action: string) => boolean,
): void {
  const choose = inTurns();
  let done = 0;
  for (const { next, meanwhile } of scenes) {
    for (;;) {
      const actions = actionsIn(setting, moment);
      const wanted = actions.find((action) => next.test(action.name));
      const able = actions.filter((action) => action.kind === 'progress' && meanwhile.test(action.name));
      const action = wanted ?? choose(able);
      if (action === undefined || done > ACTIONS_MAX)
        throw new Error(`${name}: ${next} does not come after ${done} actions`);
      action.run(moment);
      forgetLines(setting, moment);
      if (!visit(action.name)) return;
      done += 1;
      if (wanted !== undefined) break;
    }
  }
}

/** In turns, but what the journey leaves to the end. */
export function onJourney({ last }: Journey): Choice {
  const choose = inTurns();
  return (able) => {
    const others = last === undefined ? able : able.filter(({ name }) => !last.test(name));
    return choose(others) ?? choose(able);
  };
}
