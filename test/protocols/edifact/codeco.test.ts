import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type CodecoProfile,
  type GateEvent,
  readCodeco,
  writeCodeco,
} from '../../../protocols/edifact/codeco.ts';
import { readInterchange } from '../../../protocols/edifact/interchange.ts';
import {
  CHARSETS,
  type Charset,
  decodeEdifact,
  EdifactError,
  encodeEdifact,
  inCharset,
  readSegments,
  segment,
  writeSegment,
} from '../../../protocols/edifact/syntax.ts';

const profile: CodecoProfile = {
  charset: 'UNOC',
  sender: 'VNHUUNGHI',
  recipient: 'MAERSK:ZZZ',
  codes: { in: '34', out: '36' },
  place: 'VNHNI',
};
const event: GateEvent = {
  eventId: 'huu-nghi-r1',
  kind: 'gate-in',
  container: 'CSQU3054383',
  direction: 'export',
  eventTime: '2026-03-01T08:07:59.000+07:00',
  declarations: ['105678901230', '105678901231'],
  seals: ['VN123456'],
  grossKg: 24_000,
  truckPlate: '12C-123.45',
};
const batch = (events: GateEvent[], more: Partial<CodecoProfile> = {}): string =>
  writeCodeco(
    { reference: '00000007', preparedAt: '2026-03-01T08:08:00.000+07:00', events },
    { ...profile, ...more },
  );

describe('CODECO', () => {
  it('tells a gate-in as D.95B asks, segment by segment', () => {
    assert.deepEqual(batch([event]).split("'"), [
      'UNB+UNOC:3+VNHUUNGHI+MAERSK:ZZZ+260301:0808+00000007',
      'UNH+1+CODECO:D:95B:UN:SMDG16',
      'BGM+34+huu-nghi-r1+9',
      'NAD+MS+VNHUUNGHI:160:ZZZ',
      'NAD+MR+MAERSK:160:ZZZ',
      'EQD+CN+CSQU3054383+++2+5',
      'RFF+ABT:105678901230',
      'RFF+ABT:105678901231',
      'DTM+7:202603010807:203',
      'LOC+165+VNHNI:139:6',
      'MEA+AAE+G+KGM:24000',
      'SEL+VN123456',
      'TDT+1++3+++++12C-123.45:146',
      'CNT+16:1',
      'UNT+14+1',
      'UNZ+1+00000007',
      '',
    ]);
  });

  it('tells a gate-out with the code the partner wants, and leaves out what is not known', () => {
    const bare: GateEvent = {
      eventId: 'r2',
      kind: 'gate-out',
      container: 'MWCU6059784',
      eventTime: '2026-03-01T23:59:00+08:00',
      declarations: [],
      seals: [],
    };
    const { place: _, ...nowhere } = profile;
    const text = writeCodeco(
      { reference: '1', preparedAt: '2026-03-02T00:00:00+08:00', events: [bare] },
      { ...nowhere, codes: { in: '34', out: '266' } },
    );
    assert.match(text, /'BGM\+266\+r2\+9'/);
    assert.match(text, /'EQD\+CN\+MWCU6059784\+\+\+\+5'DTM\+7:202603012359:203'CNT\+16:1'UNT\+8\+1'/);
  });

  it('tells an empty container as empty', () => {
    const text = batch([{ ...event, empty: true }]);
    assert.match(text, /EQD\+CN\+CSQU3054383\+\+\+2\+4'/);
    assert.equal(readCodeco(text).events[0]?.empty, true);
  });

  it('can be read back whole, each event as it was told', () => {
    const events: GateEvent[] = Array.from({ length: 120 }, (_, index) => ({
      ...event,
      eventId: `r${index}`,
      kind: index % 2 === 0 ? 'gate-in' : 'gate-out',
    }));
    const { interchange, events: read } = readCodeco(batch(events));
    assert.deepEqual(interchange, {
      charset: 'UNOC',
      sender: 'VNHUUNGHI',
      recipient: 'MAERSK:ZZZ',
      preparedAt: '2603010808',
      reference: '00000007',
    });
    assert.deepEqual(
      read.map(({ eventId, documentName }) => `${eventId} ${documentName}`),
      events.map(({ eventId, kind }) => `${eventId} ${kind === 'gate-in' ? 34 : 36}`),
    );
    const { kind: _, eventTime: __, ...same } = event;
    assert.deepEqual(read[0], {
      ...same,
      eventId: 'r0',
      documentName: '34',
      localTime: '202603010807',
      place: 'VNHNI',
    });
  });

  it('names at most nine declarations and seals, which is what D.95B has room for', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `D${index}`);
    const [read] = readCodeco(batch([{ ...event, declarations: many, seals: many }])).events;
    assert.equal(read?.declarations.length, 9);
    assert.equal(read?.seals.length, 9);
  });

  it('writes seals with service characters in them so that they are read as they are', () => {
    const seals = ["A'B", 'A+B', 'A:B', 'A?B', '??', "'"];
    assert.deepEqual(readCodeco(batch([{ ...event, seals }])).events[0]?.seals, seals);
  });

  it('leaves out a Chinese plate, and refuses a container number it cannot tell', () => {
    assert.equal(readCodeco(batch([{ ...event, truckPlate: '桂F12345' }])).events[0]?.truckPlate, undefined);
    assert.throws(() => batch([{ ...event, container: '集装箱' }]), EdifactError);
  });

  it('in UNOA has capitals only, and no diacritics', () => {
    const text = batch([{ ...event, seals: ['Đặng-1'] }], { charset: 'UNOA' });
    assert.match(text, /^UNB\+UNOA:2\+/);
    assert.match(text, /'BGM\+34\+HUU-NGHI-R1\+9'/);
    assert.match(text, /'SEL\+DANG-1'/);
  });
});

describe('the syntax of EDIFACT', () => {
  it('carries any text there and back, through bytes of its charset', () => {
    const charsets = fc.constantFrom(...(Object.keys(CHARSETS) as Charset[]));
    fc.assert(
      fc.property(charsets, fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (charset, texts) => {
        const known = texts.map((text) => inCharset(text, charset) ?? '').filter((text) => text !== '');
        if (known.length === 0) return;
        const text = `UNB+${charset}'${writeSegment(segment('FTX', known))}`;
        const decoded = decodeEdifact(encodeEdifact(text, charset));
        assert.equal(decoded.charset, charset);
        assert.deepEqual(readSegments(decoded.text)[1]?.elements, [known]);
      }),
    );
  });

  it('obeys a service string advice, and skips line ends between segments', () => {
    const text = "UNA:*. ?~\r\nUNB*UNOC:3~\r\nFTX*what's*1+1~";
    assert.deepEqual(
      readSegments(text.replace('. ?', '.  ')).map(({ tag }) => tag),
      ['UNB', 'FTX'],
    );
    assert.deepEqual(readSegments(text.replace('. ?', '.  '))[1]?.elements, [["what's"], ['1+1']]);
  });

  it('has no byte for what the charset lacks', () => {
    assert.throws(() => encodeEdifact('Đ', 'UNOC'), EdifactError);
    assert.throws(() => decodeEdifact(Buffer.from('<html>')), EdifactError);
    assert.throws(() => decodeEdifact(Buffer.from("UNB+UNOY:4'", 'utf8')), /UNOY/);
    assert.equal(encodeEdifact('é', 'UNOC').length, 1);
  });

  it('notices a wrong count, another reference, and a message that does not end', () => {
    const good = batch([event, { ...event, eventId: 'r2' }]);
    readInterchange(good);
    for (const [from, to, complaint] of [
      ['UNZ+2', 'UNZ+1', /UNZ counts 1, and there is 2/],
      ['UNZ+2+00000007', 'UNZ+2+00000008', /UNZ names interchange 00000008/],
      ['UNT+14+2', 'UNT+13+2', /UNT counts 13, and there is 14/],
      ['UNT+14+2', 'UNT+14+3', /UNT names message 3/],
      ["UNT+14+1'", '', /UNH within a message/],
      ["UNH+1+CODECO:D:95B:UN:SMDG16'", '', /BGM outside a message/],
      ["UNZ+2+00000007'", '', /UNB … UNZ/],
      ["00000007'UNH+1", "00000007'unh+1", /no segment tag/],
    ] as const) {
      assert.ok(good.includes(from), from);
      assert.throws(() => readInterchange(good.replace(from, to)), complaint, to);
    }
    assert.throws(() => readInterchange(good.slice(0, -1)), /no terminator/);
    assert.throws(() => readInterchange(`${good}?`), /release character/);
  });
});
