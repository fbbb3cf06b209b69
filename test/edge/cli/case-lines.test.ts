import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linesOf } from '../../../edge/cli/case-lines.ts';

async function linesIn(
  chunks: readonly (Buffer | string)[],
  charactersMax?: number,
): Promise<(string | null)[]> {
  const lines: (string | null)[] = [];
  async function* input() {
    yield* chunks;
  }
  for await (const line of linesOf(input(), charactersMax)) lines.push(line);
  return lines;
}

describe('lines of cases', () => {
  it('end at a line feed, with or without a carriage return before it; the last may end at nothing', async () => {
    assert.deepEqual(await linesIn(['a\r\nb\n\nc']), ['a', 'b', '', 'c']);
    assert.deepEqual(await linesIn(['a\n']), ['a']);
    assert.deepEqual(await linesIn([]), []);
    assert.deepEqual(await linesIn(['\n\n']), ['', '']);
  });

  it('do not end at separators that JSON may hold in a text', async () => {
    assert.deepEqual(await linesIn(['a\u2028b\u2029c\u0085d\re']), ['a\u2028b\u2029c\u0085d\re']);
  });

  it('begin behind a byte-order mark, which only the first may have', async () => {
    assert.deepEqual(await linesIn([Buffer.from('\uFEFFa\n\uFEFFb')]), ['a', '\uFEFFb']);
  });

  it('that are too long are told of and not kept, and the next is read', async () => {
    assert.deepEqual(await linesIn(['abc', 'de', 'fgh\nxyz\n', 'abcd', 'ef'], 5), [null, 'xyz', null]);
    assert.deepEqual(await linesIn(['abcde\n'], 5), ['abcde']);
  });

  it('are the same however the bytes arrive', async () => {
    const text = fc.array(
      fc
        .string({ unit: 'binary', maxLength: 12 })
        .map((one) => one.replace(/[\r\n\uFEFF]|[\uD800-\uDFFF]/g, '')),
      {
        minLength: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 9 })), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        chunks.push(bytes.subarray(at));
        assert.deepEqual(await linesIn(chunks), lines);
      }),
    );
  });
});
