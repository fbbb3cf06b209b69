import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  defaultIdentifyPolicy,
  indexOf,
  type Read,
  weighAll,
} from '../../../../edge/core/identify/identify.ts';
import { usable } from '../../../../edge/core/identify/reads.ts';
import { toTheLetter } from '../../../../edge/core/identify/to-the-letter.ts';

const PLATE = '12C12345';
const TRAILER = '12R01234';
const FRONT = 'CSQU3054383';
const REAR = 'MWCU6059784';

const kinds = ['plate', 'trailer', 'container'] as const;
const values = [PLATE, TRAILER, FRONT, REAR, '12C12346', 'CSQU305438S'];
const read = fc.record({
  kind: fc.constantFrom(...kinds),
  value: fc.constantFrom(...values),
  device: fc.constantFrom('a', 'b'),
  quality: fc.integer({ min: 400, max: 1000 }),
});
const crossing = fc.record({
  plate: fc.option(fc.constant(PLATE), { nil: undefined }),
  trailer: fc.option(fc.constant(TRAILER), { nil: undefined }),
  numbers: fc.subarray([FRONT, REAR]),
});

describe('what was read to the letter', () => {
  it('is recognised as it would be by weighing everything', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.array(read, { maxLength: 6 }), crossing, (reads, { plate, trailer, numbers }) => {
        const index = indexOf([
          {
            crossingId: 'x1',
            containers: numbers.map((number) => ({ number })),
            ...(plate !== undefined && { plate }),
            ...(trailer !== undefined && { trailer }),
          },
        ]);
        const used = usable(
          reads.map((one, at): Read => ({ ...one, at, readId: `r${at}` })),
          defaultIdentifyPolicy.qualityMin,
        );
        const [entry] = index.entries;
        const quick = entry === undefined ? undefined : toTheLetter(entry, used);
        if (quick === undefined) return;
        plain += 1;
        assert.deepEqual(quick, weighAll(used, defaultIdentifyPolicy, index));
      }),
      { numRuns: 3_000, seed: 11 },
    );
    assert.ok(plain > 100, String(plain));
  });
});
