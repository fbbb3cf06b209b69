/** What the catalogue says of one reason. */
import type { PersonRole } from '../../../config/schema.ts';

/** `hold`: time or data alone can cure it. `refer`: it needs a person. `info`: told, and blocks nothing. */
export type Severity = 'hold' | 'refer' | 'info';
export type Owner = 'customs' | 'border-guard' | 'quarantine' | 'gate-board' | 'yard';

export interface Text {
  vi: string;
  en: string;
  zh: string;
}

export interface CatalogueEntry {
  severity: Severity;
  owner: Owner;
  /** Who may clear it by a finding at the console; nobody: only its source’s own new word cures it. */
  releasableBy: readonly PersonRole[];
  text: Text;
  /** What cures it. */
  remedy: Text;
}

/** Whoever speaks for an owner. */
export const SPEAKERS: Record<Owner, readonly PersonRole[]> = {
  customs: ['customs-officer'],
  'border-guard': ['border-guard'],
  quarantine: ['quarantine-officer'],
  'gate-board': ['operator', 'supervisor'],
  yard: ['operator', 'supervisor'],
};

type Words = readonly [vi: string, en: string, zh: string];

const textOf = ([vi, en, zh]: Words): Text => ({ vi, en, zh });

const entryOf =
  (severity: Severity) =>
  (owner: Owner, text: Words, remedy: Words): CatalogueEntry => ({
    severity,
    owner,
    releasableBy: severity === 'refer' ? SPEAKERS[owner] : [],
    text: textOf(text),
    remedy: textOf(remedy),
  });

/** Cured by time or data: nobody needs to clear it. */
export const hold = entryOf('hold');
/** Cured by its owner, who looks at it. */
export const refer = entryOf('refer');
export const info = entryOf('info');
/** Needs people, and yet no act at the console clears it. */
export const referOnly = (owner: Owner, text: Words, remedy: Words): CatalogueEntry => ({
  ...refer(owner, text, remedy),
  releasableBy: [],
});
