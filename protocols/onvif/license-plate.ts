/**
 * Notifications of a recognised plate, `tns1:RuleEngine/Recognition/LicensePlate` (ONVIF Profile M; Analytics Service
 * Specification, annex on recognition), and the reply to PullMessages that carries them (Core Specification, clause 9).
 *
 * Cameras differ: one item or several, the likelihood missing, quoted or beside the plate, the plate as an element or as a
 * simple item. All are read; nothing is guessed.
 */
import { parseSoap } from './soap.ts';
import { childrenOf, descend, descendants, escapeXml, type XmlNode } from './xml.ts';

const TOPIC = 'RuleEngine/Recognition/LicensePlate';

export interface PlateNotification {
  /** Exactly the camera's characters, white space at both ends removed; may hold a line break. */
  plate: string;
  /** As the camera gives it, such as `VN` or `CHN`. */
  country?: string;
  /** Per mille; absent when the camera gives none. */
  likelihoodPerMille?: number;
  /** The camera's claim of when it read the plate, milliseconds since 1970. */
  utcTimeMs: number;
  /** Where the camera keeps its picture. */
  imageUri?: string;
  /** Simple items of source and key: video source, rule, object. */
  source: Readonly<Record<string, string>>;
}

export type PlateDecodeResult =
  | { kind: 'plate'; value: PlateNotification }
  /** A notification of another topic. */
  | { kind: 'other'; topic: string }
  | { kind: 'unreadable'; reason: string };

export type PullReply =
  /** The NotificationMessage elements, oldest first. */
  | { kind: 'messages'; messages: XmlNode[] }
  | { kind: 'fault'; reason: string }
  | { kind: 'unreadable'; reason: string };

/** Opens the reply to PullMessages. */
export function parsePullReply(xml: string): PullReply {
  const message = parseSoap(xml);
  if (message.kind !== 'body') return message;
  const { operation } = message;
  if (operation.name !== 'PullMessagesResponse') {
    return { kind: 'unreadable', reason: `${operation.name} where PullMessagesResponse was due` };
  }
  return { kind: 'messages', messages: childrenOf(operation, 'NotificationMessage') };
}

/** Topics may carry a prefix on any part, and the camera chooses it. */
const topicOf = (notification: XmlNode): string =>
  (descend(notification, 'Topic')?.text.trim() ?? '')
    .split('/')
    .map((part) => part.slice(part.indexOf(':') + 1))
    .join('/');

/** xs:dateTime; without a zone it is UTC, as the attribute's name says. */
function parseTime(text: string | undefined): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?$/.exec(text?.trim() ?? '');
  const at = match === null ? Number.NaN : Date.parse(`${match[1]}${match[2] ?? 'Z'}`);
  return Number.isNaN(at) ? undefined : at;
}

/** xs:float from 0 to 1, to per mille. `undefined`: none given. `invalid`: a percentage, or no number; never guessed. */
function parseLikelihood(text: string | undefined): number | undefined | 'invalid' {
  const plain = text?.trim().replace(/^"(.*)"$/, '$1') ?? '';
  if (plain === '') return undefined;
  const value = /^[0-9.eE+-]+$/.test(plain) ? Number(plain) : Number.NaN;
  return value >= 0 && value <= 1 ? Math.round(value * 1000) : 'invalid';
}

const simpleItems = (node: XmlNode | undefined): Record<string, string> =>
  Object.fromEntries(
    (node === undefined ? [] : descendants(node, 'SimpleItem')).map(({ attributes }) => [
      attributes.Name ?? '',
      attributes.Value ?? '',
    ]),
  );

interface Candidate {
  text: string;
  likelihood: number | undefined | 'invalid';
}

/** Of several readings of one plate the likeliest; the first of equals. */
function likeliest(candidates: readonly Candidate[]): Candidate | undefined {
  const weight = ({ likelihood }: Candidate): number => (typeof likelihood === 'number' ? likelihood : -1);
  return candidates.reduce<Candidate | undefined>(
    (best, next) => (best === undefined || weight(next) > weight(best) ? next : best),
    undefined,
  );
}

/** Reads one NotificationMessage. */
export function decodePlateNotification(notification: XmlNode): PlateDecodeResult {
  const topic = topicOf(notification);
  if (topic !== TOPIC) return { kind: 'other', topic };
  const unreadable = (reason: string): PlateDecodeResult => ({ kind: 'unreadable', reason });

  const message = descend(notification, 'Message', 'Message');
  const data = message && descend(message, 'Data');
  if (message === undefined || data === undefined) return unreadable('no message data');
  const utcTimeMs = parseTime(message.attributes.UtcTime);
  if (utcTimeMs === undefined)
    return unreadable(`UtcTime is not a time: ${message.attributes.UtcTime ?? 'missing'}`);

  const items = simpleItems(data);
  const elements = descendants(data, 'PlateNumber').map(
    (node): Candidate => ({ text: node.text, likelihood: parseLikelihood(node.attributes.Likelihood) }),
  );
  const candidates =
    elements.length > 0 ? elements : [{ text: items.PlateNumber ?? '', likelihood: undefined }];
  const best = likeliest(candidates.filter(({ text }) => text.trim() !== ''));
  if (best === undefined) return unreadable('no plate number');
  const likelihood = best.likelihood ?? parseLikelihood(items.Likelihood);
  if (likelihood === 'invalid') return unreadable('the likelihood is not between 0 and 1');

  const country = (descendants(data, 'CountryCode')[0]?.text ?? items.CountryCode ?? '').trim();
  const imageUri = (descendants(data, 'ImageURI')[0]?.text ?? items.ImageURI ?? items.ImageUri ?? '').trim();
  return {
    kind: 'plate',
    value: {
      plate: best.text.trim(),
      ...(country !== '' && { country }),
      ...(likelihood !== undefined && { likelihoodPerMille: likelihood }),
      utcTimeMs,
      ...(imageUri !== '' && { imageUri }),
      source: { ...simpleItems(descend(message, 'Source')), ...simpleItems(descend(message, 'Key')) },
    },
  };
}

/** One NotificationMessage as a Profile M camera writes it; for `soapEnvelope`, whose prefixes it uses. */
export function buildPlateNotification(notification: PlateNotification): string {
  const likelihood =
    notification.likelihoodPerMille === undefined
      ? ''
      : ` Likelihood="${notification.likelihoodPerMille / 1000}"`;
  const source = Object.entries(notification.source).map(
    ([name, value]) => `<tt:SimpleItem Name="${escapeXml(name)}" Value="${escapeXml(value)}"/>`,
  );
  const country =
    notification.country === undefined
      ? ''
      : `<tt:CountryCode>${escapeXml(notification.country)}</tt:CountryCode>`;
  const image =
    notification.imageUri === undefined
      ? ''
      : `<tt:SimpleItem Name="ImageURI" Value="${escapeXml(notification.imageUri)}"/>`;
  return (
    '<wsnt:NotificationMessage>' +
    `<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:${TOPIC}</wsnt:Topic>` +
    `<wsnt:Message><tt:Message UtcTime="${new Date(notification.utcTimeMs).toISOString()}">` +
    `<tt:Source>${source.join('')}</tt:Source><tt:Data><tt:ElementItem Name="LicensePlateInfo"><tt:LicensePlateInfo>` +
    `<tt:PlateNumber${likelihood}>${escapeXml(notification.plate)}</tt:PlateNumber>${country}` +
    `</tt:LicensePlateInfo></tt:ElementItem>${image}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`
  );
}
