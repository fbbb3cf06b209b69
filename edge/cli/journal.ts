/** `gate journal verify`, `replay` and `show`. */
import { inputOf } from '../control/restore.ts';
import type { Effect } from '../core/effect.ts';
import { CORE_VERSION, step } from '../core/gate.ts';
import { initialState, restore } from '../core/state.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { withoutSalts } from '../journal/shown.ts';
import { openSqliteJournalReadOnly } from '../journal/sqlite.ts';
import { verifyJournal } from '../journal/verify.ts';
import type { CommandResult } from './config.ts';
import { tellEntry } from './story.ts';

const PAGE_ENTRIES = 1_000;
/** Differences printed; all are counted. */
const DIFFERENCES_SHOWN = 20;

/** Walks the hash chain. */
export async function journalVerify(path: string): Promise<CommandResult> {
  const { entries, headHash, problems, problemsLeftOff } = await verifyJournal(path);
  const lines = problems
    .map(({ kind, segment, message }) => `${kind.toUpperCase()} ${segment}: ${message}\n`)
    .join('');
  const verdict =
    problems.length === 0 ? 'the chain is whole' : `${problems.length + problemsLeftOff} problems`;
  return {
    exitCode: problems.length === 0 ? 0 : 1,
    text: `${lines}${path}: ${entries} entries, head ${headHash}: ${verdict}\n`,
  };
}

/** All entries of a journal, in order, a page at a time. */
export async function* entriesOf(path: string): AsyncGenerator<JournalEntry> {
  const journal = await openSqliteJournalReadOnly(path);
  try {
    let after = 0;
    for (;;) {
      const entries = await journal.read(after, PAGE_ENTRIES);
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined) return;
      after = last.seq;
    }
  } finally {
    await journal.close();
  }
}

export interface ReplayResult {
  inputs: number;
  decisions: number;
  /** Under the same core version: anything here is a fault. */
  differences: string[];
  /** Decisions made under another core version that this one would make differently. */
  foreignDifferences: number;
}

/** Steps the core over recorded inputs and compares every decision with the recorded one, to the byte. */
export async function replay(
  entries: AsyncIterable<JournalEntry> | Iterable<JournalEntry>,
): Promise<ReplayResult> {
  const result: ReplayResult = { inputs: 0, decisions: 0, differences: [], foreignDifferences: 0 };
  let state = initialState();
  let started = false;
  let expected: { type: string; body: string }[] = [];
  const differ = (text: string): void => {
    if (state.coreVersion === CORE_VERSION) result.differences.push(text);
    else result.foreignDifferences += 1;
  };
  const missing = (): void => {
    for (const decision of expected) differ(`not recorded: ${told(decision)}`);
    expected = [];
  };
  for await (const entry of entries) {
    if (entry.kind === 'snapshot') {
      missing();
      if (started && JSON.stringify(restore(entry.body)) !== JSON.stringify(state))
        differ(`entry ${entry.seq}: the snapshot differs`);
      state = restore(entry.body);
      started = true;
    } else if (entry.kind === 'input') {
      missing();
      started = true;
      result.inputs += 1;
      expected = step(state, inputOf(entry)).map(recordedAs);
    } else {
      result.decisions += 1;
      const next = expected.shift();
      if (next?.type !== entry.type || next.body !== entry.body)
        differ(`entry ${entry.seq}: recorded ${told(entry)}, now ${next && told(next)}`);
    }
  }
  missing();
  return result;
}

const told = ({ type, body }: { type: string; body: string }): string =>
  `${type} ${withoutSalts({ kind: 'decision', type, body }).body}`;

/** How the loop writes an effect down. */
const recordedAs = (effect: Effect): { type: string; body: string } =>
  effect.kind === 'decide'
    ? { type: effect.type, body: JSON.stringify(effect.body) }
    : { type: 'command', body: JSON.stringify(effect.command) };

export async function journalReplay(path: string): Promise<CommandResult> {
  const { inputs, decisions, differences, foreignDifferences } = await replay(entriesOf(path));
  const shown = differences
    .slice(0, DIFFERENCES_SHOWN)
    .map((line) => `${line}\n`)
    .join('');
  const foreign =
    foreignDifferences === 0 ? '' : `, ${foreignDifferences} made differently by another core version`;
  return {
    exitCode: differences.length === 0 ? 0 : 1,
    text: `${shown}${path}: ${inputs} inputs stepped, ${decisions} decisions compared, ${differences.length} differences${foreign}\n`,
  };
}

/** Every entry that speaks of a crossing, or of the container or vehicle named, as sentences. */
export async function journalShow(path: string, subject: string): Promise<CommandResult> {
  const names = await namesOf(path, subject);
  const lines: string[] = [];
  for await (const entry of entriesOf(path)) {
    if (entry.kind === 'snapshot' || !names.some((name) => entry.body.includes(name))) continue;
    const story = tellEntry(entry);
    if (story !== null) lines.push(story);
  }
  if (lines.length === 0) return { exitCode: 1, text: `${path}: nothing is recorded about ${subject}\n` };
  return { exitCode: 0, text: `${lines.join('\n')}\n` };
}

/** What a crossing is also called, as it stands in JSON: itself, its containers, and its move in the handover logs. */
async function namesOf(path: string, subject: string): Promise<string[]> {
  const names = new Set([JSON.stringify(subject)]);
  for await (const entry of entriesOf(path)) {
    if (entry.kind !== 'decision' || entry.type !== 'crossing') continue;
    const body = JSON.parse(entry.body) as { crossing: string; containers: string[]; move?: string };
    if (body.crossing !== subject && !body.containers.includes(subject)) continue;
    for (const name of [body.crossing, ...body.containers]) names.add(JSON.stringify(name));
    // A move also stands inside the exact bytes of a log line, where quotes are escaped.
    if (body.move !== undefined) names.add(`"${body.move}"`).add(`\\"${body.move}\\"`);
  }
  return [...names];
}
