/**
 * One million containers cleared at a simulated customs service, over HTTP, into a real exchange daemon in its own process, with a real
 * control daemon behind it: how long the first load takes, how long ten thousand changes, what memory both hold. The customs service is
 * in this process: what it costs is not counted as the gate's, but it is work for the same machine. Then exchange alone
 * against a real door with nothing behind it: from the journal's entry `ask-clearance` to the clearance at the door.
 */

import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { stringify } from 'yaml';
import type { GateConfig } from '../../config/schema.ts';
import type { ChildName } from '../../edge/cli/daemons.ts';
import { prepareDevelopmentKeys } from '../../edge/cli/development-keys.ts';
import { superviseGate } from '../../edge/cli/supervise.ts';
import { startDoor } from '../../edge/control/door-server.ts';
import type { GateState } from '../../edge/core/state.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { dataPaths } from '../../edge/platform/data-paths.ts';
import { createDoorClient } from '../../edge/platform/door-client.ts';
import { createLog, silentLog } from '../../edge/platform/log.ts';
import { CONTAINERS_PATH, type ContainerAnswer } from '../../protocols/clearance/wire.ts';
import type { ListedChange } from '../../protocols/clearance/words.ts';
import { writeChange } from '../../protocols/clearance/writing.ts';
import {
  closeServer,
  createDeltaFeedAnswers,
  listen,
  reply,
} from '../../simulator/devices/delta-feed-http.ts';
import { simulatedPkiDir } from '../../simulator/site.ts';
import { createFakeDoorHost } from '../support/fake-door-host.ts';
import { configsOnFreePorts, until } from '../support/gates.ts';
import { cpuSeconds, type Resident, residentMb } from './process-cost.ts';
import { summarise, table } from './stats.ts';

const CONTAINERS = 1_000_000;
const BOOKED = 500;
const CHANGES = 10_000;
const ASKS = 300;
const LOAD_MS_MAX = 600_000;

export async function run(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'gate-bench-'));
  const customs = await startMillion();
  try {
    const [config, other] = await configsOnFreePorts();
    const dataDir = join(root, config.gate.id);
    await prepareDevelopmentKeys(
      [config, other].map(({ gate }) => ({
        gate: gate.id,
        dataDir: join(root, gate.id),
        serverPkiDir: simulatedPkiDir(join(root, gate.id)),
      })),
    );
    config.customs = { ...config.customs, url: customs.url, pointQuery: true, pollMs: 100 };
    const configFile = join(root, 'gate.yaml');
    await writeFile(configFile, stringify(config));
    const place = { config, configFile, dataDir };
    await mkdir(dataDir, { recursive: true });
    const loaded = await measureLoad(place, customs);
    const asked = await measureAsks(place, customs);
    process.stdout.write(`${loaded}\n\n${asked}\n`);
  } finally {
    await customs.stop();
    await rm(root, { recursive: true, force: true });
  }
}

interface Place {
  config: GateConfig;
  configFile: string;
  dataDir: string;
}

/** Container `index` of the list, in no order, as they are not in any. */
const containerOf = (index: number): string =>
  `CSQU${String((index * 387_420_489) % 10_000_000).padStart(7, '0')}`;
const declarationOf = (index: number): string => String(308_000_000_000 + index);

function clearanceOf(index: number, version: number): ListedChange {
  return {
    type: 'clearance',
    declaration: declarationOf(index),
    container: containerOf(index),
    kind: index % 2 === 0 ? 'export' : 'import',
    channel: 'green',
    status: 'released',
    version,
    source: 'VNACCS',
    seals: [`VN${index}`],
    grossKg: 20_000 + (index % 10_000),
    requirements: { scan: index % 20 === 0 ? 'passed' : 'not-required' },
    goods: [{ hs: '08109010', origin: 'VN' }],
    parties: [{ role: 'declarant', id: '0100109106' }],
  };
}

const bookingOf = (index: number): ListedChange => ({
  type: 'booking',
  bookingId: `b-${index}`,
  direction: 'export',
  container: containerOf(index),
  truckPlate: `12H-${String(index).padStart(3, '0')}.00`,
  declarations: [declarationOf(index)],
  grossKg: 20_000,
  seals: [],
});

/** A customs list of a million containers, made as it is asked for: the clearances, some bookings, then the changes. */
async function startMillion() {
  const grown = new Subject<void>();
  let changed = 0;
  const change = (index: number): ListedChange => {
    if (index < CONTAINERS) return clearanceOf(index, 1);
    if (index < CONTAINERS + BOOKED) return bookingOf(index - CONTAINERS);
    // Spread over the list; the last one is booked.
    const nth = index - CONTAINERS - BOOKED;
    return clearanceOf(nth === CHANGES - 1 ? 0 : 1 + nth * 97, 2);
  };
  const answer = createDeltaFeedAnswers({
    records: {
      count: () => CONTAINERS + BOOKED + changed,
      slice: (from, to) => Array.from({ length: to - from }, (_, index) => writeChange(change(from + index))),
      grown,
    },
    clock: systemClock,
    isUnavailable: () => false,
  });
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://customs');
    if (pathname === '/changes') return void answer(searchParams, response);
    // Those behind the list are known to point queries alone.
    const index = pathname.startsWith(CONTAINERS_PATH)
      ? late.get(pathname.slice(CONTAINERS_PATH.length))
      : undefined;
    const changes = index === undefined ? [] : [writeChange(clearanceOf(index, 1))];
    reply(response, 200, { asOf: Date.now(), changes } satisfies ContainerAnswer);
  });
  const late = new Map(
    Array.from({ length: ASKS }, (_, nth) => [containerOf(CONTAINERS + nth), CONTAINERS + nth]),
  );
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    change() {
      changed = CHANGES;
      grown.next();
    },
    stop: () => closeServer(server),
  };
}
type Million = Awaited<ReturnType<typeof startMillion>>;

const supervise = ({ configFile, dataDir }: Place, names: readonly ChildName[]) =>
  superviseGate({
    names,
    options: { config: configFile, data: dataDir },
    clock: systemClock,
    log: createLog('bench', () => {}),
    logFile: join(dataDir, 'log'),
  });

async function measureLoad(place: Place, customs: Million): Promise<string> {
  const core = await supervise(place, ['broker', 'control']);
  const door = createDoorClient(dataPaths(place.dataDir).exchangeDoor, systemClock);
  const state = async (): Promise<GateState> => (await door.state()) as GateState;
  const startMs = systemClock.monotonicMs();
  const exchange = await supervise(place, ['exchange']);
  await until(
    'the list is loaded and confirmed',
    async () => (await state()).feeds.customs !== undefined,
    LOAD_MS_MAX,
    // Asking for its state is work for control that no gate does so often.
    500,
  );
  const loadMs = systemClock.monotonicMs() - startMs;
  const loadCpu = await cpuSeconds(exchange.pids().exchange);
  const changeMs = systemClock.monotonicMs();
  customs.change();
  const first = containerOf(0);
  await until(
    'the last change is told',
    async () => (await state()).clearances[first]?.[declarationOf(0)]?.version === 2,
    LOAD_MS_MAX,
  );
  const changedMs = systemClock.monotonicMs() - changeMs;
  const control = await residentMb(core.pids().control);
  const mirror = await residentMb(exchange.pids().exchange);
  const { size } = await stat(join(place.dataDir, 'exchange.db'));
  await exchange.stop();
  await core.stop();
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  const mb = ({ now, peak }: Resident): [string, string] => [now.toFixed(0), peak.toFixed(0)];
  return table([
    [`${CONTAINERS} containers cleared, ${BOOKED} booked`, 'now', 'peak'],
    ['first load, s (aim 30), process start to confirmed at control', seconds(loadMs), ''],
    ['of it CPU of gate exchange, s', loadCpu.toFixed(1), ''],
    [`${CHANGES} changes, s, made to known at control`, seconds(changedMs), ''],
    ['gate exchange, resident MB', ...mb(mirror)],
    ['gate control, resident MB', ...mb(control)],
    [
      'both, resident MB (aim 400)',
      ...mb({ now: mirror.now + control.now, peak: mirror.peak + control.peak }),
    ],
    ['exchange.db, MB', (size / 1_048_576).toFixed(0), ''],
  ]);
}

/** Exchange's part of a question: from the entry in the journal to the clearance at the door, a real one over its socket. */
async function measureAsks(place: Place, customs: Million): Promise<string> {
  void customs;
  const host = createFakeDoorHost();
  const door = await startDoor({
    socketPath: dataPaths(place.dataDir).exchangeDoor,
    zone: 'exchange',
    host,
    log: silentLog,
  });
  const exchange = await supervise(place, ['exchange']);
  // Everything that concerns this control, which knows nothing yet, is told first.
  await until(
    'exchange is level',
    () => host.admitted.some(({ input }) => input.type === 'customs-feed'),
    LOAD_MS_MAX,
  );

  const ask = async (container: string): Promise<number> => {
    const startMs = systemClock.monotonicMs();
    const before = host.admitted.length;
    await host.decide('ask-clearance', { container });
    for (;;) {
      const told = host.admitted
        .slice(before)
        .some(({ input }) => input.type === 'clearance' && input.container === container);
      if (told) return systemClock.monotonicMs() - startMs;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const mirrored: number[] = [];
  const unknown: number[] = [];
  for (let nth = 0; nth < ASKS; nth += 1) {
    mirrored.push(await ask(containerOf(BOOKED + 1 + nth)));
    unknown.push(await ask(containerOf(CONTAINERS + nth)));
  }
  await exchange.stop();
  await door.stop();
  const row = (name: string, samples: readonly number[]): string[] => {
    const { median, p99 } = summarise(samples);
    return [name, median.toFixed(1), p99.toFixed(1), String(samples.length)];
  };
  return table([
    ['question in the journal → answer at the door (no core behind it)', 'median ms', 'p99 ms', 'rounds'],
    ['a container of the mirror', ...row('', mirrored).slice(1)],
    ['one that only customs knows (point query)', ...row('', unknown).slice(1)],
  ]);
}
