import assert from 'node:assert/strict';
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import { leafHash, rootHash } from '../../../protocols/handover/merkle.ts';
import { fulfil, type LogSource } from '../../../protocols/handover/needs.ts';
import { createReader } from '../../../protocols/handover/reader.ts';
import { headOf, linesOf, testRing } from './log.ts';

const GATE = 'huu-nghi';
const LINES = linesOf([
  { kind: 'accepted', move: 'huu-nghi-quan-m1' },
  { kind: 'accepted', move: 'huu-nghi-quan-m2' },
]);
const [FIRST = '', SECOND = ''] = LINES;
/** Of a history in which the second line is another. */
const OTHER = [FIRST, 'another line'];

const sourceOf = (leaves: readonly string[]): LogSource => ({
  lines: () => [],
  leaves: (after, last) => leaves.slice(after, last),
  head: () => undefined,
});

/** The first line is read, under a head of two lines of which the second will be another. */
function promisedOther() {
  const reader = createReader({ gate: GATE, ring: testRing, hashes: createLogHashes() });
  const source = sourceOf([leafHash(FIRST)]);
  const leaves = OTHER.map(leafHash);
  const proof = fulfil(createLogHashes({ tiles: [], leaves }).consistencyProof(1, 2), sourceOf(leaves));
  const first = fulfil(reader.receive({ lines: [FIRST], head: headOf(OTHER), after: 0, proof }), source);
  assert.equal(first.kind, 'lines');
  reader.committed();
  const readOn = () => fulfil(reader.receive({ lines: [SECOND], head: headOf(LINES), after: 1 }), source);
  return { reader, source, readOn };
}

describe('a log that was promised to go on in another way', () => {
  it('is a fork, with both signed heads; once people have cleared it, what is written is read on', () => {
    const { reader, readOn } = promisedOther();
    const answer = readOn();
    assert.ok(answer.kind === 'fault');
    assert.equal(answer.fault.kind, 'fork');
    assert.deepEqual(answer.fault.heads, [headOf(OTHER), headOf(LINES)]);
    assert.deepEqual(readOn(), answer, 'before that, each answer is that fault');
    reader.clear();
    assert.equal(readOn().kind, 'lines');
    reader.committed();
    assert.equal(reader.size, 2);
  });

  it('stays a fork where our own journal remembers the other head: that is our witness', () => {
    const { reader, source, readOn } = promisedOther();
    readOn();
    reader.clear();
    const tree = OTHER.map(leafHash);
    const witness = {
      size: 2,
      rootHash: rootHash(createLogHashes({ tiles: [], leaves: tree }).tree),
      jws: headOf(OTHER),
    };
    assert.equal(fulfil(reader.promise(witness), source), undefined);
    const answer = readOn();
    assert.equal(answer.kind === 'fault' && answer.fault.kind, 'fork');
  });
});
