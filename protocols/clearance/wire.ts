/**
 * The customs service over HTTP:
 *
 * - `GET /changes?after=CURSOR&waitMs=N&limit=M` → {@link ChangesPage}: the changes after CURSOR (empty: from the beginning),
 *   oldest first, at most M; with none to give, the service may wait up to N ms.
 * - `POST /reports` with the header `Idempotency-Key`: 201 taken, 200 known already, 400 or 422 refused for good.
 *
 * Both may ask for `Authorization: Bearer …`. One conversation at a time: a second one may be answered 429.
 */
import { z } from 'zod';

export const CHANGES_PER_PAGE_MAX = 500;

export const changesPage = z.object({
  /** Where to go on; opaque. */
  cursor: z.string().max(200),
  /** When the service last confirmed its list complete, milliseconds since 1970 on its clock. */
  asOf: z.int().nonnegative(),
  /** Each is read on its own (`fields.ts`), so that one bad record does not hide the others. */
  changes: z.array(z.unknown()).max(CHANGES_PER_PAGE_MAX),
});
export type ChangesPage = z.infer<typeof changesPage>;

/** Path and query of the next poll. */
export const changesPath = (poll: { after: string; waitMs: number; limit: number }): string =>
  `/changes?after=${encodeURIComponent(poll.after)}&waitMs=${poll.waitMs}&limit=${poll.limit}`;

export const REPORTS_PATH = '/reports';
export const IDEMPOTENCY_HEADER = 'idempotency-key';
