/** What is wrong with a configuration, told so that a person can put it right. */

/** Where in the document: keys and indexes from the root. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** As one would write it: `lanes[2].devices.camera`; empty for the file as a whole. */
  path: string;
  /** Line of the file, from 1; absent when the problem has no place in it. */
  line?: number;
  /** What is wrong. */
  problem: string;
  /** What would be right. */
  remedy: string;
}

/** A misplaced file can hold thousands of problems; nobody reads more than this. */
export const PROBLEMS_MAX = 200;

/** Takes down one problem at a place of the document. */
export type Report = (path: Path, problem: string, remedy: string) => void;

/** `['lanes', 2, 'devices', 'camera']` → `lanes[2].devices.camera`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );

/** Shortest number of single-letter changes (and swaps of neighbours) that turns `a` into `b`. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        cell(i - 1, j) + 1,
        (row[j - 1] ?? 0) + 1,
        cell(i - 1, j - 1) + (same ? 0 : 1),
        swapped ? cell(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return cell(a.length, b.length);
}

const LONGEST_COMPARED = 60;

/** The candidate most like `wrong`, if one is like enough to be meant. */
export function nearest(wrong: string, candidates: Iterable<string>): string | undefined {
  if (wrong.length > LONGEST_COMPARED) return undefined;
  const tolerance = Math.max(1, Math.floor(wrong.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (candidate.length > LONGEST_COMPARED) continue;
    const distance = editDistance(wrong.toLowerCase(), candidate.toLowerCase());
    if (distance <= tolerance && (best === undefined || distance < best.distance))
      best = { candidate, distance };
  }
  return best?.candidate;
}

const LISTED = 8;

/** `did you mean "io-1"?`, or else what there is to choose from. */
export function suggestion(wrong: string, candidates: readonly string[]): string {
  const meant = nearest(wrong, candidates);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  if (candidates.length === 0) return 'none is configured yet: add one';
  const listed = candidates.slice(0, LISTED).join(', ');
  return `use one of: ${listed}${candidates.length > LISTED ? ', …' : ''}`;
}
