import assert from 'node:assert/strict';
import fc from 'fast-check';
import { textParameter } from '../../../protocols/vda5050/actions.ts';
import { createHeaders } from '../../../protocols/vda5050/header.ts';
import { buildOrder, type OrderPlan, parseOrder } from '../../../protocols/vda5050/order.ts';
import { bytesOf, schemaCheck } from '../../support/vda5050.ts';

const head = createHeaders({ manufacturer: 'langson', serialNumber: 'LS-001' });
const atMs = Date.parse('2026-03-01T00:00:00Z');

const plan = (nodes: OrderPlan['nodes']): OrderPlan => ({
  orderId: 'o-1',
  orderUpdateId: 3,
  mapId: 'road',
  nodes,
});
const node = (sequenceId: number, released: boolean): OrderPlan['nodes'][number] => ({
  nodeId: `n-${sequenceId}`,
  sequenceId,
  released,
  x: sequenceId,
  y: 0,
});
const refusal = (nodes: OrderPlan['nodes']): string => {
  const built = buildOrder(head('order', atMs), plan(nodes));
  assert.ok(!built.ok);
  return built.reason;
};

describe('VDA 5050 order', () => {
  it('joins neighbouring nodes by edges that are released as the node they lead to', () => {
    const built = buildOrder(
      head('order', atMs),
      plan([node(4, true), { ...node(6, true), speedMaxMps: 8 }, node(8, false)]),
    );
    assert.ok(built.ok);
    assert.deepEqual(
      built.value.edges.map(({ edgeId, sequenceId, released, maxSpeed }) => ({
        edgeId,
        sequenceId,
        released,
        maxSpeed,
      })),
      [
        { edgeId: 'n-4--n-6', sequenceId: 5, released: true, maxSpeed: 8 },
        { edgeId: 'n-6--n-8', sequenceId: 7, released: false, maxSpeed: undefined },
      ],
    );
  });

  it('tells a vehicle which container to take from which bay, standing still meanwhile', () => {
    const action = {
      actionId: 'a-1',
      actionType: 'pick',
      loadId: 'CSQU3054383',
      stationName: 'bay-load',
    } as const;
    const built = buildOrder(head('order', atMs), plan([{ ...node(0, true), action }]));
    assert.ok(built.ok);
    const [pick] = built.value.nodes[0]?.actions ?? [];
    assert.ok(pick);
    assert.equal(pick.blockingType, 'HARD');
    assert.equal(textParameter(pick, 'loadId'), 'CSQU3054383');
    assert.equal(textParameter(pick, 'stationName'), 'bay-load');
    assert.equal(textParameter(pick, 'height'), undefined);
  });

  it('refuses a plan that a vehicle could misread', () => {
    assert.match(refusal([]), /needs a node/);
    assert.match(refusal([node(0, false)]), /first node must be released/);
    assert.match(refusal([node(1, true)]), /odd/);
    assert.match(refusal([node(0, true), node(4, true)]), /does not follow/);
    assert.match(refusal([node(0, true), node(2, false), node(4, true)]), /released behind one that is not/);
  });

  it('conforms to the published schema of 2.1.0 for every way through a map, and reads back as it was written', () => {
    const check = schemaCheck('order');
    const way = fc
      .record({
        length: fc.integer({ min: 1, max: 12 }),
        base: fc.integer({ min: 1, max: 12 }),
        start: fc.nat(50),
      })
      .map(({ length, base, start }) =>
        Array.from({ length }, (_, index) => ({
          ...node(2 * (start + index), index < base),
          speedMaxMps: 5,
        })),
      );
    fc.assert(
      fc.property(way, (nodes) => {
        const built = buildOrder(head('order', atMs), plan(nodes));
        assert.ok(built.ok);
        check(built.value);
        assert.deepEqual(parseOrder(bytesOf(built.value)), built);
      }),
    );
  });
});
