/** Whether what one gate lets cross is enough for what the other one asks of whoever comes. */
import type { Carried, Condition, GateConfig } from './schema.ts';
import { filterOf } from './schema.ts';

type Offered = ReturnType<typeof filterOf>['export']['offered'][number];

/** What a condition at `border-in` is held against, where only the sender can have said it. */
const HELD_AGAINST: readonly { condition: Condition; loads: readonly Carried[]; member: Offered }[] = [
  { condition: 'weight', loads: ['laden', 'return'], member: 'grossKg' },
  { condition: 'weight', loads: ['empty'], member: 'sizeType' },
  { condition: 'seal', loads: ['laden', 'return'], member: 'seals' },
];

/** Tells what `receiver` asks at `border-in` and could hold against nothing, because `sender` keeps it back. */
export function checkFilterOfBoth(
  sender: GateConfig,
  receiver: GateConfig,
  tell: (path: string, problem: string, remedy: string) => void,
): void {
  const offered: readonly Offered[] = filterOf(sender.counterpart).export.offered;
  const asked = askedAtBorderIn(receiver);
  for (const { condition, loads, member } of HELD_AGAINST) {
    const load = loads.find((one) => asked[one]?.includes(condition) === true);
    if (load === undefined || offered.includes(member)) continue;
    tell(
      'counterpart.filter.export.offered',
      `${receiver.gate.id} asks ${load} vehicles for their ${condition} at border-in, and ${sender.gate.id} keeps back the ${member} it is held against`,
      `add ${member} at ${sender.gate.id}, or take "${condition}" out of checkpoints.border-in.${load} at ${receiver.gate.id}`,
    );
  }
}

/** As configured; without a word on empties they are weighed wherever the lanes have scales. */
function askedAtBorderIn({ checkpoints, lanes }: GateConfig): Partial<Record<Carried, readonly Condition[]>> {
  const asked = checkpoints['border-in'];
  const here = lanes.filter(({ checkpoint, loads }) => checkpoint === 'border-in' && loads.includes('laden'));
  const areWeighed = here.length > 0 && here.every(({ devices }) => devices.scale !== undefined);
  return { ...asked, empty: asked.empty ?? (areWeighed ? ['weight'] : []) };
}
