/**
 * UN/EDIFACT syntax (ISO 9735, versions 1 to 3): segments of elements of components, between service characters, in one of the
 * character repertoires that the interchange header names. Knows nothing of what the segments mean.
 */

/** A component is a text; an element has one or more of them; a segment has a tag and elements. */
export interface Segment {
  tag: string;
  elements: string[][];
}

/** ISO 9735 level A (upper case), B (ISO 646) and C (ISO 8859-1), with the syntax version each came with. */
export const CHARSETS = { UNOA: 2, UNOB: 2, UNOC: 3 } as const;
export type Charset = keyof typeof CHARSETS;

/** `offset` counts characters from the beginning of the interchange. */
export class EdifactError extends Error {
  override readonly name = 'EdifactError';
  readonly offset: number | undefined;
  constructor(message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at character ${offset})`);
    this.offset = offset;
  }
}

interface ServiceCharacters {
  component: string;
  element: string;
  release: string;
  terminator: string;
}
const DEFAULTS: ServiceCharacters = { component: ':', element: '+', release: '?', terminator: "'" };

const REPERTOIRES: Record<Charset, RegExp> = {
  // The service characters belong to it: they are written with the release character before them.
  UNOA: /^[A-Z0-9 .,\-()/=!"%&*;<>'+:?]*$/,
  UNOB: /^[A-Za-z0-9 .,\-()/=!"%&*;<>'+:?]*$/,
  UNOC: /^[\u0020-\u007e\u00a0-\u00ff]*$/,
};

/**
 * The text as `charset` can carry it: a diacritic it lacks is dropped (Đặng → Dang), and level A has capitals only. Undefined
 * if a character is left that it has none for, such as 桂: to leave it out would make another text of it.
 */
export function inCharset(text: string, charset: Charset): string | undefined {
  const fits = REPERTOIRES[charset];
  const raised = charset === 'UNOA' ? text.toUpperCase() : text;
  if (fits.test(raised)) return raised;
  const plain = [...raised]
    .map((character) =>
      fits.test(character)
        ? character
        : character
            .normalize('NFD')
            .replace(/\p{Mark}/gu, '')
            .replace('Đ', 'D')
            .replace('đ', 'd'),
    )
    .join('');
  return fits.test(plain) ? plain : undefined;
}

/** One segment with its terminator. Empty components and elements at an end are left out, as ISO 9735 asks. */
export function writeSegment({ tag, elements }: Segment): string {
  const parts = elements.map((components) => withoutTail(components.map(released)).join(DEFAULTS.component));
  return [tag, ...withoutTail(parts)].join(DEFAULTS.element) + DEFAULTS.terminator;
}

const released = (text: string): string => text.replace(/[?:+']/g, '?$&');

function withoutTail(parts: readonly string[]): readonly string[] {
  let end = parts.length;
  while (end > 0 && parts[end - 1] === '') end -= 1;
  return parts.slice(0, end);
}

/** A segment written plainly: `segment('EQD', 'CN', ['CSQU3054383'])`. */
export const segment = (tag: string, ...elements: (string | string[])[]): Segment => ({
  tag,
  elements: elements.map((element) => (typeof element === 'string' ? [element] : element)),
});

/**
 * Bytes of an interchange.
 * @throws EdifactError if a character is outside the repertoire: what goes in has passed {@link inCharset} before.
 */
export function encodeEdifact(text: string, charset: Charset): Buffer {
  const at = [...text].findIndex((character) => !REPERTOIRES[charset].test(character));
  if (at >= 0) throw new EdifactError(`${charset} has no character ${JSON.stringify([...text][at])}`, at);
  return Buffer.from(text, 'latin1');
}

/** The text of an interchange, by the repertoire that its header names. */
export function decodeEdifact(bytes: Uint8Array): { text: string; charset: Charset } {
  // Level A to C agree in the characters that the header is made of.
  const text = Buffer.from(bytes).toString('latin1');
  const name = /^(?:UNA.{6}\s*)?UNB.(UNO[A-Z])/s.exec(text)?.[1];
  if (name === undefined || !(name in CHARSETS))
    throw new EdifactError(`no interchange in UNOA, UNOB or UNOC (${name ?? 'no UNB'})`);
  const charset = name as Charset;
  if (!REPERTOIRES[charset].test(text.replace(/[\r\n]/g, '')))
    throw new EdifactError(`a character is outside ${charset}`);
  return { text, charset };
}

/** Reads segments; a service string advice (UNA) is obeyed, line ends after a terminator are skipped. */
export function readSegments(text: string): Segment[] {
  const una = text.startsWith('UNA') ? text.slice(3, 9) : undefined;
  if (una !== undefined && una.length < 6) throw new EdifactError('UNA is cut off', 0);
  const marks: ServiceCharacters =
    una === undefined
      ? DEFAULTS
      : {
          component: una.charAt(0),
          element: una.charAt(1),
          // A blank means that no release character is used.
          release: una.charAt(3) === ' ' ? '' : una.charAt(3),
          terminator: una.charAt(5),
        };
  const segments: Segment[] = [];
  let elements: string[][] = [];
  let components: string[] = [];
  let component = '';
  let begun = false;

  for (let at = una === undefined ? 0 : 9; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (!begun && /[\r\n ]/.test(character)) continue;
    begun = true;
    if (character === marks.release) {
      at += 1;
      if (at >= text.length) throw new EdifactError('the release character is the last one', at - 1);
      component += text.charAt(at);
    } else if (character === marks.component) {
      components.push(component);
      component = '';
    } else if (character === marks.element || character === marks.terminator) {
      elements.push([...components, component]);
      components = [];
      component = '';
      if (character !== marks.terminator) continue;
      const [[tag = ''] = [], ...rest] = elements;
      if (!/^[A-Z]{3}$/.test(tag)) throw new EdifactError(`${JSON.stringify(tag)} is no segment tag`, at);
      segments.push({ tag, elements: rest });
      elements = [];
      begun = false;
    } else component += character;
  }
  if (begun) throw new EdifactError('the last segment has no terminator', text.length);
  return segments;
}
