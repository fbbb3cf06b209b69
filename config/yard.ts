/** The yard: cranes, and the bays and slots below them. */
import type { Draft } from './draft.ts';
import { type Path, type Report, suggestion } from './problem.ts';

/** What each crane reaches, and whether every container in the yard gets on from where it stands. */
export function checkYard(draft: Draft, report: Report): void {
  const bays = draft.bayNames.map((bay) => bay.id);
  const slots = draft.slots.map((slot) => slot.value);
  const known = (what: string, ids: readonly string[], choices: readonly string[], path: Path): void => {
    ids.forEach((id, index) => {
      if (!choices.includes(id))
        report([...path, index], `there is no ${what} "${id}"`, suggestion(id, choices));
      if (ids.indexOf(id) !== index)
        report([...path, index], `${what} "${id}" is listed twice`, 'remove one');
    });
  };
  for (const { value, path } of draft.cranes) {
    if (!draft.torn.has('bays')) known('bay', value.bays, bays, [...path, 'bays']);
    if (!draft.torn.has('slots')) known('slot', value.slots, slots, [...path, 'slots']);
  }
  const kept = (draft.keepFree?.export ?? 0) + (draft.keepFree?.import ?? 0);
  if (kept > slots.length && !draft.torn.has('slots'))
    report(
      ['yard', 'keepFree'],
      `${kept} slots are kept free for one direction each, and the yard has ${slots.length}`,
      'keep fewer slots free, or add slots',
    );
  if (draft.torn.has('cranes') || draft.cranes.length === 0) return;
  const reaches = (kind: 'bays' | 'slots', id: string): boolean =>
    draft.cranes.some(({ value }) => value[kind].includes(id));
  for (const { value, path } of draft.bays)
    if (!reaches('bays', value.id))
      report(path, `no crane serves bay "${value.id}"`, 'add it to the bays of a crane');
  for (const { value, path } of draft.slots)
    if (!reaches('slots', value))
      report(path, `no crane serves slot "${value}"`, 'add it to the slots of a crane');

  checkWaysOut(draft, report);
}

/** What leaves a slot: an export onto our own vehicle, an import onto a truck. */
const WAYS_OUT = [
  { use: 'loading', could: 'could not be loaded onto a vehicle', bay: 'a loading bay' },
  { use: 'truck', could: 'could not be fetched by a truck', bay: 'a truck bay' },
] as const;

/** A container that is set down where no crane can bring it on would stay there for ever. */
function checkWaysOut(draft: Draft, report: Report): void {
  if (draft.torn.has('bays') || draft.bays.length === 0) return;
  const baysFor = (use: string): Set<string> =>
    new Set(draft.bays.filter(({ value }) => value.use === use).map(({ value }) => value.id));
  for (const use of ['truck', 'loading', 'landing'] as const)
    if (baysFor(use).size === 0)
      report(['yard', 'bays'], `there is no bay for ${use}`, `add a bay with use: ${use}`);
  for (const { use, could, bay } of WAYS_OUT) {
    const bays = baysFor(use);
    if (bays.size === 0) continue;
    const cranes = draft.cranes.filter(({ value }) => value.bays.some((id) => bays.has(id)));
    const reached = new Set(cranes.flatMap(({ value }) => value.slots));
    const served = new Set(draft.cranes.flatMap(({ value }) => value.slots));
    for (const { value: slot, path } of draft.slots)
      if (served.has(slot) && !reached.has(slot))
        report(
          path,
          `a container in slot "${slot}" ${could}: no crane over it reaches ${bay}`,
          `add the slot to a crane that reaches ${bay}, or ${bay} to a crane over the slot`,
        );
  }
}
