/**
 * From the decision to offer to the decision to let go, at the sender: both gates as real processes, with real keys, on loopback
 * and with 50 ms each way. Beside it the sum of its parts: one round trip over the same cable with the other side's poll
 * pending, and the commits on the way.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../edge/exchange/database.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { decodeRecord } from '../../protocols/handover/line.ts';
import { configsOnFreePorts, type RunningGate, startGates, until } from '../support/gates.ts';
import { type LongCable, openLongCable } from '../support/tcp-delay.ts';
import { type Summary, summarise, table } from './stats.ts';

const CONTAINERS_EACH_WAY = 10;
const DELAYS_MS = [0, 50] as const;
const ROUNDS = 200;
/**
 * The offer at the sender's control, its head at the sender's exchange, the line at the receiver's exchange, the grant at its
 * control, the head at its exchange, the line at the sender's exchange. The last commit, of the release, is not on the
 * way to the decision.
 */
const COMMITS = 6;

export async function run(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'gate-bench-'));
  try {
    const rows = [
      ['each way', 'median ms', 'p99 ms', 'moves', 'round trip', 'a commit', 'sum of parts', 'ratio'],
    ];
    for (const delayMs of DELAYS_MS) {
      const dir = join(root, `delay-${delayMs}`);
      await mkdir(dir);
      const samples = await measureMoves(dir, delayMs);
      const [whole, trip, commit] = [
        summarise(samples),
        summarise(await roundTrips(delayMs)),
        summarise(await commits(dir)),
      ];
      const sum = trip.median + COMMITS * commit.median;
      rows.push(row(delayMs, samples.length, whole, trip, commit, sum));
    }
    process.stdout.write(`${table(rows)}\n`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function row(
  delayMs: number,
  moves: number,
  whole: Summary,
  trip: Summary,
  commit: Summary,
  sum: number,
): string[] {
  const ms = (value: number): string => value.toFixed(1);
  return [
    `${delayMs} ms`,
    ms(whole.median),
    ms(whole.p99),
    String(moves),
    ms(trip.median),
    ms(commit.median),
    ms(sum),
    ms(whole.median / sum),
  ];
}

/** Both gates send containers; of each move that was granted at once, how long the sender waited. */
async function measureMoves(root: string, delayMs: number): Promise<number[]> {
  const cables: LongCable[] = [];
  const configs = await configsOnFreePorts();
  // Both cables lie before the gates start: the ports behind them are those of the configuration.
  for (const config of configs) {
    const other = configs.find(({ gate }) => gate.id === config.counterpart.gate) ?? config;
    const cable = await openLongCable(other.counterpart.listen.port, delayMs);
    cables.push(cable);
    config.counterpart.url = `https://127.0.0.1:${cable.port}`;
  }
  const running = await startGates(root, { speed: 20, configs });
  const { vn, cn, site } = running;
  const crossed = async (): Promise<boolean> => {
    const states = await Promise.all([vn.state(), cn.state()]);
    return states.every(
      ({ completed }) => completed.export >= CONTAINERS_EACH_WAY && completed.import >= CONTAINERS_EACH_WAY,
    );
  };
  for (let n = 0; n < CONTAINERS_EACH_WAY; n += 1) for (const gate of [vn, cn]) site.world.export(gate.id);
  await until('all containers across', crossed, 480_000, 1_000);
  const samples = [...(await waitsOf(vn, cn)), ...(await waitsOf(cn, vn))];
  await running.stop();
  for (const cable of cables) await cable.close();
  return samples;
}

/** Milliseconds from offer to departure of each move of `sender` that `receiver` granted with the offer. */
async function waitsOf(sender: RunningGate, receiver: RunningGate): Promise<number[]> {
  const [ours, theirs] = await Promise.all([linesOf(sender), linesOf(receiver)]);
  return [...ours.offered].flatMap(([move, offeredAt]) => {
    const departedAt = ours.departed.get(move);
    const atOnce = theirs.accepted.get(move) === theirs.granted.get(move);
    return departedAt === undefined || !atOnce ? [] : [departedAt - offeredAt];
  });
}

type Told = Record<'offered' | 'departed' | 'accepted' | 'granted', Map<string, number>>;

/** When each line of a gate's own log was decided, by move. */
async function linesOf(gate: RunningGate): Promise<Told> {
  const told: Told = { offered: new Map(), departed: new Map(), accepted: new Map(), granted: new Map() };
  for (const { kind, type, body, at } of await gate.journal()) {
    if (kind !== 'decision' || type !== 'handover') continue;
    const line = decodeRecord(String(JSON.parse(body).data));
    if (!line.ok) throw new Error(line.reason);
    const { record } = line;
    if (record.kind in told && 'move' in record) told[record.kind as keyof Told].set(record.move, at);
  }
  return told;
}

/** One byte there and one back, over a cable of the same length. */
async function roundTrips(delayMs: number): Promise<number[]> {
  const echo = createServer((socket) => socket.setNoDelay(true).pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const address = echo.address();
  if (address === null || typeof address === 'string') throw new Error('the echo has no port');
  const cable = await openLongCable(address.port, delayMs);
  const socket = connect({ port: cable.port, host: '127.0.0.1' }).setNoDelay(true);
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = systemClock.monotonicMs();
    const back = new Promise((resolve) => socket.once('data', resolve));
    socket.write('x');
    await back;
    samples.push(systemClock.monotonicMs() - startMs);
  }
  socket.destroy();
  await cable.close();
  await new Promise((resolve) => echo.close(resolve));
  return samples;
}

/** One row, durable, in a database opened as exchange opens its own. */
async function commits(dir: string): Promise<number[]> {
  const database = await openDatabase(join(dir, 'floor.db'));
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = systemClock.monotonicMs();
    await database.transaction((tx) =>
      tx.run('INSERT INTO meta (key, value) VALUES (?, ?)', `floor-${round}`, 'x'.repeat(1_000)),
    );
    samples.push(systemClock.monotonicMs() - startMs);
  }
  await database.close();
  return samples;
}
