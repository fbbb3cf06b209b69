import assert from 'node:assert/strict';
import type { GateState } from '../../edge/core/state.ts';
import type { VirtualGate } from '../../simulator/run.ts';
import { tryYard, tryYardOnce } from '../../simulator/yard-trials.ts';

/** After each input of a kind the gate's judgement is spoilt. */
function spoil(gate: VirtualGate, every: (state: GateState) => void): void {
  gate.onChange(() => every(gate.state));
}

describe('trials of a yard', () => {
  it('go well, whatever goes wrong at its cranes', () => {
    const { trials, wrong } = tryYard(1, 100);
    assert.equal(wrong, undefined, JSON.stringify(wrong));
    assert.equal(trials, 100);
  }).timeout(60_000);

  it('come out the same for the same seed', () => {
    const told = (): string[] => {
      const lines: string[] = [];
      tryYardOnce(3, 30, ({ gate, run }) =>
        gate.onDecision('command', ({ kind, device }) =>
          lines.push(`${run.clock.nowMs()} ${kind} ${device}`),
        ),
      );
      return lines;
    };
    const lines = told();
    assert.ok(lines.length > 10);
    assert.deepEqual(told(), lines);
  });

  it('notice a gate that forgets what a crane is at, and gives its jobs twice', () => {
    const wrongs = noticed((state) => {
      for (const crossing of Object.values(state.crossings)) {
        if (crossing.job?.state !== 'running') continue;
        delete state.jobs[crossing.job.crane];
        delete crossing.job;
        delete crossing.held;
      }
    });
    assert.match(wrongs, /command job of crane-1 is forgotten/);
  });

  it('notice a gate that gives a slot away while a container stands in it', () => {
    const wrongs = noticed((state) => {
      for (const resource of Object.keys(state.owners))
        if (resource.startsWith('slot:')) delete state.owners[resource];
    });
    assert.match(wrongs, /belongs to nobody/);
  });

  it('notice a gate that keeps to itself what has failed', () => {
    const wrongs = noticed((state) => {
      for (const id of Object.keys(state.alarms)) if (id.startsWith('SPREADER')) delete state.alarms[id];
    }, 70);
    assert.match(wrongs, /nobody is told SPREADER_CONTRADICTS/);
  });
});

/** What some trials of a gate find whose state is changed behind its back. */
function noticed(every: (state: GateState) => void, trials = 10): string {
  const wrongs: string[] = [];
  for (let trial = 0; trial < trials; trial += 1)
    wrongs.push(tryYardOnce(1, trial, ({ gate }) => spoil(gate, every))?.what ?? '');
  return wrongs.join('\n');
}
