/** Vehicles parked with an empty battery where there is no charger: somebody puts a full one in. */
import type { Matter, Outlook } from './matters.ts';

const FULL_PERCENT = 100;

export function batteriesIn({ gate, world }: Outlook): Matter[] {
  const matters: Matter[] = [];
  for (const [id, { low }] of Object.entries(gate.state.vehicles)) {
    const vehicle = low ? world.vehicles.get(id) : undefined;
    if (vehicle === undefined || vehicle.place.towards !== undefined) continue;
    const node = gate.config.map.nodes.find((one) => one.id === vehicle.place.at);
    if (node?.role === 'park' && !node.charger)
      matters.push({ key: `battery ${id}`, see: () => vehicle.setCharge(FULL_PERCENT) });
  }
  return matters;
}
