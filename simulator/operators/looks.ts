/** What no device of a site tells and its officers are to see for themselves: seals, and the portable radiation monitor. */
import type { Act } from '../../edge/core/input.ts';
import type { Reason } from '../../edge/core/reasons.ts';
import type { Crossing } from '../../edge/core/state.ts';
import type { Matter, Outlook } from './matters.ts';
import { ask, PEOPLE } from './staff.ts';

type Seen = Extract<Act, { kind: 'observe' }>['seen'];

/** SHA-256 of the picture that goes with it. */
const PHOTO = '0'.repeat(64);

export function looksIn({ gate, world }: Outlook): Matter[] {
  const { config, state } = gate;
  const { substitutes } = config.reconciliation ?? {};
  if (substitutes === undefined) return [];
  return config.lanes.flatMap((lane): Matter[] => {
    const visit = state.lanes[lane.id]?.visit ?? null;
    const crossing = state.crossings[visit?.crossing ?? ''];
    if (visit === null || crossing === undefined || visit.released) return [];
    const missing = (['seal', 'radiation'] as const).filter(
      (condition) =>
        substitutes.conditions.includes(condition) && visit.reasons.some((one) => isMissing(one, condition)),
    );
    if (missing.length === 0) return [];
    return [
      {
        key: `look ${lane.id} ${visit.id}`,
        urgent: true,
        see() {
          if (world.lanes.get(lane.id)?.standing === undefined) return;
          for (const seen of missing.flatMap((condition) => SEEN[condition](crossing)))
            ask(gate, PEOPLE.officer, { kind: 'observe', lane: lane.id, seen, photo: PHOTO });
        },
      },
    ];
  });
}

const MISSING = { seal: 'SEAL_MISSING', radiation: 'RADIATION_UNKNOWN' } as const;

const isMissing = ({ code, detail }: Reason, condition: keyof typeof MISSING): boolean =>
  code === MISSING[condition] || (code === 'EVIDENCE_STALE' && detail.startsWith(condition));

/** In this world every container bears the seals it was booked with, and nothing radiates. */
const SEEN: Record<keyof typeof MISSING, (crossing: Crossing) => Seen[]> = {
  seal: ({ containers }) =>
    containers.flatMap(({ number, seals = [] }) =>
      seals.map((value) => ({ kind: 'seal', value, state: 'intact', quality: 1_000, container: number })),
    ),
  radiation: () => [{ kind: 'radiation', alarm: false }],
};
