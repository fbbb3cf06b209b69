/** What a crane itself tells of its jobs and its spreader, as a judge reads it. */
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
