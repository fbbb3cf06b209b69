/**
 * The disk of a gate is gone, its journal and its exchange's database with it. What stood in its yard nobody could tell it again, so
 * this strikes while there is nothing: all that is under way is on the border section, or has yet to come.
 */
import type { Crossing } from '../../edge/core/state.ts';
import { between, type Fault, nothingToHeal, type Scene, type Trouble } from './fault.ts';

export const diskFaults: readonly Fault[] = [
  {
    kind: 'disk-lost',
    what: 'the whole disk is lost while the yard is empty: the log comes back from the other gate, and what is booked is told anew',
    perHour: 0.1,
    begin(scene): Trouble | undefined {
      const { run, gate, world, random } = scene;
      const exchange = run.exchanges.get(gate.config.gate.id);
      if (exchange === undefined || !isReadToItsEnd(scene) || !isYardEmpty(scene)) return undefined;
      const { bookings, crossings } = gate.state;
      const downMs = between(random, 500, 20_000);
      exchange.process.restart(downMs + between(random, 0, 10_000));
      exchange.loseDisk();
      const coming = Object.values(bookings).map((booking) => ({ type: 'booking', ...booking }) as const);
      const underWay = Object.values(crossings).flatMap(({ containers }) => containers);
      world.customs.listAnew(
        coming.filter(({ direction, container }) => direction === 'import' || isAnnounced(scene, container)),
        underWay.map(({ number }) => number),
      );
      gate.loseDisk(downMs);
      return { lastsMs: downMs, heal: nothingToHeal };
    },
  },
];

/** The other side has each line of ours that is on disk: what nobody has read would be lost, and whoever watches would miss it. */
function isReadToItsEnd({ run, gate }: Scene): boolean {
  const { state, isUp, backlog, config } = gate;
  const peer = run.gates.get(config.counterpart.gate);
  const own = run.exchanges.get(config.gate.id);
  if (!isUp || backlog > 0 || peer?.isUp !== true || own?.process.up !== true || own.lie !== null)
    return false;
  if (!state.log.open || state.logFaults.ours !== null || state.logFaults.theirs !== null) return false;
  // A log without a line tells nothing of how far anything was counted.
  return peer.state.sources.counterpart === (state.counters.line ?? 0) && (state.counters.line ?? 0) > 0;
}

const isAnnounced = ({ gate: { state } }: Scene, container: string): boolean =>
  state.crossings[state.containers[container] ?? '']?.stage === 'announced';

function isYardEmpty({ run, gate, world }: Scene): boolean {
  const { state } = gate;
  if (Object.values(state.section.hotline.calls).length > 0) return false;
  if (!Object.values(state.crossings).every(isOutside)) return false;
  if (Object.keys(state.cases).length > 0 || state.outages.regime !== null) return false;
  const inPlace = [...world.slots.values(), ...world.bays.values()].some(
    ({ container }) => container !== undefined,
  );
  const inSpreader = [...world.cranes.values()].some(({ held }) => held !== undefined);
  const inBay = [...world.bays.values()].some(({ occupant }) => occupant !== undefined);
  if (inPlace || inSpreader || inBay || world.trucks().length > 0) return false;
  return (
    [...world.lanes.values()].every(
      ({ standing, passing }) => standing === undefined && passing.length === 0,
    ) && isRoadEmpty(run, gate)
  );
}

/** Nobody stands on its ground but what is at home. */
function isRoadEmpty(run: Scene['run'], gate: Scene['gate']): boolean {
  const { config } = gate;
  const own = new Set(config.map.nodes.filter((node) => node.gate === config.gate.id).map(({ id }) => id));
  const homes = new Set(
    config.devices.flatMap((device) => (device.kind === 'vehicle' ? [device.homeNode] : [])),
  );
  return [...run.world.gates.values()].every(({ vehicles }) =>
    [...vehicles.values()].every(
      ({ place: { at, towards } }) => !own.has(at) || (towards === undefined && homes.has(at)),
    ),
  );
}

/** It has yet to come, or has gone, as both logs tell. */
function isOutside({ stage, lanes, lineClear, inbound }: Crossing): boolean {
  if (lanes.truck !== undefined || lanes.vehicle !== undefined) return false;
  if (stage === 'announced') return true;
  if (inbound !== undefined) return stage === 'offered' || stage === 'granted' || stage === 'departed';
  return lineClear?.used === true && (stage === 'departed' || stage === 'arrived');
}
