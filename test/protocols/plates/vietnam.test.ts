import assert from 'node:assert/strict';
import type { PlateKind } from '../../../protocols/plates/kind.ts';
import { parsePlate } from '../../../protocols/plates.ts';

const KINDS: [kind: PlateKind, texts: string[]][] = [
  [
    'ordinary',
    ['12C-123.45', '12C-1234', '12H 045.67', '29AA-123.45', '99Đ-123.45', '29TD-123.45', '12C\n123.45'],
  ],
  ['trailer', ['12R-012.34', '12R-1234', '12RM-012.34', '51R\n141.39']],
  ['special', ['29LD-123.45', '29LD-1234', '80DA-123.45', '12KT-123.45', '50TĐ-821.08', '12HC-012.34']],
  ['police', ['12CD-001.23']],
  ['tractor', ['12MK-012.34']],
  ['motorcycle', ['29-MĐ1 013.53', '29MĐ-123.45', '12F1-123.45']],
  ['diplomatic', ['80-123-NG-45', '80NG-123-45', '80-631-CV-01', '80QT-546-42', '80-011-QT-01', '80NG-1234']],
  ['foreign', ['80NN-381-35', '80-381-NN-35', '12NN-1234']],
  ['border-zone', ['74LB-001.23', '38CT-0123']],
  ['temporary', ['T12-123.45', 'T 12 1234']],
  ['military', ['TM-12-34', 'KC 1234', 'QĐ-12-34', 'AA 12-34', 'TM-123.45']],
];

describe('Vietnamese plates', () => {
  for (const [kind, texts] of KINDS) {
    it(`of kind ${kind} are known, and are trailers only if that is their kind`, () => {
      for (const text of texts) {
        const plate = parsePlate(text);
        assert.equal(plate?.country, 'VN', text);
        assert.equal(plate.kind, kind, text);
        assert.equal(plate.trailer, kind === 'trailer', text);
      }
    });
  }

  it('exist only for provinces from 11 to 99', () => {
    for (const text of ['10C-123.45', '09C-123.45', '00R-123.45', '1C-123.45', 'T10-123.45'])
      assert.equal(parsePlate(text)?.kind, undefined, text);
  });

  it('have no letters I, J, O, Q and W, but for the series QT', () => {
    for (const letter of 'IJOQW') assert.equal(parsePlate(`12${letter}-123.45`)?.kind, undefined, letter);
    assert.equal(parsePlate('12AQ-123.45')?.kind, undefined);
    assert.equal(parsePlate('80QT-123.45')?.kind, 'diplomatic');
  });

  it('have four or five digits', () => {
    for (const text of [
      '12C-123',
      '12R-123',
      '12R-123456',
      '12LD-123456',
      '12C-1234567',
      'T12-123',
      'TM-123',
      'TM-123456',
    ])
      assert.equal(parsePlate(text)?.kind, undefined, text);
  });

  it('of army units have a first letter that the army uses', () => {
    for (const text of ['XA-12-34', 'MA-12-34', 'ZZ-12-34', '1A-12-34'])
      assert.equal(parsePlate(text)?.kind, undefined, text);
  });
});
