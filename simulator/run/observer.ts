/** What may be watched of a run in virtual time: the invariants and the trace look here. Watching changes nothing. */
import type { Command } from '../../edge/core/effect.ts';
import type { Input, InputSource } from '../../edge/core/input.ts';
import type { NewEntry } from '../../edge/journal/journal.ts';
import type { VirtualGate } from './virtual-gate.ts';

export interface Observer {
  /** An input was stepped; `gate.state` is the state after it. */
  stepped?(gate: VirtualGate, input: Input): void;
  /** A command is handed to its device now. */
  sent?(gate: VirtualGate, command: Command): void;
  /** These entries are on the gate's disk from now on. */
  durable?(gate: VirtualGate, entries: readonly NewEntry[]): void;
  /** The gate has told the sender of this input that it is safe. */
  acknowledged?(gate: VirtualGate, from: InputSource): void;
  /** The process died; `gate.state` is what its journal tells. */
  crashed?(gate: VirtualGate): void;
  /** Its disk is gone; it dies right after. */
  lost?(gate: VirtualGate): void;
  booted?(gate: VirtualGate): void;
  /** The core threw on this input: the state is no longer to be trusted. The error is thrown on, and may be held up on its way. */
  failed?(gate: VirtualGate, input: Input, error: unknown): void;
}
