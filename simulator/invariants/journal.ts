/**
 * I5, I6: what the gate acknowledged is in its journal after a crash; times in the journal never decrease; and, for the first
 * crashes of a run, a copy stepped from the first entry on by this file alone makes the same decisions and comes to the same state as
 * the gate's own restart from a snapshot.
 */

import { step } from '../../edge/core/gate.ts';
import type { AdmittedInput } from '../../edge/core/input.ts';
import { type GateState, initialState, snapshot } from '../../edge/core/state.ts';
import type { NewEntry } from '../../edge/journal/journal.ts';
import type { Part, Scene, Watched } from './scene.ts';

/** Crashes of a gate after which its state is told from the first entry on. */
const COPIES_MAX = 3;
/** Entries kept for that; a run that has more before its first crashes goes without. */
const KEPT_ENTRIES_MAX = 60_000;

interface Ledger {
  lastAt: number;
  acknowledged: Map<string, number>;
  /** All durable entries so far; null once no copy is made any more. */
  entries: NewEntry[] | null;
  copies: number;
}

export function createJournalWatch({ book, gates }: Scene): Part {
  const ledgers = new Map<string, Ledger>();
  for (const id of gates.keys())
    ledgers.set(id, { lastAt: 0, acknowledged: new Map(), entries: [], copies: 0 });

  const ledgerOf = ({ id }: Watched): Ledger => ledgers.get(id) as Ledger;

  function compare(watched: Watched, entries: readonly NewEntry[]): void {
    const { state, difference } = replayed(entries);
    if (difference !== undefined) book.violate('I6', watched.id, `replayed, ${difference}`);
    if (snapshot(state) !== snapshot(watched.gate.state))
      book.violate('I6', watched.id, 'the state after a crash is not what its journal tells');
  }

  return {
    durable(watched, _news, entries) {
      const ledger = ledgerOf(watched);
      book.check();
      for (const { at, type } of entries) {
        if (at < ledger.lastAt)
          book.violate('I6', watched.id, `${type} at ${at} follows an entry at ${ledger.lastAt}`);
        ledger.lastAt = at;
      }
      if (ledger.entries === null) return;
      ledger.entries.push(...entries);
      if (ledger.entries.length > KEPT_ENTRIES_MAX) ledger.entries = null;
    },
    acknowledged(watched, { source, seq }) {
      if (seq === undefined) return;
      const { acknowledged } = ledgerOf(watched);
      if (seq > (acknowledged.get(source) ?? 0)) acknowledged.set(source, seq);
    },
    lost(watched) {
      // What was acknowledged is gone with it; a new journal begins.
      const ledger = ledgerOf(watched);
      ledger.acknowledged.clear();
      ledger.lastAt = 0;
      if (ledger.entries !== null) ledger.entries = [];
    },
    crashed(watched) {
      const ledger = ledgerOf(watched);
      const { sources } = watched.gate.state;
      for (const [source, seq] of ledger.acknowledged) {
        book.check();
        if ((sources[source] ?? 0) < seq)
          book.violate('I5', watched.id, `${source} ${seq} was acknowledged, and is gone after a crash`);
      }
      if (ledger.entries === null) return;
      compare(watched, ledger.entries);
      ledger.copies += 1;
      if (ledger.copies === COPIES_MAX) ledger.entries = null;
    },
  };
}

/** Steps all inputs from the beginning, and compares each decision with the one written, to the byte. */
function replayed(entries: readonly NewEntry[]): { state: GateState; difference?: string } {
  const state = initialState();
  let awaited: string[] = [];
  let difference: string | undefined;
  for (const { at, kind, type, body } of entries) {
    if (kind === 'input') {
      if (awaited.length > 0) difference ??= `${awaited[0]} was decided and is not written`;
      awaited = step(state, { type, at, ...JSON.parse(body) } as AdmittedInput).map((effect) =>
        effect.kind === 'decide'
          ? `${effect.type} ${JSON.stringify(effect.body)}`
          : `command ${JSON.stringify(effect.command)}`,
      );
    } else if (kind === 'decision' && awaited.shift() !== `${type} ${body}`)
      difference ??= `${type} ${body} was not decided again`;
  }
  return { state, ...(difference !== undefined && { difference }) };
}
