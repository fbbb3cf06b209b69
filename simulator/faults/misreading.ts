/** How cameras go wrong: one letter or digit taken for one that looks like it. */
import type { Random } from '../../edge/platform/random.ts';

const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': '8',
  '1': '7',
  '2': '7',
  '3': '8',
  '4': '1',
  '5': '6',
  '6': '5',
  '7': '1',
  '8': '3',
  '9': '8',
  B: 'D',
  C: 'G',
  D: 'O',
  E: 'F',
  F: 'P',
  G: 'C',
  L: 'I',
  M: 'N',
  S: 'B',
  T: 'I',
  U: 'V',
  X: 'K',
};

/** `text` with one of its letters or digits, drawn by chance, read wrongly; as it is if none has a look-alike. */
export function misread(text: string, random: Random): string {
  const signs = [...text];
  const start = Math.floor(random.next() * signs.length);
  for (let step = 0; step < signs.length; step += 1) {
    const at = (start + step) % signs.length;
    const taken = LOOKALIKES[signs[at] ?? ''];
    if (taken === undefined) continue;
    signs[at] = taken;
    break;
  }
  return signs.join('');
}
