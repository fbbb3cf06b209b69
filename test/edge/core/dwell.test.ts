import assert from 'node:assert/strict';
import { judgeVisit } from '../../../edge/core/judgement.ts';
import { siteOf } from '../../../edge/core/site.ts';
import { bootBorder, box, type CoreBorder } from '../../support/core-border.ts';

const DAY_MS = 24 * 3_600_000;

describe('a vehicle of the other gate', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
    border.offered('m1', box(1));
    const grant = border.moved('m1').inbound?.grant ?? '';
    border.read({ kind: 'departed', move: 'm1', grant, eventTime: '2026-11-21T08:00:00+08:00' });
    border.stands('border-in-1', border.moved('m1').vehicle?.plate ?? '', box(1));
    border.goesThrough('border-in-1');
  });
  const vehicle = 'che-m1';
  const isTold = (): boolean => border.gate.alarms().includes(`DWELL_EXCEEDED/${vehicle}`);

  it('may stay for a day after it has come; then people are told', () => {
    border.wait(DAY_MS - 1_000);
    assert.equal(isTold(), false);
    border.wait(2_000);
    assert.equal(isTold(), true);
  });

  it('that has stayed too long is let go home, and the reason stands in the record', () => {
    const visitor = border.gate.state.visitors[vehicle] ?? assert.fail('it is not here');
    visitor.unloaded = true;
    const bay = border.gate.config.yard.bays.find(({ id }) => id === visitor.bay);
    border.read({ kind: 'authority-asked', ask: 'a1', vehicle, from: bay?.node ?? '', to: 'hn-out-3' });
    border.wait(DAY_MS + 2_000);
    const home = border.crossing(visitor.leaving ?? '');
    const lane = siteOf(border.gate.state).laneAtNode.get('hn-out-3') ?? assert.fail('no lane');
    border.stands(lane.id, home.vehicle?.plate ?? '');
    const { reasons } = judgeVisit(border.gate.state, lane, border.visit(lane.id));
    assert.deepEqual(
      reasons.map(({ code, severity }) => `${code} ${severity}`),
      ['LINE_NOT_CLEAR hold', 'DWELL_EXCEEDED info'],
    );
    assert.equal(home.lineClear?.used, false, 'it asks for the way home as any other');
  });
});
