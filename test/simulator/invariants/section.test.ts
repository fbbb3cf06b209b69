import assert from 'node:assert/strict';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { assertFound, type WatchedRun, watchedRun } from './watched-run.ts';

const eventTime = '2026-01-01T07:00:00+07:00';
const closure = 'huu-nghi-s1';
const hotline = { number: '1-482913', sender: 'dung', receiver: 'wei' };

const closing = (tracks: string[] = []): HandoverRecord => ({
  kind: 'section-closing',
  closure,
  tracks,
  code: 'WEATHER',
  from: '2025-12-31T00:00:00+07:00',
});
const offer = (move: string, vehicle = 'xe-1'): HandoverRecord => ({
  kind: 'offered',
  move,
  load: 'bobtail',
  track: 'north',
  vehicle,
  homeGate: 'huu-nghi',
  plate: '12C-123.45',
  containers: [],
});
const granted = (move: string): HandoverRecord => ({
  kind: 'granted',
  move,
  grant: `g-${move}`,
  track: 'north',
  holdNode: `hnq-in-${move}`,
});
const departed = (move: string, byTelephone = false): HandoverRecord => ({
  kind: 'departed',
  move,
  grant: `g-${move}`,
  eventTime,
  ...(byTelephone && { hotline }),
});
const arrived = (move: string): HandoverRecord => ({ kind: 'arrived', move, eventTime });

describe('invariants of the section as a whole', () => {
  let watched: WatchedRun;
  beforeEach(() => {
    watched = watchedRun();
  });
  afterEach(() => watched.run.stop());
  const tell = (...records: HandoverRecord[]): void => {
    for (const record of records) {
      const byReceiver = record.kind === 'granted' || record.kind === 'arrived';
      watched.write(byReceiver ? watched.cn : watched.vn, record);
    }
  };

  it('I2: whoever departed before the section was closed goes on, and afterwards it opens again', () => {
    tell(offer('1'), granted('1'), departed('1'), closing(), arrived('1'));
    tell({ kind: 'section-reopening', closure, eventTime }, offer('2', 'xe-2'));
    assert.deepEqual(watched.found(), []);
  });

  it('I2: nobody is offered, and nobody departs, on what its own gate has closed', () => {
    tell(closing(['north']), offer('1'));
    assertFound(watched, 'I2', /offered of 1 on north, which huu-nghi-s1 has closed/);
  });

  it('I2: nobody departs after the closure, whatever was granted before', () => {
    tell(offer('1'), granted('1'), closing(), departed('1'));
    assertFound(watched, 'I2', /departed of 1 on north/);
  });

  it('I2: nobody goes beside one that went by telephone, and that one not beside another', () => {
    tell(offer('1'), granted('1'), departed('1', true), offer('2', 'xe-2'), granted('2'));
    assert.deepEqual(watched.found(), []);
    tell(departed('2'));
    assertFound(watched, 'I2', /2 departs beside 1, one of them by telephone/);
  });

  it('I2: once both gates have read of it, others may go on their tracks', () => {
    tell(offer('1'), granted('1'), departed('1', true));
    const reads = (record: HandoverRecord) => ({
      kind: 'input' as const,
      type: 'counterpart-record',
      body: JSON.stringify({ record }),
    });
    watched.durable(watched.vn, reads(granted('1')));
    watched.durable(watched.cn, reads(departed('1', true)));
    tell(offer('2', 'xe-2'), granted('2'), departed('2'));
    assert.deepEqual(watched.found(), []);
  });

  it('I4: a move that both logs have reset is over, on the word of one it is not', () => {
    const reset: HandoverRecord = {
      kind: 'block-reset',
      reset: 'b1',
      track: 'north',
      moves: ['1'],
      eventTime,
      officers: ['dung', 'binh'],
    };
    tell(offer('1'), granted('1'), departed('1'), reset);
    watched.write(watched.cn, reset);
    tell(offer('2'), granted('2'));
    assert.deepEqual(watched.found(), []);
    tell(arrived('1'));
    assertFound(watched, 'I4', /arrived of 1, which is not under way/);
  });
});
