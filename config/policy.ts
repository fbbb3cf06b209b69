/** Whether each checkpoint can ask what it is told to ask, and asks what no gate may leave out. */
import type { Draft } from './draft.ts';
import type { Report } from './problem.ts';
import { type Checkpoint, type Condition, checkpointName, type LoadKind, loadKind } from './schema.ts';

/** What passes each checkpoint: domestic trucks reach the yard, driverless vehicles the border. */
const TRAFFIC: Record<Checkpoint, 'truck' | 'vehicle'> = {
  'yard-in': 'truck',
  'yard-out': 'truck',
  'border-out': 'vehicle',
  'border-in': 'vehicle',
};

/** The one checkpoint at which a condition has a meaning, where there is only one. */
const ONLY_AT: Partial<Record<Condition, Checkpoint>> = {
  'line-clear': 'border-out',
  grant: 'border-in',
  booking: 'yard-in',
};

/** What the gate's invariants rest on (one owner of the border block; nothing leaves the country's control uncleared). */
const DEMANDED: readonly {
  checkpoint: Checkpoint;
  loads: readonly LoadKind[];
  condition: Condition;
  because: string;
}[] = [
  {
    checkpoint: 'border-out',
    loads: ['laden', 'bobtail'],
    condition: 'line-clear',
    because: 'two vehicles could meet on one track',
  },
  {
    checkpoint: 'border-in',
    loads: ['laden', 'bobtail'],
    condition: 'grant',
    because: 'a vehicle nobody granted would be let in',
  },
  {
    checkpoint: 'border-out',
    loads: ['laden'],
    condition: 'clearance',
    because: 'export is cleared before it crosses',
  },
  {
    checkpoint: 'yard-out',
    loads: ['laden'],
    condition: 'clearance',
    because: 'import is cleared before it leaves the yard',
  },
];

function checkLanes(draft: Draft, report: Report): void {
  for (const { value, path } of draft.lanes) {
    value.loads.forEach((load, index) => {
      if (value.loads.indexOf(load) !== index)
        report([...path, 'loads', index], `${load} is listed twice`, 'remove one');
      const asked = draft.checkpoints[value.checkpoint]?.[load] ?? [];
      if (asked.includes('container') && value.devices.reader === undefined)
        report(
          [...path, 'devices'],
          `${value.checkpoint} asks ${load} vehicles for their container, and this lane has no reader`,
          'add a container-reader as "reader", or take the condition "container" away',
        );
      if (asked.includes('weight') && value.devices.scale === undefined)
        report(
          [...path, 'devices'],
          `${value.checkpoint} asks ${load} vehicles for their weight, and this lane has no scale`,
          'add a weighbridge as "scale", or take the condition "weight" away',
        );
    });
  }
  if (draft.torn.has('lanes') || draft.lanes.length === 0) return;
  for (const checkpoint of checkpointName.options) {
    const traffic = TRAFFIC[checkpoint];
    for (const load of loadKind.options) {
      const served = draft.lanes.some(
        ({ value }) =>
          value.checkpoint === checkpoint && value.traffic === traffic && value.loads.includes(load),
      );
      if (!served)
        report(
          ['lanes'],
          `${checkpoint} has no lane for a ${load} ${traffic}`,
          `add a lane with checkpoint: ${checkpoint}, traffic: ${traffic}, loads: [${load}]`,
        );
    }
  }
}

function checkConditions(draft: Draft, report: Report): void {
  for (const checkpoint of checkpointName.options) {
    for (const load of loadKind.options) {
      const asked = draft.checkpoints[checkpoint]?.[load] ?? [];
      asked.forEach((condition, index) => {
        const path = ['checkpoints', checkpoint, load, index];
        if (asked.indexOf(condition) !== index) report(path, `${condition} is listed twice`, 'remove one');
        const only = ONLY_AT[condition];
        if (only !== undefined && only !== checkpoint)
          report(
            path,
            `${condition} can only be asked at ${only}`,
            `move it to checkpoints.${only}, or remove it`,
          );
      });
    }
  }
  for (const { checkpoint, loads, condition, because } of DEMANDED) {
    for (const load of loads) {
      const asked = draft.checkpoints[checkpoint]?.[load];
      if (asked !== undefined && !asked.includes(condition))
        report(
          ['checkpoints', checkpoint, load],
          `${checkpoint} must ask for ${condition}: without it ${because}`,
          `add ${condition}`,
        );
    }
  }
}

/** One battery level must not be too low to serve and high enough to serve again. */
function checkFleet({ fleet }: Draft, report: Report): void {
  if (fleet && fleet.batteryPercentMin >= fleet.batteryPercentCharged)
    report(
      ['fleet', 'batteryPercentMin'],
      `a vehicle is too low below ${fleet.batteryPercentMin} %, and charged from ${fleet.batteryPercentCharged} % on`,
      'let batteryPercentMin be less than batteryPercentCharged',
    );
}

/** Each act must find enough people who may do it. A gate without people, such as a simulated one, has no acts. */
function checkOverrides({ overrides, people, torn }: Draft, report: Report): void {
  if (!overrides || people.length === 0 || torn.has('people')) return;
  for (const [act, { roles, secondPerson }] of Object.entries(overrides)) {
    const able = people.filter(({ value }) => roles.includes(value.role)).length;
    const needed = secondPerson ? 2 : 1;
    if (able < needed)
      report(
        ['overrides', act],
        `${act} takes ${needed} of role ${roles.join(' or ')}, and people names ${able}`,
        `add ${needed === 2 ? 'people' : 'a person'} of that role, or give the act to other roles`,
      );
  }
}

/** Conditions against devices, lanes against traffic, acts against people. */
export function checkPolicy(draft: Draft, report: Report): void {
  checkLanes(draft, report);
  checkConditions(draft, report);
  checkFleet(draft, report);
  checkOverrides(draft, report);
}
