import type { NewEntry } from '../../edge/journal/journal.ts';

/** An input entry about the lane. */
export const input = (at: number, body: unknown = { lane: 'border-out-1' }): NewEntry => ({
  at,
  kind: 'input',
  type: 'lane-io',
  body: JSON.stringify(body),
});

export const snapshot = (at: number, body: unknown = {}): NewEntry => ({
  at,
  kind: 'snapshot',
  type: 'state',
  body: JSON.stringify(body),
});
