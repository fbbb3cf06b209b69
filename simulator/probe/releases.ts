/** When a vehicle in a lane has just been released, it is judged again as if it were not, and one thing were different. */
import type { LaneConfig } from '../../config/schema.ts';
import { judgeVisit } from '../../edge/core/judgement.ts';
import { worst } from '../../edge/core/reasons.ts';
import { policyOf } from '../../edge/core/site-policy.ts';
import type { Crossing, GateState, LaneState, Visit } from '../../edge/core/state.ts';
import { isReadByOfficer, isTrailerRead } from '../invariants/fresh.ts';
import type { Part, Scene, Watched } from '../invariants/scene.ts';
import { followingWhatIfs } from './drives.ts';
import { FINDING } from './lanes.ts';
import { asIfUnused, byLogsWhatIfs, byTelephoneWhatIfs, sectionWhatIfs } from './section.ts';
import { NOBODY, nothing, put, refused, silent, stillAllowed, together, type WhatIf } from './what-if.ts';

/** As if the lane were another one; else as `WhatIf`. */
type LaneWhatIf = WhatIf & { lane?: LaneConfig };

interface Released {
  watched: Watched;
  lane: LaneConfig;
  view: LaneState;
  visit: Visit;
  crossing: Crossing;
}

const FIRST = 12;
const EVERY = 40;
const MINUTES_A_DAY = 1_440;

export function createReleaseProbe({ book, gates }: Scene): Part {
  const known = new Map<string, string>();
  const times = new Map<string, number>();
  const lanes = new Map(
    [...gates.values()].map((watched) => [
      watched,
      watched.gate.config.lanes.map((lane) => ({ lane, key: `${watched.id}/${lane.id}` })),
    ]),
  );

  function isDue({ lane, visit, watched }: Released): boolean {
    const kind = `${watched.id} ${lane.checkpoint} ${visit.load}`;
    const before = times.get(kind) ?? 0;
    times.set(kind, before + 1);
    return before < FIRST || before % EVERY === 0;
  }

  function passes({ watched, visit }: Released, lane: LaneConfig): boolean {
    const { crossing, reasons } = judgeVisit(watched.gate.state, lane, visit);
    return crossing?.id === visit.crossing && worst(reasons) === 'pass';
  }

  function ask(released: Released, { what, allowed, make, lane = released.lane }: LaneWhatIf): void {
    const { watched, visit } = released;
    const undo = together(put(visit, 'released', false), make());
    try {
      book.check();
      if (passes(released, lane) === allowed) return;
      const answer = `${visit.crossing} would ${allowed ? 'not ' : ''}be released at ${lane.id} if ${what}`;
      book.violate(allowed ? 'I10' : 'I1', watched.id, `probe: ${answer}`);
    } finally {
      undo();
    }
  }

  function look(released: Released): void {
    if (!isDue(released)) return;
    const { crossing, watched } = released;
    const { lineClear } = crossing;
    const unused = lineClear === undefined ? nothing() : asIfUnused(watched.gate.state, lineClear);
    try {
      for (const whatIf of whatIfs(released)) ask(released, whatIf);
    } finally {
      unused();
    }
  }

  return {
    stepped(watched) {
      const { state } = watched.gate;
      for (const { lane, key } of lanes.get(watched) ?? []) {
        const view = state.lanes[lane.id];
        const visit = view?.visit;
        if (view === undefined || visit?.released !== true || known.get(key) === visit.id) continue;
        known.set(key, visit.id);
        const crossing = state.crossings[visit.crossing ?? ''];
        // Who is set aside was not found in order.
        if (crossing !== undefined && visit.refuge === undefined)
          look({ watched, lane, view, visit, crossing });
      }
    },
    crashed({ id, gate }) {
      for (const [lane, { visit }] of Object.entries(gate.state.lanes))
        if (visit?.released === true) known.set(`${id}/${lane}`, visit.id);
    },
  };
}

function whatIfs(released: Released): LaneWhatIf[] {
  const { watched, lane, view, crossing, visit } = released;
  const { state } = watched.gate;
  const { reader, scale, camera, rearCamera, io } = lane.devices;
  const demanded = policyOf(state).conditions[lane.checkpoint][visit.load ?? 'laden'];
  const isPromised = lane.node !== undefined && state.owners[`node:${lane.node}`] === crossing.id;
  const closed = () => put(view, 'mode', 'closed');
  return [
    silent(state, io),
    ...(visit.identifiedAs === undefined ? [silent(state, camera)] : []),
    ...(rearCamera !== undefined && demanded.includes('trailer') && isTrailerRead(state, lane)
      ? [silent(state, rearCamera)]
      : []),
    ...(reader !== undefined && demanded.includes('container') && !isReadByOfficer(visit, 'container')
      ? [silent(state, reader)]
      : []),
    ...(scale !== undefined && demanded.includes('weight') ? [silent(state, scale)] : []),
    refused('the clock could not be trusted', () => put(state, 'clockTrusted', false)),
    refused('the gate were stopped', () => put(state, 'stopped', true)),
    refused('the lane were stopped', () => put(view, 'stopped', true)),
    refused('the lane were in maintenance', () => put(view, 'mode', 'maintenance')),
    isPromised ? stillAllowed('its lane were closed', closed) : refused('the lane were closed', closed),
    refused('something had been found', () => put(crossing, 'findings', [FINDING])),
    ...(isPromised ? [] : hoursWhatIfs(watched, lane)),
    ...(isPromised ? [] : tidalWhatIfs(watched, lane)),
    ...placeWhatIfs(released),
    ...(lane.checkpoint === 'border-out' ? borderWhatIfs(state, watched, crossing) : []),
  ];
}

/** `at` minutes from now, on the gate's own clock, as a configuration writes it. */
function clockAt({ gate: { state, config } }: Watched, minutes: number): string {
  const { utcOffset } = config.gate;
  const offset = Number(utcOffset.slice(1, 3)) * 60 + Number(utcOffset.slice(4));
  const local = Math.floor(state.now / 60_000) + (utcOffset.startsWith('-') ? -offset : offset) + minutes;
  const time = ((local % MINUTES_A_DAY) + MINUTES_A_DAY) % MINUTES_A_DAY;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(time / 60))}:${two(time % 60)}`;
}

function hoursWhatIfs(watched: Watched, lane: LaneConfig): LaneWhatIf[] {
  const hours = (what: string, allowed: boolean, from: number, to: number): LaneWhatIf => ({
    what: `its lane had hours ${what}`,
    allowed,
    make: nothing,
    lane: { ...lane, hours: [{ from: clockAt(watched, from), to: clockAt(watched, to) }] },
  });
  return [
    hours('that begin now', true, 0, 30),
    hours('that have just ended', false, -30, 0),
    hours('that begin soon', false, 1, 30),
    hours('nearly round the clock', true, 0, -1),
    hours('that lack just this minute', false, 1, 0),
    hours('since long ago', true, -700, 700),
    hours('later', false, 600, 700),
  ];
}

/** Another lane of its carriageway, which is free as it is. */
function tidalWhatIfs({ gate: { state, config } }: Watched, lane: LaneConfig): LaneWhatIf[] {
  const other = config.lanes.find(
    ({ id, tidal }) => id !== lane.id && tidal !== undefined && tidal === lane.tidal,
  );
  const view = other === undefined ? undefined : state.lanes[other.id];
  if (other === undefined || view === undefined) return [];
  const { node } = other;
  const visit = { released: true } as Visit;
  return [
    refused('somebody came towards it', () => put(view, 'visit', visit)),
    ...(node === undefined
      ? []
      : [refused('its carriageway were promised', () => put(state.owners, `node:${node}`, NOBODY))]),
  ];
}

function placeWhatIfs({ lane, crossing }: Released): WhatIf[] {
  const { inbound, bays, load } = crossing;
  if (lane.checkpoint !== 'border-in' || inbound === undefined) return [];
  const { grant: _, ...notGranted } = inbound;
  const { landing: __, ...others } = bays;
  return [
    refused('it had not been granted', () => put(crossing, 'inbound', notGranted)),
    ...(load !== 'bobtail' ? [refused('it had no bay', () => put(crossing, 'bays', others))] : []),
  ];
}

function borderWhatIfs(state: GateState, { gate: { config } }: Watched, crossing: Crossing): WhatIf[] {
  const { lineClear, vehicle } = crossing;
  const track = config.section.tracks.find(({ id }) => id === lineClear?.track);
  const view = state.tracks[track?.id ?? ''];
  if (lineClear === undefined || track === undefined || view === undefined) return [];
  const { grant: _, ...notGranted } = lineClear;
  const inwards = config.section.tracks.find(({ direction }) => direction === 'in');
  const always = sectionWhatIfs(state, lineClear);
  if (lineClear.hotline !== undefined) return [...always, ...byTelephoneWhatIfs(state, lineClear)];
  return [
    ...always,
    ...byLogsWhatIfs(state, lineClear),
    stillAllowed('line clear were not used yet', nothing),
    stillAllowed('it had used its line clear, and the link were lost since', () =>
      together(put(lineClear, 'used', true), put(state.link, 'up', false)),
    ),
    refused('the link were down', () => put(state.link, 'up', false)),
    refused('it had no line clear', () => put(crossing, 'lineClear', undefined as never)),
    refused('its line clear were not granted yet', () => put(crossing, 'lineClear', notGranted)),
    refused('its line clear were for no track', () => put(lineClear, 'track', NOBODY)),
    ...(inwards === undefined
      ? []
      : [refused('its track led in', () => put(lineClear, 'track', inwards.id))]),
    refused('somebody were overdue on its track', () => put(view, 'overdue', [NOBODY])),
    ...(vehicle === undefined ? [] : followingWhatIfs(state, vehicle.id, crossing)),
    ...(track.direction === 'alternating'
      ? [
          refused('the token were with the other gate', () => put(view, 'holder', config.counterpart.gate)),
          refused('somebody came towards it on its track', () =>
            put(state.owners, `track:${track.id}/${track.capacity}`, NOBODY),
          ),
        ]
      : []),
  ];
}
