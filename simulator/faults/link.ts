/** Faults of the line between the gates. */
import type { CounterpartLink } from '../run/counterpart-link.ts';
import { between, type Fault, MINUTE_MS, type Scene } from './fault.ts';

/** A fault of the line on which one gate reads the other. */
const ofOneWay = (
  kind: string,
  what: string,
  perHour: number,
  strike: (link: CounterpartLink, scene: Scene) => void,
  heal: (link: CounterpartLink) => void,
): Fault => ({
  kind,
  what,
  perHour,
  begin(scene) {
    const { run, gate, random } = scene;
    const link = run.counterpartLinks.get(gate.config.gate.id);
    if (link === undefined) return undefined;
    strike(link, scene);
    return { lastsMs: between(random, 0.1, 6) * MINUTE_MS, heal: () => heal(link) };
  },
});

export const linkFaults: readonly Fault[] = [
  {
    kind: 'link-down',
    what: 'the gates cannot reach each other',
    perHour: 0.5,
    begin({ run, random }) {
      run.link(false);
      return { lastsMs: between(random, 0.1, 6) * MINUTE_MS, heal: () => run.link(true) };
    },
  },
  {
    kind: 'link-cut-long',
    what: 'the gates cannot reach each other for most of an hour; the officers on duty use the telephone',
    perHour: 0.2,
    begin({ run, random }) {
      run.link(false);
      return { lastsMs: between(random, 15, 50) * MINUTE_MS, heal: () => run.link(true) };
    },
  },
  ofOneWay(
    'link-one-way',
    'one gate cannot read the other, which can read it',
    0.5,
    (link) => {
      link.up = false;
    },
    (link) => {
      link.up = true;
    },
  ),
  ofOneWay(
    'link-deaf',
    'one gate’s questions reach the other, and no answer comes back',
    0.5,
    (link) => {
      link.deaf = true;
    },
    (link) => {
      link.deaf = false;
    },
  ),
  ofOneWay(
    'link-slow',
    'one gate hears the other seconds late',
    1,
    (link, { random }) => {
      link.delayMs = between(random, 200, 9_000);
    },
    (link) => {
      link.delayMs = 0;
    },
  ),
  ofOneWay(
    'link-jitter',
    'messages between the gates take some seconds longer or not, come twice, and overtake each other',
    1,
    (link, { random }) => {
      link.jitterMs = between(random, 200, 4_000);
      link.doubleShare = between(random, 0.1, 0.6);
    },
    (link) => {
      link.jitterMs = 0;
      link.doubleShare = 0;
    },
  ),
  ofOneWay(
    'link-lossy',
    'many of the messages between the gates are lost',
    1,
    (link, { random }) => {
      link.loseShare = between(random, 0.1, 0.7);
    },
    (link) => {
      link.loseShare = 0;
    },
  ),
];
