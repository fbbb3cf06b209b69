import assert from 'node:assert/strict';
import { routeBetween } from '../../../edge/core/route.ts';
import {
  bayAtNode,
  baysFor,
  configOf,
  cranesOver,
  isOurs,
  laneAtNode,
  lanesFor,
  nodeGate,
  siteOf,
} from '../../../edge/core/site.ts';
import { initialState, restore, snapshot } from '../../../edge/core/state.ts';
import { bootGate } from '../../support/core-gate.ts';
import { referenceConfigs } from '../../support/simulated-site.ts';

describe('the indexed configuration', () => {
  const [config] = referenceConfigs;
  const { state } = bootGate(config ?? assert.fail('no configuration'));
  const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id);

  it('finds a lane by any of its devices, by its place, and by what it is for', () => {
    for (const device of ['io-yard-in-1', 'anpr-yard-in-1', 'ocr-yard-in-1', 'scale-1'])
      assert.equal(siteOf(state).laneOfDevice.get(device)?.id, 'yard-in-1');
    assert.equal(siteOf(state).laneOfDevice.get('crane-1'), undefined);
    assert.equal(laneAtNode(state, 'hn-in-2')?.id, 'border-in-2');
    assert.equal(laneAtNode(state, 'hnq-in-2'), undefined, 'the other gate’s');
    assert.deepEqual(ids(lanesFor(state, 'border-out', 'bobtail')), ['border-out-2']);
    assert.deepEqual(ids(lanesFor(state, 'yard-out', 'bobtail')), ['yard-out-1']);
  });

  it('finds bays and the cranes above them', () => {
    assert.equal(bayAtNode(state, 'hn-bay-load')?.id, 'bay-load');
    assert.deepEqual(ids(baysFor(state, 'landing')), ['bay-land']);
    assert.deepEqual(
      cranesOver(state, 's-03').map(({ device }) => device),
      ['crane-1'],
    );
    assert.deepEqual(cranesOver(state, 's-99'), []);
    assert.equal(siteOf(state).bayOfIo.get('io-bay-truck')?.id, 'bay-truck');
  });

  it('knows on whose ground a place lies, and that the line itself is nobody’s', () => {
    assert.deepEqual(
      ['hn-park-1', 'hnq-park-1', 'km0-north', 'nowhere'].map((node) => nodeGate(state, node)),
      ['huu-nghi', 'huu-nghi-quan', undefined, undefined],
    );
    assert.deepEqual([isOurs(state, 'huu-nghi'), isOurs(state, 'huu-nghi-quan')], [true, false]);
  });

  it('knows the shortest road, there and back, or that there is none', () => {
    assert.deepEqual(routeBetween(state, 'hn-out-1', 'hnq-in-1'), ['hn-out-1', 'km0-north', 'hnq-in-1']);
    assert.deepEqual(routeBetween(state, 'hn-out-1', 'hn-out-1'), ['hn-out-1']);
    assert.equal(routeBetween(state, 'hn-park-1', 'nowhere'), null);
    assert.equal(routeBetween(state, 'hn-park-1', 'nowhere'), null, 'nor when asked again');
    assert.equal(routeBetween(state, 'hn-park-1', 'hn-bay-land')?.[4], 'hnq-in-1', 'nobody drives backwards');
  });

  it('is built once for a configuration, and is no part of the state', () => {
    assert.equal(siteOf(state), siteOf(state));
    const copy = restore(snapshot(state));
    assert.deepEqual(Object.keys(copy), Object.keys(state));
    assert.notEqual(siteOf(copy), siteOf(state));
    assert.equal(laneAtNode(copy, 'hn-in-2')?.id, 'border-in-2');
  });

  it('is missed before the first start, and says so', () => {
    assert.throws(() => configOf(initialState()), /before its first boot/);
  });
});
