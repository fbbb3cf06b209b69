/** Two duty officers who read a number back to each other while the gates cannot read each other’s logs. */
import type { Act } from '../../edge/core/input.ts';
import type { VirtualGate } from '../run.ts';
import type { Matter, Outlook } from './matters.ts';
import { PEOPLE } from './staff.ts';

const OFFICER = PEOPLE.supervisor;

/** A configuration in which that officer of each gate may grant by telephone. */
export function withTelephone<T extends VirtualGate['config']>(config: T): T {
  const { gate, counterpart } = config;
  const hotlineOfficers = [gate.id, counterpart.gate]
    .toSorted()
    .map((id) => ({ gate: id, id: OFFICER.id, name: OFFICER.id }));
  return { ...config, counterpart: { ...counterpart, hotline: true, hotlineOfficers } };
}

export function telephoneMatters(outlook: Outlook): Matter[] {
  const { gate, run } = outlook;
  const peer = run.gates.get(gate.config.counterpart.gate);
  if (peer === undefined || !gate.config.counterpart.hotline) return [];
  return gate.state.link.up
    ? disagreements(gate, peer)
    : [...waiting(outlook, gate, peer), ...arrivals(gate, peer)];
}

/** Whoever waits before the border for nothing but line clear, while nobody is on the section as far as its own gate knows. */
function waiting({ world }: Outlook, gate: VirtualGate, peer: VirtualGate): Matter[] {
  const { state, config } = gate;
  if (Object.values(state.section.hotline.calls).some(({ arrived }) => !arrived)) return [];
  return config.lanes.flatMap(({ id, checkpoint }): Matter[] => {
    const visit = checkpoint === 'border-out' ? state.lanes[id]?.visit : null;
    const crossing = state.crossings[visit?.crossing ?? ''];
    const against = visit?.reasons.filter(({ severity }) => severity !== 'info') ?? [];
    const isOurs = world.vehicles.has(crossing?.vehicle?.id ?? '');
    if (!isOurs || against.length !== 1 || against[0]?.code !== 'LINE_NOT_CLEAR') return [];
    return [{ key: `telephone ${id} ${visit?.id}`, urgent: true, see: () => converse(gate, peer, id) }];
  });
}

/** Each says the next thing when the other’s journal has what was said before. */
function converse(gate: VirtualGate, peer: VirtualGate, lane: string): void {
  say(gate, { kind: 'hotline-offer', lane }, () => {
    const crossing = gate.state.crossings[gate.state.lanes[lane]?.visit?.crossing ?? ''];
    const { lineClear, vehicle, load } = crossing ?? {};
    if (crossing === undefined || lineClear?.byTelephone !== true || vehicle === undefined) return;
    if (load === undefined || load === 'return') return;
    const { move, track } = lineClear;
    const containers = crossing.containers.map(({ number }) => number);
    const salt = String(gate.state.counters.move ?? 0).padStart(6, '0');
    const told = { move, track, vehicle: vehicle.id, plate: vehicle.plate, load, containers, salt };
    say(peer, { kind: 'hotline-grant', ...told, officer: OFFICER.id }, () => {
      const call = Object.values(peer.state.section.hotline.calls).find((one) => one.move === move);
      const hold = peer.state.crossings[peer.state.moves[move] ?? '']?.inbound?.holdNode;
      if (call === undefined || hold === undefined) return;
      say(gate, { kind: 'hotline-use', number: call.number, move, hold, officer: OFFICER.id });
    });
  });
}

/** The receiving officer has seen it arrive, and says so. */
const arrivals = (gate: VirtualGate, peer: VirtualGate): Matter[] =>
  Object.values(gate.state.section.hotline.calls)
    .filter(({ number, side, arrived }) => side === 'sender' && !arrived && hasArrived(peer, number))
    .map(({ number }) => ({
      key: `arrived ${number}`,
      urgent: true,
      see: () => say(gate, { kind: 'hotline-arrived', number }),
    }));

const hasArrived = (peer: VirtualGate, number: string): boolean =>
  peer.isUp && peer.state.section.hotline.calls[number]?.arrived === true;

/** What the logs tell differently is compared on the telephone, and cleared by two. */
const disagreements = (gate: VirtualGate, peer: VirtualGate): Matter[] =>
  Object.keys(gate.state.section.hotline.faults).map((number) => ({
    key: `compare ${number}`,
    see() {
      if (peer.isUp) say(gate, { kind: 'hotline-clear', number });
    },
  }));

function say(gate: VirtualGate, act: Act, written?: () => void): void {
  const { id, role } = OFFICER;
  gate.submit({ type: 'operator-act', person: id, role, act, reason: 'by telephone' }, undefined, written);
}
