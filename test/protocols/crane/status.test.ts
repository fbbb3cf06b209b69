import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type CraneStatus,
  craneStatusNames,
  craneValues,
  readCraneStatus,
} from '../../../protocols/crane/status.ts';

const plain = { noNullPrototype: true } as const;
const bools = { landed: fc.boolean(), locked: fc.boolean(), unlocked: fc.boolean(), loaded: fc.boolean() };
const status: fc.Arbitrary<CraneStatus> = fc.record(
  {
    mode: fc.constantFrom('automatic' as const, 'manual' as const, 'fault' as const),
    spreader: fc.record(bools, plain),
    position: fc.string({ minLength: 1 }),
    hoistClear: fc.boolean(),
  },
  plain,
);

describe('crane status', () => {
  it('what the crane writes is what the gate reads, contradictions of its sensors included', () => {
    fc.assert(fc.property(status, (value) => assert.deepEqual(readCraneStatus(craneValues(value)), value)));
  });

  it('a missing or ill-typed value makes the whole status unreadable', () => {
    fc.assert(
      fc.property(status, fc.constantFrom(...craneStatusNames), (value, name) => {
        const read = readCraneStatus({ ...craneValues(value), [name]: undefined });
        assert.ok('problem' in read);
        assert.match(read.problem, new RegExp(`^${name} `));
      }),
    );
  });
});
