/**
 * Differences between what was handed over and what has come: whoever sees the container tells of them, people of both sides look together, and
 * a supervisor on each side closes them. Now and then one closes otherwise at first, and gives in when the other word is read.
 */
import type { Discrepancy } from '../../edge/core/custody-state.ts';
import type { Act } from '../../edge/core/input.ts';
import type { Crossing } from '../../edge/core/state.ts';
import type { Container, Harm } from '../world/container.ts';
import type { Matter, Outlook } from './matters.ts';
import { ask, PEOPLE } from './staff.ts';

export const differencesIn = (outlook: Outlook): Matter[] => [...seenIn(outlook), ...openIn(outlook)];

const COMES: ReadonlySet<Crossing['stage']> = new Set([
  'arrived',
  'entering',
  'in-yard',
  'collecting',
] as const);

/** What is truly different of whatever has come over the border. */
function seenIn(outlook: Outlook): Matter[] {
  const { gate } = outlook;
  return Object.values(gate.state.crossings).flatMap((crossing): Matter[] => {
    const { inbound, stage } = crossing;
    const box = inbound !== undefined && COMES.has(stage) ? boxOf(outlook, crossing) : undefined;
    if (inbound === undefined || box?.harm === undefined) return [];
    return [
      {
        key: `harm ${box.number} ${box.harm}`,
        urgent: true,
        see() {
          if (box.harm === undefined) return;
          ask(gate, PEOPLE.officer, told(inbound.move, box.number, box.harm));
          // It is on record, and is told once.
          const discrepancies = Object.values(gate.state.discrepancies);
          if (discrepancies.some(({ move }) => move === inbound.move)) delete box.harm;
        },
      },
    ];
  });
}

const told = (move: string, container: string, harm: Harm): Act =>
  harm === 'seal-swapped'
    ? {
        kind: 'dispute',
        move,
        container,
        code: 'SEAL_NUMBER',
        found: 'X-1',
        text: { lang: 'vi', text: 'Số chì khác' },
      }
    : { kind: 'dispute', move, container, code: 'CONTAINER_DAMAGED', text: { lang: 'zh', text: '箱体破损' } };

/** On its vehicle, or set down in the yard. */
function boxOf(
  { run, world }: Outlook,
  { vehicle, containers: [container] }: Crossing,
): Container | undefined {
  const carried = run.world.gates.get(vehicle?.home ?? '')?.vehicles.get(vehicle?.id ?? '')?.container;
  if (container === undefined || carried?.number === container.number) return carried;
  for (const { container: box } of world.slots.values()) if (box?.number === container.number) return box;
  return undefined;
}

const OUTCOME = 'as-found';
/** One in so many is closed otherwise at first by the side that has not opened it. */
const OBSTINATE = 3;

function openIn({ gate }: Outlook): Matter[] {
  const { id: own } = gate.config.gate;
  return Object.values(gate.state.discrepancies).flatMap((one): Matter[] => {
    const { id, openedBy, inspections, closed, overAt } = one;
    if (overAt !== undefined) return [];
    const isInspected = inspections.some(({ outcome }) => outcome !== 'escalated');
    if (!isInspected)
      return openedBy !== own
        ? []
        : [
            {
              key: `inspect ${id}`,
              see: () =>
                ask(gate, PEOPLE.supervisor, {
                  kind: 'joint-inspection',
                  discrepancy: id,
                  outcome: 'confirmed',
                  inspectors: [PEOPLE.officer.id, 'wei'],
                }),
            },
          ];
    const words = JSON.stringify(Object.entries(closed).toSorted());
    const outcome = outcomeFor(one, own);
    if (outcome === undefined) return [];
    const act = { kind: 'close-discrepancy', discrepancy: id, outcome } as const;
    return [{ key: `close ${id} ${words}`, see: () => ask(gate, PEOPLE.supervisor, act) }];
  });
}

/** Undefined: nothing to say now. Only whoever has not opened it gives in, or both might for ever. */
function outcomeFor({ id, openedBy, closed }: Discrepancy, own: string): 'as-found' | 'settled' | undefined {
  const said = closed[own]?.outcome;
  if (openedBy === own) return said === undefined ? OUTCOME : undefined;
  const isObstinate = Number(/\d+$/.exec(id)?.[0] ?? 0) % OBSTINATE === 0;
  if (said === undefined) return isObstinate ? 'settled' : OUTCOME;
  const theirs = closed[openedBy]?.outcome;
  return theirs !== undefined && theirs !== said ? OUTCOME : undefined;
}
