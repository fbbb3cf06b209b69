/** `gate handover filter`: what crosses the border, ours and theirs. */
import { filterDigest } from '../../../protocols/handover/disclosure.ts';
import { restoreState } from '../../control/restore.ts';
import { filterInForce } from '../../core/field-filter.ts';
import type { GateState } from '../../core/state.ts';
import { openSqliteJournalReadOnly } from '../../journal/sqlite.ts';
import { dataPaths } from '../../platform/data-paths.ts';
import { GateError } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';

interface Shown {
  gate: string;
  /** Names that cross, by direction as that gate sees it and kind of record. */
  members: Record<string, string[]>;
  digest: string;
  note?: string;
}

/** Both filters in force. @throws GateError `FILTER_UNKNOWN`, and those of reading a journal. */
export async function showFilters({ data, json }: { data: string; json?: boolean }): Promise<CommandResult> {
  const filters = filtersIn(await stateIn(dataPaths(data).journal));
  if (json) return { exitCode: 0, text: `${JSON.stringify(filters, null, 2)}\n` };
  return {
    exitCode: 0,
    text: [textOf(filters.ours), filters.theirs ? textOf(filters.theirs) : UNTOLD].join('\n'),
  };
}

const UNTOLD = 'The other gate has not told its filter yet.\n';

async function stateIn(path: string): Promise<GateState> {
  const journal = await openSqliteJournalReadOnly(path);
  try {
    return (await restoreState(journal)).state;
  } finally {
    await journal.close();
  }
}

function filtersIn({ config, filter }: GateState): { ours: Shown; theirs: Shown | null } {
  if (config === null)
    throw new GateError(
      'FILTER_UNKNOWN',
      'control has not been started with this data folder yet',
      'Start the gate, or name another folder with --data.',
    );
  const { members, digest } = filterInForce(config);
  const isTold = filter.told === digest;
  const ours = {
    gate: config.gate.id,
    members,
    digest,
    ...(!isTold && { note: 'not told to the other gate yet' }),
  };
  if (filter.theirs === null) return { ours, theirs: null };
  const { filter: named, members: told } = filter.theirs;
  const isIts = filterDigest(told) === named;
  return {
    ours,
    theirs: {
      gate: config.counterpart.gate,
      members: told,
      digest: named,
      ...(!isIts && { note: 'the digest is not that of these members' }),
    },
  };
}

/** What another gate has written is shown so that it cannot speak to the terminal. */
const shown = (text: string): string =>
  text.replace(/[^\w./-]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

const textOf = ({ gate, members, digest, note }: Shown): string =>
  [
    `Of the records of ${gate} these members cross besides those that always do (filter ${digest.slice(0, 12)}${note ? `; ${note}` : ''}):`,
    ...Object.entries(members).map(
      ([key, names]) => `  ${shown(key)}: ${names.map(shown).join(', ') || 'none'}`,
    ),
    '',
  ].join('\n');
