/** A move that was refused on the other side of the border, as the vehicle that brings its container home names it. */
import { z } from 'zod';

export const REFUSERS = ['customs', 'quarantine', 'border-guard', 'consignee', 'other'] as const;
export type Refuser = (typeof REFUSERS)[number];

/** `move` is the sender's name for the move that took it over; both gates know it. */
export const refusal = z.strictObject({
  move: z.string().min(1).max(120),
  refusedBy: z.enum(REFUSERS),
  reason: z.string().min(1).max(300),
  /** Milliseconds since 1970, as whoever tells of it has it. */
  refusedAt: z.int().min(0),
});
export type Refusal = z.infer<typeof refusal>;

/** What stands in place of what may not cross the border of a refusal. */
export const UNTOLD = { refusedBy: 'other', reason: 'not told' } as const satisfies Partial<Refusal>;
