import assert from 'node:assert/strict';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { createLogCustody } from '../../../simulator/invariants/log-custody.ts';
import { createBook } from '../../../simulator/invariants/scene.ts';
import { planSite } from '../../../simulator/plan.ts';
import { startVirtualRun, type VirtualRun } from '../../../simulator/run.ts';
import { assertFound, CN, VN, type WatchedRun, watchedRun } from './watched-run.ts';

const eventTime = '2026-01-01T07:00:00+07:00';

describe('invariants of the two logs as they are published', () => {
  let watched: WatchedRun;
  beforeEach(() => {
    watched = watchedRun();
    watched.run.world.export(VN);
    watched.until('a container across', () => watched.vn.state.completed.export === 1);
    watched.invariants.sweep();
    assert.deepEqual(watched.found(), []);
  });
  afterEach(() => watched.run.stop());

  it('I4: a line that is told to control as another one than was published is noticed', () => {
    watched.invariants.observer.stepped?.(watched.cn, {
      type: 'counterpart-record',
      line: 1,
      record: { kind: 'offer-withdrawn', move: 'huu-nghi-m1' },
    });
    assertFound(watched, 'I4', /told another line 1 than huu-nghi has published/);
  });

  it('I4: a line that is told to control too early is noticed', () => {
    watched.invariants.observer.stepped?.(watched.cn, {
      type: 'counterpart-record',
      line: 1_000,
      record: { kind: 'offer-withdrawn', move: 'huu-nghi-m1' },
    });
    assert.match(watched.found()[0]?.detail ?? '', /told line 1000 after line/);
  });

  it('I4: lines that a reader has verified and nobody has published are noticed', () => {
    const { leaves } = watched.run.exchange(CN).reading;
    (leaves as string[]).push('0'.repeat(64));
    watched.invariants.sweep();
    assertFound(watched, 'I4', /lines of it were verified/);
  });
});

describe('custody and the block, by the two logs alone', () => {
  let run: VirtualRun;
  const capacity = 1;
  const box = 'TCLU0000001';
  const offered = (move: string, number = box): HandoverRecord => ({
    kind: 'offered',
    move,
    load: 'laden',
    track: 'middle',
    vehicle: 'xe-1',
    homeGate: VN,
    plate: '12C-123.45',
    containers: [{ number }],
  });
  const granted = (move: string): HandoverRecord => ({
    kind: 'granted',
    move,
    grant: `g of ${move}`,
    track: 'middle',
    holdNode: 'n',
  });
  const received = (move: string): HandoverRecord => ({
    kind: 'received',
    move,
    eventTime,
    containers: [box],
  });

  beforeEach(() => {
    run = startVirtualRun(planSite({ alternating: true, trackCapacity: capacity }));
  });
  afterEach(() => run.stop());

  /** What is found of lines, each with the gate that publishes it. */
  function found(...lines: [string, HandoverRecord][]): string[] {
    const book = createBook(() => 0);
    const gates = new Map([...run.gates].map(([id, gate]) => [id, { id, gate }]));
    const custody = createLogCustody({ book, gates: gates as never });
    for (const [id, record] of lines) custody.judge(id, record);
    return book.violations.map(({ invariant, detail }) => `${invariant}: ${detail}`);
  }

  it('are in order while a container goes there, and back', () => {
    const there: [string, HandoverRecord][] = [
      [VN, offered('m-1')],
      [CN, granted('m-1')],
      [CN, { kind: 'arrived', move: 'm-1', eventTime }],
      [CN, received('m-1')],
      [VN, { kind: 'closed', move: 'm-1', eventTime }],
      [CN, offered('m-2')],
      [VN, granted('m-2')],
    ];
    assert.deepEqual(found(...there), []);
  });

  it('are not where two gates offer one container, or one receives what the other does not have', () => {
    assert.match(
      found([VN, offered('m-1')], [CN, offered('m-2')]).join(),
      /I4: .* in the custody of huu-nghi/,
    );
    const twice = found([VN, offered('m-1')], [CN, received('m-1')], [CN, received('m-1')]);
    assert.match(twice.join(), /I4: .*, in the custody of huu-nghi-quan/);
    assert.match(found([VN, offered('m-1')], [VN, received('m-1')]).join(), /I4: /);
  });

  it('are not where one block is granted twice, or towards each other', () => {
    const other = 'TCLU0000002';
    const twice = found(
      [VN, offered('m-1')],
      [VN, offered('m-2', other)],
      [CN, granted('m-1')],
      [CN, granted('m-2')],
    );
    assert.deepEqual(twice, ['I2: 2 open grants for middle, which takes 1']);
    const towards = found(
      [VN, offered('m-1')],
      [CN, offered('m-2', other)],
      [CN, granted('m-1')],
      [VN, granted('m-2')],
    );
    assert.match(towards.join(), /I2: m-2 is granted on middle, with an open grant towards it/);
  });
});
