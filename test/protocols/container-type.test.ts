import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseContainerType } from '../../protocols/container-type.ts';

describe('size and type codes of containers', () => {
  it('a standard twenty-foot box', () => {
    assert.deepEqual(parseContainerType('22G1'), {
      code: '22G1',
      lengthMm: 6_058,
      lengthFt: 20,
      heightMm: 2_591,
      wide: false,
      group: 'general-purpose',
      tareKg: { minKg: 1_900, maxKg: 2_500 },
    });
  });

  it('a forty-foot high-cube reefer weighs more than a dry box of its size', () => {
    const reefer = parseContainerType('45R1');
    const dry = parseContainerType('45G1');
    assert.deepEqual([reefer?.lengthFt, reefer?.heightMm, reefer?.group], [40, 2_896, 'reefer']);
    assert.ok((reefer?.tareKg?.minKg ?? 0) > (dry?.tareKg?.minKg ?? 0));
    assert.ok((reefer?.tareKg?.maxKg ?? 0) > (dry?.tareKg?.maxKg ?? 0));
  });

  it('tares as lines and lessors give them lie within their range', () => {
    const given: [code: string, kg: number[]][] = [
      ['22G1', [2_180, 2_230, 2_300, 2_400]],
      ['42G1', [3_630, 3_740, 3_950]],
      ['45G1', [3_830, 3_860, 3_900, 4_020]],
      ['L5G1', [4_640, 4_800]],
      ['22R1', [2_920, 3_080, 3_200]],
      ['42R1', [4_900]],
      ['45R1', [4_370, 4_640, 4_800]],
      ['22P3', [2_750]],
      ['42P3', [5_800]],
      ['22T6', [3_700, 4_190]],
    ];
    for (const [code, weights] of given) {
      const { minKg, maxKg } = parseContainerType(code)?.tareKg ?? assert.fail(code);
      for (const kg of weights) assert.ok(kg >= minKg && kg <= maxKg, `${code} ${kg} kg`);
    }
  });

  it('each group is told by its letter', () => {
    const groups = [...'GVBSRHUPTA'].map((letter) => parseContainerType(`22${letter}0`)?.group);
    assert.deepEqual(groups, [
      'general-purpose',
      'ventilated',
      'dry-bulk',
      'named-cargo',
      'reefer',
      'insulated',
      'open-top',
      'flat',
      'tank',
      'air-surface',
    ]);
  });

  it('a group code, a pallet-wide box and a swap body are understood', () => {
    assert.equal(parseContainerType('22GP')?.group, 'general-purpose');
    assert.equal(parseContainerType('LEG1')?.wide, true);
    assert.equal(parseContainerType('LEG1')?.lengthFt, 45);
    const swap = parseContainerType('EEG1');
    assert.deepEqual([swap?.lengthMm, swap?.lengthFt], [7_820, undefined]);
  });

  it('a height that is only said to be more than 9 ft 6 in is not made up, nor is a tare nobody publishes', () => {
    const tall = parseContainerType('46G1');
    assert.ok(tall !== undefined);
    assert.ok(!('heightMm' in tall) && !('tareKg' in tall));
    assert.ok(!('tareKg' in (parseContainerType('12G1') ?? assert.fail())));
  });

  it('spaces, case and width make no difference', () => {
    assert.equal(parseContainerType(' 45 r1 ')?.code, '45R1');
    assert.equal(parseContainerType('４５Ｒ１')?.code, '45R1');
  });

  it('what is no such code says nothing', () => {
    for (const text of [
      '',
      '22G',
      '22G11',
      '4310',
      '2210',
      'XXXX',
      '72G1',
      '21G1',
      '22I1',
      '22G?',
      'CSQU3054383',
    ])
      assert.equal(parseContainerType(text), undefined, text);
  });

  it('a range is a range, whatever the code, and reading the code again gives the same', () => {
    const characters = fc.constantFrom(...'0123456789ABCDEFGHKLMNPRSTUV');
    fc.assert(
      fc.property(fc.string({ unit: characters, minLength: 4, maxLength: 4 }), (text) => {
        const type = parseContainerType(text);
        if (type === undefined) return;
        assert.deepEqual(parseContainerType(type.code), type);
        if (type.tareKg !== undefined) assert.ok(type.tareKg.minKg < type.tareKg.maxKg);
      }),
      { numRuns: 1000 },
    );
  });
});
