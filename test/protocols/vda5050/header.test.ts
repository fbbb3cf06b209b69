import assert from 'node:assert/strict';
import { buildInstantAction, parseInstantActions } from '../../../protocols/vda5050/actions.ts';
import { parseConnection } from '../../../protocols/vda5050/connection.ts';
import {
  createHeaders,
  createHeaderWatch,
  speaksFor,
  vehicleTopic,
} from '../../../protocols/vda5050/header.ts';
import { bytesOf, schemaCheck, stateOf } from '../../support/vda5050.ts';

const vehicle = { manufacturer: 'langson', serialNumber: 'LS-001' };
const atMs = Date.parse('2026-03-01T00:00:00Z');

describe('VDA 5050 header', () => {
  it('counts apart for each topic', () => {
    const head = createHeaders(vehicle);
    assert.equal(head('order', atMs).headerId, 1);
    assert.equal(head('order', atMs).headerId, 2);
    assert.equal(head('instantActions', atMs).headerId, 1);
    assert.equal(head('order', atMs).timestamp, '2026-03-01T00:00:00.000Z');
  });

  it('names topics by prefix, manufacturer and serial number', () => {
    assert.equal(vehicleTopic('uagv/v2', vehicle, 'state'), 'uagv/v2/langson/LS-001/state');
  });

  it('shows a message that speaks for another vehicle', () => {
    assert.ok(speaksFor(stateOf(), vehicle));
    assert.ok(!speaksFor(stateOf({ serialNumber: 'LS-002' }), vehicle));
  });

  it('shows a doubled or overtaken message, but not a vehicle that restarted and counts anew', () => {
    const watch = createHeaderWatch();
    const old = (headerId: number, second: number): boolean =>
      watch.isOld(stateOf({ headerId, timestamp: new Date(atMs + second * 1000).toISOString() }));
    assert.equal(old(7, 0), false);
    assert.equal(old(8, 1), false);
    assert.equal(old(8, 1), true, 'doubled');
    assert.equal(old(7, 0), true, 'overtaken');
    assert.equal(old(9, 1), false, 'two in one tick of its clock');
    assert.equal(old(1, 60), false, 'restarted');
    assert.equal(old(2, -60), false, 'its clock was set back, its count goes on');
    watch.reset();
    assert.equal(old(1, -120), false, 'a new connection');
  });
});

describe('VDA 5050 instant actions and connection', () => {
  it('conform to the published schemas of 2.1.0 and read back as written', () => {
    const head = createHeaders(vehicle);
    const check = schemaCheck('instantActions');
    for (const type of ['startPause', 'stopPause', 'cancelOrder', 'startCharging', 'stopCharging'] as const) {
      const message = buildInstantAction(head('instantActions', atMs), `c-${type}`, type);
      check(message);
      assert.deepEqual(parseInstantActions(bytesOf(message)), { ok: true, value: message });
    }
    const online = { ...head('connection', atMs), connectionState: 'ONLINE' };
    schemaCheck('connection')(online);
    assert.deepEqual(parseConnection(bytesOf(online)), { ok: true, value: online });
  });
});
