/** Faults of the exchange daemon. */
import type { DeathPoint } from '../run/exchange/process.ts';
import { between, chance, type Fault, nothingToHeal, pick, type Scene, type Trouble } from './fault.ts';

/** Some of them shorter than what control needs to notice. */
const downMsOf = ({ random }: Scene): number =>
  chance(random, 0.7) ? between(random, 200, 5_000) : between(random, 5_000, 60_000);

const DEATH_POINTS: readonly DeathPoint[] = ['page-stored', 'head-signed', 'head-stored'];

export const exchangeFaults: readonly Fault[] = [
  {
    kind: 'exchange-crash',
    what: 'the exchange daemon dies and is started again',
    perHour: 1,
    begin(scene): Trouble | undefined {
      const exchange = scene.run.exchanges.get(scene.gate.config.gate.id);
      if (exchange === undefined) return undefined;
      const downMs = downMsOf(scene);
      exchange.process.restart(downMs);
      return { lastsMs: downMs, heal: nothingToHeal };
    },
  },
  {
    kind: 'exchange-crash-in-write',
    what: 'it dies between a page on disk and its lines told, a head signed and stored, or stored and served',
    perHour: 2,
    begin(scene): Trouble | undefined {
      const exchange = scene.run.exchanges.get(scene.gate.config.gate.id);
      const point = pick(scene.random, DEATH_POINTS);
      if (exchange === undefined || point === undefined) return undefined;
      const downMs = downMsOf(scene);
      exchange.process.restartAt(point, downMs);
      return { where: point, lastsMs: downMs, heal: nothingToHeal };
    },
  },
  {
    kind: 'exchange-database-lost',
    what: 'it starts on an empty database: both logs are made anew, ours from the journal, the other as it is served',
    perHour: 0.2,
    begin(scene): Trouble | undefined {
      const exchange = scene.run.exchanges.get(scene.gate.config.gate.id);
      if (exchange?.process.up !== true) return undefined;
      const downMs = downMsOf(scene);
      exchange.process.restart(downMs);
      exchange.loseDatabase();
      return { lastsMs: downMs, heal: nothingToHeal };
    },
  },
];
