import assert from 'node:assert/strict';
import { checkConfig } from '../../config/check.ts';
import { good, told } from './support.ts';

/** The good configuration with more keys on some lanes, as YAML. */
function withLanes(keys: Record<string, string[]>): string {
  let text = good;
  for (const [lane, lines] of Object.entries(keys))
    text = text.replace(
      `  - id: ${lane}\n`,
      `  - id: ${lane}\n${lines.map((line) => `    ${line}\n`).join('')}`,
    );
  return text;
}

const found = (keys: Record<string, string[]>): string[] =>
  checkConfig(withLanes(keys)).problems.map(({ path, problem }) => `${path}: ${problem}`);

describe('the hours of lanes', () => {
  it('may close a checkpoint at night, past midnight or in the middle of the day', () => {
    const text = withLanes({
      'yard-in-1': ['hours: [{ from: "06:00", to: "11:30" }, { from: "13:00", to: "22:00" }]'],
      'yard-out-1': ['hours: [{ from: "22:00", to: "06:00" }, { from: "06:00", to: "08:00" }]'],
    });
    assert.equal(told(checkConfig(text).problems), '');
  });

  it('are no hours when a lane opens and closes at one time', () => {
    assert.deepEqual(found({ 'yard-in-1': ['hours: [{ from: "06:00", to: "06:00" }]'] }), [
      'lanes[0].hours[0]: lane "yard-in-1" would open and close at 06:00',
    ]);
  });

  it('say each minute once', () => {
    assert.deepEqual(
      found({ 'yard-in-1': ['hours: [{ from: "20:00", to: "04:00" }, { from: "03:30", to: "09:00" }]'] }),
      ['lanes[0].hours[1]: two of the hours of lane "yard-in-1" hold at 03:30'],
    );
  });

  it('are times of a clock', () => {
    assert.deepEqual(found({ 'yard-in-1': ['hours: [{ from: "06:00", to: "24:00" }]'] }), [
      'lanes[0].hours[0].to: "24:00" does not have the right form',
    ]);
  });
});

describe('a carriageway whose direction turns with the hour', () => {
  it('is in order when one direction closes before the other opens', () => {
    const text = withLanes({
      'yard-in-2': ['tidal: ramp', 'hours: [{ from: "05:00", to: "12:00" }]'],
      'yard-out-1': [
        'tidal: ramp',
        'hours: [{ from: "12:00", to: "20:00" }, { from: "20:15", to: "04:45" }]',
      ],
    });
    assert.equal(told(checkConfig(text).problems), '');
  });

  it('has no minute in which two could both believe they own it', () => {
    assert.deepEqual(
      found({
        'yard-in-2': ['tidal: ramp', 'hours: [{ from: "22:00", to: "05:00" }]'],
        'yard-out-1': ['tidal: ramp', 'hours: [{ from: "04:59", to: "22:00" }]'],
      }),
      [
        'lanes[2].hours: at 04:59 lanes "yard-in-2" and "yard-out-1" are both open: two could both believe they own carriageway "ramp"',
      ],
    );
  });

  it('does not lie in a lane that is always open', () => {
    assert.deepEqual(
      found({
        'yard-in-2': ['tidal: ramp'],
        'yard-out-1': ['tidal: ramp', 'hours: [{ from: "06:00", to: "22:00" }]'],
      }),
      ['lanes[1]: lane "yard-in-2" is always open, and shares carriageway "ramp"'],
    );
  });

  it('has two directions', () => {
    const hours = (from: string, to: string) => ['tidal: ramp', `hours: [{ from: "${from}", to: "${to}" }]`];
    const oneWay = 'lanes[0].tidal: carriageway "ramp" leads one way only, through yard-in';
    assert.deepEqual(found({ 'yard-in-1': hours('06:00', '12:00') }), [oneWay]);
    assert.deepEqual(found({ 'yard-in-1': hours('06:00', '12:00'), 'yard-in-2': hours('12:00', '18:00') }), [
      oneWay,
    ]);
  });
});
