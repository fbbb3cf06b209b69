/**
 * What happens to a vehicle that is set aside is rare, so whenever it does, a copy of the gate decides it again, as if one thing
 * were different: whether it is sent to the refuge slot, let go on from there, and taken to have left it.
 */
import type { Condition } from '../../config/schema.ts';
import { step } from '../../edge/core/gate.ts';
import { reason } from '../../edge/core/reasons.ts';
import { type Crossing, type GateState, restore, snapshot, type Visit } from '../../edge/core/state.ts';
import type { Part, Scene, Watched } from '../invariants/scene.ts';
import { FINDING } from './lanes.ts';
import { NOBODY } from './what-if.ts';

/** `make` changes the copy; afterwards what is asked about happens, or does not. */
interface Different {
  what: string;
  happens: boolean;
  make(copy: GateState): void;
}

const as = (what: string, happens: boolean, make: Different['make']): Different => ({ what, happens, make });
const asItIs = as('nothing were different', true, () => {});

export function createRefugeProbe({ book }: Scene): Part {
  /** Visits sent aside and requests granted that were asked about, and slots last seen taken, by gate. */
  const known = new Map<string, string>();

  function ask(
    { id, gate }: Watched,
    told: string,
    undo: (copy: GateState) => void,
    happened: (copy: GateState) => boolean,
    cases: readonly Different[],
  ): void {
    for (const { what, happens, make } of cases) {
      const copy = restore(snapshot(gate.state));
      undo(copy);
      make(copy);
      copy.timers = { sweep: copy.now };
      step(copy, { type: 'tick', at: copy.now });
      book.check();
      if (happened(copy) === happens) continue;
      const answer = `${told} would ${happens ? 'not ' : ''}be so if ${what}`;
      book.violate(happens ? 'I10' : 'I3', id, `probe: ${answer}`);
    }
  }

  function once(key: string, value: string): boolean {
    if (known.get(key) === value) return false;
    known.set(key, value);
    return true;
  }

  function lookAtLanes(watched: Watched): void {
    const { id, gate } = watched;
    for (const lane of gate.config.lanes) {
      const visit = gate.state.lanes[lane.id]?.visit;
      const crossing = gate.state.crossings[visit?.crossing ?? ''];
      if (visit?.refuge === undefined || crossing === undefined) continue;
      if (!once(`${id} ${lane.id}`, visit.id)) continue;
      // A timer fires before the input of the same instant is taken: what was read then was not decided by.
      if (readings(visit).some(({ at }) => at === gate.state.now)) continue;
      ask(
        watched,
        `${crossing.id} sent aside at ${lane.id}`,
        (copy) => unsend(copy, lane.id, crossing),
        (copy) =>
          copy.lanes[lane.id]?.visit?.refuge !== undefined && isClearable(copy.crossings[crossing.id]),
        asideCases(watched, lane.id, visit.refuge, crossing),
      );
    }
  }

  function lookAtRequests(watched: Watched): void {
    const { id, gate, plan } = watched;
    for (const request of Object.values(gate.state.authorityRequests)) {
      const { vehicle, from, granted } = request;
      const crossing = gate.state.crossings[gate.state.owners[`node:${from}`] ?? ''];
      if (!granted || !plan.refuges.has(from) || crossing === undefined) continue;
      if (!once(`${id} ${vehicle}`, request.ask)) continue;
      ask(
        watched,
        `${crossing.id} let go on from ${from}`,
        (copy) => Object.assign(copy.authorityRequests[vehicle] ?? {}, { granted: false }),
        (copy) => copy.authorityRequests[vehicle]?.granted === true,
        onwardCases(from, crossing),
      );
    }
  }

  /** While its vehicle stands in the slot, or is on its way from there. */
  function lookAtSlots(watched: Watched): void {
    const { id, gate, plan } = watched;
    for (const [slot, resource] of plan.refuges) {
      const crossing = gate.state.crossings[gate.state.owners[resource] ?? ''];
      if (crossing?.stage !== 'entering' || !once(`${id} ${slot}`, crossing.id)) continue;
      const bay = plan.bays.get(crossing.bays.landing ?? '');
      if (bay !== undefined)
        ask(
          watched,
          `${slot} left by ${crossing.id}`,
          () => {},
          (copy) => copy.owners[resource] === undefined,
          leavingCases(crossing, bay.io, bay.node ?? ''),
        );
    }
  }

  return {
    stepped(watched) {
      if (!watched.gate.isUp || !isUsed(watched)) return;
      lookAtLanes(watched);
      lookAtRequests(watched);
      lookAtSlots(watched);
    },
  };
}

function isUsed({ gate, plan }: Watched): boolean {
  for (const resource of plan.refuges.values()) if (gate.state.owners[resource] !== undefined) return true;
  return false;
}

const readings = ({ plates, trailers, containers, observations }: Visit) => [
  ...plates,
  ...trailers,
  ...containers,
  ...observations,
];

/** As before it was sent: referred for long, its slot free, and nothing of it found. */
function unsend(copy: GateState, lane: string, { id, findings }: Crossing): void {
  const visit = copy.lanes[lane]?.visit;
  const crossing = copy.crossings[id];
  if (visit == null || crossing === undefined) return;
  delete copy.owners[`node:${visit.refuge}`];
  delete visit.refuge;
  visit.released = false;
  visit.opened = false;
  visit.referredAt = 0;
  crossing.findings = findings.filter(({ code }) => code === 'RECALLED');
}

/** Each finding once, and each such that a person may clear it. */
function isClearable(crossing: Crossing | undefined): boolean {
  const codes = crossing?.findings.map(({ code }) => code) ?? [];
  return new Set(codes).size === codes.length && !codes.includes('CLEARANCE_WITHDRAWN');
}

function asideCases({ gate }: Watched, lane: string, refuge: string, { id }: Crossing): Different[] {
  const visit = (change: Partial<Visit>) => (copy: GateState) =>
    void Object.assign(copy.lanes[lane]?.visit ?? {}, change);
  const vehicle = gate.state.crossings[id]?.vehicle;
  return [
    asItIs,
    as('it had only just been referred', false, (copy) => visit({ referredAt: copy.now - 1_000 })(copy)),
    as('a person had said who it is', false, visit({ identifiedAs: id })),
    as('something else had been found, too', false, (copy) => copy.crossings[id]?.findings.push(FINDING)),
    as(
      'the slot were another’s',
      false,
      (copy) => void Object.assign(copy.owners, { [`node:${refuge}`]: NOBODY }),
    ),
    as(
      'the slot were its own already',
      true,
      (copy) => void Object.assign(copy.owners, { [`node:${refuge}`]: id }),
    ),
    as('it were our own', false, (copy) => {
      Object.assign(copy.crossings[id] ?? {}, { vehicle: { ...vehicle, home: gate.config.gate.id } });
    }),
    as('it had been recalled as well', true, (copy) => {
      const known = copy.crossings[id]?.findings;
      if (known?.length === 0) known.push(reason('RECALLED'));
    }),
    as('customs had withdrawn what the border demands', true, (copy) => withdraw(copy, id)),
    as('it had no bay, and nobody asked for one', false, (copy) => {
      demand(copy, ['grant', 'plate', 'container']);
      Object.assign(copy.crossings[id] ?? {}, { bays: {} });
    }),
    as(
      'the lane were stopped',
      false,
      (copy) => void Object.assign(copy.lanes[lane] ?? {}, { stopped: true }),
    ),
    as('the gate were stopped', false, (copy) => void Object.assign(copy, { stopped: true })),
    as('the road from its lane led round by a bay', false, (copy) => leadRound(copy, lane, refuge)),
  ];
}

function demand({ config }: GateState, laden: Condition[]): void {
  if (config !== null) config.checkpoints['border-in'].laden = laden;
}

function withdraw(copy: GateState, id: string): void {
  demand(copy, ['grant', 'plate', 'container', 'bay', 'clearance']);
  copy.feeds.customs = copy.now;
  for (const { number } of copy.crossings[id]?.containers ?? []) {
    const clearance = { declaration: NOBODY, container: number, version: 1, source: NOBODY } as const;
    copy.clearances[number] = {
      [NOBODY]: { ...clearance, kind: 'import', channel: 'green', status: 'withdrawn' },
    };
  }
}

/** The straight road is gone; what is left goes over another place where vehicles stand. */
function leadRound(copy: GateState, lane: string, refuge: string): void {
  const { config } = copy;
  const node = config?.lanes.find(({ id }) => id === lane)?.node;
  if (config == null || node === undefined) return;
  const between = config.yard.bays.find(({ node: at }) => at !== undefined)?.node ?? '';
  const speedMaxMps = 1;
  config.map.edges = [
    ...config.map.edges.filter(({ from, to }) => from !== node || to !== refuge),
    { from: node, to: between, speedMaxMps },
    { from: between, to: refuge, speedMaxMps },
  ];
}

function onwardCases(from: string, { id, bays, load }: Crossing): Different[] {
  const crossing = (change: Partial<Crossing>) => (copy: GateState) =>
    void Object.assign(copy.crossings[id] ?? {}, change);
  const owned = (resource: string) => (copy: GateState) =>
    void Object.assign(copy.owners, { [resource]: NOBODY });
  return [
    asItIs,
    as('it had been recalled', false, crossing({ findings: [reason('RECALLED')] })),
    // Neither an empty container nor a return waits for customs’ release.
    as('customs had withdrawn what the border demands', load !== 'laden', (copy) => withdraw(copy, id)),
    as('customs had not released what only the way out of the yard demands', true, (copy) => {
      withdraw(copy, id);
      demand(copy, ['grant', 'plate', 'container', 'bay']);
    }),
    as('it were not past its lane yet', false, crossing({ stage: 'arrived' })),
    as('its slot were another’s', false, owned(`node:${from}`)),
    as('its bay were another’s', false, owned(`bay:${bays.landing}`)),
    as('the link were down', false, (copy) => void Object.assign(copy.link, { up: false })),
    as('the gate were stopped', false, (copy) => void Object.assign(copy, { stopped: true })),
  ];
}

/** Only both together tell that it is in its bay: the bay's own loop, and the live word of its home. */
function leavingCases({ id, vehicle }: Crossing, io: string, node: string): Different[] {
  const loops = (approach: boolean) => ({ approach, under: false, exit: false });
  const seen = (copy: GateState, approach: boolean): void => {
    Object.assign(copy.devices[io] ?? {}, { status: 'online' });
    copy.laneIo[io] = { loops: loops(approach), curtain: 'clear', barrier: 'none', light: 'dark' };
  };
  const shown = (copy: GateState, locked: boolean): void => {
    copy.link.up = true;
    copy.live = {
      fresh: true,
      vehicles: { [vehicle?.id ?? '']: { standing: true, locked, node } },
      bays: {},
    };
  };
  const both = (approach: boolean, locked: boolean) => (copy: GateState) => {
    seen(copy, approach);
    shown(copy, locked);
  };
  return [
    as('it were seen and locked in its bay', true, both(true, true)),
    as('only the loop of its bay saw it there', false, both(true, false)),
    as('only its home said that it is there', false, both(false, true)),
    as('it were not past its lane yet', false, (copy) => {
      both(true, true)(copy);
      Object.assign(copy.crossings[id] ?? {}, { stage: 'arrived' });
    }),
    as(
      'its container were off',
      true,
      (copy) => void Object.assign(copy.crossings[id] ?? {}, { stage: 'in-yard' }),
    ),
  ];
}
