/** What was found wrong with a crossing and stays until a person has looked: at the container, or at what customs says. */
import type { Crossing } from '../../edge/core/state.ts';
import type { SimulatedGate } from '../world/world.ts';
import type { Matter, Outlook } from './matters.ts';
import { ask, PEOPLE, type Person } from './staff.ts';

type Finding = Crossing['findings'][number];

export function findingsIn(outlook: Outlook): Matter[] {
  return Object.values(outlook.gate.state.crossings).flatMap((crossing) =>
    crossing.findings.map((finding) => ({
      key: `finding ${crossing.id} ${finding.code}`,
      see: (times) => seeTo(outlook, crossing, finding, times),
    })),
  );
}

function seeTo(
  { run, gate, world }: Outlook,
  crossing: Crossing,
  { code, owner }: Finding,
  times: number,
): void {
  const [container] = crossing.containers;
  const place = container === undefined ? undefined : placeOf(world, crossing, container.number);
  const clear = (): void =>
    ask(gate, speakerFor(owner), { kind: 'clear-finding', crossing: crossing.id, code });
  switch (code) {
    case 'JOB_LOST':
    case 'JOB_FAILED':
      // Where it cannot be confirmed, for the gate knows it, the finding alone is to be cleared.
      if (place === undefined || (code === 'JOB_FAILED' && times % 2 === 1)) return clear();
      return ask(gate, PEOPLE.supervisor, { kind: 'confirm-place', crossing: crossing.id, place });
    case 'YARD_CONTAINER_MISMATCH':
      // It is the right container: the crane's reader was wrong.
      if (isItsOwn(crossing, place)) clear();
      return;
    case 'TRUCK_UNCERTAIN':
      // Another one is sent away (stray-trucks.ts).
      if (isInItsBay(world, crossing)) clear();
      return;
    case 'CONTAINER_MISMATCH':
      // Set aside in the refuge slot: they read the number themselves.
      if (container !== undefined && isCarried(run, crossing, container.number)) clear();
      return;
    case 'RECALLED': {
      const sender = run.world.gates.get(gate.config.counterpart.gate);
      if (container !== undefined && sender?.customs.released(container.number)) clear();
      return;
    }
    default:
      clear();
  }
}

/** A place where the crossing's container may be. */
const isItsOwn = ({ slot, bays, job, held }: Crossing, place: string | undefined): boolean =>
  place !== undefined && [slot, ...Object.values(bays), job?.crane, held].includes(place);

const isInItsBay = ({ bays }: SimulatedGate, { truck, bays: { truck: bay } }: Crossing): boolean =>
  truck !== undefined && bays.get(bay ?? '')?.occupant?.plate === truck.plate;

/** Its vehicle, wherever that is, carries this container. */
function isCarried(run: Outlook['run'], { vehicle }: Crossing, number: string): boolean {
  const home = run.world.gates.get(vehicle?.home ?? '');
  return home?.vehicles.get(vehicle?.id ?? '')?.container?.number === number;
}

/** Where somebody has said that it is, seen by whoever confirms it. */
export function isStillAt({ gate, world }: Outlook, id: string, place: string): boolean {
  const crossing = gate.state.crossings[id];
  const [container] = crossing?.containers ?? [];
  if (crossing === undefined || container === undefined || world.lanes.has(place)) return true;
  return placeOf(world, crossing, container.number) === place;
}

const SPEAKERS: Partial<Record<Finding['owner'], Person>> = {
  customs: PEOPLE.officer,
  quarantine: PEOPLE.quarantine,
  'border-guard': PEOPLE.guard,
};
const speakerFor = (owner: Finding['owner']): Person => SPEAKERS[owner] ?? PEOPLE.operator;

/**
 * The slot, bay or crane where the container really is; the bay of its truck if that has driven on with it. Undefined if it is
 * not in the yard.
 */
function placeOf(
  { slots, bays, cranes, trucks }: SimulatedGate,
  crossing: Crossing,
  number: string,
): string | undefined {
  for (const [id, { container }] of slots) if (container?.number === number) return id;
  for (const [id, { container }] of bays) if (container?.number === number) return id;
  for (const [id, { held }] of cranes) if (held?.number === number) return id;
  const isFetched = trucks().some(
    (truck) => truck.plate === crossing.truck?.plate && truck.container?.number === number,
  );
  return isFetched && crossing.direction === 'import' ? crossing.bays.truck : undefined;
}
