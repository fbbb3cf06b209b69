/**
 * Commands nobody wished: any lane, any vehicle from where it stands along real roads, any crane, crossing and places; and
 * those that were really sent a while ago, when they may be right no more.
 */
import type { Command, DeviceCommand, OrderNode } from '../../edge/core/effect.ts';
import { classOf, permit } from '../../edge/core/interlock.ts';
import { siteOf } from '../../edge/core/site.ts';
import { type Random, seededRandom } from '../../edge/platform/random.ts';
import { told } from '../invariants/fresh.ts';
import type { Part, Scene, Watched } from '../invariants/scene.ts';
import { createJudge } from './judge.ts';

const STEPS_BETWEEN = 24;
/** Commands that were sent and are asked for again. */
const REMEMBERED = 24;
const STEPS_OF_A_WAY_MAX = 4;
const SEED = 20_260_101;

type MadeUp = DeviceCommand & { crossing?: string };

export function createMadeUp(scene: Scene): Part {
  const { book } = scene;
  const judge = createJudge(scene);
  const random = seededRandom(SEED);
  /** By gate, oldest first. */
  const sent = new Map<string, Command[]>();
  let steps = 0;

  function ask(watched: Watched, command: Command): void {
    if (isElsewhereRefused(watched, command)) return;
    book.check();
    if (!permit(watched.gate.state, command).allowed) return;
    book.note('made up, and allowed');
    const wrong = judge.judge(watched, command);
    if (wrong !== null) book.violate('I1', watched.id, `probe: ${told(command)} would be allowed: ${wrong}`);
  }

  return {
    stepped(watched, input) {
      judge.hear(watched, input);
      steps += 1;
      if (steps % STEPS_BETWEEN !== 0 || !watched.gate.isUp || input.type === 'boot') return;
      const before = pick(random, sent.get(watched.id) ?? []);
      if (before !== undefined && random.next() < 0.5) return ask(watched, before);
      const command = makeUp(watched, random);
      if (command === undefined) return;
      ask(watched, {
        ...command,
        commandId: 'made-up',
        class: classOf(command),
        decidedAt: watched.gate.state.now,
      });
    },
    sent({ id }, command) {
      if (command.class === 'restrictive') return;
      const known = sent.get(id) ?? [];
      if (known.length >= REMEMBERED) known.shift();
      known.push(command);
      sent.set(id, known);
    },
  };
}

/**
 * What others than the interlock keep from doing harm: a crane refuses a second job; and nobody who is below a barrier already
 * is stopped by it.
 */
function isElsewhereRefused({ gate: { state }, plan }: Watched, command: Command): boolean {
  switch (command.kind) {
    case 'barrier':
    case 'light':
      if (command.to === 'lower') return false;
      return state.lanes[plan.laneOfIo.get(command.device)?.id ?? '']?.visit?.under === true;
    case 'job': {
      const job = state.crossings[command.crossing ?? '']?.job;
      return job?.crane === command.device && job.jobId !== command.jobId;
    }
    default:
      return false;
  }
}

const pick = <T>(random: Random, list: readonly T[]): T | undefined =>
  list[Math.floor(random.next() * list.length)];

const KINDS = ['raise', 'lower', 'green', 'order', 'order', 'job', 'job', 'unpause', 'charge'] as const;

function makeUp(watched: Watched, random: Random): MadeUp | undefined {
  const { gate, plan } = watched;
  const kind = pick(random, KINDS);
  switch (kind) {
    case 'raise':
    case 'lower':
    case 'green': {
      const lane = pick(random, gate.config.lanes);
      if (lane === undefined) return undefined;
      const device = lane.devices.io;
      return kind === 'green' ? { kind: 'light', device, to: kind } : { kind: 'barrier', device, to: kind };
    }
    case 'order':
    case 'unpause':
    case 'charge': {
      const device = pick(random, [...plan.vehicles]);
      if (device === undefined) return undefined;
      if (kind === 'unpause') return { kind, device };
      return kind === 'charge' ? { kind, device, on: true } : anyWay(watched, device, random);
    }
    case 'job':
      return anyJob(watched, random);
    default:
      return undefined;
  }
}

function anyWay(
  { gate: { config, state }, wiring }: Watched,
  device: string,
  random: Random,
): MadeUp | undefined {
  const start = wiring.vehicle(device)?.lastNodeId;
  if (start === undefined) return undefined;
  const { ways } = siteOf(state);
  const way = [start];
  const steps = 1 + Math.floor(random.next() * STEPS_OF_A_WAY_MAX);
  for (let step = 0; step < steps; step += 1) {
    const edge = pick(random, ways.get(way.at(-1) ?? '') ?? []);
    if (edge === undefined) break;
    way.push(edge.to);
  }
  if (way.length < 2) return undefined;
  const nodes = way.map(
    (nodeId, index): OrderNode => ({ nodeId, sequenceId: 2 * index, released: true, x: 0, y: 0 }),
  );
  return { kind: 'order', device, orderId: 'made-up', orderUpdateId: 0, mapId: config.map.id, nodes };
}

/** For any crossing, mostly between the places it has. */
function anyJob({ gate: { config, state } }: Watched, random: Random): MadeUp | undefined {
  const crane = pick(random, config.yard.cranes);
  const crossing = state.crossings[pick(random, Object.keys(state.crossings)) ?? ''];
  if (crane === undefined || crossing === undefined) return undefined;
  const own = [crossing.slot, ...Object.values(crossing.bays)].filter((place) => place !== undefined);
  const place = (): string =>
    pick(random, random.next() < 0.8 && own.length > 0 ? own : [...crane.bays, ...crane.slots]) ?? '';
  return {
    kind: 'job',
    device: crane.device,
    jobId: 'made-up',
    container: crossing.containers[0]?.number ?? '',
    from: place(),
    to: place(),
    crossing: crossing.id,
  };
}
