/** What `gate act` can be asked for, and how; light, for the help needs it whenever the command line is read. */
import type { Act } from '../core/input.ts';
import { GateError, messageOf } from '../platform/errors.ts';

/** What an act may need beside its kind: the subject, and options of the command line. */
type Subject =
  | ('lane' | 'crossing' | 'vehicle' | 'alarm' | 'proposal' | 'case')
  | ('closure' | 'track' | 'move' | 'number' | 'log' | 'discrepancy');
type Extra = keyof ActExtras;

/** `optional`: left out of the act where it is not given. */
const ACTS: Record<
  Act['kind'],
  { subject?: Subject; extras?: readonly Extra[]; optional?: readonly Extra[] }
> = {
  'stop-gate': {},
  'resume-gate': {},
  'stop-lane': { subject: 'lane' },
  'resume-lane': { subject: 'lane' },
  'open-lane': { subject: 'lane' },
  'close-lane': { subject: 'lane' },
  'maintain-lane': { subject: 'lane' },
  reread: { subject: 'lane' },
  identify: { subject: 'lane', extras: ['crossing'], optional: ['visit'] },
  observe: { subject: 'lane', extras: ['seen', 'photo'], optional: ['visit'] },
  'clear-finding': { subject: 'crossing', extras: ['code'] },
  'confirm-place': { subject: 'crossing', extras: ['place'] },
  'cancel-crossing': { subject: 'crossing' },
  'withdraw-vehicle': { subject: 'vehicle' },
  'return-vehicle': { subject: 'vehicle' },
  'acknowledge-alarm': { subject: 'alarm' },
  'shelve-alarm': { subject: 'alarm', extras: ['for'] },
  'unshelve-alarm': { subject: 'alarm' },
  'declare-outage': { extras: ['basis', 'until', 'sources', 'hs'] },
  'end-outage': {},
  'close-case': { subject: 'case' },
  'clear-log-fault': { subject: 'log' },
  'close-section': { extras: ['code', 'tracks', 'from', 'to', 'text'] },
  'reopen-section': { subject: 'closure' },
  'reset-block': { subject: 'track', extras: ['moves'] },
  'hotline-offer': { subject: 'lane' },
  'hotline-grant': {
    subject: 'move',
    extras: ['track', 'vehicle', 'plate', 'load', 'containers', 'officer'],
  },
  'hotline-use': { subject: 'number', extras: ['move', 'hold', 'officer'] },
  'hotline-arrived': { subject: 'number' },
  'hotline-clear': { subject: 'number' },
  dispute: {
    subject: 'move',
    extras: ['code'],
    optional: ['container', 'expected', 'found', 'text', 'photo'],
  },
  'joint-inspection': {
    subject: 'discrepancy',
    extras: ['outcome', 'inspectors'],
    optional: ['text', 'photo'],
  },
  'close-discrepancy': { subject: 'discrepancy', extras: ['outcome'], optional: ['text'] },
  confirm: { subject: 'proposal' },
};
const EXTRAS: readonly Extra[] = [
  ...(['crossing', 'code', 'place', 'for', 'seen', 'photo', 'visit'] as const),
  ...(['basis', 'until', 'sources', 'hs'] as const),
  ...(['tracks', 'from', 'to', 'text', 'moves'] as const),
  ...(['track', 'vehicle', 'plate', 'load', 'containers', 'officer', 'move', 'hold'] as const),
  ...(['container', 'expected', 'found', 'outcome', 'inspectors'] as const),
];
/** What an act does without. */
const OPTIONAL: ReadonlySet<Extra> = new Set<Extra>([
  ...(['hs', 'tracks', 'moves', 'containers'] as const),
  ...(['from', 'to', 'text'] as const),
]);
/** Written with commas; none is an empty list. */
const LISTS: ReadonlySet<Extra> = new Set<Extra>([
  ...(['sources', 'hs', 'tracks', 'moves', 'containers', 'inspectors'] as const),
]);
/** What the help calls an option’s value, where that is not the option’s name. */
const VALUES: Partial<Record<Extra, string>> = {
  for: 'minutes',
  seen: 'json',
  photo: 'sha256',
  basis: 'law',
  until: 'time',
  sources: 'systems',
  hs: 'codes',
  from: 'time',
  to: 'time',
  hold: 'node',
  text: 'lang:words',
  inspectors: 'names',
};

/**
 * Options of the command line that some acts need; `for` in minutes, `seen` as JSON, times ISO 8601, lists with commas, `text` after
 * its language.
 */
export interface ActExtras {
  crossing?: string;
  code?: string;
  place?: string;
  for?: number;
  seen?: string;
  photo?: string;
  visit?: string;
  basis?: string;
  until?: string;
  sources?: string;
  hs?: string;
  tracks?: string;
  from?: string;
  to?: string;
  text?: string;
  moves?: string;
  track?: string;
  vehicle?: string;
  plate?: string;
  load?: string;
  containers?: string;
  officer?: string;
  move?: string;
  hold?: string;
  container?: string;
  expected?: string;
  found?: string;
  outcome?: string;
  inspectors?: string;
}

function usageOf(extra: Extra): string {
  const text = optionOf(extra);
  return OPTIONAL.has(extra) ? `[${text}]` : text;
}

const optionOf = (extra: Extra): string => `--${extra} <${VALUES[extra] ?? extra}>`;

/** How each act is called, one a line, for the help. */
export const actUsages = (): string[] =>
  Object.entries(ACTS).map(([kind, { subject, extras = [], optional = [] }]) =>
    [
      kind,
      subject && `<${subject}>`,
      ...extras.map(usageOf),
      ...optional.map((extra) => `[${optionOf(extra)}]`),
    ]
      .filter(Boolean)
      .join(' '),
  );

/** The act that the command line asks for. Throws `USAGE` where something is missing, or given and not used. */
export function actOf(
  kind: string,
  subject: string | undefined,
  options: ActExtras,
): Record<string, unknown> {
  const known = Object.hasOwn(ACTS, kind) ? ACTS[kind as Act['kind']] : undefined;
  if (known === undefined)
    throw usage(`there is no act ${kind}`, `Use one of ${Object.keys(ACTS).join(', ')}.`);
  const how = `Use: gate act ${actUsages().find((line) => line.split(' ')[0] === kind)} …`;
  if (known.subject === undefined && subject !== undefined)
    throw usage(`${kind} takes no subject, ${subject} was given`, how);
  if (known.subject !== undefined && subject === undefined)
    throw usage(`${kind} needs its ${known.subject}`, how);
  const { extras = [], optional = [] } = known;
  const taken = [...extras, ...optional.filter((extra) => options[extra] !== undefined)];
  const strange = EXTRAS.find((extra) => !taken.includes(extra) && options[extra] !== undefined);
  if (strange !== undefined) throw usage(`${kind} takes no --${strange}`, how);
  const act: Record<string, unknown> = { kind };
  if (known.subject !== undefined && subject !== undefined) act[known.subject] = subject;
  for (const extra of taken) {
    const value = options[extra];
    if (value === undefined && !OPTIONAL.has(extra)) throw usage(`${kind} needs --${extra}`, how);
    if (value === undefined && !LISTS.has(extra)) continue;
    const [field, word] = fieldOf(extra, value ?? '', how);
    act[field] = word;
  }
  return act;
}

/** The field of the act that an option of the command line fills. */
function fieldOf(extra: Extra, value: string | number, how: string): [field: string, word: unknown] {
  switch (extra) {
    case 'seen':
      return ['seen', seenOf(String(value))];
    case 'for':
      return ['forMs', Math.round(Number(value) * 60_000)];
    case 'basis':
      return ['legalBasis', value];
    case 'until':
    case 'from':
    case 'to':
      return [`${extra}At`, instantOf(String(value), how)];
    case 'text':
      return [extra, textOf(String(value), how)];
    default:
      return [extra, LISTS.has(extra) ? wordsOf(String(value)) : value];
  }
}

/** `vi:Kẹp chì bị đứt`: the language it is said in, and the words. */
function textOf(given: string, how: string): { lang: string; text: string } {
  const [, lang, text] = /^([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*):(.+)$/s.exec(given) ?? [];
  if (lang === undefined || text === undefined)
    throw usage(`${given} does not say its language first, such as vi:… or zh:…`, how);
  return { lang, text: text.trim() };
}

const wordsOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

function instantOf(text: string, how: string): number {
  const at = Date.parse(text);
  if (!/T.*(Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(at))
    throw usage(`${text} is no time with its offset, such as 2026-07-01T18:00:00+07:00`, how);
  return at;
}

function seenOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const example = '{"kind":"seal","value":"VN123456","state":"intact","quality":1000}';
    throw usage(`--seen is not JSON: ${messageOf(error)}`, `Write it like '${example}'.`);
  }
}

const usage = (what: string, remedy: string): GateError => new GateError('USAGE', what, remedy);
