/**
 * An error a person can act on: what happened, where, and what to do next.
 * Every package has a catalogue of codes; a bare `Error` means our own invariant broke.
 */
export class GateError extends Error {
  /** Stable, from the package's catalogue, e.g. `PORT_IN_USE`. */
  readonly code: string;
  /** What the reader should do next, one sentence. */
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'GateError';
    this.code = code;
    this.remedy = remedy;
  }
}

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
