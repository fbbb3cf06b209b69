/**
 * The line between two gates, one reader's direction of it: its requests to the other side and the answers, as text. What is
 * under way when the line is cut is lost, and whatever is slow or comes twice may be overtaken.
 */
import type { Random } from '../../../edge/platform/random.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';

/** Each way, when all is well. */
const LINK_MS = 40;

/** What can be wrong with the line on which a gate reads the other. */
export interface CounterpartLink {
  /** Fault: the reader does not reach the other side. */
  up: boolean;
  /** Fault: its requests get there, and no answer comes back. */
  deaf: boolean;
  /** Fault: every answer comes this much later. */
  delayMs: number;
  /** Fault: each message takes up to this much longer, so that one overtakes another. */
  jitterMs: number;
  /** Fault: so many of the messages are lost, from 0 to 1. */
  loseShare: number;
  /** Fault: so many come twice. */
  doubleShare: number;
}

export const SOUND_LINK: Readonly<CounterpartLink> = {
  up: true,
  deaf: false,
  delayMs: 0,
  jitterMs: 0,
  loseShare: 0,
  doubleShare: 0,
};

/** Answers a request; whoever has nothing to say yet keeps `reply` for later. */
export type Serve = (path: string, reply: (answer: string) => void) => void;

/** What an HTTP server says: the status, and the body as JSON. */
export interface Reply {
  status: number;
  body: unknown;
}

export interface Wire {
  readonly link: CounterpartLink;
  /** Sends a request. The answer is taken once, later, several times, or never. */
  ask(path: string, take: (answer: string) => void): void;
}

export function createWire(clock: VirtualClock, random: Random, serve: Serve): Wire {
  const link: CounterpartLink = { ...SOUND_LINK };
  const strikes = (share: number): boolean => share > 0 && random.next() < share;

  function carry(extraMs: number, isOpen: () => boolean, arrive: () => void): void {
    if (!isOpen() || strikes(link.loseShare)) return;
    const copies = strikes(link.doubleShare) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const jitterMs = link.jitterMs > 0 ? random.next() * link.jitterMs : 0;
      clock.after(LINK_MS + extraMs + jitterMs, () => {
        if (isOpen()) arrive();
      });
    }
  }

  const reaches = (): boolean => link.up;
  const hears = (): boolean => link.up && !link.deaf;
  return {
    link,
    ask(path, take) {
      carry(0, reaches, () => serve(path, (answer) => carry(link.delayMs, hears, () => take(answer))));
    },
  };
}
