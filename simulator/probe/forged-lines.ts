/**
 * Lines that an honest gate never writes: of moves nobody knows, on grants nobody gave, of tracks that are not the writer's. A copy
 * of the gate reads one of them; people may be called and it may be refused, and everything else stays as it was. And lines that
 * ask for what may not be given now: the copy may take them down, and does not give it.
 */

import { movesOn } from '../../edge/core/block-reset.ts';
import type { Effect } from '../../edge/core/effect.ts';
import { step } from '../../edge/core/gate.ts';
import type { HandoverRecord } from '../../edge/core/input.ts';
import type { GateState } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from '../invariants/scene.ts';
import { recordOf } from '../record-in.ts';
import { copyOf } from './copy.ts';
import { forgedCustody } from './forged-custody.ts';
import { call, closed } from './section.ts';
import { NOBODY } from './what-if.ts';

export interface Forged {
  line: HandoverRecord;
  /** Whether people must be told that the other log tells what cannot be. */
  alarms: boolean;
  /** It asks for this, and must not get it: the copy may remember that it was asked. */
  asksFor?: HandoverRecord['kind'];
  /** It asks for authority once more, and may get it to this place alone. */
  onlyTo?: string;
  /** What is different in the copy. */
  prepare?(copy: GateState): void;
}

/** A copy costs a millisecond: often at first, then now and then. */
const OFTEN = 80;
const STEPS_BETWEEN_FIRST = 60;
const STEPS_BETWEEN = 4_000;
const EVENT_TIME = '2026-01-01T00:00:00+07:00';

export function createForgedLines({ book }: Scene): Part {
  let steps = 0;
  let asked = 0;

  function ask(watched: Watched): void {
    const copy = copyOf(watched.gate.state);
    const lines = forgedFor(watched, copy);
    const forged = lines[asked % lines.length];
    if (forged === undefined) return;
    const { line, alarms, asksFor, onlyTo } = forged;
    forged.prepare?.(copy);
    const before = essence(copy);
    const told = copy.alarms[`GRANT_UNKNOWN/${'move' in line ? line.move : ''}`]?.count ?? 0;
    const effects = step(copy, {
      type: 'counterpart-record',
      line: (copy.sources.counterpart ?? 0) + 1,
      record: line,
      at: copy.now,
    });
    book.check();
    const what = `probe: the line ${JSON.stringify(line)} from the other log`;
    if (onlyTo !== undefined) {
      const to = authorityIn(effects);
      if (to !== undefined && to !== onlyTo)
        book.violate('I2', watched.id, `${what} would send it to ${to}, and it was sent to ${onlyTo}`);
      return;
    }
    if (asksFor !== undefined) {
      const given = effects.some(
        (effect) => effect.kind === 'decide' && effect.type === 'handover' && effect.body.record === asksFor,
      );
      if (given) book.violate('I2', watched.id, `${what} would get what may not be given now`);
      return;
    }
    if (essence(copy) !== before)
      return book.violate('I4', watched.id, `${what} would change what is under way`);
    const command = effects.find((effect) => effect.kind === 'command');
    if (command !== undefined)
      return book.violate('I1', watched.id, `${what} would lead to ${command.command.kind}`);
    const alarm = copy.alarms[`GRANT_UNKNOWN/${'move' in line ? line.move : ''}`];
    if (alarms && (alarm?.count ?? 0) <= told)
      book.violate('I4', watched.id, `${what} would be believed, or nobody would be told`);
  }

  return {
    stepped(watched, input) {
      steps += 1;
      const between = asked < OFTEN ? STEPS_BETWEEN_FIRST : STEPS_BETWEEN;
      if (steps < between || !watched.gate.isUp || input.type === 'boot') return;
      // Where something is left to look at, a copy would do that too.
      if (input.type !== 'customs-feed' && input.type !== 'plate') return;
      steps = 0;
      ask(watched);
      asked += 1;
    },
  };
}

/** Where authority is given to, if it is. */
function authorityIn(effects: readonly Effect[]): string | undefined {
  for (const effect of effects)
    if (effect.kind === 'decide' && effect.type === 'handover' && effect.body.record === 'authority-granted')
      return recordOf<'authority-granted'>(String(effect.body.data)).to;
  return undefined;
}

/** What a line of the other log can change. */
const essence = ({
  crossings,
  owners,
  moves,
  visitors,
  tracks,
  vehicles,
  offers,
  completed,
  section,
  discrepancies,
}: GateState): string =>
  JSON.stringify([
    crossings,
    owners,
    moves,
    visitors,
    tracks,
    offers,
    completed,
    Object.keys(section.closures),
    Object.keys(section.hotline.calls),
    discrepancies,
    Object.values(vehicles).map(({ authority, crossing, homeward }) => [authority, crossing, homeward]),
  ]);

function forgedFor({ gate: { config } }: Watched, state: GateState): Forged[] {
  const lines: Forged[] = [
    { line: { kind: 'grant-returned', move: NOBODY, grant: NOBODY }, alarms: true },
    { line: { kind: 'departed', move: NOBODY, grant: NOBODY, eventTime: EVENT_TIME }, alarms: true },
    { line: { kind: 'recalled', move: NOBODY, code: 'OTHER' }, alarms: true },
    { line: { kind: 'received', move: NOBODY, eventTime: EVENT_TIME, containers: [] }, alarms: true },
    { line: { kind: 'arrived', move: NOBODY, eventTime: EVENT_TIME }, alarms: false },
    { line: { kind: 'offer-withdrawn', move: NOBODY }, alarms: false },
    { line: { kind: 'closed', move: NOBODY, eventTime: EVENT_TIME }, alarms: false },
    ...forgedCustody(config.counterpart.gate, config.gate.id, state),
  ];
  const eventTime = EVENT_TIME;
  lines.push(
    { line: { kind: 'section-closed', closure: NOBODY, eventTime }, alarms: false },
    { line: { kind: 'section-reopening', closure: NOBODY, eventTime }, alarms: false },
  );
  // Only who has closed opens again.
  for (const { id, by } of Object.values(state.section.closures))
    if (by === config.gate.id)
      lines.push({ line: { kind: 'section-reopening', closure: id, eventTime }, alarms: false });
  for (const { inbound } of Object.values(state.crossings)) {
    if (inbound?.grant === undefined) continue;
    const { move, grant } = inbound;
    lines.push({ line: { kind: 'offer-withdrawn', move }, alarms: false });
    lines.push({ line: { kind: 'grant-returned', move, grant: NOBODY }, alarms: true });
    lines.push({ line: { kind: 'departed', move, grant: NOBODY, eventTime: EVENT_TIME }, alarms: true });
    if (inbound.departed)
      lines.push({ line: { kind: 'departed', move, grant, eventTime: EVENT_TIME }, alarms: false });
  }
  for (const [vehicle, { authority }] of Object.entries(state.vehicles))
    if (authority !== null)
      lines.push({
        line: { kind: 'authority-granted', ask: NOBODY, vehicle, from: authority.from, to: NOBODY },
        alarms: false,
      });
  for (const { id, direction } of config.section.tracks) {
    if (state.section.resets[id]?.ours === undefined) lines.push({ line: resetOf(state, id), alarms: false });
    const isHolder = state.tracks[id]?.holder === config.gate.id;
    if (direction !== 'alternating' || isHolder)
      lines.push({ line: { kind: 'token-passed', track: id }, alarms: false });
    if (direction !== 'alternating' || !isHolder)
      lines.push({ line: { kind: 'token-asked', track: id }, alarms: false });
    const offer: HandoverRecord = {
      kind: 'offered',
      move: NOBODY,
      load: 'bobtail',
      track: id,
      vehicle: NOBODY,
      homeGate: config.counterpart.gate,
      plate: NOBODY,
      containers: [],
    };
    if (direction === 'out') {
      lines.push({ line: offer, alarms: false });
      continue;
    }
    lines.push(
      {
        line: offer,
        alarms: false,
        asksFor: 'granted',
        prepare: (copy) => copy.tracks[id]?.overdue.push(NOBODY),
      },
      { line: offer, alarms: false, asksFor: 'granted', prepare: stopped },
      {
        line: offer,
        alarms: false,
        asksFor: 'granted',
        prepare: (copy) => Object.assign(copy.section.closures, closed(id)),
      },
      {
        line: offer,
        alarms: false,
        asksFor: 'granted',
        prepare: (copy) => Object.assign(copy.section.hotline.calls, call(id, true)),
      },
    );
    if (direction === 'alternating' && isHolder)
      lines.push({ line: offer, alarms: false, asksFor: 'granted' });
  }
  for (const { vehicle, from, to, granted } of Object.values(state.authorityRequests)) {
    const again: HandoverRecord = { kind: 'authority-asked', ask: NOBODY, vehicle, from, to };
    if (!granted) continue;
    lines.push({ line: again, alarms: false, asksFor: 'authority-granted', prepare: stopped });
    lines.push({ line: again, alarms: false, onlyTo: to });
  }
  return lines;
}

/** One side alone frees nothing, whatever it names. */
const resetOf = (state: GateState, track: string): HandoverRecord => ({
  kind: 'block-reset',
  reset: NOBODY,
  track,
  moves: movesOn(state, track),
  eventTime: EVENT_TIME,
  officers: [NOBODY, NOBODY],
});

const stopped = (copy: GateState): void => {
  copy.stopped = true;
};
