/**
 * The races of line clear, each by its name in the design: two gates that read each other late. Whatever the order, the block
 * has one owner, and both gates come to the same.
 */
import assert from 'node:assert/strict';
import { box, type CoreBorder, kindsOf } from '../../support/core-border.ts';
import { bootTwo, type TwoBorders } from '../../support/two-borders.ts';

const LANE = 'border-out-1';
const TRACK = 'north';

describe('the races of line clear', () => {
  let two: TwoBorders;
  beforeEach(() => {
    two = bootTwo();
  });
  const grantMs = (): number => two.ours.gate.config.counterpart.grantValidMs;
  const offers = (): string => {
    const { lineClear } = two.ours.waits('xe-1', LANE, box(1));
    return lineClear?.move ?? assert.fail('nothing was offered');
  };
  /** Our line of that kind about the move. */
  const wrote = (side: CoreBorder, kind: string): number =>
    side.written.filter((line) => line.kind === kind).length;
  /** Whether a place on the track is given away, as the receiver knows it. */
  const isHeld = (): boolean =>
    Object.keys(two.theirs.gate.state.owners).some((name) => name.startsWith(`track:${TRACK}/`));
  const isSent = (): boolean => wrote(two.ours, 'departed') > 0;
  /** It drives out of our lane. */
  const leaves = (): void => {
    two.ours.goesThrough(LANE, 'xe-1');
  };
  /** Before the barrier of the other side, where it was granted a place. */
  const comes = (move: string): string => {
    const { inbound, vehicle } = two.theirs.moved(move);
    const found = two.theirs.gate.config.lanes.find(({ node }) => node === inbound?.holdNode);
    const lane = found?.id ?? assert.fail('no place was granted');
    two.theirs.stands(lane, vehicle?.plate ?? '', box(1));
    return lane;
  };
  const quiet = (side: CoreBorder): string[] =>
    side.gate.alarms().filter((alarm) => !/^(COMMAND_UNCONFIRMED|BARRIER|VEHICLE)/.test(alarm));

  describe('expiry against departure', () => {
    it('departure first: what expires afterwards is nothing, and the block stays occupied', () => {
      const move = offers();
      two.read(two.theirs);
      two.ours.wait(grantMs() - 1);
      // What was read of it has grown old meanwhile.
      two.ours.stands(LANE, two.ours.moved(move).vehicle?.plate ?? '', box(1));
      two.readAll();
      assert.equal(isSent(), true);
      two.ours.wait(grantMs());
      two.readAll();
      assert.equal(wrote(two.ours, 'grant-returned') + wrote(two.ours, 'offer-withdrawn'), 0);
      assert.equal(isHeld(), true);
    });

    it('expiry first: the grant that comes too late is given back, and only that frees the block', () => {
      const move = offers();
      two.read(two.theirs, 1);
      two.ours.wait(grantMs());
      assert.ok(wrote(two.ours, 'offer-withdrawn') > 0);
      // The withdrawal alone frees nothing that was granted.
      two.read(two.theirs, 1);
      assert.equal(isHeld(), true);
      two.ours.link(false);
      two.read(two.ours, two.theirs.written.length);
      assert.equal(two.ours.visit(LANE).released, false);
      assert.equal(wrote(two.ours, 'grant-returned'), 1);
      two.read(two.theirs, two.ours.written.length);
      assert.equal(two.theirs.gate.state.moves[move], undefined);
    });
  });

  it('used-and-crashed: a grant that was used stays used, once, and its vehicle goes on', () => {
    const move = offers();
    two.readAll();
    assert.equal(isSent(), true);
    two.ours.restarts();
    two.readAll();
    leaves();
    comes(move);
    two.readAll();
    assert.equal(wrote(two.ours, 'departed'), 1);
    assert.equal(wrote(two.ours, 'grant-returned'), 0);
    assert.equal(two.ours.moved(move).stage, 'arrived');
    assert.equal(isHeld(), false);
  });

  it('used-and-crashed, not used: after the restart nobody knows how long ago it was asked, and it is given back', () => {
    const move = offers();
    two.ours.clears(box(1), 'withdrawn');
    two.readAll();
    assert.equal(isSent(), false);
    two.ours.restarts();
    two.readAll();
    assert.equal(wrote(two.ours, 'grant-returned'), 1);
    assert.equal(two.theirs.gate.state.moves[move], undefined);
    assert.equal(isHeld(), false);
  });

  it('granted-and-cut-off: without a link nobody starts, and the block stays occupied until the return is read', () => {
    const move = offers();
    two.read(two.theirs, 1);
    two.link(false);
    // The line of the grant was on its way already.
    two.read(two.ours, two.theirs.written.length);
    assert.equal(two.ours.visit(LANE).released, false);
    two.ours.wait(grantMs());
    two.theirs.wait(48 * 3_600_000);
    assert.equal(isHeld(), true, 'time alone frees nothing');
    two.link(true);
    two.readAll();
    assert.equal(two.theirs.gate.state.moves[move], undefined);
    assert.ok(!two.ours.written.some((line) => line.kind === 'departed' && line.move === move));
  });

  it('returned-and-late: whoever comes on a grant that was given back is a stranger, and people look', () => {
    const move = offers();
    two.read(two.theirs, 1);
    const { vehicle } = two.theirs.moved(move);
    two.ours.link(false);
    two.ours.wait(grantMs());
    two.read(two.ours, two.theirs.written.length);
    two.read(two.theirs, two.ours.written.length);
    assert.equal(wrote(two.ours, 'grant-returned'), 1);
    two.theirs.stands('border-in-1', vehicle?.plate ?? '', box(1));
    const visit = two.theirs.visit('border-in-1');
    assert.equal(visit.verdict, 'refer');
    assert.equal(visit.released, false);
    assert.equal(wrote(two.theirs, 'arrived'), 0);
    assert.equal(wrote(two.theirs, 'received'), 0);
  });

  it('arrival before the departure is read: it is let in to its hold point, and custody waits for the line', () => {
    const move = offers();
    two.read(two.theirs, 1);
    two.read(two.ours, two.theirs.written.length);
    assert.equal(isSent(), true);
    leaves();
    const lane = comes(move);
    assert.equal(two.theirs.visit(lane).released, true, 'nobody waits on the border section');
    assert.deepEqual(quiet(two.theirs), [`DEPARTURE_UNREAD/${two.theirs.moved(move).id}`]);
    assert.deepEqual(kindsOf(two.theirs.wait(60_000)), []);
    assert.equal(wrote(two.theirs, 'received'), 0);
    two.readAll();
    assert.deepEqual(quiet(two.theirs), []);
    assert.equal(wrote(two.theirs, 'arrived'), 1);
    assert.equal(two.ours.moved(move).stage, 'arrived');
  });

  describe('the wrong vehicle arriving', () => {
    it('that nobody announced is not let in on the grant of the one that was', () => {
      const move = offers();
      two.readAll();
      leaves();
      const { inbound } = two.theirs.moved(move);
      const lane = two.theirs.gate.config.lanes.find(({ node }) => node === inbound?.holdNode)?.id ?? '';
      two.theirs.stands(lane, '12C-999.99', box(9));
      const visit = two.theirs.visit(lane);
      assert.equal(visit.released, false);
      assert.equal(visit.verdict, 'refer');
      assert.equal(wrote(two.theirs, 'received'), 0);
      assert.equal(isHeld(), true, 'the one that was sent has not come');
    });

    it('with another container stands aside in the refuge slot, and is not received', () => {
      const move = offers();
      two.readAll();
      leaves();
      const { inbound, vehicle } = two.theirs.moved(move);
      const lane = two.theirs.gate.config.lanes.find(({ node }) => node === inbound?.holdNode)?.id ?? '';
      two.theirs.stands(lane, vehicle?.plate ?? '', box(9));
      const visit = two.theirs.visit(lane);
      assert.equal(visit.verdict, 'refer');
      two.theirs.wait(12_000);
      assert.equal(two.theirs.visit(lane).refuge, 'hnq-refuge');
      assert.equal(wrote(two.theirs, 'received'), 0);
      assert.notEqual(two.theirs.moved(move).bays.landing, undefined, 'its bay is kept for it');
    });
  });
});
