import assert from 'node:assert/strict';
import { createReleaseTimes, type IntervalStatistics } from '../../../edge/exchange/release-times.ts';
import { chain, EMPTY_HEAD, type NewEntry } from '../../../edge/journal/journal.ts';
import { startVirtualRun } from '../../../simulator/run.ts';
import { referenceConfigs } from '../../support/simulated-site.ts';
import { untilIn } from '../../support/virtual-run.ts';

const MINUTE = 60_000;
/** 08:00 local time on 1 March 2026. */
const START = Date.UTC(2026, 2, 1, 1);

const entry = (minutes: number, kind: 'input' | 'decision', type: string, body: unknown): NewEntry => ({
  at: START + minutes * MINUTE,
  kind,
  type,
  body: JSON.stringify(body),
});
const booted = entry(0, 'input', 'boot', { config: { gate: { utcOffset: '+07:00' } } });
const clearance = (
  minutes: number,
  container: string,
  status: string,
  channel = 'green',
  declaration = 'D1',
) => entry(minutes, 'input', 'clearance', { container, declaration, status, channel });
const announced = (minutes: number, id: string, containers: string[], direction = 'export') =>
  entry(minutes, 'decision', 'crossing', {
    crossing: id,
    stage: 'announced',
    direction,
    load: 'laden',
    containers,
  });
const report = (minutes: number, kind: 'get-in' | 'get-out', id: string) =>
  entry(minutes, 'decision', 'customs-report', { kind, crossing: id, container: 'any' });

function statisticsOf(
  entries: readonly NewEntry[],
  range?: { from?: string; to?: string },
): IntervalStatistics[] {
  const times = createReleaseTimes();
  for (const one of chain(
    EMPTY_HEAD,
    entries.toSorted((a, b) => a.at - b.at),
  ))
    times.take(one);
  return times.statistics(range);
}
/** `interval count median p90` in minutes, of one day. */
const inMinutes = (statistics: readonly IntervalStatistics[], day: string): string[] =>
  statistics
    .filter((one) => one.day === day)
    .map(
      ({ direction, channel, interval, count, medianMs, p90Ms }) =>
        `${direction} ${channel} ${interval} ${count} ${medianMs / MINUTE} ${p90Ms / MINUTE}`,
    );

describe('release times', () => {
  it('begin with the arrival, end with the release of every declaration, and go on until the goods have left', () => {
    const entries = [
      booted,
      announced(0, 'c-1', ['BOX1']),
      clearance(1, 'BOX1', 'registered'),
      clearance(1, 'BOX1', 'registered', 'yellow', 'D2'),
      report(10, 'get-in', 'c-1'),
      clearance(12, 'BOX1', 'released'),
      clearance(40, 'BOX1', 'released', 'yellow', 'D2'),
      // Told again, it is no later release.
      clearance(45, 'BOX1', 'released', 'yellow', 'D2'),
      report(70, 'get-out', 'c-1'),
    ];
    assert.deepEqual(inMinutes(statisticsOf(entries), '2026-03-01'), [
      'export yellow announced-to-gate-in 1 10 10',
      'export yellow gate-in-to-release 1 30 30',
      'export yellow release-to-gate-out 1 30 30',
      'export yellow gate-in-to-gate-out 1 60 60',
      'export yellow idle 1 0 0',
    ]);
  });

  it('are nothing for goods released before they arrive, and begin anew when a release is withdrawn', () => {
    const early = [
      announced(0, 'c-1', ['BOX1']),
      clearance(1, 'BOX1', 'released'),
      report(10, 'get-in', 'c-1'),
      report(30, 'get-out', 'c-1'),
    ];
    const withdrawn = [
      announced(0, 'c-2', ['BOX2']),
      clearance(1, 'BOX2', 'released', 'red'),
      report(10, 'get-in', 'c-2'),
      clearance(20, 'BOX2', 'withdrawn', 'red'),
      clearance(50, 'BOX2', 'released', 'red'),
      report(60, 'get-out', 'c-2'),
    ];
    const statistics = statisticsOf([booted, ...early, ...withdrawn]);
    const release = inMinutes(statistics, '2026-03-01').filter((line) => /release/.test(line));
    assert.deepEqual(release, [
      'export green gate-in-to-release 1 0 0',
      'export green release-to-gate-out 1 20 20',
      'export red gate-in-to-release 1 40 40',
      'export red release-to-gate-out 1 10 10',
    ]);
  });

  it('count as idle what a vehicle stood at barriers without being passed', () => {
    const verdict = (minutes: number, lane: string, visit: number, word: string) =>
      entry(minutes, 'decision', 'verdict', { lane, visit, verdict: word, crossing: null, reasons: [] });
    const release = (minutes: number, lane: string, visit: number) =>
      entry(minutes, 'decision', 'release', { lane, visit, crossing: 'c-1' });
    const entries = [
      booted,
      announced(0, 'c-1', ['BOX1']),
      verdict(5, 'yard-in-1', 1, 'hold'),
      verdict(6, 'yard-in-1', 1, 'refer'),
      release(9, 'yard-in-1', 1),
      report(10, 'get-in', 'c-1'),
      // Another vehicle that turns back.
      verdict(11, 'yard-in-1', 2, 'refer'),
      entry(20, 'decision', 'visit-ended', { lane: 'yard-in-1', visit: 2 }),
      verdict(30, 'border-out-1', 3, 'pass'),
      release(31, 'border-out-1', 3),
      verdict(40, 'border-out-1', 4, 'hold'),
      release(47, 'border-out-1', 4),
      report(50, 'get-out', 'c-1'),
    ];
    assert.ok(inMinutes(statisticsOf(entries), '2026-03-01').includes('export unknown idle 1 11 11'));
  });

  it('tell median and 90th percentile by nearest rank, a day at a time and together', () => {
    const crossings = Array.from({ length: 10 }, (_, index) => [
      announced(0, `c-${index}`, [`BOX${index}`]),
      report(10, 'get-in', `c-${index}`),
      report(10 + (index + 1) * 6, 'get-out', `c-${index}`),
    ]).flat();
    // Local midnight is 16 hours after the start.
    const next = [
      announced(0, 'c-x', ['BOXX'], 'import'),
      report(10, 'get-in', 'c-x'),
      report(16 * 60, 'get-out', 'c-x'),
    ];
    const statistics = statisticsOf([booted, ...crossings, ...next]);
    assert.ok(inMinutes(statistics, '2026-03-01').includes('export unknown gate-in-to-gate-out 10 30 54'));
    assert.ok(inMinutes(statistics, '2026-03-02').includes('import unknown gate-in-to-gate-out 1 950 950'));
    assert.equal(inMinutes(statistics, 'all').length, 6);
    const second = statisticsOf([booted, ...crossings, ...next], { from: '2026-03-02', to: '2026-03-02' });
    assert.deepEqual(new Set(second.map(({ day }) => day)), new Set(['2026-03-02', 'all']));
    assert.deepEqual(new Set(second.map(({ direction }) => direction)), new Set(['import']));
  });

  it('say nothing of a visit that was cancelled, or of goods whose arrival the journal does not tell', () => {
    const entries = [
      booted,
      announced(0, 'c-1', ['BOX1']),
      entry(1, 'decision', 'cancelled', { crossing: 'c-1' }),
      announced(0, 'c-2', ['BOX2']),
      report(5, 'get-out', 'c-2'),
      report(6, 'get-out', 'c-3'),
    ];
    assert.deepEqual(statisticsOf(entries), []);
  });

  it('can be read out of the journals of two gates at work, both directions, every crossing', () => {
    const run = startVirtualRun(referenceConfigs);
    const gates = ['huu-nghi', 'huu-nghi-quan'];
    run.clock.advance(1_000);
    for (let n = 0; n < 4; n += 1) for (const gate of gates) run.world.export(gate);
    const done = () => gates.every((gate) => run.gate(gate).state.completed.import === 4);
    untilIn(run, done, 'eight crossings');
    // Until that is on disk.
    run.clock.advance(1_000);
    run.stop();
    for (const gate of gates) {
      const times = createReleaseTimes();
      for (const one of run.gate(gate).journal()) times.take(one);
      const all = times.statistics().filter(({ day }) => day === 'all');
      for (const direction of ['export', 'import'] as const)
        for (const interval of ['gate-in-to-release', 'gate-in-to-gate-out', 'idle'] as const) {
          const found = all.filter((one) => one.direction === direction && one.interval === interval);
          assert.equal(
            found.reduce((sum, { count }) => sum + count, 0),
            4,
            `${gate} ${direction} ${interval}`,
          );
        }
      for (const { interval, medianMs, p90Ms, channel } of all) {
        assert.notEqual(channel, 'unknown');
        assert.ok(medianMs <= p90Ms && medianMs >= 0 && p90Ms < 3_600_000, interval);
      }
    }
  });
});
