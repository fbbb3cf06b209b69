import assert from 'node:assert/strict';
import type { PlateKind } from '../../../protocols/plates/kind.ts';
import { parsePlate } from '../../../protocols/plates.ts';

const KINDS: [kind: PlateKind, texts: string[]][] = [
  ['ordinary', ['桂F·12345', '桂F·A1234', '京A·8888Z', '桂F1234G']],
  ['trailer', ['桂F·1234挂', '桂F\nA123挂']],
  [
    'new-energy',
    ['桂F·D12345', '桂F·DA1234', '桂F·12345D', '粤B·F12345', '粤B·12345F', '沪A·G12345', '京A·K12345'],
  ],
  ['training', ['桂F·1234学']],
  ['police', ['桂A·1234警', '桂A·A123警']],
  ['cross-border', ['粤Z·1234港', '粤Z·F123澳']],
  ['diplomatic', ['使014578', '使 014·578', '224578使', '224-578 使', '沪A·0012领', '粤22401领']],
  ['emergency', ['京·X2345应急', '桂·S0123应急', '京·12345应急']],
  ['temporary', ['桂F·1234临', '桂F·12345临', '桂F·1234试', '桂F·1234超']],
  ['military', ['WJ桂1234X', 'WJ·12345', 'WJ 京1234J', 'NA·12345']],
  ['tractor', ['贵06·88110', '桂1412345']],
];

describe('Chinese plates', () => {
  for (const [kind, texts] of KINDS) {
    it(`of kind ${kind} are known, and are trailers only if that is their kind`, () => {
      for (const text of texts) {
        const plate = parsePlate(text);
        assert.equal(plate?.country, 'CN', text);
        assert.equal(plate.kind, kind, text);
        assert.equal(plate.trailer, kind === 'trailer', text);
      }
    });
  }

  it('have neither I nor O', () => {
    for (const text of ['桂I12345', '桂O12345', '桂F1234I', '桂FO2345', '桂F123O挂', '桂FDI1234'])
      assert.equal(parsePlate(text)?.kind, undefined, text);
  });

  it('of new energy have the letter of the energy first or last, and digits elsewhere', () => {
    for (const text of ['桂F123456', '桂FD1234A', '桂FL12345', '桂F12345Z', '桂FDAB234', '桂F1234AD'])
      assert.equal(parsePlate(text)?.kind, undefined, text);
  });

  it('are not known with a character too many or too few', () => {
    for (const text of [
      '桂F1234',
      '桂F1234567',
      '桂F123挂',
      '桂F12345挂',
      '使12345',
      '1234567使',
      '京X234应急',
    ])
      assert.equal(parsePlate(text)?.kind, undefined, text);
  });

  it('of Hong Kong and Macao vehicles are those of office Z of Guangdong', () => {
    for (const text of ['桂Z1234港', '粤A1234澳']) assert.equal(parsePlate(text)?.kind, undefined, text);
  });

  it('without a province, or with one that is none, are not known', () => {
    for (const text of ['F12345', '台A12345', '桂桂12345', '1234挂'])
      assert.equal(parsePlate(text)?.kind, undefined, text);
  });
});
