/** What `gate act` can be asked for, and how; light, for the help needs it whenever the command line is read. */
import type { Act } from '../core/input.ts';
import { GateError } from '../platform/errors.ts';

/** What an act may need beside its kind: the subject, and options of the command line. */
type Subject = 'lane' | 'crossing' | 'vehicle' | 'alarm' | 'proposal';
type Extra = 'crossing' | 'code' | 'place' | 'for';

const ACTS: Record<Act['kind'], { subject?: Subject; extra?: Extra }> = {
  'stop-gate': {},
  'resume-gate': {},
  'stop-lane': { subject: 'lane' },
  'resume-lane': { subject: 'lane' },
  'open-lane': { subject: 'lane' },
  'close-lane': { subject: 'lane' },
  'maintain-lane': { subject: 'lane' },
  reread: { subject: 'lane' },
  identify: { subject: 'lane', extra: 'crossing' },
  'clear-finding': { subject: 'crossing', extra: 'code' },
  'confirm-place': { subject: 'crossing', extra: 'place' },
  'cancel-crossing': { subject: 'crossing' },
  'withdraw-vehicle': { subject: 'vehicle' },
  'return-vehicle': { subject: 'vehicle' },
  'acknowledge-alarm': { subject: 'alarm' },
  'shelve-alarm': { subject: 'alarm', extra: 'for' },
  'unshelve-alarm': { subject: 'alarm' },
  confirm: { subject: 'proposal' },
};
const EXTRAS: readonly Extra[] = ['crossing', 'code', 'place', 'for'];

/** Options of the command line that some acts need; `for` in minutes. */
export interface ActExtras {
  crossing?: string;
  code?: string;
  place?: string;
  for?: number;
}

/** How each act is called, one a line, for the help. */
export const actUsages = (): string[] =>
  Object.entries(ACTS).map(([kind, { subject, extra }]) =>
    [kind, subject && `<${subject}>`, extra && `--${extra} <${extra === 'for' ? 'minutes' : extra}>`]
      .filter(Boolean)
      .join(' '),
  );

/** The act that the command line asks for. Throws `USAGE` where something is missing, or given and not used. */
export function actOf(
  kind: string,
  subject: string | undefined,
  options: ActExtras,
): Record<string, string | number> {
  const known = Object.hasOwn(ACTS, kind) ? ACTS[kind as Act['kind']] : undefined;
  if (known === undefined)
    throw usage(`there is no act ${kind}`, `Use one of ${Object.keys(ACTS).join(', ')}.`);
  const how = `Use: gate act ${actUsages().find((line) => line.split(' ')[0] === kind)} …`;
  if (known.subject === undefined && subject !== undefined)
    throw usage(`${kind} takes no subject, ${subject} was given`, how);
  if (known.subject !== undefined && subject === undefined)
    throw usage(`${kind} needs its ${known.subject}`, how);
  const strange = EXTRAS.find((extra) => extra !== known.extra && options[extra] !== undefined);
  if (strange !== undefined) throw usage(`${kind} takes no --${strange}`, how);
  const act: Record<string, string | number> = { kind };
  if (known.subject !== undefined && subject !== undefined) act[known.subject] = subject;
  if (known.extra === undefined) return act;
  const value = options[known.extra];
  if (value === undefined) throw usage(`${kind} needs --${known.extra}`, how);
  if (typeof value === 'number') act.forMs = Math.round(value * 60_000);
  else act[known.extra] = value;
  return act;
}

const usage = (what: string, remedy: string): GateError => new GateError('USAGE', what, remedy);
