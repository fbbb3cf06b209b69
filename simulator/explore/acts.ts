/**
 * What people of both gates do about the section: close it and open it again, look at a block and say that it is empty, and send one
 * vehicle by telephone while the link is down. They are honest: nobody says what is not so, and nobody says the next thing before
 * the journal has what was said before.
 */
import type { Act } from '../../edge/core/input.ts';
import { PEOPLE, type Person } from '../operators/staff.ts';
import type { Action } from './actions.ts';
import { isOnSection } from './invariants.ts';
import { admit, factsAt, type Moment, type Setting } from './moment.ts';
import { type Budget, otherSide, SIDES, type Side, type Vehicle } from './world.ts';

/** The random part of a number read back; the count before it makes it another one each time. */
const SALT = '000001';

export function actsOf(setting: Setting, moment: Moment, side: Side): Action[] {
  const facts = factsAt(setting, moment, side);
  if (!facts.up) return [];
  return [
    ...closing(setting, moment, side),
    ...inspecting(setting, moment, side),
    ...telephoning(setting, moment, side),
    ...findingLost(setting, moment, side),
  ];
}

/** One of those that people may begin only so often; what they have begun goes on by itself. */
const begun = (
  sort: keyof Budget & ('closures' | 'resets' | 'calls'),
  name: string,
  run: Action['run'],
): Action => ({
  name,
  kind: 'trouble',
  sort: name.replace(/^\S+: /, ''),
  run(at) {
    at.world.budget[sort] -= 1;
    run(at);
  },
});

const goesOn = (name: string, run: Action['run']): Action => ({
  name,
  kind: 'progress',
  sort: name.replace(/^\S+: /, ''),
  run,
});

/** Whoever may asks for it, by default a supervisor, and a second one confirms it where it takes two. */
function say(setting: Setting, moment: Moment, side: Side, act: Act, who: Person = PEOPLE.supervisor): void {
  const by = ({ id, role }: Person, what: Act): void =>
    admit(setting, moment, side, { type: 'operator-act', person: id, role, act: what, reason: 'seen' });
  by(who, act);
  for (const proposal of factsAt(setting, moment, side).section.proposals)
    by(PEOPLE.second, { kind: 'confirm', proposal });
}

// ---------------------------------------------------------------- closing

function closing(setting: Setting, { world: { budget }, gates }: Moment, side: Side): Action[] {
  const { id } = setting.places.configs[side].gate;
  const { own, ours } = setting.gates[side].facts(gates[side]).section;
  if (own === '' && budget.closures > 0)
    return [
      begun('closures', `${id}: the section is closed`, (at) =>
        say(setting, at, side, { kind: 'close-section', tracks: [], code: 'INSPECTION' }),
      ),
    ];
  // As long as its people wait for the other side’s word it stays closed.
  if (own === '' || ours !== null) return [];
  return [
    goesOn(`${id}: the section is opened again`, (at) =>
      say(setting, at, side, { kind: 'reopen-section', closure: own }),
    ),
  ];
}

// ---------------------------------------------------------------- looking at a block

function inspecting(setting: Setting, moment: Moment, side: Side): Action[] {
  const { id } = setting.places.configs[side].gate;
  const { track, moves, ours, theirs } = factsAt(setting, moment, side).section;
  const named = [...new Set([...moves, ...(theirs ?? [])])].toSorted();
  if (named.length === 0 || named.join() === ours?.join()) return [];
  if (!isSeenEmpty(setting, moment, named)) return [];
  const run = (at: Moment): void =>
    say(setting, at, side, { kind: 'reset-block', track, moves: [...(theirs ?? [])] });
  if (theirs !== null) return [goesOn(`${id}: people say that the block is empty, too`, run)];
  return moment.world.budget.resets > 0 && ours === null
    ? [begun('resets', `${id}: people say that the block is empty`, run)]
    : [];
}

/**
 * Closed on both sides as each gate knows it; nobody is on the section or has been sent there, and whoever is named stands on the
 * ground of its own gate.
 */
function isSeenEmpty(setting: Setting, moment: Moment, named: readonly string[]): boolean {
  const { places } = setting;
  const { vehicles, grounds, moves } = moment.world;
  if (!SIDES.every((side) => factsAt(setting, moment, side).section.closed)) return false;
  const goes = (nodes: readonly { nodeId: string }[]): boolean =>
    nodes.some(({ nodeId }) => places.isOnBorder(nodeId));
  if (vehicles.some((vehicle) => isOnSection(places, vehicle) || goes(vehicle.ahead))) return false;
  const isSent = grounds.some(({ wires }) =>
    Object.values(wires).some((commands) =>
      commands.some((command) => command.kind === 'order' && goes(command.nodes)),
    ),
  );
  if (isSent) return false;
  return SIDES.every((side) => {
    const { id } = places.vehicles[side];
    const isNamed = moves.some(({ move, vehicle }) => vehicle === id && named.includes(move));
    return !isNamed || isAtHome(setting, vehicles[side], side);
  });
}

const isAtHome = ({ places }: Setting, { at, part }: Vehicle, side: Side): boolean =>
  part === 'stand' &&
  places.configs[side].map.nodes.some(({ id, gate }) => id === at && gate === places.configs[side].gate.id);

/** It stands at its own gate: it goes to the border once more. */
function findingLost(setting: Setting, moment: Moment, side: Side): Action[] {
  return factsAt(setting, moment, side).section.lost.flatMap(({ crossing, vehicle }): Action[] => {
    if (setting.places.vehicles[side].id !== vehicle) return [];
    if (!isAtHome(setting, moment.world.vehicles[side], side)) return [];
    return [
      goesOn(`${setting.places.configs[side].gate.id}: what was lost is found at its own gate`, (at) =>
        say(setting, at, side, { kind: 'clear-finding', crossing, code: 'LOST_ON_SECTION' }, PEOPLE.guard),
      ),
    ];
  });
}

// ---------------------------------------------------------------- the telephone

const OFFICER = PEOPLE.supervisor.id;

function telephoning(setting: Setting, moment: Moment, side: Side): Action[] {
  const { id } = setting.places.configs[side].gate;
  const mine = factsAt(setting, moment, side);
  const theirs = factsAt(setting, moment, otherSide(side));
  const { section } = mine;
  if (mine.linkUp)
    return section.unexplained.map((number) =>
      goesOn(`${id}: a number is explained`, (at) =>
        say(setting, at, side, { kind: 'hotline-clear', number }),
      ),
    );
  // What the other officer says stands in the other journal.
  const heard = theirs.up && theirs.awaited === 0 ? theirs.section : undefined;
  const actions: Action[] = [];
  if (section.waitsIn !== '' && section.announced === null && moment.world.budget.calls > 0)
    actions.push(
      begun('calls', `${id}: a vehicle is announced by telephone`, (at) =>
        say(setting, at, side, { kind: 'hotline-offer', lane: section.waitsIn }),
      ),
    );
  const { announced } = heard ?? {};
  if (announced != null && section.given === null)
    actions.push(
      goesOn(`${id}: a number is given by telephone`, (at) =>
        say(setting, at, side, { kind: 'hotline-grant', ...announced, salt: SALT, officer: OFFICER }),
      ),
    );
  const { given } = heard ?? {};
  if (given != null && section.announced?.move === given.move)
    actions.push(
      goesOn(`${id}: the number is read back`, (at) =>
        say(setting, at, side, { kind: 'hotline-use', ...given, officer: OFFICER }),
      ),
    );
  for (const number of section.sent)
    if (heard?.arrived.includes(number) === true)
      actions.push(
        goesOn(`${id}: the other officer has seen it arrive`, (at) =>
          say(setting, at, side, { kind: 'hotline-arrived', number }),
        ),
      );
  return actions;
}
