import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  BLIND_SWAPS,
  blindTwins,
  checkDigit,
  checkDigitOfAny,
  normaliseContainerCode,
  parseContainerCode,
} from '../../protocols/iso6346.ts';

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

  it('there are 22 swaps of letters that the check digit cannot see, and it sees all others', () => {
    const pairs = new Set(BLIND_SWAPS.map((pair) => pair.join('')));
    assert.equal(pairs.size, 22);
    for (const pair of ['MW', 'HR', 'JT', 'EY', 'EO', 'OY', 'AK', 'AU', 'KU', 'IS', 'GQ'])
      assert.ok(pairs.has(pair), pair);
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    for (const a of alphabet) {
      for (const b of alphabet.filter((letter) => letter > a)) {
        for (const at of [0, 1, 2, 3]) {
          const put = (letter: string) => `${'ABCU'.slice(0, at)}${letter}${'ABCU'.slice(at + 1)}305438`;
          // Remainders 10 and 0 share the digit 0, so a swap may escape by chance; a blind one always does.
          if (pairs.has(a + b)) assert.equal(checkDigit(put(a)), checkDigit(put(b)), `${a}/${b} at ${at}`);
        }
        const seen = Array.from({ length: 100 }, (_, serial) => `CU3054${serial}`.padEnd(8, '7')).some(
          (rest) => checkDigit(`A${a}${rest}`) !== checkDigit(`A${b}${rest}`),
        );
        assert.equal(seen, !pairs.has(a + b), `${a}/${b}`);
      }
    }
  });

  it('a blind twin of a valid code is valid, and is found whichever of them is right', () => {
    fc.assert(
      fc.property(
        firstTen,
        fc.constantFrom(...BLIND_SWAPS),
        fc.integer({ min: 0, max: 2 }),
        (ten, [a, b], at) => {
          const put = (letter: string) => {
            const code = `${ten.slice(0, at)}${letter}${ten.slice(at + 1)}`;
            return `${code}${checkDigit(code)}`;
          };
          assert.ok(parseContainerCode(put(a)).ok && parseContainerCode(put(b)).ok);
          assert.ok(blindTwins(a).includes(b) && blindTwins(b).includes(a));
        },
      ),
    );
  });

  it('a letter is no twin of itself, nor of one the check digit sees, and a digit has none', () => {
    assert.deepEqual(blindTwins('M'), ['C', 'W']);
    assert.deepEqual(blindTwins('H'), ['R']);
    assert.deepEqual(blindTwins('8'), []);
    const all = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((letter) => blindTwins(letter));
    assert.equal(all.length, 2 * BLIND_SWAPS.length);
  });

  it('the check digit works over other lengths, and for ten characters it is the container’s', () => {
    assert.equal(checkDigitOfAny('CSQU305438'), checkDigit('CSQU305438'));
    assert.equal(checkDigit('CSQU30543'), undefined);
    assert.equal(checkDigitOfAny('csqu'), undefined);
    assert.equal(checkDigitOfAny(''), 0);
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
