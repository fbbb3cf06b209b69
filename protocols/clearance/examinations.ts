/**
 * Results of other authorities about a container: a scanner's verdict, a quarantine station's, as their systems tell it in a feed.
 * `version` rises with each result of the same requirement of the same container, whatever visit it belongs to: the newest counts.
 */
import { z } from 'zod';
import { type Examination, REQUIREMENTS } from './words.ts';
import { writtenContainer } from './written.ts';

const text = z.string().min(1).max(100);

const result = z.object({
  examinationId: text,
  container: writtenContainer,
  requirement: z.enum(REQUIREMENTS),
  state: z.string().max(100),
  version: z.int().nonnegative(),
  source: text,
  officer: text.optional(),
  /** Of the image or certificate, as its system names it. */
  reference: text.optional(),
  /** ISO 8601 with offset. */
  examinedAt: z.iso.datetime({ offset: true }),
});

const STATES: readonly Examination['state'][] = ['required', 'passed', 'failed'];

export type ReadExamination = { ok: true; changes: Examination[] } | { ok: false; reason: string };

/** Reads one result of the feed. An unknown state reads as `required`: it has not been passed. */
export function readExamination(value: unknown): ReadExamination {
  const parsed = result.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, reason: `${issue?.path.join('.') || 'result'}: ${issue?.message ?? 'unreadable'}` };
  }
  const { officer, reference, state, examinedAt, ...rest } = parsed.data;
  return {
    ok: true,
    changes: [
      {
        type: 'examination',
        ...rest,
        state: STATES.find((known) => known === state) ?? 'required',
        ...(officer !== undefined && { officer }),
        ...(reference !== undefined && { reference }),
        examinedAt: Math.max(0, Date.parse(examinedAt)),
      },
    ],
  };
}
