import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import { decodeRecord } from '../../../protocols/handover/line.ts';
import { bootBorder, box } from '../../support/core-border.ts';

describe('our own handover log', () => {
  const bodies = (effects: Effect[]) =>
    effects.flatMap((effect) =>
      effect.kind === 'decide' && effect.type === 'handover' ? [effect.body] : [],
    );

  it('is numbered without gaps, also across a restart, and each line can be read back to the byte', () => {
    const border = bootBorder();
    const lines = [
      ...bodies(border.offered('m1', box(1))),
      ...bodies(border.offered('m2')),
      ...bodies(border.read({ kind: 'grant-returned', move: 'm2', grant: 'huu-nghi-g2' })),
      ...bodies(border.restarts()),
      ...bodies(border.offered('m3')),
    ];
    // Line 1 told which filter is in force.
    assert.deepEqual(
      lines.map(({ line, record }) => `${line} ${record}`),
      ['2 accepted', '3 granted', '4 accepted', '5 granted', '6 accepted', '7 granted'],
    );
    for (const { line, data } of lines) {
      const read = decodeRecord(String(data));
      assert.ok(read.ok);
      assert.deepEqual([read.gate, read.line, read.utcOffset], ['huu-nghi', line, '+07:00']);
      assert.equal(read.at, border.gate.state.now);
    }
  });

  it('tells of a change of its key as it was asked to, when the other gate can read that', () => {
    const record = { kind: 'keys-rotated', statement: '{}', signatures: { old: 'o', new: 'n' } } as const;
    const border = bootBorder();
    const [told] = bodies(border.gate.step({ type: 'keys-rotated-asked', record }));
    const read = decodeRecord(String(told?.data));
    assert.deepEqual(read.ok && read.record, record);

    border.gate.step({ type: 'counterpart-link', up: true, reads: 1 });
    const untold = border.gate.step({ type: 'keys-rotated-asked', record });
    assert.deepEqual(bodies(untold), []);
    assert.ok(untold.some((effect) => effect.kind === 'decide' && effect.type === 'handover-untold'));
  });

  it('is the same for the same inputs', () => {
    const tell = (): unknown[] => {
      const border = bootBorder();
      return bodies(border.offered('m1', box(1))).map(({ data }) => data);
    };
    assert.deepEqual(tell(), tell());
  });
});
