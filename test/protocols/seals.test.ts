import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareSeals, normaliseSeal, normaliseSeals } from '../../protocols/seals.ts';

describe('seal numbers', () => {
  it('a seal is the same however it is punctuated, and keeps its zeros', () => {
    assert.equal(normaliseSeal(' vn-0012 345 '), 'VN0012345');
    assert.equal(normaliseSeal('ＶＮ００１２３４５'), 'VN0012345');
  });

  it('customs’ ##### and an empty field mean no seal', () => {
    for (const none of ['#####', ' ##### ', '', '  ', '-'])
      assert.equal(normaliseSeal(none), undefined, none);
    assert.equal(normaliseSeal('VN#1'), 'VN#1');
  });

  it('the letter O and the digit 0 stay apart', () => {
    assert.deepEqual(compareSeals(['VN0'], ['VNO']), { missing: ['VN0'], unexpected: ['VNO'] });
  });

  it('a changed seal is both missing and unexpected; agreeing lists are neither', () => {
    assert.deepEqual(compareSeals(['A1', '#####'], ['a-1']), { missing: [], unexpected: [] });
    assert.deepEqual(compareSeals(['A1', 'B2'], ['A1', 'C3']), { missing: ['B2'], unexpected: ['C3'] });
  });

  it('order and repetition of a list make no difference', () => {
    const seals = fc.array(fc.string({ unit: fc.constantFrom(...'AB01-# ') }));
    fc.assert(
      fc.property(seals, (list) => {
        assert.deepEqual(normaliseSeals([...list, ...list].reverse()), normaliseSeals(list));
        assert.deepEqual(compareSeals(list, [...list].reverse()), { missing: [], unexpected: [] });
      }),
    );
  });
});
