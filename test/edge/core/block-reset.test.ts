import assert from 'node:assert/strict';
import type { PersonRole } from '../../../config/schema.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act } from '../../../edge/core/input.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME, kindsOf, linesOf } from '../../support/core-border.ts';

const LANE = 'border-out-1';

describe('a block reset', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const act = (what: Act, person = 'dung', role: PersonRole = 'supervisor'): Effect[] =>
    border.step({ type: 'operator-act', person, role, act: what, reason: 'inspected' });
  const byTwo = (what: Act): Effect[] => {
    act(what);
    const proposal = Object.keys(border.gate.state.proposals)[0] ?? assert.fail('nothing was proposed');
    return what.kind === 'reset-block'
      ? act({ kind: 'confirm', proposal }, 'binh', 'border-guard')
      : act({ kind: 'confirm', proposal }, 'thao');
  };
  const close = (): Effect[] => act({ kind: 'close-section', tracks: [], code: 'INSPECTION' });
  const reset = (track = 'north', moves: string[] = []): Effect[] =>
    byTwo({ kind: 'reset-block', track, moves });
  const theirs = (moves: string[], track = 'north'): Effect[] =>
    border.read({
      kind: 'block-reset',
      reset: `hnq-b-${moves.length}`,
      track,
      moves,
      eventTime: EVENT_TIME,
      officers: ['li', 'wang'],
    });
  const refusal = (effects: readonly Effect[]): string =>
    effects.flatMap((one) =>
      one.kind === 'decide' && one.type === 'act-refused' ? [String(one.body.reason)] : [],
    )[0] ?? assert.fail('it was not refused');
  /** Sent, and never seen again. */
  const sends = (vehicle = 'xe-1', lane = LANE): string => {
    const { lineClear } = border.waits(vehicle, lane, lane === LANE ? box(1) : undefined);
    const move = lineClear?.move ?? assert.fail('nothing was offered');
    border.read({
      kind: 'granted',
      move,
      grant: `g-${move}`,
      track: 'north',
      holdNode: 'hnq-in-1',
      bayNode: 'hnq-bay-land-1',
    });
    border.goesThrough(lane, vehicle);
    return move;
  };
  const isFree = (track = 'north'): boolean =>
    border.gate.state.tracks[track]?.moves.length === 0 &&
    !Object.keys(border.gate.state.owners).some((resource) => resource.startsWith(`track:${track}/`));

  it('frees nothing on the word of one side, and everything on the same word of both', () => {
    const move = sends();
    close();
    const effects = reset();
    assert.deepEqual(linesOf(effects), [
      {
        kind: 'block-reset',
        reset: 'huu-nghi-b1',
        track: 'north',
        moves: [move],
        eventTime: '2026-03-02T07:00:00.000+07:00',
        officers: ['dung', 'binh'],
      },
    ]);
    assert.equal(isFree(), false);
    assert.ok(border.gate.alarms().includes('BLOCK_RESET_WAITS/north'));
    border.vehicle('xe-1').says({ lastNodeId: 'hn-out-1', driving: false });
    assert.deepEqual(kindsOf(theirs([move])), ['section-closed'], 'and with it the section is clear');
    assert.equal(isFree(), true);
    assert.deepEqual(border.gate.alarms(), []);
  });

  it('the same, whoever says it first', () => {
    const move = sends();
    close();
    theirs([move]);
    assert.equal(isFree(), false);
    reset();
    assert.equal(isFree(), true);
  });

  it('frees nothing where the two name other moves, until one of them names the same', () => {
    const move = sends();
    close();
    reset();
    theirs([]);
    assert.equal(isFree(), false);
    assert.ok(border.gate.alarms().includes('BLOCK_RESET_DIFFERS/north'));
    theirs([move, 'huu-nghi-m99']);
    assert.equal(isFree(), false);
    theirs([move]);
    assert.equal(isFree(), true);
    assert.deepEqual(
      border.gate.alarms().filter((alarm) => alarm.startsWith('BLOCK_RESET')),
      [],
    );
  });

  it('names what only the other side has lost, once the officers have told each other', () => {
    close();
    theirs(['huu-nghi-m7']);
    reset('north', ['huu-nghi-m7']);
    assert.deepEqual(border.gate.state.section.resets, {});
  });

  it('frees the place of a vehicle that was to come, and forgets it', () => {
    border.offered('m1', box(2));
    border.read({
      kind: 'departed',
      move: 'm1',
      grant: border.moved('m1').inbound?.grant ?? '',
      eventTime: EVENT_TIME,
    });
    const { plate = '' } = border.moved('m1').vehicle ?? {};
    close();
    reset('south');
    theirs(['m1'], 'south');
    assert.equal(isFree('south'), true);
    assert.equal(border.gate.state.moves.m1, undefined);
    assert.deepEqual(border.gate.state.owners, {}, 'hold point, bay and slot, too');
    border.stands('border-in-1', plate, box(2));
    assert.deepEqual(
      border.visit('border-in-1').reasons.map(({ code }) => code),
      ['COUNTERPART_NOT_OFFERED'],
      'should it come after all, people look',
    );
  });

  describe('of a container that we have sent', () => {
    const lost = () => {
      const move = sends();
      const { id } = border.moved(move);
      close();
      reset();
      theirs([move]);
      return border.crossing(id);
    };

    it('gives it back to us: people must find it, and the vehicle stays', () => {
      const crossing = lost();
      assert.equal(crossing.stage, 'loaded');
      assert.equal(crossing.lineClear, undefined);
      assert.deepEqual(
        crossing.findings.map(({ code }) => code),
        ['LOST_ON_SECTION'],
      );
      const still = border.vehicle('xe-1').says({ lastNodeId: 'hn-park-1', driving: false });
      assert.ok(!still.some((one) => one.kind === 'command' && one.command.kind === 'order'));
    });

    it('found at our gate and cleared, goes to the border again', () => {
      const crossing = lost();
      border.vehicle('xe-1').says({ lastNodeId: 'hn-park-1', driving: false, loads: [box(1)] });
      act({ kind: 'clear-finding', crossing: crossing.id, code: 'LOST_ON_SECTION' }, 'binh', 'border-guard');
      const proposal = Object.keys(border.gate.state.proposals)[0] ?? '';
      act({ kind: 'confirm', proposal }, 'dung');
      assert.deepEqual(crossing.findings, []);
      assert.ok(Object.keys(border.gate.state.owners).some((name) => name.startsWith('node:hn-out')));
    });

    it('goes then on a grant of its own, and customs is told once that it has left', () => {
      const { lineClear } = border.waits('xe-1', LANE, box(1));
      const crossing = border.moved(lineClear?.move ?? '');
      const grants = (): void => {
        const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
        const holdNode = 'hnq-in-1';
        border.read({ kind: 'granted', move, grant: `g-${move}`, track: 'north', holdNode });
      };
      grants();
      const first = crossing.lineClear?.move ?? '';
      assert.equal(border.gate.state.counters.report, undefined);
      border.goesThrough(LANE, 'xe-1');
      close();
      reset();
      theirs([first]);
      border.vehicle('xe-1').says({ lastNodeId: 'hn-out-1', driving: false, nodesAhead: [] });
      act({ kind: 'clear-finding', crossing: crossing.id, code: 'LOST_ON_SECTION' }, 'binh', 'border-guard');
      for (const proposal of Object.keys(border.gate.state.proposals)) act({ kind: 'confirm', proposal });
      const [closure = ''] = Object.keys(border.gate.state.section.closures);
      byTwo({ kind: 'reopen-section', closure });
      border.stands(LANE, crossing.vehicle?.plate ?? '', box(1));
      assert.notEqual(crossing.lineClear?.move, first);
      grants();
      border.goesThrough(LANE, 'xe-1');
      assert.equal(border.written.filter(({ kind }) => kind === 'departed').length, 2);
      assert.equal(border.gate.state.counters.report, 1);
    });

    it('that will not go again is cancelled, and its vehicle is free', () => {
      const crossing = lost();
      byTwo({ kind: 'cancel-crossing', crossing: crossing.id });
      assert.equal(border.gate.state.crossings[crossing.id], undefined);
      assert.equal(border.gate.state.vehicles['xe-1']?.crossing, null);
    });
  });

  describe('of one that was let go and has not set out', () => {
    let crossing: ReturnType<CoreBorder['waits']>;
    let move = '';
    const departures = () => border.written.filter(({ kind }) => kind === 'departed').length;
    const raised = (effects: readonly Effect[]) =>
      effects.some((one) => one.kind === 'command' && one.command.kind === 'order');
    beforeEach(() => {
      crossing = border.waits('xe-1', LANE, box(1));
      move = crossing.lineClear?.move ?? '';
      border.read({ kind: 'granted', move, grant: 'g', track: 'north', holdNode: 'hnq-in-1' });
      assert.equal(departures(), 1);
      close();
    });

    it('keeps it where it stands from our people’s word on, whatever the barrier does', () => {
      reset();
      const effects = border.lane(LANE, { barrier: 'up' });
      assert.equal(raised(effects), false, 'nobody drives onto what people have called empty');
      assert.equal(border.visit(LANE).verdict, 'hold');
    });

    it('lets it go anew, on another grant, when it is cleared and the section is open', () => {
      reset();
      theirs([move]);
      assert.equal(border.visit(LANE).released, false);
      act({ kind: 'clear-finding', crossing: crossing.id, code: 'LOST_ON_SECTION' }, 'binh', 'border-guard');
      for (const proposal of Object.keys(border.gate.state.proposals)) act({ kind: 'confirm', proposal });
      const [closure = ''] = Object.keys(border.gate.state.section.closures);
      byTwo({ kind: 'reopen-section', closure });
      const next = crossing.lineClear?.move ?? assert.fail('nothing was offered');
      assert.notEqual(next, move);
      assert.equal(departures(), 1);
      border.read({ kind: 'granted', move: next, grant: 'g-2', track: 'north', holdNode: 'hnq-in-1' });
      assert.equal(departures(), 2);
    });
  });

  it('of an empty vehicle that we have sent leaves nothing behind', () => {
    const move = sends('xe-2', 'border-out-2');
    const { id } = border.moved(move);
    close();
    reset();
    theirs([move]);
    assert.equal(border.gate.state.crossings[id], undefined);
    assert.equal(border.gate.state.vehicles['xe-2']?.crossing, null);
  });

  it('lapses when one that was said to be lost arrives after all', () => {
    const move = sends();
    close();
    reset();
    border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
    assert.deepEqual(border.gate.state.section.resets, {});
    theirs([move]);
    assert.ok(border.gate.alarms().includes('BLOCK_RESET_DIFFERS/north'), 'it is not lost, whoever says so');
    assert.equal(border.moved(move).stage, 'arrived');
  });

  it('keeps the track as it is from our word until theirs, and then the token is where it began', () => {
    border = bootBorder({ alternating: true });
    close();
    reset('middle');
    assert.deepEqual(
      kindsOf(border.read({ kind: 'token-asked', track: 'middle' })),
      [],
      'it is not handed over',
    );
    assert.match(
      refusal(byTwo({ kind: 'reopen-section', closure: 'huu-nghi-s1' })),
      /block reset of middle waits/,
    );
    theirs([], 'middle');
    assert.equal(border.gate.state.tracks.middle?.holder, 'huu-nghi');
    assert.equal(border.gate.state.tracks.middle?.wanted, null);
  });

  it('takes two people who may, a closed track, and moves that can be lost there', () => {
    assert.match(refusal(reset()), /close north first/);
    const move = sends();
    close();
    assert.match(refusal(act({ kind: 'reset-block', track: 'north', moves: [] }, 'lan', 'operator')), /role/);
    act({ kind: 'reset-block', track: 'north', moves: [] });
    const proposal = Object.keys(border.gate.state.proposals)[0] ?? '';
    assert.match(refusal(act({ kind: 'confirm', proposal })), /second person/);
    assert.equal(isFree(), false);
    act({ kind: 'confirm', proposal }, 'binh', 'border-guard');
    assert.match(refusal(act({ kind: 'reset-block', track: 'east', moves: [] })), /no track east/);
    assert.match(refusal(reset('south', [move])), new RegExp(`${move} is not on south`));
  });

  it('of a track that we do not have calls people and changes nothing', () => {
    theirs([], 'east');
    assert.deepEqual(border.gate.alarms(), ['SECTION_RECORD/hnq-b-0']);
  });
});
