import assert from 'node:assert/strict';
import type { TimeStampTaken, TimeStampTrouble } from '../../../edge/core/time-stamps.ts';
import { bootBorder, box, type CoreBorder } from '../../support/core-border.ts';

const ROOT = 'a'.repeat(64);
const STAMP: TimeStampTaken = {
  type: 'time-stamp',
  log: 'theirs',
  size: 9,
  rootHash: ROOT,
  head: 'h',
  token: 'MII=',
  authority: 'VN-TSA',
  signer: 'CN=VN-TSA 3',
  policy: '1.2.3',
  serial: '0a',
  genTimeMs: 1_772_000_000_000,
};

describe('time stamps on the two logs, as the core knows of them', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const watch = (...troubles: TimeStampTrouble[]) => border.step({ type: 'time-stamp-watch', troubles });
  const alarms = () => border.gate.alarms().filter((id) => id.startsWith('TIME_STAMP'));
  const trouble = (log: 'ours' | 'theirs', kind: 'bad' | 'missing'): TimeStampTrouble => ({
    log,
    kind,
    reason: 'refused',
  });

  it('the newest of each log is remembered, over a restart too; an older one is no news', () => {
    border.step(STAMP);
    border.step({ ...STAMP, size: 4 });
    border.step({ ...STAMP, log: 'ours', size: 2 });
    border.restarts();
    const { size: _, ...told } = { size: 0, rootHash: ROOT, authority: 'VN-TSA', genTimeMs: STAMP.genTimeMs };
    assert.deepEqual(border.gate.state.timeStamps, {
      theirs: { size: 9, ...told },
      ours: { size: 2, ...told },
    });
  });

  it('one that says it was made in another year changes nothing else', () => {
    const before = border.gate.state.now;
    border.step({ ...STAMP, genTimeMs: 4_000_000_000_000 });
    assert.equal(border.gate.state.now, before);
    assert.deepEqual(alarms(), []);
  });

  it('one that does not hold, or does not come, calls people; the link stays, and vehicles are offered', () => {
    watch(trouble('theirs', 'bad'), trouble('ours', 'missing'));
    assert.deepEqual(alarms().toSorted(), ['TIME_STAMP_BAD/huu-nghi-quan', 'TIME_STAMP_MISSING/huu-nghi']);
    assert.equal(border.gate.state.link.up, true);
    const crossing = border.waits('xe-1', 'border-out-1', box(1));
    assert.notEqual(crossing.lineClear, undefined);
  });

  it('what is over returns, what is told again is no new occurrence', () => {
    watch(trouble('theirs', 'bad'), trouble('ours', 'missing'));
    watch(trouble('ours', 'missing'));
    const { alarms } = border.gate.state;
    assert.equal(alarms['TIME_STAMP_BAD/huu-nghi-quan']?.state, 'returned');
    assert.equal(alarms['TIME_STAMP_MISSING/huu-nghi']?.count, 1);
    watch();
    assert.equal(alarms['TIME_STAMP_MISSING/huu-nghi']?.state, 'returned');
  });

  it('a start without time stamps in the configuration ends what was said of them before', () => {
    watch(trouble('ours', 'missing'));
    border.restarts();
    assert.equal(border.gate.state.alarms['TIME_STAMP_MISSING/huu-nghi']?.state, 'returned');
  });
});
