/** The reference site in virtual time under the eyes of the invariants, and hands to forge what the gate would never do. */
import assert from 'node:assert/strict';
import type { Command, DeviceCommand } from '../../../edge/core/effect.ts';
import type { NewEntry } from '../../../edge/journal/journal.ts';
import { encodeRecord } from '../../../protocols/handover/line.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { createInvariants, type Invariants, type Violation } from '../../../simulator/invariants.ts';
import { startVirtualRun, type VirtualGate, type VirtualRun } from '../../../simulator/run.ts';
import type { SimulatedGate } from '../../../simulator/world/world.ts';
import { referenceConfigs, the } from '../../support/simulated-site.ts';

export const VN = 'huu-nghi';
export const CN = 'huu-nghi-quan';
const HOUR_MS = 3_600_000;

export interface WatchedRun {
  run: VirtualRun;
  invariants: Invariants;
  vn: VirtualGate;
  cn: VirtualGate;
  world: SimulatedGate;
  until(what: string, predicate: () => boolean): void;
  /** Hands a command to the observer as if the gate had sent it; `recorded`: its decision became durable before. */
  send(gate: VirtualGate, command: DeviceCommand, given?: Partial<Command> & { recorded?: boolean }): void;
  /** Lets the observer see lines of a gate's log become durable, numbered on from the last. */
  write(gate: VirtualGate, ...records: HandoverRecord[]): void;
  durable(gate: VirtualGate, ...entries: Partial<NewEntry>[]): void;
  found(): readonly Violation[];
}

/** Both gates have started and every device has told its state. */
export function watchedRun(): WatchedRun {
  const invariants = createInvariants();
  const run = startVirtualRun(referenceConfigs, { observer: invariants.observer });
  invariants.attach(run);
  run.clock.advance(1_000);
  const lines = new Map<string, number>();
  let commands = 0;

  const durable = (gate: VirtualGate, ...entries: Partial<NewEntry>[]): void =>
    invariants.observer.durable?.(
      gate,
      entries.map((entry) => ({
        at: gate.state.now,
        kind: 'decision',
        type: 'verdict',
        body: '{}',
        ...entry,
      })),
    );

  return {
    run,
    invariants,
    vn: run.gate(VN),
    cn: run.gate(CN),
    world: the(run.world.gates, VN),
    until(what, predicate) {
      assert.ok(run.clock.runUntil(predicate, { limitMs: HOUR_MS }), `never happened: ${what}`);
    },
    send(gate, command, { recorded = true, ...given } = {}) {
      commands += 1;
      const full = {
        ...command,
        commandId: `forged-${commands}`,
        class: 'permissive',
        decidedAt: gate.state.now,
        ...given,
      } as Command;
      if (recorded && full.class === 'permissive')
        durable(gate, { type: 'command', body: JSON.stringify(full) });
      invariants.observer.sent?.(gate, full);
    },
    write(gate, ...records) {
      for (const record of records) {
        const line = (lines.get(gate.config.gate.id) ?? gate.state.counters.line ?? 0) + 1;
        lines.set(gate.config.gate.id, line);
        const { id, utcOffset } = gate.config.gate;
        const data = encodeRecord({ version: 2, gate: id, line, at: gate.state.now, utcOffset, record });
        durable(gate, { type: 'handover', body: JSON.stringify({ line, record: record.kind, data }) });
      }
    },
    durable,
    found: () => invariants.violations,
  };
}

/** Exactly one violation, of this invariant, that tells this. */
export function assertFound({ found }: WatchedRun, invariant: Violation['invariant'], telling: RegExp): void {
  const [violation, ...others] = found();
  assert.deepEqual(others, []);
  assert.equal(violation?.invariant, invariant);
  assert.match(violation?.detail ?? '', telling);
}
