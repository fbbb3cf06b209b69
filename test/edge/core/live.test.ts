import assert from 'node:assert/strict';
import { liveView } from '../../../edge/core/live.ts';
import { initialState } from '../../../edge/core/state.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME } from '../../support/core-border.ts';

describe('what the other gate sees of now', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const seen = () => liveView(border.gate.state);
  const xe = () => border.vehicle('xe-1');

  it('is nothing before the first start, and nothing while nobody is on the other side', () => {
    assert.deepEqual(liveView(initialState()), { vehicles: {}, bays: {} });
    assert.deepEqual(seen(), { vehicles: {}, bays: {} });
    xe().says({ lastNodeId: 'km0-north' });
    assert.deepEqual(seen().vehicles, {}, 'the line itself is not theirs');
  });

  it('is our vehicle on their ground: where it is, whether it stands, and whether it is locked for the crane', () => {
    const node = 'hnq-bay-land-1';
    xe().says({ lastNodeId: node, driving: true });
    assert.deepEqual(seen().vehicles, { 'xe-1': { standing: false, locked: false, node } });
    const drop = { actionId: 'd', actionType: 'drop' };
    xe().says({ driving: false, actions: [{ ...drop, status: 'WAITING' }] });
    assert.deepEqual(seen().vehicles, { 'xe-1': { standing: true, locked: false, node } });
    xe().says({ actions: [{ ...drop, status: 'RUNNING' }] });
    assert.deepEqual(seen().vehicles, { 'xe-1': { standing: true, locked: true, node } });
    xe().says({ driving: true });
    assert.deepEqual(seen().vehicles['xe-1']?.locked, false, 'what moves is not locked, whatever it says');
    xe().says({ driving: false, actions: [{ actionId: 'w', actionType: 'beep', status: 'RUNNING' }] });
    assert.deepEqual(seen().vehicles['xe-1']?.locked, false);
  });

  it('is not a vehicle that is not heard: absent means unknown', () => {
    xe().says({ lastNodeId: 'hnq-bay-land-1' });
    border.gate.status('xe-1', 'stale');
    assert.deepEqual(seen().vehicles, {});
  });

  it('is whether the hoist is clear of the bay where their vehicle is expected, and of no other', () => {
    border.offered('m1', box(1));
    border.offered('m2');
    assert.deepEqual(seen().bays, { 'hn-bay-land-1': { clear: true } });
    border.crane('crane-1', 'bay-land-1', false);
    assert.deepEqual(seen().bays, { 'hn-bay-land-1': { clear: false } });
    border.crane('crane-1', 'bay-load-1', false);
    assert.deepEqual(seen().bays, { 'hn-bay-land-1': { clear: true } });
    border.gate.status('crane-1', 'stale');
    assert.deepEqual(seen().bays, { 'hn-bay-land-1': { clear: false } });
  });

  it('is no longer the bay of one that does not come', () => {
    border.offered('m1', box(1));
    border.read({ kind: 'grant-returned', move: 'm1', grant: border.moved('m1').inbound?.grant ?? '' });
    assert.deepEqual(seen().bays, {});
  });

  it('moves our vehicle out of their bay, and our crane over their vehicle, as soon as it is read', () => {
    border.offered('m1', box(1));
    const grant = border.moved('m1').inbound?.grant ?? '';
    border.read({ kind: 'departed', move: 'm1', grant, eventTime: EVENT_TIME });
    border.stands('border-in-1', border.moved('m1').vehicle?.plate ?? '', box(1));
    border.goesThrough('border-in-1');
    border.bay('bay-land-1', true);
    const says = (locked: boolean) =>
      border
        .step({
          type: 'counterpart-live',
          fresh: true,
          vehicles: { 'che-m1': { standing: true, locked, node: 'hn-bay-land-1' } },
          bays: {},
        })
        .flatMap((effect) => (effect.kind === 'command' ? [effect.command.kind] : []));
    assert.deepEqual(says(false), []);
    assert.deepEqual(says(true), ['job']);
  });
});
