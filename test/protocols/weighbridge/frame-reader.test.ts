import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFrameReader, type FrameEvent } from '../../../protocols/weighbridge/frame-reader.ts';
import { encodeMettlerToledo, mettlerToledoFormat } from '../../../protocols/weighbridge/mettler-toledo.ts';

const frame = fc
  .record({
    tens: fc.integer({ min: -100, max: 9_999 }),
    tareTens: fc.integer({ min: 0, max: 2_000 }),
    motion: fc.boolean(),
  })
  .map(({ tens, tareTens, motion }) =>
    encodeMettlerToledo({
      grossKg: tens * 10,
      tareKg: tareTens * 10,
      motion,
      divisionKg: 10,
      checksum: true,
    }),
  );
const noise = fc.uint8Array({ maxLength: 40 });
/** Noise made of the bytes that hurt most: starts, ends, digits. */
const nastyNoise = fc
  .array(fc.constantFrom(0x02, 0x82, 0x0d, 0x30, 0x31, 0x2c, 0x20), { maxLength: 40 })
  .map((bytes) => Uint8Array.from(bytes));

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const framesOf = (events: readonly FrameEvent[]) =>
  events.filter(({ kind }) => kind === 'frame').map(({ bytes }) => bytes);
const droppedOf = (events: readonly FrameEvent[]) =>
  joined(events.filter(({ kind }) => kind === 'dropped').map(({ bytes }) => bytes));

function readAll(stream: Uint8Array, chunkLengths: readonly number[] = [], checksum = true): FrameEvent[] {
  const reader = createFrameReader(mettlerToledoFormat({ checksum }));
  const events: FrameEvent[] = [];
  let at = 0;
  for (const length of chunkLengths) {
    events.push(...reader.push(stream.subarray(at, at + length)));
    at += length;
  }
  return [...events, ...reader.push(stream.subarray(at)), ...reader.flush()];
}

/** Noise that ends in a frame cut off just before a checksum of 0x02 is completed by the next frame's start: truly ambiguous. */
const endsInOwnStart = (bytes: Uint8Array): boolean =>
  framesOf(readAll(joined([bytes, Uint8Array.of(0x02)]))).length > 0;

describe('the reader of a scale’s line', () => {
  it('finds the same frames however the bytes are cut into chunks, and hands back the same rest', () => {
    const stream = fc.array(fc.oneof(frame, noise, nastyNoise), { maxLength: 8 }).map(joined);
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 30 }), (bytes, cuts) => {
        const whole = readAll(bytes);
        const cut = readAll(bytes, cuts);
        assert.deepEqual(framesOf(cut), framesOf(whole));
        assert.deepEqual(droppedOf(cut), droppedOf(whole));
      }),
    );
  });

  it('loses no frame to noise between frames', () => {
    const pairs = fc.array(fc.tuple(fc.oneof(noise, nastyNoise), frame), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pairs, (parts) => {
        fc.pre(parts.every(([bytes]) => !endsInOwnStart(bytes)));
        const found = framesOf(readAll(joined(parts.flat()))).map(String);
        let from = 0;
        for (const [, good] of parts) {
          const at = found.indexOf(String(good), from);
          assert.notEqual(at, -1, `frame ${good} was lost`);
          from = at + 1;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('every byte comes back exactly once, in a frame or as dropped', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(frame, nastyNoise), { maxLength: 8 }).map(joined), (bytes) => {
        assert.deepEqual(joined(readAll(bytes).map((event) => event.bytes)), bytes);
      }),
    );
  });

  it('a checksum byte that equals the start or the end of a frame does not shift the next frame', () => {
    const start = { grossKg: 1_999_990, motion: true, divisionKg: 10, checksum: true };
    const end = { grossKg: 799_990, motion: false, divisionKg: 10, checksum: true };
    const frames = [start, end, end, start, start].map(encodeMettlerToledo);
    assert.deepEqual(
      frames.map((bytes) => bytes.at(-1)),
      [0x02, 0x0d, 0x0d, 0x02, 0x02],
    );
    assert.deepEqual(framesOf(readAll(joined(frames))), frames);
  });

  it('a line with parity opened with eight data bits is read all the same', () => {
    fc.assert(
      fc.property(frame, (bytes) => {
        const ones = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
        const evenParity = bytes.map((byte) => (ones(byte) % 2 === 0 ? byte : byte | 0x80));
        assert.equal(framesOf(readAll(evenParity)).length, 1);
      }),
    );
  });

  it('a frame with one wrong bit is dropped, and the next one is read', () => {
    fc.assert(
      fc.property(
        frame,
        frame,
        fc.integer({ min: 0, max: 17 }),
        fc.integer({ min: 0, max: 6 }),
        (bad, good, at, bit) => {
          const flipped = bad.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
          fc.pre(!endsInOwnStart(flipped));
          assert.deepEqual(framesOf(readAll(joined([flipped, good]))), [good]);
        },
      ),
    );
  });

  it('without checksums frames are told by start, printable bytes and end', () => {
    const bytes = encodeMettlerToledo({ grossKg: 39_350, motion: false, divisionKg: 10, checksum: false });
    assert.deepEqual(framesOf(readAll(joined([Uint8Array.of(0x02, 0x0d), bytes, bytes]), [], false)), [
      bytes,
      bytes,
    ]);
  });

  it('after a silence the half frame is given up and the next frame is read', () => {
    const reader = createFrameReader(mettlerToledoFormat({ checksum: true }));
    const bytes = encodeMettlerToledo({ grossKg: 12_340, motion: true, divisionKg: 10, checksum: true });
    assert.deepEqual(reader.push(bytes.subarray(0, 9)), []);
    assert.deepEqual(reader.flush(), [{ kind: 'dropped', bytes: bytes.slice(0, 9) }]);
    assert.deepEqual(reader.push(bytes), [{ kind: 'frame', bytes }]);
    assert.deepEqual(reader.flush(), []);
  });
});
