import { GateError } from './errors.ts';

/**
 * Cuts text that arrives in pieces into lines at `\n` and nothing else (JSON may hold U+2028 as it is). Call `push` with
 * each piece. Throws `LINE_TOO_LONG` when a line exceeds `charsMax`.
 */
export function createLineSplitter(
  charsMax: number,
  onLine: (line: string) => void,
): { push(text: string): void } {
  let pieces: string[] = [];
  let length = 0;
  const add = (piece: string): void => {
    length += piece.length;
    if (length > charsMax) {
      throw new GateError(
        'LINE_TOO_LONG',
        `A line exceeds ${charsMax} characters.`,
        'See what the other end sends.',
      );
    }
    if (piece !== '') pieces.push(piece);
  };
  return {
    push(text) {
      const parts = text.split('\n');
      const rest = parts.pop() ?? '';
      for (const part of parts) {
        add(part);
        const line = pieces.join('');
        pieces = [];
        length = 0;
        if (line !== '') onLine(line);
      }
      add(rest);
    },
  };
}
