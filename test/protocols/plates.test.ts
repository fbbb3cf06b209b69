import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalisePlate, parsePlate, platesMeant, samePlate } from '../../protocols/plates.ts';

/** As cameras and people write them: a minus sign, the decimal comma, a Chinese full stop, what a serial line adds. */
const SEPARATORS = [
  '',
  ' ',
  '-',
  '.',
  '·',
  '\n',
  '　',
  '\u00a0',
  '\u2011',
  '\u2212',
  ',',
  ':',
  '。',
  '\u0000',
  '\ufe0f',
  '\\',
];

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
    assert.deepEqual(parsePlate('12R-012.34'), {
      canonical: '12R01234',
      country: 'VN',
      kind: 'trailer',
      trailer: true,
    });
    assert.deepEqual(parsePlate('12C-012.34'), {
      canonical: '12C01234',
      country: 'VN',
      kind: 'ordinary',
      trailer: false,
    });
  });

  it('Đ stays Đ under each of its code points, and is never D', () => {
    for (const d of ['Đ', 'đ', 'Ð', 'ð', 'Ɖ']) {
      assert.deepEqual(parsePlate(`12M${d}-123.45`), {
        canonical: '12MĐ12345',
        country: 'VN',
        kind: 'motorcycle',
        trailer: false,
      });
    }
    assert.ok(!samePlate('12MĐ-123.45', '12MD-123.45'));
  });

  it('a Chinese plate keeps its province character', () => {
    assert.deepEqual(parsePlate('桂F·12345'), {
      canonical: '桂F12345',
      country: 'CN',
      kind: 'ordinary',
      trailer: false,
    });
    assert.deepEqual(parsePlate('桂 f D12345'), {
      canonical: '桂FD12345',
      country: 'CN',
      kind: 'new-energy',
      trailer: false,
    });
    assert.ok(!samePlate('桂F12345', '粤F12345'));
    assert.ok(!samePlate('桂F12345', 'F12345'));
  });

  it('a Chinese trailer keeps 挂', () => {
    assert.deepEqual(parsePlate('桂F\n1234挂'), {
      canonical: '桂F1234挂',
      country: 'CN',
      kind: 'trailer',
      trailer: true,
    });
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

  it('a form of no country has no kind, and is no trailer though it ends as one', () => {
    assert.deepEqual(parsePlate('ABC 1234'), { canonical: 'ABC1234', trailer: false });
    assert.deepEqual(parsePlate('F1234挂'), { canonical: 'F1234挂', trailer: false });
  });

  it('an army plate whose form both countries use has a kind and no country', () => {
    assert.deepEqual(parsePlate('KC 12345'), { canonical: 'KC12345', kind: 'military', trailer: false });
    assert.deepEqual(parsePlate('TM-12-34'), {
      canonical: 'TM1234',
      country: 'VN',
      kind: 'military',
      trailer: false,
    });
    assert.deepEqual(parsePlate('VA·12345'), { canonical: 'VA12345', kind: 'military', trailer: false });
    assert.equal(parsePlate('NA·12345')?.country, 'CN');
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
      fc.property(characters, fc.array(fc.constantFrom(...SEPARATORS), { maxLength: 10 }), (plate, gaps) => {
        const written = plate.map((character, index) => `${gaps[index] ?? ''}${character}`).join('');
        assert.equal(normalisePlate(written), plate.join(''));
      }),
    );
  });

  describe('whose province a camera wrote in Latin letters', () => {
    it('agree with the one plate they can only mean', () => {
      for (const text of ['YUN-AB123C', 'Yun A·B123C', 'YUN AB123C', 'ＹＵＮＡＢ１２３Ｃ'])
        assert.ok(samePlate(text, '云A·B123C'), text);
      assert.ok(samePlate('MENG A12345', '蒙A12345'));
    });

    it('agree with each plate they may mean, and those do not agree with each other', () => {
      for (const text of ['Gui F12345', 'GUIF12345', 'GUI-F12345', 'GuiF12345', 'GUI F·12345']) {
        assert.ok(samePlate(text, '桂F·12345'), text);
        assert.ok(samePlate('贵F·12345', text), text);
      }
      assert.ok(!samePlate('桂F12345', '贵F12345'));
      assert.ok(!samePlate('GUIF12345', '桂F12346'));
      assert.ok(!samePlate('GUIF12345', '粤F12345'));
    });

    it('read the same are the same, though nobody knows which of two plates they are', () => {
      assert.ok(samePlate('Gui F12345', 'GUIF12345'));
    });

    it('do not agree over a plate that neither of them must mean', () => {
      assert.ok(platesMeant('GUI F1234G').includes('桂F1234挂'));
      assert.ok(platesMeant('GUI F1234 GUA').includes('桂F1234挂'));
      assert.ok(!samePlate('GUI F1234G', 'GUI F1234 GUA'));
    });

    it('agree as a trailer with the trailer only', () => {
      assert.ok(samePlate('GUI F1234 GUA', '桂F·1234挂'));
      assert.ok(!samePlate('GUI F1234 GUA', '桂F·12345'));
      assert.ok(samePlate('GUI F1234G', '桂F·1234挂'));
      assert.ok(samePlate('GUI F1234G', '桂F·1234G'));
      assert.ok(!samePlate('桂F·1234G', '桂F·1234挂'));
    });

    it('mean themselves, too, where they are a plate as they stand', () => {
      assert.deepEqual(platesMeant('EA12345'), ['EA12345', '鄂A12345']);
      assert.ok(samePlate('EA 12345', '鄂A12345'));
    });
  });

  it('agreement is mutual, and every text agrees with itself', () => {
    const text = fc
      .array(
        fc.constantFrom(...'0123456789ABDEFGHIJNUXYZ挂桂贵京津晋冀', 'GUI', 'JIN', 'JI', 'JING', 'GUA', '-'),
        {
          minLength: 1,
          maxLength: 9,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.equal(samePlate(a, b), samePlate(b, a));
        assert.equal(samePlate(a, a), normalisePlate(a) !== '');
      }),
      { numRuns: 500 },
    );
  });
});
