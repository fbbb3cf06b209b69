/** Keys for a first run on one machine: both gates, and each gate's simulated OPC UA server, made to trust each other. */
import { prepareOpcuaTrust } from '../drivers/opcua/trust.ts';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../exchange/development-keys.ts';
import { systemClock } from '../platform/clock.ts';
import { dataPaths } from '../platform/data-paths.ts';
import { systemRandom } from '../platform/random.ts';

export interface KeyedGate {
  gate: string;
  dataDir: string;
  /** Folder of the simulated OPC UA server's keys. */
  serverPkiDir: string;
}

/** Makes what is missing; keys that are there stay. Never for a real site: it brings its own. */
export async function prepareDevelopmentKeys(gates: readonly KeyedGate[]): Promise<void> {
  await Promise.all(gates.map(({ gate, dataDir }) => ensureDevelopmentKeys(dataDir, { gate })));
  const [first, second] = gates;
  if (first !== undefined && second !== undefined)
    await exchangeDevelopmentTrust(first.dataDir, second.dataDir);
  for (const { dataDir, serverPkiDir } of gates) {
    await prepareOpcuaTrust({
      clientKeysDir: dataPaths(dataDir).keys,
      serverPkiDir,
      clock: systemClock,
      random: systemRandom,
    });
  }
}
