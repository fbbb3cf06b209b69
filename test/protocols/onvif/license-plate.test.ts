import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  buildPlateNotification,
  decodePlateNotification,
  type PlateDecodeResult,
  type PlateNotification,
  parsePullReply,
} from '../../../protocols/onvif/license-plate.ts';
import { soapEnvelope, soapFault } from '../../../protocols/onvif/soap.ts';

const pullReply = (notifications: string): string =>
  soapEnvelope(
    `<tev:PullMessagesResponse><tev:CurrentTime>2026-01-02T03:04:05Z</tev:CurrentTime>${notifications}</tev:PullMessagesResponse>`,
  );

const notification = (
  data: string,
  attributes = 'UtcTime="2026-01-02T03:04:05.678Z"',
  topic = 'tns1:RuleEngine/Recognition/LicensePlate',
): string =>
  `<wsnt:NotificationMessage><wsnt:Topic>${topic}</wsnt:Topic><wsnt:Message><tt:Message ${attributes}>` +
  `<tt:Source><tt:SimpleItem Name="VideoSource" Value="1"/></tt:Source><tt:Data>${data}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`;

const info = (inner: string): string =>
  `<tt:ElementItem Name="LicensePlateInfo"><tt:LicensePlateInfo>${inner}</tt:LicensePlateInfo></tt:ElementItem>`;

function decodeAll(xml: string): PlateDecodeResult[] {
  const reply = parsePullReply(xml);
  assert.ok(reply.kind === 'messages', JSON.stringify(reply));
  return reply.messages.map(decodePlateNotification);
}

function decodeOne(data: string, attributes?: string, topic?: string): PlateDecodeResult {
  const [decoded] = decodeAll(pullReply(notification(data, attributes, topic)));
  return decoded ?? assert.fail('no notification');
}

function plateOf(data: string): PlateNotification {
  const decoded = decodeOne(data);
  return decoded.kind === 'plate' ? decoded.value : assert.fail(JSON.stringify(decoded));
}

describe('plate notifications of an ONVIF camera', () => {
  it('a digits-only plate stays text', () => {
    assert.equal(plateOf(info('<tt:PlateNumber Likelihood="0.9">51.20</tt:PlateNumber>')).plate, '51.20');
    assert.equal(plateOf(info('<tt:PlateNumber>0012345</tt:PlateNumber>')).plate, '0012345');
    assert.equal(plateOf(info('<tt:PlateNumber>true</tt:PlateNumber>')).plate, 'true');
  });

  it('plate, country, likelihood, time, picture and source are read', () => {
    const data = `${info('<tt:PlateNumber Likelihood="0.934">桂F·12345</tt:PlateNumber><tt:CountryCode Likelihood="1">CHN</tt:CountryCode>')}<tt:SimpleItem Name="ImageURI" Value="http://camera/1.jpg?a=1&amp;b=2"/>`;
    assert.deepEqual(plateOf(data), {
      plate: '桂F·12345',
      country: 'CHN',
      likelihoodPerMille: 934,
      utcTimeMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      imageUri: 'http://camera/1.jpg?a=1&b=2',
      source: { VideoSource: '1' },
    });
  });

  it('the likelihood may be missing, quoted, or a simple item beside the plate', () => {
    assert.equal(plateOf(info('<tt:PlateNumber>12C12345</tt:PlateNumber>')).likelihoodPerMille, undefined);
    assert.equal(
      plateOf(info('<tt:PlateNumber Likelihood="&quot;0.92&quot;">12C12345</tt:PlateNumber>'))
        .likelihoodPerMille,
      920,
    );
    const beside = `${info('<tt:PlateNumber>12C12345</tt:PlateNumber>')}<tt:SimpleItem Name="Likelihood" Value="0.5"/>`;
    assert.equal(plateOf(beside).likelihoodPerMille, 500);
  });

  it('a likelihood of 93 is refused: nobody knows whether 1 would be one per cent or all', () => {
    const decoded = decodeOne(info('<tt:PlateNumber Likelihood="93">12C12345</tt:PlateNumber>'));
    assert.equal(decoded.kind, 'unreadable');
  });

  it('of several readings of one plate the likeliest counts', () => {
    const data = info(
      '<tt:PlateNumber Likelihood="0.4">12C12346</tt:PlateNumber><tt:PlateNumber Likelihood="0.9">12C12345</tt:PlateNumber>',
    );
    assert.deepEqual([plateOf(data).plate, plateOf(data).likelihoodPerMille], ['12C12345', 900]);
  });

  it('a camera that sends the plate as a simple item is read too', () => {
    const data =
      '<tt:SimpleItem Name="PlateNumber" Value="12C-123.45"/><tt:SimpleItem Name="Likelihood" Value="0.8"/>';
    assert.deepEqual([plateOf(data).plate, plateOf(data).likelihoodPerMille], ['12C-123.45', 800]);
  });

  it('one notification and several are read alike, each on its own', () => {
    const good = notification(info('<tt:PlateNumber>12C12345</tt:PlateNumber>'));
    const bad = notification(info('<tt:PlateNumber></tt:PlateNumber>'));
    const kinds = (xml: string) => decodeAll(pullReply(xml)).map(({ kind }) => kind);
    assert.deepEqual(kinds(''), []);
    assert.deepEqual(kinds(good), ['plate']);
    assert.deepEqual(kinds(good + bad + good), ['plate', 'unreadable', 'plate']);
  });

  it('other topics are named, not read', () => {
    assert.deepEqual(decodeOne('', undefined, 'tns1:VideoSource/MotionAlarm'), {
      kind: 'other',
      topic: 'VideoSource/MotionAlarm',
    });
  });

  it('times with an offset and without a zone are read; without a time there is no reading', () => {
    const timeOf = (attributes: string) => {
      const decoded = decodeOne(info('<tt:PlateNumber>12C12345</tt:PlateNumber>'), attributes);
      return decoded.kind === 'plate' ? decoded.value.utcTimeMs : decoded.kind;
    };
    assert.equal(timeOf('UtcTime="2026-01-02T10:04:05+07:00"'), Date.UTC(2026, 0, 2, 3, 4, 5));
    assert.equal(timeOf('UtcTime="2026-01-02T03:04:05"'), Date.UTC(2026, 0, 2, 3, 4, 5));
    assert.equal(timeOf('UtcTime="yesterday"'), 'unreadable');
    assert.equal(timeOf(''), 'unreadable');
  });

  it('any prefix, or none, names the same elements', () => {
    const xml = pullReply(notification(info('<tt:PlateNumber>12C12345</tt:PlateNumber>')));
    const renamed = xml.replaceAll('tt:', 'x:').replaceAll('wsnt:', '').replaceAll('env:', 'SOAP-ENV:');
    assert.equal(decodeAll(renamed)[0]?.kind, 'plate');
  });

  it('a fault, another answer, and what is no XML are told apart', () => {
    assert.deepEqual(parsePullReply(soapFault('ter:InvalidArgVal', 'No such pull point')), {
      kind: 'fault',
      subcodes: ['env:Sender', 'ter:InvalidArgVal'],
      reason: 'No such pull point',
    });
    for (const xml of [
      '',
      'hello',
      '<html><body>busy</body></html>',
      pullReply('').slice(0, 300),
      soapEnvelope('<tev:Other/>'),
    ]) {
      assert.equal(parsePullReply(xml).kind, 'unreadable', xml);
    }
    const deep = `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`;
    assert.equal(
      parsePullReply(soapEnvelope(`<tev:PullMessagesResponse>${deep}</tev:PullMessagesResponse>`)).kind,
      'unreadable',
    );
  });

  it('whatever is built is read back the same', () => {
    const text = fc
      .string({ unit: fc.constantFrom(...'12CĐ桂挂F.-·?<>&"\' \n'), minLength: 1 })
      .filter((s) => s.trim() === s);
    const value = fc.record(
      {
        plate: text,
        country: fc.constantFrom('VN', 'CHN'),
        likelihoodPerMille: fc.integer({ min: 0, max: 1000 }),
        utcTimeMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
        imageUri: fc.webUrl(),
        source: fc.constant({ VideoSource: 'vs & 1', Rule: 'lpr' }),
      },
      { requiredKeys: ['plate', 'utcTimeMs', 'source'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(value, (sent) => {
        assert.deepEqual(decodeAll(pullReply(buildPlateNotification(sent))), [
          { kind: 'plate', value: sent },
        ]);
      }),
    );
  });
});
