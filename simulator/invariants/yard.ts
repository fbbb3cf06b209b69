/**
 * I1, I2: a crane gets a job only for what stands below it, seen by the bay's own sensor, and only when its last one is over;
 * a vehicle is ordered on from where it stands, through a barrier that is up, and from below a hoist that is clear.
 *
 * Physical truth is asked only while the gate was told it (see wiring.ts). Which truck stands in a bay no device tells: another
 * one is counted, not a violation; the crane reads the number of what it picks.
 */
import type { Command } from '../../edge/core/effect.ts';
import type { Input } from '../../edge/core/input.ts';
import { baysOf, told } from './fresh.ts';
import type { Part, Scene, Watched } from './scene.ts';

type Job = Extract<Command, { kind: 'job' }>;
type Order = Extract<Command, { kind: 'order' }>;

const OVER: ReadonlySet<string> = new Set(['ended', 'aborted', 'interrupted', 'not-allowed']);

export function createYard({ book, peerOf }: Scene): Part {
  /** By `gate/crane`: the job that the crane has told of and not told to be over. */
  const under = new Map<string, string>();

  function hear({ id }: Watched, input: Input): void {
    if (input.type === 'crane-job') note(`${id}/${input.device}`, input.jobId, input.state);
    else if (input.type === 'crane-jobs') {
      const key = `${id}/${input.device}`;
      const listed = input.jobs.find(({ jobId }) => jobId === under.get(key));
      if (listed === undefined) under.delete(key);
      else note(key, listed.jobId, listed.state);
    }
  }

  function note(key: string, jobId: string, state: string): void {
    if (!OVER.has(state)) under.set(key, jobId);
    else if (under.get(key) === jobId) under.delete(key);
  }

  function job(watched: Watched, command: Job): void {
    const { id, world, wiring } = watched;
    const before = under.get(`${id}/${command.device}`);
    book.check();
    // A report that was late may tell of a job as running that is over: the crane itself knows.
    if (before !== undefined && before !== command.jobId && isRunning(watched, command.device, before))
      book.violate('I2', id, `${told(command)}, while its job ${before} is not over`);
    const crossing = watched.gate.state.crossings[command.crossing ?? ''];
    for (const bay of baysOf(watched, command)) {
      if (wiring.laneIo(bay.io)?.loops.approach !== true)
        book.violate('I1', id, `${told(command)}, nothing seen in ${bay.id}`);
      if (!wiring.knowsLaneIo(bay.io)) {
        book.note('bay not known as it was');
        continue;
      }
      const occupant = world.bays.get(bay.id)?.occupant;
      if (occupant === undefined) book.violate('I1', id, `${told(command)}, nothing stands in ${bay.id}`);
      else if (bay.node === undefined) {
        if (occupant.plate !== crossing?.truck?.plate) book.note('job over another truck');
      } else if (occupant.plate !== crossing?.vehicle?.plate && isKnown(watched, crossing?.vehicle?.id))
        book.violate('I1', id, `${told(command)}, ${occupant.plate} stands in ${bay.id}`);
    }
  }

  function isRunning({ world }: Watched, crane: string, jobId: string): boolean {
    const listed = world.cranes.get(crane)?.jobs.find((one) => one.jobId === jobId);
    return listed !== undefined && !OVER.has(listed.state);
  }

  function isKnown(watched: Watched, vehicle: string | undefined): boolean {
    if (vehicle === undefined) return true;
    const home = watched.plan.vehicles.has(vehicle) ? watched : peerOf(watched);
    return home === undefined || home.wiring.knowsVehicle(vehicle);
  }

  function order(watched: Watched, command: Order): void {
    const { id, world, plan, wiring } = watched;
    const [from, next] = command.nodes;
    book.check();
    if (from === undefined || next?.released !== true) return;
    const lane = plan.laneAtNode.get(from.nodeId);
    if (lane !== undefined && wiring.laneIo(lane.devices.io)?.barrier !== 'up')
      book.violate('I1', id, `${told(command)}, the barrier of ${lane.id} not up`);
    const bay = plan.bayAtNode.get(from.nodeId);
    if (bay !== undefined) {
      const cranes = plan.cranesOver(bay.id);
      for (const crane of cranes) {
        const report = wiring.crane(crane);
        if (report?.position === bay.id && !report.hoistClear)
          book.violate('I1', id, `${told(command)}, below the low hoist of ${crane}`);
      }
      if (world.bays.get(bay.id)?.hoistLow === true && cranes.every(wiring.knowsCrane))
        book.violate('I1', id, `${told(command)}, below a hoist that is low`);
    }
    if (!wiring.knowsVehicle(command.device)) return book.note('vehicle not known as it was');
    const at = world.vehicles.get(command.device)?.place.at;
    if (at !== from.nodeId) book.violate('I1', id, `${told(command)}, it stands at ${at}`);
  }

  return {
    stepped: hear,
    sent(watched, command) {
      if (command.kind === 'job') job(watched, command);
      else if (command.kind === 'order') order(watched, command);
    },
  };
}
