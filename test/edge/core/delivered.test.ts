import assert from 'node:assert/strict';
import { emptyAgenda } from '../../../edge/core/agenda.ts';
import { complete, newCrossing } from '../../../edge/core/crossing.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import { bootLane, type CoreLane } from '../../support/core-lane.ts';

const CONTAINER = 'MWCU6059784';

describe('a container that was delivered', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane();
    deliver(CONTAINER);
  });
  function deliver(number: string): void {
    const turn = { state: lane.gate.state, effects: [], agenda: emptyAgenda() };
    const containers = [{ number, seals: [], declarations: ['308044805740'] }];
    complete(turn, newCrossing(turn, { direction: 'export', load: 'laden', stage: 'departed', containers }));
  }
  const says = (
    status: 'released' | 'withdrawn',
    kind: 'export' | 'import' = 'export',
    declaration = 'D1',
  ): Effect[] =>
    lane.step({
      type: 'clearance',
      declaration,
      container: CONTAINER,
      kind,
      channel: 'green',
      status,
      version: 9,
      source: 'VNACCS',
    });
  const cases = () => Object.values(lane.gate.state.cases);

  it('and whose release is taken back is a case for customs, and nothing moves', () => {
    const effects = says('withdrawn');
    assert.deepEqual(
      cases().map(({ containers, reasons }) => [containers, reasons.map(({ code }) => code)]),
      [[[CONTAINER], ['CLEARANCE_WITHDRAWN']]],
    );
    assert.deepEqual(
      effects.filter(({ kind }) => kind === 'command'),
      [],
    );
    assert.ok(lane.alarms().some((alarm) => alarm.startsWith('CUSTOMS_CASE/')));
  });

  it('is one case, however many of its declarations are taken back', () => {
    says('withdrawn');
    says('withdrawn', 'export', 'D2');
    assert.equal(cases().length, 1);
  });

  it('is none by the word on another journey of the same container', () => {
    says('withdrawn', 'import');
    assert.deepEqual(cases(), []);
    says('released');
    assert.deepEqual(cases(), []);
  });

  it('and is here again is judged as what it is now', () => {
    lane.books(CONTAINER);
    says('withdrawn');
    assert.deepEqual(cases(), []);
  });

  it('is remembered with the last five thousand', () => {
    const { delivered } = lane.gate.state;
    for (let n = 0; n < 5_000; n += 1) delivered[`X${n}`] = { crossing: 'c', direction: 'export', at: 0 };
    deliver('TCLU4444440');
    assert.deepEqual(
      [delivered[CONTAINER], delivered.X0 !== undefined, Object.keys(delivered).length],
      [undefined, false, 5_000],
    );
  });
});
