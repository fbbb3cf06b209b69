/** What was granted by telephone while the gates could not read each other, until both logs tell the same of it. */

/** One vehicle that was granted, or sent, on the word of two duty officers. */
export interface HotlineCall {
  /** The one-time number they read back to each other; it is the grant, too. */
  number: string;
  move: string;
  track: string;
  /** Whether we let it come, or have sent it. */
  side: 'receiver' | 'sender';
  /** The officer on duty at the gate that sends, and at the one that receives. */
  sender: string;
  receiver: string;
  /** It is not on the section any more: seen here, or told by the other officer. */
  arrived: boolean;
  /** Receiver: its departure was read, and tells of another number. */
  departed?: true;
}

export interface HotlineState {
  /** Not reconciled yet, by number. */
  calls: Record<string, HotlineCall>;
  /** What does not agree, by number, until a supervisor has cleared it. */
  faults: Record<string, string>;
}
