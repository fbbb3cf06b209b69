import assert from 'node:assert/strict';
import { ADVANCE_MAX } from '../../../edge/core/advance.ts';
import { emptyAgenda } from '../../../edge/core/agenda.ts';
import { cancelCrossing } from '../../../edge/core/crossing.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { AdvanceReport, ClearanceReport } from '../../../edge/core/input.ts';
import { BOX, bootLane, type CoreLane } from '../../support/core-lane.ts';

describe('a document of the ASEAN Single Window', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane('yard-in-1', ({ checkpoints }) => {
      checkpoints['yard-in'].laden = ['plate', 'container', 'clearance', 'bay'];
    });
    lane.gate.step({ type: 'customs-feed', asOf: lane.gate.state.now });
    lane.books();
    customs();
    // Whoever waits is judged; nobody goes.
    lane.act({ kind: 'close-lane', lane: 'yard-in-1' });
    lane.sees('approach');
    lane.reads();
  });
  const customs = (over: Partial<ClearanceReport> = {}): Effect[] =>
    lane.step({
      type: 'clearance',
      declaration: '308044805740',
      container: BOX,
      kind: 'export',
      channel: 'green',
      status: 'released',
      version: 1,
      source: 'VNACCS',
      claims: [{ kind: 'certificate-of-origin', reference: 'D-17' }],
      ...over,
    });
  const arrives = (over: Partial<AdvanceReport> = {}): Effect[] =>
    lane.step({
      type: 'advance-document',
      container: BOX,
      kind: 'certificate-of-origin',
      reference: 'D-17',
      version: 1,
      status: 'issued',
      issuer: 'TH',
      issuedAt: lane.gate.state.now,
      ...over,
    });
  const codes = (): string[] =>
    lane.visit.reasons.map(({ code }) => code).filter((code) => code.startsWith('ADVANCE'));

  it('is waited for by a vehicle whose declaration rests on it, and lets it go on when it comes', () => {
    assert.deepEqual(codes(), ['ADVANCE_DOCUMENT_PENDING']);
    arrives();
    assert.deepEqual(codes(), []);
  });

  it('that is revoked stops the vehicle before the barrier; an older word does not bring it back', () => {
    arrives();
    arrives({ version: 3, status: 'revoked' });
    assert.deepEqual(codes(), ['ADVANCE_DOCUMENT_INVALID']);
    arrives({ version: 2 });
    assert.deepEqual(codes(), ['ADVANCE_DOCUMENT_INVALID']);
  });

  it('that ends at a time is looked at then, without anything else happening', () => {
    arrives({ validUntil: lane.gate.state.now + 30_000 });
    lane.wait(29_999);
    assert.deepEqual(codes(), []);
    lane.wait(1);
    assert.deepEqual(codes(), ['ADVANCE_DOCUMENT_INVALID']);
  });

  it('that nobody claims changes nothing', () => {
    customs({ version: 2, claims: [] });
    const before = lane.visit.reasons;
    arrives({ status: 'revoked' });
    assert.deepEqual(lane.visit.reasons, before);
  });

  it('is forgotten with its crossing', () => {
    lane = bootLane();
    const { id } = lane.books();
    arrives();
    assert.deepEqual(Object.keys(lane.gate.state.advance), [BOX]);
    const turn = { state: lane.gate.state, effects: [], agenda: emptyAgenda() };
    cancelCrossing(turn, id);
    assert.deepEqual(lane.gate.state.advance, {});
  });

  it('is kept with so many others of its container, the oldest forgotten first', () => {
    for (let n = 0; n <= ADVANCE_MAX; n += 1) arrives({ reference: `R-${n}`, issuedAt: n });
    const kept = Object.keys(lane.gate.state.advance[BOX] ?? {});
    assert.deepEqual([kept.length, kept.includes('certificate-of-origin R-0')], [ADVANCE_MAX, false]);
  });
});
