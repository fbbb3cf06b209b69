/**
 * Each track is a block with one owner at a time, so its road must be its own: from the hold points before the border to
 * those behind it, no node may belong to two tracks, or two vehicles could both believe that it is theirs.
 */
import type { Draft } from './draft.ts';
import type { Report } from './problem.ts';
import type { MapNode, TrackConfig } from './schema.ts';
import { edgesFrom, metAfter } from './stops.ts';
import { leads } from './tracks.ts';

/** Reports the first node that two tracks share. The border line itself is looked at with the tracks. */
export function checkBlocks(draft: Draft, report: Report): void {
  const ownGate = draft.gate?.id;
  const otherGate = draft.counterpart?.gate;
  if (ownGate === undefined || otherGate === undefined) return;
  const roadOf = roads(draft, ownGate, otherGate);
  const known: { id: string; road: ReadonlySet<string> }[] = [];
  for (const { value, path } of draft.tracks) {
    const road = roadOf(value);
    for (const other of known) {
      const shared = [...road].filter((node) => other.road.has(node)).sort();
      if (shared.length > 0)
        report(
          path,
          `tracks "${other.id}" and "${value.id}" share the road at ${shared.join(', ')}: ` +
            'vehicles on both could meet there',
          'give each track a road of its own between the hold points on both sides, or make them one track',
        );
    }
    known.push({ id: value.id, road });
  }
}

/** Tells the nodes of role `way` on a track, in all directions in which it leads. */
function roads(draft: Draft, ownGate: string, otherGate: string): (track: TrackConfig) => Set<string> {
  const edges = draft.edges.map(({ value }) => value);
  const next = edgesFrom(edges);
  const before = edgesFrom(edges.map(({ from, to }) => ({ from: to, to: from })));
  const nodes = new Map(draft.nodes.map(({ value }): [string, MapNode] => [value.id, value]));
  const isWay = (id: string): boolean => nodes.get(id)?.role === 'way';
  const holdsOn = (gate: string): string[] =>
    [...nodes.values()].filter((node) => node.gate === gate && node.role === 'hold').map(({ id }) => id);
  const between = (starts: readonly string[], ends: readonly string[]): string[] => {
    const reachEnd = new Set(ends.flatMap((end) => [...metAfter(end, before, isWay)]));
    const reached = new Set(starts.flatMap((start) => [...metAfter(start, next, isWay)]));
    return [...reached].filter((id) => isWay(id) && reachEnd.has(id));
  };
  const own = holdsOn(ownGate);
  const other = holdsOn(otherGate);
  return (track) => {
    const { km0 } = track;
    const road: string[] = [];
    if (leads(track, 'out')) road.push(...between(own, [km0]), ...between([km0], other));
    if (leads(track, 'in')) road.push(...between(other, [km0]), ...between([km0], own));
    return new Set(road);
  };
}
