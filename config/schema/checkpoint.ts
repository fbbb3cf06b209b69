/** What a checkpoint demands, by what a vehicle carries. */
import { z } from 'zod';
import { conditionName } from './words.ts';

const conditions = z.array(conditionName);

export const checkpoint = z.strictObject({
  laden: conditions.describe('Conditions for a vehicle with containers'),
  bobtail: conditions.describe('Conditions for a vehicle without containers'),
  empty: conditions
    .exactOptional()
    .describe(
      'Conditions for a vehicle with empty containers. Absent: the usual ones the lanes have devices for',
    ),
  return: conditions
    .exactOptional()
    .describe(
      'Conditions for goods the other side has refused. Absent: the usual ones the lanes have devices for',
    ),
});
