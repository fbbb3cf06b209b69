import assert from 'node:assert/strict';
import { parseHazardClass, parseUnNumber } from '../../protocols/un-number.ts';

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

  it('a class may have a division, and explosives a compatibility group', () => {
    for (const text of [
      '1',
      '1.1',
      '1.4S',
      '2',
      '2.1',
      '2.3',
      '3',
      '4.1',
      '4.3',
      '5.1',
      '5.2',
      '6.1',
      '6.2',
      '7',
      '8',
      '9',
    ])
      assert.equal(parseHazardClass(text), text);
    assert.equal(parseHazardClass('Class 6.1'), '6.1');
    assert.equal(parseHazardClass(' 1.1 d '), '1.1D');
  });

  it('a division or group that does not exist is none', () => {
    for (const text of [
      '',
      '0',
      '10',
      '1.7',
      '1.1I',
      '1.1M',
      '2.4',
      '3.1',
      '4',
      '4.4',
      '5',
      '5.3',
      '6',
      '6.3',
      '7.1',
      '9A',
    ])
      assert.equal(parseHazardClass(text), undefined, text);
  });
});
