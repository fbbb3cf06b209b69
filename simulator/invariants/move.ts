/** One move over the border, and who may send on which track, as the two logs tell. */
import type { Watched } from './scene.ts';

export interface Move {
  readonly id: string;
  readonly sender: string;
  readonly track: string;
  readonly vehicle: string;
  readonly containers: readonly string[];
  /** When it was offered, wall clock. */
  readonly atMs: number;
  accepted?: true;
  refused?: true;
  withdrawn?: true;
  grant?: string;
  holdNode?: string;
  bayNode?: string;
  returned?: true;
  departed?: true;
  recalled?: true;
  arrived?: true;
  receivedAt?: number;
}

/** Neither given up nor over. A withdrawn offer may still be granted, and then comes back. */
export const isLive = ({ refused, withdrawn, returned }: Move): boolean =>
  refused !== true && withdrawn !== true && returned !== true;

export const isOnSection = ({ departed, arrived, receivedAt }: Move): boolean =>
  departed === true && arrived !== true && receivedAt === undefined;

export interface TrackBook {
  readonly alternating: readonly string[];
  maySend(track: string, gate: string): boolean;
  /** False if it was not the gate's to hand over. */
  handOver(track: string, gate: string): boolean;
  /** It is with whom it began. */
  reset(track: string): void;
}

/** Follows the token of each alternating track from hand to hand. */
export function createTrackBook(gates: ReadonlyMap<string, Watched>): TrackBook {
  const holders = new Map<string, string>();
  const [first] = gates.values();
  for (const { id, direction, holder } of first?.gate.config.section.tracks ?? [])
    if (direction === 'alternating') holders.set(id, holder ?? '');
  const isAgainst = (track: string, gate: string): boolean =>
    gates.get(gate)?.gate.config.section.tracks.find(({ id }) => id === track)?.direction === 'in';
  return {
    alternating: [...holders.keys()],
    maySend(track, gate) {
      const holder = holders.get(track);
      return holder === undefined ? !isAgainst(track, gate) : holder === gate;
    },
    reset(track) {
      const config = first?.gate.config.section.tracks.find(({ id }) => id === track);
      if (config?.direction === 'alternating') holders.set(track, config.holder ?? '');
    },
    handOver(track, gate) {
      if (holders.get(track) !== gate) return false;
      holders.set(track, gates.get(gate)?.gate.config.counterpart.gate ?? '');
      return true;
    },
  };
}
