/** Line clear by telephone: who may grant it, at this gate and at the other one. */
import type { Draft } from './draft.ts';
import type { Report } from './problem.ts';

/** Each side needs an officer, each officer one entry, and ours must be people who can sign their acts. */
export function checkHotline({ gate, counterpart, people }: Draft, report: Report): void {
  if (gate === undefined || counterpart === undefined) return;
  const path = ['counterpart', 'hotlineOfficers'];
  const officers = counterpart.hotlineOfficers;
  const known = new Set<string>();
  for (const [index, officer] of officers.entries()) {
    const key = `${officer.gate}/${officer.id}`;
    if (officer.gate !== gate.id && officer.gate !== counterpart.gate)
      report(
        [...path, index, 'gate'],
        `"${officer.gate}" is neither this gate nor the counterpart`,
        `write ${gate.id} or ${counterpart.gate}`,
      );
    if (known.has(key))
      report(
        [...path, index, 'id'],
        `the duty officer "${officer.id}" of ${officer.gate} is there twice`,
        'write each officer once',
      );
    known.add(key);
    if (officer.gate === gate.id && !people.some(({ value }) => value.id === officer.id))
      report(
        [...path, index, 'id'],
        `there is no person "${officer.id}"`,
        'add the officer under people: the act must be signed',
      );
  }
  if (!counterpart.hotline) return;
  for (const side of [gate.id, counterpart.gate])
    if (!officers.some((officer) => officer.gate === side))
      report(
        path,
        `line clear by telephone is allowed, and ${side} has no duty officer`,
        `add one with gate: ${side}, or write hotline: false`,
      );
}
