/** What happens to goods on their way over the border, and nobody reports: the receiver finds it. */
import type { Container, Harm } from '../world/container.ts';
import { type Fault, nothingToHeal, pick, type Scene } from './fault.ts';

/** On a vehicle that is on its way to the other gate, or there. */
function boxesAbroad({ gate, world }: Scene): Container[] {
  const ground = new Map(gate.config.map.nodes.map((node) => [node.id, node.gate]));
  return [...world.vehicles.values()].flatMap(({ container, place }) => {
    const isAtHome = ground.get(place.at) === gate.config.gate.id;
    return container === undefined || isAtHome || container.harm !== undefined ? [] : [container];
  });
}

const harmOf = (kind: Harm, what: string): Fault => ({
  kind,
  what,
  perHour: 2,
  begin(scene) {
    const box = pick(scene.random, boxesAbroad(scene));
    if (box === undefined) return undefined;
    box.harm = kind;
    return { where: box.number, lastsMs: 0, heal: nothingToHeal };
  },
});

export const cargoFaults: readonly Fault[] = [
  harmOf('seal-swapped', 'a container comes over the border with another seal than it left with'),
  harmOf('box-damaged', 'a container is damaged on its way over the border'),
];
