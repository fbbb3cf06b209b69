/** The search itself: breadth-first from every moment of some journeys, so that each of their moments is troubled alike. */
import { messageOf } from '../../edge/platform/errors.ts';
import { type Action, actionsIn, forgetLines } from './actions.ts';
import { isFinal, wrongIn } from './invariants.ts';
import { type Journey, onJourney, play } from './journeys.ts';
import type { Moment, Setting } from './moment.ts';
import { createNodes } from './nodes.ts';
import { byChance, calm, outlookFrom } from './outlook.ts';

export interface SearchBounds {
  /** Ends the search after so many different moments. */
  statesMax: number;
  /** Goes no further than so many actions from the journey. */
  depthMax: number;
  /** From one moment in so many, and from each in which only time can pass, one of the ways to the end is followed. */
  outlookEvery: number;
}

export interface Violation {
  what: string;
  /** Everything that happened from the beginning, in order. */
  path: readonly string[];
}

export interface Found {
  /** Different moments met. */
  states: number;
  transitions: number;
  /** The most actions that a moment lies off the journey. */
  depth: number;
  /** Moments of the journeys themselves. */
  journey: number;
  /** From so many moments a way to the end was followed. */
  outlooks: number;
  /** Of these, how many needed a person. */
  needPeople: number;
  /** How often only the regular look at everything let things go on. */
  sweeps: number;
  /** Everything was met that can be reached at all. */
  complete: boolean;
  /** How often what was tried: lines read and troubles, by sort. */
  met: Record<string, number>;
}

export interface Search {
  readonly found: Found;
  /** A journey: both containers come across and both vehicles home. */
  travel(moment: Moment, journey: Journey): Violation | null;
  /** Until the bounds or the first violation. */
  run(): Violation | null;
}

export function createSearch(setting: Setting, { statesMax, depthMax, outlookEvery }: SearchBounds): Search {
  const nodes = createNodes();
  const found: Found = {
    states: 0,
    transitions: 0,
    depth: 0,
    journey: 0,
    outlooks: 0,
    needPeople: 0,
    sweeps: 0,
    complete: false,
    met: {},
  };

  /** Depths are counted from the journey. */
  const depths: number[] = [];

  function add(moment: Moment, from: number, by: string, depth: number): number {
    const { node, isNew } = nodes.add(moment, from, by);
    if (!isNew) return node;
    depths.push(depth);
    found.states = nodes.size;
    found.depth = Math.max(found.depth, depth);
    return node;
  }

  function travel(moment: Moment, journey: Journey): Violation | null {
    let last = add(moment, -1, '', 0);
    let wrong: string | null = null;
    const path: string[] = [];
    const visit = (name: string): boolean => {
      path.push(name);
      last = add(moment, last, name, 0);
      wrong ??= wrongIn(setting, moment);
      return wrong === null;
    };
    play(setting, moment, journey, visit);
    if (wrong !== null) return { what: wrong, path };
    const outlook = outlookFrom(setting, moment, onJourney(journey), visit);
    found.journey = nodes.size;
    return outlook.end === 'home' ? null : { what: outlook.what, path };
  }

  function run(): Violation | null {
    for (let node = 0; node < nodes.size; node += 1) {
      const depth = depths[node] ?? 0;
      if (depth >= depthMax) return null;
      const violation = expand(node, depth);
      if (violation !== null) return violation;
      if (nodes.size >= statesMax) return null;
    }
    found.complete = true;
    return null;
  }

  function expand(node: number, depth: number): Violation | null {
    const moment = nodes.open(node);
    const actions = actionsIn(setting, moment);
    const mayGoOn = actions.some(({ kind }) => kind === 'progress');
    if ((!mayGoOn && !isFinal(setting, moment)) || node % outlookEvery === 0) {
      const violation = lookOut(node);
      if (violation !== null) return violation;
    }
    for (const action of actions) {
      const next = nodes.open(node);
      found.transitions += 1;
      if (action.sort !== undefined) found.met[action.sort] = (found.met[action.sort] ?? 0) + 1;
      const wrong = whatIsWrong(next, action);
      if (wrong !== null) return { what: wrong, path: [...nodes.path(node), action.name] };
      add(next, node, action.name, depth + 1);
    }
    return null;
  }

  function whatIsWrong(moment: Moment, action: Action): string | null {
    try {
      action.run(moment);
    } catch (error) {
      return `the core gave up: ${messageOf(error)}`;
    }
    forgetLines(setting, moment);
    return wrongIn(setting, moment);
  }

  function lookOut(node: number): Violation | null {
    const moment = nodes.open(node);
    calm(setting, moment);
    const { end, what, path, sweeps, people } = outlookFrom(setting, moment, byChance(node));
    found.outlooks += 1;
    found.sweeps += sweeps;
    if (end === 'people' || people > 0) found.needPeople += 1;
    if (end === 'home' || end === 'people') return null;
    return { what: end === 'stuck' ? `stuck: ${what}` : what, path: [...nodes.path(node), ...path] };
  }

  return { found, travel, run };
}
