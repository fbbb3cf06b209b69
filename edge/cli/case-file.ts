/**
 * The case format of `gate reconcile` (docs/reconciliation.md): one JSON object a line, for people and for other systems
 * that want to try a decision. Times are ISO 8601 with an offset, weights kilograms, qualities from 0 to 1.
 *
 * Records of strangers may carry further members, which count for nothing. A policy may not: a demand that is
 * misspelt must not look as if it were met.
 */
import { z } from 'zod';
import { checkpointName } from '../../config/schema.ts';
import type { Case } from '../core/reconcile/case.ts';
import { messageOf } from '../platform/errors.ts';
import { advanceDocument } from './case-file/advance.ts';
import { clearance, examination, rowsOf, withBoxes } from './case-file/clearance.ts';
import { evidence, facts, finding } from './case-file/evidence.ts';
import { expectedCrossing, sighting } from './case-file/expected.ts';
import { policy } from './case-file/policy.ts';
import { instant, name } from './case-file/words.ts';

const id = z.union([z.string().max(200), z.number()], 'use a text or a number');

export const caseLine = z.object({
  id,
  at: instant,
  checkpoint: checkpointName,
  expected: z.array(expectedCrossing).max(10_000).default([]),
  clearances: z.array(clearance).max(10_000).default([]),
  examinations: z.array(examination).max(10_000).exactOptional(),
  advance: z.array(advanceDocument).max(10_000).exactOptional(),
  evidence: z.array(evidence).max(10_000).default([]),
  readingUntil: instant.exactOptional(),
  identifiedAs: name.exactOptional(),
  findings: z.array(finding).max(1_000).exactOptional(),
  sightings: z.array(sighting).max(10_000).exactOptional(),
  facts: facts.exactOptional(),
  handheldUsed: z.record(name, z.int().min(0)).exactOptional(),
  clockTrusted: z.boolean().exactOptional(),
  policy: policy.prefault({}),
});

export type CaseRead =
  | { ok: true; id: string | number; case: Case }
  | { ok: false; id: string | number | null; error: string };

/** What is wrong with a line is told up to so many members. */
const PROBLEMS_MAX = 3;

/** Reads one case; says which member is wrong if it is none. */
export function readCase(line: string): CaseRead {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { ok: false, id: null, error: `not JSON: ${messageOf(error)}` };
  }
  const parsed = caseLine.safeParse(value);
  if (!parsed.success) return { ok: false, id: idOf(value), error: problemsOf(parsed.error) };
  const {
    id,
    at,
    checkpoint,
    expected: stated,
    clearances,
    examinations,
    advance,
    policy: own,
    ...visit
  } = parsed.data;
  const expected = withBoxes(stated, clearances);
  const customs = {
    rows: rowsOf(clearances, expected),
    ...(examinations !== undefined && { examinations }),
    ...(advance !== undefined && { advance }),
  };
  return { ok: true, id, case: { at, checkpoint, expected, visit, clearances: customs, policy: own } };
}

function idOf(value: unknown): string | number | null {
  const known = z.object({ id }).safeParse(value);
  return known.success ? known.data.id : null;
}

function problemsOf({ issues }: z.ZodError): string {
  const told = issues
    .slice(0, PROBLEMS_MAX)
    .map(({ path, message }) => `${path.join('.') || 'case'}: ${message}`);
  return [...told, ...(issues.length > told.length ? [`${issues.length - told.length} more`] : [])].join(
    '; ',
  );
}
