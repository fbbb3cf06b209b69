/** What a gate asks of the system of a scanner, a quarantine station or another examiner: to examine a container. */
import { z } from 'zod';
import { REQUIREMENTS, type Requirement } from './words.ts';

export interface ExaminationAsk {
  /** Idempotency key: the same ask told twice is one ask. */
  askId: string;
  gate: string;
  container: string;
  requirement: Requirement;
  /** ISO 8601 with offset: when the gate decided to ask. */
  askedAt: string;
}

const wireAsk = z.object({
  askId: z.string().min(1).max(100),
  gate: z.string().min(1).max(40),
  container: z.string().min(1).max(20),
  requirement: z.enum(REQUIREMENTS),
  askedAt: z.iso.datetime({ offset: true }),
});

export const writeExaminationAsk = (ask: ExaminationAsk): z.infer<typeof wireAsk> => ask;

/** An ask in our words; undefined if it is none. */
export function readExaminationAsk(value: unknown): ExaminationAsk | undefined {
  const parsed = wireAsk.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
