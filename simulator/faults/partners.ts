/** Faults of customs. */
import type { CustomsLink } from '../run/customs-link.ts';
import { between, type Fault, MINUTE_MS, nothingToHeal, pick, type Scene, type Trouble } from './fault.ts';

const ofCustoms = (
  kind: string,
  what: string,
  perHour: number,
  set: (link: CustomsLink, on: boolean) => void,
): Fault => ({
  kind,
  what,
  perHour,
  begin({ run, gate, random }): Trouble | undefined {
    const link = run.customsLinks.get(gate.config.gate.id);
    if (link === undefined) return undefined;
    set(link, true);
    return { lastsMs: between(random, 0.5, 8) * MINUTE_MS, heal: () => set(link, false) };
  },
});

/** A container of this gate that customs has released and that has not left. */
function releasedContainer(
  { gate, world, random }: Scene,
  stages?: readonly string[],
): { container: string } | undefined {
  const numbers = Object.values(gate.state.crossings)
    .filter(({ stage, direction }) => stages?.includes(`${direction} ${stage}`) ?? stage !== 'departed')
    .flatMap(({ containers }) => containers.map(({ number }) => number))
    .filter((number) => world.customs.released(number));
  const container = pick(random, numbers);
  return container === undefined ? undefined : { container };
}

function withdraw({ run, gate, world }: Scene, container: string, lastsMs: number): Trouble {
  const { id } = gate.config.gate;
  run.world.setClearance(id, container, 'withdrawn');
  return {
    where: container,
    lastsMs,
    heal() {
      if (world.customs.clearances(container).some(({ status }) => status === 'withdrawn'))
        run.world.setClearance(id, container, 'released');
    },
  };
}

export const partnerFaults: readonly Fault[] = [
  ofCustoms('customs-down', 'customs cannot be reached', 0.5, (link, on) => {
    link.up = !on;
  }),
  ofCustoms('customs-stale', 'customs sends changes and does not confirm its list', 0.5, (link, on) => {
    link.stale = on;
  }),
  ofCustoms('customs-slow', 'customs answers many seconds late', 0.7, (link, on) => {
    link.delayMs = on ? 15_000 : 0;
  }),
  {
    kind: 'customs-contradictory',
    what: 'customs lists an older version of a clearance once more',
    perHour: 3,
    begin(scene) {
      const { customs } = scene.world;
      const found = releasedContainer(scene);
      const clearance = found === undefined ? undefined : customs.clearances(found.container)[0];
      if (clearance === undefined || clearance.version < 2) return undefined;
      customs.relist({ ...clearance, status: 'registered', version: clearance.version - 1 });
      return { where: clearance.container, lastsMs: 0, heal: nothingToHeal };
    },
  },
  {
    kind: 'release-withdrawn',
    what: 'customs takes a release back, and gives it again some minutes later',
    perHour: 3,
    begin(scene) {
      const found = releasedContainer(scene);
      return found && withdraw(scene, found.container, between(scene.random, 0.1, 20) * MINUTE_MS);
    },
  },
  {
    kind: 'release-withdrawn-for-good',
    what: 'customs takes the release of an export in the yard back and decides only at the very end',
    perHour: 0.2,
    begin(scene) {
      const found = releasedContainer(scene, ['export in-yard']);
      return found && withdraw(scene, found.container, Number.POSITIVE_INFINITY);
    },
  },
];
