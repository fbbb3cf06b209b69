/**
 * Faults of a gate that lies about its log to the other. Line clear stops until two people have looked and the liar is honest
 * again, so these strike only where they are named.
 */
import { LIES } from '../run/exchange/lies.ts';
import { between, type Fault, MINUTE_MS } from './fault.ts';

const PER_HOUR = 1;

export const lyingFaults: readonly Fault[] = LIES.map((lie) => ({
  kind: lie.kind,
  what: `one gate ${lie.what}`,
  perHour: PER_HOUR,
  named: true,
  begin({ run, gate, random }) {
    const exchange = run.exchanges.get(gate.config.gate.id);
    if (exchange === undefined || exchange.lie !== null) return undefined;
    exchange.lie = lie;
    return {
      lastsMs: between(random, 0.2, 10) * MINUTE_MS,
      heal() {
        if (exchange.lie === lie) exchange.lie = null;
      },
    };
  },
}));
