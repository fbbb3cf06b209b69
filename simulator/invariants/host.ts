/**
 * I1, I2, I3: what a gate allows the other gate's vehicles: a place on a track only where nobody is overdue and the track leads in,
 * a way over its ground only out of a lane that is open for that very vehicle, to a refuge slot where it alone may stand and
 * out of it when nothing is found against it any more, or from below a hoist that is clear, once its container is off; and
 * nothing at all while it is stopped.
 */

import { isAgainst } from '../../edge/core/reasons.ts';
import type { AuthorityRequest, Visit } from '../../edge/core/state.ts';
import { recordOf } from '../record-in.ts';
import type { Part, Scene, Watched } from './scene.ts';

/** The body of a decision `handover`, as far as it is asked for. */
interface Line {
  data: string;
}

/** What is remembered of one gate. */
interface Memory {
  /** Since when it is stopped, and each of its tracks has somebody overdue on it; the gate's clock. */
  stoppedAt: number | undefined;
  overdueAt: Map<string, number>;
  /** Lines of its log when its requests were last looked through: none is granted without a line. */
  lines: number | undefined;
  /** The crossing set aside and the job that unloads it, by refuge slot. */
  unloading: Map<string, string>;
  /** Requests that were granted, by vehicle. */
  granted: Map<string, string>;
}

export function createHost({ book, gates }: Scene): Part {
  const memories = new Map<Watched, Memory>();
  for (const watched of gates.values())
    memories.set(watched, {
      stoppedAt: undefined,
      overdueAt: new Map(),
      lines: undefined,
      unloading: new Map(),
      granted: new Map(),
    });
  const of = (watched: Watched): Memory => memories.get(watched) as Memory;

  function against(watched: Watched, request: AuthorityRequest): string | undefined {
    const { vehicle, from } = request;
    const { gate, plan, wiring } = watched;
    const { state } = gate;
    if (state.stopped) return 'the gate is stopped';
    const lane = plan.laneAtNode.get(from);
    if (lane !== undefined) {
      const visit = state.lanes[lane.id]?.visit ?? null;
      if (visit?.released !== true) return `nothing is let through ${lane.id}`;
      const aside = asideAgainst(watched, visit, request);
      if (aside !== undefined) return aside;
      if (state.crossings[visit.crossing ?? '']?.vehicle?.id !== vehicle)
        return `another is let through ${lane.id}`;
      return wiring.laneIo(lane.devices.io)?.barrier === 'up'
        ? undefined
        : `the barrier of ${lane.id} is not up`;
    }
    if (plan.refuges.has(from)) return refugeAgainst(watched, request);
    const bay = plan.bayAtNode.get(from);
    if (bay === undefined) return `${from} is no place where it may ask`;
    const visitor = state.visitors[vehicle];
    if (visitor?.bay !== bay.id) return `${bay.id} is not its bay`;
    if (!visitor.unloaded) return 'its container is not off';
    for (const crane of plan.cranesOver(bay.id)) {
      const report = wiring.crane(crane);
      if (report === undefined || !wiring.isFresh(crane)) return `${crane} is not heard`;
      if (!report.hoistClear && report.position === bay.id) return `the hoist of ${crane} is low`;
    }
    return undefined;
  }

  function look(watched: Watched): void {
    const { id, gate } = watched;
    const { state } = gate;
    lookAtRefuges(watched);
    const mine = of(watched);
    const { overdueAt, granted } = mine;
    mine.stoppedAt = state.stopped ? (mine.stoppedAt ?? state.now) : undefined;
    for (const { id: track } of gate.config.section.tracks) {
      const isOverdue = (state.tracks[track]?.overdue.length ?? 0) > 0;
      if (!isOverdue) overdueAt.delete(track);
      else if (!overdueAt.has(track)) overdueAt.set(track, state.now);
    }
    if (mine.lines === state.counters.line) return;
    mine.lines = state.counters.line;
    for (const vehicle in state.authorityRequests) {
      const request = state.authorityRequests[vehicle];
      if (request?.granted !== true || granted.get(vehicle) === request.ask) continue;
      granted.set(vehicle, request.ask);
      book.check();
      const wrong = against(watched, request);
      if (wrong !== undefined) book.violate('I1', id, `${vehicle} may go on from ${request.from}: ${wrong}`);
    }
  }

  /** Nothing is unloaded that was set aside while something is found against it: a crane does not begin. */
  function lookAtRefuges(watched: Watched): void {
    const { id, gate, plan } = watched;
    const { crossings, owners } = gate.state;
    const { unloading } = of(watched);
    for (const [refuge, resource] of plan.refuges) {
      const crossing = crossings[owners[resource] ?? ''];
      if (crossing?.job === undefined) {
        unloading.delete(refuge);
        continue;
      }
      const begun = `${crossing.id} ${crossing.job.jobId}`;
      if (unloading.get(refuge) !== begun && crossing.findings.length > 0)
        book.violate('I3', id, `${begun} begins to unload what is set aside in ${refuge}`);
      unloading.set(refuge, begun);
    }
  }

  function lookAtGrant(watched: Watched, data: string, at: number): void {
    const { id, gate } = watched;
    const { stoppedAt, overdueAt } = of(watched);
    const { track } = recordOf<'granted'>(data);
    const { direction } = gate.config.section.tracks.find((one) => one.id === track) ?? {};
    book.check();
    if (direction !== 'in' && direction !== 'alternating')
      book.violate('I2', id, `a place on ${track} is granted, which does not lead in`);
    if ((overdueAt.get(track) ?? at) < at)
      book.violate('I2', id, `a place on ${track} is granted, where somebody is overdue`);
    if ((stoppedAt ?? at) < at) book.violate('I1', id, `${track} is granted by a gate that is stopped`);
  }

  return {
    stepped: look,
    durable(watched, entries) {
      for (const { kind, type, body, at } of entries) {
        if (kind !== 'decision' || type !== 'handover' || !body.includes('"record":"granted"')) continue;
        lookAtGrant(watched, (JSON.parse(body) as Line).data, at);
      }
    },
    crashed(watched) {
      const mine = of(watched);
      mine.lines = undefined;
      for (const [vehicle, request] of Object.entries(watched.gate.state.authorityRequests))
        if (request.granted) mine.granted.set(vehicle, request.ask);
    },
    sweep() {
      for (const [{ gate }, { granted }] of memories)
        for (const vehicle of granted.keys())
          if (gate.state.authorityRequests[vehicle] === undefined) granted.delete(vehicle);
    },
  };
}

/** What is wrong with letting it through a lane there: to its bay only found in order, else to the refuge slot it was given. */
function asideAgainst(
  { gate: { state }, plan }: Watched,
  visit: Visit,
  { to }: AuthorityRequest,
): string | undefined {
  const { refuge, crossing, verdict, reasons } = visit;
  if (refuge === undefined) {
    if (verdict !== 'pass') return 'something speaks against it';
    return plan.refuges.has(to) ? `it was not sent to ${to}` : undefined;
  }
  if (to !== refuge) return `it was sent to ${refuge}, not to ${to}`;
  if (state.owners[`node:${refuge}`] !== crossing) return `${refuge} is another’s`;
  const other = reasons.find((one) => isAgainst(one) && !OF_CARGO.has(one.code));
  return other === undefined ? undefined : `${other.code} keeps it where it is`;
}

/** Why it may not go on from the refuge slot to its bay. */
function refugeAgainst({ gate: { state }, plan }: Watched, request: AuthorityRequest): string | undefined {
  const { vehicle, from, to } = request;
  const crossing = state.crossings[state.owners[`node:${from}`] ?? ''];
  if (crossing?.vehicle?.id !== vehicle) return `${from} is another’s`;
  if (crossing.findings.length > 0) return `${crossing.findings[0]?.code} stands against it`;
  if (!state.link.up) return 'its own gate is not reached';
  const bay = plan.bayAtNode.get(to);
  return bay !== undefined && state.owners[`bay:${bay.id}`] === crossing.id
    ? undefined
    : `${to} is not its bay`;
}

/** What a refuge slot is for. */
const OF_CARGO: ReadonlySet<string> = new Set([
  'CONTAINER_MISMATCH',
  'EMPTY_NOT_EMPTY',
  'RETURN_UNLINKED',
  'WEIGHT_OUT_OF_TOLERANCE',
  'NO_CLEARANCE',
  'NOT_RELEASED',
  'CLEARANCE_WITHDRAWN',
  'RECALLED',
]);
