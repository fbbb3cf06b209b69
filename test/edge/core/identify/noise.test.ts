import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Candidate,
  defaultIdentifyPolicy,
  type Identified,
  identify,
  indexOf,
  type Read,
} from '../../../../edge/core/identify/identify.ts';
import { seededRandom } from '../../../../edge/platform/random.ts';
import { announce, arrive, IMPOSTORS, type Kind, look } from '../../../bench/identify-world.ts';

const VISITS = 400;
const noise = { accuracy: 0.97, correlation: 0.5, frames: 3 };

const isPassed = ({ outcome, plate, trailer, containers, unexpectedContainers }: Identified): boolean =>
  outcome === 'matched' &&
  unexpectedContainers.length === 0 &&
  [plate, trailer, ...containers].every(({ agreement }) => agreement === 'agrees');

describe('identifying misread vehicles', () => {
  const random = seededRandom(41);
  const pool = announce(1_000, random);
  const index = indexOf(pool);
  const visit = (kind: Kind): Identified =>
    identify(look(arrive(kind, pool, random), noise, random, 3), pool, defaultIdentifyPolicy, index);

  it('lets nearly all announced vehicles through', () => {
    let passed = 0;
    for (let count = 0; count < VISITS; count += 1) if (isPassed(visit('honest'))) passed += 1;
    assert.ok(passed >= 0.94 * VISITS, `${passed} of ${VISITS}`);
  });

  for (const kind of IMPOSTORS)
    it(`lets nobody through who was not announced: ${kind}`, () => {
      for (let count = 0; count < VISITS; count += 1) {
        const found = visit(kind);
        assert.equal(isPassed(found), false, JSON.stringify(found));
      }
    });
});

describe('identifying whatever devices may say', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...'0123456789ABCMWRU桂挂Đ '), maxLength: 14 }),
    fc.constantFrom('12C12345', '12R00477', 'MSKU3054383', 'WSKU3054383', 'AGV-07', 'T1'),
  );
  const position = fc.constantFrom('front' as const, 'rear' as const);
  const read: fc.Arbitrary<Read> = fc
    .record({
      kind: fc.constantFrom('plate', 'trailer', 'container', 'rfid', 'vehicle', 'booking'),
      device: fc.constantFrom('a', 'b', 'c'),
      value: text,
      quality: fc.integer({ min: 0, max: 1_000 }),
      at: fc.nat(),
    })
    .chain((plain) =>
      fc
        .option(position, { nil: undefined })
        .map((at) => (at === undefined ? plain : { ...plain, position: at })),
    );
  const candidate = fc.record({
    plate: text,
    trailer: text,
    containers: fc.array(fc.record({ number: text }), { maxLength: 2 }),
    rfid: fc.array(text, { maxLength: 2 }),
    serial: text,
  });
  const pools = fc
    .array(candidate, { maxLength: 12 })
    .map((list): Candidate[] => list.map((one, at) => ({ ...one, crossingId: `x${at}` })));

  it('accepts only a crossing that is expected and ahead of all others, and names five at most', () => {
    fc.assert(
      fc.property(fc.array(read, { maxLength: 10 }), pools, (reads, pool) => {
        const found = identify(reads, pool, defaultIdentifyPolicy);
        const { candidates, crossingId } = found;
        assert.ok(candidates.length <= 5 && candidates.every(({ score }) => Number.isSafeInteger(score)));
        assert.equal(crossingId !== undefined, found.outcome === 'matched');
        if (crossingId === undefined) return;
        const [best, next] = candidates;
        assert.equal(best?.crossingId, crossingId);
        assert.ok((best?.score ?? 0) >= defaultIdentifyPolicy.scoreMin);
        assert.ok((best?.score ?? 0) - (next?.score ?? 0) >= defaultIdentifyPolicy.marginMin);
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  it('does not depend on the order in which crossings were announced', () => {
    fc.assert(
      fc.property(fc.array(read, { maxLength: 8 }), pools, (reads, pool) => {
        const one = identify(reads, pool, defaultIdentifyPolicy);
        const other = identify(reads, pool.toReversed(), defaultIdentifyPolicy);
        assert.deepEqual([one.outcome, one.crossingId], [other.outcome, other.crossingId]);
      }),
      { seed: 7, numRuns: 400 },
    );
  });
});
