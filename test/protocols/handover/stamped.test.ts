import 'reflect-metadata';
import assert from 'node:assert/strict';
import { leafHash } from '../../../protocols/handover/merkle.ts';
import { fulfil } from '../../../protocols/handover/needs.ts';
import { type JudgedStamp, judgeStamp } from '../../../protocols/handover/stamped.ts';
import { TIME_STAMPS } from '../../../protocols/handover/wire.ts';
import { useTempDirs } from '../../support/temp-dir.ts';
import { makeStamper, type Stamper, stampOn } from '../../support/time-stamp-authority.ts';
import { headOf } from './log.ts';
import { manyLines, openLog, openReader } from './sessions.ts';

describe('a time stamp on a head of the other gate', () => {
  const newDir = useTempDirs();
  const lines = manyLines(9);
  let stamper: Stamper;
  let one: ReturnType<typeof openReader>;

  beforeEach(async function () {
    stamper = await makeStamper(this, await newDir());
    one = openReader();
    one.readAll(openLog(lines.slice(0, 6)));
  });

  const stamped = async (head: string) => ({ head, token: await stampOn(stamper, head) });
  const judge = (of: { head: string; token: string }): JudgedStamp =>
    fulfil(judgeStamp(one.reader, of, [stamper.authority()]), {
      lines: () => [],
      leaves: (after, last) => one.lines.slice(after, last).map(leafHash),
      head: () => undefined,
    });

  it('covers every line up to that head, also where more have been read', async () => {
    const result = judge(await stamped(headOf(lines.slice(0, 4))));
    assert.equal(result.kind, 'good');
    assert.deepEqual(result.kind === 'good' && result.stamp.size, 4);
    assert.deepEqual(result.kind === 'good' && result.stamp.stamp.authority, 'test authority');
  });

  it('waits for the lines of its head', async () => {
    assert.equal(judge(await stamped(headOf(lines))).kind, 'ahead');
  });

  it('is no good on a text that is no head of this log, and the log is none the worse', async () => {
    const bad = judge(await stamped('eyJ9.e30.c2ln'));
    assert.match(bad.kind === 'bad' ? bad.reason : bad.kind, /^what it stamps is no head: /);
    const { token } = await stamped(headOf(lines.slice(0, 4)));
    const moved = judge({ head: headOf(lines.slice(0, 5)), token });
    assert.deepEqual(moved, { kind: 'bad', reason: 'it stamps another text' });
    assert.equal(one.reader.fault, undefined);
  });

  it('on a head that the gate has signed over another history shows the fork', async () => {
    const other = manyLines(4).with(3, manyLines(40)[39] ?? '');
    const result = judge(await stamped(headOf(other)));
    assert.equal(result.kind === 'fault' && result.fault.kind, 'fork');
    assert.equal(one.reader.fault?.kind, 'fork');
  });

  it('is announced in heads, and heads that announce it are read by whoever does not know the word', () => {
    const log = openLog(lines, undefined, undefined, [TIME_STAMPS]);
    const two = openReader();
    two.readAll(log);
    assert.equal(two.reader.witness?.size, 9);
  });
});
