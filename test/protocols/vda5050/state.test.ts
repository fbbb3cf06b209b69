import assert from 'node:assert/strict';
import fc from 'fast-check';
import { messageBytesMax } from '../../../protocols/json-message.ts';
import { parseState, reduceState } from '../../../protocols/vda5050/state.ts';
import { stateMessage } from '../../../simulator/devices/vehicle-mqtt.ts';
import { benchVehicle } from '../../support/mqtt-bench.ts';
import { bytesOf, schemaCheck, stateOf } from '../../support/vda5050.ts';

const reasonOf = (bytes: Uint8Array): string => {
  const parsed = parseState(bytes);
  assert.ok(!parsed.ok);
  return parsed.reason;
};

describe('VDA 5050 state', () => {
  it('of a 2.0 vehicle is read as that of a 2.1 one', () => {
    assert.ok(parseState(bytesOf(stateOf({ version: '2.0.0' }))).ok);
    assert.ok(parseState(bytesOf(stateOf({ version: '2.0' }))).ok);
  });

  it('of a 3.0 vehicle is refused by name, not misread', () => {
    assert.match(reasonOf(bytesOf(stateOf({ version: '3.0.0' }))), /version: only VDA 5050 2\.x/);
  });

  it('knows the action status PAUSED, which the schema of 2.1 forgets', () => {
    const paused = { actionId: 'a-1', actionType: 'pick', actionStatus: 'PAUSED' } as const;
    assert.ok(parseState(bytesOf(stateOf({ actionStates: [paused] }))).ok);
  });

  it('that cannot be read says what is wrong, and where', () => {
    assert.equal(reasonOf(Buffer.from('{')), 'not JSON');
    assert.equal(reasonOf(Buffer.from([0xff, 0xfe])), 'not UTF-8');
    assert.match(reasonOf(Buffer.alloc(messageBytesMax + 1, 0x20)), /more than/);
    assert.match(reasonOf(bytesOf({ ...stateOf(), driving: 'no' })), /^driving: /);
    assert.match(
      reasonOf(bytesOf({ ...stateOf(), nodeStates: [{ nodeId: 'n', sequenceId: -1, released: true }] })),
      /^nodeStates\.0\.sequenceId: /,
    );
    assert.match(reasonOf(bytesOf(stateOf({ timestamp: 'yesterday' }))), /^timestamp: /);
  });

  it('with an odd velocity is still a state we know', () => {
    assert.ok(parseState(bytesOf({ ...stateOf(), velocity: 'fast' })).ok);
  });

  it('reader never throws, whatever bytes come', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseState(bytes)));
    fc.assert(fc.property(fc.json(), (json) => void parseState(Buffer.from(json))));
  });

  it('is reduced to what a decision can depend on, nodes ahead in the order of the way', () => {
    const ahead = [
      { nodeId: 'b', sequenceId: 6, released: false },
      { nodeId: 'a', sequenceId: 4, released: true },
    ];
    assert.deepEqual(reduceState(stateOf({ nodeStates: ahead })), {
      orderId: 'o-1',
      orderUpdateId: 0,
      lastNodeId: 'hn-out-1',
      lastNodeSequenceId: 2,
      nodesAhead: ahead.toReversed(),
      driving: false,
      paused: false,
      mode: 'AUTOMATIC',
      loads: ['CSQU3054383'],
      actions: [],
      eStop: 'NONE',
      localized: true,
      batteryPercent: 80,
      charging: false,
      errors: [],
    });
  });

  it('is read cautiously where the vehicle says nothing: not localized, and carrying something unknown', () => {
    const { agvPosition: _position, loads: _loads, ...silent } = stateOf();
    const facts = reduceState(silent);
    assert.equal(facts.localized, false);
    assert.deepEqual(facts.loads, ['']);
  });

  it('of the simulated vehicle conforms to the published schema of 2.1.0', () => {
    const { headerId, timestamp, version, manufacturer, serialNumber } = stateOf();
    const head = { headerId, timestamp, version, manufacturer, serialNumber };
    const check = schemaCheck('state');
    check(stateMessage(head, benchVehicle().state));
    check(stateMessage(head, benchVehicle().state, 'nodes: too many'));
    const adrift = { charging: true, mode: 'MANUAL', eStop: 'REMOTE', localized: false } as const;
    const message = stateMessage(head, { ...benchVehicle().state, ...adrift });
    check(message);
    const { charging, mode, eStop, localized } = reduceState(message);
    assert.deepEqual({ charging, mode, eStop, localized }, adrift);
  });
});
