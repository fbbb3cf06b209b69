/**
 * Everything that can happen next in one moment of the explored world. What lets it go on comes first, what troubles it
 * afterwards; whoever always takes the first brings everything home.
 */
import type { LaneConfig } from '../../config/schema.ts';
import { actsOf } from './acts.ts';
import { drive, execute, finishSwing, nextOf, workCrane } from './machines.ts';
import {
  admit,
  craneOf,
  factsAt,
  follow,
  hears,
  type Moment,
  partIn,
  type Setting,
  statusOf,
  tellCrane,
  tellSensors,
  tellVehicle,
} from './moment.ts';
import {
  activeJob,
  boxAt,
  GROUPS,
  type Group,
  otherSide,
  SIDES,
  type Side,
  type WireCommand,
  type World,
} from './world.ts';

export interface Action {
  /** What happens, for people: `xe-1 drives off`. */
  name: string;
  /** `expiry`: time passes although something else could happen. */
  kind: 'progress' | 'trouble' | 'expiry';
  /** A vehicle moves: that of this gate, and the node it comes to stand on. */
  moves?: Side;
  reaches?: string;
  /** No device does it. */
  byPerson?: true;
  /** What it is one of, where it is told how often that was met. */
  sort?: string;
  /** Changes the moment it was listed for. */
  run(moment: Moment): void;
}

export function actionsIn(setting: Setting, moment: Moment): Action[] {
  const actions: Action[] = [];
  for (const side of SIDES) addOfGate(actions, setting, moment, side);
  for (const side of SIDES) addOfDevices(actions, setting, moment, side);
  for (const side of SIDES) addOfLink(actions, setting, moment, side);
  for (const side of SIDES) addOfMotion(actions, setting, moment, side);
  for (const side of SIDES) actions.push(...actsOf(setting, moment, side));
  addTrouble(actions, setting, moment);
  return actions;
}

const progress = (name: string, run: Action['run']): Action => ({ name, kind: 'progress', run });

// ---------------------------------------------------------------- the gate itself

function addOfGate(actions: Action[], setting: Setting, moment: Moment, side: Side): void {
  const { id } = setting.places.configs[side].gate;
  const gate = setting.gates[side];
  const facts = factsAt(setting, moment, side);
  if (!facts.up) {
    actions.push(progress(`${id} starts`, (at) => start(setting, at, side)));
    return;
  }
  // A write that nothing waits for changes nothing that can be seen; what a crash makes of it is the crash's to say.
  if (facts.awaited > 0)
    actions.push(
      progress(`${id} has written its journal`, (at) =>
        follow(setting, at, side, gate.commit(at.gates[side])),
      ),
    );
  for (const group of GROUPS) {
    if (moment.world.grounds[side].heard.includes(group)) continue;
    actions.push(progress(`${group} at ${id} reports anew`, (at) => reportAnew(setting, at, side, group)));
  }
}

/** The gate starts; what plays no part here reports at once. */
export function start(setting: Setting, moment: Moment, side: Side): void {
  const { lanes, devices } = setting.places.configs[side];
  follow(setting, moment, side, setting.gates[side].boot(moment.gates[side]));
  const apart = lanes.filter(({ traffic }) => traffic === 'truck');
  const ios = new Set(apart.map((lane) => lane.devices.io));
  for (const { id, kind } of devices)
    if (kind === 'weighbridge' || ios.has(id)) online(setting, moment, side, id);
  for (const { id } of apart) tellSensors(setting, moment, side, id);
}

const online = (setting: Setting, moment: Moment, side: Side, device: string): void =>
  admit(setting, moment, side, { type: 'device-status', device, status: 'online', reason: '' });

function reportAnew(setting: Setting, moment: Moment, side: Side, group: Group): void {
  const { configs, vehicles, bays } = setting.places;
  const ground = moment.world.grounds[side];
  // Kept in one order, so that who came first makes no difference.
  ground.heard = GROUPS.filter((one) => one === group || ground.heard.includes(one));
  switch (group) {
    case 'vehicle':
      online(setting, moment, side, vehicles[side].id);
      return tellVehicle(setting, moment, side);
    case 'crane': {
      const device = craneOf(setting, side);
      const jobs = ground.crane.jobs.map(statusOf);
      admit(setting, moment, side, { type: 'crane-jobs', device, jobs });
      tellCrane(setting, moment, side);
      return online(setting, moment, side, device);
    }
    case 'bays':
      for (const { id, io } of bays[side].values()) {
        online(setting, moment, side, io);
        tellSensors(setting, moment, side, id);
      }
      return;
    case 'eyes':
      for (const { id, kind } of configs[side].devices)
        if (kind === 'plate-camera' || kind === 'container-reader') online(setting, moment, side, id);
      return;
    default:
      for (const { id, devices } of configs[side].lanes.filter(({ checkpoint }) => checkpoint === group)) {
        online(setting, moment, side, devices.io);
        tellSensors(setting, moment, side, id);
      }
  }
}

// ---------------------------------------------------------------- devices

function addOfDevices(actions: Action[], setting: Setting, moment: Moment, side: Side): void {
  const { places } = setting;
  const { world } = moment;
  const ground = world.grounds[side];
  const { id } = places.configs[side].gate;
  for (const [device, [command]] of Object.entries(ground.wires)) {
    if (command === undefined) continue;
    actions.push(
      progress(`${device} of ${id} gets ${told(command)}`, (at) => {
        shift(at, side, device);
        execute(setting, at, side, device, command);
      }),
    );
  }
  for (const [lane, { arm }] of Object.entries(ground.barriers)) {
    if (arm !== 'moving') continue;
    actions.push(
      progress(`barrier of ${lane} at ${id} comes to its end`, (at) => finishSwing(setting, at, side, lane)),
    );
  }
  if (!world.vehicles[side].told && hears(setting, moment, side, 'vehicle'))
    actions.push(progress(`${places.vehicles[side].id} reports`, (at) => tellVehicle(setting, at, side)));
  if (
    world.vehicles[side].paused &&
    hears(setting, moment, side, 'vehicle') &&
    isNobodysPause(setting, moment, side)
  )
    actions.push({
      ...progress(`a person lets ${places.vehicles[side].id} go on`, (at) => {
        at.world.vehicles[side].paused = false;
        at.world.vehicles[side].told = false;
      }),
      byPerson: true,
    });
  if (hears(setting, moment, side, 'eyes')) addReadings(actions, setting, moment, side);
}

/** A gate that died right after pausing its vehicle takes the pause for a person's, and leaves it to one to end it. */
function isNobodysPause(setting: Setting, moment: Moment, side: Side): boolean {
  return moment.world.vehicles[side].told && !factsAt(setting, moment, side).pauses;
}

function told(command: WireCommand): string {
  switch (command.kind) {
    case 'barrier':
      return command.to;
    case 'order':
      return `order ${command.orderId}/${command.orderUpdateId}`;
    case 'job':
    case 'job-stop':
      return `${command.kind} ${command.jobId}`;
    default:
      return command.kind;
  }
}

function shift({ world }: Moment, side: Side, device: string): void {
  const { wires } = world.grounds[side];
  const left = wires[device]?.slice(1) ?? [];
  if (left.length === 0) delete wires[device];
  else wires[device] = left;
}

function addReadings(actions: Action[], setting: Setting, moment: Moment, side: Side): void {
  const { gate, lanes } = setting.places.configs[side];
  const { visits } = factsAt(setting, moment, side);
  for (const [lane, { wantsPlate, wantsContainer }] of Object.entries(visits)) {
    const config = lanes.find(({ id }) => id === lane);
    if (config === undefined || partIn(moment.world, setting.places, side, lane) !== 'stand') continue;
    const { camera: device, reader } = config.devices;
    const { plate, box: code } = standingIn(setting, moment, side, config);
    const read = { readId: 'new', quality: 1_000, deviceAt: 0 };
    if (wantsPlate)
      actions.push(
        progress(`${lane} at ${gate.id} reads ${plate}`, (at) =>
          admit(setting, at, side, { type: 'plate', device, plate, ...read }),
        ),
      );
    if (wantsContainer && reader !== undefined && code !== undefined)
      actions.push(
        progress(`${lane} at ${gate.id} reads ${code}`, (at) =>
          admit(setting, at, side, { type: 'container', device: reader, code, ...read }),
        ),
      );
  }
}

function standingIn(
  { places }: Setting,
  { world }: Moment,
  side: Side,
  lane: LaneConfig,
): { plate: string; box: string | undefined } {
  const { truck } = world.grounds[side];
  if (truck?.place === lane.id) return { plate: truck.plate, box: boxAt(world, `truck:${side}`) };
  const home = world.vehicles[0].at === lane.node ? 0 : 1;
  return { plate: places.vehicles[home].plate, box: boxAt(world, `vehicle:${home}`) };
}

// ---------------------------------------------------------------- between the gates

function addOfLink(actions: Action[], setting: Setting, moment: Moment, side: Side): void {
  const { world } = moment;
  const peer = otherSide(side);
  const { id } = setting.places.configs[side].gate;
  const [mine, theirs] = [factsAt(setting, moment, side), factsAt(setting, moment, peer)];
  if (side === 0 && world.deaf.includes(true))
    actions.push(
      progress('the link is mended', (at) => {
        at.world.deaf = [false, false];
      }),
    );
  if (!mine.up) return;
  const up = !world.deaf[side] && theirs.up;
  if (mine.linkUp !== up)
    actions.push(
      progress(`${id} notices the link ${up ? 'up' : 'down'}`, (at) =>
        admit(setting, at, side, { type: 'counterpart-link', up }),
      ),
    );
  if (world.deaf[side]) return;
  const { after, lines } = world.grounds[peer].log;
  const next = lines[mine.cursor - after];
  if (next !== undefined) {
    const record = setting.records.at(next);
    actions.push({
      ...progress(`${id} reads ${record.kind}`, (at) =>
        admit(setting, at, side, { type: 'counterpart-record', line: mine.cursor + 1, record }),
      ),
      sort: `reads ${record.kind}`,
    });
  }
  if (theirs.up && mine.linkUp && mine.live !== theirs.shows)
    actions.push(
      progress(`${id} sees the other side as it is now`, (at) =>
        admit(setting, at, side, { type: 'counterpart-live', fresh: true, ...JSON.parse(theirs.shows) }),
      ),
    );
}

// ---------------------------------------------------------------- cranes and vehicles

function addOfMotion(actions: Action[], setting: Setting, moment: Moment, side: Side): void {
  const { places } = setting;
  const { world } = moment;
  const job = activeJob(world.grounds[side].crane);
  if (job !== undefined)
    actions.push(
      progress(`crane of ${places.configs[side].gate.id} goes on with ${job.jobId} (${job.phase})`, (at) =>
        workCrane(setting, at, side),
      ),
    );
  const next = nextOf(world, places, side);
  if (next === undefined) return;
  const node = next === 'arrives' ? world.vehicles[side].ahead[0]?.nodeId : undefined;
  const { id } = places.vehicles[side];
  actions.push({
    ...progress(node === undefined ? `${id} ${next}` : `${id} arrives at ${node}`, (at) =>
      drive(setting, at, side),
    ),
    moves: side,
    ...(node !== undefined && { reaches: node }),
  });
}

// ---------------------------------------------------------------- trouble

function addTrouble(actions: Action[], setting: Setting, moment: Moment): void {
  const { world } = moment;
  const { budget } = world;
  const trouble = (sort: string, name: string, run: Action['run']): void => {
    actions.push({ name, kind: 'trouble', sort, run });
  };
  for (const side of SIDES) {
    const { id } = setting.places.configs[side].gate;
    const { up, uncommitted, timer } = factsAt(setting, moment, side);
    if (!up) continue;
    if (budget.crashes[side] > 0) {
      trouble('a gate dies', `${id} dies`, (at) => die(setting, at, side, false));
      if (uncommitted)
        trouble('a gate dies', `${id} dies right after a write`, (at) => die(setting, at, side, true));
    }
    for (const [device, [command]] of Object.entries(world.grounds[side].wires)) {
      if (budget.losses === 0 || command === undefined) continue;
      trouble('a command is lost', `${told(command)} to ${device} of ${id} is lost`, (at) => {
        at.world.budget.losses -= 1;
        shift(at, side, device);
      });
    }
    if (timer !== '' && budget.expiries > 0)
      actions.push({
        name: `${id}: ${timer} is due`,
        kind: 'expiry',
        sort: sortOfExpiry(world, side, timer),
        run(at) {
          at.world.budget.expiries -= 1;
          letTimePass(setting, at, side, 'timer');
        },
      });
  }
  if (budget.cuts === 0 || world.deaf.includes(true)) return;
  const cut = (sort: string, name: string, deaf: World['deaf']): void =>
    trouble(sort, name, (at) => {
      at.world.budget.cuts -= 1;
      at.world.deaf = deaf;
    });
  const [one, other] = setting.places.configs.map(({ gate }) => gate.id);
  cut('the link is cut', 'the link is cut', [true, true]);
  cut('the link is cut one way', `${one} hears nothing more of ${other}`, [true, false]);
  cut('the link is cut one way', `${other} hears nothing more of ${one}`, [false, true]);
}

/** A grant that runs out is told apart by how far the other side had come. */
function sortOfExpiry({ moves }: World, side: Side, timer: string): string {
  const [what = ''] = timer.split('/');
  if (what !== 'grant') return 'another timer is due';
  const asked = moves.find(({ sender, sent }) => sender === side && sent === 'offered');
  return `the time of a grant runs out, ${asked?.received ?? 'nothing'} by the other side`;
}

function die(setting: Setting, moment: Moment, side: Side, stored: boolean): void {
  moment.world.budget.crashes[side] -= 1;
  moment.world.grounds[side].heard = [];
  follow(setting, moment, side, setting.gates[side].crash(moment.gates[side], stored));
}

export const letTimePass = (setting: Setting, moment: Moment, side: Side, until: 'timer' | 'sweep'): void =>
  follow(setting, moment, side, setting.gates[side].pass(moment.gates[side], until));

/** Lines that nobody can ask for again are not kept. */
export function forgetLines(setting: Setting, moment: Moment): void {
  for (const side of SIDES) {
    const { log } = moment.world.grounds[side];
    const { durableCursor } = factsAt(setting, moment, otherSide(side));
    if (durableCursor <= log.after) continue;
    log.lines = log.lines.slice(durableCursor - log.after);
    log.after = durableCursor;
  }
}
