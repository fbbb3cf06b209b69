/** What the journal of a gate that has lost its disk tells again: lines of both logs, read as history. Whoever watches knows them. */
import type { NewEntry } from '../../edge/journal/journal.ts';

export interface History {
  /** The entries without those that are history. */
  without(gate: string, entries: readonly NewEntry[]): readonly NewEntry[];
}

export function createHistory(): History {
  /** Gates that are being told. */
  const told = new Set<string>();

  const isHistory = (gate: string, { kind, type, body }: NewEntry): boolean => {
    if (kind === 'input' && type === 'log-restore')
      if ((JSON.parse(body) as { phase: string }).phase === 'begin') told.add(gate);
      else told.delete(gate);
    if (!told.has(gate)) return false;
    return (
      (kind === 'input' && type === 'counterpart-record') || (kind === 'decision' && type === 'handover')
    );
  };

  return {
    without(gate, entries) {
      if (!told.has(gate) && !entries.some(({ type }) => type === 'log-restore')) return entries;
      return entries.filter((entry) => !isHistory(gate, entry));
    },
  };
}
