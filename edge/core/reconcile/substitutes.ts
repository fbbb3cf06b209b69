/**
 * An officer’s own reading in place of a device’s: lawful for some conditions only, with a photo, and not too often. One that
 * does not count is left out, so that what it should have shown is still missing. What it shows against a vehicle counts all
 * the same: that is asked of everything that was seen.
 */
import type { Condition } from '../../../config/schema.ts';
import type { Case, Evidence } from './case.ts';

const CONDITION_OF: Partial<Record<Evidence['kind'], Condition>> = {
  plate: 'plate',
  trailer: 'trailer',
  container: 'container',
  seal: 'seal',
  weight: 'weight',
  radiation: 'radiation',
  emptiness: 'emptiness',
  temperature: 'temperature',
};

/** What counts for a vehicle: not of a time to come, and from a person only as a lawful substitute. */
export function countedEvidence(the: Case): Evidence[] {
  const unlawful = new Set(unlawfulReadings(the));
  return the.visit.evidence.filter((one) => one.at <= the.at && !unlawful.has(one));
}

const HOUR_MS = 3_600_000;

/** The oldest readings of a person use up the rate of their hour, in whatever order they are told. */
function unlawfulReadings({ visit, policy }: Case): Evidence[] {
  const used = new Map(Object.entries(visit.handheldUsed ?? {}));
  const lawful = new Map<string, number[]>();
  return visit.evidence
    .filter(({ by }) => by !== undefined)
    .sort((a, b) => a.at - b.at || compare(`${a.kind} ${a.device}`, `${b.kind} ${b.device}`))
    .filter(({ kind, by, at }) => {
      const condition = CONDITION_OF[kind];
      if (by === undefined || condition === undefined) return false;
      if (!policy.substitutes.includes(condition) || by.photo === undefined) return true;
      const recent = (lawful.get(by.person) ?? []).filter((other) => at - other < HOUR_MS);
      if ((used.get(by.person) ?? 0) + recent.length >= policy.handheldPerHourMax) return true;
      lawful.set(by.person, [...recent, at]);
      return false;
    });
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
