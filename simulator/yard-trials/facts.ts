/** How a judge reads what a crane tells of its jobs and its spreader, and how far an export is. */
import type { Stage as CrossingStage } from '../../edge/core/state.ts';
import type { CraneJob, CraneState } from '../world/ports.ts';

/** A crane that has broken a job off. */
export const BROKEN_OFF: ReadonlySet<CraneJob['state']> = new Set([
  'not-allowed',
  'interrupted',
  'aborted',
] as const);
export const OVER: ReadonlySet<CraneJob['state']> = new Set([...BROKEN_OFF, 'ended'] as const);

/** Its signals cannot be true together. */
export const contradicts = ({
  spreader: { landed, locked, unlocked, loaded },
  hoistClear,
}: CraneState): boolean => (locked && unlocked) || (loaded && !locked && !landed) || (landed && hoistClear);

/** An export whose container is on its vehicle, at its own gate. */
export const LOADED: ReadonlySet<CrossingStage> = new Set([
  'loaded',
  'at-border-out',
  'offered',
  'granted',
] as const);
/** … and has left it. */
export const GONE: ReadonlySet<CrossingStage> = new Set(['departed', 'arrived', 'completed'] as const);
