import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAdvance, readAdvanceText } from '../../../protocols/asw/reading.ts';

const DOCUMENT = {
  documentType: 'FORM_D',
  referenceNumber: 'VN-CN 26/15/00017',
  versionNumber: 2,
  documentStatus: 'ISSUED',
  issuingCountry: 'TH',
  formCode: 'D',
  issueDateTime: '2026-11-20T08:00:00+07:00',
  expiryDateTime: '2027-11-20T08:00:00+07:00',
  consignor: { partyName: 'Siam Fruit' },
  consignee: { partyId: '0100109106', partyName: 'Công ty A' },
  containers: [
    { containerNumber: 'CSQU 305438-3', seals: ['TH1', 'TH2'], grossMassKg: 20_200.4, massBasis: 'GOODS' },
  ],
  goods: [{ tariffCode: '0810.60.00', originCountry: 'th' }],
};
const READ = {
  kind: 'certificate-of-origin',
  reference: 'VN-CN 26/15/00017',
  version: 2,
  status: 'issued',
  issuer: 'TH',
  issuedAt: Date.parse('2026-11-20T08:00:00+07:00'),
  form: 'D',
  validUntil: Date.parse('2027-11-20T08:00:00+07:00'),
  containers: [{ number: 'CSQU3054383', seals: ['TH1', 'TH2'], grossKg: 20_200, grossBasis: 'cargo' }],
  goods: [{ hs: '08106000', origin: 'TH' }],
  parties: [
    { role: 'consignor', name: 'Siam Fruit' },
    { role: 'consignee', id: '0100109106', name: 'Công ty A' },
  ],
};
const XML = `<?xml version="1.0" encoding="UTF-8"?>
<a:Document xmlns:a="urn:example">
  <a:documentType>FORM_D</a:documentType>
  <referenceNumber>VN-CN 26/15/00017</referenceNumber>
  <versionNumber>2</versionNumber>
  <documentStatus>ISSUED</documentStatus>
  <issuingCountry>TH</issuingCountry>
  <formCode>D</formCode>
  <issueDateTime>2026-11-20T08:00:00+07:00</issueDateTime>
  <expiryDateTime>2027-11-20T08:00:00+07:00</expiryDateTime>
  <consignor><partyName><![CDATA[Siam Fruit]]></partyName></consignor>
  <consignee><partyId>0100109106</partyId><partyName>Công ty A</partyName></consignee>
  <containers>
    <container>
      <containerNumber>CSQU 305438-3</containerNumber>
      <seals><sealNumber>TH1</sealNumber><sealNumber>TH2</sealNumber></seals>
      <grossMassKg>20200.4</grossMassKg>
      <massBasis>GOODS</massBasis>
    </container>
  </containers>
  <goods><item><tariffCode>0810.60.00</tariffCode><originCountry>th</originCountry></item></goods>
</a:Document>`;

const reasonOf = (text: string, form: 'json' | 'xml'): string => {
  const read = readAdvanceText(text, form);
  return read.ok ? assert.fail('it was read') : read.reason;
};

describe('a document of the ASEAN Single Window', () => {
  it('is the same as JSON and as XML', () => {
    assert.deepEqual(readAdvanceText(JSON.stringify(DOCUMENT), 'json'), { ok: true, document: READ });
    assert.deepEqual(readAdvanceText(XML, 'xml'), { ok: true, document: READ });
  });

  it('never speaks for the goods by a status that is not known', () => {
    for (const [documentStatus, expected] of [
      ['amended', 'issued'],
      ['DRAFT', 'pending'],
      ['PRE-ISSUED', 'pending'],
      ['CANCELLED', 'revoked'],
    ]) {
      const read = readAdvance({ ...DOCUMENT, documentStatus });
      assert.equal(read.ok && read.document.status, expected);
    }
  });

  it('states no mass when nobody can say what it weighs', () => {
    const [container] = DOCUMENT.containers;
    const read = readAdvance({ ...DOCUMENT, containers: [{ ...container, massBasis: 'NET' }] });
    assert.equal(read.ok && read.document.containers?.[0]?.grossKg, undefined);
  });

  it('that cannot be read says which member is wrong', () => {
    assert.match(
      reasonOf(JSON.stringify({ ...DOCUMENT, documentType: 'INVOICE' }), 'json'),
      /^documentType: is none of CO,/,
    );
    assert.match(
      reasonOf(JSON.stringify({ ...DOCUMENT, issueDateTime: '20/11/2026' }), 'json'),
      /^issueDateTime: use a time/,
    );
    assert.match(reasonOf(JSON.stringify({ ...DOCUMENT, versionNumber: -1 }), 'json'), /^versionNumber/);
    assert.match(reasonOf('{', 'json'), /^it is no readable JSON/);
  });

  it('as XML has no document type, no stranger in a list, and nothing twice', () => {
    const with_ = (from: string, to: string): string => reasonOf(XML.replace(from, to), 'xml');
    assert.match(with_('<a:Document', '<!DOCTYPE a><a:Document'), /line 2: document types/);
    assert.match(with_('<item>', '<goodsItem/><item>'), /<goodsItem> does not belong into <goods>/);
    assert.match(
      with_('<formCode>', '<issuingCountry>CN</issuingCountry><formCode>'),
      /<issuingCountry> is there twice/,
    );
    assert.match(with_('</a:Document>', ''), /no readable XML/);
    assert.match(with_('<containers>', 'x<containers>'), /holds text between its elements/);
    assert.match(with_('D</formCode>', `${'D'.repeat(5_000)}</formCode>`), /<formCode> is too long/);
    assert.match(with_('<formCode>', '<x>'.repeat(20)), /lies too deep/);
  });

  it('of any bytes is read or refused, and never more than that', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.constantFrom('json' as const, 'xml' as const),
        (text, form) => {
          assert.equal(readAdvanceText(text, form).ok, false);
        },
      ),
    );
  });
});
