/**
 * How well the frames of one identity bear out the text that was expected.
 *
 * Frames of one camera see the same dirt, so they are not counted as if each were a new look: within a view, a character
 * costs doubt once. Views (the two sides of a container) are independent, their doubt adds up.
 */
import { blindTwins, checkDigit } from '../../../protocols/iso6346.ts';
import { type Aligned, GAP, UNSAID } from './align.ts';
import type { IdentifyPolicy } from './policy.ts';
import { fits, type Wanted } from './wanted.ts';

export interface Frame extends Aligned {
  /** Per mille. */
  quality: number;
}

export interface Weighed {
  /** What the best other explanation of the frames has ahead of the expected text; 0: nothing. */
  doubt: number;
  /** Another valid container number explains the frames about as well. */
  rival: boolean;
}

/** Of a view whose frames disagree: the expected character has at least half, or less. */
const OUTVOTES = 2;
const OUTVOTED = 4;
/** No frame shows a character that can stand there: it is damaged, which speaks for nobody. */
const DAMAGED = 5;

/** `views`: the frames of each camera; there is at least one. */
export function weigh(wanted: Wanted, views: readonly (readonly Frame[])[], policy: IdentifyPolicy): Weighed {
  const choices: Choice[][] = [];
  let doubt = extraDoubt(wanted, views, policy);
  let twin = false;
  for (let index = 0; index < wanted.text.length; index += 1) {
    const expected = wanted.text[index] ?? GAP;
    if (views.every((frames) => frames.every(({ glyphs }) => glyphs[index] === expected))) {
      choices.push([{ character: expected, doubt: 0 }]);
      continue;
    }
    const options = optionsAt(wanted, views, index, policy);
    choices.push(options);
    if (wanted.checked && wanted.form[index] === 'A')
      twin ||= hasTwinAt(expected, views, index, options, policy);
    doubt += excess(options, views, index, expected);
  }
  return { doubt, rival: twin || (wanted.checked && hasRival(wanted.text, choices)) };
}

/** What may be true of one place, and the doubt if it is. */
interface Choice {
  character: string;
  doubt: number;
}

/** The expected character first, then all others that a frame shows and that can stand there. */
function optionsAt(
  { text, form }: Wanted,
  views: readonly (readonly Frame[])[],
  index: number,
  policy: IdentifyPolicy,
): Choice[] {
  const characters = new Set([text[index] ?? GAP]);
  for (const frames of views)
    for (const { glyphs } of frames) {
      const character = glyphs[index] ?? GAP;
      if (character !== GAP && fits(form[index] ?? '*', character)) characters.add(character);
    }
  return Array.from(characters, (character) => choice(character, views, index, policy));
}

/** A twin that no frame shows must explain them by so much worse, too. */
const UNREAD_DOUBT_MIN = 3;

/** Whether another container, whose number differs in a letter that the check digit cannot tell apart, may stand here instead. */
function hasTwinAt(
  expected: string,
  views: readonly (readonly Frame[])[],
  index: number,
  [own, ...others]: readonly Choice[],
  policy: IdentifyPolicy,
): boolean {
  return blindTwins(expected).some((twin) => {
    const ahead = choice(twin, views, index, policy).doubt - (own?.doubt ?? 0);
    return (
      ahead < (others.some(({ character }) => character === twin) ? policy.twinDoubtMin : UNREAD_DOUBT_MIN)
    );
  });
}

const choice = (
  character: string,
  views: readonly (readonly Frame[])[],
  index: number,
  policy: IdentifyPolicy,
): Choice => ({
  character,
  doubt: views.reduce((sum, frames) => sum + doubtIn(frames, index, character, policy), 0),
});

/** The doubt of one view if `character` is what stands there. */
function doubtIn(frames: readonly Frame[], index: number, character: string, policy: IdentifyPolicy): number {
  let showing = 0;
  let others = 0;
  let least = policy.strangerDoubt;
  for (const { glyphs, quality } of frames) {
    const read = glyphs[index] ?? GAP;
    if (read === UNSAID) continue;
    if (read === character) showing += quality;
    else {
      others += quality;
      least = Math.min(least, doubtOf(character, read, policy));
    }
  }
  if (others === 0) return 0;
  if (showing === 0) return least;
  return showing >= others ? OUTVOTES : OUTVOTED;
}

function doubtOf(character: string, read: string, policy: IdentifyPolicy): number {
  if (fits('省', character) && fits('省', read)) return policy.provinceDoubt;
  return policy.confusions[character + read] ?? policy.confusions[read + character] ?? policy.strangerDoubt;
}

function excess(
  options: readonly Choice[],
  views: readonly (readonly Frame[])[],
  index: number,
  expected: string,
): number {
  const [own = { doubt: 0 }, ...others] = options;
  if (others.length > 0) return Math.max(0, own.doubt - Math.min(...others.map(({ doubt }) => doubt)));
  const shown = views.some((frames) => frames.some(({ glyphs }) => glyphs[index] === expected));
  return shown ? 0 : Math.max(0, own.doubt - DAMAGED);
}

/** Characters too many in most frames of a view make another text; where the length is fixed they are only damage. */
function extraDoubt(wanted: Wanted, views: readonly (readonly Frame[])[], policy: IdentifyPolicy): number {
  let doubt = 0;
  for (const frames of views) {
    const without = frames.reduce((sum, { extra, quality }) => sum + (extra === 0 ? quality : 0), 0);
    const withExtra = frames.reduce((sum, { extra, quality }) => sum + (extra > 0 ? quality : 0), 0);
    if (withExtra === 0) doubt -= policy.strangerDoubt;
    else if (without === 0)
      doubt += wanted.fixedLength ? policy.strangerDoubt - DAMAGED : policy.strangerDoubt;
    else doubt += without >= withExtra ? OUTVOTES - OUTVOTED : OUTVOTED - OUTVOTES;
  }
  return Math.max(0, doubt);
}

/**
 * Whether a valid number other than the expected one can be put together from what was read and explains the frames no worse.
 * The check digit is never used to change what was read: here it only says which other explanations exist.
 */
function hasRival(expected: string, choices: readonly Choice[][]): boolean {
  const own = choices.reduce((sum, [first]) => sum + (first?.doubt ?? 0), 0);
  const leastFrom: number[] = [];
  for (let index = choices.length - 1, sum = 0; index >= 0; index -= 1) {
    sum += Math.min(...(choices[index] ?? []).map(({ doubt }) => doubt));
    leastFrom[index] = sum;
  }
  const search = (code: string, doubt: number): boolean => {
    if (doubt + (leastFrom[code.length] ?? 0) > own) return false;
    if (code.length === choices.length)
      return code !== expected && String(checkDigit(code.slice(0, 10))) === code.slice(10);
    return (choices[code.length] ?? []).some((one) => search(code + one.character, doubt + one.doubt));
  };
  return search('', 0);
}
