/** What came over the ASEAN Single Window about a container before the vehicle does: kept by container, the newest version counts. */
import type { AdvanceDocument, AdvanceReport } from '../../protocols/asw/words.ts';
import { boundUnbooked, lookAtContainer, watchEnd } from './customs.ts';
import type { Turn } from './turn.ts';

/** Documents kept of one container; beyond them the one that was issued first is forgotten. */
export const ADVANCE_MAX = 100;

const keyOf = ({ kind, reference }: AdvanceDocument): string => `${kind} ${reference}`;

/** A document; of the same version the last word counts, for exchange has kept it in order. */
export function takeAdvance(turn: Turn, { container, ...document }: Omit<AdvanceReport, 'type'>): void {
  const { state } = turn;
  const ofContainer = state.advance[container] ?? {};
  const known = ofContainer[keyOf(document)];
  if (known !== undefined && known.version > document.version) return;
  boundUnbooked(state, container);
  ofContainer[keyOf(document)] = document;
  if (Object.keys(ofContainer).length > ADVANCE_MAX) {
    const [oldest] = Object.values(ofContainer).sort((a, b) => a.issuedAt - b.issuedAt);
    if (oldest !== undefined) delete ofContainer[keyOf(oldest)];
  }
  state.advance[container] = ofContainer;
  watchEnd(state, container);
  lookAtContainer(turn, container);
}
