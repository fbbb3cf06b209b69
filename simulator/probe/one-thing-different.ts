/**
 * Whenever a command leaves that the interlock has just allowed, it is asked again as if one thing were different. Nothing is
 * sent, and everything is put back: the gate never knows.
 */
import type { Command } from '../../edge/core/effect.ts';
import { permit } from '../../edge/core/interlock.ts';
import { restsOn, told } from '../invariants/fresh.ts';
import type { Part, Scene, Watched } from '../invariants/scene.ts';
import { chargeWhatIfs, driveWhatIfs } from './drives.ts';
import { jobWhatIfs } from './jobs.ts';
import { barrierWhatIfs, laneWhatIfs, lowerWhatIfs } from './lanes.ts';
import { put, refused, silent, type WhatIf } from './what-if.ts';

/** Of each kind of command the first ones are looked at, then every so many: the rest would cost more than they tell. */
const FIRST = 16;
const EVERY = 50;

export function createOneThingDifferent({ book }: Scene): Part {
  const seen = new Map<string, number>();

  function isDue(watched: Watched, command: Command): boolean {
    const kind = `${kindOf(command)}${isAside(watched, command) ? ' aside' : ''}`;
    const times = seen.get(kind) ?? 0;
    seen.set(kind, times + 1);
    return times < FIRST || times % EVERY === 0;
  }

  function ask(watched: Watched, command: Command, { what, allowed, make, command: other }: WhatIf): void {
    const { state } = watched.gate;
    const undo = make();
    try {
      const answer = permit(state, other ?? command);
      book.check();
      if (answer.allowed === allowed) return;
      if (answer.allowed)
        book.violate('I1', watched.id, `probe: ${told(command)} would be allowed if ${what}`);
      else
        book.violate(
          'I10',
          watched.id,
          `probe: ${told(command)} would be refused if ${what}: ${answer.reason}`,
        );
    } finally {
      undo();
    }
  }

  return {
    sent(watched, command) {
      if (command.class === 'restrictive' || !isDue(watched, command)) return;
      // Between the step and the sending of what does not wait for the disk, nothing has changed; but for a crash.
      if (!watched.gate.isUp || !permit(watched.gate.state, command).allowed) return;
      for (const whatIf of whatIfs(watched, command)) ask(watched, command, whatIf);
    },
  };
}

/** A lane opens for whoever is sent to the refuge slot: seldom, and on other conditions. */
const isAside = ({ plan, gate: { state } }: Watched, { device }: Command): boolean =>
  state.lanes[plan.laneOfIo.get(device)?.id ?? '']?.visit?.refuge !== undefined;

/** Orders and jobs are told apart by the kind of place they begin at: there the conditions differ. */
function kindOf(command: Command): string {
  switch (command.kind) {
    case 'barrier':
    case 'light':
      return `${command.kind} ${command.to} ${command.device.replace(/-\d+$/, '')}`;
    case 'order':
      return `order ${command.nodes[0]?.nodeId.replace(/-\d+$/, '')}`;
    case 'job':
      return `job ${command.from.replace(/-\d+$/, '')} ${command.to.replace(/-\d+$/, '')}`;
    default:
      return command.kind;
  }
}

function whatIfs(watched: Watched, command: Command): readonly WhatIf[] {
  const { state } = watched.gate;
  const found = [
    ...restsOn(watched, command).map((device) => silent(state, device)),
    ...specific(watched, command),
  ];
  if (command.class !== 'permissive') return found;
  return [
    ...found,
    refused('the clock could not be trusted', () => put(state, 'clockTrusted', false)),
    refused('the gate were stopped', () => put(state, 'stopped', true)),
  ];
}

/** Going on after a pause needs no more than that the vehicle is heard. */
function pausedWhatIf({ gate: { state } }: Watched, command: Command): WhatIf {
  const { device, commandId, decidedAt } = command;
  return {
    ...silent(state, device),
    command: { kind: 'unpause', device, commandId, decidedAt, class: 'permissive' },
  };
}

function specific(watched: Watched, command: Command): readonly WhatIf[] {
  const { device } = command;
  switch (command.kind) {
    case 'barrier':
      return command.to === 'lower' ? lowerWhatIfs(watched, device) : laneWhatIfs(watched, device);
    case 'light':
      return [...laneWhatIfs(watched, device), ...barrierWhatIfs(watched, device)];
    case 'order':
      return [...driveWhatIfs(watched, command), pausedWhatIf(watched, command)];
    case 'job':
      return jobWhatIfs(watched, command);
    case 'charge':
      return chargeWhatIfs(watched, device);
    default:
      return [];
  }
}
