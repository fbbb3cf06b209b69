import assert from 'node:assert/strict';
import { encodeRecord } from '../../../protocols/handover/line.ts';
import { ONE_OF_EACH } from './records.ts';

/**
 * Of EPCIS 2.0 (JSON binding, §10) what our events use, and of the Core Business Vocabulary 2.0 (§7.1, §7.2) the words: GS1’s own
 * JSON Schema is in no package that can be installed; every kind of record was held against it by hand when this was written.
 */
const STEPS = ['accepting', 'arriving', 'departing', 'entering_exiting', 'holding', 'inspecting', 'shipping'];
const DISPOSITIONS = [
  'completeness_verified',
  'in_progress',
  'in_transit',
  'mismatch_instance',
  'non_conformant',
  'recalled',
  'returned',
];
const MEMBERS = new Set([
  '@context',
  'type',
  'eventID',
  'action',
  'bizStep',
  'disposition',
  'eventTime',
  'eventTimeZoneOffset',
  'epcList',
  'bizTransactionList',
  'readPoint',
]);

describe('a handover record as an EPCIS 2.0 event', () => {
  for (const record of ONE_OF_EACH)
    it(`${record.kind}: has what its type of event demands, in GS1’s words, and what is ours under our own name`, () => {
      const text = encodeRecord({
        version: 2,
        gate: 'huu-nghi',
        line: 7,
        at: Date.UTC(2026, 2, 1, 16, 30, 1),
        utcOffset: '+07:00',
        otherUtcOffset: '+08:00',
        record,
      });
      const event = JSON.parse(text).data;
      assert.ok(['ObjectEvent', 'TransactionEvent'].includes(event.type));
      assert.ok(['ADD', 'OBSERVE', 'DELETE'].includes(event.action));
      assert.ok(event.bizStep === undefined || STEPS.includes(event.bizStep));
      assert.ok(event.disposition === undefined || DISPOSITIONS.includes(event.disposition));
      assert.match(event.eventTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
      assert.match(event.eventTimeZoneOffset, /^[+-]\d\d:\d\d$/);
      const uris = [
        event.eventID,
        event.readPoint.id,
        ...event.epcList,
        ...event.bizTransactionList.map((one: { bizTransaction: string }) => one.bizTransaction),
      ];
      assert.ok(event.epcList.length > 0 && event.bizTransactionList.length > 0);
      for (const uri of uris) assert.ok(URL.canParse(uri), uri);
      assert.ok(Object.keys(event).every((member) => MEMBERS.has(member) || member.startsWith('langson:')));
      assert.ok(event['@context'].some((one: object) => 'langson' in Object(one)));
    });
});
