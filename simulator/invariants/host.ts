/**
 * I1, I2: what a gate allows the other gate's vehicles: a place on a track only where nobody is overdue and the track leads in,
 * a way over its ground only out of a lane that is open for that very vehicle, or from below a hoist that is clear, once its
 * container is off; and nothing at all while it is stopped.
 */
import type { AuthorityRequest } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from './scene.ts';

/** The body of a decision `handover`, as far as it is asked for. */
interface Line {
  data: string;
}

export function createHost({ book, gates }: Scene): Part {
  /** Since when a gate is stopped, and a track has somebody overdue on it, by gate, and gate and track; the gate's clock. */
  const stoppedAt = new Map<string, number>();
  const overdueAt = new Map<string, number>();
  /** Requests that were granted, by gate and vehicle. */
  const granted = new Map<string, string>();

  function since(known: Map<string, number>, key: string, isSo: boolean, now: number): void {
    if (!isSo) known.delete(key);
    else if (!known.has(key)) known.set(key, now);
  }

  function against(watched: Watched, { vehicle, from }: AuthorityRequest): string | undefined {
    const { gate, plan, wiring } = watched;
    const { state } = gate;
    if (state.stopped) return 'the gate is stopped';
    const lane = plan.laneAtNode.get(from);
    if (lane !== undefined) {
      const visit = state.lanes[lane.id]?.visit ?? null;
      if (visit?.released !== true || visit.verdict !== 'pass') return `nothing is let through ${lane.id}`;
      if (state.crossings[visit.crossing ?? '']?.vehicle?.id !== vehicle)
        return `another is let through ${lane.id}`;
      return wiring.laneIo(lane.devices.io)?.barrier === 'up'
        ? undefined
        : `the barrier of ${lane.id} is not up`;
    }
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
    since(stoppedAt, id, state.stopped, state.now);
    for (const track in state.tracks)
      since(overdueAt, `${id} ${track}`, (state.tracks[track]?.overdue.length ?? 0) > 0, state.now);
    for (const vehicle in state.authorityRequests) {
      const request = state.authorityRequests[vehicle];
      const key = `${id} ${vehicle}`;
      if (request?.granted !== true || granted.get(key) === request.ask) continue;
      granted.set(key, request.ask);
      book.check();
      const wrong = against(watched, request);
      if (wrong !== undefined) book.violate('I1', id, `${vehicle} may go on from ${request.from}: ${wrong}`);
    }
  }

  function lookAtGrant({ id, gate }: Watched, data: string, at: number): void {
    const { track } = (JSON.parse(data) as { data: { track: string } }).data;
    const { direction } = gate.config.section.tracks.find((one) => one.id === track) ?? {};
    book.check();
    if (direction !== 'in' && direction !== 'alternating')
      book.violate('I2', id, `a place on ${track} is granted, which does not lead in`);
    if ((overdueAt.get(`${id} ${track}`) ?? at) < at)
      book.violate('I2', id, `a place on ${track} is granted, where somebody is overdue`);
    if ((stoppedAt.get(id) ?? at) < at)
      book.violate('I1', id, `${track} is granted by a gate that is stopped`);
  }

  return {
    stepped: look,
    durable(watched, entries) {
      for (const { kind, type, body, at } of entries) {
        if (kind !== 'decision' || type !== 'handover' || !body.includes('"record":"grant"')) continue;
        lookAtGrant(watched, (JSON.parse(body) as Line).data, at);
      }
    },
    crashed({ id, gate }) {
      for (const [vehicle, request] of Object.entries(gate.state.authorityRequests))
        if (request.granted) granted.set(`${id} ${vehicle}`, request.ask);
    },
    sweep() {
      for (const { id, gate } of gates.values())
        for (const key of granted.keys())
          if (
            key.startsWith(`${id} `) &&
            gate.state.authorityRequests[key.slice(id.length + 1)] === undefined
          )
            granted.delete(key);
    },
  };
}
