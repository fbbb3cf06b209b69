/** The road from one place where vehicles stand to the next: it leads over nodes of role `way` only. */
import type { GateConfig, MapNode } from './schema.ts';

type Edge = Pick<GateConfig['map']['edges'][number], 'from' | 'to'>;

/** Node ids that an edge leads to, by where it begins. */
export function edgesFrom(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = next.get(from);
    if (known === undefined) next.set(from, [to]);
    else known.push(to);
  }
  return next;
}

/** Every node that is met on the way from `from`, up to and with those where vehicles stand; not `from` itself. */
export function metAfter(
  from: string,
  next: ReadonlyMap<string, readonly string[]>,
  isWay: (id: string) => boolean,
): Set<string> {
  const met = new Set<string>();
  const open = [...(next.get(from) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === from || met.has(id)) continue;
    met.add(id);
    if (isWay(id)) open.push(...(next.get(id) ?? []));
  }
  return met;
}

/** Tells, for a node, the nodes of role other than `way` that can be reached from it without standing anywhere in between. */
export function stopFinder(nodes: readonly MapNode[], edges: readonly Edge[]): (from: string) => Set<string> {
  const next = edgesFrom(edges);
  const ways = new Set(nodes.filter(({ role }) => role === 'way').map(({ id }) => id));
  return (from) => new Set([...metAfter(from, next, (id) => ways.has(id))].filter((id) => !ways.has(id)));
}
