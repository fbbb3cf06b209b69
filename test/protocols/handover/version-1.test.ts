import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeRecord, encodeRecord } from '../../../protocols/handover/line.ts';
import { logPage } from '../../../protocols/handover/wire.ts';

/** Pages of two gates of version 1, as they were served then: an hour with faults. */
const recorded = (gate: string): string[] =>
  readFileSync(`test/fixtures/handover/v1/${gate}.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((page) => logPage.parse(JSON.parse(page)).lines);

describe('a log recorded from gates of protocol version 1', () => {
  for (const gate of ['huu-nghi', 'huu-nghi-quan'])
    it(`of ${gate} is read line for line, and would be written today with the same bytes`, () => {
      const lines = recorded(gate);
      assert.ok(lines.length > 400);
      const kinds = new Set<string>();
      for (const [index, text] of lines.entries()) {
        const read = decodeRecord(text);
        assert.ok(read.ok, text);
        assert.deepEqual([read.version, read.gate, read.line], [1, gate, index + 1]);
        assert.equal(encodeRecord(read), text);
        kinds.add(read.record.kind);
      }
      for (const kind of ['offered', 'granted', 'departed', 'recalled', 'arrived', 'received', 'closed'])
        if (kind !== 'recalled' || gate === 'huu-nghi') assert.ok(kinds.has(kind), kind);
    });
});
