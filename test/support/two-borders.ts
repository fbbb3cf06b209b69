/** Two gates' cores side by side, each reading the other's log line by line when it is told to. */
import type { GateConfig, PersonRole } from '../../config/schema.ts';
import type { Effect } from '../../edge/core/effect.ts';
import type { Act } from '../../edge/core/input.ts';
import type { SitePlan } from '../../simulator/plan.ts';
import { bootBorder, type CoreBorder } from './core-border.ts';

export interface TwoBorders {
  /** The Vietnamese gate and the Chinese one. */
  readonly ours: CoreBorder;
  readonly theirs: CoreBorder;
  link(up: boolean): void;
  /** Both read all that the other has written and they have not read yet, until neither writes any more. */
  readAll(): void;
  /** One side reads that many of the lines it has not read. */
  read(side: CoreBorder, lines?: number): Effect[];
  act(side: CoreBorder, act: Act, person?: string, role?: PersonRole): Effect[];
}

/** `change` is made to both configurations. */
export function bootTwo(plan: SitePlan = {}, change: (config: GateConfig) => void = () => {}): TwoBorders {
  const ours = bootBorder(plan, change, 0);
  const theirs = bootBorder(plan, change, 1);
  const readSoFar = new Map<CoreBorder, number>();
  const otherOf = (side: CoreBorder): CoreBorder => (side === ours ? theirs : ours);
  const unread = (side: CoreBorder): number => otherOf(side).written.length - (readSoFar.get(side) ?? 0);
  const two: TwoBorders = {
    ours,
    theirs,
    link(up) {
      for (const side of [ours, theirs]) side.link(up);
    },
    readAll() {
      while (unread(ours) > 0 || unread(theirs) > 0)
        for (const side of [ours, theirs]) two.read(side, unread(side));
    },
    read(side, lines = 1) {
      const effects: Effect[] = [];
      for (let n = 0; n < lines; n += 1) {
        const at = readSoFar.get(side) ?? 0;
        const line = otherOf(side).written[at];
        if (line === undefined) return effects;
        readSoFar.set(side, at + 1);
        effects.push(...side.read(line));
      }
      return effects;
    },
    act: (side, act, person = 'dung', role = 'supervisor') =>
      side.step({ type: 'operator-act', person, role, act, reason: 'told by telephone' }),
  };
  return two;
}

/** Why an act was refused; undefined if it was not. */
export const refusalIn = (effects: readonly Effect[]): string | undefined =>
  effects.flatMap((one) =>
    one.kind === 'decide' && one.type === 'act-refused' ? [String(one.body.reason)] : [],
  )[0];
