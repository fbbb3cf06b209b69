import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createSettling,
  EMPTY_BELOW_KG,
  LOADED_ABOVE_KG,
  type WeightState,
} from '../../../edge/drivers/weighbridge/settle.ts';
import type { ScaleReading } from '../../../protocols/weighbridge/mettler-toledo.ts';

const reading = (grossKg: number, motion = false): ScaleReading => ({
  outOfRange: false,
  grossKg,
  tareKg: 0,
  net: false,
  motion,
  divisionKg: 10,
});

/** A scale at twenty readings a second, from time 0. */
function newScale() {
  const settling = createSettling();
  const told: WeightState[] = [];
  let atMs = 0;
  const accept = (next: ScaleReading): void => {
    atMs += 50;
    const state = settling.accept(next, atMs);
    if (state !== undefined) told.push(state);
  };
  return {
    settling,
    told,
    /** Each value in turn, for `forMs` altogether. */
    shows(values: readonly ScaleReading[], forMs: number) {
      for (let count = 0; count * 50 < forMs; count += 1)
        accept(values[count % values.length] ?? assert.fail());
    },
  };
}

describe('twenty readings of a scale a second', () => {
  it('a truck drives on, stands, and drives off: six reports', () => {
    const scale = newScale();
    scale.shows([reading(0)], 2_000);
    scale.shows([reading(4_000, true), reading(21_000, true), reading(36_000, true)], 3_000);
    scale.shows([reading(39_350)], 60_000);
    scale.shows([reading(30_000, true), reading(9_000, true)], 2_000);
    scale.shows([reading(10)], 60_000);
    assert.deepEqual(scale.told, [
      { state: 'moving' },
      { state: 'empty' },
      { state: 'moving' },
      { state: 'stable', grossKg: 39_350 },
      { state: 'moving' },
      { state: 'empty' },
    ]);
  });

  it('one division of jitter makes no report while the truck stands', () => {
    const scale = newScale();
    scale.shows([reading(39_350)], 1_000);
    scale.shows([reading(39_340), reading(39_350), reading(39_360)], 60_000);
    assert.deepEqual(scale.told, [{ state: 'moving' }, { state: 'stable', grossKg: 39_350 }]);
  });

  it('two divisions are another weight: moving, then stable at it', () => {
    const scale = newScale();
    scale.shows([reading(39_350)], 1_000);
    scale.shows([reading(39_370)], 1_000);
    assert.deepEqual(scale.told.slice(2), [{ state: 'moving' }, { state: 'stable', grossKg: 39_370 }]);
  });

  it('a motion sign that flickers in the wind makes no report, one that stays does', () => {
    const scale = newScale();
    scale.shows([reading(39_350)], 1_000);
    scale.shows([reading(39_350), reading(39_360, true), reading(39_350, true)], 10_000);
    assert.equal(scale.told.length, 2);
    scale.shows([reading(39_350, true)], 1_000);
    assert.deepEqual(scale.told.slice(2), [{ state: 'moving' }]);
  });

  it('nothing is stable that was not still for half a second', () => {
    const scale = newScale();
    scale.shows([reading(39_350)], 450);
    scale.shows([reading(39_390)], 450);
    scale.shows([reading(39_350, true)], 50);
    scale.shows([reading(39_350)], 450);
    assert.deepEqual(scale.told, [{ state: 'moving' }]);
  });

  it('mud, rain and a person on the deck leave it empty', () => {
    const scale = newScale();
    scale.shows([reading(0)], 1_000);
    scale.shows([reading(90, true), reading(150), reading(LOADED_ABOVE_KG - 10)], 20_000);
    assert.deepEqual(scale.told, [{ state: 'moving' }, { state: 'empty' }]);
    assert.ok(EMPTY_BELOW_KG < LOADED_ABOVE_KG);
  });

  it('out of range is told at once, and a weight after it is settled anew', () => {
    const scale = newScale();
    scale.shows([reading(39_350)], 1_000);
    scale.shows([{ outOfRange: true }], 1_000);
    scale.shows([reading(39_350)], 1_000);
    assert.deepEqual(
      scale.told.map(({ state }) => state),
      ['moving', 'stable', 'out-of-range', 'moving', 'stable'],
    );
  });

  it('after a gap the weight before it counts no more, and the same weight is told again', () => {
    const scale = newScale();
    scale.shows([reading(39_350)], 1_000);
    scale.settling.reset();
    scale.shows([reading(39_350)], 1_000);
    const once = [{ state: 'moving' }, { state: 'stable', grossKg: 39_350 }];
    assert.deepEqual(scale.told, [...once, ...once]);
  });

  it('whatever a scale shows: no state is told twice in a row, and a stable weight is one it shows', () => {
    const shown = fc.oneof(
      fc.record({
        kg: fc.constantFrom(0, 10, 190, 210, 390, 410, 39_340, 39_350, 39_360, 39_370),
        motion: fc.boolean(),
        forMs: fc.integer({ min: 50, max: 1_500 }),
      }),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.array(shown, { maxLength: 30 }), (steps) => {
        const scale = newScale();
        let lastKg = 0;
        for (const step of steps) {
          const before = scale.told.length;
          if (step !== undefined) lastKg = step.kg;
          scale.shows(
            [step === undefined ? { outOfRange: true } : reading(step.kg, step.motion)],
            step?.forMs ?? 50,
          );
          for (const { state, grossKg } of scale.told.slice(before)) {
            if (state === 'stable') assert.ok(Math.abs((grossKg ?? assert.fail()) - lastKg) <= 10);
          }
        }
        for (const [index, state] of scale.told.entries()) assert.notDeepEqual(state, scale.told[index + 1]);
      }),
    );
  });
});
