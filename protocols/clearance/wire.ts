/**
 * The customs service over HTTP:
 *
 * - `GET /changes?after=CURSOR&waitMs=N&limit=M` → {@link ChangesPage}: the changes after CURSOR (empty: from the beginning),
 *   oldest first, at most M; with none to give, the service may wait up to N ms.
 * - `GET /containers/{number}`, where the service offers it → {@link ContainerAnswer}: what it lists of one container now; 404: nothing.
 * - `POST /reports` with the header `Idempotency-Key`: 201 taken, 200 known already, 400, 413 or 422 refused for good; 429 with
 *   `Retry-After` asks to wait; anything else may pass later. Signed where a key is configured: `X-JWS-Signature` is a detached
 *   JWS over the bytes of the body.
 * - `POST /transit-passages`: the same, for a container under an ASEAN transit (ACTS).
 *
 * All may ask for `Authorization: Bearer …`. One conversation at a time: a second one may be answered 429. The services of other
 * authorities (transit movements, results of examinations) have `GET /changes` alone.
 */
import { z } from 'zod';

/** Asked for until the service says that it gives more. */
export const CHANGES_PER_PAGE = 500;
/** The largest page that is ever asked for. */
export const CHANGES_PER_PAGE_MAX = 2_000;
/** Records of one container that a point query may bring; an e-commerce container has thousands of consignments. */
const CONTAINER_CHANGES_MAX = 10_000;

/** Milliseconds since 1970 on the service’s clock. */
const asOf = z.int().nonnegative();

export const changesPage = z.object({
  /** Where to go on; opaque. */
  cursor: z.string().max(200),
  /** When the service last confirmed its list complete. */
  asOf,
  /** Each is read on its own (`reading.ts`), so that one bad record does not hide the others. */
  changes: z.array(z.unknown()).max(CHANGES_PER_PAGE_MAX),
  /** The most changes that the service puts into a page, if that is more than was asked for. */
  limitMax: z.int().positive().optional(),
  /** Whether there are more behind this page. Absent: a full page has more behind it. */
  more: z.boolean().optional(),
});
export type ChangesPage = z.infer<typeof changesPage>;

export const containerAnswer = z.object({
  /** When this container was looked up; it says nothing of the others. */
  asOf,
  changes: z.array(z.unknown()).max(CONTAINER_CHANGES_MAX),
});
export type ContainerAnswer = z.infer<typeof containerAnswer>;

/** Path and query of the next poll. */
export const changesPath = (poll: { after: string; waitMs: number; limit: number }): string =>
  `/changes?after=${encodeURIComponent(poll.after)}&waitMs=${poll.waitMs}&limit=${poll.limit}`;

export const CONTAINERS_PATH = '/containers/';
/** Path of a point query. */
export const containerPath = (container: string): string =>
  `${CONTAINERS_PATH}${encodeURIComponent(container)}`;

export const REPORTS_PATH = '/reports';
export const TRANSIT_PASSAGES_PATH = '/transit-passages';
export const IDEMPOTENCY_HEADER = 'idempotency-key';
export const SIGNATURE_HEADER = 'x-jws-signature';
/** Header `typ` of that signature. */
export const REPORT_SIGNATURE_TYPE = 'gate-report+jws';
