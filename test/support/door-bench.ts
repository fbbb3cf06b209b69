import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'mocha';
import type { DoorHost } from '../../edge/control/door.ts';
import { type Door, startDoor } from '../../edge/control/door-server.ts';
import { createActVerifier } from '../../edge/control/signed-acts.ts';
import type { ClearanceReport, InputSource } from '../../edge/core/input.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { createDoorClient, type DoorClient } from '../../edge/platform/door-client.ts';
import { silentLog } from '../../edge/platform/log.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import { signAct } from '../../edge/platform/sign-act.ts';
import { createFakeDoorHost, type FakeDoorHost } from './fake-door-host.ts';
import { useTempDirs } from './temp-dir.ts';

const lan = generateKeyPairSync('ed25519');
const verifyAct = createActVerifier(
  {
    gate: {
      id: 'huu-nghi',
      name: { vi: 'Hữu Nghị', en: 'Huu Nghi', zh: '友谊' },
      country: 'VN',
      utcOffset: '+07:00',
    },
    people: [{ id: 'lan', role: 'operator', publicKey: lan.publicKey.export({ format: 'jwk' }).x ?? '' }],
  },
  systemClock,
);

/** An act of the one person known here. */
export const signStop = (): Promise<string> =>
  signAct({ kind: 'stop-lane', lane: 'border-out-1' }, 'smoke', {
    person: 'lan',
    gate: 'huu-nghi',
    privateKey: lan.privateKey,
    clock: systemClock,
    random: systemRandom,
  });

export const clearance: ClearanceReport = {
  type: 'clearance',
  declaration: '301234567890',
  container: 'CSQU3054383',
  kind: 'export',
  channel: 'green',
  status: 'released',
  version: 3,
  source: 'VNACCS',
};

/** The customs source's input number `seq`. */
export const customs = (seq: number): InputSource => ({ source: 'customs', id: `c-${seq}`, seq });

export interface DoorBench {
  socketPath: string;
  host: FakeDoorHost;
  /** Talks to `socketPath`. */
  client: DoorClient;
  openExchangeDoor(behind?: DoorHost): Promise<Door>;
  openConsoleDoor(behind?: DoorHost): Promise<Door>;
  /** A request as no client of ours would make it. */
  raw(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ status: number; text: string; retryAfter?: string | undefined }>;
}

/** A socket path, a host and a client, new for each test; what it opened is stopped after it. */
export function useDoorBench(): DoorBench {
  const tempDir = useTempDirs();
  const doors: Door[] = [];
  const opened = (door: Door): Door => {
    doors.push(door);
    return door;
  };
  const bench: DoorBench = {
    socketPath: '',
    host: createFakeDoorHost(),
    client: createDoorClient('', systemClock),
    openExchangeDoor: async (host = bench.host) =>
      opened(await startDoor({ socketPath: bench.socketPath, zone: 'exchange', host, log: silentLog })),
    openConsoleDoor: async (host = bench.host) =>
      opened(
        await startDoor({
          socketPath: bench.socketPath,
          zone: 'console',
          host,
          verifyAct,
          log: silentLog,
        }),
      ),
    async raw(method, path, body = '') {
      const asked = request({ socketPath: bench.socketPath, method, path, agent: false });
      asked.end(body);
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      let text = '';
      for await (const chunk of response) text += String(chunk);
      return { status: response.statusCode ?? 0, text, retryAfter: response.headers['retry-after'] };
    },
  };
  beforeEach(async () => {
    bench.socketPath = join(await tempDir(), 'run', 'door.sock');
    bench.host = createFakeDoorHost();
    bench.client = createDoorClient(bench.socketPath, systemClock);
  });
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.stop();
  });
  return bench;
}
