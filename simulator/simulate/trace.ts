/** What a run of hours leaves behind: one hash over everything that became durable, and what is counted of it. */
import { createHash } from 'node:crypto';
import type { NewEntry } from '../../edge/journal/journal.ts';
import type { Observer } from '../run/observer.ts';

export interface Trace {
  readonly observer: Observer;
  readonly inputs: number;
  /** Visits that were held, and that were referred to a person; one that only waited for its readings was neither. */
  readonly held: number;
  readonly referred: number;
  /** SHA-256, hex, over gate, kind, type, time and body of each entry in the order of becoming durable. Call it once. */
  digest(): string;
}

/** Text is gathered up to this length before it is hashed. */
const CHUNK = 65_536;
/** A reason other than that a reading is awaited. */
const NOT_PENDING = /"code":"(?!EVIDENCE_PENDING")/;

export function createTrace(): Trace {
  const hash = createHash('sha256');
  let text = '';
  let inputs = 0;
  /** Visits under way that were already counted, by gate, lane and visit. */
  const seen = { hold: new Set<string>(), refer: new Set<string>() };
  const count = { hold: 0, refer: 0 };

  function add(gate: string, { at, kind, type, body }: NewEntry): void {
    text += `${gate} ${kind} ${type} ${at} ${body}\n`;
    if (text.length < CHUNK) return;
    hash.update(text);
    text = '';
  }

  function note(gate: string, { type, body }: NewEntry): void {
    if (type === 'verdict' && body.includes('"verdict":"pass"')) return;
    // By far the most are such, and need not be parsed.
    if (body.includes('"verdict":"hold"') && !NOT_PENDING.test(body)) return;
    const { lane, visit, verdict } = JSON.parse(body) as { lane?: string; visit?: string; verdict?: string };
    if (lane === undefined) return;
    const key = `${gate} ${lane} ${visit}`;
    if (type === 'visit-ended') {
      seen.hold.delete(key);
      seen.refer.delete(key);
      return;
    }
    if (verdict !== 'hold' && verdict !== 'refer') return;
    if (seen[verdict].has(key)) return;
    seen[verdict].add(key);
    count[verdict] += 1;
  }

  return {
    observer: {
      stepped() {
        inputs += 1;
      },
      durable({ config }, entries) {
        const gate = config.gate.id;
        for (const entry of entries) {
          add(gate, entry);
          if (entry.kind === 'decision' && (entry.type === 'verdict' || entry.type === 'visit-ended'))
            note(gate, entry);
        }
      },
    },
    get inputs() {
      return inputs;
    },
    get held() {
      return count.hold;
    },
    get referred() {
      return count.refer;
    },
    digest: () => hash.update(text).digest('hex'),
  };
}
