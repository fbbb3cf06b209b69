/** The map as a graph: shortest way by number of edges; the road is fixed and short. */
import type { GateConfig } from '../../config/schema.ts';

/** Node ids from `from` to `to`, both included, or null if no way leads there. */
export function routeBetween(config: GateConfig, from: string, to: string): string[] | null {
  const cameFrom = new Map<string, string | null>([[from, null]]);
  const queue = [from];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (node === to) return trace(cameFrom, to);
    for (const edge of config.map.edges) {
      if (edge.from !== node || cameFrom.has(edge.to)) continue;
      cameFrom.set(edge.to, node);
      queue.push(edge.to);
    }
  }
  return null;
}

function trace(cameFrom: ReadonlyMap<string, string | null>, to: string): string[] {
  const route: string[] = [];
  for (let node: string | null = to; node !== null; node = cameFrom.get(node) ?? null) route.unshift(node);
  return route;
}
