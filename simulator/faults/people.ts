/** Faults of people at the consoles: they do the wrong thing. Others put it right later, see operators.ts. */
import type { PersonRole } from '../../config/schema.ts';
import type { Act } from '../../edge/core/input.ts';
import {
  between,
  chance,
  type Fault,
  MINUTE_MS,
  nothingToHeal,
  pick,
  type Scene,
  type Trouble,
} from './fault.ts';

const act =
  (what: Act, role: PersonRole, person: string) =>
  ({ gate }: Scene): Trouble | undefined =>
    gate.submit({ type: 'operator-act', person, role, act: what, reason: 'by mistake' })
      ? { lastsMs: 0, heal: nothingToHeal }
      : undefined;

/** Acts on one lane, any. */
const onALane = (kind: string, what: string, perHour: number, of: (lane: string) => Act): Fault => ({
  kind,
  what,
  perHour,
  begin(scene) {
    const lane = pick(scene.random, scene.gate.config.lanes);
    return lane && act(of(lane.id), 'operator', 'huy')(scene);
  },
});

/** Says of a vehicle in a lane that it is another one than it is, and confirms it alone. */
function misidentify(scene: Scene): Trouble | undefined {
  const { gate, random } = scene;
  const lane = pick(
    random,
    Object.entries(gate.state.lanes)
      .filter(([, { visit }]) => visit !== null && !visit.released)
      .map(([id]) => id),
  );
  const crossing = pick(random, Object.keys(gate.state.crossings));
  if (lane === undefined || crossing === undefined) return undefined;
  const begun = act({ kind: 'identify', lane, crossing }, 'supervisor', 'huy')(scene);
  const proposal = Object.values(gate.state.proposals).find(
    (one) => one.person === 'huy' && one.act.kind === 'identify' && one.act.lane === lane,
  );
  if (proposal !== undefined) act({ kind: 'confirm', proposal: proposal.id }, 'supervisor', 'huy')(scene);
  return begun;
}

function actWithoutRole(scene: Scene): Trouble | undefined {
  const { gate, random } = scene;
  const crossing = pick(random, Object.keys(gate.state.crossings));
  const lane = pick(random, gate.config.lanes)?.id;
  if (crossing === undefined || lane === undefined) return undefined;
  const acts: Act[] = [
    { kind: 'resume-gate' },
    { kind: 'identify', lane, crossing },
    { kind: 'cancel-crossing', crossing },
    { kind: 'open-lane', lane },
  ];
  const wrong = pick(random, acts);
  return wrong && act(wrong, 'customs-officer', 'mai')(scene);
}

/** Closes the section or a track of it, at once or ahead of time, for a time or until somebody reopens it. */
function closeSection(scene: Scene): Trouble | undefined {
  const { gate, random } = scene;
  const track = pick(random, gate.config.section.tracks)?.id;
  if (track === undefined) return undefined;
  const from = gate.state.now + (chance(random, 0.5) ? Math.round(between(random, 1, 15) * MINUTE_MS) : 0);
  const forMs = Math.round(between(random, 1, 25) * MINUTE_MS);
  return act(
    {
      kind: 'close-section',
      tracks: chance(random, 0.5) ? [] : [track],
      code: 'WEATHER',
      ...(from > gate.state.now && { fromAt: from }),
      ...(chance(random, 0.5) && { toAt: from + forMs }),
    },
    'supervisor',
    'huy',
  )(scene);
}

export const peopleFaults: readonly Fault[] = [
  {
    kind: 'section-closes',
    what: 'a supervisor closes the border section or a track of it, for a while or until it is reopened',
    perHour: 0.5,
    begin: closeSection,
  },
  onALane('operator-stops-lane', 'an operator stops a lane and forgets it', 0.7, (lane) => ({
    kind: 'stop-lane',
    lane,
  })),
  onALane('operator-closes-lane', 'an operator closes a lane that should be open', 0.5, (lane) => ({
    kind: 'close-lane',
    lane,
  })),
  {
    kind: 'operator-stops-gate',
    what: 'an operator stops the whole gate for nothing',
    perHour: 0.1,
    begin: act({ kind: 'stop-gate' }, 'operator', 'huy'),
  },
  {
    kind: 'operator-without-role',
    what: 'somebody asks for what takes another role',
    perHour: 1,
    begin: actWithoutRole,
  },
  {
    kind: 'operator-misidentifies',
    what: 'somebody identifies the wrong vehicle and confirms it alone',
    perHour: 1,
    begin: misidentify,
  },
  {
    kind: 'operator-withdraws-vehicle',
    what: 'an operator takes a sound vehicle out of service',
    perHour: 0.7,
    begin(scene) {
      const vehicle = pick(scene.random, [...scene.world.vehicles.keys()]);
      return vehicle === undefined
        ? undefined
        : act({ kind: 'withdraw-vehicle', vehicle }, 'operator', 'huy')(scene);
    },
  },
];
