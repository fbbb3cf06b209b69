/** Which of customs’ words speak of a container here: in this direction, and the newest of each declaration. */
import type { Checkpoint } from '../../../config/schema.ts';
import type { Case, ClearanceRow, ExpectedCrossing, Judged } from './case.ts';

const KINDS: Record<Checkpoint, readonly ClearanceRow['kind'][]> = {
  'yard-in': ['export', 'transit'],
  'border-out': ['export', 'transit'],
  'border-in': ['import', 'transit'],
  'yard-out': ['import', 'transit'],
};

/**
 * What customs says of a container in this direction. Of one declaration told twice the newer word counts; words of the same
 * time, and one of a time that nobody states, all count, so that the strictest of them decides.
 */
export function rowsOf(
  { clearances, checkpoint }: Pick<Case, 'clearances' | 'checkpoint'>,
  container: string,
): ClearanceRow[] {
  const rows = clearances.rows.filter(
    (row) => row.container === container && KINDS[checkpoint].includes(row.kind),
  );
  const newest = new Map<string, number>();
  for (const { declaration, asOf } of rows)
    if (asOf !== undefined) newest.set(declaration, Math.max(asOf, newest.get(declaration) ?? asOf));
  return rows.filter(({ declaration, asOf }) => asOf === undefined || asOf === newest.get(declaration));
}

/** Goods that travel without a container are listed under this. */
export const LOOSE = '';

/** What of a crossing customs has to release: its containers, or its loose goods. */
export const cleared = ({
  containers,
}: ExpectedCrossing): readonly { number: string; declarations?: readonly string[] }[] =>
  containers.length > 0 ? containers : [{ number: LOOSE }];

/** What customs’ word is judged by. */
export type ToClear = Pick<Judged, 'at' | 'checkpoint' | 'crossing' | 'conditions' | 'clearances' | 'policy'>;

/** A row in words: the container, and the declaration it is under. */
export const nameOf = ({ container, declaration }: ClearanceRow): string =>
  container === LOOSE ? declaration : `${container} under ${declaration}`;
