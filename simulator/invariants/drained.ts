/**
 * I10: once faults have healed and nobody new comes, both yards and the section empty themselves: no crossing is left but those
 * whose container customs has not released, nobody holds a place for one that is over, no vehicle is on the section, and
 * every container that is somewhere is known to be there; what was delivered was completed, once, at both gates.
 */
import type { Crossing } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from './scene.ts';

const HOUR_MS = 3_600_000;

export function createDrained({ run, gates, peerOf }: Scene): Part {
  const { world } = run;
  /** Completed crossings that a lost disk has forgotten, by gate. */
  const forgotten = new Map<string, { export: number; import: number }>();

  const completedAt = ({ id, gate }: Watched, direction: Crossing['direction']): number =>
    gate.state.completed[direction] + (forgotten.get(id)?.[direction] ?? 0);

  /** Customs keeps it: a release was withdrawn, here or where it came from, or has not come for an hour. */
  function isKept(watched: Watched, { containers, since }: Crossing): boolean {
    const waitedMs = watched.gate.state.now - since;
    return containers.some(({ number }) =>
      [watched, peerOf(watched)].some((one) =>
        one?.world.customs
          .clearances(number)
          .some(
            ({ status }) =>
              status === 'withdrawn' || (one === watched && status !== 'released' && waitedMs > HOUR_MS),
          ),
      ),
    );
  }

  function crossings(watched: Watched): string[] {
    const left: string[] = [];
    for (const crossing of Object.values(watched.gate.state.crossings)) {
      if (isKept(watched, crossing)) continue;
      const { id, direction, load, stage, reasons, findings } = crossing;
      const why = [...reasons, ...findings].map(({ code, detail }) => `${code} ${detail ?? ''}`.trim());
      left.push(
        `${watched.id}: ${direction} ${id} (${load}) is still ${stage}: ${why.join(', ') || 'no reason given'}`,
      );
    }
    return left;
  }

  function section(): string[] {
    const left: string[] = [];
    for (const watched of gates.values()) {
      const { id, gate } = watched;
      const ground = new Map(gate.config.map.nodes.map((node) => [node.id, node.gate]));
      for (const [vehicle, { place }] of watched.world.vehicles) {
        const { at, towards } = place;
        const onSection = [at, towards].some((node) => node !== undefined && ground.get(node) === undefined);
        const kept = isOfKept(watched, vehicle);
        if (onSection) left.push(`${id}: ${vehicle} is on the section (${at} → ${towards})`);
        else if (ground.get(at) !== id && !kept)
          left.push(`${id}: ${vehicle} has not come home, it stands at ${at}`);
      }
    }
    return left;
  }

  function isOfKept(watched: Watched, vehicle: string): boolean {
    const both = [watched, peerOf(watched)];
    return both.some(
      (one) =>
        one !== undefined &&
        Object.values(one.gate.state.crossings).some(
          (crossing) => crossing.vehicle?.id === vehicle && isKept(one, crossing),
        ),
    );
  }

  function containers(): string[] {
    const left: string[] = [];
    const crossingOf = new Map<string, { gate: string; crossing: Crossing }[]>();
    for (const { id, gate } of gates.values()) {
      for (const crossing of Object.values(gate.state.crossings))
        for (const { number } of crossing.containers)
          crossingOf.set(number, [...(crossingOf.get(number) ?? []), { gate: id, crossing }]);
    }
    for (const [number, place] of world.whereIs()) {
      const known = crossingOf.get(number) ?? [];
      if (known.length === 0) left.push(`${number} is ${place}, and no gate knows of it`);
      else if (!known.some(({ gate, crossing }) => knowsAt(gate, crossing).includes(place)))
        left.push(
          `${number} is ${place}, known at ${known.flatMap((one) => knowsAt(one.gate, one.crossing)).join(', ')}`,
        );
    }
    return left;
  }

  const knowsAt = (gate: string, { truck, vehicle, slot, held, job }: Crossing): string[] => [
    ...(truck === undefined ? [] : [truck.plate]),
    ...(vehicle === undefined ? [] : [vehicle.id]),
    ...(slot === undefined ? [] : [`${gate}/${slot}`]),
    ...(held === undefined ? [] : [`${gate}/${held}`]),
    ...(job === undefined ? [] : [`${gate}/${job.crane}`]),
  ];

  function counts(): string[] {
    const left: string[] = [];
    const { exportsDelivered } = world.stats();
    for (const watched of gates.values()) {
      const peer = peerOf(watched);
      if (peer === undefined) continue;
      const sent = exportsDelivered[watched.id] ?? 0;
      const received = completedAt(peer, 'import');
      const completed = completedAt(watched, 'export');
      if (received !== sent)
        left.push(`${peer.id}: ${received} imports are completed, ${sent} were delivered`);
      if (completed < sent)
        left.push(`${watched.id}: ${completed} exports are completed, ${sent} were delivered`);
    }
    return left;
  }

  return {
    lost(watched) {
      const [exports, imports] = [completedAt(watched, 'export'), completedAt(watched, 'import')];
      forgotten.set(watched.id, { export: exports, import: imports });
    },
    drained() {
      const left: string[] = [];
      for (const watched of gates.values()) {
        if (!watched.gate.isUp) left.push(`${watched.id} is down`);
        if (watched.gate.backlog > 0)
          left.push(`${watched.id}: ${watched.gate.backlog} entries wait for the disk`);
        left.push(...crossings(watched));
        for (const [resource, owner] of Object.entries(watched.gate.state.owners))
          if (watched.gate.state.crossings[owner] === undefined)
            left.push(`${watched.id}: ${resource} is held for ${owner}, which is over`);
      }
      return [...left, ...section(), ...containers(), ...counts()];
    },
  };
}
