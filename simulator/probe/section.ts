/** What a closure, and line clear by telephone, must change for who is released over the border. */
import type { GateState, LineClear } from '../../edge/core/state.ts';
import { NOBODY, nothing, put, refused, together, type Undo, type WhatIf } from './what-if.ts';

type Calls = GateState['section']['hotline']['calls'];

/** As it was before it went on this line clear: not used yet, and not known as sent by telephone. */
export function asIfUnused(state: GateState, lineClear: LineClear): Undo {
  const { hotline } = state.section;
  const calls: Calls = { ...hotline.calls };
  if (lineClear.hotline !== undefined) delete calls[lineClear.hotline.number];
  return together(put(hotline, 'calls', calls), put(lineClear, 'used', false));
}

export const closed = (track: string): GateState['section']['closures'] => ({
  [NOBODY]: {
    id: NOBODY,
    by: NOBODY,
    tracks: [track],
    code: 'OTHER',
    from: 0,
    inForce: true,
    told: true,
    clear: { ours: false, theirs: false },
  },
});

export const call = (track: string, arrived: boolean): Calls => ({
  [NOBODY]: {
    number: NOBODY,
    move: NOBODY,
    track,
    side: 'receiver',
    sender: NOBODY,
    receiver: NOBODY,
    arrived,
  },
});

/** For whoever goes over the border on this track, by the logs or by telephone. */
export const sectionWhatIfs = ({ section }: GateState, { track }: LineClear): WhatIf[] => [
  refused('its track were closed', () => put(section, 'closures', closed(track))),
  refused('people were on its track', () =>
    put(section, 'resets', { [track]: { ours: { reset: NOBODY, moves: [], officers: [] } } }),
  ),
  refused('another one were on the section by telephone', () =>
    put(section.hotline, 'calls', call(track, false)),
  ),
  refused('the logs told differently of what went by telephone', () =>
    put(section.hotline, 'faults', { [NOBODY]: NOBODY }),
  ),
];

/** For whoever goes by the logs. */
export const byLogsWhatIfs = ({ section }: GateState, { track }: LineClear): WhatIf[] => [
  refused('something that went by telephone were not held against the other log', () =>
    put(section.hotline, 'calls', call(track, true)),
  ),
];

/** For whoever goes by telephone. */
export function byTelephoneWhatIfs(state: GateState, lineClear: LineClear): WhatIf[] {
  const view = state.tracks[lineClear.track];
  const { hotline: _, grant: __, ...announced } = lineClear;
  return [
    refused('the link were up', () => put(state.link, 'up', true)),
    refused('no number had been read back', () => {
      const crossing = state.crossings[state.moves[lineClear.move] ?? ''];
      return crossing === undefined ? nothing() : put(crossing, 'lineClear', announced);
    }),
    ...(view === undefined
      ? []
      : [
          refused('another one of ours were on the section', () =>
            put(view, 'moves', [...view.moves, NOBODY]),
          ),
        ]),
    refused('a place on the section were given away', () =>
      put(state.owners, `track:${lineClear.track}/1`, NOBODY),
    ),
  ];
}
