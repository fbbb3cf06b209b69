import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  normaliseDeclarationNumber,
  parseDeclarationNumber,
  sameDeclaration,
} from '../../protocols/declaration-number.ts';

const hintsOf = (text: string, expected?: 'import' | 'export') => {
  const parsed = parseDeclarationNumber(text, expected);
  return parsed.ok ? parsed.hints : assert.fail(parsed.message);
};

describe('numbers of customs declarations', () => {
  it('a Vietnamese one has twelve digits, the last of which counts amendments', () => {
    assert.deepEqual(parseDeclarationNumber('105 123 456 782'), {
      ok: true,
      value: {
        country: 'VN',
        number: '105123456782',
        declaration: '10512345678',
        amendments: 2,
        direction: 'import',
      },
      hints: [],
    });
  });

  it('a Chinese one has eighteen characters, the ninth of which says which way', () => {
    assert.deepEqual(parseDeclarationNumber('7203 2026 0 000012345'), {
      ok: true,
      value: {
        country: 'CN',
        number: '720320260000012345',
        declaration: '720320260000012345',
        direction: 'export',
      },
      hints: [],
    });
    for (const [ninth, direction] of [
      ['1', 'import'],
      ['I', 'import'],
      ['0', 'export'],
      ['E', 'export'],
    ] as const) {
      const parsed = parseDeclarationNumber(`72032026${ninth}000012345`);
      assert.ok(parsed.ok);
      assert.equal(parsed.value.direction, direction);
    }
  });

  it('a first digit that does not fit is hinted at and refuses nothing', () => {
    assert.deepEqual(hintsOf('105123456780', 'import'), []);
    assert.deepEqual(hintsOf('105123456780', 'export'), ['other-direction']);
    assert.deepEqual(hintsOf('305123456780', 'export'), []);
    assert.deepEqual(hintsOf('305123456780', 'import'), ['other-direction']);
    assert.deepEqual(hintsOf('505123456780', 'import'), ['unusual-first-digit']);
    assert.deepEqual(hintsOf('505123456780'), ['unusual-first-digit']);
    assert.deepEqual(hintsOf('720320261000012345', 'export'), ['other-direction']);
  });

  it('what is wrong is said in words', () => {
    for (const [text, fault, message] of [
      ['', 'length', 'an empty number has 0 characters; a declaration has 12 (Vietnam) or 18 (China)'],
      [
        '10512345678',
        'length',
        '10512345678 has 11 characters; a declaration has 12 (Vietnam) or 18 (China)',
      ],
      ['10512345678O', 'characters', '10512345678O is not digits only, as declarations of Vietnam are'],
      [
        '720320262000012345',
        'characters',
        '720320262000012345 is not digits, with 1, 0, I or E in the ninth place, as declarations of China are',
      ],
    ] as const) {
      const parsed = parseDeclarationNumber(text);
      assert.ok(!parsed.ok, text);
      assert.deepEqual([parsed.fault, parsed.message], [fault, message]);
    }
  });

  it('an amended declaration is the same declaration; another one is not, and a bad number is none', () => {
    assert.ok(sameDeclaration('105123456780', '105-123-456-783'));
    assert.ok(!sameDeclaration('105123456780', '105123456790'));
    assert.ok(!sameDeclaration('720320260000012345', '720320260000012346'));
    assert.ok(!sameDeclaration('1051', '1051'));
  });

  it('every twelve digits are a number, and separators make no difference', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 }),
        fc.constantFrom(' ', '-', '.', '/', '\u200b'),
        (digits, gap) => {
          const parsed = parseDeclarationNumber([...digits].join(gap));
          assert.ok(parsed.ok && parsed.value.number === digits);
          assert.equal(normaliseDeclarationNumber(digits), digits);
        },
      ),
    );
  });
});
