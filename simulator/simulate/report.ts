/** What `npm run simulate` shows people. */
import type { Simulation } from '../simulate.ts';
import type { Outcome } from './command.ts';

const BAR_CELLS = 24;
const HOUR_MS = 3_600_000;

const timeOf = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

/** One line: a bar, virtual time, crossings, how many times quicker than life. */
export function progressLine(
  { passedMs, phase, crossings }: Simulation,
  hours: number,
  wallMs: number,
): string {
  const share = Math.min(1, passedMs / (hours * HOUR_MS));
  const full = Math.round(share * BAR_CELLS);
  const bar = `${'█'.repeat(full)}${'·'.repeat(BAR_CELLS - full)}`;
  const speed = wallMs > 0 ? Math.round(passedMs / wallMs) : 0;
  return `${bar} ${timeOf(passedMs)} ${phase} · ${crossings} crossings · ×${speed}   `;
}

/** The first violation, when and where, what came before it, and how to see it again. */
export function violationText(
  { violations, error, seed }: Outcome,
  atMs: number,
  { faults, lines, reproduce }: { faults: readonly string[]; lines: readonly string[]; reproduce: string },
): string {
  const found = violations.map(
    ({ invariant, gate, atMs: foundAtMs, detail }) =>
      `${invariant} violated at ${new Date(foundAtMs).toISOString()}, ${gate}: ${detail}`,
  );
  return [
    `seed ${seed}, virtual time ${new Date(atMs).toISOString()}`,
    'The last faults that struck:',
    ...faults.map((line) => `  ${line}`),
    'The last lines of both journals:',
    ...lines.map((line) => `  ${line}`),
    ...found,
    ...(error === null ? [] : [error]),
    `To see it again: ${reproduce}`,
    '',
  ].join('\n');
}

/** The table for people who did not ask for JSON. */
export function summaryText(outcome: Outcome): string {
  const { crossings, faults, wallMs, passedMs, hours, drainedAfterMinutes } = outcome;
  const speed = wallMs > 0 ? Math.round(passedMs / wallMs) : 0;
  const drained = drainedAfterMinutes === null ? 'no' : `after ${drainedAfterMinutes} minutes`;
  const rows: [string, string | number][] = [
    ['seed', outcome.seed],
    ['virtual hours', `${hours.toFixed(2)}${outcome.interrupted ? ' (ended early)' : ''}`],
    ['crossings out / in', `${crossings.export} / ${crossings.import}`],
    ['visits held / referred', `${outcome.held} / ${outcome.referred}`],
    ['turned away', outcome.turnedAway],
    ['seen to by people', outcome.operatorMatters],
    ['inputs', outcome.inputs],
    ['checks', outcome.checks],
    ['violations', outcome.violations.length],
    ['drained', drained],
    ['trace', outcome.traceHash],
    ['wall time', `${(wallMs / 1_000).toFixed(1)} s (×${speed})`],
    ['memory', `${outcome.rssMb} MB`],
    ...Object.entries(faults).map(([kind, count]): [string, number] => [`  ${kind}`, count]),
  ];
  return `${rows.map(([name, value]) => `${name.padEnd(28)}${value}`).join('\n')}\n`;
}
