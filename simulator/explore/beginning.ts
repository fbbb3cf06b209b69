/**
 * The beginning of every search: at each gate a container stands on its vehicle, which drives towards `border-out`. It is
 * reached in the same world, by always taking the first thing that can happen; trucks with drivers exist only here.
 */
import type { GateConfig } from '../../config/schema.ts';
import { actionsIn, forgetLines, start } from './actions.ts';
import { createCoreTable, type Plant } from './core.ts';
import { createExploredGate } from './gate.ts';
import { interned } from './interned.ts';
import { admit, factsAt, type Moment, type Setting, tellSensors } from './moment.ts';
import { placesOf } from './places.ts';
import { SIDES, type Side, type Truck, worldOf } from './world.ts';

/** One for each direction; valid numbers after ISO 6346. */
export const CONTAINERS = ['CSQU3054383', 'MSKU6011672'] as const;
const TRUCKS = ['29C-111.11', '29C-222.22'] as const;
const DECLARATIONS = ['10-1', '10-2'] as const;
const TRUCK_TARE_KG = 15_200;
const GROSS_KG = 20_000;
/** More than any preparation takes; beyond it the world has come to a stop on the way. */
const ACTIONS_MAX = 2_000;

export interface Beginning {
  setting: Setting;
  moment: Moment;
}

/** Throws if the core does not bring both vehicles as far as that. */
export function beginningOf(configs: readonly [GateConfig, GateConfig], plant?: Plant): Beginning {
  const places = placesOf(configs);
  const gate = (config: GateConfig) => createExploredGate(createCoreTable(config, plant));
  const gates = [gate(configs[0]), gate(configs[1])] as const;
  const setting: Setting = { places, gates, records: interned() };
  const boxes = { [CONTAINERS[0]]: 'truck:0', [CONTAINERS[1]]: 'truck:1' };
  const world = worldOf(configs, places.vehicles, boxes);
  const moment: Moment = { gates: [gates[0].first, gates[1].first], world, wrong: [] };
  for (const side of SIDES) start(setting, moment, side);
  for (const side of SIDES) {
    bookFor(setting, moment, side);
    settle(setting, moment);
    bringIn(setting, moment, side);
  }
  for (const side of SIDES) {
    const { at, ahead } = world.vehicles[side];
    if (!places.isBeforeBorder(ahead[0]?.nodeId ?? ''))
      throw new Error(
        `the vehicle of side ${side} stays at ${at}: ${factsAt(setting, moment, side).crossings}`,
      );
  }
  if (moment.wrong.length > 0) throw new Error(`wrong from the beginning: ${moment.wrong}`);
  return { setting, moment };
}

/** Always what comes first, but that nobody arrives before the border. */
function settle(setting: Setting, moment: Moment): void {
  for (let done = 0; done < ACTIONS_MAX; done += 1) {
    const next = actionsIn(setting, moment).find(
      ({ kind, reaches }) =>
        kind === 'progress' && !(reaches !== undefined && setting.places.isBeforeBorder(reaches)),
    );
    if (next === undefined) return;
    next.run(moment);
    forgetLines(setting, moment);
  }
  throw new Error(`the preparation did not end within ${ACTIONS_MAX} actions`);
}

/** Customs has released it. What comes in stays in the yard: no truck is booked to fetch it. */
function bookFor(setting: Setting, moment: Moment, side: Side): void {
  const container = CONTAINERS[side];
  const declaration = DECLARATIONS[side];
  admit(setting, moment, side, {
    type: 'booking',
    bookingId: `b-${side}`,
    direction: 'export',
    container,
    truckPlate: TRUCKS[side],
    seals: [],
    grossKg: GROSS_KG,
    declarations: [declaration],
  });
  admit(setting, moment, side, {
    type: 'clearance',
    container,
    declaration,
    kind: 'export',
    channel: 'green',
    status: 'released',
    version: 1,
    source: 'customs',
  });
}

function bringIn(setting: Setting, moment: Moment, side: Side): void {
  const { lanes, devices } = setting.places.configs[side];
  const laneFor = (checkpoint: string): string =>
    lanes.find((lane) => lane.checkpoint === checkpoint && lane.loads.includes('laden'))?.id ?? '';
  const device = devices.find(({ kind }) => kind === 'weighbridge')?.id ?? '';
  const entry = laneFor('yard-in');
  stand(setting, moment, side, { place: entry, part: 'stand', plate: TRUCKS[side] });
  const grossKg = TRUCK_TARE_KG + GROSS_KG;
  admit(setting, moment, side, { type: 'weight', device, state: 'stable', grossKg });
  settle(setting, moment);
  passThrough(setting, moment, side, entry);
  const [bay = ''] = factsAt(setting, moment, side).truckBays;
  stand(setting, moment, side, { place: bay, part: 'stand', plate: TRUCKS[side] });
  settle(setting, moment);
  leave(setting, moment, side);
  const exit = laneFor('yard-out');
  stand(setting, moment, side, { place: exit, part: 'stand', plate: TRUCKS[side] });
  settle(setting, moment);
  passThrough(setting, moment, side, exit);
}

function passThrough(setting: Setting, moment: Moment, side: Side, lane: string): void {
  for (const part of ['under', 'exit'] as const) {
    stand(setting, moment, side, { place: lane, part, plate: TRUCKS[side] });
    settle(setting, moment);
  }
  leave(setting, moment, side);
  settle(setting, moment);
}

function stand(setting: Setting, moment: Moment, side: Side, truck: Truck): void {
  moment.world.grounds[side].truck = truck;
  tellSensors(setting, moment, side, truck.place);
}

function leave(setting: Setting, moment: Moment, side: Side): void {
  const ground = moment.world.grounds[side];
  const place = ground.truck?.place ?? '';
  delete ground.truck;
  tellSensors(setting, moment, side, place);
}
