import assert from 'node:assert/strict';
import { normaliseDeclarationNumber } from '../../protocols/declaration-number.ts';

describe('the number of a declaration', () => {
  it('is the same however it is grouped', () => {
    for (const text of [
      '105 123 456 782',
      '105-123-456-782',
      '105.123.456.782',
      '１０５１２３４５６７８２',
      '105123456782\u200b',
    ])
      assert.equal(normaliseDeclarationNumber(text), '105123456782', text);
    assert.equal(normaliseDeclarationNumber('7203 2026 e 000012345'), '72032026E000012345');
  });

  it('is another one in every character, the last digit of Vietnam’s included', () => {
    assert.notEqual(normaliseDeclarationNumber('105123456780'), normaliseDeclarationNumber('105123456781'));
  });
});
