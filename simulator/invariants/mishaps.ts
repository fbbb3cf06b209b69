/**
 * I1, I2, I3: what the world itself counts as never to happen has not happened.
 *
 * Excused: something that left a bay below a low hoist, while the gate was told that the hoist was clear (a link late, cut or lying).
 * A strike is counted by the world only where the gate was told of somebody, and collisions, vehicles head on and goods out without a
 * release have no excuse: owners, line clear and the age of customs' word exist to make them impossible whatever fails.
 */
import type { Incident } from '../world/context.ts';
import type { InvariantName, Part, Scene } from './scene.ts';

const INVARIANT: Record<Incident['kind'], InvariantName> = {
  strikes: 'I1',
  hoistViolations: 'I1',
  collisions: 'I2',
  headOn: 'I2',
  unclearedOut: 'I3',
};
const KINDS = Object.keys(INVARIANT) as Incident['kind'][];

export function createMishaps({ run, book, gates }: Scene): Part {
  const { incidents } = run.world;
  let seen = 0;
  let tally: Record<string, number> = {};

  function isExcused({ kind, detail }: Incident): boolean {
    if (kind !== 'hoistViolations') return false;
    for (const { gate, wiring } of gates.values()) {
      for (const { device, bays } of gate.config.yard.cranes) {
        if (!wiring.knowsCrane(device) && bays.some((bay) => detail.includes(` ${bay} `))) return true;
      }
    }
    return false;
  }

  function look(): void {
    for (; seen < incidents.length; seen += 1) {
      const incident = incidents[seen];
      if (incident === undefined) return;
      book.check();
      if (isExcused(incident)) book.note(`excused: ${incident.kind}`);
      else book.violate(INVARIANT[incident.kind], 'world', `${incident.kind}: ${incident.detail}`);
    }
  }

  return {
    stepped() {
      if (incidents.length !== seen) look();
    },
    sweep() {
      look();
      // The world keeps the first ones in detail; the others are only counted.
      const stats = run.world.stats();
      let more = 0;
      for (const kind of KINDS) more += stats[kind];
      const known = seen + (tally.more ?? 0);
      if (more > known) {
        book.violate('I1', 'world', `${more - known} more mishaps than the world keeps in detail`);
        tally = { more: more - seen };
      }
    },
  };
}
