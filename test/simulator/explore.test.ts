import assert from 'node:assert/strict';
import { explore } from '../../simulator/explore.ts';

/** So few that it takes a moment; `npm run explore` goes further. */
const SMALL = { statesMax: 1_500, outlookEvery: 1_000 };

describe('the exploration', () => {
  it('brings both containers across, and finds nothing wrong around that journey', () => {
    const found = explore(SMALL);
    assert.equal(found.violation, undefined);
    assert.ok(found.states >= SMALL.statesMax);
    assert.ok(found.journey > 200, 'two vehicles, out and home again');
    assert.ok(found.depth >= 1, 'every moment of the journey was troubled');
    assert.ok(found.outlooks > 0);
  }).timeout(20_000);

  it('finds nothing wrong either where custody passes at the border', () => {
    const found = explore({ ...SMALL, custodyPoint: 'border-in' });
    assert.equal(found.violation, undefined);
    assert.ok(found.outlooks > 0);
  }).timeout(20_000);

  it('finds the same twice', () => {
    const few = { statesMax: 400, outlookEvery: 1_000 };
    assert.deepEqual(explore(few), explore(few));
  }).timeout(20_000);

  it('finds a grant that is used twice', () => {
    const { violation } = explore({
      ...SMALL,
      plant({ crossings, lanes }) {
        const visit = lanes['border-out-1']?.visit;
        const lineClear = crossings[visit?.crossing ?? '']?.lineClear;
        if (visit == null || lineClear?.used !== true) return;
        lineClear.used = false;
        visit.released = false;
      },
    });
    assert.match(violation?.what ?? 'nothing', /^departed of huu-nghi-m1: after departed$/);
    assert.match(violation?.path.at(-1) ?? '', /has written its journal/);
  }).timeout(20_000);

  it('finds what goes wrong only in trouble: a gate that helps itself to the token when the link is lost', () => {
    const { violation } = explore({
      ...SMALL,
      statesMax: 5_000,
      plant(state) {
        const gate = state.config?.gate.id ?? '';
        if (state.link.up || state.counters.line === undefined) return;
        for (const track of Object.values(state.tracks)) track.holder = gate;
      },
    });
    assert.equal(violation?.what, 'both gates hold middle');
    assert.deepEqual(violation?.path.slice(-2), ['huu-nghi dies', 'huu-nghi-quan notices the link down']);
  }).timeout(20_000);
});
