import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PROVINCES } from '../../../protocols/plates/text.ts';
import { normalisePlate, parsePlate, platesMeant } from '../../../protocols/plates.ts';

const spelt = (text: string): string[] => platesMeant(text).slice(1);

describe('a Chinese plate in Latin letters', () => {
  it('has every reading its province may have, and the plain text first', () => {
    assert.deepEqual(platesMeant('Gui F·12345'), ['GUIF12345', '桂F12345', '贵F12345']);
    assert.deepEqual(spelt('HU A12345'), ['沪A12345']);
    assert.deepEqual(spelt('YUE B12345').sort(), ['粤B12345', '豫EB12345', '渝EB12345'].sort());
    assert.deepEqual(spelt('SHAN A12345'), ['陕A12345']);
    assert.deepEqual(spelt('SHAAN A12345'), ['陕A12345']);
    assert.deepEqual(spelt('GAN A12345').sort(), ['甘A12345', '赣A12345']);
  });

  it('has both readings where the province may end earlier and the plate be longer', () => {
    assert.deepEqual(spelt('JIN A12345').sort(), ['津A12345', '晋A12345', '冀NA12345', '吉NA12345'].sort());
    assert.deepEqual(spelt('JIN A1234B').sort(), ['津A1234B', '晋A1234B'].sort());
    assert.deepEqual(spelt('JING Z1234X').sort(), ['京Z1234X']);
    assert.deepEqual(spelt('JING A12345').sort(), ['京A12345', '津GA12345', '晋GA12345'].sort());
  });

  it('is known for each of the 31 provinces', () => {
    const latin =
      'JING JIN HU YU JI YU YUN LIAO HEI XIANG WAN LU XIN SU ZHE GAN E GUI GAN JIN MENG SHAN JI MIN GUI YUE QING ZANG CHUAN NING QIONG'.split(
        ' ',
      );
    assert.deepEqual(
      [...PROVINCES].filter(
        (province, index) => !spelt(`${latin[index]} A8888B`).includes(`${province}A8888B`),
      ),
      [],
    );
  });

  it('is a trailer by GUA; by G it may be one', () => {
    assert.deepEqual(spelt('GUI F1234 GUA'), ['桂F1234挂', '贵F1234挂']);
    assert.deepEqual(spelt('GUI F1234G'), ['桂F1234G', '桂F1234挂', '贵F1234G', '贵F1234挂']);
    assert.deepEqual(spelt('桂F1234 GUA'), ['桂F1234挂']);
    assert.deepEqual(spelt('桂F1234G'), [], 'a reader that can write 桂 can write 挂');
    assert.deepEqual(spelt('GUI F1234挂'), ['桂F1234挂', '贵F1234挂']);
  });

  it('may have other uses spelt out', () => {
    assert.deepEqual(spelt('YUE Z1234 GANG'), ['粤Z1234港']);
    assert.deepEqual(spelt('YUE Z1234 AO'), ['粤Z1234澳']);
    assert.deepEqual(spelt('HU A0012 LING'), ['沪A0012领']);
    assert.deepEqual(spelt('SHI 014578'), ['使014578']);
    assert.deepEqual(spelt('014578 SHI'), ['014578使']);
    assert.deepEqual(spelt('YUN A1234 XUE'), ['云A1234学']);
    assert.deepEqual(spelt('JING X2345 YINGJI'), ['京X2345应急']);
  });

  it('has no reading but itself where it spells no plate', () => {
    for (const text of [
      '12C-123.45',
      '桂F12345',
      'GUI',
      'GUI F1234',
      'GUI F1234567',
      'GUIZ-XX',
      'TM-12-34',
      'GUI I12345',
    ])
      assert.deepEqual(platesMeant(text), [normalisePlate(text)], text);
    assert.deepEqual(platesMeant(' - '), []);
  });

  it('leaves Vietnamese plates alone, whatever their letters', () => {
    const plates = fc
      .tuple(
        fc.integer({ min: 11, max: 99 }),
        fc.string({ unit: fc.constantFrom(...'ABCDEFGHKLMNPRSTUVXYZĐ'), minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1000, max: 99_999 }),
      )
      .map((parts) => parts.join(''));
    fc.assert(fc.property(plates, (plate) => assert.deepEqual(platesMeant(plate), [plate])));
  });

  it('means only plates of China, each once, and normalising changes none of them', () => {
    const words = fc.constantFrom(
      ...'0123456789ABDEFGHNUZ',
      'GUI',
      'JIN',
      'JI',
      'YUE',
      'YU',
      'E',
      'GUA',
      'SHI',
      'LIN',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 9 }), (parts) => {
        const [, ...readings] = platesMeant(parts.join(''));
        assert.equal(new Set(readings).size, readings.length);
        for (const reading of readings) {
          assert.equal(parsePlate(reading)?.country, 'CN', reading);
          assert.equal(normalisePlate(reading), reading);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
