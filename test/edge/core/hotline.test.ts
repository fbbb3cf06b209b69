import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act } from '../../../edge/core/input.ts';
import { box, type CoreBorder, kindsOf, linesOf } from '../../support/core-border.ts';
import { bootTwo, refusalIn, type TwoBorders } from '../../support/two-borders.ts';

const LANE = 'border-out-1';
const OURS = 'dung';
const THEIRS = 'wei';

describe('line clear by telephone', () => {
  let two: TwoBorders;
  beforeEach(() => {
    two = bootTwo({}, ({ counterpart }) => {
      counterpart.hotline = true;
      counterpart.hotlineOfficers = [
        { gate: 'huu-nghi', id: OURS, name: 'Nguyễn Dũng' },
        { gate: 'huu-nghi-quan', id: THEIRS, name: '韦伟' },
      ];
    });
  });
  const told = (effects: readonly Effect[]): Record<string, unknown> =>
    effects.flatMap((one) => (one.kind === 'decide' && one.type === 'hotline' ? [one.body] : []))[0] ??
    assert.fail(refusalIn(effects) ?? 'nothing was told');
  const here = (what: Act): Effect[] => two.act(two.ours, what, OURS);
  const there = (what: Act): Effect[] => two.act(two.theirs, what, THEIRS);
  const isRaised = (side: CoreBorder, alarm: string): boolean =>
    side.gate.alarms().some((one) => one.startsWith(alarm));

  /** Announced by our officer; what the other one hears. */
  const announces = (vehicle = 'xe-1', container = box(1)): Record<string, unknown> => {
    two.ours.waits(vehicle, LANE, container);
    return told(here({ kind: 'hotline-offer', lane: LANE }));
  };
  type Grant = Extract<Act, { kind: 'hotline-grant' }>;
  const grantOf = (heard: Record<string, unknown>, more: Partial<Grant> = {}): Grant => ({
    kind: 'hotline-grant',
    move: String(heard.move),
    track: String(heard.track),
    vehicle: String(heard.vehicle),
    plate: String(heard.plate),
    load: 'laden',
    containers: heard.containers as string[],
    officer: OURS,
    salt: '482913',
    ...more,
  });
  const useOf = (granted: Record<string, unknown>): Act => ({
    kind: 'hotline-use',
    number: String(granted.number),
    move: String(granted.move),
    hold: String(granted.hold),
    officer: THEIRS,
  });
  /** Sent on a number; what was granted. */
  const sends = (): Record<string, unknown> => {
    const heard = announces();
    const granted = told(there(grantOf(heard)));
    assert.deepEqual(kindsOf(here(useOf(granted))), ['departed']);
    two.ours.goesThrough(LANE, 'xe-1');
    return granted;
  };
  /** It stands before the other side’s barrier. */
  const comes = (granted: Record<string, unknown>): string => {
    const { inbound, vehicle } = two.theirs.moved(String(granted.move));
    const lane = two.theirs.gate.config.lanes.find(({ node }) => node === inbound?.holdNode);
    two.theirs.stands(lane?.id ?? '', vehicle?.plate ?? '', box(1));
    two.ours.vehicle('xe-1').says({ lastNodeId: String(granted.hold), nodesAhead: [], driving: false });
    return lane?.id ?? '';
  };

  it('sends one vehicle on a number that both read back, to the hold point and no further', () => {
    two.link(false);
    const granted = sends();
    assert.equal(granted.number, '1-482913');
    const ordered = two.ours.written.map(({ kind }) => kind);
    assert.deepEqual(ordered, ['offered', 'departed']);
    const hotline = { number: '1-482913', sender: OURS, receiver: THEIRS };
    const departed = two.ours.written[1];
    assert.deepEqual(departed?.kind === 'departed' && departed.hotline, hotline);
    const [grant] = two.theirs.written;
    assert.deepEqual(grant?.kind === 'granted' && grant.hotline, hotline);
    comes(granted);
    assert.equal(two.theirs.moved(String(granted.move)).stage, 'arrived');
    assert.equal(
      two.ours.gate.state.vehicles['xe-1']?.authority,
      null,
      'before the link is back nobody asks',
    );
    assert.deepEqual(
      two.ours.wait(60_000).filter((one) => one.kind === 'command' && one.command.kind === 'order'),
      [],
    );
  });

  it('when the link is back, agrees by the logs, and then the rest goes on as ever', () => {
    two.link(false);
    const granted = sends();
    comes(granted);
    two.link(true);
    two.ours.waits('xe-2', 'border-out-2', box(2));
    assert.ok(!two.ours.written.some((line) => line.kind === 'offered' && line.vehicle === 'xe-2'));
    two.readAll();
    assert.deepEqual(two.ours.gate.state.section.hotline, { calls: {}, faults: {} });
    assert.deepEqual(two.theirs.gate.state.section.hotline, { calls: {}, faults: {} });
    assert.ok(two.theirs.written.some((line) => line.kind === 'granted' && line.hotline === undefined));
    assert.ok(!isRaised(two.ours, 'HOTLINE') && !isRaised(two.theirs, 'HOTLINE'));
    const crossing = two.ours.moved(String(granted.move));
    assert.equal(crossing.stage, 'arrived');
    assert.notEqual(crossing.lineClear?.bayNode, undefined, 'where it is unloaded was in the grant');
    assert.deepEqual(two.theirs.moved(String(granted.move)).containers[0]?.seals, ['S1']);
  });

  it('one at a time: the next when the other officer has said that it arrived, and it tells the same itself', () => {
    two.link(false);
    const granted = sends();
    two.ours.waits('xe-2', 'border-out-2', box(2));
    const next = { kind: 'hotline-offer', lane: 'border-out-2' } as const;
    assert.match(refusalIn(here(next)) ?? '', /one vehicle at a time/);
    const number = String(granted.number);
    assert.match(refusalIn(here({ kind: 'hotline-arrived', number })) ?? '', /last heard at km0-north/);
    comes(granted);
    assert.equal(refusalIn(here({ kind: 'hotline-arrived', number })), undefined);
    const second = told(here(next));
    const again = told(there(grantOf(second)));
    assert.equal(again.number, '2-482913');
    assert.deepEqual(kindsOf(here(useOf(again))), ['departed']);
  });

  it('is not used while either side knows of anything on the section', () => {
    two.ours.waits('xe-1', LANE, box(1));
    two.readAll();
    two.link(false);
    // Granted before the link was lost: whether it was used the other side cannot know.
    const heard = {
      move: 'huu-nghi-m9',
      track: 'north',
      vehicle: 'xe-2',
      plate: '12C-1',
      containers: [box(2)],
    };
    assert.match(refusalIn(there(grantOf(heard))) ?? '', /place on north is still given away/);
    two.ours.goesThrough(LANE, 'xe-1');
    two.ours.waits('xe-2', 'border-out-2', box(2));
    const offered = here({ kind: 'hotline-offer', lane: 'border-out-2' });
    assert.match(refusalIn(offered) ?? '', /not known to have left the section/);
  });

  it('is not used on a closed track, nor by anybody but the officers on duty, nor while the link is up', () => {
    two.ours.waits('xe-1', LANE, box(1));
    const offer = { kind: 'hotline-offer', lane: LANE } as const;
    assert.match(refusalIn(here(offer)) ?? '', /link is up/);
    two.link(false);
    assert.match(refusalIn(two.act(two.ours, offer, 'lan', 'operator')) ?? '', /no duty officer/);
    two.act(two.theirs, { kind: 'close-section', tracks: [], code: 'WEATHER' });
    const heard = told(here(offer));
    assert.match(refusalIn(there(grantOf(heard))) ?? '', /north is closed/);
    assert.match(refusalIn(there(grantOf(heard, { officer: THEIRS }))) ?? '', /no duty officer of huu-nghi$/);
    two.ours.gate.config.counterpart.hotline = false;
    assert.match(refusalIn(here(offer)) ?? '', /not allowed here/);
  });

  it('is not used while a log is not believed, and what was granted before is kept back', () => {
    two.link(false);
    const granted = told(there(grantOf(announces())));
    const fault = { type: 'counterpart-fault', kind: 'fork', reason: 'two histories' } as const;
    two.theirs.step({ ...fault, log: 'ours' });
    assert.match(refusalIn(there(grantOf(granted, { move: 'huu-nghi-m9' }))) ?? '', /fault of a log stands/);
    two.ours.step({ ...fault, log: 'theirs' });
    assert.match(refusalIn(here({ kind: 'hotline-offer', lane: LANE })) ?? '', /fault of a log stands/);
    assert.match(refusalIn(here(useOf(granted))) ?? '', /fault of a log stands/);
    assert.equal(two.ours.visit(LANE).released, false);
  });

  describe('is not announced for', () => {
    const offer = { kind: 'hotline-offer', lane: LANE } as const;
    const refused = (): string => refusalIn(here(offer)) ?? 'it was announced';
    beforeEach(() => two.link(false));

    it('an empty lane', () => assert.match(refused(), /nobody known stands before the border/));

    it('one that is announced, or has been sent', () => {
      const granted = told(there(grantOf(announces())));
      assert.match(refused(), /is announced as huu-nghi-m1 already/);
      here(useOf(granted));
      assert.match(refused(), /has been sent already/);
    });

    it('a return, whose refusal the other side must read', () => {
      const returnOf = { move: 'm9', refusedBy: 'quarantine', reason: 'fruit fly', refusedAt: 1 } as const;
      two.ours.waits('xe-1', LANE, box(1), { load: 'return', returnOf });
      assert.match(refused(), /is a return/);
    });

    it('one against which something else stands', () => {
      two.ours.waits('xe-1', LANE, box(1));
      two.ours.clears(box(1), 'withdrawn');
      assert.match(refused(), /something else stands against/);
    });

    it('a vehicle that the other gate commands', () => {
      const { vehicle } = two.ours.waits('xe-1', LANE, box(1));
      Object.assign(vehicle ?? {}, { home: 'huu-nghi-quan' });
      assert.match(refused(), /is commanded by the other gate/);
    });

    it('anybody while the section is closed', () => {
      two.ours.waits('xe-1', LANE, box(1));
      two.act(two.ours, { kind: 'close-section', tracks: [], code: 'WEATHER' });
      assert.match(refused(), /something else stands against/);
    });
  });

  it('is used once: neither the number again, nor the move for another vehicle', () => {
    two.link(false);
    const heard = announces();
    const granted = told(there(grantOf(heard)));
    assert.match(refusalIn(there(grantOf(heard, { vehicle: 'xe-2' }))) ?? '', /huu-nghi-m1 is another one/);
    here(useOf(granted));
    const arrived = { kind: 'hotline-arrived', number: String(granted.number) } as const;
    assert.match(refusalIn(there(arrived)) ?? '', /comes to us/);
    two.ours.goesThrough(LANE, 'xe-1');
    comes(granted);
    assert.match(refusalIn(here({ ...arrived, number: '9-1' })) ?? '', /is not under way/);
    told(here(arrived));
    assert.match(refusalIn(here(arrived)) ?? '', /is not under way/);
    two.ours.waits('xe-2', 'border-out-2', box(2));
    const { move } = told(here({ kind: 'hotline-offer', lane: 'border-out-2' }));
    assert.match(refusalIn(here({ ...useOf(granted), move: String(move) } as Act)) ?? '', /was used already/);
  });

  it('is granted by no gate that is stopped, and lets nobody go onto a track that was closed meanwhile', () => {
    two.link(false);
    const heard = announces();
    two.act(two.theirs, { kind: 'stop-gate' });
    assert.match(refusalIn(there(grantOf(heard))) ?? '', /the gate is stopped/);
    two.theirs.gate.state.stopped = false;
    const granted = told(there(grantOf(heard)));
    two.act(two.ours, { kind: 'stop-lane', lane: LANE });
    here(useOf(granted));
    two.act(two.ours, { kind: 'close-section', tracks: [], code: 'WEATHER' });
    two.act(two.ours, { kind: 'resume-lane', lane: LANE });
    assert.equal(two.ours.visit(LANE).released, false);
  });

  it('is refused where what was told does not fit', () => {
    two.link(false);
    const heard = announces();
    assert.match(refusalIn(there(grantOf(heard, { containers: [] }))) ?? '', /do not fit/);
    assert.match(refusalIn(there(grantOf(heard, { vehicle: 'che-1' }))) ?? '', /is ours/);
    assert.match(refusalIn(there(grantOf(heard, { track: 'south' }))) ?? '', /nobody comes to us on south/);
    const granted = told(there(grantOf(heard)));
    assert.match(refusalIn(here({ ...useOf(granted), hold: 'hn-in-1' } as Act)) ?? '', /no hold point/);
    assert.match(refusalIn(here({ ...useOf(granted), move: 'x' } as Act)) ?? '', /was not announced/);
    assert.match(refusalIn(there(grantOf(heard, { salt: '111111' }))) ?? '', /on our ground already/);
  });

  it('is given back when the link comes before it was used, and asked for by the logs', () => {
    two.link(false);
    const granted = told(there(grantOf(announces())));
    two.link(true);
    two.readAll();
    assert.deepEqual(two.ours.written.map(({ kind }) => kind).slice(0, 3), [
      'offered',
      'offer-withdrawn',
      'offered',
    ]);
    assert.ok(
      two.ours.written.some((line) => line.kind === 'grant-returned' && line.grant === granted.number),
    );
    assert.deepEqual(two.theirs.gate.state.section.hotline.calls, {});
    assert.ok(two.theirs.written.some((line) => line.kind === 'granted' && line.hotline === undefined));
    assert.deepEqual(two.ours.gate.alarms(), []);
    assert.deepEqual(two.theirs.gate.alarms(), []);
  });

  it('lapses like any other when nobody starts on it in time', () => {
    two.link(false);
    two.ours.waits('xe-1', LANE, box(1));
    const heard = told(here({ kind: 'hotline-offer', lane: LANE }));
    const lapsed = two.ours.wait(900_000);
    assert.deepEqual(linesOf(lapsed), [{ kind: 'offer-withdrawn', move: String(heard.move) }]);
    assert.equal(two.ours.visit(LANE).released, false);
  });

  describe('of which the logs do not tell the same', () => {
    /** What the receiver wrote never says what the officer said. */
    const misheard = (): Record<string, unknown> => {
      two.link(false);
      const granted = told(there(grantOf(announces())));
      assert.deepEqual(kindsOf(here({ ...useOf(granted), number: '1-482931' } as Act)), ['departed']);
      two.ours.goesThrough(LANE, 'xe-1');
      comes(granted);
      two.link(true);
      two.readAll();
      return granted;
    };

    it('calls people on both sides, and nobody is offered or granted until a supervisor has cleared it', () => {
      misheard();
      assert.ok(isRaised(two.ours, 'HOTLINE_MISMATCH/1-482931'));
      assert.ok(isRaised(two.theirs, 'HOTLINE_MISMATCH/1-482913'));
      two.ours.waits('xe-2', 'border-out-2', box(2));
      assert.equal(two.ours.written.filter(({ kind }) => kind === 'offered').length, 1);
      const clear = { kind: 'hotline-clear', number: '1-482931' } as const;
      two.act(two.ours, clear);
      const proposal = Object.keys(two.ours.gate.state.proposals)[0] ?? assert.fail('it takes two');
      assert.ok(kindsOf(two.act(two.ours, { kind: 'confirm', proposal }, 'thao')).includes('offered'));
      assert.ok(!isRaised(two.ours, 'HOTLINE'));
    });

    it('when it has been cleared on both sides, is taken over as it stands here', () => {
      const move = String(misheard().move);
      assert.equal(two.theirs.moved(move).inbound?.departed, false, 'until then nothing is unloaded');
      for (const [side, number] of [
        [two.ours, '1-482931'],
        [two.theirs, '1-482913'],
      ] as const) {
        two.act(side, { kind: 'hotline-clear', number });
        const proposal = Object.keys(side.gate.state.proposals)[0] ?? assert.fail('it takes two');
        two.act(side, { kind: 'confirm', proposal }, 'thao');
      }
      assert.equal(two.theirs.moved(move).inbound?.departed, true);
      assert.notEqual(two.ours.moved(move).lineClear?.bayNode, undefined);
      assert.ok(!isRaised(two.theirs, 'DEPARTURE_UNREAD'));
      assert.deepEqual(two.ours.gate.state.section.hotline, { calls: {}, faults: {} });
      assert.deepEqual(two.theirs.gate.state.section.hotline, { calls: {}, faults: {} });
    });

    it('because a container was told wrongly, calls people, and the signed line counts', () => {
      two.link(false);
      const granted = told(there(grantOf(announces(), { containers: [box(7)] })));
      assert.deepEqual(kindsOf(here(useOf(granted))), ['departed']);
      two.link(true);
      two.readAll();
      assert.ok(isRaised(two.theirs, `HOTLINE_MISMATCH/${String(granted.number)}`));
      const { id, containers } = two.theirs.moved(String(granted.move));
      assert.equal(containers[0]?.number, box(1));
      assert.equal(two.theirs.gate.state.containers[box(1)], id);
      assert.equal(two.theirs.gate.state.containers[box(7)], undefined);
    });

    it('or one is silent: people are called after a minute, and it settles when the line comes', () => {
      two.link(false);
      const granted = sends();
      comes(granted);
      two.link(true);
      two.ours.wait(60_000);
      assert.ok(isRaised(two.ours, `HOTLINE_MISMATCH/${String(granted.number)}`));
      two.readAll();
      assert.ok(!isRaised(two.ours, 'HOTLINE'));
      assert.deepEqual(two.ours.gate.state.section.hotline, { calls: {}, faults: {} });
    });

    it('a departure on a number that we never gave calls people', () => {
      two.theirs.read({
        kind: 'departed',
        move: 'x',
        grant: '9-000000',
        eventTime: '2026-03-02T08:00:00+08:00',
        hotline: { number: '9-000000', sender: OURS, receiver: THEIRS },
      });
      assert.ok(isRaised(two.theirs, 'HOTLINE_MISMATCH/9-000000'));
    });
  });

  it('outlives a restart: what was sent on a number is still to be met', () => {
    two.link(false);
    const granted = sends();
    comes(granted);
    two.ours.restarts();
    two.theirs.restarts();
    assert.equal(Object.keys(two.ours.gate.state.section.hotline.calls).length, 1);
    two.readAll();
    assert.deepEqual(two.ours.gate.state.section.hotline.calls, {});
    assert.deepEqual(two.theirs.gate.state.section.hotline.calls, {});
  });
});
