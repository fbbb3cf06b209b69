import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeMettlerToledo, encodeMettlerToledo } from '../../../protocols/weighbridge/mettler-toledo.ts';

/** A frame by hand: status words and twelve characters. */
const frameOf = (statusA: number, statusB: number, statusC: number, digits: string): Uint8Array =>
  Uint8Array.from([0x02, statusA, statusB, statusC, ...Buffer.from(digits, 'latin1'), 0x0d]);
const KG = 0x30;

describe('frames of a Mettler Toledo indicator', () => {
  it('a truck of 39,350 kg is read from a frame as the manual draws it', () => {
    // ×10, increment 1; kg, gross, standing.
    const frame = frameOf(0x29, KG, 0x20, '003935000000');
    assert.deepEqual(decodeMettlerToledo(frame), {
      ok: true,
      value: { outOfRange: false, grossKg: 39_350, tareKg: 0, net: false, motion: false, divisionKg: 10 },
    });
    assert.deepEqual(
      encodeMettlerToledo({ grossKg: 39_350, motion: false, divisionKg: 10, checksum: false }),
      frame,
    );
  });

  it('the checksum makes the low seven bits of the sum zero', () => {
    const frame = encodeMettlerToledo({ grossKg: 39_350, motion: true, divisionKg: 20, checksum: true });
    assert.equal(frame.length, 18);
    assert.equal(frame.reduce((sum, byte) => sum + byte, 0) & 0x7f, 0);
  });

  it('the decimal point of status word A counts for weight, tare and division', () => {
    const grossOf = (statusA: number): unknown => {
      const decoded = decodeMettlerToledo(frameOf(statusA, KG, 0x20, '000123000000'));
      return decoded.ok && !decoded.value.outOfRange
        ? [decoded.value.grossKg, decoded.value.divisionKg]
        : decoded;
    };
    assert.deepEqual(grossOf(0b101_000 | 0), [12_300, 100]);
    assert.deepEqual(grossOf(0b110_000 | 1), [1_230, 20]);
    assert.deepEqual(grossOf(0b111_000 | 2), [123, 5]);
    assert.deepEqual(grossOf(0b101_000 | 3), [12.3, 0.1]);
    assert.deepEqual(grossOf(0b101_000 | 4), [1.23, 0.01]);
  });

  it('a net weight has its tare added again', () => {
    const frame = encodeMettlerToledo({
      grossKg: 39_350,
      tareKg: 15_200,
      motion: false,
      divisionKg: 10,
      checksum: true,
    });
    assert.deepEqual(decodeMettlerToledo(frame), {
      ok: true,
      value: { outOfRange: false, grossKg: 39_350, tareKg: 15_200, net: true, motion: false, divisionKg: 10 },
    });
  });

  it('tonnes and grams become kilograms; pounds are refused', () => {
    const tonnes = decodeMettlerToledo(frameOf(0x2c, KG, 0x22, '003935000000'));
    assert.ok(tonnes.ok && !tonnes.value.outOfRange && tonnes.value.grossKg === 39_350);
    const pounds = decodeMettlerToledo(frameOf(0x29, 0x20, 0x20, '003935000000'));
    assert.ok(!pounds.ok && pounds.fault === 'unit');
  });

  it('over capacity, or not zeroed since power-up, there is no weight', () => {
    assert.deepEqual(decodeMettlerToledo(frameOf(0x29, KG | 0x04, 0x20, '            ')), {
      ok: true,
      value: { outOfRange: true },
    });
    assert.deepEqual(decodeMettlerToledo(frameOf(0x29, KG | 0x40, 0x20, '000000000000')), {
      ok: true,
      value: { outOfRange: true },
    });
    const tooHeavy = encodeMettlerToledo({
      grossKg: 10_000_000,
      motion: false,
      divisionKg: 10,
      checksum: true,
    });
    assert.deepEqual(decodeMettlerToledo(tooHeavy), { ok: true, value: { outOfRange: true } });
  });

  it('digits that are none, and expanded resolution, are faults with a name', () => {
    const letters = decodeMettlerToledo(frameOf(0x29, KG, 0x20, '00A935000000'));
    const expanded = decodeMettlerToledo(frameOf(0x29, KG, 0x30, '003935000000'));
    assert.ok(!letters.ok && letters.fault === 'digits');
    assert.ok(!expanded.ok && expanded.fault === 'expanded');
  });

  it('what an indicator shows is what is read', () => {
    const division = fc.constantFrom(0.5, 1, 2, 5, 10, 20, 50);
    fc.assert(
      fc.property(
        division,
        fc.integer({ min: -50, max: 9_000 }),
        fc.integer({ min: 0, max: 900 }),
        fc.boolean(),
        (divisionKg, steps, tareSteps, motion) => {
          const display = { grossKg: steps * divisionKg, tareKg: tareSteps * divisionKg, motion, divisionKg };
          const decoded = decodeMettlerToledo(encodeMettlerToledo({ ...display, checksum: true }));
          assert.deepEqual(decoded, {
            ok: true,
            value: { ...display, outOfRange: false, net: tareSteps > 0 },
          });
        },
      ),
    );
  });
});
