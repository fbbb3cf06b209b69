/** Our own log of the handover: the core emits each line complete; exchange only signs and serves it (DESIGN §7). */
import { digestOf, type Kept, keepBack, type Salted, saltOf } from '../../protocols/handover/disclosure.ts';
import { canTell, encodeRecord } from '../../protocols/handover/line.ts';
import { withCustodyPoint } from './custody.ts';
import { keptBackOf, untoldFilter } from './field-filter.ts';
import type { HandoverRecord } from './input.ts';
import { configOf } from './site.ts';
import { count, decide, type Turn } from './turn.ts';

/** Lines that may wait until it is known what the other side has read of our log; more than a first start ever makes. */
const WAITING_MAX = 100;

/**
 * Writes one line of our log: exact bytes, numbered without gaps, in a version the other gate reads, and of the record only what
 * may cross. The decision keeps what does not, so that it can be disclosed.
 */
export function record(turn: Turn, said: HandoverRecord): void {
  const { log } = turn.state;
  const whole = withCustodyPoint(turn.state, said);
  if (!log.open) {
    if (log.waiting.length < WAITING_MAX) log.waiting.push(whole);
    else decide(turn, 'handover-untold', { record: whole.kind, line: whole });
    return;
  }
  const config = configOf(turn.state);
  const version = turn.state.link.reads;
  if (!canTell(whole, version))
    return decide(turn, 'handover-untold', { record: whole.kind, version, line: whole });
  const patterns = keptBackOf(config, whole);
  if (patterns === undefined) return write(turn, whole, []);
  tellFilter(turn);
  const { record: crossing, kept } = keepBack(whole, patterns);
  write(turn, crossing, kept);
}

/** Tells the other side what crosses, where it can read that and was last told something else. */
export function tellFilter(turn: Turn): void {
  const { filter, link, log } = turn.state;
  const line = untoldFilter(turn.state);
  if (line === undefined || !log.open || !canTell(line, link.reads)) return;
  filter.told = line.filter;
  write(turn, line, []);
}

function write(turn: Turn, line: HandoverRecord, kept: readonly Kept[]): void {
  const { state } = turn;
  const { gate, counterpart } = configOf(state);
  const version = state.link.reads;
  const number = count(turn, 'line');
  // Version 1 has no word for a digest, and without a seed none would hold: a value that few others could be is guessed.
  const isProven = version > 1 && state.filter.saltSeed !== '';
  const withheld = isProven ? kept.map((one) => salted(state.filter.saltSeed, number, one)) : [];
  const data = encodeRecord({
    version,
    gate: gate.id,
    line: number,
    at: state.now,
    utcOffset: gate.utcOffset,
    otherUtcOffset: counterpart.utcOffset ?? gate.utcOffset,
    record: withheld.length === 0 ? line : { ...line, withheld: digests(withheld) },
  });
  decide(turn, 'handover', {
    line: number,
    record: line.kind,
    data,
    ...(withheld.length > 0 && { withheld }),
  });
}

const salted = (seed: string, line: number, { pointer, value }: Kept): Salted => ({
  pointer,
  salt: saltOf(seed, line, pointer),
  value,
});

const digests = (withheld: readonly Salted[]): Record<string, string> =>
  Object.fromEntries(withheld.map((one) => [one.pointer, digestOf(one)]));
