/** `gate keys officers`: the public keys of a gate’s people, for whoever checks their signatures on records. */
import { loadConfig } from '../../../config/load.ts';
import type { OfficerKey } from '../../../protocols/handover/officer-check.ts';
import type { CommandResult } from '../config.ts';

/** Exit code 1 if the configuration names nobody. @throws GateError `CONFIG_…` */
export function showOfficers(options: { config: string }): CommandResult {
  const { gate, people } = loadConfig(options.config);
  const officers = people.map(({ id, publicKey }): OfficerKey => ({ id, gate: gate.id, publicKey }));
  return {
    exitCode: officers.length === 0 ? 1 : 0,
    text: `${JSON.stringify({ officers }, null, 2)}\n`,
  };
}
