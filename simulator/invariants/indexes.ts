/**
 * I2, I9: what the gate keeps to find things quickly agrees with what it was made from: owners with the bays, slots and places of
 * their crossings, plates, containers, moves, crane jobs and queues with the crossings themselves, lanes
 * with who stands in them.
 */
import type { Crossing, GateState } from '../../edge/core/state.ts';
import { normalisePlate } from '../../protocols/plates.ts';
import type { Book, Part, Scene } from './scene.ts';

const UNSETTLED: ReadonlySet<string> = new Set(['offered', 'granted', 'completed']);

type Told = (invariant: 'I2' | 'I9', detail: string) => void;

export function createIndexes({ book, gates }: Scene): Part {
  return {
    sweep() {
      for (const { id, gate } of gates.values()) checkIndexes(gate.state, teller(book, id));
    },
  };
}

const teller =
  (book: Book, gate: string): Told =>
  (invariant, detail) =>
    book.violate(invariant, gate, detail);

export function checkIndexes(state: GateState, tell: Told): void {
  if (state.config === null) return;
  const crossings = Object.values(state.crossings);
  checkOwners(state, tell);
  const plates = new Map<string, Set<string>>();
  const containers = new Map<string, readonly string[]>();
  const mustLead = new Map<string, string>();
  const moves = new Map<string, string>();
  const jobs = new Map<string, string>();
  for (const crossing of crossings) {
    checkHoldings(state, crossing, tell);
    for (const plate of [crossing.truck?.plate, crossing.truck?.trailer, crossing.vehicle?.plate]) {
      if (plate === undefined) continue;
      const key = normalisePlate(plate);
      plates.set(key, (plates.get(key) ?? new Set()).add(crossing.id));
    }
    for (const { number } of crossing.containers) {
      containers.set(number, [...(containers.get(number) ?? []), crossing.id]);
      // The index follows the newest offer of a container; an older one that was given up waits for its grant to come back.
      if (!UNSETTLED.has(crossing.stage)) mustLead.set(number, crossing.id);
    }
    const move = crossing.lineClear?.move ?? crossing.inbound?.move;
    if (move !== undefined) moves.set(move, crossing.id);
    const { job } = crossing;
    if (job === undefined || job.state === 'ended') continue;
    const other = jobs.get(job.crane);
    if (other !== undefined) tell('I2', `${job.crane} works for ${other} and for ${crossing.id}`);
    jobs.set(job.crane, crossing.id);
  }
  comparePlates(state.plates, plates, tell);
  for (const number in state.containers)
    if (containers.get(number)?.includes(state.containers[number] ?? '') !== true)
      tell('I9', `container ${number} leads to ${state.containers[number]}, which does not have it`);
  for (const [number, crossing] of mustLead)
    if (state.containers[number] === undefined)
      tell('I9', `container ${number} of ${crossing} cannot be found`);
  compare('move', state.moves, moves, tell);
  compare('job', state.jobs, jobs, tell);
  checkQueues(state, crossings, tell);
  checkVehicles(state, tell);
  checkRecalled(state, tell);
  checkLanes(state, tell);
}

function checkOwners({ owners, crossings }: GateState, tell: Told): void {
  for (const resource in owners) {
    const owner = crossings[owners[resource] ?? ''];
    if (owner === undefined) {
      tell('I2', `${resource} belongs to ${owners[resource]}, which is over`);
      continue;
    }
    const [kind, name = ''] = [
      resource.slice(0, resource.indexOf(':')),
      resource.slice(resource.indexOf(':') + 1),
    ];
    const holds =
      (kind === 'bay' && Object.values(owner.bays).includes(name)) ||
      (kind === 'slot' && owner.slot === name) ||
      (kind === 'track' && owner.inbound?.place === resource) ||
      kind === 'node';
    if (!holds) tell('I2', `${resource} belongs to ${owner.id}, which does not know of it`);
  }
}

function checkHoldings({ owners }: GateState, { id, bays, slot }: Crossing, tell: Told): void {
  for (const bay of Object.values(bays))
    if (owners[`bay:${bay}`] !== id)
      tell('I2', `${id} takes ${bay} for its own, which belongs to ${owners[`bay:${bay}`]}`);
  if (slot !== undefined && owners[`slot:${slot}`] !== id)
    tell('I2', `${id} takes ${slot} for its own, which belongs to ${owners[`slot:${slot}`]}`);
}

function compare(
  what: string,
  kept: Record<string, string>,
  made: ReadonlyMap<string, string>,
  tell: Told,
): void {
  for (const key in kept)
    if (made.get(key) !== kept[key])
      tell('I9', `${what} ${key} leads to ${kept[key]}, not to ${made.get(key)}`);
  for (const [key, crossing] of made)
    if (kept[key] === undefined) tell('I9', `${what} ${key} of ${crossing} cannot be found`);
}

function comparePlates(kept: GateState['plates'], made: ReadonlyMap<string, Set<string>>, tell: Told): void {
  for (const plate in kept) {
    for (const crossing of kept[plate] ?? [])
      if (made.get(plate)?.has(crossing) !== true)
        tell('I9', `plate ${plate} leads to ${crossing}, which does not have it`);
  }
  for (const [plate, crossings] of made) {
    for (const crossing of crossings)
      if (kept[plate]?.includes(crossing) !== true)
        tell('I9', `plate ${plate} of ${crossing} cannot be found`);
  }
}

function checkQueues({ ready, offers }: GateState, crossings: readonly Crossing[], tell: Told): void {
  const [waiting, offered] = [new Set(ready), new Set(offers)];
  if (waiting.size !== ready.length) tell('I9', 'a container waits twice for a vehicle');
  if (offered.size !== offers.length) tell('I9', 'an offer waits twice');
  for (const { id, direction, stage, vehicle } of crossings) {
    const isReady = direction === 'export' && stage === 'in-yard' && vehicle === undefined;
    if (isReady !== waiting.delete(id))
      tell(
        'I9',
        isReady ? `${id} waits in the yard and for no vehicle` : `${id} (${stage}) waits for a vehicle`,
      );
    const isOffered = stage === 'offered';
    if (isOffered !== offered.delete(id))
      tell(
        'I9',
        isOffered ? `${id} is offered and waits for no grant` : `${id} (${stage}) waits for a grant`,
      );
  }
  for (const id of [...waiting, ...offered]) tell('I9', `${id} is over and still waits`);
}

/** A vehicle serves no crossing that is over, and one of the other gate is known as long as one of its crossings is. */
function checkVehicles({ vehicles, visitors, crossings }: GateState, tell: Told): void {
  const isOver = (crossing: string | null | undefined): boolean =>
    crossing != null && crossings[crossing] === undefined;
  for (const id in vehicles) {
    const { crossing, homeward } = vehicles[id] ?? {};
    if (isOver(crossing)) tell('I9', `${id} serves ${crossing}, which is over`);
    if (isOver(homeward)) tell('I9', `${id} drives home for ${homeward}, which is over`);
  }
  for (const id in visitors) {
    const { crossing, leaving } = visitors[id] ?? {};
    if (isOver(crossing) && (leaving === undefined || isOver(leaving)))
      tell('I9', `${id} counts as here for ${crossing}, which is over`);
  }
}

/** People are told of a recall as long as something is recalled, and nobody has cleared it. */
function checkRecalled({ alarms, crossings }: GateState, tell: Told): void {
  for (const { id, code, subject, state } of Object.values(alarms)) {
    if (code !== 'RECALLED' || state === 'returned') continue;
    const { recalled, findings } = crossings[subject] ?? {};
    if (recalled !== true && findings?.some((finding) => finding.code === 'RECALLED') !== true)
      tell('I9', `${id} stays raised, and nothing is recalled`);
  }
}

const isIn = ({ lanes }: Crossing, lane: string): boolean => Object.values(lanes).includes(lane);

function checkLanes({ lanes, crossings }: GateState, tell: Told): void {
  const standing = new Map<string, string>();
  for (const lane in lanes) {
    const visit = lanes[lane]?.visit;
    if (visit?.crossing === undefined) continue;
    standing.set(`${visit.crossing} ${lane}`, lane);
    const crossing = crossings[visit.crossing];
    // What is shown of a container is what was last said of it.
    if (
      crossing !== undefined &&
      isIn(crossing, lane) &&
      crossing.load === visit.load &&
      crossing.verdict !== visit.verdict
    )
      tell(
        'I9',
        `${crossing.id} is shown as ${crossing.verdict}, and its visit to ${lane} is ${visit.verdict}`,
      );
  }
  for (const id in crossings) {
    for (const lane of Object.values(crossings[id]?.lanes ?? {}))
      if (!standing.has(`${id} ${lane}`)) tell('I9', `${id} stands in ${lane}, where it is not`);
  }
}
