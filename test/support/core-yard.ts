/** The yard of one gate's core: cranes, bays and what stands in them, as the devices would tell it. */
import assert from 'node:assert/strict';
import { emptyAgenda } from '../../edge/core/agenda.ts';
import { doubtUnread } from '../../edge/core/bay-doubt.ts';
import { giveTruck, giveVehicle, newCrossing, onPassed, reconsiderInYard } from '../../edge/core/crossing.ts';
import type { Command, Effect } from '../../edge/core/effect.ts';
import { step } from '../../edge/core/gate.ts';
import type { Act, CraneJobReport, CraneReport, Input, VehicleReport } from '../../edge/core/input.ts';
import { takeBay, takeSlot } from '../../edge/core/owners.ts';
import { bayConfig } from '../../edge/core/site.ts';
import { type Crossing, restore, type Stage, snapshot } from '../../edge/core/state.ts';
import type { Turn } from '../../edge/core/turn.ts';
import { planSite } from '../../simulator/plan.ts';
import { bootGate, type CoreGate, commandsOf } from './core-gate.ts';

type JobCommand = Extract<Command, { kind: 'job' }>;

/** At rest, above nothing. */
export const AT_REST: Omit<CraneReport, 'type' | 'device'> = {
  mode: 'automatic',
  spreader: { landed: false, locked: false, unlocked: true, loaded: false },
  position: 'travelling',
  hoistClear: true,
};
/** Above a slot, with a container in the spreader. */
export const CARRYING = {
  ...AT_REST,
  position: 's-1-1',
  spreader: { landed: false, locked: true, unlocked: false, loaded: true },
};
export const findingsOf = (crossing: Crossing): string[] => crossing.findings.map(({ code }) => code);

/** Two cranes, each over bays of its own and both over the slots `s-1-1`, `s-1-2`, `s-2-1`, `s-2-2`. */
const [config] = planSite({ lanes: 7, cranes: 2, vehicles: 2, slotsPerCrane: 2 });

export interface Yard {
  readonly gate: CoreGate;
  /** Steps the core; right after it, a look at everything must find nothing that was forgotten. */
  step(input: Input): Effect[];
  wait(ms: number): Effect[];
  online(...devices: string[]): void;
  silent(...devices: string[]): void;
  /** The process starts again on what its journal tells; commands are counted anew. */
  restart(): void;
  crane(device: string, part?: Partial<typeof AT_REST>): Effect[];
  /** The crane tells of the job; the newest one it was given unless another is named. */
  job(device: string, state: CraneJobReport['state'], more?: Partial<CraneJobReport>): Effect[];
  /** It begins its job and lifts the container. */
  picks(device: string): void;
  list(device: string, jobs?: Omit<CraneJobReport, 'type' | 'device'>[]): Effect[];
  bay(id: string, occupied: boolean): Effect[];
  vehicle(id: string, node: string, part?: Partial<VehicleReport>): Effect[];
  /** An export's truck stands in its bay. */
  /** `unread`: nobody has read who came in as it; it is on its way to the bay. */
  truckBrings(number: string, bay: string, slot: string, unread?: 'unread'): Crossing;
  /** An export's truck is let in, while something stands in its bay already. */
  truckComesBehind(number: string, bay: string, slot: string): Crossing;
  /** An import's truck stands in its bay, for the container in the slot. */
  truckFetches(number: string, bay: string, slot: string): Crossing;
  /** Our own vehicle stands locked in its bay, for the container in the slot. */
  vehicleLoads(number: string, bay: string, slot: string, vehicle?: string): Crossing;
  /** A vehicle of the other gate stands locked in its bay. */
  vehicleBrings(number: string, bay: string, slot: string): Crossing;
  /** What two supervisors agree on; why it was refused, or null. */
  clear(crossing: string, code: string): string | null;
  confirmPlace(crossing: string, place: string): string | null;
  /** Jobs given, oldest first. */
  readonly jobs: JobCommand[];
  readonly stops: Command[];
}

export function bootYard(change: (given: typeof config) => void = () => {}): Yard {
  const given = structuredClone(config);
  change(given);
  const gate = bootGate(given);
  const sent: Command[] = [];
  const thorough = (effects: Effect[]): Effect[] => {
    sent.push(...commandsOf(effects));
    const copy = restore(snapshot(gate.state));
    copy.timers.sweep = copy.now;
    assert.deepEqual(
      step(copy, { type: 'tick', at: copy.now }),
      [],
      'only the sweep would have thought of it',
    );
    return effects;
  };
  const submit = (input: Input): Effect[] => thorough(gate.step(input));
  const agree = (act: Act): string | null => {
    const supervisor = { type: 'operator-act', role: 'supervisor', reason: 'seen it' } as const;
    submit({ ...supervisor, person: 'lan', act });
    const proposal = Object.keys(gate.state.proposals).at(-1) ?? assert.fail('it was not proposed');
    const effects = submit({ ...supervisor, person: 'minh', act: { kind: 'confirm', proposal } });
    const refused = effects.find((effect) => effect.kind === 'decide' && effect.type === 'act-refused');
    return refused?.kind === 'decide' ? String(refused.body.reason) : null;
  };
  const turn = (): Turn => ({ state: gate.state, effects: [], agenda: emptyAgenda() });
  const bay: Yard['bay'] = (id, occupied) => {
    const io = bayConfig(gate.state, id)?.io ?? assert.fail(`no bay ${id}`);
    const loops = { approach: occupied, under: false, exit: false };
    return submit({ type: 'lane-io', device: io, loops, curtain: 'clear', barrier: 'none', light: 'dark' });
  };
  const vehicle: Yard['vehicle'] = (device, node, part = {}) =>
    submit({
      type: 'vehicle',
      device,
      orderId: 'o1',
      orderUpdateId: 0,
      lastNodeId: node,
      lastNodeSequenceId: 0,
      nodesAhead: [],
      driving: false,
      paused: false,
      mode: 'AUTOMATIC',
      loads: [],
      actions: [],
      eStop: 'NONE',
      localized: true,
      batteryPercent: 90,
      charging: false,
      errors: [],
      ...part,
    });
  const crossingAt = (
    number: string,
    direction: Crossing['direction'],
    stage: Stage,
    bayId: string,
    slot: string,
  ): Crossing => {
    const crossing = newCrossing(turn(), {
      direction,
      load: 'laden',
      stage,
      containers: [{ number, seals: [], declarations: [] }],
    });
    gate.state.containers[number] = crossing.id;
    takeBay(turn(), crossing, bayConfig(gate.state, bayId) ?? assert.fail(`no bay ${bayId}`));
    takeSlot(turn(), crossing, slot);
    reconsiderInYard(turn(), crossing);
    return crossing;
  };

  for (const device of given.devices) gate.online(device.id);
  for (const { devices } of given.lanes) {
    const loops = { approach: false, under: false, exit: false };
    gate.step({
      type: 'lane-io',
      device: devices.io,
      loops,
      curtain: 'clear',
      barrier: 'down',
      light: 'red',
    });
  }
  for (const { id } of given.yard.bays) bay(id, false);
  const yard: Yard = {
    gate,
    step: submit,
    wait: (ms) => thorough(gate.wait(ms)),
    online(...devices) {
      for (const device of devices) thorough(gate.status(device, 'online'));
    },
    silent(...devices) {
      for (const device of devices) thorough(gate.status(device, 'stale'));
    },
    restart() {
      sent.length = 0;
      thorough(gate.restart());
    },
    crane: (device, part = {}) => submit({ type: 'crane', device, ...AT_REST, ...part }),
    job(device, is, more = {}) {
      const jobId = yard.jobs.findLast((job) => job.device === device)?.jobId ?? assert.fail('no job');
      return submit({ type: 'crane-job', device, jobId, state: is, ...more });
    },
    picks(device) {
      yard.job(device, 'running');
      yard.crane(device, CARRYING);
    },
    clear: (crossing, code) => agree({ kind: 'clear-finding', crossing, code }),
    confirmPlace: (crossing, place) => agree({ kind: 'confirm-place', crossing, place }),
    list: (device, jobs = []) => submit({ type: 'crane-jobs', device, jobs }),
    bay,
    vehicle,
    truckBrings(number, bayId, slot, unread) {
      const crossing = crossingAt(number, 'export', 'truck-inside', bayId, slot);
      giveTruck(turn(), crossing, { plate: '12H-045.67', phase: 'inside' });
      if (unread === 'unread') doubtUnread(crossing);
      else bay(bayId, true);
      return crossing;
    },
    truckComesBehind(number, bayId, slot) {
      const crossing = crossingAt(number, 'export', 'announced', bayId, slot);
      giveTruck(turn(), crossing, { plate: '12H-045.67', phase: 'awaited' });
      bay(bayId, true);
      const lane = given.lanes.find(({ checkpoint }) => checkpoint === 'yard-in') ?? assert.fail();
      onPassed(turn(), lane, crossing, 'laden');
      bay(bayId, true);
      return crossing;
    },
    truckFetches(number, bayId, slot) {
      const crossing = crossingAt(number, 'import', 'collecting', bayId, slot);
      giveTruck(turn(), crossing, { plate: '12H-045.68', phase: 'inside' });
      bay(bayId, true);
      return crossing;
    },
    vehicleLoads(number, bayId, slot, id = 'xe-1') {
      const crossing = crossingAt(number, 'export', 'loading', bayId, slot);
      giveVehicle(turn(), crossing, { id, home: given.gate.id, plate: `plate of ${id}` });
      const view = gate.state.vehicles[id] ?? assert.fail(`no vehicle ${id}`);
      const node = bayConfig(gate.state, bayId)?.node ?? assert.fail(`${bayId} has no node`);
      const action = { actionType: 'pick' as const, loadId: number, stationName: bayId };
      Object.assign(view, {
        crossing: crossing.id,
        goal: { node, action },
        order: { orderId: 'o1', orderUpdateId: 0 },
        way: [node],
      });
      bay(bayId, true);
      vehicle(id, node, { actions: [{ actionId: 'o1-pick', actionType: 'pick', status: 'RUNNING' }] });
      return crossing;
    },
    vehicleBrings(number, bayId, slot) {
      const crossing = crossingAt(number, 'import', 'entering', bayId, slot);
      giveVehicle(turn(), crossing, { id: 'che-1', home: given.counterpart.gate, plate: '桂F10000' });
      crossing.inbound = { move: 'm1', track: 'south', grant: 'g1', departed: true };
      gate.state.moves.m1 = crossing.id;
      gate.state.visitors['che-1'] = {
        plate: '桂F10000',
        crossing: crossing.id,
        bay: bayId,
        unloaded: false,
      };
      const node = bayConfig(gate.state, bayId)?.node ?? assert.fail(`${bayId} has no node`);
      submit({ type: 'counterpart-link', up: true });
      submit({
        type: 'counterpart-live',
        fresh: true,
        vehicles: { 'che-1': { standing: true, locked: true, node } },
        bays: {},
      });
      bay(bayId, true);
      return crossing;
    },
    get jobs() {
      return sent.filter((command) => command.kind === 'job');
    },
    get stops() {
      return sent.filter((command) => command.kind === 'job-stop');
    },
  };
  for (const { device } of given.yard.cranes) yard.crane(device);
  return yard;
}
