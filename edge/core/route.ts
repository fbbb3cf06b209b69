/** The map as a graph: the shortest way by number of edges; the road is fixed and short. */
import { siteOf } from './site.ts';
import type { GateState } from './state.ts';

/** Node ids from `from` to `to`, both included, or null if no way leads there. */
export function routeBetween(state: GateState, from: string, to: string): readonly string[] | null {
  const { routes } = siteOf(state);
  const key = `${from} ${to}`;
  const known = routes.get(key);
  if (known !== undefined) return known;
  const route = search(state, from, to);
  routes.set(key, route);
  return route;
}

function search(state: GateState, from: string, to: string): string[] | null {
  const { ways } = siteOf(state);
  const cameFrom = new Map<string, string | null>([[from, null]]);
  // The list grows while it is walked: breadth first.
  const seen = [from];
  for (const node of seen) {
    if (node === to) return trace(cameFrom, to);
    for (const way of ways.get(node) ?? []) {
      if (cameFrom.has(way.to)) continue;
      cameFrom.set(way.to, node);
      seen.push(way.to);
    }
  }
  return null;
}

function trace(cameFrom: ReadonlyMap<string, string | null>, to: string): string[] {
  const route: string[] = [];
  for (let node: string | null = to; node !== null; node = cameFrom.get(node) ?? null) route.unshift(node);
  return route;
}
