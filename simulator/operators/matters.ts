/** What people find to do at one gate: each matter with what they do about it, once they come to it. */

import type { LogName } from '../../edge/core/input.ts';
import type { VirtualGate, VirtualRun } from '../run.ts';
import type { Lane } from '../world/lane.ts';
import type { SimulatedGate } from '../world/world.ts';
import { batteriesIn } from './batteries.ts';
import { differencesIn } from './differences.ts';
import { findingsIn, isStillAt } from './findings.ts';
import { looksIn } from './looks.ts';
import { referralsIn } from './referrals.ts';
import { sectionMatters } from './section.ts';
import { ask, isColleague, PEOPLE } from './staff.ts';
import { strayTrucks, trucksGone, trucksToLeave } from './stray-trucks.ts';
import { telephoneMatters } from './telephone.ts';

export interface Outlook {
  run: VirtualRun;
  gate: VirtualGate;
  world: SimulatedGate;
}

export interface Matter {
  /** The same as long as it is the same matter. */
  key: string;
  /** Somebody comes to it soon. */
  urgent?: boolean;
  /** Somebody sees to it now; `times`: how often somebody has before, without its going away. */
  see(times: number): void;
}

/** Everything that waits for a person now. */
export function mattersOf(outlook: Outlook): Matter[] {
  return [
    ...alarmsIn(outlook),
    ...lanesIn(outlook),
    ...referralsIn(outlook),
    ...looksIn(outlook),
    ...findingsIn(outlook),
    ...differencesIn(outlook),
    ...strayTrucks(outlook),
    ...trucksToLeave(outlook),
    ...trucksGone(outlook),
    ...vehiclesIn(outlook),
    ...batteriesIn(outlook),
    ...proposalsIn(outlook),
    ...sectionMatters(outlook),
    ...telephoneMatters(outlook),
    ...gateItself(outlook),
    ...logFaultsIn(outlook),
  ];
}

/** Every alarm is acknowledged; a stuck crane is connected anew, which makes it tell its job list. */
function alarmsIn({ gate }: Outlook): Matter[] {
  return Object.values(gate.state.alarms)
    .filter(({ state, code }) => state !== 'acknowledged' || code === 'JOB_STUCK')
    .map(({ id, code, subject, state }) => ({
      key: `alarm ${id} ${state}`,
      see() {
        if (state !== 'acknowledged') ask(gate, PEOPLE.operator, { kind: 'acknowledge-alarm', alarm: id });
        if (code !== 'JOB_STUCK') return;
        const link = gate.devices.deviceLink(subject);
        link.up(false);
        link.up(true);
      },
    }));
}

/** A lane that was stopped or closed without need is put into use again; the board before it says what it is. */
function lanesIn(outlook: Outlook): Matter[] {
  const { gate, world } = outlook;
  const matters: Matter[] = [];
  for (const [id, view] of Object.entries(gate.state.lanes)) {
    const lane = world.lanes.get(id);
    if (lane === undefined) continue;
    world.closeLane(id, view.mode !== 'open');
    if (view.mode !== 'open')
      matters.push({
        key: `closed ${id}`,
        see: () => ask(gate, PEOPLE.operator, { kind: 'open-lane', lane: id }),
      });
    if (
      view.stopped &&
      isInOrder(outlook, lane) &&
      (view.stoppedBy === 'person' || strayTrucks(outlook).length === 0)
    )
      matters.push({
        key: `stopped ${id}`,
        urgent: true,
        see: () => ask(gate, PEOPLE.operator, { kind: 'resume-lane', lane: id }),
      });
  }
  return matters;
}

/** As a person sees it who stands there: nothing is below the barrier, or only the driverless vehicle that was let in. */
function isInOrder({ gate: { state } }: Outlook, { config, io, passing }: Lane): boolean {
  const { visit } = state.lanes[config.id] ?? {};
  const vehicle = state.crossings[visit?.crossing ?? '']?.vehicle;
  const isItsOwn = visit?.released === true && passing.length === 1 && passing[0]?.plate === vehicle?.plate;
  return isItsOwn || (!io.state.loops.under && io.state.curtain === 'clear');
}

function vehiclesIn({ gate }: Outlook): Matter[] {
  return Object.entries(gate.state.vehicles)
    .filter(([, { inService }]) => !inService)
    .map(([vehicle]) => ({
      key: `withdrawn ${vehicle}`,
      see: () => ask(gate, PEOPLE.operator, { kind: 'return-vehicle', vehicle }),
    }));
}

/** The second person looks as well, and confirms what a colleague has proposed; what strangers propose lapses. */
function proposalsIn(outlook: Outlook): Matter[] {
  const { gate } = outlook;
  return Object.values(gate.state.proposals)
    .filter(({ person }) => isColleague(person))
    .filter(({ act }) => act.kind !== 'confirm-place' || isStillAt(outlook, act.crossing, act.place))
    .map(({ id }) => ({
      key: `proposal ${id}`,
      urgent: true,
      see: () => ask(gate, PEOPLE.second, { kind: 'confirm', proposal: id }),
    }));
}

function gateItself({ gate }: Outlook): Matter[] {
  if (!gate.state.stopped) return [];
  return [
    {
      key: 'gate stopped',
      urgent: true,
      see: () => ask(gate, PEOPLE.supervisor, { kind: 'resume-gate' }),
    },
  ];
}

/** They telephone with the other side, and clear a fault of a log once nobody lies any more. */
function logFaultsIn({ run, gate }: Outlook): Matter[] {
  const liar = run.exchanges.get(gate.config.counterpart.gate);
  const logs: readonly LogName[] = ['ours', 'theirs'];
  return logs
    .filter((log) => gate.state.logFaults[log] !== null && liar?.lie == null)
    .map((log) => ({
      key: `log ${log}`,
      urgent: true,
      see: () => ask(gate, PEOPLE.supervisor, { kind: 'clear-log-fault', log }),
    }));
}
