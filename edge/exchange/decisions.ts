/** The core's decisions that concern exchange, read from the journal. */
import { z } from 'zod';
import { REQUIREMENTS } from '../../protocols/clearance/words.ts';
import type { JournalEntry } from '../journal/journal.ts';

const handover = z.object({ line: z.int().positive(), data: z.string() });
export const customsReport = z.object({
  reportId: z.string().min(1),
  kind: z.enum(['get-in', 'get-out']),
  container: z.string(),
  declarations: z.array(z.string()),
  eventTime: z.string(),
  /** Absent in journals of before: nothing is known to be used up by it. */
  crossing: z.string().optional(),
  /** Seals that were read on it; absent: nobody has looked. */
  seals: z.array(z.string()).optional(),
});
const askClearance = z.object({ container: z.string() });
const askExamination = z.object({ container: z.string(), requirement: z.enum(REQUIREMENTS) });
export type ReportDecision = z.infer<typeof customsReport>;
export type AskExamination = z.infer<typeof askExamination>;

export type Decision =
  | { type: 'handover'; body: z.infer<typeof handover> }
  | { type: 'customs-report'; body: z.infer<typeof customsReport> }
  | { type: 'ask-clearance'; body: z.infer<typeof askClearance> }
  | { type: 'ask-examination'; body: AskExamination }
  /** Something was found wrong with one of the two logs, or cleared. */
  | { type: 'log-fault' }
  /** One of ours, but not in a form we know: control is of another release. */
  | { type: 'unreadable'; reason: string };

/** The decision in an entry; undefined if the entry is none of ours. */
export function decisionOf(entry: JournalEntry): Decision | undefined {
  if (entry.kind !== 'decision') return undefined;
  try {
    const body: unknown = JSON.parse(entry.body);
    if (entry.type === 'handover') return { type: 'handover', body: handover.parse(body) };
    if (entry.type === 'customs-report') return { type: 'customs-report', body: customsReport.parse(body) };
    if (entry.type === 'ask-clearance') return { type: 'ask-clearance', body: askClearance.parse(body) };
    if (entry.type === 'ask-examination')
      return { type: 'ask-examination', body: askExamination.parse(body) };
    if (entry.type === 'log-fault' || entry.type === 'log-fault-cleared') return { type: 'log-fault' };
    return undefined;
  } catch (error) {
    return { type: 'unreadable', reason: `${entry.type} in journal entry ${entry.seq}: ${String(error)}` };
  }
}

/** The only inputs that exchange looks at. */
export const INPUTS_READ: readonly string[] = ['boot'];

/** Control has just started: whatever was told it as a latest value has to be told again. */
export const isBoot = (entry: JournalEntry): boolean => entry.kind === 'input' && entry.type === 'boot';
