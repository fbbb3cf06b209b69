import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME, kindsOf, linesOf } from '../../support/core-border.ts';
import { commandsOf } from '../../support/core-gate.ts';

const LANE = 'border-out-1';

describe('the sender before the border', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder();
  });
  const grantMs = () => border.gate.config.counterpart.grantValidMs;
  const transitMs = () => border.gate.config.section.transitMsMax;
  const grant = (move: string, id = 'g1', n = 1): Effect[] =>
    border.read({
      kind: 'granted',
      move,
      grant: id,
      track: 'north',
      holdNode: `hnq-in-${n}`,
      bayNode: `hnq-bay-land-${n}`,
    });
  const arrived = (move: string): Effect[] => border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
  const raised = (effects: Effect[]): boolean =>
    commandsOf(effects).some((command) => command.kind === 'barrier' && command.to === 'raise');
  /** Barriers and vehicles that were told something by hand here do not all answer; that is not what is told. */
  const alarms = (): string[] =>
    border.gate.alarms().filter((alarm) => !alarm.startsWith('COMMAND_UNCONFIRMED'));
  const released = (lane = LANE): boolean => border.visit(lane).released;
  /** Granted and through its lane: it is on the section. */
  const sends = (vehicle: string, n: number, lane = LANE) => {
    const crossing = border.waits(vehicle, lane, box(n));
    const move = crossing.lineClear?.move ?? assert.fail('nothing was offered');
    grant(move, `g-${move}`, n);
    border.goesThrough(lane, vehicle);
    assert.equal(crossing.lineClear?.used, true);
    return { crossing, move };
  };

  describe('asks for line clear', () => {
    it('once, when nothing else stands against the vehicle', () => {
      const crossing = border.waits('xe-1', LANE, box(1));
      assert.equal(crossing.stage, 'at-border-out');
      assert.deepEqual(kindsOf(border.wait(30_000)), []);
      assert.equal(border.gate.state.counters.move, 1);
    });

    it('with the seals and the weight, but not with the declarations, as the configuration says', () => {
      border.clears(box(1), 'withdrawn');
      const crossing = border.waits('xe-1', LANE, box(1));
      border.clears(box(1), 'withdrawn');
      border.link(false);
      border.wait(grantMs());
      assert.equal(crossing.lineClear, undefined);
      border.link(true);
      const [offer, ...more] = linesOf(border.clears(box(1)));
      assert.deepEqual(Object.keys(offer?.withheld ?? {}), ['/containers/0/declarations']);
      assert.deepEqual(
        [{ ...offer, withheld: {} }, ...more],
        [
          {
            kind: 'offered',
            move: 'huu-nghi-m2',
            load: 'laden',
            track: 'north',
            vehicle: 'xe-1',
            homeGate: 'huu-nghi',
            plate: crossing.vehicle?.plate,
            containers: [{ number: box(1), seals: ['S1'], grossKg: 24_000 }],
            withheld: {},
          },
        ],
      );
    });

    it('not for what customs holds, nor while the link is down', () => {
      border.link(false);
      const crossing = border.waits('xe-1', LANE, box(1));
      assert.equal(crossing.lineClear, undefined);
      border.clears(box(1), 'withdrawn');
      assert.deepEqual(kindsOf(border.link(true)), []);
      assert.deepEqual(kindsOf(border.clears(box(1))), ['offered']);
    });

    it('again a while after a refusal, and people are told of it', () => {
      border.waits('xe-1', LANE, box(1));
      border.read({ kind: 'refused', move: 'huu-nghi-m1', code: 'NO_TRACK' });
      assert.deepEqual(alarms(), ['OFFER_REFUSED/huu-nghi-m1']);
      assert.deepEqual(kindsOf(border.wait(grantMs() - 1)), []);
      assert.deepEqual(kindsOf(border.wait(1)), ['offer-withdrawn', 'offered']);
    });
  });

  describe('for the last place on a track', () => {
    const asked = (effects: Effect[]): string[] =>
      linesOf(effects).flatMap((line) => (line.kind === 'offered' ? [`${line.vehicle} ${line.load}`] : []));
    beforeEach(() => {
      border = bootBorder({}, ({ section: { tracks } }) => {
        for (const track of tracks) Object.assign(track, { capacity: 1, loads: ['laden', 'bobtail'] });
      });
    });

    it('who was not granted in time lets the other one ask, and asks after it', () => {
      const laden = border.waits('xe-1', LANE, box(1));
      const home = border.waits('xe-2', 'border-out-2');
      assert.equal(home.lineClear, undefined, 'there is one place');
      assert.deepEqual(asked(border.wait(grantMs())), ['xe-2 bobtail']);
      // What was read of them has grown old meanwhile; it is read again.
      border.stands(LANE, laden.vehicle?.plate ?? '', box(1));
      border.stands('border-out-2', home.vehicle?.plate ?? '');
      assert.deepEqual(asked(border.wait(grantMs())), ['xe-1 laden']);
    });

    it('whoever waits alone asks again at once', () => {
      border.waits('xe-1', LANE, box(1));
      assert.deepEqual(asked(border.wait(grantMs())), ['xe-1 laden']);
    });
  });

  describe('with a grant', () => {
    it('releases the vehicle: departure and release are written before any command', () => {
      border.waits('xe-1', LANE, box(1));
      const effects = grant('huu-nghi-m1');
      const decided = effects.flatMap((effect) =>
        effect.kind === 'command'
          ? [effect.command.kind]
          : effect.type === 'release'
            ? ['release']
            : effect.type === 'handover'
              ? [`${effect.body.record}`]
              : [],
      );
      assert.deepEqual(decided, ['release', 'departed', 'barrier']);
      assert.deepEqual(
        linesOf(effects).map((line) => (line.kind === 'departed' ? [line.move, line.grant] : [])),
        [['huu-nghi-m1', 'g1']],
      );
    });

    it('that came in the last moment, starts in time: what expires afterwards is nothing', () => {
      border.waits('xe-1', LANE, box(1));
      border.wait(grantMs() - 1);
      // What was read of it has grown old meanwhile; it is read again.
      border.stands(LANE, border.moved('huu-nghi-m1').vehicle?.plate ?? '', box(1));
      assert.deepEqual(kindsOf(grant('huu-nghi-m1')), ['departed']);
      assert.deepEqual(kindsOf(border.wait(grantMs())), []);
      assert.equal(border.moved('huu-nghi-m1').lineClear?.used, true);
    });

    it('read after the offer was given up, gives it back at once and lets nobody go', () => {
      const crossing = border.waits('xe-1', LANE, box(1));
      assert.deepEqual(kindsOf(border.wait(grantMs())), ['offer-withdrawn', 'offered']);
      const late = grant('huu-nghi-m1', 'g7');
      assert.deepEqual(linesOf(late), [{ kind: 'grant-returned', move: 'huu-nghi-m1', grant: 'g7' }]);
      assert.equal(released(), false);
      assert.notEqual(crossing.lineClear?.grant, 'g7');
    });

    it('does not start while the link is cut, and returns it when its time is over', () => {
      border.waits('xe-1', LANE, box(1));
      border.clears(box(1), 'withdrawn');
      grant('huu-nghi-m1');
      border.link(false);
      assert.equal(raised(border.clears(box(1))), false);
      assert.equal(released(), false);
      const expired = border.wait(grantMs());
      assert.deepEqual(linesOf(expired), [{ kind: 'grant-returned', move: 'huu-nghi-m1', grant: 'g1' }]);
      assert.deepEqual(border.gate.state.tracks.north?.moves, []);
      assert.equal(border.gate.state.moves['huu-nghi-m1'], undefined);
    });

    it('once used, is not undone by a link that is cut afterwards: its barrier still opens', () => {
      border.waits('xe-1', LANE, box(1));
      grant('huu-nghi-m1');
      assert.deepEqual(
        Object.keys(border.gate.state.timers).filter((name) => name.startsWith('grant/')),
        [],
      );
      border.link(false);
      assert.equal(border.visit(LANE).verdict, 'pass');
      border.wait(border.gate.config.timeouts.commandMs - 1);
      assert.equal(raised(border.wait(1)), true, 'told again, for it was not confirmed');
    });

    it('starts when the link is back in time', () => {
      border.waits('xe-1', LANE, box(1));
      border.clears(box(1), 'withdrawn');
      grant('huu-nghi-m1');
      border.link(false);
      border.clears(box(1));
      assert.deepEqual(alarms(), ['LINK_DOWN/huu-nghi-quan']);
      assert.equal(raised(border.link(true)), true);
      assert.deepEqual(alarms(), []);
    });
  });

  describe('across a restart', () => {
    it('a grant not yet used is given back: nobody knows how long ago it was asked for', () => {
      border.waits('xe-1', LANE, box(1));
      border.clears(box(1), 'withdrawn');
      grant('huu-nghi-m1');
      assert.deepEqual(linesOf(border.restarts())[0], {
        kind: 'grant-returned',
        move: 'huu-nghi-m1',
        grant: 'g1',
      });
      border.clears(box(1));
      assert.equal(released(), false);
    });

    it('one that was used stays used, and its vehicle goes on', () => {
      const crossing = border.waits('xe-1', LANE, box(1));
      grant('huu-nghi-m1');
      assert.deepEqual(kindsOf(border.restarts()), []);
      const after = border.crossing(crossing.id);
      assert.deepEqual([after.lineClear?.used, after.stage], [true, 'departed']);
      border.stands(LANE, after.vehicle?.plate ?? '', box(1));
      assert.equal(released(), true);
      border.wait(1_000);
      const again = border.lane(LANE, { barrier: 'up' });
      const orders = commandsOf(again).filter(({ kind }) => kind === 'order');
      assert.equal(orders.length, 1, 'over the border, once its barrier is up');
      assert.deepEqual(kindsOf(border.wait(grantMs())), [], 'it is never given back');
    });
  });

  describe('knows who is on the track', () => {
    it('a third vehicle is offered only when one of two has arrived', () => {
      const first = sends('xe-1', 1);
      sends('xe-2', 2);
      const third = border.waits('xe-3', LANE, box(3));
      assert.equal(third.lineClear, undefined);
      assert.deepEqual(kindsOf(border.wait(60_000)), []);
      border.stands(LANE, third.vehicle?.plate ?? '', box(3));
      assert.deepEqual(kindsOf(arrived(first.move)), ['offered']);
      assert.equal(first.crossing.stage, 'arrived');
    });

    it('one that is overdue calls people, and nobody is offered or sent after it until it has arrived', () => {
      const first = sends('xe-1', 1);
      border.wait(transitMs() - 1);
      assert.deepEqual(alarms(), []);
      const granted = border.waits('xe-2', LANE, box(2));
      border.clears(box(2), 'withdrawn');
      grant(granted.lineClear?.move ?? '', 'g2', 2);
      border.wait(1);
      assert.deepEqual(alarms(), [`SECTION_STALLED/${first.move}`]);
      border.clears(box(2));
      assert.equal(released(), false, 'granted before, it stays all the same');
      const other = border.waits('xe-3', 'border-out-2', box(3));
      assert.equal(other.lineClear, undefined);
      assert.equal(raised(arrived(first.move)), true);
      assert.deepEqual(alarms(), []);
    });

    for (const [what, trouble] of [
      ['has its emergency stop pressed', { eStop: 'MANUAL' }],
      ['has lost its position', { localized: false }],
      ['reports a fatal error', { errors: [{ errorType: 'motor', errorLevel: 'FATAL' }] }],
      ['is driven by hand', { mode: 'MANUAL' }],
    ] as const) {
      it(`while one of ours on it ${what}, the next is not sent, though granted`, () => {
        sends('xe-1', 1);
        border.vehicle('xe-1').says(structuredClone(trouble) as object);
        const next = border.waits('xe-2', LANE, box(2));
        assert.equal(border.crossing(next.id).lineClear, undefined, 'nor even asked for');
        border.vehicle('xe-1').says({ eStop: 'NONE', localized: true, errors: [], mode: 'AUTOMATIC' });
        const { lineClear } = border.crossing(next.id);
        border.vehicle('xe-1').says(structuredClone(trouble) as object);
        grant(lineClear?.move ?? assert.fail('asked for, now that it is well again'), 'g2', 2);
        assert.equal(released(), false);
        border.vehicle('xe-1').says({ eStop: 'NONE', localized: true, errors: [], mode: 'AUTOMATIC' });
        assert.equal(released(), true);
      });
    }

    it('while one of ours on it is silent, the next is not sent', () => {
      sends('xe-1', 1);
      const next = border.waits('xe-2', LANE, box(2));
      border.gate.status('xe-1', 'stale');
      grant(next.lineClear?.move ?? '', 'g2', 2);
      assert.equal(released(), false);
      border.gate.status('xe-1', 'online');
      assert.equal(released(), true);
    });

    it('one that was released before another got into trouble stays behind its open barrier until that is over', () => {
      sends('xe-1', 1);
      const next = border.waits('xe-2', LANE, box(2));
      grant(next.lineClear?.move ?? '', 'g2', 2);
      const orders = (effects: Effect[]) => commandsOf(effects).filter(({ kind }) => kind === 'order');
      border.vehicle('xe-1').says({ localized: false });
      assert.deepEqual(orders(border.lane(LANE, { barrier: 'up' })), []);
      const [order] = orders(border.vehicle('xe-1').says({ localized: true }));
      assert.equal(order?.device, 'xe-2');
    });

    it('one in trouble that was not sent yet keeps nobody', () => {
      border.waits('xe-1', LANE, box(1));
      border.vehicle('xe-1').says({ localized: false });
      const next = border.waits('xe-2', 'border-out-2', box(2));
      grant(next.lineClear?.move ?? '', 'g2', 2);
      assert.equal(released('border-out-2'), true);
    });
  });

  describe('whose release is withdrawn', () => {
    it('after the vehicle has passed, recalls it once, and people are told', () => {
      const { move, crossing } = sends('xe-1', 1);
      assert.deepEqual(linesOf(border.clears(box(1), 'withdrawn')), [
        { kind: 'recalled', move, code: 'CLEARANCE_WITHDRAWN' },
      ]);
      assert.deepEqual(alarms(), [`RECALLED/${crossing.id}`]);
      assert.deepEqual(kindsOf(border.clears(box(1), 'withdrawn')), []);
      border.read({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(1)] });
      assert.deepEqual(alarms(), [], 'what is over there is no longer ours');
    });

    it('while it still stands in the lane, closes the barrier and recalls nobody', () => {
      border.waits('xe-1', LANE, box(1));
      grant('huu-nghi-m1');
      border.lane(LANE, { barrier: 'up' });
      const effects = border.clears(box(1), 'withdrawn');
      assert.deepEqual(kindsOf(effects), []);
      assert.ok(
        commandsOf(effects).some((command) => command.kind === 'barrier' && command.to === 'lower'),
        'the barrier comes down before it',
      );
      assert.deepEqual(kindsOf(border.wait(30_000)), []);
    });

    it('departs, though the truck that brought its container still stands before the way out of the yard', () => {
      const crossing = border.waits('xe-1', LANE, box(1));
      crossing.lanes.truck = 'yard-out-1';
      grant('huu-nghi-m1');
      assert.equal(crossing.stage, 'departed');
      assert.deepEqual(crossing.reasons, []);
    });

    it('while it drives off below the barrier, recalls it as soon as it is through', () => {
      const crossing = border.waits('xe-1', LANE, box(1));
      grant('huu-nghi-m1');
      border.lane(LANE, { barrier: 'up' });
      const loops = { approach: false, under: false, exit: false };
      border.lane(LANE, { loops: { ...loops, under: true }, curtain: 'broken' });
      border.lane(LANE, { loops: { ...loops, exit: true }, curtain: 'clear' });
      assert.deepEqual(kindsOf(border.clears(box(1), 'withdrawn')), []);
      assert.deepEqual(kindsOf(border.lane(LANE, { loops })), ['recalled']);
      assert.ok(alarms().includes(`RECALLED/${crossing.id}`));
    });

    it('while customs has merely not confirmed its list for long, or looks into it, nobody is recalled', () => {
      sends('xe-1', 1);
      assert.deepEqual(kindsOf(border.clears(box(1), 'registered')), []);
      const late = border.wait(border.gate.config.customs.clearanceAgeMsMax + 1);
      assert.ok(alarms().includes('CUSTOMS_STALE/customs'));
      assert.deepEqual(kindsOf(late), []);
    });
  });

  describe('reads the other log', () => {
    it('received: it closes the move, and the vehicle is free for its way home', () => {
      const { move, crossing } = sends('xe-1', 1);
      arrived(move);
      const effects = border.read({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(1)] });
      assert.deepEqual(kindsOf(effects), ['closed']);
      assert.equal(border.gate.state.crossings[crossing.id], undefined);
      assert.equal(border.gate.state.vehicles['xe-1']?.crossing, null);
      assert.equal(border.gate.state.completed.export, 1);
      assert.deepEqual(border.gate.state.tracks.north?.moves, []);
    });

    it('received, while the truck that brought the container is still inside: the vehicle is free all the same', () => {
      const { move, crossing } = sends('xe-1', 1);
      crossing.truck = { plate: '12H-045.67', phase: 'inside' };
      border.read({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(1)] });
      assert.equal(border.crossing(crossing.id).stage, 'completed');
      assert.equal(border.gate.state.vehicles['xe-1']?.crossing, null);
    });

    it('received before any arrival was read: nobody waits for that one any more', () => {
      const { move } = sends('xe-1', 1);
      border.read({ kind: 'received', move, eventTime: EVENT_TIME, containers: [box(1)] });
      border.wait(transitMs());
      assert.deepEqual(alarms(), []);
      arrived(move);
      assert.deepEqual(alarms(), []);
    });

    it('lines about moves that nobody knows raise an alarm and change nothing', () => {
      border.read({ kind: 'received', move: 'm8', eventTime: EVENT_TIME, containers: [] });
      border.read({ kind: 'departed', move: 'm9', grant: 'g9', eventTime: EVENT_TIME });
      border.read({ kind: 'recalled', move: 'm10', code: 'CLEARANCE_WITHDRAWN' });
      border.read({ kind: 'grant-returned', move: 'm11', grant: 'g11' });
      assert.deepEqual(alarms(), [
        'GRANT_UNKNOWN/m10',
        'GRANT_UNKNOWN/m11',
        'GRANT_UNKNOWN/m8',
        'GRANT_UNKNOWN/m9',
      ]);
      assert.deepEqual(border.gate.state.crossings, {});
    });

    it('an authority for what was asked last counts, one for an older ask does not', () => {
      sends('xe-1', 1);
      const asked = linesOf(border.vehicle('xe-1').says({ lastNodeId: 'hnq-in-1', driving: false }));
      const [ask] = asked.flatMap((line) => (line.kind === 'authority-asked' ? [line] : []));
      assert.deepEqual([ask?.from, ask?.to], ['hnq-in-1', 'hnq-bay-land-1']);
      const read = (id: string, to: string) => {
        border.read({ kind: 'authority-granted', ask: id, vehicle: 'xe-1', from: 'hnq-in-1', to });
        return border.gate.state.vehicles['xe-1']?.authority;
      };
      assert.equal(read('a-older', 'hnq-refuge')?.granted, false);
      const view = read(ask?.ask ?? '', 'hnq-refuge');
      assert.deepEqual([view?.granted, view?.to], [true, 'hnq-refuge'], 'the host chooses where to');
    });

    it('what it says of now is forgotten when the link is down', () => {
      border.step({ type: 'counterpart-live', fresh: true, vehicles: {}, bays: {} });
      assert.notEqual(border.gate.state.live, null);
      border.link(false);
      assert.equal(border.gate.state.live, null);
    });
  });
});
