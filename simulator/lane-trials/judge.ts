/** Judges one trial by what is truly there: who drives in on which green, what the gate believes, what it tells people. */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import type { Command } from '../../edge/core/effect.ts';
import type { Observer } from '../run/observer.ts';
import type { Driver, Stage, Told } from './stage.ts';

/** From something to be told of until it must have been. */
const TELL_MS = 3_000;
/** A loop reaches further than the curtain for a moment. */
const CONTRADICTS_MS = 1_500;
const INTRUDER_MS = 600;
/** How long a person takes to look at a lane that has stopped itself, or at a truck that is held. */
const PERSON_MS = 8_000;
const HELD_MS = 25_000;
/** Until the gate has heard again of all that is so: a lost report is told again, a gate that died is up. */
const HEARS_MS = 20_000;

export interface Judge extends Told {
  readonly observer: Observer;
  attach(stage: Stage): void;
  /** The gate does not hear everything from now on, until so much later. */
  blind(forMs: number): void;
  /** Looks at everything, and does what people would; call it every second. */
  look(): void;
  /** Everybody who was announced is in, and the lane is as it was before. */
  isOver(): boolean;
  /** What is not as it should be in the end. */
  remains(): string | null;
  readonly wrong: string | null;
}

interface Green {
  crossing: string | undefined;
  /** It was taken back, as far as the gate could. */
  isOver: boolean;
}

interface VerdictTold {
  lane?: string;
  crossing?: string;
  verdict: string;
  evidence: unknown;
}

interface VisitEnded {
  visit: string;
  crossing?: string;
  passed: boolean;
}

export function createJudge({
  blinded,
  may,
}: {
  /** The gate does not hear or see everything. */
  blinded: boolean;
  may: ReadonlySet<AlarmCode>;
}): Judge {
  let stage: Stage | undefined;
  let wrong: string | null = null;
  let green: Green | undefined;
  /** Raises that were sent and not refused, with whom they were for. */
  const raises = new Map<string, string | undefined>();
  const released = new Set<string>();
  const raised = new Set<string>();
  /** What must have been told by when. */
  const due = new Map<AlarmCode, { untilMs: number; or?: AlarmCode }>();
  const since = new Map<string, number>();
  let isHidden = false;
  /** Somebody else has raised the barrier while the gate would, or did not hear of it. */
  let isTakenForOurs = false;
  let blindUntilMs = 0;
  const lastVerdict = new Map<string, string>();
  /** Whose weight was taken when. */
  const weighed = new Map<number, string>();

  const on = (): Stage => {
    if (stage === undefined) throw new Error('the judge has no stage');
    return stage;
  };
  const now = (): number => on().run.clock.monotonicMs();

  function violate(what: string): void {
    wrong ??= `after ${Math.round(now() / 100) / 10} s: ${what}`;
  }

  /** Since when something has been so; undefined: it is not. */
  function sinceWhen(key: string, isSo: boolean): number | undefined {
    if (!isSo) since.delete(key);
    else if (!since.has(key)) since.set(key, now());
    return since.get(key);
  }

  /** `or`: what it may be taken for. */
  function mustTell(code: AlarmCode, or?: AlarmCode): void {
    if (!blinded && !due.has(code)) due.set(code, { untilMs: now() + TELL_MS, ...(or && { or }) });
  }

  // ---------------------------------------------------------------- what happens

  function drove(driver: Driver, sign: string | undefined): void {
    if (driver.uninvited) {
      // Beside somebody who has come from behind nobody can tell.
      mustTell('TAILGATING', may.has('WRONG_WAY') ? 'WRONG_WAY' : undefined);
      return;
    }
    const crossing = on().crossingOf(driver);
    const bay = on().gate.state.crossings[crossing ?? '']?.bays.truck;
    if (green === undefined) violate(`${driver.plate} drives in on a green nobody gave`);
    else if (crossing === undefined) violate(`${driver.plate} drives in, which nobody has announced`);
    else if (green.crossing === crossing && !green.isOver) {
      if (sign !== bay && !isTakenForOurs) violate(`${driver.plate} is sent to bay ${sign}, and has ${bay}`);
    }
    // The gate has taken that green back, and its word was lost, or it has died since: nobody could have stopped it.
    else if (green.isOver && blinded) driver.uninvited = true;
    else violate(`${driver.plate} (${crossing}) drives in on the green of ${green.crossing}`);
  }

  /** Nobody can tell it from a raise of the gate's own that is under way. */
  function raisedByHand(): void {
    const { io, gate, config } = on();
    const isOurs = gate.state.pending[`barrier:${config.devices.io}`] !== undefined;
    if (isOurs || blinded) isTakenForOurs = true;
    else if (io.state.barrier === 'down') mustTell('BARRIER_UNCOMMANDED');
  }

  function sent({ commandId, crossing, ...command }: Command): void {
    const { io } = on().config.devices;
    if (command.kind === 'barrier' && command.to === 'raise') {
      if (command.device !== io) violate(`${command.device} opens for a truck that has no business there`);
      raises.set(commandId, crossing);
    }
    if (command.kind !== 'light' || command.device !== io) return;
    if (command.to === 'green') {
      if (![...raises.values()].includes(crossing))
        violate(`${crossing} gets a green at a barrier that was not raised for it`);
      green = { crossing, isOver: false };
    } else if (green !== undefined) green.isOver = true;
  }

  const driverOf = (crossing: string | undefined): Driver | undefined =>
    crossing === undefined ? undefined : on().drivers.find((one) => on().crossingOf(one) === crossing);

  /** Nobody saw it turn back before an open barrier: it is taken for gone in, and people must see to it. */
  const isExcused = ({ turnedUnseen, sawOpen }: Driver): boolean => turnedUnseen && sawOpen;

  function visitEnded({ visit, crossing, passed }: VisitEnded, at: number): void {
    const driver = driverOf(crossing);
    if (driver === undefined) return;
    const hasDriven = driver.droveAt !== undefined && driver.droveAt <= at;
    if (passed && !hasDriven && !isExcused(driver)) violate(`${driver.plate} counts as in, and is not`);
    if (!passed && released.has(visit) && hasDriven)
      violate(`${driver.plate} is in, and counts as turned back`);
  }

  function verdictTold(body: string, at: number): void {
    const { evidence: _, ...told } = JSON.parse(body) as VerdictTold;
    const { lane = '', crossing, verdict } = told;
    const text = JSON.stringify(told);
    if (text === lastVerdict.get(lane)) violate(`the same verdict is told twice: ${text}`);
    lastVerdict.set(lane, text);
    if (verdict === 'pass' && crossing === undefined) violate(`nobody knows whom ${lane} lets pass`);
    const { droveAt = at, plate } = driverOf(crossing) ?? {};
    if (!blinded && lane === on().config.id && at - droveAt > TELL_MS)
      violate(`${plate} has driven off long ago, and is judged: ${text}`);
  }

  /** The log and the alarms give the same cause. */
  function stopped(by: string): void {
    if (by !== 'person' && !raised.has(by.replace('-', '_').toUpperCase()))
      violate(`the lane stops for ${by}, and no alarm says so`);
  }

  // ---------------------------------------------------------------- what is so

  function watch(): void {
    const { io, lane, drivers, gate, view } = on();
    const { loops, curtain, barrier } = io.state;
    const nowMs = now();
    for (const driver of drivers) driver.turnedUnseen ||= driver.turnedBack && nowMs <= blindUntilMs;
    if (barrier === 'up')
      for (const driver of drivers) driver.sawOpen ||= driver.turnedBack || driver === lane.standing;
    const passing = lane.load - lane.waiting - (lane.standing === undefined ? 0 : 1);
    const lasts = (key: string, isSo: boolean, forMs: number): boolean =>
      (sinceWhen(key, isSo) ?? nowMs) + forMs < nowMs;
    if (lasts('fault', barrier === 'fault', 0)) mustTell('BARRIER_FAULT');
    const isAlone = passing === 0 && loops.under;
    const isWorkedOn = view()?.mode === 'maintenance';
    // Who stands in the curtain hides who comes after.
    if (!loops.under) isHidden = curtain === 'broken';
    // And whoever was below while the barrier was down has not come through it.
    isHidden ||= loops.under && barrier === 'down';
    const isLeft = isAlone && lane.standing === undefined && barrier === 'down';
    if (lasts('left below', isLeft && !isWorkedOn, INTRUDER_MS)) mustTell('INTRUSION');
    // Where somebody stands at the stop line, it may have been that one.
    if (lasts('intruder', isAlone && !isHidden && !isWorkedOn && barrier !== 'down', INTRUDER_MS))
      mustTell('WRONG_WAY', loops.approach ? 'TAILGATING' : undefined);
    const isPerson = curtain === 'broken' && !loops.under && !loops.exit && passing === 0;
    if (lasts('person', isPerson && barrier === 'down', 0)) mustTell('PERSON_IN_LANE');
    if (lasts('contradiction', loops.under && curtain === 'clear', CONTRADICTS_MS)) mustTell('LANE_READINGS');
    for (const { droveAt, isThrough, plate } of drivers) {
      const { passMs } = gate.config.timeouts;
      if (lasts(`stuck ${plate}`, droveAt !== undefined && !isThrough && barrier === 'up', passMs))
        mustTell('VEHICLE_STUCK_IN_LANE');
    }
  }

  /** Who is outside and was not let go keeps nobody from a place; where somebody is said to stand, somebody does. */
  function judgeBelief(): void {
    const { drivers, gate, crossingOf } = on();
    const { crossings, lanes, owners } = gate.state;
    for (const driver of drivers) {
      const id = crossingOf(driver) ?? '';
      const crossing = crossings[id];
      if (crossing === undefined) continue;
      const {
        truck,
        lanes: { truck: lane = '' },
      } = crossing;
      const visit = lanes[lane]?.visit;
      if (lane !== '' && visit?.crossing !== id) violate(`${driver.plate} is said to stand in ${lane}`);
      const isLetGo = visit?.released === true || truck?.phase === 'inside';
      const held = Object.keys(owners).find((resource) => owners[resource] === id);
      if (held !== undefined && !isLetGo) violate(`${driver.plate} is outside, and has ${held}`);
      if (visit?.released !== true || visit.weighedAt === undefined) continue;
      const whose = weighed.get(visit.weighedAt) ?? id;
      if (whose !== id) violate(`${driver.plate} is let in on the weight of ${whose}`);
      weighed.set(visit.weighedAt, id);
    }
  }

  function judgeAlarms(): void {
    for (const [code, { untilMs, or = code }] of due)
      if (untilMs < now() && !raised.has(code) && !raised.has(or)) violate(`nobody is told ${code}`);
  }

  // ---------------------------------------------------------------- people

  function doWhatPeopleDo(): void {
    const { act, config, lane, view, gate } = on();
    if (!gate.isUp) return;
    const known = view();
    const nowMs = now();
    const isDoubted = known?.stopped === true && known.stoppedBy !== 'person';
    if ((sinceWhen('stopped', isDoubted) ?? nowMs) + PERSON_MS < nowMs && !lane.io.state.loops.under) {
      since.delete('stopped');
      act({ kind: 'resume-lane', lane: config.id });
    }
    const { visit } = known ?? {};
    const standing = on().drivers.find((one) => one === lane.standing);
    const isHeld = standing?.booking !== undefined && visit?.verdict !== 'pass' && visit?.under === false;
    if ((sinceWhen(`held ${standing?.plate}`, isHeld) ?? nowMs) + HELD_MS >= nowMs) return;
    since.delete(`held ${standing?.plate}`);
    act({ kind: 'reread', lane: config.id });
  }

  // ---------------------------------------------------------------- the end

  /** Whom the gate must have let in: announced, not gone in uninvited, nor taken for gone in while nobody saw it turn back. */
  function remains(): string | null {
    const { drivers, gate, view, io, crossingOf } = on();
    for (const driver of drivers) {
      const crossing = gate.state.crossings[crossingOf(driver) ?? ''];
      if (driver.booking === undefined || driver.uninvited || isExcused(driver)) continue;
      if (!driver.isThrough) return `${driver.plate} is not in: ${JSON.stringify(view()?.visit?.reasons)}`;
      if (crossing?.truck?.phase !== 'inside') return `${driver.plate} is in, and the gate does not know`;
    }
    if (view()?.visit != null) return `a visit does not end: ${view()?.visit?.crossing}`;
    if (io.state.barrier !== 'down' || io.state.light !== 'red')
      return `the barrier stays ${io.state.barrier}, the light ${io.state.light}`;
    const standing = Object.values(gate.state.alarms).find(
      ({ id, state }) => state !== 'returned' && id.endsWith(`/${on().config.id}`),
    );
    return standing === undefined ? null : `${standing.id} stays raised`;
  }

  return {
    drove,
    raisedByHand,
    shownLaden: () => mustTell('CONTAINER_MISMATCH'),
    observer: {
      sent: (_gate, command) => sent(command),
      stepped: (_gate, input) => {
        if (input.type === 'command-refused') raises.delete(input.commandId);
        if (input.type !== 'lane-io' || stage === undefined) return;
        watch();
        judgeBelief();
      },
      durable(_gate, entries) {
        for (const { kind, type, body, at } of entries) {
          if (kind !== 'decision') continue;
          if (type === 'verdict') verdictTold(body, at);
          if (type === 'visit-ended') visitEnded(JSON.parse(body) as VisitEnded, at);
          if (type === 'release') released.add((JSON.parse(body) as { visit: string }).visit);
          if (type === 'lane-stopped') stopped((JSON.parse(body) as { by: string }).by);
          if (type !== 'alarm') continue;
          const { alarm, state } = JSON.parse(body) as { alarm: string; state: string };
          const code = alarm.split('/')[0] as AlarmCode;
          if (state !== 'raised') continue;
          raised.add(code);
          const isDue = due.has(code) || [...due.values()].some(({ or }) => or === code);
          if (!blinded && !may.has(code) && !isDue) violate(`${alarm} is raised for nothing`);
        }
      },
      crashed() {
        // Nobody is there to take it back.
        if (green !== undefined) green.isOver = true;
      },
      failed(_gate, _input, error) {
        violate(`threw ${error instanceof Error ? error.message : String(error)}`);
      },
    },
    blind(forMs) {
      blindUntilMs = Math.max(blindUntilMs, now() + forMs + HEARS_MS);
    },
    attach(attached) {
      stage = attached;
    },
    look() {
      watch();
      judgeBelief();
      judgeAlarms();
      doWhatPeopleDo();
    },
    isOver: () => remains() === null,
    remains,
    get wrong() {
      return wrong;
    },
  };
}
