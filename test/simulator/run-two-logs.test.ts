import assert from 'node:assert/strict';
import { createCustody } from '../../protocols/handover/custody.ts';
import type { Side } from '../../protocols/handover/custody-move.ts';
import { decodeRecord } from '../../protocols/handover/line.ts';
import { parseFaults, startFaults } from '../../simulator/faults.ts';
import type { Observer } from '../../simulator/run/observer.ts';
import { startVirtualRun } from '../../simulator/run.ts';
import { startArrivals } from '../../simulator/simulate/arrivals.ts';
import { startReturns } from '../../simulator/simulate/returns.ts';
import { referenceConfigs } from '../support/simulated-site.ts';

const SEED = 11;
const HOUR_MS = 3_600_000;

describe('what two gates tell of an hour with every fault', () => {
  it('never contradicts itself for whoever reads both logs, wherever each of them ends', () => {
    const logs = referenceConfigs.map(() => new Map<number, string>());
    const observer: Observer = {
      durable(gate, entries) {
        const side = referenceConfigs.findIndex((config) => config.gate.id === gate.config.gate.id);
        for (const { kind, type, body } of entries) {
          if (kind !== 'decision' || type !== 'handover') continue;
          const { line, data } = JSON.parse(body) as { line: number; data: string };
          logs[side]?.set(line, data);
        }
      },
    };
    const run = startVirtualRun(referenceConfigs, { seed: SEED, keepAll: false, observer });
    startArrivals(run, { perDay: 600, emptyShare: 0.1 }, SEED);
    startReturns(run, 0.05, SEED);
    startFaults(run, parseFaults('all'), SEED);
    run.clock.advance(HOUR_MS);
    run.stop();

    const lines = logs.map((log) =>
      [...log.values()].map((text) => {
        const read = decodeRecord(text);
        assert.ok(read.ok, text);
        return read;
      }),
    );
    /** Of each log the first so many lines, told one log after the other. */
    const judge = (ends: readonly [number, number]) => {
      const custody = createCustody({ from: [1, 1], onMove: () => undefined });
      for (const side of [0, 1] satisfies Side[])
        for (const { line, record } of lines[side]?.slice(0, ends[side]) ?? [])
          custody.take(side as Side, line, record);
      return custody.end().byStatus;
    };
    const [one, two] = lines.map(({ length }) => length) as [number, number];
    const whole = judge([one, two]);
    assert.ok(whole.complete > 20, JSON.stringify(whole));
    assert.equal(whole.contradictory, 0);
    for (let part = 1; part < 12; part += 1) {
      const cut = Math.floor((one * part) / 12);
      assert.equal(judge([cut, two]).contradictory, 0, `first log to line ${cut}`);
      assert.equal(judge([one, Math.floor((two * part) / 12)]).contradictory, 0, `second log, part ${part}`);
    }
  }).timeout(120_000);
});
