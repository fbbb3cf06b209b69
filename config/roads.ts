/** The map: its nodes and edges, and what of this gate stands on it. */
import type { Draft } from './draft.ts';
import { type Path, type Report, suggestion } from './problem.ts';
import type { MapNode } from './schema.ts';

function checkEdges(draft: Draft, report: Report): void {
  const ids = draft.nodeNames.map((node) => node.id);
  const seen = new Set<string>();
  for (const { value, path } of draft.edges) {
    for (const end of ['from', 'to'] as const)
      if (!ids.includes(value[end]))
        report([...path, end], `there is no map node "${value[end]}"`, suggestion(value[end], ids));
    if (value.from === value.to)
      report(path, `the edge leads from "${value.from}" to itself`, 'remove it, or correct one end');
    const key = `${value.from} ${value.to}`;
    if (seen.has(key))
      report(path, `the edge from "${value.from}" to "${value.to}" is there twice`, 'remove one');
    seen.add(key);
  }
}

function checkNodes(draft: Draft, report: Report): void {
  if (!draft.gate || !draft.counterpart) return;
  const gates = [draft.gate.id, draft.counterpart.gate];
  for (const { value, path } of draft.nodes) {
    if (value.role === 'km0' && value.gate !== undefined)
      report([...path, 'gate'], 'a node on the border line belongs to no gate', 'remove "gate"');
    if (value.role !== 'km0' && value.gate === undefined)
      report(
        path,
        `node "${value.id}" does not say on whose ground it lies`,
        `add gate: ${gates.join(' or gate: ')}`,
      );
    if (value.charger && value.role !== 'park')
      report(
        [...path, 'charger'],
        `node "${value.id}" has a charger, and no vehicle parks there (role ${value.role})`,
        'move the charger to a node of role park',
      );
    if (value.gate !== undefined && !gates.includes(value.gate))
      report(
        [...path, 'gate'],
        `"${value.gate}" is neither this gate nor the counterpart`,
        suggestion(value.gate, gates),
      );
  }
}

/** A place of this gate's equipment that stands on a map node. */
interface Stand {
  what: string;
  node: string;
  role: MapNode['role'];
  path: Path;
}

function checkStands(draft: Draft, report: Report): void {
  const stands: Stand[] = [];
  for (const { value, path } of draft.lanes) {
    if (value.node !== undefined)
      stands.push({ what: `lane "${value.id}"`, node: value.node, role: 'hold', path: [...path, 'node'] });
    else if (value.traffic === 'vehicle')
      report(
        path,
        `lane "${value.id}" is for driverless vehicles and has no node`,
        'add the map node where they stop before the barrier',
      );
  }
  for (const { value, path } of draft.bays) {
    if (value.node !== undefined)
      stands.push({ what: `bay "${value.id}"`, node: value.node, role: 'bay', path: [...path, 'node'] });
    else if (value.use !== 'truck')
      report(
        path,
        `bay "${value.id}" is for driverless vehicles and has no node`,
        'add the map node where they stop below the crane',
      );
  }
  for (const { value, path } of draft.devices)
    if (value.kind === 'vehicle')
      stands.push({
        what: `vehicle "${value.id}"`,
        node: value.homeNode,
        role: 'park',
        path: [...path, 'homeNode'],
      });

  const taken = new Map<string, string>();
  const names = draft.nodeNames.map((node) => node.id);
  for (const { what, node: nodeId, role, path } of stands) {
    const owner = taken.get(nodeId);
    if (owner !== undefined)
      report(path, `node "${nodeId}" already belongs to ${owner}`, `give ${what} a node of its own`);
    else taken.set(nodeId, what);
    const node = draft.nodes.find(({ value }) => value.id === nodeId)?.value;
    const fitting = draft.nodes
      .filter(({ value }) => value.role === role && value.gate === draft.gate?.id)
      .map(({ value }) => value.id);
    if (!names.includes(nodeId))
      report(path, `there is no map node "${nodeId}"`, suggestion(nodeId, fitting));
    else if (node !== undefined && node.role !== role)
      report(
        path,
        `node "${nodeId}" has the role ${node.role}, and ${what} needs one of role ${role}`,
        suggestion(nodeId, fitting),
      );
    else if (node?.gate !== undefined && draft.gate !== undefined && node.gate !== draft.gate.id)
      report(path, `node "${nodeId}" lies on the ground of "${node.gate}"`, suggestion(nodeId, fitting));
  }
}

/** Nodes, edges, and the stands of this gate's equipment. */
export function checkRoads(draft: Draft, report: Report): void {
  if (!draft.torn.has('nodes')) checkNodes(draft, report);
  checkEdges(draft, report);
  checkStands(draft, report);
}
