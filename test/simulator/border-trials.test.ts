import assert from 'node:assert/strict';
import type { GateState } from '../../edge/core/state.ts';
import { tryBorder, tryBorderOnce } from '../../simulator/border-trials.ts';

describe('trials of the border', () => {
  it('go well, whatever goes wrong where a vehicle is let through', () => {
    const { trials, wrong } = tryBorder(1, 40);
    assert.equal(wrong, undefined, JSON.stringify(wrong));
    assert.equal(trials, 40);
  }).timeout(60_000);

  it('come out the same for the same seed', () => {
    const told = (): string[] => {
      const lines: string[] = [];
      tryBorderOnce(3, 4, ({ clock, gates }) => {
        for (const gate of gates.values())
          gate.onDecision('command', ({ kind, device }) => lines.push(`${clock.nowMs()} ${kind} ${device}`));
      });
      return lines;
    };
    const lines = told();
    assert.ok(lines.length > 50);
    assert.deepEqual(told(), lines);
  });

  it('notice a gate that forgets a vehicle that it has let go', () => {
    const wrongs = noticed(({ lanes }) => {
      for (const lane of Object.values(lanes)) if (lane.visit?.under === true) lane.visit = null;
    });
    assert.match(wrongs, /I\d+: /);
  });

  it('notice two gates that both believe a track to be theirs', () => {
    const wrongs = noticed(({ tracks, config }) => {
      for (const track of Object.values(tracks)) track.holder = config?.gate.id ?? '';
    });
    assert.match(wrongs, /I2: .*token/);
  });
});

/** What some trials find of gates whose state is changed behind their back. */
function noticed(every: (state: GateState) => void): string {
  const wrongs: string[] = [];
  for (let trial = 0; trial < 6; trial += 1) {
    const wrong = tryBorderOnce(1, trial, ({ gates }) => {
      for (const gate of gates.values()) gate.onChange(() => every(gate.state));
    });
    wrongs.push(wrong?.what ?? '');
  }
  return wrongs.join('\n');
}
