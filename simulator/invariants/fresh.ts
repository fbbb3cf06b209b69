/**
 * I1, I8: a permissive command or a securing motion leaves only while every device it rests on can be heard, and has told its
 * state since the gate started.
 *
 * Excused: a container or plate reader that a person's word stands for (the person vouches, the devices need not).
 */
import type { LaneConfig } from '../../config/schema.ts';
import type { Command } from '../../edge/core/effect.ts';
import { policyOf } from '../../edge/core/site-policy.ts';
import type { GateState, Visit } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from './scene.ts';

/** How often it is looked whether the link to the other side is up. */
const LINK_LOOK_MS = 250;
/** The watch of a link looks once a second; this long after its time it has noticed. */
const LINK_NOTICED_MS = 1_500 + LINK_LOOK_MS;

export function createFresh({ run, book, peerOf }: Scene): Part {
  /** When the link to the other side was last seen up, by gate; monotonic. */
  const linkUpAt = new Map<string, number>();
  let lookedMs = 0;

  function linkAgainst(watched: Watched): string | undefined {
    const link = run.counterpartLinks.get(watched.id);
    if (link === undefined || (link.up && !link.deaf)) return undefined;
    const silentMs = run.clock.monotonicMs() - (linkUpAt.get(watched.id) ?? 0);
    const mayMs = watched.gate.config.counterpart.linkStaleAfterMs + LINK_NOTICED_MS;
    return silentMs > mayMs ? `the other gate, not reached for ${Math.round(silentMs)} ms` : undefined;
  }

  return {
    stepped() {
      const nowMs = run.clock.monotonicMs();
      if (nowMs - lookedMs < LINK_LOOK_MS) return;
      lookedMs = nowMs;
      for (const [id, { up, deaf }] of run.counterpartLinks) if (up && !deaf) linkUpAt.set(id, nowMs);
    },
    sent(watched, command) {
      if (command.class === 'restrictive') return;
      const { wiring, id } = watched;
      for (const device of restsOn(watched, command)) {
        book.check();
        if (!wiring.heard(device))
          book.violate(
            'I8',
            id,
            `${told(command)} rests on ${device}, which has not told its state since the start`,
          );
        else if (!wiring.isFresh(device))
          book.violate('I1', id, `${told(command)} rests on ${device}, which is silent for too long`);
      }
      if (!restsOnPeer(watched, command)) return;
      book.check();
      const against = linkAgainst(watched);
      if (against !== undefined) book.violate('I1', id, `${told(command)} rests on ${against}`);
      if (peerOf(watched) === undefined)
        book.violate('I1', id, `${told(command)} rests on a gate that is not there`);
    },
  };
}

/** A command in a few words. */
export function told(command: Command): string {
  switch (command.kind) {
    case 'barrier':
    case 'light':
      return `${command.kind} ${command.to} at ${command.device}`;
    case 'job':
      return `job ${command.jobId} of ${command.device} (${command.container} from ${command.from} to ${command.to})`;
    case 'order':
      return `order of ${command.device} along ${command.nodes.map(({ nodeId }) => nodeId).join(', ')}`;
    default:
      return `${command.kind} of ${command.device}`;
  }
}

/** The devices without which the command may not leave. */
export function restsOn(watched: Watched, command: Command): readonly string[] {
  const { plan } = watched;
  switch (command.kind) {
    case 'barrier':
    case 'light': {
      const lane = plan.laneOfIo.get(command.device);
      if (command.to === 'lower' || lane === undefined) return [command.device];
      return devicesOf(watched, lane);
    }
    case 'order': {
      const [from, next] = command.nodes;
      const lane = plan.laneAtNode.get(from?.nodeId ?? '');
      const bay = plan.bayAtNode.get(from?.nodeId ?? '');
      if (next?.released !== true) return [command.device];
      return [
        command.device,
        ...(lane === undefined ? [] : [lane.devices.io]),
        ...(bay === undefined ? [] : plan.cranesOver(bay.id)),
      ];
    }
    case 'job': {
      const bays = baysOf(watched, command);
      const vehicle = watched.gate.state.crossings[command.crossing ?? '']?.vehicle?.id;
      const drivesIn = bays.some(({ node }) => node !== undefined);
      return [
        command.device,
        ...bays.map(({ io }) => io),
        ...(drivesIn && vehicle !== undefined && plan.vehicles.has(vehicle) ? [vehicle] : []),
      ];
    }
    default:
      return [command.device];
  }
}

function devicesOf({ gate }: Watched, lane: LaneConfig): string[] {
  const { io, camera, rearCamera, reader, scale } = lane.devices;
  const visit = gate.state.lanes[lane.id]?.visit ?? null;
  const conditions = policyOf(gate.state).conditions[lane.checkpoint][visit?.load ?? 'laden'];
  return [
    io,
    ...(visit?.identifiedAs === undefined ? [camera] : []),
    ...(rearCamera !== undefined && conditions.includes('trailer') && isTrailerRead(gate.state, lane)
      ? [rearCamera]
      : []),
    ...(reader !== undefined && conditions.includes('container') && !isReadByOfficer(visit, 'container')
      ? [reader]
      : []),
    ...(scale !== undefined && conditions.includes('weight') ? [scale] : []),
  ];
}

/** An officer has read it on the spot, in place of the device. */
export const isReadByOfficer = (visit: Visit | null, kind: 'trailer' | 'container'): boolean =>
  visit?.observations.some((one) => one.kind === kind && one.by !== undefined) === true;

/** The trailer of whoever stands in a lane is known, and no person stands for it. */
export function isTrailerRead({ crossings, lanes }: GateState, { id, traffic }: LaneConfig): boolean {
  const visit = lanes[id]?.visit ?? null;
  const { truck } = crossings[visit?.crossing ?? ''] ?? {};
  const isVouched = visit?.identifiedAs !== undefined || isReadByOfficer(visit, 'trailer');
  return traffic === 'truck' && truck?.trailer !== undefined && !isVouched;
}

/** A job over a vehicle of the other gate rests on what that gate says of it. */
function restsOnPeer(watched: Watched, command: Command): boolean {
  if (command.kind !== 'job') return false;
  const vehicle = watched.gate.state.crossings[command.crossing ?? '']?.vehicle?.id;
  if (vehicle === undefined || watched.plan.vehicles.has(vehicle)) return false;
  return baysOf(watched, command).some(({ node }) => node !== undefined);
}

/** The bays in which something must stand for the job: not the one a box that hangs in the spreader came from. */
export function baysOf({ gate, plan }: Watched, command: Extract<Command, { kind: 'job' }>) {
  const held = gate.state.crossings[command.crossing ?? '']?.held === command.device;
  return (held ? [command.to] : [command.from, command.to]).flatMap((place) => plan.bays.get(place) ?? []);
}
