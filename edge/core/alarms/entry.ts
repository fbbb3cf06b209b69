/** What the catalogue says of one alarm. */
import type { Alarm } from '../state.ts';

export interface Entry {
  priority: Alarm['priority'];
  /** It tells what happened once and has no cause that could go: it is over when a person has seen it. */
  once?: true;
  vi: { what: string; do: string };
  en: { what: string; do: string };
  zh: { what: string; do: string };
}
