/** A gate on an empty disk that has read two logs as history. */
import assert from 'node:assert/strict';
import type { Effect } from '../../edge/core/effect.ts';
import type { HandoverRecord } from '../../edge/core/input.ts';
import { decodeRecord, encodeRecord, type HandoverLine } from '../../protocols/handover/line.ts';
import type { RecordOf } from '../../protocols/handover/record.ts';
import { planSite } from '../../simulator/plan.ts';
import { bootGate, type CoreGate } from './core-gate.ts';

const ROOT = '0'.repeat(64);
export const VN = 'huu-nghi';
export const CN = 'huu-nghi-quan';
export const eventTime = '2026-03-01T08:00:00.000+07:00';

/** The lines that were written, but for those that were taken back. */
export const linesIn = (effects: readonly Effect[]): HandoverLine[] =>
  effects.flatMap((effect) => {
    if (effect.kind !== 'decide' || effect.type !== 'handover' || effect.body.restored === true) return [];
    const line = decodeRecord(String(effect.body.data));
    assert.ok(line.ok);
    return [line];
  });

export const freshGate = (): CoreGate => bootGate(planSite()[0]);

export interface Restored {
  gate: CoreGate;
  /** What it writes at the end of the history. */
  written: HandoverLine[];
  kinds: string[];
  /** The next line of the other log; returns the kinds of what is written for it. */
  read(record: HandoverRecord): string[];
}

/** Tells `ours` and `theirs` as history, which decides nothing. */
export function restored(
  ours: readonly HandoverRecord[],
  theirs: readonly HandoverRecord[],
  gate = freshGate(),
): Restored {
  const told: Effect[] = [];
  const say = (input: Parameters<CoreGate['step']>[0]): void => void told.push(...gate.step(input));
  say({ type: 'log-restore', phase: 'begin', size: ours.length, rootHash: ROOT });
  for (const [index, record] of ours.entries()) {
    const line = index + 1;
    const data = encodeRecord({ version: 2, gate: VN, line, at: 0, utcOffset: '+07:00', record });
    say({ type: 'own-line', line, data });
  }
  let line = 0;
  const counterpart = (record: HandoverRecord): Effect[] => {
    line += 1;
    return gate.step({ type: 'counterpart-record', line, record });
  };
  for (const record of theirs) told.push(...counterpart(record));
  assert.deepEqual(linesIn(told), [], 'history decides nothing');
  const written = linesIn(
    gate.step({ type: 'log-restore', phase: 'end', size: ours.length, rootHash: ROOT }),
  );
  const kindsOf = (lines: readonly HandoverLine[]): string[] => lines.map(({ record: { kind } }) => kind);
  return {
    gate,
    written,
    kinds: kindsOf(written),
    read: (record) => kindsOf(linesIn(counterpart(record))),
  };
}

const [planned] = planSite();
/** A track on which we send, and one on which we are sent to. */
export const OUT = planned.section.tracks.find(({ direction }) => direction === 'out')?.id ?? '';
export const IN = planned.section.tracks.find(({ direction }) => direction === 'in')?.id ?? '';
const nodeOf = (checkpoint: string): string =>
  planned.lanes.find((lane) => lane.checkpoint === checkpoint && lane.loads.includes('laden'))?.node ?? '';
export const BORDER_IN = planned.lanes.find(({ node }) => node === nodeOf('border-in'))?.id ?? '';
export const BAY = planned.yard.bays.find(({ use }) => use === 'landing');
export const BOX = 'CSQU3054383';

/** Of ours, to them. */
export const OFFERED: RecordOf<'offered'> = {
  kind: 'offered',
  move: `${VN}-m7`,
  load: 'laden',
  track: OUT,
  vehicle: 'xe-1',
  homeGate: VN,
  plate: '12C-123.45',
  containers: [{ number: BOX }],
};
export const GRANTED: RecordOf<'granted'> = {
  kind: 'granted',
  move: OFFERED.move,
  grant: `${CN}-g3`,
  track: OUT,
  holdNode: 'hnq-in',
};
export const DEPARTED: RecordOf<'departed'> = {
  kind: 'departed',
  move: OFFERED.move,
  grant: GRANTED.grant,
  eventTime,
};

/** Of theirs, to us. */
export const COMING: RecordOf<'offered'> = {
  ...OFFERED,
  move: `${CN}-m4`,
  track: IN,
  vehicle: 'che-1',
  homeGate: CN,
  plate: '桂F-12345',
};
export const LET_COME: RecordOf<'granted'> = {
  kind: 'granted',
  move: COMING.move,
  grant: `${VN}-g9`,
  track: IN,
  holdNode: nodeOf('border-in'),
  ...(BAY?.node !== undefined && { bayNode: BAY.node }),
};
export const SET_OUT: RecordOf<'departed'> = {
  kind: 'departed',
  move: COMING.move,
  grant: LET_COME.grant,
  eventTime,
};
export const CAME: RecordOf<'arrived'> = { kind: 'arrived', move: COMING.move, eventTime };
