import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HandoverRecord as CoreRecord } from '../../../edge/core/input.ts';
import { canTell, decodeRecord, encodeRecord } from '../../../protocols/handover/line.ts';
import { type HandoverRecord, handoverRecord } from '../../../protocols/handover/record.ts';
import { anyRecord, ONE_OF_EACH } from './records.ts';

const AT = Date.UTC(2026, 2, 1, 16, 30, 1);
const OFFSETS = { utcOffset: '+07:00', otherUtcOffset: '+08:00' };
const encode = (record: HandoverRecord, line = 7): string =>
  encodeRecord({ version: 2, gate: 'huu-nghi', line, at: AT, ...OFFSETS, record });
/** What happens to goods and vehicles; everything else is asked, promised or agreed. */
const HAPPENS = new Set<string>([
  'departed',
  'arrived',
  'received',
  'received-with-remarks',
  'disputed',
  'joint-inspection',
  'returned',
]);
const recordOf = (text: string) => JSON.parse(text).data['langson:record'];

describe('a line of the handover log', () => {
  it('carries the core’s records as they are', () => {
    // These two assignments are the test: the wire’s type and the core’s are one.
    const fromCore = (record: CoreRecord): HandoverRecord => record;
    const toCore = (record: HandoverRecord): CoreRecord => record;
    for (const record of ONE_OF_EACH) assert.deepEqual(toCore(fromCore(record)), record);
  });

  it('is read back as it was written, for every kind of record', () => {
    const kinds = handoverRecord.options.map(({ shape }) => shape.kind.value);
    assert.deepEqual(new Set(ONE_OF_EACH.map(({ kind }) => kind)), new Set(kinds));
    for (const record of ONE_OF_EACH) {
      const decoded = decodeRecord(encode(record));
      assert.deepEqual(decoded, {
        ok: true,
        version: 2,
        gate: 'huu-nghi',
        line: 7,
        at: AT,
        ...OFFSETS,
        record,
      });
    }
  });

  it('is a CloudEvents 1.0 envelope around an EPCIS 2.0 event, with the dates on both sides of the border', () => {
    const record = {
      kind: 'departed',
      move: 'm-1',
      grant: 'g-1',
      eventTime: '2026-03-01T23:30:00.000+07:00',
      containers: ['CSQU3054383'],
    } as const;
    assert.deepEqual(JSON.parse(encode({ ...record, containers: [...record.containers] })), {
      specversion: '1.0',
      source: '/gates/huu-nghi/handover-log',
      id: '7',
      type: 'langson.gate.handover.departed.v2',
      subject: 'm-1',
      time: '2026-03-01T16:30:01.000Z',
      datacontenttype: 'application/json',
      data: {
        '@context': [
          'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
          { langson: 'urn:x-langson:handover:' },
        ],
        type: 'ObjectEvent',
        eventID: 'urn:x-langson:line:huu-nghi:7',
        action: 'OBSERVE',
        bizStep: 'departing',
        disposition: 'in_transit',
        eventTime: '2026-03-01T23:30:00.000+07:00',
        eventTimeZoneOffset: '+07:00',
        epcList: ['urn:epc:id:bic:CSQU3054383'],
        bizTransactionList: [
          { bizTransaction: 'urn:x-langson:move:m-1' },
          { bizTransaction: 'urn:x-langson:grant:g-1' },
        ],
        readPoint: { id: 'urn:x-langson:gate:huu-nghi' },
        'langson:localDates': [
          { 'langson:utcOffset': '+07:00', 'langson:date': '2026-03-01' },
          { 'langson:utcOffset': '+08:00', 'langson:date': '2026-03-02' },
        ],
        'langson:record': record,
      },
    });
  });

  it('names as its subject what it is about: a move, an ask, or the track whose token changes hands', () => {
    const subject = (record: HandoverRecord): unknown => JSON.parse(encode(record)).subject;
    assert.equal(subject({ kind: 'recalled', move: 'm-1', code: 'OTHER' }), 'm-1');
    assert.equal(
      subject({ kind: 'authority-asked', ask: 'a-1', vehicle: 'xe-1', from: 'km0', to: 'in' }),
      'a-1',
    );
    for (const kind of ['token-asked', 'token-passed'] as const)
      assert.equal(subject({ kind, track: 'north' }), 'north');
    const contradiction = encode({ kind: 'token-passed', track: 'north' }).replace(
      '"subject":"north"',
      '"subject":"south"',
    );
    assert.equal(decodeRecord(contradiction).ok, false);
  });

  it('is an EPCIS event whatever it tells: of objects where something happened to them, else of transactions', () => {
    for (const record of ONE_OF_EACH) {
      const { type, epcList, bizTransactionList, eventTime } = JSON.parse(encode(record)).data;
      assert.ok(bizTransactionList.length > 0, record.kind);
      assert.ok(epcList.length > 0, record.kind);
      assert.equal(type === 'ObjectEvent', HAPPENS.has(record.kind), record.kind);
      assert.equal(eventTime, 'eventTime' in record ? record.eventTime : '2026-03-01T16:30:01.000Z');
    }
  });

  it('names the containers received, in the BIC scheme', () => {
    const text = encode({
      kind: 'received',
      move: 'm-1',
      eventTime: '2026-03-01T09:00:00.000+08:00',
      containers: ['CSQU3054383'],
    });
    const epcis = JSON.parse(text).data;
    assert.deepEqual(epcis.epcList, ['urn:epc:id:bic:CSQU3054383']);
    assert.equal(epcis.bizStep, 'accepting');
  });

  it('has the same bytes whatever the order in which a record was put together', () => {
    const forward = encode({ kind: 'granted', move: 'm', grant: 'g', track: 'north', holdNode: 'n' });
    const backward = encode({ holdNode: 'n', track: 'north', grant: 'g', move: 'm', kind: 'granted' });
    assert.equal(forward, backward);
  });

  it('gives weights in whole kilograms', () => {
    const [offer] = ONE_OF_EACH;
    assert.ok(offer?.kind === 'offered');
    const text = encode({ ...offer, containers: [{ number: 'CSQU3054383', grossKg: 23_999.6 }] });
    assert.equal(recordOf(text).containers[0].grossKg, 24_000);
    assert.ok(decodeRecord(text).ok);
  });

  it('survives every text that a record may carry', () => {
    fc.assert(
      fc.property(anyRecord, fc.integer({ min: 1, max: 1e9 }), (record, line) => {
        const decoded = decodeRecord(encode(record, line));
        assert.ok(decoded.ok);
        assert.deepEqual(decoded.record, record);
        assert.equal(decoded.line, line);
      }),
    );
  });

  it('is written even when a plate or name is broken Unicode', () => {
    const record = { kind: 'arrived', move: 'm\ud800', eventTime: '2026-03-01T08:00:00.000+07:00' } as const;
    const decoded = decodeRecord(encode(record));
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.record, record);
  });

  it('is refused with a blank, a doubled member, an unknown member, or an event that contradicts its record', () => {
    const text = encode({ kind: 'arrived', move: 'm-1', eventTime: '2026-03-01T08:00:00.000+07:00' });
    const altered = [
      text.replace('{', '{ '),
      text.replace('"id":"7"', '"id":"7","id":"7"'),
      text.replace('"langson:record":{', '"langson:record":{"driver":"Nguyen",'),
      text.replace('"data":{', '"data":{"driver":"Nguyen",'),
      text.replace('"bizStep":"arriving"', '"bizStep":"departing"'),
      text.replace('arrived.v2', 'closed.v2'),
      text.replace('arrived.v2', 'arrived.v1'),
      text.replace('arrived.v2', 'arrived.v3'),
      text.replace('2026-03-01"', '2026-03-02"'),
      text.replace('"id":"7"', '"id":"07"'),
      `${text}\n`,
      '',
      'null',
    ];
    for (const line of altered) {
      assert.notEqual(line, text);
      assert.equal(decodeRecord(line).ok, false, line);
    }
  });

  it('is told to a gate one version back in the words of that version, and read back as what it says', () => {
    for (const record of ONE_OF_EACH) {
      const told = { version: 1, gate: 'huu-nghi', line: 7, at: AT, utcOffset: '+07:00', record } as const;
      if (!canTell(record, 1)) {
        assert.throws(() => encodeRecord(told), RangeError, record.kind);
        continue;
      }
      const text = encodeRecord(told);
      const decoded = decodeRecord(text);
      assert.ok(decoded.ok, record.kind);
      assert.equal(decoded.version, 1);
      assert.equal(encodeRecord({ ...decoded }), text);
    }
    const untold = ONE_OF_EACH.filter((record) => !canTell(record, 1)).map(({ kind }) => kind);
    assert.deepEqual(untold, [
      'accepted',
      'disputed',
      'joint-inspection',
      'returned',
      'block-reset',
      'section-closing',
      'section-closed',
      'section-reopening',
      'filter-in-force',
      'keys-rotated',
      'restored',
    ]);
  });
});
