import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isProduce, normaliseHsCode, parseHsCode, wasteOf } from '../../protocols/hs-code.ts';

describe('tariff codes', () => {
  it('durians: six digits anywhere, eight in Vietnam, ten at China customs', () => {
    assert.deepEqual(parseHsCode('0810.60.00'), {
      ok: true,
      value: { code: '08106000', chapter: '08', heading: '0810', subheading: '081060', national: false },
    });
    for (const text of ['0810.60', '081060', '0810 60 00', '0810600000', '０８１０．６０'])
      assert.equal(parseHsCode(text).ok, true, text);
  });

  it('what is wrong with a bad code is said in words', () => {
    for (const [text, fault, message] of [
      ['', 'length', 'the tariff code is empty'],
      [
        '0810601',
        'length',
        '0810601 has 7 digits; a tariff code has 6 (HS), 8 (ASEAN, China) or 10 (China customs)',
      ],
      [
        '0810',
        'length',
        '0810 has 4 digits; a tariff code has 6 (HS), 8 (ASEAN, China) or 10 (China customs)',
      ],
      ['0810.6O', 'characters', '08106O is not digits only'],
      ['HS081060', 'characters', 'HS081060 is not digits only'],
      ['001060', 'chapter', '001060 is of chapter 00; chapters count from 01'],
      ['77010000', 'chapter', '77010000 is of chapter 77, which is reserved and empty'],
      ['080060', 'heading', '080060 is of heading 0800; headings count from 01'],
    ] as const) {
      const parsed = parseHsCode(text);
      assert.ok(!parsed.ok, text);
      assert.deepEqual([parsed.fault, parsed.message], [fault, message]);
    }
  });

  it('all chapters from 01 to 99 but 77 are good, and the last two are national', () => {
    for (let chapter = 1; chapter <= 99; chapter += 1) {
      const parsed = parseHsCode(`${String(chapter).padStart(2, '0')}0100`);
      assert.equal(parsed.ok, chapter !== 77, String(chapter));
      if (parsed.ok) assert.equal(parsed.value.national, chapter >= 98);
    }
  });

  it('normalising twice changes nothing more, and no digit is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789. -·A\n') }), (text) => {
        const once = normaliseHsCode(text);
        assert.equal(normaliseHsCode(once), once);
        assert.equal(once, text.replace(/[^0-9A]/g, ''));
      }),
    );
  });

  it('fresh fruit, vegetables and roots lose water', () => {
    for (const [goods, code] of [
      ['durians', '0810.60.00'],
      ['dragon fruit', '0810.90.92'],
      ['bananas', '0803.90'],
      ['mangoes', '0804.50'],
      ['watermelons', '0807.11'],
      ['grapes', '0806.10'],
      ['young coconuts', '0801.19'],
      ['chillies', '0709.60'],
      ['cabbages', '0704.90'],
      ['cassava', '0714.10'],
    ] as const)
      assert.equal(isProduce(code), true, goods);
  });

  it('frozen, dried and preserved ones do not, nor nuts, nor other goods, nor bad codes', () => {
    for (const [goods, code] of [
      ['frozen durian', '0811.90'],
      ['raisins', '0806.20'],
      ['dried longans', '0813.40'],
      ['desiccated coconut', '0801.11'],
      ['cashew nuts', '0801.32'],
      ['walnuts', '0802.31'],
      ['frozen vegetables', '0710.80'],
      ['dried beans', '0713.33'],
      ['rice', '1006.30'],
      ['live trees', '0602.20'],
      ['seven digits', '0810601'],
    ] as const)
      assert.equal(isProduce(code), false, goods);
  });

  it('waste is told by its heading', () => {
    for (const [code, kind] of [
      ['3915.10', 'plastic'],
      ['3915.90.90', 'plastic'],
      ['8549.11', 'e-waste'],
      ['8549.99', 'e-waste'],
      ['2710.91', 'oil'],
      ['2710.99', 'oil'],
      ['3825.10', 'municipal'],
      ['3825.20', 'municipal'],
      ['3825.61', 'chemical'],
      ['4004.00', 'rubber'],
      ['6310.10', 'textile'],
      ['2618.00', 'slag'],
      ['2619.00', 'slag'],
      ['2620.99', 'slag'],
      ['2621.90', 'slag'],
      ['4707.30', 'paper'],
      ['7204.49', 'metal'],
      ['7404.00', 'metal'],
    ] as const)
      assert.equal(wasteOf(code), kind, code);
  });

  it('what stands next to waste in the tariff is none, nor is a bad code', () => {
    for (const code of [
      '2710.19',
      '3901.10',
      '3914.00',
      '3916.10',
      '8548.00',
      '4005.10',
      '4706.10',
      '6309.00',
      '2617.10',
      '2622.00',
      '7203.10',
      '0810.60',
      '3915',
      '391510A',
    ])
      assert.equal(wasteOf(code), undefined, code);
  });
});
