/** What the journal says that becomes files for partners and officers. Read loosely: members added later do no harm. */
import { z } from 'zod';
import type { JournalEntry } from '../../journal/journal.ts';
import { customsReport } from '../decisions.ts';

const text3 = z.object({ vi: z.string(), en: z.string(), zh: z.string() });
const direction = z.enum(['export', 'import']);

const crossing = z.object({
  crossing: z.string(),
  direction,
  load: z.string().optional(),
  containers: z.array(z.string()),
  vehicle: z.string().optional(),
  truck: z.string().optional(),
  move: z.string().optional(),
});
const found = z.object({
  code: z.string(),
  severity: z.string(),
  owner: z.string(),
  detail: z.string(),
  text: text3.optional(),
});
const verdict = z.object({
  checkpoint: z.string(),
  lane: z.string().optional(),
  visit: z.union([z.string(), z.number()]).optional(),
  crossing: z.string().nullish(),
  reasons: z.array(found),
});
/** Of a crossing that is over. */
const caseOpened = z.object({
  id: z.string(),
  crossing: z.string(),
  containers: z.array(z.string()),
  reasons: z.array(found),
});
const alarm = z.object({
  /** `CODE/subject`. */
  alarm: z.string(),
  state: z.string(),
  priority: z.string().optional(),
  text: text3.optional(),
});
const alarmDropped = z.object({ alarm: z.string() });
const handover = z.object({ record: z.string().optional(), data: z.string() });

const schemas = {
  crossing,
  verdict,
  alarm,
  'alarm-dropped': alarmDropped,
  'case-opened': caseOpened,
  'customs-report': customsReport,
  handover,
};
type Schemas = typeof schemas;
export type UpstreamDecision = {
  [Type in keyof Schemas]: { type: Type; body: z.infer<Schemas[Type]> };
}[keyof Schemas];
export type CrossingDecision = z.infer<typeof crossing>;
export type VerdictDecision = z.infer<typeof verdict>;
export type CaseDecision = z.infer<typeof caseOpened>;
export type AlarmDecision = z.infer<typeof alarm>;

const isOurs = (type: string): type is keyof Schemas => Object.hasOwn(schemas, type);

/**
 * The decision in an entry; undefined if the entry is none of ours.
 * @throws if it is one of ours and cannot be read.
 */
export function upstreamDecisionOf(entry: JournalEntry): UpstreamDecision | undefined {
  const { kind, type } = entry;
  if (kind !== 'decision' || !isOurs(type)) return undefined;
  return { type, body: schemas[type].parse(JSON.parse(entry.body)) } as UpstreamDecision;
}
