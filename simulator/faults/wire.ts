/** Faults of what lies between a device and the gate, and of devices that lie. */
import type { DeviceLink } from '../device-link.ts';
import { between, type Fault, faultOf, MINUTE_MS, type Scene } from './fault.ts';

/** The links of all devices of the gate. */
const links = ({ gate }: Scene): ReadonlyMap<string, DeviceLink> =>
  new Map(gate.config.devices.map(({ id }) => [id, gate.devices.deviceLink(id)]));

/**
 * Those without lanes and bays. Their states come in order over one TCP connection with QoS 1 (protocols/lane-io): late, or not at
 * all while the connection is cut, but no single one is missing.
 */
const lossyLinks = ({ gate }: Scene): ReadonlyMap<string, DeviceLink> =>
  new Map(
    gate.config.devices
      .filter(({ kind }) => kind !== 'lane-io')
      .map(({ id }) => [id, gate.devices.deviceLink(id)]),
  );

/** Troubles one link for some minutes. */
const onALink = (
  kind: string,
  what: string,
  perHour: number,
  trouble: (link: DeviceLink, scene: Scene) => () => void,
): Fault => faultOf({ kind, what, perHour }, links, [1, 8], trouble);

/** Cuts the link again and again until it is healed. */
function flap(link: DeviceLink, { run, random }: Scene): () => void {
  let cancel = (): void => {};
  let on = true;
  const turn = (): void => {
    on = !on;
    link.up(on);
    cancel = run.clock.after(between(random, 500, 12_000), turn);
  };
  turn();
  return () => {
    cancel();
    link.up(true);
  };
}

export const wireFaults: readonly Fault[] = [
  faultOf(
    { kind: 'message-lost', what: 'reports and commands of a device are lost by chance', perHour: 3 },
    lossyLinks,
    [1, 8],
    (link, { random }) => {
      link.loseShare = between(random, 0.1, 0.6);
      return () => {
        link.loseShare = 0;
      };
    },
  ),
  onALink('message-doubled', 'reports and commands of a device come twice', 3, (link, { random }) => {
    link.doubleShare = between(random, 0.2, 0.9);
    return () => {
      link.doubleShare = 0;
    };
  }),
  onALink('message-late', 'reports and commands of a device come seconds late', 3, (link, { random }) => {
    link.delayMs = between(random, 500, 9_000);
    return () => {
      link.delayMs = 0;
    };
  }),
  onALink('message-reordered', 'readings and job changes overtake each other', 3, (link, { random }) => {
    link.delayMs = between(random, 500, 6_000);
    link.reorder = true;
    return () => {
      link.delayMs = 0;
      link.reorder = false;
    };
  }),
  onALink('device-silent', 'a device cannot be reached', 3, (link) => {
    link.up(false);
    return () => link.up(true);
  }),
  onALink('device-flapping', 'a device comes and goes every few seconds', 2, flap),
  onALink('device-frozen', 'a device stays online and tells for ever what it told last', 1, (link) => {
    link.frozen(true);
    return () => link.frozen(false);
  }),
  {
    kind: 'broker-down',
    what: 'the broker of lane sensors and vehicles is away',
    perHour: 0.3,
    begin({ gate, random }) {
      gate.devices.broker(false);
      return { lastsMs: between(random, 0.2, 4) * MINUTE_MS, heal: () => gate.devices.broker(true) };
    },
  },
];
