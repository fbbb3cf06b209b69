/** Journal entries as sentences for people. */
import type { JournalEntry } from '../journal/journal.ts';

type Body = Record<string, unknown>;

const list = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(', ') : '');

const boxes = ({ load, containers }: Body): string => {
  const how = load === 'empty' ? ' (an empty box)' : load === 'return' ? ' (a return)' : '';
  return `${list(containers)}${how}`;
};

/** What a stage means, for the narration of the demonstration and of `gate journal show`. */
export function tellStage(body: Body): string {
  const what = body.load === 'bobtail' ? `${String(body.vehicle)} (empty)` : boxes(body);
  const by = body.vehicle === undefined ? '' : ` on ${String(body.vehicle)}`;
  switch (body.stage) {
    case 'announced':
      return `${what} is announced; truck ${String(body.truck)} will bring it`;
    case 'truck-inside':
      return `${what} entered the yard on truck ${String(body.truck)}`;
    case 'in-yard':
      return `${what} stands in the yard`;
    case 'loading':
      return `${what} is to be loaded on ${String(body.vehicle)}`;
    case 'loaded':
      return body.load === 'bobtail' ? `${what} may start home` : `${what} is loaded${by}`;
    case 'at-border-out':
      return `${what} waits before the border${body.load === 'bobtail' ? '' : by}; line clear asked`;
    case 'offered':
      return `${what} is announced by the gate across the border`;
    case 'granted':
      return `line clear given for ${what}`;
    case 'departed':
      return body.direction === 'export'
        ? `${what} is released over the border`
        : `${what} has left the other side`;
    case 'arrived':
      return `${what} has arrived before the border entry`;
    case 'entering':
      return `${what} entered the yard from the border`;
    case 'collecting':
      return `truck ${String(body.truck)} is in to fetch ${what}`;
    case 'on-truck':
      return `${what} is loaded on truck ${String(body.truck)}`;
    case 'completed':
      return `${what} is complete`;
    default:
      return `${what}: ${String(body.stage)}`;
  }
}

function tellReasons(reasons: unknown): string {
  if (!Array.isArray(reasons) || reasons.length === 0) return '';
  return `: ${reasons.map((one: { code: string; detail: string; text: { en: string } }) => `${one.text.en}${one.detail === '' ? '' : ` (${one.detail})`}`).join('; ')}`;
}

interface Seen {
  device: string;
  value: string;
  quality: number;
  image?: string;
}

/** What was seen when a verdict was given: device, value, quality, and the picture's name. */
function tellEvidence(evidence: unknown): string {
  if (evidence === undefined) return '';
  const { plate, container, weightKg } = evidence as { plate?: Seen; container?: Seen; weightKg?: number };
  const read = ({ device, value, quality, image }: Seen): string =>
    `${value} by ${device} ${quality / 10} %${image === undefined ? '' : `, picture ${image.slice(0, 12)}…`}`;
  const parts = [
    ...(plate === undefined ? [] : [`plate ${read(plate)}`]),
    ...(container === undefined ? [] : [`container ${read(container)}`]),
    ...(weightKg === undefined ? [] : [`weight ${weightKg} kg`]),
  ];
  return parts.length === 0 ? '' : ` [${parts.join('; ')}]`;
}

/** One line for an entry, or null where it says nothing a person needs. */
export function tellEntry(entry: JournalEntry): string | null {
  const body = JSON.parse(entry.body) as Body;
  const text = entry.kind === 'input' ? tellInput(entry.type, body) : tellDecision(entry.type, body);
  return text === null ? null : `${new Date(entry.at).toISOString()} #${entry.seq} ${text}`;
}

function tellDecision(type: string, body: Body): string | null {
  switch (type) {
    case 'crossing':
      return `${String(body.crossing)}: ${tellStage(body)}`;
    case 'verdict':
      return `${String(body.checkpoint)}: ${String(body.verdict)}${tellReasons(body.reasons)}${tellEvidence(body.evidence)}`;
    case 'release':
      return `released at ${String(body.lane)}`;
    case 'truck-sent-off':
      return `${String(body.truck)} is sent off from ${String(body.bay)} without its container: ${String(body.difference)} is open`;
    case 'to-refuge':
      return `sent aside at ${String(body.lane)} to ${String(body.refuge)}${tellReasons(body.reasons)}`;
    case 'command':
      return `command ${String(body.commandId)} to ${String(body.device)}: ${String(body.kind)} ${String(body.to ?? body.orderId ?? '')}`;
    case 'handover':
      return `line ${String(body.line)} of our log: ${String(body.record)}`;
    case 'customs-report':
      return `customs told: ${String(body.kind)} of ${String(body.container)} at ${String(body.eventTime)}`;
    case 'alarm':
      return `alarm ${String(body.alarm)} ${String(body.state)}${body.announced === false ? ', not announced' : ''}`;
    case 'act':
      return `${tellAct(body)}${body.confirmedBy === undefined ? '' : `; confirmed by ${String((body.confirmedBy as Body).person)}`}`;
    case 'proposal':
      return `${tellAct(body)}: proposal ${String(body.proposal)} ${String(body.state)}`;
    case 'act-refused':
      return `${String(body.person)} asked for ${tellWhat(body)}, refused: ${String(body.reason)}`;
    case 'refused':
      return `command ${String(body.commandId)} was not sent: ${String(body.reason)}`;
    case 'visit-ended':
      return body.passed === true
        ? `passed ${String(body.lane)}`
        : `left ${String(body.lane)} without passing`;
    default:
      return null;
  }
}

/** An act as it was asked for: `clear-finding huu-nghi-7 JOB_FAILED`. */
const tellWhat = ({ act }: Body): string => Object.values(act as Body).join(' ');
const tellAct = (body: Body): string =>
  `${String(body.person)}: ${tellWhat(body)}${body.reason === undefined ? '' : ` (${String(body.reason)})`}`;

function keysTold(body: Body): string {
  const names = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);
  const revoked = (Array.isArray(body.revoked) ? (body.revoked as Body[]) : []).map(
    ({ kid, upTo }) =>
      `${String(kid)} revoked, ${upTo === null ? 'nothing' : `up to line ${String(upTo)}`} stands`,
  );
  return [
    ...names(body.trusted).map((kid) => `${kid} trusted`),
    ...revoked,
    ...names(body.removed).map((kid) => `${kid} removed`),
  ].join('; ');
}

function tellInput(type: string, body: Body): string | null {
  switch (type) {
    case 'plate':
      return `${String(body.device)} read plate ${String(body.plate)} (${Number(body.quality) / 10} %)`;
    case 'container':
      return `${String(body.device)} read container ${String(body.code)} (${Number(body.quality) / 10} %)`;
    case 'clearance':
      return `customs (${String(body.source)}): ${String(body.container)} under ${String(body.declaration)} is ${String(body.status)}`;
    case 'booking':
      return `booked: truck ${String(body.truckPlate)} for ${boxes({ ...body, containers: [body.container] })}`;
    case 'counterpart-fault':
      return `${body.log === 'ours' ? 'our' : 'the other gate’s'} log: ${String(body.kind)}, ${String(body.reason)}`;
    case 'log-keys-changed':
      return `keys of ${body.log === 'ours' ? 'our' : 'the other gate’s'} log, by ${String(body.file)}: ${keysTold(body)}`;
    case 'counterpart-record':
      return `line ${String(body.line)} of the other gate’s log: ${String((body.record as Body | undefined)?.kind)}`;
    default:
      return null;
  }
}
