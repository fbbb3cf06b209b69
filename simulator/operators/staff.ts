/** Who works at the consoles, and how they speak to the gate. */
import type { PersonRole } from '../../config/schema.ts';
import type { Act } from '../../edge/core/input.ts';
import type { VirtualGate } from '../run.ts';
import type { VirtualClock } from '../world/virtual-clock.ts';

export interface Person {
  id: string;
  role: PersonRole;
}

export const PEOPLE = {
  operator: { id: 'lan', role: 'operator' },
  supervisor: { id: 'dung', role: 'supervisor' },
  /** Confirms what the others propose. */
  second: { id: 'thao', role: 'supervisor' },
  officer: { id: 'quyen', role: 'customs-officer' },
  guard: { id: 'binh', role: 'border-guard' },
  quarantine: { id: 'hoa', role: 'quarantine-officer' },
} as const satisfies Record<string, Person>;

const COLLEAGUES: ReadonlySet<string> = new Set(Object.values(PEOPLE).map(({ id }) => id));

/** Whether that person is one of those who look before they act. */
export const isColleague = (person: string): boolean => COLLEAGUES.has(person);

const AGAIN_MS = 1_000;

/** How a supervisor asks that gate for an act: a colleague confirms it where it takes two, and while the gate is down they ask again. */
export function untilHeard(clock: VirtualClock, gate: VirtualGate): (act: Act) => void {
  let wanted: Act[] = [];
  clock.every(AGAIN_MS, sayAll);
  function sayAll(): void {
    if (!gate.isUp) return;
    const acts = wanted;
    wanted = [];
    for (const act of acts) {
      ask(gate, PEOPLE.supervisor, act);
      for (const proposal of Object.values(gate.state.proposals))
        if (JSON.stringify(proposal.act) === JSON.stringify(act))
          ask(gate, PEOPLE.second, { kind: 'confirm', proposal: proposal.id });
    }
  }
  return (act) => {
    wanted.push(act);
    sayAll();
  };
}

/** Asks the gate for an act. While it is down nobody hears; what is still open then is asked for again. */
export function ask(gate: VirtualGate, { id, role }: Person, act: Act): void {
  gate.submit({ type: 'operator-act', person: id, role, act, reason: 'seen on site' });
}
