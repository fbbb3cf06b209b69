import assert from 'node:assert/strict';
import { checkConfig } from '../../config/check.ts';
import { good, told } from './support.ts';

/** The shipped road with one more node on it, and some edges led over that node. */
function over(node: string, x: number, gate: string, edges: readonly string[]): string {
  let text = good.replace(
    '    - { id: km0-north,',
    `    - { id: ${node}, x: ${x}, y: 0, role: way, gate: ${gate} }\n    - { id: km0-north,`,
  );
  for (const edge of edges) {
    const [from = '', to = ''] = edge.split(' → ');
    const written = `{ from: ${from}, to: ${to}, speedMaxMps: 8 }`;
    assert.ok(text.includes(written), edge);
    const there = text.includes(`from: ${from}, to: ${node},`)
      ? ''
      : `{ from: ${from}, to: ${node}, speedMaxMps: 8 }\n    - `;
    text = text.replace(written, `${there}{ from: ${node}, to: ${to}, speedMaxMps: 8 }`);
  }
  return text;
}

const found = (text: string): string[] =>
  checkConfig(text).problems.map(({ path, problem }) => `${path}: ${problem}`);

describe('the road of a track', () => {
  it('may have nodes of its own on the way', () => {
    const { problems } = checkConfig(
      over('curve', 30, 'huu-nghi-quan', ['km0-north → hnq-in-1', 'km0-north → hnq-in-2']),
    );
    assert.deepEqual(problems, [], told(problems));
  });

  it('cannot lead over a bridge that another track uses: two could both believe that they own it', () => {
    assert.deepEqual(
      found(over('bridge', 30, 'huu-nghi-quan', ['km0-north → hnq-in-1', 'km0-south → hn-in-1'])),
      [
        'section.tracks[1]: tracks "north" and "south" share the road at bridge: vehicles on both could meet there',
      ],
    );
  });
});
