/** The tracks over the border. */
import type { Draft, Item } from './draft.ts';
import { type Report, suggestion } from './problem.ts';
import { loadKind, type TrackConfig } from './schema.ts';

/** An alternating track leads both ways, one at a time. */
export const leads = (track: TrackConfig, direction: 'out' | 'in'): boolean =>
  track.direction === direction || track.direction === 'alternating';

function checkHolder({ value, path }: Item<TrackConfig>, gates: readonly string[], report: Report): void {
  if (value.direction !== 'alternating') {
    if (value.holder !== undefined)
      report(
        [...path, 'holder'],
        `track "${value.id}" leads one way and has no token to hold`,
        'remove "holder", or write direction: alternating',
      );
  } else if (value.holder === undefined)
    report(
      path,
      `track "${value.id}" alternates, and nobody holds its token at first`,
      `add holder: ${gates.join(' or holder: ')}, the same at both gates`,
    );
  else if (!gates.includes(value.holder))
    report(
      [...path, 'holder'],
      `"${value.holder}" is neither this gate nor the counterpart`,
      suggestion(value.holder, gates),
    );
}

/** Where each track crosses the border, who may send on it, and whether every load gets out and in. */
export function checkTracks(draft: Draft, report: Report): void {
  const km0 = draft.nodes.filter(({ value }) => value.role === 'km0').map(({ value }) => value.id);
  const names = draft.nodeNames.map((node) => node.id);
  const owners = new Map<string, string>();
  for (const item of draft.tracks) {
    const { value, path } = item;
    if (draft.gate && draft.counterpart) checkHolder(item, [draft.gate.id, draft.counterpart.gate], report);
    const at = [...path, 'km0'];
    const owner = owners.get(value.km0);
    if (!names.includes(value.km0))
      report(at, `there is no map node "${value.km0}"`, suggestion(value.km0, km0));
    else if (!draft.torn.has('nodes') && !km0.includes(value.km0))
      report(at, `node "${value.km0}" is not on the border line (role km0)`, suggestion(value.km0, km0));
    if (owner === undefined) owners.set(value.km0, value.id);
    else
      report(
        at,
        `tracks "${owner}" and "${value.id}" cross the border at the same node`,
        'give each track its own km0: each is a block of its own',
      );
  }
  if (draft.torn.has('tracks') || draft.tracks.length === 0) return;
  for (const direction of ['out', 'in'] as const)
    for (const load of loadKind.options)
      if (!draft.tracks.some(({ value }) => leads(value, direction) && value.loads.includes(load)))
        report(
          ['section', 'tracks'],
          `no track leads ${direction} for ${load} vehicles`,
          `add a track with direction: ${direction}, loads: [${load}]`,
        );
}
