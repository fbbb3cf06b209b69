import assert from 'node:assert/strict';
import { parseUnNumber } from '../../protocols/un-number.ts';

describe('dangerous goods', () => {
  it('a UN number has four digits, with UN before it or not', () => {
    for (const text of ['UN 1203', 'UN1203', 'un-1203', '1203', ' １２０３ '])
      assert.equal(parseUnNumber(text), '1203', text);
    assert.equal(parseUnNumber('0004'), '0004', 'zeros are kept');
  });

  it('what is no UN number is none', () => {
    for (const text of ['', 'UN', '123', '12034', 'UN 0000', 'NA1203', 'UN 12O3', '33/1203', '1.203'])
      assert.equal(parseUnNumber(text), undefined, text);
  });
});
