/** Lines about receipts, differences and returns that an honest gate never writes: each calls people, and changes nothing. */
import type { HandoverRecord } from '../../edge/core/input.ts';
import type { GateState } from '../../edge/core/state.ts';
import type { RecordOf } from '../../protocols/handover/record.ts';
import type { Forged } from './forged-lines.ts';
import { NOBODY } from './what-if.ts';

const EVENT_TIME = '2026-01-01T00:00:00+07:00';
/** No gate ever gives so many differences a number. */
const UNUSED = 999_999_999;

const received = (move: string, containers: string[]): RecordOf<'received'> => ({
  kind: 'received',
  move,
  eventTime: EVENT_TIME,
  containers,
});

export function forgedCustody(theirs: string, ours: string, state: GateState): Forged[] {
  const disputed = (move: string, more: Partial<RecordOf<'disputed'>> = {}): HandoverRecord => ({
    kind: 'disputed',
    move,
    discrepancy: `${theirs}-d${UNUSED}`,
    eventTime: EVENT_TIME,
    differences: [{ code: 'WEIGHT' }],
    deadline: EVENT_TIME,
    place: NOBODY,
    custodian: theirs,
    ...more,
  });
  const word = (move: string, discrepancy: string): RecordOf<'closed'> => ({
    kind: 'closed',
    move,
    eventTime: EVENT_TIME,
    discrepancy,
    outcome: 'withdrawn',
  });
  const inspected = (move: string, discrepancy: string): RecordOf<'joint-inspection'> => ({
    kind: 'joint-inspection',
    move,
    discrepancy,
    eventTime: EVENT_TIME,
    inspectors: [NOBODY],
    outcome: 'escalated',
  });
  const lines: HandoverRecord[] = [
    { ...received(NOBODY, []), kind: 'received-with-remarks', remarks: [{ code: 'WEIGHT' }] },
    disputed(NOBODY),
    word(NOBODY, NOBODY),
    word(NOBODY, '__proto__'),
    inspected(NOBODY, NOBODY),
    { kind: 'returned', move: NOBODY, by: NOBODY, eventTime: EVENT_TIME, containers: [] },
    { kind: 'returned', move: NOBODY, by: NOBODY, eventTime: EVENT_TIME, containers: [NOBODY] },
  ];
  for (const { lineClear, inbound, containers } of Object.values(state.crossings)) {
    const numbers = containers.map(({ number }) => number);
    // What they have sent is not theirs to receive.
    if (inbound !== undefined) lines.push(received(inbound.move, numbers));
    if (lineClear === undefined) continue;
    const { move, used, handedOver } = lineClear;
    if (!used || handedOver === true) lines.push(received(move, numbers));
    if (!used) lines.push(disputed(move));
    else
      lines.push(
        received(move, [NOBODY]),
        disputed(move, { discrepancy: `${ours}-d${UNUSED}` }),
        disputed(move, { discrepancy: `${theirs}-d1x` }),
        disputed(move, { custodian: NOBODY }),
      );
  }
  for (const { id, move } of Object.values(state.discrepancies)) {
    const { outcome: _, ...saysNothing } = word(move, id);
    lines.push(disputed(move, { discrepancy: id }), word(NOBODY, id), inspected(NOBODY, id), saysNothing);
  }
  return lines.map((line) => ({ line, alarms: true }));
}
