/** Messages of a vehicle, and the published JSON schemas they are checked against. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { State } from '../../protocols/vda5050/state.ts';

const fixtures = new URL('../fixtures/vda5050/2.1.0/', import.meta.url);

/** Checks messages against VDA 5050 2.1.0's own schema. */
export function schemaCheck(
  name: 'order' | 'instantActions' | 'state' | 'connection',
): (message: unknown) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate: ValidateFunction = ajv.compile(
    JSON.parse(readFileSync(new URL(`${name}.schema.json`, fixtures), 'utf8')),
  );
  return (message) => assert.ok(validate(message), ajv.errorsText(validate.errors));
}

/** A state of LS-001 as a vehicle sends it. */
export const stateOf = (change: Partial<State> = {}): State => ({
  headerId: 1,
  timestamp: '2026-03-01T00:00:00.000Z',
  version: '2.1.0',
  manufacturer: 'langson',
  serialNumber: 'LS-001',
  orderId: 'o-1',
  orderUpdateId: 0,
  lastNodeId: 'hn-out-1',
  lastNodeSequenceId: 2,
  driving: false,
  paused: false,
  newBaseRequest: false,
  operatingMode: 'AUTOMATIC',
  nodeStates: [],
  edgeStates: [],
  agvPosition: { x: -120, y: 20, theta: 0, mapId: 'road', positionInitialized: true },
  loads: [{ loadId: 'CSQU3054383', loadType: 'container' }],
  actionStates: [],
  batteryState: { batteryCharge: 80, charging: false },
  errors: [],
  safetyState: { eStop: 'NONE', fieldViolation: false },
  ...change,
});

export const bytesOf = (message: unknown): Buffer => Buffer.from(JSON.stringify(message));
