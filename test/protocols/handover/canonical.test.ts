import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson, isCanonical, isSameJson } from '../../../protocols/handover/canonical.ts';

const parsed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('canonical JSON', () => {
  it('is told from every other text of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        assert.equal(isCanonical(text, JSON.parse(text)), true);
        for (const other of [JSON.stringify(value), JSON.stringify(value, null, 1), ` ${text}`])
          assert.equal(isCanonical(other, JSON.parse(other)), other === text, other);
      }),
    );
    for (const text of [
      '{"a":1,"a":1}',
      '{"b":1,"a":1}',
      '{"10":1,"9":1}',
      '1.0',
      '-0',
      '"\\u0061"',
      '{"__proto__":1}',
    ])
      assert.equal(isCanonical(text, JSON.parse(text)), canonicalJson(JSON.parse(text)) === text, text);
  });

  it('is the same of two values exactly if they are the same, whatever the order of their members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        assert.equal(isSameJson(parsed(one), other), canonicalJson(parsed(one)) === canonicalJson(other));
        assert.equal(isSameJson(parsed(one), one), true);
      }),
    );
    assert.equal(isSameJson({ a: 1 }, { a: 1, b: undefined }), true);
    assert.equal(isSameJson({ a: 1, b: null }, { a: 1, b: undefined }), false);
    assert.equal(isSameJson({ a: [] }, { a: {} }), false);
    assert.equal(isSameJson(JSON.parse('{"toString":1}'), {}), false);
    assert.equal(isSameJson({}, { toString: 1 }), false);
  });
});
