/** What was found about a crossing: what stays with it wherever it goes on to, and the words of those who clear it. */
import { clearable } from './act-subject.ts';
import { lookAtCrossing } from './agenda.ts';
import { returnAlarm } from './alarms.ts';
import type { Examination } from './input.ts';
import { isAgainst, type Reason, type ReasonCode } from './reasons.ts';
import type { Finding } from './reconcile/case.ts';
import type { Crossing } from './state.ts';
import type { Turn } from './turn.ts';

/** Owners’ words kept for one crossing. */
const CLEARED_MAX = 20;

/** What was seen once is not undone by not being seen at the next checkpoint. */
const LASTING: ReadonlySet<ReasonCode> = new Set([
  'RADIATION_ALARM',
  'TEST_POSITIVE',
  'EXPLOSIVE_OR_CHEMICAL',
  'SEAL_BROKEN',
]);

/** It stays with the crossing until its owner has cleared it. */
export function find(crossing: Crossing, reason: Reason): void {
  if (crossing.findings.some(({ code }) => code === reason.code)) return;
  crossing.findings = [...crossing.findings, reason];
}

/** Of the reasons against a crossing, keeps those that go with it. */
export function keepFindings(crossing: Crossing, reasons: readonly Reason[]): void {
  for (const one of reasons) if (LASTING.has(one.code) && isAgainst(one)) find(crossing, one);
}

/** The specialised unit has measured what had raised the alarm, and found nothing. */
export function explainRadiation(
  crossing: Crossing,
  { requirement, state }: Pick<Examination, 'requirement' | 'state'>,
): void {
  if (requirement !== 'radiation' || state !== 'passed') return;
  crossing.findings = crossing.findings.filter(({ code }) => code !== 'RADIATION_ALARM');
}

/** Of a crossing that was taken up from a restored log it is known again where its vehicle is. */
export function seenAgain(turn: Turn, crossing: Crossing): void {
  if (!isUnseen(crossing)) return;
  crossing.findings = crossing.findings.filter(({ code }) => code !== 'UNSEEN_SINCE_RESTORE');
  lookAtCrossing(turn, crossing);
}

export const isUnseen = ({ findings }: Crossing): boolean =>
  findings.some(({ code }) => code === 'UNSEEN_SINCE_RESTORE');

/** Its owner has cleared what was found, or what stands against it where it is now: the crossing goes on. */
export function clearFinding(
  turn: Turn,
  id: string,
  code: string,
  by: Pick<Finding, 'person' | 'role' | 'reason'>,
): string | null {
  const crossing = turn.state.crossings[id];
  if (crossing === undefined) return `there is no crossing ${id}`;
  const found = clearable(turn.state, { crossing: id, code });
  crossing.findings = crossing.findings.filter((finding) => finding.code !== code);
  // What is judged anew would be found anew: this one of its kind no longer counts.
  const { person, role, reason } = by;
  const word: Finding = { code, person, role, reason, at: turn.state.now, detail: found?.detail ?? '' };
  crossing.cleared = [...(crossing.cleared ?? []), word].slice(-CLEARED_MAX);
  if (code === 'JOB_FAILED') crossing.jobFailures = 0;
  if (code === 'RECALLED') returnAlarm(turn, 'RECALLED', id);
  lookAtCrossing(turn, crossing);
  return null;
}
