import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalisePlate, parsePlate, samePlate } from '../../protocols/plates.ts';

describe('number plates', () => {
  it('a Vietnamese plate is the same however the camera punctuates it', () => {
    for (const text of [
      '12C-123.45',
      '12c 123.45',
      '12C12345',
      '12C–123·45',
      '１２Ｃ－１２３．４５',
      ' 12C\u200b-123.45 ',
    ]) {
      assert.equal(normalisePlate(text), '12C12345', text);
    }
  });

  it('the two lines of a rear plate make one plate', () => {
    assert.ok(samePlate('12C\n123.45', '12C-123.45'));
    assert.ok(samePlate('12R\r\n012.34', '12R-012.34'));
  });

  it('a Vietnamese trailer is told from a tractor', () => {
    assert.deepEqual(parsePlate('12R-012.34'), { canonical: '12R01234', country: 'VN', trailer: true });
    assert.deepEqual(parsePlate('12C-012.34'), { canonical: '12C01234', country: 'VN', trailer: false });
  });

  it('Đ stays Đ under each of its code points, and is never D', () => {
    for (const d of ['Đ', 'đ', 'Ð', 'ð', 'Ɖ']) {
      assert.deepEqual(parsePlate(`12M${d}-123.45`), {
        canonical: '12MĐ12345',
        country: 'VN',
        trailer: false,
      });
    }
    assert.ok(!samePlate('12MĐ-123.45', '12MD-123.45'));
  });

  it('a Chinese plate keeps its province character', () => {
    assert.deepEqual(parsePlate('桂F·12345'), { canonical: '桂F12345', country: 'CN', trailer: false });
    assert.deepEqual(parsePlate('桂 f D12345'), { canonical: '桂FD12345', country: 'CN', trailer: false });
    assert.ok(!samePlate('桂F12345', '粤F12345'));
    assert.ok(!samePlate('桂F12345', 'F12345'));
  });

  it('a Chinese trailer keeps 挂', () => {
    assert.deepEqual(parsePlate('桂F\n1234挂'), { canonical: '桂F1234挂', country: 'CN', trailer: true });
    assert.ok(!samePlate('桂F1234挂', '桂F1234'));
  });

  it('a digits-only text keeps its zeros', () => {
    assert.equal(normalisePlate('51.20'), '5120');
    assert.ok(!samePlate('51.20', '51.2'));
  });

  it('a character the camera could not read is kept, so it matches no real plate', () => {
    for (const text of ['12C-1?3.45', '12C-1*3.45', '12C-1_3.45', '12C-1#3.45']) {
      assert.equal(normalisePlate(text).length, 8, text);
      assert.equal(parsePlate(text)?.country, undefined, text);
    }
  });

  it('letters that neither country uses give no country', () => {
    for (const text of [
      '12I-123.45',
      '12O-123.45',
      '12W-123.45',
      '桂I12345',
      '桂O12345',
      'ABC 1234',
      '粤F123',
    ]) {
      assert.equal(parsePlate(text)?.country, undefined, text);
    }
  });

  it('nothing is never the same as nothing', () => {
    assert.equal(parsePlate(' -. '), undefined);
    assert.ok(!samePlate('', ''));
    assert.ok(!samePlate(' ', '-'));
  });

  it('normalising twice changes nothing more, whatever a camera sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = normalisePlate(text);
        assert.equal(normalisePlate(once), once);
      }),
      { numRuns: 500 },
    );
  });

  it('separators anywhere make no difference, and no letter, digit or province character is lost', () => {
    const characters = fc.array(fc.constantFrom(...'0123456789ABCDEFGHKLMNPRSTUVXYZĐ桂粤挂'), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(
        characters,
        fc.array(fc.constantFrom('', ' ', '-', '.', '·', '\n', '　'), { maxLength: 10 }),
        (plate, gaps) => {
          const written = plate.map((character, index) => `${gaps[index] ?? ''}${character}`).join('');
          assert.equal(normalisePlate(written), plate.join(''));
        },
      ),
    );
  });
});
