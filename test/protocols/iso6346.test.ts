import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkDigit, normaliseContainerCode, parseContainerCode } from '../../protocols/iso6346.ts';

const letters = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const digits = fc.constantFrom(...'0123456789');
const firstTen = fc
  .tuple(
    fc.string({ unit: letters, minLength: 3, maxLength: 3 }),
    fc.constantFrom('U', 'J', 'Z'),
    fc.string({ unit: digits, minLength: 6, maxLength: 6 }),
  )
  .map((parts) => parts.join(''));

describe('container codes', () => {
  it('known codes of real containers are valid', () => {
    for (const code of ['CSQU3054383', 'MWCU6059784']) {
      const parsed = parseContainerCode(code);
      assert.ok(parsed.ok, code);
      assert.equal(parsed.value.code, code);
    }
  });

  it('a code is split into owner, category, serial and check digit', () => {
    assert.deepEqual(parseContainerCode('csqu 305438-3'), {
      ok: true,
      value: { code: 'CSQU3054383', owner: 'CSQ', category: 'U', serial: '305438', checkDigit: 3 },
    });
  });

  it('a remainder of ten becomes check digit 0', () => {
    let seen = 0;
    fc.assert(
      fc.property(firstTen, (ten) => {
        const digit = checkDigit(ten);
        if (digit === 0) seen += 1;
        return digit !== undefined && digit <= 9;
      }),
    );
    assert.ok(seen > 0);
  });

  it('any code with its own check digit is valid, however it is punctuated, and with any other digit it is not', () => {
    fc.assert(
      fc.property(
        firstTen,
        fc.constantFrom('', ' ', '-', '  ', '\n'),
        fc.integer({ min: 1, max: 9 }),
        (ten, gap, off) => {
          const digit = checkDigit(ten) ?? assert.fail();
          const right = parseContainerCode(`${ten.slice(0, 4)}${gap}${ten.slice(4)}${gap}${digit}`);
          const wrong = parseContainerCode(`${ten}${(digit + off) % 10}`);
          assert.ok(right.ok && right.value.code === `${ten}${digit}`);
          assert.ok(!wrong.ok && wrong.fault === 'check-digit');
        },
      ),
    );
  });

  it('one wrong digit in the serial number is always noticed', () => {
    fc.assert(
      fc.property(
        firstTen,
        fc.integer({ min: 4, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (ten, at, off) => {
          const changed = `${ten.slice(0, at)}${(Number(ten[at]) + off) % 10}${ten.slice(at + 1)}`;
          // 10 and 0 share the check digit 0: the one pair the standard cannot tell apart.
          fc.pre(checkDigit(ten) !== 0);
          assert.notEqual(checkDigit(changed), checkDigit(ten));
        },
      ),
    );
  });

  it('M read as W passes the check digit, which is why a code is compared and never repaired', () => {
    assert.equal(checkDigit('MSKU305438'), checkDigit('WSKU305438'));
    assert.notEqual(normaliseContainerCode('MSKU305438'), normaliseContainerCode('WSKU305438'));
  });

  it('a letter O among the digits is refused, not read as zero', () => {
    assert.deepEqual(parseContainerCode('CSQU3O54383'), {
      ok: false,
      fault: 'serial',
      normalised: 'CSQU3O54383',
    });
  });

  it('what is wrong is named', () => {
    const faultOf = (text: string) => {
      const parsed = parseContainerCode(text);
      return parsed.ok ? 'none' : parsed.fault;
    };
    assert.equal(faultOf('CSQU305438'), 'length');
    assert.equal(faultOf('C5QU3054383'), 'owner');
    assert.equal(faultOf('CSQR3054383'), 'category');
    assert.equal(faultOf('CSQU3054384'), 'check-digit');
    assert.equal(faultOf(''), 'length');
  });

  it('normalising twice changes nothing more, and never changes how many letters and digits there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABUJZabc0189 -._/·\n') }), (text) => {
        const once = normaliseContainerCode(text);
        assert.equal(normaliseContainerCode(once), once);
        assert.equal(once.length, text.replace(/[^A-Za-z0-9]/g, '').length);
      }),
    );
  });
});
