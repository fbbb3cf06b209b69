import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  judgeCommand,
  type LaneIoCommandMessage,
  laneIoCommand,
  parseLaneIoCommand,
  parseLaneIoState,
} from '../../../protocols/lane-io/lane-io.ts';

const command = (change: Partial<LaneIoCommandMessage> = {}): LaneIoCommandMessage => ({
  profile: 1,
  commandId: 'c-1',
  action: 'raise',
  boot: 'b-1',
  seq: 5,
  expiresMs: 1_000,
  ...change,
});
const device = { boot: 'b-1', clockMs: 500, acceptedSeq: 4 };
const resultOf = (change: Partial<LaneIoCommandMessage>): string =>
  judgeCommand(device, command(change)).result;

describe('lane I/O profile', () => {
  it('obeys a command once', () => {
    const first = judgeCommand(device, command());
    assert.deepEqual(first, { result: 'accepted', acceptedSeq: 5 });
    assert.equal(judgeCommand({ ...device, acceptedSeq: first.acceptedSeq }, command()).result, 'doubled');
  });

  it('refuses a command that comes too late, or is meant for the device before it restarted', () => {
    assert.equal(resultOf({ expiresMs: 499 }), 'expired');
    assert.equal(resultOf({ boot: 'b-0' }), 'other-boot');
  });

  it('always obeys red', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 10 }), fc.nat(), fc.nat(), (boot, seq, expiresMs) => {
        assert.equal(resultOf({ action: 'red', boot, seq, expiresMs }), 'accepted');
      }),
    );
  });

  it('refuses a green sent before a red and arriving after it', () => {
    const red = judgeCommand(device, command({ action: 'red', seq: 6 }));
    const late = judgeCommand(
      { ...device, acceptedSeq: red.acceptedSeq },
      command({ action: 'green', seq: 5 }),
    );
    assert.equal(late.result, 'doubled');
  });

  it('does not count a red whose sender did not know this run of the device', () => {
    assert.equal(judgeCommand(device, command({ action: 'red', boot: '', seq: 900 })).acceptedSeq, 4);
  });

  it('never counts backwards', () => {
    const anyCommand = fc.record({
      profile: fc.constant(1 as const),
      commandId: fc.constant('c'),
      action: fc.constantFrom(...laneIoCommand.shape.action.options),
      boot: fc.constantFrom('b-1', 'b-0', ''),
      seq: fc.nat(20),
      expiresMs: fc.nat(1_000),
    });
    fc.assert(
      fc.property(fc.array(anyCommand), (commands) => {
        let acceptedSeq = 0;
        for (const next of commands) {
          const judged = judgeCommand({ ...device, acceptedSeq }, next);
          assert.ok(judged.acceptedSeq >= acceptedSeq);
          acceptedSeq = judged.acceptedSeq;
        }
      }),
    );
  });

  it('carries what the driver is shown, and no text longer than a sign', () => {
    const parse = (sign: string) => parseLaneIoCommand(Buffer.from(JSON.stringify(command({ sign }))));
    assert.deepEqual(parse('bay-truck-2'), { ok: true, value: command({ sign: 'bay-truck-2' }) });
    for (const sign of ['', 'b'.repeat(41)]) {
      const refused = parse(sign);
      assert.ok(!refused.ok);
      assert.match(refused.reason, /^sign: /);
    }
  });

  it('reads what it writes, and never throws on what others write', () => {
    assert.deepEqual(parseLaneIoCommand(Buffer.from(JSON.stringify(command()))), {
      ok: true,
      value: command(),
    });
    const parsed = parseLaneIoState(Buffer.from('{"profile":2}'));
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, /^profile: /);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void parseLaneIoState(bytes)));
  });
});
