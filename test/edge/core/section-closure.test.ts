import assert from 'node:assert/strict';
import type { PersonRole } from '../../../config/schema.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act, HandoverRecord } from '../../../edge/core/input.ts';
import { stateOf } from '../../../edge/core/section-closure.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME, kindsOf, linesOf } from '../../support/core-border.ts';

const LANE = 'border-out-1';
const HOUR_MS = 3_600_000;

describe('closing the border section', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const act = (what: Act, person = 'dung', role: PersonRole = 'supervisor'): Effect[] =>
    border.step({ type: 'operator-act', person, role, act: what, reason: 'storm' });
  const byTwo = (what: Act): Effect[] => {
    act(what);
    const proposal = Object.keys(border.gate.state.proposals)[0] ?? assert.fail('nothing was proposed');
    return act({ kind: 'confirm', proposal }, 'thao');
  };
  const close = (more: Partial<Extract<Act, { kind: 'close-section' }>> = {}): Effect[] =>
    act({ kind: 'close-section', tracks: [], code: 'WEATHER', ...more });
  const reopen = (closure = 'huu-nghi-s1'): Effect[] => byTwo({ kind: 'reopen-section', closure });
  const refusal = (effects: readonly Effect[]): string =>
    effects.flatMap((one) =>
      one.kind === 'decide' && one.type === 'act-refused' ? [String(one.body.reason)] : [],
    )[0] ?? assert.fail('it was not refused');
  const closing = (more: object = {}): Effect[] =>
    border.read({
      kind: 'section-closing',
      closure: 'hnq-s1',
      tracks: [],
      code: 'MAINTENANCE',
      from: '2026-03-02T07:00:00+08:00',
      ...more,
    });
  const shown = (closure = 'huu-nghi-s1'): string => {
    const found = border.gate.state.section.closures[closure];
    return found === undefined ? 'open' : stateOf(found);
  };
  const reasonsAt = (lane: string): string[] => border.visit(lane).reasons.map(({ code }) => code);
  const grant = (move: string): Effect[] =>
    border.read({
      kind: 'granted',
      move,
      grant: `g-${move}`,
      track: 'north',
      holdNode: 'hnq-in-1',
      bayNode: 'hnq-bay-land-1',
    });
  const sends = (vehicle: string): string => {
    const move = border.waits(vehicle, LANE, box(1)).lineClear?.move ?? assert.fail('nothing was offered');
    grant(move);
    border.goesThrough(LANE, vehicle);
    return move;
  };

  const withheldIn = (line: HandoverRecord | undefined, pointer: string): string =>
    line?.withheld?.[pointer] ?? assert.fail(`${pointer} was told`);

  it('says so to the other side, and that nothing of ours is there; closed it is only when they say the same', () => {
    const lines = linesOf(
      close({ text: { lang: 'vi', text: 'Bão số 3' }, toAt: border.gate.state.now + HOUR_MS }),
    );
    assert.deepEqual(lines, [
      {
        kind: 'section-closing',
        closure: 'huu-nghi-s1',
        tracks: [],
        code: 'WEATHER',
        // The words stay here; their digest crosses.
        withheld: { '/text': withheldIn(lines[0], '/text') },
        from: '2026-03-02T07:00:00.000+07:00',
        to: '2026-03-02T08:00:00.000+07:00',
      },
      { kind: 'section-closed', closure: 'huu-nghi-s1', eventTime: '2026-03-02T07:00:00.000+07:00' },
    ]);
    assert.equal(shown(), 'closing');
    border.read({ kind: 'section-closed', closure: 'huu-nghi-s1', eventTime: EVENT_TIME });
    assert.equal(shown(), 'closed');
  });

  it('offers and grants nobody any more, and tells whoever waits why', () => {
    close();
    border.waits('xe-1', LANE, box(1));
    assert.deepEqual(reasonsAt(LANE), ['SECTION_CLOSED', 'LINE_NOT_CLEAR']);
    assert.deepEqual(kindsOf(border.offered('m1', box(2))), ['accepted']);
    border.wait(60_000);
    assert.equal(border.moved('m1').stage, 'offered');
    assert.deepEqual(kindsOf(reopen()), ['section-reopening', 'offered', 'granted']);
  });

  it('gives back what was asked or granted and not used, and the grant that comes too late', () => {
    const asked = border.waits('xe-1', LANE, box(1));
    assert.deepEqual(kindsOf(close()), ['section-closing', 'offer-withdrawn', 'section-closed']);
    assert.equal(asked.lineClear, undefined);
    assert.deepEqual(kindsOf(grant('huu-nghi-m1')), ['grant-returned']);
    assert.equal(border.visit(LANE).released, false);
  });

  it('stops nobody who is on it: it is clear when they have arrived', () => {
    const move = sends('xe-1');
    border.offered('m1', box(2));
    assert.deepEqual(kindsOf(close()), ['section-closing']);
    border.read({
      kind: 'departed',
      move: 'm1',
      grant: border.moved('m1').inbound?.grant ?? '',
      eventTime: EVENT_TIME,
    });
    assert.equal(shown(), 'closing');
    const { inbound, vehicle } = border.moved('m1');
    const lane = border.gate.config.lanes.find(({ node }) => node === inbound?.holdNode)?.id ?? '';
    border.stands(lane, vehicle?.plate ?? '', box(2));
    assert.equal(border.moved('m1').stage, 'arrived', 'nobody waits on the border section');
    border.vehicle('xe-1').says({ lastNodeId: 'hnq-in-1', driving: false });
    const last = border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
    assert.deepEqual(kindsOf(last), ['section-closed']);
  });

  it('is not clear while a vehicle of ours was last heard on the border line, whatever the other log says', () => {
    const move = sends('xe-1');
    close();
    assert.deepEqual(kindsOf(border.read({ kind: 'arrived', move, eventTime: EVENT_TIME })), []);
    const moved = border.vehicle('xe-1').says({ lastNodeId: 'hnq-in-1', driving: false });
    assert.ok(kindsOf(moved).includes('section-closed'));
  });

  it('of one track leaves the others open', () => {
    border = bootBorder({}, ({ section: { tracks } }) => {
      const north = tracks.find(({ id }) => id === 'north') ?? assert.fail();
      tracks.push({ ...north, id: 'north-2', km0: north.km0 });
    });
    close({ tracks: ['north'] });
    assert.equal(border.waits('xe-1', LANE, box(1)).lineClear?.track, 'north-2');
  });

  describe('that the other side has closed', () => {
    it('holds from when it is read; we say when we are clear, and only they open it', () => {
      border.waits('xe-1', LANE, box(1));
      assert.deepEqual(kindsOf(closing()), ['offer-withdrawn', 'section-closed']);
      assert.deepEqual(reasonsAt(LANE), ['SECTION_CLOSED', 'LINE_NOT_CLEAR']);
      assert.match(refusal(byTwo({ kind: 'reopen-section', closure: 'hnq-s1' })), /alone may reopen/);
      border.read({ kind: 'section-closed', closure: 'hnq-s1', eventTime: EVENT_TIME });
      assert.equal(shown('hnq-s1'), 'closed');
      const opened = border.read({ kind: 'section-reopening', closure: 'hnq-s1', eventTime: EVENT_TIME });
      assert.deepEqual(kindsOf(opened), ['offered']);
    });

    it('until a time, does not open by our clock: we wait for their word', () => {
      closing({ to: '2026-03-02T09:00:00+08:00' });
      border.wait(48 * HOUR_MS);
      assert.equal(shown('hnq-s1'), 'closing');
    });

    it('and we too, opens when neither closure stands', () => {
      close();
      closing();
      reopen();
      border.waits('xe-1', LANE, box(1));
      assert.deepEqual(reasonsAt(LANE), ['SECTION_CLOSED', 'LINE_NOT_CLEAR']);
      border.read({ kind: 'section-reopening', closure: 'hnq-s1', eventTime: EVENT_TIME });
      assert.deepEqual(reasonsAt(LANE), ['LINE_NOT_CLEAR']);
    });

    it('on a track that we do not have is taken for the whole section', () => {
      closing({ tracks: ['east'] });
      border.waits('xe-1', LANE, box(1));
      assert.deepEqual(reasonsAt(LANE), ['SECTION_CLOSED', 'LINE_NOT_CLEAR']);
    });

    it('under a name that is taken, or opened by whom it is not, calls people and changes nothing', () => {
      close();
      closing({ closure: 'huu-nghi-s1', tracks: ['north'] });
      border.read({ kind: 'section-reopening', closure: 'huu-nghi-s1', eventTime: EVENT_TIME });
      assert.equal(shown(), 'closing');
      assert.deepEqual(border.gate.alarms(), ['SECTION_RECORD/huu-nghi-s1']);
      border.read({ kind: 'section-reopening', closure: 'hnq-s7', eventTime: EVENT_TIME });
      assert.ok(border.gate.alarms().includes('SECTION_RECORD/hnq-s7'));
    });
  });

  describe('ahead of time', () => {
    const plan = () => {
      const { now } = border.gate.state;
      return close({ fromAt: now + HOUR_MS, toAt: now + 2 * HOUR_MS });
    };

    it('is told at once, begins at its time, and opens at its time by one line', () => {
      assert.deepEqual(kindsOf(plan()), ['section-closing']);
      assert.equal(shown(), 'planned');
      assert.ok(border.waits('xe-1', LANE, box(1)).lineClear, 'until then all goes on');
      assert.deepEqual(kindsOf(border.wait(HOUR_MS)).at(-1), 'section-closed');
      assert.equal(shown(), 'closing');
      assert.deepEqual(kindsOf(border.wait(HOUR_MS - 1)), []);
      assert.deepEqual(kindsOf(border.wait(1)), ['section-reopening']);
      assert.equal(shown(), 'open');
    });

    it('does not open by a clock that cannot be trusted; when it can be again, at once', () => {
      plan();
      border.wait(HOUR_MS);
      border.step({ type: 'clock', offsetMs: 9_000, trusted: false });
      assert.deepEqual(kindsOf(border.wait(3 * HOUR_MS)), []);
      assert.equal(shown(), 'closing');
      const back = border.step({ type: 'clock', offsetMs: 0, trusted: true });
      assert.deepEqual(kindsOf(back), ['section-reopening']);
    });

    it('outlives a restart', () => {
      plan();
      border.restarts();
      border.wait(HOUR_MS);
      assert.equal(shown(), 'closing');
      border.restarts();
      assert.deepEqual(kindsOf(border.wait(HOUR_MS)), ['section-reopening']);
    });
  });

  it('holds while the link is down, and is told to a gate that learns to read it', () => {
    border.link(false);
    border.step({ type: 'counterpart-link', up: true, reads: 1 });
    assert.deepEqual(kindsOf(close()), []);
    border.waits('xe-1', LANE, box(1));
    assert.deepEqual(reasonsAt(LANE), ['SECTION_CLOSED', 'LINE_NOT_CLEAR']);
    const learned = border.step({ type: 'counterpart-link', up: true, reads: 2 });
    assert.deepEqual(kindsOf(learned), ['section-closing', 'section-closed']);
  });

  it('takes a supervisor, a known track and a time that lies ahead', () => {
    assert.match(
      refusal(act({ kind: 'close-section', tracks: [], code: 'WEATHER' }, 'lan', 'operator')),
      /role/,
    );
    assert.match(refusal(close({ tracks: ['east'] })), /no track east/);
    const { now } = border.gate.state;
    assert.match(refusal(close({ toAt: now - 1 })), /over before it begins/);
    assert.match(refusal(close({ fromAt: now + 400 * 24 * HOUR_MS })), /a year ahead/);
    assert.match(refusal(act({ kind: 'reopen-section', closure: '__proto__' })), /no closure/);
  });

  it('as often as people may plan, and no more', () => {
    for (let n = 0; n < 50; n += 1) close();
    assert.match(refusal(close()), /50 closures/);
    for (let n = 1; n <= 51; n += 1) closing({ closure: `hnq-s${n}` });
    assert.deepEqual(border.gate.alarms(), ['SECTION_RECORD/hnq-s51']);
  });
});
