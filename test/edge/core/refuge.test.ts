import assert from 'node:assert/strict';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act } from '../../../edge/core/input.ts';
import { permit } from '../../../edge/core/interlock.ts';
import { bootBorder, box, type CoreBorder, EVENT_TIME, linesOf } from '../../support/core-border.ts';
import { commandsOf } from '../../support/core-gate.ts';

const REFUGE = 'hn-refuge';
/** So long it stands referred before it is set aside. */
const A_WHILE_MS = 12_000;

describe('the refuge slot', () => {
  let border: CoreBorder;
  let asks = 0;
  beforeEach(() => {
    asks = 0;
    border = bootBorder();
    border.gate.config.overrides['clear-finding'] = { roles: ['customs-officer'], secondPerson: false };
  });

  /** A granted vehicle of the other gate stands in its lane; what is read on its container is `seen`. */
  const comes = (move: string, container: string, seen = container): string => {
    border.offered(move, container);
    const { inbound, vehicle } = border.moved(move);
    border.read({ kind: 'departed', move, grant: inbound?.grant ?? '', eventTime: EVENT_TIME });
    const lane = border.gate.config.lanes.find(({ node }) => node === inbound?.holdNode);
    const id = lane?.id ?? assert.fail(`${move} has no hold point`);
    border.stands(id, vehicle?.plate ?? '', seen);
    return id;
  };
  const recalls = (move: string): Effect[] =>
    border.read({ kind: 'recalled', move, code: 'CLEARANCE_WITHDRAWN' });
  const asksFor = (move: string, from: string, to: string): string[] => {
    asks += 1;
    return authorities(
      border.read({ kind: 'authority-asked', ask: `a${asks}`, vehicle: `che-${move}`, from, to }),
    );
  };
  const authorities = (effects: Effect[]): string[] =>
    linesOf(effects).flatMap((line) =>
      line.kind === 'authority-granted' ? [`${line.vehicle} ${line.from} ${line.to}`] : [],
    );
  const act = (person: string, role: 'operator' | 'customs-officer' | 'supervisor', what: Act): Effect[] =>
    border.step({ type: 'operator-act', person, role, act: what, reason: 'seen' });
  const clears = (move: string, code: string): Effect[] =>
    act('mai', 'customs-officer', { kind: 'clear-finding', crossing: border.moved(move).id, code });
  const told = (effects: Effect[], type: string): Record<string, unknown>[] =>
    effects.flatMap((effect) => (effect.kind === 'decide' && effect.type === type ? [effect.body] : []));
  const owner = (): string | undefined => border.gate.state.owners[`node:${REFUGE}`];
  const isAlarmed = (move: string): boolean =>
    border.gate.alarms().includes(`IN_REFUGE/${border.moved(move).id}`);
  /** Set aside, through its lane, and past it. */
  const setAside = (move: string, container: string): void => {
    const lane = comes(move, container, box(9));
    border.wait(A_WHILE_MS);
    border.goesThrough(lane);
  };

  it('takes whom its cargo has had referred for a while: the lane opens for it, and that is no release', () => {
    const lane = comes('m1', box(1), box(9));
    assert.deepEqual(told(border.wait(5_000), 'to-refuge'), [], 'it may have been misread');
    const effects = border.wait(A_WHILE_MS);
    const [decision] = told(effects, 'to-refuge');
    const { id } = border.moved('m1');
    assert.deepEqual([decision?.lane, decision?.crossing, decision?.refuge], [lane, id, REFUGE]);
    assert.deepEqual(told(effects, 'release'), []);
    assert.equal(owner(), id);
    assert.ok(isAlarmed('m1'));
    assert.deepEqual(
      border.moved('m1').findings.map(({ code, detail }) => [code, detail]),
      [['CONTAINER_MISMATCH', `expected ${box(1)}, read ${box(9)}`]],
    );
    const [command] = commandsOf(effects);
    assert.deepEqual([command?.kind, command?.device], ['barrier', `io-${lane}`]);
    assert.equal(border.visit(lane).verdict, 'refer', 'nothing about it is in order');
  });

  it('lets it go there and nowhere else, whatever its home has asked for', () => {
    const lane = comes('m1', box(1), box(9));
    assert.deepEqual(asksFor('m1', 'hn-in-1', 'hn-bay-land-1'), []);
    border.wait(A_WHILE_MS);
    assert.deepEqual(authorities(border.lane(lane, { barrier: 'up' })), [`che-m1 hn-in-1 ${REFUGE}`]);
    assert.deepEqual(asksFor('m1', 'hn-in-1', 'hn-bay-land-1'), [`che-m1 hn-in-1 ${REFUGE}`]);
  });

  it('frees the lane and its hold point for the next, and keeps the bay of who stands in it', () => {
    setAside('m1', box(1));
    const { id, stage, bays } = border.moved('m1');
    assert.deepEqual([stage, bays.landing], ['entering', 'bay-land-1']);
    assert.equal(border.gate.state.owners['node:hn-in-1'], undefined);
    assert.equal(border.gate.state.owners['bay:bay-land-1'], id);
    border.goesThrough(comes('m2', box(2)));
    assert.equal(border.moved('m2').stage, 'entering');
  });

  it('lets it go on to its bay when nothing is found against it any more', () => {
    setAside('m1', box(1));
    assert.deepEqual(asksFor('m1', REFUGE, 'hn-bay-land-1'), []);
    assert.deepEqual(authorities(border.wait(600_000)), [], 'no time clears it');
    assert.equal(border.moved('m1').verdict, 'refer');
    assert.deepEqual(authorities(clears('m1', 'CONTAINER_MISMATCH')), [`che-m1 ${REFUGE} hn-bay-land-1`]);
    assert.equal(border.moved('m1').verdict, 'pass');
  });

  it('not with one finding left, while the gate is stopped, or while its home is not reached', () => {
    setAside('m1', box(1));
    recalls('m1');
    asksFor('m1', REFUGE, 'hn-bay-land-1');
    assert.deepEqual(authorities(clears('m1', 'CONTAINER_MISMATCH')), [], 'it is recalled as well');
    border.link(false);
    assert.deepEqual(authorities(clears('m1', 'RECALLED')), [], 'its home could not take it back');
    act('lan', 'operator', { kind: 'stop-gate' });
    assert.deepEqual(authorities(border.link(true)), [], 'the gate is stopped');
    border.gate.config.overrides['resume-gate'] = { roles: ['supervisor'], secondPerson: false };
    assert.deepEqual(authorities(act('ba', 'supervisor', { kind: 'resume-gate' })), [
      `che-m1 ${REFUGE} hn-bay-land-1`,
    ]);
  });

  it('lets nobody go on from it but who stands in it', () => {
    setAside('m1', box(1));
    clears('m1', 'CONTAINER_MISMATCH');
    assert.deepEqual(asksFor('m9', REFUGE, 'hn-bay-land-1'), []);
  });

  it('is free again when its vehicle stands in its bay, seen there and locked', () => {
    setAside('m1', box(1));
    clears('m1', 'CONTAINER_MISMATCH');
    asksFor('m1', REFUGE, 'hn-bay-land-1');
    border.bay('bay-land-1', true);
    assert.equal(owner(), border.moved('m1').id, 'a loop alone may be wrong');
    const vehicles = { 'che-m1': { standing: true, locked: true, node: 'hn-bay-land-1' } };
    const effects = border.step({ type: 'counterpart-live', fresh: true, vehicles, bays: {} });
    assert.equal(owner(), undefined);
    assert.equal(isAlarmed('m1'), false);
    assert.deepEqual(
      commandsOf(effects).map(({ kind }) => kind),
      ['job'],
      'it is unloaded',
    );
  });

  it('has room for one: the next stays before its barrier, and takes its turn', () => {
    setAside('m1', box(1));
    const lane = comes('m2', box(2), box(9));
    border.wait(A_WHILE_MS);
    assert.equal(border.visit(lane).released, false);
    clears('m1', 'CONTAINER_MISMATCH');
    border.bay('bay-land-1', true);
    const vehicles = { 'che-m1': { standing: true, locked: true, node: 'hn-bay-land-1' } };
    border.step({ type: 'counterpart-live', fresh: true, vehicles, bays: {} });
    assert.equal(owner(), border.moved('m2').id);
    assert.equal(border.visit(lane).refuge, REFUGE);
  });

  it('is for cargo alone: not while the lane is stopped, something stands in the way, or a person has said who it is', () => {
    const lane = comes('m1', box(1), box(9));
    act('lan', 'operator', { kind: 'stop-lane', lane });
    border.wait(A_WHILE_MS);
    assert.equal(owner(), undefined, 'the lane is stopped');
    act('lan', 'operator', { kind: 'resume-lane', lane });
    border.lane(lane, { curtain: 'broken' });
    border.wait(A_WHILE_MS);
    assert.equal(owner(), undefined, 'somebody stands in its light curtain');
    border.lane(lane, { curtain: 'clear' });
    border.gate.config.overrides.identify = { roles: ['supervisor'], secondPerson: false };
    act('ba', 'supervisor', { kind: 'identify', lane, crossing: border.moved('m1').id });
    border.wait(A_WHILE_MS);
    assert.equal(owner(), undefined, 'people are seeing to it');
  });

  it('is not for one that nobody has announced, nor for our own', () => {
    border.stands('border-in-1', '桂F99999', box(9));
    border.wait(A_WHILE_MS);
    assert.equal(border.visit('border-in-1').verdict, 'refer');
    border.offered('m1', box(1), { vehicle: 'xe-1', homeGate: 'huu-nghi', plate: '12C-223.47' });
    border.read({
      kind: 'departed',
      move: 'm1',
      grant: border.moved('m1').inbound?.grant ?? '',
      eventTime: EVENT_TIME,
    });
    border.stands('border-in-2', '12C-223.47', box(9));
    border.wait(A_WHILE_MS);
    assert.equal(owner(), undefined);
  });

  it('waits for a reading that people have asked for again', () => {
    const lane = comes('m1', box(1), box(9));
    border.wait(8_000);
    act('lan', 'operator', { kind: 'reread', lane });
    border.wait(A_WHILE_MS);
    assert.equal(owner(), undefined);
    border.stands(lane, border.moved('m1').vehicle?.plate ?? '', box(1));
    assert.equal(border.visit(lane).verdict, 'pass');
    assert.equal(border.visit(lane).refuge, undefined, 'it goes to its bay');
  });

  it('waits for customs’ own word where the border demands it: no person can lift that', () => {
    border = bootBorder({}, ({ checkpoints }) => {
      checkpoints['border-in'].laden = ['grant', 'plate', 'container', 'clearance', 'bay'];
    });
    border.clears(box(1), 'withdrawn');
    border.goesThrough(comesReferred());
    assert.deepEqual(border.moved('m1').findings, []);
    assert.deepEqual(asksFor('m1', REFUGE, 'hn-bay-land-1'), []);
    assert.deepEqual(authorities(border.clears(box(1), 'released')), [`che-m1 ${REFUGE} hn-bay-land-1`]);

    function comesReferred(): string {
      const lane = comes('m1', box(1));
      border.wait(A_WHILE_MS);
      border.feeds();
      return lane;
    }
  });

  it('keeps whom a list names until its owner has looked, though nothing there asks for customs’ word', () => {
    border.step({
      type: 'list',
      list: {
        id: 'watch',
        version: 1,
        name: 'Containers to be stopped',
        owner: 'customs',
        legalBasis: 'Decision 1',
        from: 0,
        until: border.gate.state.now + 3_600_000,
        entries: [{ kind: 'container', value: box(1) }],
      },
    });
    const lane = comes('m1', box(1));
    border.wait(A_WHILE_MS);
    border.goesThrough(lane);
    assert.deepEqual(asksFor('m1', REFUGE, 'hn-bay-land-1'), []);
    assert.deepEqual(authorities(clears('m1', 'WATCHLIST_HIT')), [`che-m1 ${REFUGE} hn-bay-land-1`]);
  });

  it('keeps its vehicle over a restart', () => {
    setAside('m1', box(1));
    asksFor('m1', REFUGE, 'hn-bay-land-1');
    border.restarts();
    assert.equal(owner(), border.moved('m1').id);
    assert.deepEqual(authorities(clears('m1', 'CONTAINER_MISMATCH')), [`che-m1 ${REFUGE} hn-bay-land-1`]);
  });

  it('the interlock opens no lane to a slot that is another’s, nor for more than cargo', () => {
    const lane = comes('m1', box(1), box(9));
    border.wait(A_WHILE_MS);
    const { state } = border.gate;
    const raise = (): boolean =>
      permit(state, {
        kind: 'barrier',
        device: `io-${lane}`,
        to: 'raise',
        commandId: 'c',
        class: 'permissive',
        decidedAt: state.now,
      }).allowed;
    assert.equal(raise(), true);
    state.owners[`node:${REFUGE}`] = 'another';
    assert.equal(raise(), false);
    state.owners[`node:${REFUGE}`] = border.moved('m1').id;
    border.gate.status(`ocr-${lane}`, 'stale');
    assert.equal(raise(), false);
  });
});
