import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ocrScanResult, readOcrScanEvent, readOcrScanResult } from '../../../protocols/autoid/ocr.ts';

const eventId = Buffer.from('c5ae4b89', 'hex');
const good = ocrScanResult({
  codeType: 'RAW:STRING',
  text: 'CSQU3054383',
  scannedAt: 1_700_000_000_000,
  quality: 940,
});

describe('OcrScanEvent', () => {
  it('what a reader writes is what the gate reads', () => {
    const scan = fc.record(
      {
        codeType: fc.string(),
        text: fc.string({ minLength: 1 }),
        scannedAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
        quality: fc.integer({ min: 0, max: 100 }).map((percent) => percent * 10),
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(scan, (value) => assert.deepEqual(readOcrScanResult(ocrScanResult(value)), value)));
  });

  it('carries every code it has, under its id in hex', () => {
    const event = readOcrScanEvent([eventId, [good, { ...good, scanData: { string: 'MWCU6059784' } }]]);
    assert.ok('scans' in event);
    assert.equal(event.eventId, 'c5ae4b89');
    assert.deepEqual(
      event.scans.map(({ text }) => text),
      ['CSQU3054383', 'MWCU6059784'],
    );
  });

  it('names the picture, if there is one', () => {
    assert.deepEqual(readOcrScanResult({ ...good, imageId: 'ns=4;s=image-7' }), {
      codeType: 'RAW:STRING',
      text: 'CSQU3054383',
      scannedAt: 1_700_000_000_000,
      quality: 940,
      imageId: 'ns=4;s=image-7',
    });
    assert.ok(!('imageId' in readOcrScanResult({ ...good, imageId: 'ns=0;i=0' })));
  });

  it('is refused with the reason when a field is missing or nonsense', () => {
    const problems: [unknown, RegExp][] = [
      [{ ...good, codeType: 7 }, /CodeType/],
      [{ ...good, scanData: { byteString: eventId } }, /no string/],
      [{ ...good, scanData: { string: '' } }, /empty/],
      [{ ...good, timestamp: 'yesterday' }, /Timestamp/],
      [{ ...good, quality: 101 }, /Quality 101/],
      [null, /not a structure/],
    ];
    for (const [result, problem] of problems) {
      const event = readOcrScanEvent([eventId, [result]]);
      assert.ok('problem' in event);
      assert.match(event.problem, problem);
    }
    assert.deepEqual(readOcrScanEvent([null, [good]]), { problem: 'the event has no EventId' });
    assert.deepEqual(readOcrScanEvent([eventId, []]), { problem: 'the event has no ScanResult' });
  });

  it('never throws, whatever a server sends', () => {
    fc.assert(fc.property(fc.array(fc.anything()), (fields) => void readOcrScanEvent(fields)));
  });
});
