/**
 * The section as two logs leave it to a gate that has lost its disk: who holds each token and who waits for it, what is closed, and
 * what people have said of a block. What our log told last may be lost: so nothing is open that one log calls closed.
 */
import type { HandoverRecord, RecordOf } from '../../protocols/handover/record.ts';
import { raiseAlarm } from './alarms.ts';
import type { BySide, Restoring, ToldOfTrack } from './log-state.ts';
import { bringBackClosure, closureOf, renameClosures } from './section-closure.ts';
import type { BlockReset } from './section-state.ts';
import { configOf } from './site.ts';
import type { GateState } from './state.ts';
import { decide, type Turn } from './turn.ts';

type OfSection = RecordOf<
  | 'token-asked'
  | 'token-passed'
  | 'block-reset'
  | 'section-closing'
  | 'section-closed'
  | 'section-reopening'
  | 'authority-asked'
  | 'authority-granted'
>;

const KINDS: ReadonlySet<string> = new Set<OfSection['kind']>([
  'token-asked',
  'token-passed',
  'block-reset',
  'section-closing',
  'section-closed',
  'section-reopening',
  'authority-asked',
  'authority-granted',
]);
/** Kept of each track: older ones are done. */
const RESETS_MAX = 20;

export const isAboutSection = (line: HandoverRecord): line is OfSection => KINDS.has(line.kind);

// ---------------------------------------------------------------- reading

const sideOf = (ours: boolean): keyof BySide<unknown> => (ours ? 'ours' : 'theirs');

function toldOf({ tracks }: Restoring, track: string, ours: boolean): ToldOfTrack {
  const nothing = (): ToldOfTrack => ({ asked: 0, passed: 0, resets: [] });
  tracks[track] ??= { ours: nothing(), theirs: nothing() };
  return tracks[track][sideOf(ours)];
}

export function readSection({ state }: Turn, restoring: Restoring, line: OfSection, ours: boolean): void {
  const { gate, counterpart } = configOf(state);
  switch (line.kind) {
    case 'token-asked':
      toldOf(restoring, line.track, ours).asked += 1;
      return;
    case 'token-passed':
      toldOf(restoring, line.track, ours).passed += 1;
      return;
    case 'block-reset': {
      const told = toldOf(restoring, line.track, ours);
      const { reset, officers } = line;
      const { asked, passed } = told;
      told.resets.push({ reset, moves: [...new Set(line.moves)].toSorted(), officers, asked, passed });
      if (told.resets.length > RESETS_MAX) told.resets.shift();
      return;
    }
    case 'section-closing':
      restoring.closures[line.closure] = closureOf(line, ours ? gate.id : counterpart.gate);
      return;
    case 'section-closed':
      restoring.clear[sideOf(ours)].push(line.closure);
      return;
    case 'section-reopening':
      forgetClosure(restoring, line.closure);
      return;
    case 'authority-asked':
      if (!ours && restoring.answered[line.vehicle] !== line.ask) restoring.asks[line.vehicle] = line;
      else if (!ours) delete restoring.asks[line.vehicle];
      return;
    case 'authority-granted':
      if (ours) restoring.answered[line.vehicle] = line.ask;
      return;
    default:
      line satisfies never;
  }
}

function forgetClosure({ closures, clear }: Restoring, id: string): void {
  delete closures[id];
  for (const side of ['ours', 'theirs'] as const) clear[side] = clear[side].filter((one) => one !== id);
}

// ---------------------------------------------------------------- taking it up

export function takeUpSection(turn: Turn, restoring: Restoring): void {
  renameClosures(turn);
  for (const track of Object.keys(turn.state.tracks)) takeUpTrack(turn, restoring, track);
  for (const { kind: _, ...ask } of Object.values(restoring.asks))
    turn.state.authorityRequests[ask.vehicle] = { ...ask, granted: false };
  for (const closure of Object.values(restoring.closures))
    bringBackClosure(turn, {
      ...closure,
      clear: {
        ours: restoring.clear.ours.includes(closure.id),
        theirs: restoring.clear.theirs.includes(closure.id),
      },
    });
}

function takeUpTrack(turn: Turn, { tracks }: Restoring, track: string): void {
  const told = tracks[track];
  if (told === undefined) return;
  const { ours, theirs } = told;
  const done = lastAgreed(ours, theirs);
  for (const move of done.flatMap(([{ moves }]) => moves)) delete turn.state.openMoves[move];
  giveToken(turn.state, track, told, done.at(-1));
  for (const [side, { resets }] of [['ours', ours] as const, ['theirs', theirs] as const]) {
    const last = resets.at(-1);
    if (last === undefined || done.some((pair) => pair.includes(last))) continue;
    bringBackReset(turn, track, side, last);
  }
}

type Told = ToldOfTrack['resets'][number];

/** Blocks that both sides have called free, each of the same moves, in order. */
function lastAgreed(ours: ToldOfTrack, theirs: ToldOfTrack): [Told, Told][] {
  const left = [...theirs.resets];
  return ours.resets.flatMap((one): [Told, Told][] => {
    const index = left.findIndex(({ moves }) => moves.join('\n') === one.moves.join('\n'));
    const [other] = index === -1 ? [] : left.splice(index, 1);
    return other === undefined ? [] : [[one, other]];
  });
}

/** What waits for the other side’s word; not, when one of its moves has come to its end since. */
function bringBackReset(turn: Turn, track: string, side: keyof BySide<unknown>, said: Told): void {
  const { section, openMoves } = turn.state;
  const { reset, moves, officers } = said;
  if (!moves.every((move) => openMoves[move] !== undefined && openMoves[move].arrived !== true)) return;
  const word: BlockReset = { reset, moves, officers };
  section.resets[track] = { ...section.resets[track], [side]: word };
  decide(turn, 'block-reset', { track, state: 'asked', side, ...word });
  raiseAlarm(turn, 'BLOCK_RESET_WAITS', track);
}

/**
 * Each token changes hands in turn, so whoever had it first has passed it on as often as the other, and has it, or once more, and has it
 * not. Told otherwise nobody has it, until the block is reset: then it begins anew. Whoever has asked more often than it was
 * given the token waits for it still.
 */
function giveToken(
  state: GateState,
  track: string,
  { ours, theirs }: BySide<ToldOfTrack>,
  anew: readonly [Told, Told] | undefined,
): void {
  const { gate, counterpart, section } = configOf(state);
  const { holder } = section.tracks.find(({ id }) => id === track) ?? {};
  const view = state.tracks[track];
  if (view === undefined || holder === undefined) return;
  const [before, beforeTheirs] = anew ?? [
    { asked: 0, passed: 0 },
    { asked: 0, passed: 0 },
  ];
  const byUs = ours.passed - before.passed;
  const byThem = theirs.passed - beforeTheirs.passed;
  const [first, second] = holder === gate.id ? [gate.id, counterpart.gate] : [counterpart.gate, gate.id];
  const [byFirst, bySecond] = holder === gate.id ? [byUs, byThem] : [byThem, byUs];
  if (byFirst === bySecond) view.holder = first;
  else view.holder = byFirst === bySecond + 1 ? second : '';
  if (view.holder === gate.id && theirs.asked - beforeTheirs.asked > byUs) view.wanted = state.now;
}
