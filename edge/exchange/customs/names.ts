/** Names and documents of people never enter the journal: their digests do, and lists are compared with those. */
import { partyNameDigest, partyNumber } from '../../../protocols/party-word.ts';
import type { ClearanceReport } from '../../core/input.ts';

/** What customs says, as control is told it. */
export function withoutNames(clearance: ClearanceReport): ClearanceReport {
  if (clearance.parties === undefined) return clearance;
  const parties = clearance.parties.map(({ role, id, name }) => ({
    role,
    id: partyNumber(id),
    ...(name !== undefined && { name: partyNameDigest(name) }),
  }));
  return { ...clearance, parties };
}
