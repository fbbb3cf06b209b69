import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ALGORITHMS, publicKeyOf } from '../../../edge/exchange/algorithms.ts';
import type { FollowerState } from '../../../protocols/handover/follower.ts';
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import { decodeRecord, encodeRecord } from '../../../protocols/handover/line.ts';
import { fulfil } from '../../../protocols/handover/needs.ts';
import { createReader } from '../../../protocols/handover/reader.ts';
import { logPage } from '../../../protocols/handover/wire.ts';
import { ringOf } from '../../support/log-keys.ts';
import { follow } from './follow.ts';

/** Pages of two gates of version 1, as they were served then: an hour with faults. */
const pagesOf = (gate: string) =>
  readFileSync(`test/fixtures/handover/v1/${gate}.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((page) => logPage.parse(JSON.parse(page)));
const recorded = (gate: string): string[] => pagesOf(gate).flatMap(({ lines }) => lines);

/** The one key that was trusted then, as the file of it is read today. */
function keysOf(gate: string) {
  const pem = readFileSync(`test/fixtures/handover/v1/${gate}.pub.pem`, 'utf8');
  const key = publicKeyOf(createPublicKey(pem), ALGORITHMS);
  assert.ok(key);
  return ringOf([{ ...key, fromSize: 0 }]);
}

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

  for (const [gate, other] of [
    ['huu-nghi', 'huu-nghi-quan'],
    ['huu-nghi-quan', 'huu-nghi'],
  ] as const) {
    it(`of ${gate} is read to its end, page by page, under the key that was trusted then`, () => {
      const hashes = createLogHashes();
      const nothing = { lines: () => [], leaves: () => [], head: () => undefined };
      let state: FollowerState | undefined;
      let lines = 0;
      for (const { lines: texts, head } of pagesOf(gate)) {
        // Begins anew from what is stored, as after a restart.
        const reader = createReader({ gate, ring: keysOf(gate), hashes, ...(state && { state }) });
        const answer = fulfil(reader.receive({ lines: texts, head }), nothing);
        assert.ok(answer.kind === 'lines', answer.kind === 'fault' ? answer.fault.reason : answer.kind);
        reader.committed();
        assert.equal(reader.witness?.jws, head);
        lines += answer.lines.length;
        ({ state } = answer);
      }
      assert.equal(lines, recorded(gate).length);
      assert.equal(state?.tree.size, lines);
    });

    it(`of ${gate} is refused under the key of the other gate, and with a page left out`, () => {
      const [first, second, third] = pagesOf(gate);
      assert.ok(first && second && third);
      const foreign = follow(keysOf(other), { gate }).receive(first);
      assert.equal(foreign.ok ? undefined : foreign.fault.kind, 'bad-signature');
      const follower = follow(keysOf(gate), { gate });
      assert.ok(follower.receive(first).ok);
      assert.equal(follower.receive(third).ok, false);
    });
  }
});
