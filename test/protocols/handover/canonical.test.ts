import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson, hasSortedMembers, isSameJson } from '../../../protocols/handover/canonical.ts';

const parsed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('canonical JSON', () => {
  it('is what is written natively of a value whose members are in order, and no other text is', () => {
    const isNative = (text: string): boolean => {
      const value: unknown = JSON.parse(text);
      return hasSortedMembers(value) && JSON.stringify(value) === text;
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        // Names that are numbers come out of JSON in another order than they were in.
        if (!/"\d+":/.test(text)) assert.equal(isNative(text), true, text);
        for (const other of [JSON.stringify(value), JSON.stringify(value, null, 1), ` ${text}`])
          if (other !== text) assert.equal(isNative(other), false, other);
      }),
    );
    for (const text of ['{"a":1,"a":1}', '{"b":1,"a":1}', '{"9":1,"10":1}', '1.0', '-0', '"\\u0061"'])
      assert.equal(isNative(text), false, text);
    assert.equal(isNative('{"__proto__":1}'), true);
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
