/** When lanes are open: no two of one carriageway at once, and those on both sides of the border at some time together. */
import type { Draft, Item } from './draft.ts';
import type { Report } from './problem.ts';
import type { LaneConfig } from './schema.ts';

/** Minutes of the day; `to` is no longer part of it. */
interface Span {
  from: number;
  to: number;
}

type Window = NonNullable<LaneConfig['hours']>[number];

const DAY_MINUTES = 1_440;

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const timeOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** A window past midnight lies at both ends of the day. */
function spansOf(window: Window): Span[] {
  const from = minuteOf(window.from);
  const to = minuteOf(window.to);
  if (from <= to) return [{ from, to }];
  return [
    { from, to: DAY_MINUTES },
    { from: 0, to },
  ];
}

/** The first minute of the day that lies in a window of each. */
function meeting(a: readonly Window[], b: readonly Window[]): number | undefined {
  const others = b.flatMap(spansOf);
  const starts = a.flatMap(spansOf).flatMap((span) =>
    others
      .map((other) => ({ from: Math.max(span.from, other.from), to: Math.min(span.to, other.to) }))
      .filter(({ from, to }) => from < to)
      .map(({ from }) => from),
  );
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** By the clock of Greenwich, of which `utcOffset` (`+07:00`) is ahead. */
function universal({ from, to }: Span, utcOffset: string): Span[] {
  const ahead = minuteOf(utcOffset.slice(1)) * (utcOffset.startsWith('-') ? -1 : 1);
  const start = (from - ahead + DAY_MINUTES) % DAY_MINUTES;
  const end = start + to - from;
  if (end <= DAY_MINUTES) return [{ from: start, to: end }];
  return [
    { from: start, to: DAY_MINUTES },
    { from: 0, to: end - DAY_MINUTES },
  ];
}

/** Whether a lane of one gate and a lane of the other are ever open at the same time, each by its own clock. */
export function areOpenTogether(
  lanes: readonly LaneConfig[],
  utcOffset: string,
  others: readonly LaneConfig[],
  othersUtcOffset: string,
): boolean {
  const spans = (all: readonly LaneConfig[], offset: string): Span[] =>
    all
      .flatMap(({ hours }) => hours?.flatMap(spansOf) ?? [{ from: 0, to: DAY_MINUTES }])
      .flatMap((span) => universal(span, offset));
  const there = spans(others, othersUtcOffset);
  return spans(lanes, utcOffset).some((span) =>
    there.some((other) => Math.max(span.from, other.from) < Math.min(span.to, other.to)),
  );
}

function checkWindows({ value, path }: Item<LaneConfig>, report: Report): void {
  const windows = value.hours ?? [];
  windows.forEach((window, index) => {
    const at = [...path, 'hours', index];
    if (window.from === window.to)
      report(
        at,
        `lane "${value.id}" would open and close at ${window.from}`,
        'write two different times; a lane without hours is always open',
      );
    const twice = meeting(windows.slice(0, index), [window]);
    if (twice !== undefined)
      report(
        at,
        `two of the hours of lane "${value.id}" hold at ${timeOf(twice)}`,
        'join them, or let one end where the other begins',
      );
  });
}

function checkCarriageway(
  name: string,
  lanes: readonly Item<LaneConfig>[],
  draft: Draft,
  report: Report,
): void {
  const [first] = lanes;
  const checkpoints = new Set(lanes.map(({ value }) => value.checkpoint));
  if (first && checkpoints.size === 1 && !draft.torn.has('lanes'))
    report(
      [...first.path, 'tidal'],
      `carriageway "${name}" leads one way only, through ${first.value.checkpoint}`,
      'give the same "tidal" to the lane of the other direction, or remove it',
    );
  lanes.forEach(({ value, path }, index) => {
    if (value.hours === undefined)
      report(
        path,
        `lane "${value.id}" is always open, and shares carriageway "${name}"`,
        'add its hours: the other direction needs the rest of the day',
      );
    for (const { value: earlier } of lanes.slice(0, index)) {
      const both = meeting(earlier.hours ?? [], value.hours ?? []);
      if (both !== undefined)
        report(
          [...path, 'hours'],
          `at ${timeOf(both)} lanes "${earlier.id}" and "${value.id}" are both open: two could both believe they own carriageway "${name}"`,
          'let one close before the other opens',
        );
    }
  });
}

/** Hours of each lane, and of all lanes that share a carriageway. */
export function checkHours(draft: Draft, report: Report): void {
  const carriageways = new Map<string, Item<LaneConfig>[]>();
  for (const lane of draft.lanes) {
    checkWindows(lane, report);
    const { tidal } = lane.value;
    if (tidal !== undefined) carriageways.set(tidal, [...(carriageways.get(tidal) ?? []), lane]);
  }
  for (const [name, lanes] of carriageways) checkCarriageway(name, lanes, draft, report);
}
