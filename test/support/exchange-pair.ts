/** Two exchange daemons that read each other's log, each with a fake control, a data folder, and an address that stays the same. */
import { cp } from 'node:fs/promises';
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
const clock: Clock = hurried(systemClock, 5);

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

export interface Pair {
  ours: Side;
  theirs: Side;
  start(side: Side): Promise<void>;
  stop(side: Side): Promise<void>;
  /** As if the power had gone: what is on disk now is what the next start finds. */
  kill(side: Side): Promise<void>;
  close(): Promise<void>;
}

export async function createPair(): Promise<Pair> {
  const side = async (gate: GateName): Promise<Side> => {
    const folder = await newFolder();
    await ensureDevelopmentKeys(folder, { gate });
    return {
      gate,
      control: createFakeControl(),
      folder,
      wire: await createWire(),
      exchange: undefined,
      lines: 0,
      log: silentLog,
      counterpart: {},
    };
  };
  const [ours, theirs] = [await side('huu-nghi'), await side('huu-nghi-quan')];
  await exchangeDevelopmentTrust(ours.folder, theirs.folder);

  const start = async (of: Side): Promise<void> => {
    const config = await configOf(of.gate);
    config.customs = { ...config.customs, url: 'http://127.0.0.1:9', pollMs: 1_000 };
    config.counterpart = {
      ...config.counterpart,
      url: `https://127.0.0.1:${(of === ours ? theirs : ours).wire.port}`,
      listen: { host: '127.0.0.1', port: 0 },
      linkStaleAfterMs: 3_000,
      ...of.counterpart,
    };
    of.exchange = await startExchange({
      config,
      dataDir: of.folder,
      door: of.control.door,
      clock,
      random: systemRandom,
      log: of.log,
    });
    of.wire.to = of.exchange.port;
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
    start,
    stop,
    async kill(of) {
      const image = await newFolder();
      await cp(of.folder, image, { recursive: true });
      await stop(of);
      of.folder = image;
    },
    async close() {
      await Promise.all([stop(ours), stop(theirs)]);
      await Promise.all([ours.wire.close(), theirs.wire.close()]);
    },
  };
}

/** The core of `side` decides one more line. */
export function tell(side: Side, record: HandoverRecord): void {
  side.lines += 1;
  const line = side.lines;
  const data = encodeRecord({
    version: 2,
    gate: side.gate,
    line,
    at: 1_772_000_000_000 + line,
    utcOffset: '+07:00',
    record,
  });
  side.control.decide('handover', { line, data });
}

/** The next `count` lines, of no importance. */
export function tellSome(side: Side, count: number): void {
  for (let index = 0; index < count; index += 1)
    tell(side, { kind: 'offer-withdrawn', move: `move-${side.lines + 1}` });
}

/** Numbers of the other side's lines that its control was told. */
export const received = (side: Side): number[] =>
  side.control.of('counterpart-record').map(({ line }) => line);
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
export const linkOf = (side: Side): boolean | undefined => side.control.of('counterpart-link').at(-1)?.up;
