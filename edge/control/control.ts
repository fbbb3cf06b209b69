/** `gate control`: the daemon with hands on the devices. Only it writes the journal (DESIGN §5). */
import { createHash } from 'node:crypto';
import type { GateConfig } from '../../config/schema.ts';
import type { Driver } from '../drivers/driver.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import type { Clock } from '../platform/clock.ts';
import { dataPaths } from '../platform/data-paths.ts';
import { GateError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import { watchClock } from './clock-watch.ts';
import { openDeviceContext } from './device-context.ts';
import { openDevices } from './devices.ts';
import { startDoor } from './door-server.ts';
import { watchExchange } from './exchange-watch.ts';
import { createDoorHost } from './host.ts';
import { createLoop } from './loop.ts';
import { restoreState } from './restore.ts';
import { createActVerifier } from './signed-acts.ts';

const SALT_SEED_BYTES = 32;

export interface ControlOptions {
  config: GateConfig;
  dataDir: string;
  clock: Clock;
  random: Random;
  log: Log;
  /** The daemon cannot go on and must be started anew. */
  onFatal(error: GateError): void;
}

/** Starts control. Rejects with `GateError`: `JOURNAL_…`, `SOCKET_…`, `DATA_FOLDER`. */
export async function startControl(options: ControlOptions): Promise<{ stop(): Promise<void> }> {
  const { config, dataDir, clock, random, log } = options;
  const paths = dataPaths(dataDir);
  const ctx = await openDeviceContext({ config, dataDir, clock, random, log });
  const journal = await openSqliteJournal({ dir: paths.journal, log: log.child('journal') });
  const { state, seen } = await restoreState(journal);
  const devices = openDevices(config, ctx, `${config.gate.id}-control`);
  let stopping = false;
  const loop = createLoop({
    journal,
    state,
    seen,
    clock,
    log: log.child('loop'),
    deliver: (command) => driverOf(devices.drivers, command.device).send(command),
    onFatal: options.onFatal,
    limits: config.limits,
    permissionAgeMsMax: config.timeouts.permissionAgeMsMax,
  });
  const configDigest = createHash('sha256').update(JSON.stringify(config)).digest('hex');
  loop.start(config, configDigest, random.bytes(SALT_SEED_BYTES).toString('hex'));
  devices.reports$.subscribe((input) => {
    if (!stopping) loop.admit(input);
  });
  const host = createDoorHost({ loop, journal, clock, waitingMax: config.limits.doorInputsMax });
  const exchangeWatch = watchExchange({ clock, state, admit: (input) => loop.admit(input) });
  const doors = [
    await startDoor({
      zone: 'exchange',
      socketPath: paths.exchangeDoor,
      host,
      log: log.child('exchange-door'),
      onRequest: exchangeWatch.heard,
    }),
    await startDoor({
      zone: 'console',
      socketPath: paths.consoleDoor,
      host,
      log: log.child('console-door'),
      verifyAct: createActVerifier(config, clock),
    }),
  ];
  const stopClockWatch = watchClock(clock, (input) => loop.admit(input));
  await devices.start();
  log.info('control is running', { entries: journal.head.seq, devices: config.devices.length });

  return {
    async stop() {
      stopping = true;
      stopClockWatch();
      exchangeWatch.stop();
      await Promise.all(doors.map((door) => door.stop()));
      await devices.stop();
      await loop.stop();
      await ctx.quarantine.flush();
      await journal.close();
    },
  };
}

function driverOf(drivers: ReadonlyMap<string, Driver>, device: string): Driver {
  const driver = drivers.get(device);
  if (driver === undefined)
    throw new GateError(
      'NO_DRIVER',
      `no driver stands for ${device}`,
      'Check the devices of the configuration.',
    );
  return driver;
}
