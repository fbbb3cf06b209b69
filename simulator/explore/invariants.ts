/** What must be so in every moment, told from where things truly are and from what both gates believe. */
import { custodiansOf, openGrants } from './ledger.ts';
import { factsAt, type Moment, type Setting } from './moment.ts';
import type { Places } from './places.ts';
import { otherSide, SIDES, type Vehicle, type World } from './world.ts';

/** What is wrong in this moment, or null. */
export function wrongIn(setting: Setting, moment: Moment): string | null {
  const { places } = setting;
  const { world, wrong } = moment;
  const [first] = wrong;
  if (first !== undefined) return first;
  const [one, other] = world.vehicles;
  if (isOnSection(places, one) && isOnSection(places, other))
    return 'two vehicles on the border section, which has room for one';
  if (one.at === other.at && one.part !== 'away' && other.part !== 'away') return `two vehicles at ${one.at}`;
  const empty = world.closures.find(({ clear }) => clear.length === SIDES.length);
  if (empty !== undefined && world.vehicles.some((vehicle) => isOnSection(places, vehicle)))
    return `a vehicle on the border section, which ${empty.closure} says is empty`;
  const open = openGrants(world);
  if (open.length > 1) return `two open grants for one block: ${open.map(({ move }) => move).join(', ')}`;
  return custodyWrong(world) ?? tokenWrong(setting, moment);
}

/** Custody is always with exactly one side; the other side's ground holds a container only where it has arrived and is being received. */
function custodyWrong(world: World): string | null {
  for (const [box, holder] of Object.entries(world.custody)) {
    const custodians = custodiansOf(world, box);
    if (custodians.length !== 1 || custodians[0] !== holder)
      return `${box} is in the custody of ${custodians.length} gates`;
    const place = world.boxes[box] ?? '';
    const isAcross = place.startsWith(`${otherSide(holder)}:`);
    const isReceived = world.moves.some(
      ({ containers, received, sender }) =>
        containers.includes(box) && sender === holder && received === 'arrived',
    );
    if (isAcross && !isReceived) return `${box} stands at ${place}, and is in nobody's custody there`;
  }
  return null;
}

/** From the barrier of `border-out` to the hold point of the other side. */
export function isOnSection(places: Places, { at, part }: Vehicle): boolean {
  return places.isOnBorder(at) || (places.isBeforeBorder(at) && part !== 'stand');
}

/** The token of an alternating track is never with both: who has it would send. */
function tokenWrong(setting: Setting, moment: Moment): string | null {
  const beliefs = SIDES.map((side) => factsAt(setting, moment, side).holders);
  const ids = setting.places.configs.map(({ gate }) => gate.id);
  for (const track of Object.keys(beliefs[0] ?? {}))
    if (SIDES.every((side) => beliefs[side]?.[track] === ids[side])) return `both gates hold ${track}`;
  return null;
}

/** Both containers are across and received, both vehicles at home, and nobody waits for anything. */
export function isFinal(setting: Setting, moment: Moment): boolean {
  const { world } = moment;
  return (
    // An offer withdrawn in time is never answered, and of a move that was found gone nothing more is said.
    world.moves.every(
      ({ sent, received, reset }) => reset === true || (sent === 'offer-withdrawn' && received === 'nothing'),
    ) &&
    world.closures.length === 0 &&
    Object.entries(world.custody).every(([box, holder]) => world.boxes[box]?.startsWith(`${holder}:`)) &&
    SIDES.every((side) => {
      const { up, completed, awaited } = factsAt(setting, moment, side);
      const { at, part, told } = world.vehicles[side];
      const isHome = at === setting.places.vehicles[side].homeNode && part === 'stand';
      return up && completed === 1 && awaited === 0 && isHome && told;
    })
  );
}
