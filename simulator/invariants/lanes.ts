/**
 * I1, I3: a barrier is raised, and a light turned green, only for something that stands at the stop line, for the vehicle of
 * the crossing by its plate, with its trailer where that is asked for, with what that crossing carries, and out of the area only with customs' release; a barrier is
 * lowered only where its own sensors have told of nobody.
 *
 * Physical truth is asked only while the gate was told it (see wiring.ts). Further excuses, each counted: a camera that
 * misread or was late during this visit; customs' word for as long as it could not be had. A person's word is none: whoever speaks alone
 * is not heard, and two have looked at what stands there.
 */
import type { LaneConfig } from '../../config/schema.ts';
import type { Command } from '../../edge/core/effect.ts';
import { policyOf } from '../../edge/core/site-policy.ts';
import type { Crossing, Visit } from '../../edge/core/state.ts';
import { normalisePlate } from '../../protocols/plates.ts';
import type { Visitor } from '../world/carrier.ts';
import { needsRelease } from '../world/container.ts';
import { type CameraWatch, watchCamera } from './camera-watch.ts';
import { told } from './fresh.ts';
import type { Part, Scene, Watched } from './scene.ts';

type LaneCommand = Extract<Command, { kind: 'barrier' | 'light' }>;

/** What passes between customs' word and the barrier when all is well, as the world reckons it (WITHDRAWAL_SPREADS_MS). */
const WORD_SPREADS_MS = 10_000;

export function createLanes({ run, book, gates }: Scene): Part {
  const { clock } = run;
  const cameras = new Map<string, CameraWatch>();
  /** When customs last confirmed its list, by gate; true wall clock. */
  const confirmedAtMs = new Map<string, number>();
  const delayMs = new Map<string, number>();
  /** Since when a gate is told of something below a barrier, by gate and device; monotonic. */
  const belowSinceMs = new Map<string, number>();

  for (const { id, world, plan } of gates.values()) {
    for (const [camera, { sightings }] of world.cameras) {
      const watch = watchCamera(() => clock.monotonicMs());
      cameras.set(`${id}/${camera}`, watch);
      const lane = world.lanes.get(plan.laneOfCamera.get(camera)?.id ?? '');
      const isRear = lane?.config.devices.rearCamera === camera;
      const shownBy = ({ plate, trailer }: Visitor): string => (isRear ? (trailer ?? plate) : plate);
      sightings.subscribe(({ text }) => watch.made(text, lane?.standing && shownBy(lane.standing)));
    }
  }

  /** How long ago a release that was taken back may have been, for the gate to be right in trusting it. */
  function wordMayBeMs({ id, gate }: Watched): number {
    const nowMs = clock.nowMs();
    const link = run.customsLinks.get(id);
    const sinceMs = Math.min(nowMs - (confirmedAtMs.get(id) ?? nowMs), gate.config.customs.clearanceAgeMsMax);
    const skewMs = Math.abs(gate.state.now - nowMs);
    return WORD_SPREADS_MS + sinceMs + skewMs + 2 * Math.max(link?.delayMs ?? 0, delayMs.get(id) ?? 0);
  }

  function lower({ id, wiring }: Watched, command: LaneCommand): void {
    const sensors = wiring.laneIo(command.device);
    if (sensors === undefined) return;
    book.check();
    // What is told in the very millisecond in which the command was decided may come after it.
    if (belowSinceMs.get(`${id}/${command.device}`) === clock.monotonicMs()) return;
    if (sensors.loops.under || sensors.curtain === 'broken')
      book.violate('I1', id, `${told(command)}, where the gate was told of something`);
  }

  function open(watched: Watched, command: LaneCommand, lane: LaneConfig): void {
    const { id, gate, world, wiring } = watched;
    const { state } = gate;
    const visit = state.lanes[lane.id]?.visit ?? null;
    const crossing = state.crossings[visit?.crossing ?? ''];
    book.check();
    if (visit === null || crossing === undefined)
      return book.violate('I1', id, `${told(command)} for no crossing`);
    const sensors = wiring.laneIo(command.device);
    if (sensors?.loops.approach !== true && sensors?.loops.under !== true)
      book.violate('I1', id, `${told(command)}, where nothing was seen`);
    if (command.kind === 'light' && sensors?.barrier !== 'up')
      book.violate('I1', id, `${told(command)}, the barrier not up`);
    if (!wiring.knowsLaneIo(command.device)) return book.note('lane not known as it was');
    const there = world.lanes.get(lane.id);
    if (there === undefined) return;
    if (there.load - there.waiting <= 0)
      return book.violate('I1', id, `${told(command)}, where nothing stands`);
    if (there.standing !== undefined) judge(watched, command, { lane, visit, crossing }, there.standing);
  }

  function judge(
    watched: Watched,
    command: LaneCommand,
    { lane, visit, crossing }: { lane: LaneConfig; visit: Visit; crossing: Crossing },
    standing: Visitor,
  ): void {
    const { id } = watched;
    const standsMs = watched.gate.state.now - visit.since;
    const demanded = policyOf(watched.gate.state).conditions[lane.checkpoint][visit.load ?? 'laden'];
    // Of whom a person has said who it is, no camera was asked.
    const isMisled = (camera: string | undefined): boolean =>
      visit.identifiedAs === undefined && cameras.get(`${id}/${camera}`)?.misledWithin(standsMs) === true;
    const atBorder = lane.checkpoint === 'border-in' || lane.checkpoint === 'border-out';
    const plate = (atBorder ? crossing.vehicle : crossing.truck)?.plate ?? '';
    if (normalisePlate(plate) !== normalisePlate(standing.plate)) {
      if (isMisled(lane.devices.camera))
        return book.note('opened for another vehicle: camera misread or late');
      return book.violate('I1', id, `${told(command)} for ${plate}, where ${standing.plate} stands`);
    }
    const trailer = atBorder ? undefined : crossing.truck?.trailer;
    if (demanded.includes('trailer') && trailer !== undefined && trailer !== standing.trailer) {
      if (isMisled(lane.devices.rearCamera))
        return book.note('opened for another trailer: camera misread or late');
      const what = `${told(command)} for trailer ${trailer}, where ${standing.trailer ?? 'none'} stands`;
      return book.violate('I3', id, what);
    }
    // Whatever it carries is looked at where it is set aside.
    if (visit.refuge !== undefined) return book.note('let through to the refuge slot');
    const carried = standing.container?.number;
    const expected = visit.load !== 'bobtail' ? crossing.containers.map(({ number }) => number) : [];
    if (carried === undefined ? expected.length > 0 : !expected.includes(carried)) {
      const what = `${told(command)} for ${standing.plate} with ${carried ?? 'nothing'}, expected ${expected.join(', ') || 'nothing'}`;
      return book.violate('I3', id, what);
    }
    const box = standing.container;
    if (carried === undefined || box === undefined) return;
    if (visit.load === 'empty' && box.load !== 'empty' && lane.devices.scale !== undefined)
      book.violate('I3', id, `${told(command)} for ${carried} as an empty, which carries goods`);
    if (visit.load === 'return' && box.load !== 'return')
      book.violate('I3', id, `${told(command)} for ${carried} as a return, which nobody has refused`);
    // What goes without customs' word is what truly needs none.
    if (!needsRelease(box)) return;
    if (!watched.gate.config.checkpoints[lane.checkpoint].laden.includes('clearance')) return;
    if (!watched.world.customs.released(carried, wordMayBeMs(watched)))
      book.violate('I3', id, `${told(command)} for ${carried}, which customs has not released`);
  }

  return {
    stepped({ id }, input) {
      if (input.type === 'customs-feed') {
        confirmedAtMs.set(id, clock.nowMs());
        delayMs.set(id, run.customsLinks.get(id)?.delayMs ?? 0);
      } else if (input.type === 'lane-io') {
        const key = `${id}/${input.device}`;
        if (!input.loops.under && input.curtain === 'clear') belowSinceMs.delete(key);
        else if (!belowSinceMs.has(key)) belowSinceMs.set(key, clock.monotonicMs());
      } else if (input.type === 'plate') cameras.get(`${id}/${input.device}`)?.arrived(input.plate);
    },
    sent(watched, command) {
      if (command.kind !== 'barrier' && command.kind !== 'light') return;
      if (command.to === 'lower') lower(watched, command);
      if (command.to !== 'raise' && command.to !== 'green') return;
      const lane = watched.plan.laneOfIo.get(command.device);
      if (lane === undefined) book.violate('I1', watched.id, `${told(command)}, which belongs to no lane`);
      else open(watched, command, lane);
    },
  };
}
