import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalisePlate, PROVINCES } from '../../../protocols/plates/text.ts';

describe('the text of a plate', () => {
  it('keeps every province character, and there are 31 of them', () => {
    assert.equal(new Set(PROVINCES).size, 31);
    for (const province of PROVINCES) assert.equal(normalisePlate(`${province}A·12345`), `${province}A12345`);
  });

  it('is Latin where a camera sent the glyphs of another alphabet', () => {
    assert.equal(normalisePlate('12С-123.45'), '12C12345');
    assert.equal(normalisePlate('АВСЕНКМОРТХ'), 'ABCEHKMOPTX');
    assert.equal(normalisePlate('авсенкмортх'), 'ABCEHKMOPTX');
    assert.equal(normalisePlate('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ'), 'ABEZHIKMNOPTYX');
  });

  it('has no character exchanged for another that only resembles it', () => {
    for (const [a, b] of ['0O', '8B', '1I', '5S', '2Z', 'DĐ', 'UV', 'СG', 'ЗB', 'З3', 'ОQ', 'О0', 'ДD'])
      assert.notEqual(normalisePlate(`12${a}`), normalisePlate(`12${b}`), `${a} ${b}`);
  });

  it('keeps what may stand for a character that could not be read', () => {
    for (const unread of ['_', '~', '?', '*', '□'])
      assert.notEqual(normalisePlate(`12C1${unread}345`), normalisePlate('12C1345'), unread);
  });

  it('has Đ as one character, under each code point and as a D with a stroke laid over it', () => {
    for (const d of ['Đ', 'đ', 'Ð', 'ð', 'Ɖ', 'ɖ', 'D\u0335', 'd\u0335', 'D\u0336'])
      assert.equal(normalisePlate(`29T${d}-123.45`), '29TĐ12345', d);
    assert.equal(normalisePlate('29TD-123.45'), '29TD12345');
  });

  it('has the simplified character for the traditional one', () => {
    assert.equal(normalisePlate('粵Z·1234港'), '粤Z1234港');
    assert.equal(normalisePlate('貴A 1234掛'), '贵A1234挂');
    assert.equal(normalisePlate('京·X2345應急'), '京X2345应急');
  });

  it('is the same in composed and in decomposed form', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'12ÀÉĐÔƠƯỆabc-. ') });
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(normalisePlate(text.normalize('NFD')), normalisePlate(text.normalize('NFC')));
      }),
    );
  });

  it('does not change a second time, wherever separators stand between a letter and its mark', () => {
    const parts = fc.constantFrom(
      'D',
      'd',
      'A',
      'С',
      'Ι',
      'Ø',
      'ø',
      '\u0335',
      '\u0336',
      '\u0301',
      '\u0323',
      '\u0345',
    );
    const gaps = fc.constantFrom('-', '·', ' ', '\u200b', '\u00ad');
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(parts, gaps), maxLength: 8 }), (text) => {
        const once = normalisePlate(text);
        assert.equal(normalisePlate(once), once);
      }),
      { numRuns: 2000 },
    );
  });
});
