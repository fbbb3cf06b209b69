import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkDigitOfAny } from '../../protocols/iso6346.ts';
import { normaliseMrn, parseMrn } from '../../protocols/mrn.ts';

const characters = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const letters = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const seventeen = fc
  .tuple(
    fc.integer({ min: 10, max: 99 }),
    fc.string({ unit: letters, minLength: 2, maxLength: 2 }),
    fc.string({ unit: characters, minLength: 13, maxLength: 13 }),
  )
  .map((parts) => parts.join(''));

const faultOf = (text: string): string => {
  const parsed = parseMrn(text);
  return parsed.ok ? 'none' : parsed.fault;
};

describe('movement reference numbers', () => {
  it('examples that NCTS software publishes are valid', () => {
    for (const mrn of ['06DE586600006143E1', '19GB00006010021477', '38VYQTYFU3T0KUTUM3']) {
      const parsed = parseMrn(mrn);
      assert.ok(parsed.ok, mrn);
      assert.equal(parsed.value.mrn, mrn);
    }
  });

  it('a number is split into its parts, however it is punctuated', () => {
    assert.deepEqual(parseMrn(' 06de 5866-00006143.E1 '), {
      ok: true,
      value: {
        mrn: '06DE586600006143E1',
        year: '06',
        country: 'DE',
        reference: '586600006143E',
        checkDigit: 1,
      },
    });
  });

  it('what is wrong is named', () => {
    assert.equal(faultOf(''), 'length');
    assert.equal(faultOf('06DE586600006143E'), 'length');
    assert.equal(faultOf('06DE586600006143E11'), 'length');
    assert.equal(faultOf('O6DE586600006143E1'), 'year');
    assert.equal(faultOf('060E586600006143E1'), 'country');
    assert.equal(faultOf('06DE58660000614?E1'), 'reference');
    assert.equal(faultOf('06DE586600006143E2'), 'check-digit');
    assert.equal(faultOf('06DE586600006143EX'), 'check-digit');
  });

  it('a number with its own check digit is valid, with any other it is not', () => {
    fc.assert(
      fc.property(seventeen, fc.integer({ min: 1, max: 9 }), (start, off) => {
        const digit = checkDigitOfAny(start) ?? assert.fail();
        assert.equal(faultOf(`${start}${digit}`), 'none');
        assert.equal(faultOf(`${start}${(digit + off) % 10}`), 'check-digit');
      }),
    );
  });

  it('normalising twice changes nothing more, and no letter or digit is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'06DEvn -._/·\n') }), (text) => {
        const once = normaliseMrn(text);
        assert.equal(normaliseMrn(once), once);
        assert.equal(once.length, text.replace(/[^A-Za-z0-9]/g, '').length);
      }),
    );
  });
});
