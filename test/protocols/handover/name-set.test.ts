import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NameSet } from '../../../protocols/handover/name-set.ts';

/** Names as gates give them, in any order, and such as nobody would. */
const name = fc.oneof(
  fc.nat(30).map((number) => `huu-nghi-m${number}`),
  fc.constantFrom(
    '',
    'm',
    'm0',
    'm00',
    'm01',
    'm1',
    '7',
    '07',
    'm9007199254740993',
    'm\n3',
    'm999999999999999',
  ),
);

describe('a set of names that were given out one after the other', () => {
  it('holds exactly what was put in and not taken out, as any set does', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name, isAdded: fc.boolean() }), { maxLength: 200 }), (steps) => {
        const [names, model] = [new NameSet(), new Set<string>()];
        for (const step of steps) {
          if (step.isAdded) {
            names.add(step.name);
            model.add(step.name);
          } else {
            names.delete(step.name);
            model.delete(step.name);
          }
        }
        for (const step of steps) assert.equal(names.has(step.name), model.has(step.name), step.name);
        for (let number = 0; number <= 31; number += 1)
          assert.equal(names.has(`huu-nghi-m${number}`), model.has(`huu-nghi-m${number}`));
      }),
    );
  });
});
