/**
 * A month offline: a hundred thousand records of the other gate, caught up with by a real exchange daemon over TLS, verified, stored, and
 * made durable in the journal of a real control daemon, while a lane of that gate goes on opening its barrier. The other gate is a
 * real exchange daemon, too; behind its door is a journal in memory. All share this machine.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { GateConfig } from '../../config/schema.ts';
import type { ChildName } from '../../edge/cli/daemons.ts';
import { prepareDevelopmentKeys } from '../../edge/cli/development-keys.ts';
import { superviseGate } from '../../edge/cli/supervise.ts';
import { startDoor } from '../../edge/control/door-server.ts';
import { openDatabaseReadOnly } from '../../edge/exchange/database.ts';
import { sleep, systemClock } from '../../edge/platform/clock.ts';
import { dataPaths } from '../../edge/platform/data-paths.ts';
import { createLog, silentLog } from '../../edge/platform/log.ts';
import { encodeRecord } from '../../protocols/handover/line.ts';
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import { simulatedPkiDir } from '../../simulator/site.ts';
import { createFakeDoorHost } from '../support/fake-door-host.ts';
import { configsOnFreePorts, until } from '../support/gates.ts';
import { type BenchLane, startBenchLane } from './lane.ts';
import { cpuSeconds, residentMb } from './process-cost.ts';
import { summarise, table } from './stats.ts';

const RECORDS = 100_000;
const IDLE_ROUNDS = 400;
const WARM_UP = 50;
/** A lane that opens as often as no lane does, and leaves the machine to the others in between. */
const PAUSE_MS = 20;
const SAMPLE_MS = 250;
const CATCH_UP_MS_MAX = 300_000;

export async function run(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'gate-bench-'));
  try {
    const [ours, theirs] = await configsOnFreePorts();
    // No customs service runs here.
    for (const config of [ours, theirs]) config.customs = { ...config.customs, pollMs: 60_000 };
    await prepareDevelopmentKeys(
      [ours, theirs].map(({ gate }) => ({
        gate: gate.id,
        dataDir: join(root, gate.id),
        serverPkiDir: simulatedPkiDir(join(root, gate.id)),
      })),
    );
    const counterpart = await startCounterpart(theirs, root);
    const lane = await startBenchLane(ours, join(root, ours.gate.id));
    const result = await measure(lane, counterpart.bytes);
    await lane.stop();
    await counterpart.stop();
    process.stdout.write(`${tableOf(result)}\n\n${JSON.stringify(result)}\n`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const supervise = (name: ChildName, configFile: string, dataDir: string) =>
  superviseGate({
    names: [name],
    options: { config: configFile, data: dataDir },
    clock: systemClock,
    log: createLog('bench', () => {}),
    logFile: join(dataDir, 'log'),
  });

/** What a gate goes on writing while nobody reads it: offers that it gives up again, and moves of before that end. */
function recordOf(index: number, config: GateConfig): HandoverRecord {
  const eventTime = '2026-03-01T08:00:00.000+08:00';
  const move = `${config.gate.id}-m${Math.floor(index / 4)}`;
  switch (index % 4) {
    case 0:
      return {
        kind: 'offered',
        move,
        load: 'laden',
        track: config.section.tracks.find(({ direction }) => direction === 'out')?.id ?? '',
        vehicle: `xe-${index % 40}`,
        homeGate: config.gate.id,
        plate: `桂F${String(index % 100_000).padStart(5, '0')}`,
        containers: [
          {
            number: `CSQU${String(index % 10_000_000).padStart(7, '0')}`,
            seals: [`CN${index}`],
            grossKg: 20_000 + (index % 10_000),
            declarations: [String(308_000_000_000 + index)],
          },
        ],
      };
    case 1:
      return { kind: 'offer-withdrawn', move };
    case 2:
      return { kind: 'arrived', move, eventTime };
    default:
      return { kind: 'closed', move, eventTime };
  }
}

/** The other gate's exchange, its log published. */
async function startCounterpart(config: GateConfig, root: string) {
  const dataDir = join(root, config.gate.id);
  await mkdir(dataDir, { recursive: true });
  const configFile = join(root, `${config.gate.id}.yaml`);
  await writeFile(configFile, stringify(config));
  const host = createFakeDoorHost();
  let bytes = 0;
  for (let index = 0; index < RECORDS; index += 1) {
    const line = index + 1;
    const data = encodeRecord({
      version: 2,
      gate: config.gate.id,
      line,
      at: 1_772_000_000_000 + index,
      utcOffset: '+08:00',
      otherUtcOffset: '+07:00',
      record: recordOf(index, config),
    });
    bytes += Buffer.byteLength(data);
    await host.decide('handover', { line, data });
  }
  const door = await startDoor({
    socketPath: dataPaths(dataDir).exchangeDoor,
    zone: 'exchange',
    host,
    log: silentLog,
  });
  const exchange = await supervise('exchange', configFile, dataDir);
  const signedLines = async (): Promise<number> => {
    const database = await openDatabaseReadOnly(join(dataDir, 'exchange.db'));
    const newest = await database.get<{ size: number }>('SELECT MAX(size) AS size FROM own_head');
    await database.close();
    return newest?.size ?? 0;
  };
  await until('its log is published', async () => (await signedLines()) === RECORDS, CATCH_UP_MS_MAX, 500);
  return {
    bytes,
    async stop(): Promise<void> {
      await exchange.stop();
      await door.stop();
    },
  };
}

interface Sample {
  atMs: number;
  lines: number;
  exchangeMb: number;
  controlMb: number;
}

interface Result {
  records: number;
  bytesALine: number;
  seconds: number;
  recordsPerSecond: number;
  samples: Sample[];
  peakMb: { exchange: number; control: number };
  cpuSeconds: { exchange: number; control: number };
  laneMs: { idle: Lane; meanwhile: Lane };
}
interface Lane {
  median: number;
  p99: number;
  rounds: number;
}

async function measure(lane: BenchLane, bytes: number): Promise<Result> {
  const openOnce = async (): Promise<number> => {
    await sleep(systemClock, PAUSE_MS);
    return lane.openOnce();
  };
  const open = async (rounds: number): Promise<number[]> => {
    const took: number[] = [];
    for (let round = 0; round < rounds; round += 1) took.push(await openOnce());
    return took;
  };
  await open(WARM_UP);
  const idle = await open(IDLE_ROUNDS);
  const control = lane.pids().control;
  const cpuBefore = await cpuSeconds(control);

  const exchange = await supervise('exchange', lane.configFile, lane.dataDir);
  const pid = exchange.pids().exchange;
  const samples: Sample[] = [];
  let startMs = systemClock.monotonicMs();
  let done = false;
  const sampling = (async () => {
    while (!done) {
      const { sources } = await lane.state();
      const lines = sources.counterpart ?? 0;
      const nowMs = systemClock.monotonicMs();
      // Nothing counts before the link stands: a start is measured elsewhere.
      if (lines === 0) startMs = nowMs;
      const [one, other] = [await residentMb(pid), await residentMb(control)];
      samples.push({ atMs: Math.round(nowMs - startMs), lines, exchangeMb: one.now, controlMb: other.now });
      done = lines === RECORDS;
      if (!done) await sleep(systemClock, SAMPLE_MS);
    }
  })();
  const meanwhile: number[] = [];
  while (!done) {
    const tookMs = await openOnce();
    if ((samples.at(-1)?.lines ?? 0) > 0) meanwhile.push(tookMs);
  }
  await sampling;
  const seconds = (samples.at(-1)?.atMs ?? 0) / 1_000;
  const peak = { exchange: (await residentMb(pid)).peak, control: (await residentMb(control)).peak };
  const cpu = { exchange: await cpuSeconds(pid), control: (await cpuSeconds(control)) - cpuBefore };
  await exchange.stop();
  const laneOf = (took: readonly number[]): Lane => ({ ...summarise(took), rounds: took.length });
  return {
    records: RECORDS,
    bytesALine: Math.round(bytes / RECORDS),
    seconds,
    recordsPerSecond: Math.round(RECORDS / seconds),
    samples,
    peakMb: peak,
    cpuSeconds: cpu,
    laneMs: { idle: laneOf(idle), meanwhile: laneOf(meanwhile) },
  };
}

function tableOf({ samples, ...of }: Result): string {
  const ms = ({ median, p99, rounds }: Lane): string[] => [median.toFixed(2), p99.toFixed(2), String(rounds)];
  const every = Math.max(1, Math.ceil(samples.length / 12));
  return [
    table([
      [`${of.records} records of ${of.bytesALine} bytes caught up with`, ''],
      ['from the first to the last durable at control, s', of.seconds.toFixed(1)],
      ['records/s (aim 10000)', String(of.recordsPerSecond)],
      ['gate exchange, peak resident MB', of.peakMb.exchange.toFixed(0)],
      ['gate control, peak resident MB', of.peakMb.control.toFixed(0)],
      ['CPU of gate exchange, s', of.cpuSeconds.exchange.toFixed(1)],
      ['CPU of gate control, s', of.cpuSeconds.control.toFixed(1)],
    ]),
    table([
      ['lane message → barrier command', 'median ms', 'p99 ms', 'rounds'],
      ['idle', ...ms(of.laneMs.idle)],
      ['meanwhile', ...ms(of.laneMs.meanwhile)],
    ]),
    table([
      ['s', 'lines', 'exchange MB', 'control MB'],
      ...samples
        .filter((_, index) => index % every === 0 || index === samples.length - 1)
        .map(({ atMs, lines, exchangeMb, controlMb }) => [
          (atMs / 1_000).toFixed(1),
          String(lines),
          exchangeMb.toFixed(0),
          controlMb.toFixed(0),
        ]),
    ]),
  ].join('\n\n');
}
