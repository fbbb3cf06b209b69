import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import { stalledOn } from '../../../edge/core/tracks.ts';
import { seededRandom } from '../../../edge/platform/random.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME, kindsOf, linesOf } from '../../support/core-border.ts';

const OURS = 'huu-nghi';
const THEIRS = 'huu-nghi-quan';

describe('an alternating track', () => {
  let border: CoreBorder;
  beforeEach(() => {
    border = bootBorder({ alternating: true });
  });
  const middle = () => border.gate.state.tracks.middle ?? assert.fail('no track');
  const turnMs = () => border.gate.config.section.turnAfterMs;
  const grant = (move: string, n = 1): Effect[] =>
    border.read({
      kind: 'granted',
      move,
      grant: `g-${move}`,
      track: 'middle',
      holdNode: `hnq-in-${n}`,
      bayNode: `hnq-bay-land-${n}`,
    });
  const arrived = (move: string): Effect[] => border.read({ kind: 'arrived', move, eventTime: EVENT_TIME });
  const tokenAsk = (): Effect[] => border.read({ kind: 'token-asked', track: 'middle' });
  const token = (): Effect[] => border.read({ kind: 'token-passed', track: 'middle' });
  /** On the section. */
  const sends = (vehicle: string, n: number): string => {
    const lane = `border-out-${n}`;
    const move = border.waits(vehicle, lane, box(n)).lineClear?.move ?? assert.fail('nothing was offered');
    grant(move, n);
    border.goesThrough(lane, vehicle);
    return move;
  };

  it('is used at once by whoever holds it, and the other side is granted nothing on it', () => {
    const crossing = border.waits('xe-1', 'border-out-1', box(1));
    assert.equal(crossing.lineClear?.track, 'middle');
    assert.deepEqual(kindsOf(border.offered('m1', box(9), { track: 'middle' })), ['accepted']);
  });

  it('handed over when it is asked for and empty', () => {
    assert.deepEqual(linesOf(tokenAsk()), [{ kind: 'token-passed', track: 'middle' }]);
    assert.equal(middle().holder, THEIRS);
    assert.deepEqual(kindsOf(tokenAsk()), [], 'what we do not hold we do not give');
    assert.equal(middle().wanted, null);
  });

  it('held by the other side, is asked for once by whoever waits here, and used when it comes', () => {
    tokenAsk();
    const crossing = border.waits('xe-1', 'border-out-1', box(1));
    assert.equal(crossing.lineClear, undefined);
    assert.equal(middle().asked, true);
    border.waits('xe-2', 'border-out-2', box(2));
    assert.deepEqual(kindsOf(border.wait(60_000)), []);
    border.stands('border-out-1', crossing.vehicle?.plate ?? '', box(1));
    assert.deepEqual(kindsOf(token()), ['offered', 'offered']);
    assert.deepEqual([middle().holder, middle().asked], [OURS, false]);
  });

  it('is not handed over while anybody of ours is on it, or may yet come; then at once', () => {
    const move = sends('xe-1', 1);
    assert.deepEqual(kindsOf(tokenAsk()), []);
    assert.deepEqual(kindsOf(border.wait(60_000)), []);
    assert.deepEqual(kindsOf(arrived(move)), ['token-passed']);
  });

  it('is not handed over on an offer that is still open, but when that was given up', () => {
    const { id } = border.waits('xe-1', 'border-out-1', box(1));
    border.clears(box(1), 'withdrawn');
    tokenAsk();
    assert.equal(middle().holder, OURS);
    assert.deepEqual(kindsOf(border.wait(border.gate.config.counterpart.grantValidMs)), [
      'offer-withdrawn',
      'token-passed',
    ]);
    assert.equal(border.crossing(id).lineClear, undefined);
  });

  it('is held for its turn: until then others follow, afterwards nobody does, so that it empties', () => {
    const first = sends('xe-1', 1);
    tokenAsk();
    border.wait(turnMs() - 1);
    const second = border.waits('xe-2', 'border-out-2', box(2));
    const move = second.lineClear?.move ?? assert.fail('in its turn it goes on sending');
    grant(move, 2);
    border.goesThrough('border-out-2', 'xe-2');
    arrived(first);
    border.wait(1);
    const third = border.waits('xe-3', 'border-out-1', box(3));
    assert.equal(third.lineClear, undefined);
    assert.deepEqual(kindsOf(arrived(move)), ['token-passed', 'token-asked'], 'and we ask for it back');
  });

  it('is ours again, but nobody is sent while one of theirs may still be on it', () => {
    tokenAsk();
    border.offered('m1', box(9), { track: 'middle' });
    const crossing = border.waits('xe-1', 'border-out-1', box(1));
    // A side that gives it away too early does not bring two vehicles face to face.
    token();
    assert.equal(crossing.lineClear, undefined);
    const { inbound, vehicle } = border.moved('m1');
    border.read({ kind: 'departed', move: 'm1', grant: inbound?.grant ?? '', eventTime: EVENT_TIME });
    border.stands('border-in-1', vehicle?.plate ?? '', box(9));
    assert.notEqual(crossing.lineClear, undefined);
  });

  it('with one of theirs on it nobody is sent either, whatever was granted', () => {
    border.waits('xe-1', 'border-out-1', box(1));
    border.clears(box(1), 'withdrawn');
    grant('huu-nghi-m1');
    border.gate.state.owners['track:middle/1'] = 'one of theirs';
    border.clears(box(1));
    assert.equal(border.visit('border-out-1').released, false);
  });

  it('of a one-way track there is no token to give or take', () => {
    border = bootBorder();
    border.read({ kind: 'token-asked', track: 'north' });
    border.read({ kind: 'token-passed', track: 'south' });
    border.read({ kind: 'token-passed', track: 'of-elsewhere' });
    assert.deepEqual(
      ['north', 'south'].map((id) => border.gate.state.tracks[id]?.holder),
      ['', ''],
    );
    assert.equal(border.waits('xe-1', 'border-out-1', box(1)).lineClear?.track, 'north');
  });

  it('keeps its holder and what is on it across a restart', () => {
    tokenAsk();
    border.restarts();
    assert.equal(middle().holder, THEIRS);
    token();
    const move = sends('xe-1', 1);
    border.restarts();
    assert.deepEqual([middle().holder, middle().moves], [OURS, [move]]);
    assert.equal(stalledOn(border.gate.state, 'middle'), undefined);
  });
});

describe('of several tracks', () => {
  it('the one with the fewest of ours is offered on, and one that stands still is left out', () => {
    const border = bootBorder({ vehicles: 4, lanes: 28 }, ({ section }) => {
      section.tracks = [
        { ...(section.tracks[0] ?? assert.fail()), id: 'north', capacity: 3 },
        { ...(section.tracks[0] ?? assert.fail()), id: 'north-2', capacity: 3 },
        ...section.tracks.slice(1),
      ];
    });
    const onto = (vehicle: string, n: number): string =>
      border.waits(vehicle, `border-out-${n}`, box(n)).lineClear?.track ?? 'none';
    assert.deepEqual([onto('xe-1', 1), onto('xe-2', 2), onto('xe-3', 3)], ['north', 'north-2', 'north']);
    const stuck = border.gate.state.tracks['north-2'] ?? assert.fail();
    stuck.overdue.push('huu-nghi-m2');
    assert.equal(onto('xe-4', 4), 'north');
  });
});

describe('two gates on one alternating track', () => {
  for (const seed of [1, 2])
    it(`never both hold it, nor send towards each other, however late they read each other (seed ${seed})`, () => {
      const random = seededRandom(seed);
      const plan = { alternating: true, vehicles: 1, cranes: 1, lanes: 7 } as const;
      const sides = ([0, 1] as const).map((side) => {
        const border = bootBorder(
          plan,
          ({ section, evidence, customs }) => {
            section.turnAfterMs = 5_000;
            // Nothing here is about readings that grow old.
            evidence.ageMsMax = 86_400_000;
            customs.clearanceAgeMsMax = 86_400_000;
          },
          side,
        );
        return { border, vehicle: side === 0 ? 'xe-1' : 'che-1', read: 0, sent: 0 };
      });
      type Side = (typeof sides)[number];
      /** Between the two barriers: who sent it, and its move. */
      const section: { from: Side; move: string }[] = [];
      const act = (own: Side, other: Side): void => {
        const { border, vehicle } = own;
        const { state } = border.gate;
        const crossing = state.crossings[state.vehicles[vehicle]?.crossing ?? ''];
        const chance = random.next();
        const line = other.border.written[own.read];
        if (chance < 0.5 && line !== undefined) {
          own.read += 1;
          border.read(line);
        } else if (chance < 0.6) border.wait(1_500);
        else if (chance < 0.8) {
          const coming = section.findIndex(({ from }) => from === other);
          const [there] = coming === -1 ? [] : section.splice(coming, 1);
          if (there === undefined) return;
          border.stands('border-in-2', border.moved(there.move).vehicle?.plate ?? '');
          border.goesThrough('border-in-2');
        } else if (crossing === undefined && state.lanes['border-out-2']?.visit == null)
          border.waits(vehicle, 'border-out-2');
        else if (crossing?.lineClear?.used && state.lanes['border-out-2']?.visit?.released) {
          section.push({ from: own, move: crossing.lineClear.move });
          own.sent += 1;
          border.goesThrough('border-out-2');
        }
      };
      for (let n = 0; n < 600; n += 1) {
        const own = sides[random.next() < 0.5 ? 0 : 1] ?? assert.fail();
        act(own, sides.find((one) => one !== own) ?? assert.fail());
        const holders = sides.filter(
          ({ border: { gate } }) => gate.state.tracks.middle?.holder === gate.config.gate.id,
        );
        assert.ok(holders.length <= 1, 'both hold it');
        assert.ok(new Set(section.map(({ from }) => from)).size <= 1, 'two drive towards each other');
      }
      for (const { sent } of sides) assert.ok(sent >= 3, `only ${sent} were sent`);
    });
});
