/** Two exchange daemons that read each other over real TLS, each with a control that is only a door, a data folder, and an address that stays. */
import { cp, readFile } from 'node:fs/promises';
import https from 'node:https';
import { join } from 'node:path';
import type { GateConfig } from '../../config/schema.ts';
import { ensureDevelopmentKeys, exchangeDevelopmentTrust } from '../../edge/exchange/development-keys.ts';
import { type Exchange, startExchange } from '../../edge/exchange/exchange.ts';
import { type Clock, systemClock } from '../../edge/platform/clock.ts';
import { type Log, silentLog } from '../../edge/platform/log.ts';
import { systemRandom } from '../../edge/platform/random.ts';
import { encodeRecord } from '../../protocols/handover/line.ts';
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import {
  configOf,
  createFakeControl,
  createWire,
  type FakeControl,
  hurried,
  newFolder,
  type Wire,
} from './exchange-world.ts';

export type GateName = 'huu-nghi' | 'huu-nghi-quan';
/** The gates wait seconds where the tests need not. */
export const clock: Clock = hurried(systemClock, 5);
const GATES = ['huu-nghi', 'huu-nghi-quan'] as const;

/** One gate: a fake control, a data folder, and an address that stays the same over restarts. */
export interface Side {
  gate: GateName;
  control: FakeControl;
  folder: string;
  wire: Wire;
  exchange: Exchange | undefined;
  /** Lines its core has decided. */
  lines: number;
  log: Log;
  /** What differs from the shipped configuration of the link. */
  counterpart: Partial<GateConfig['counterpart']>;
}

export const lineOf = (gate: string, line: number, record: HandoverRecord): string =>
  encodeRecord({ version: 2, gate, line, at: 1_772_000_000_000 + line, utcOffset: '+07:00', record });
export const offer = (line: number): HandoverRecord => ({ kind: 'offer-withdrawn', move: `move-${line}` });
export const received = (side: Side): number[] =>
  side.control.of('counterpart-record').map(({ line }) => line);
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
export const linkOf = (side: Side): boolean | undefined => side.control.of('counterpart-link').at(-1)?.up;

export interface TwoExchanges {
  ours: Side;
  theirs: Side;
  keys: Record<GateName, string>;
  configFor(side: Side): Promise<GateConfig>;
  start(side: Side): Promise<void>;
  stop(side: Side): Promise<void>;
  /** As if the power had gone: what is on disk now is what the next start finds. */
  kill(side: Side): Promise<void>;
  /** A new data folder with the keys of the side and nothing else. */
  emptyFolder(side: Side): Promise<string>;
  close(): Promise<void>;
}

export async function makeKeys(): Promise<Record<GateName, string>> {
  const keys = { 'huu-nghi': await newFolder(), 'huu-nghi-quan': await newFolder() };
  for (const gate of GATES) await ensureDevelopmentKeys(keys[gate], { gate });
  await exchangeDevelopmentTrust(keys['huu-nghi'], keys['huu-nghi-quan']);
  return keys;
}

/** Both sides, not started; with keys of their own, or those that several tests share. */
export async function twoExchanges(shared?: Record<GateName, string>): Promise<TwoExchanges> {
  const keys = shared ?? (await makeKeys());
  const emptyFolder = async ({ gate }: Pick<Side, 'gate'>): Promise<string> => {
    const folder = await newFolder();
    await cp(keys[gate], folder, { recursive: true });
    return folder;
  };
  const side = async (gate: GateName): Promise<Side> => ({
    gate,
    control: createFakeControl(),
    folder: await emptyFolder({ gate }),
    wire: await createWire(),
    exchange: undefined,
    lines: 0,
    log: silentLog,
    counterpart: {},
  });
  const ours = await side('huu-nghi');
  const theirs = await side('huu-nghi-quan');
  const configFor = async (of: Side): Promise<GateConfig> => {
    const config = await configOf(of.gate);
    const other = of === ours ? theirs : ours;
    config.customs = { ...config.customs, url: 'http://127.0.0.1:9', pollMs: 1_000 };
    config.counterpart = {
      ...config.counterpart,
      url: `https://127.0.0.1:${other.wire.port}`,
      listen: { host: '127.0.0.1', port: 0 },
      linkStaleAfterMs: 3_000,
      ...of.counterpart,
    };
    return config;
  };
  const stop = async (of: Side): Promise<void> => {
    of.wire.to = undefined;
    of.wire.cut();
    await of.exchange?.stop();
    of.exchange = undefined;
  };
  return {
    ours,
    theirs,
    keys,
    configFor,
    async start(of) {
      of.exchange = await startExchange({
        config: await configFor(of),
        dataDir: of.folder,
        door: of.control.door,
        clock,
        random: systemRandom,
        log: of.log,
      });
      of.wire.to = of.exchange.port;
    },
    stop,
    async kill(of) {
      const image = await newFolder();
      await cp(of.folder, image, { recursive: true });
      await stop(of);
      of.folder = image;
    },
    emptyFolder,
    async close() {
      await Promise.all([stop(ours), stop(theirs)]);
      await Promise.all([ours.wire.close(), theirs.wire.close()]);
    },
  };
}

/** The core of `side` decides one more line. */
export function tell(side: Side, record: HandoverRecord): void {
  side.lines += 1;
  side.control.decide('handover', { line: side.lines, data: lineOf(side.gate, side.lines, record) });
}

/** The core of `side` decides the next `count` lines, of no importance. */
export function decide(side: Side, count: number): void {
  for (let index = 0; index < count; index += 1) tell(side, offer(side.lines + 1));
}

/** Asks an exchange as any client would. */
export const get = (
  port: number | undefined,
  options: https.RequestOptions,
): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    https
      .get({ port, host: '127.0.0.1', agent: false, ...options }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      })
      .on('error', reject);
  });

export const credentials = async (folder: string) => ({
  key: await readFile(join(folder, 'keys/exchange.key.pem')),
  cert: await readFile(join(folder, 'keys/exchange.cert.pem')),
});
