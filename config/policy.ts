/** Whether each checkpoint can ask what it is told to ask, and asks what no gate may leave out. */
import type { Draft } from './draft.ts';
import type { Path, Report } from './problem.ts';
import {
  type Carried,
  type Checkpoint,
  type Condition,
  carriedKind,
  checkpointName,
  type DeviceKind,
  type LaneConfig,
  laneLoadOf,
  loadKind,
} from './schema.ts';

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

/** What is demanded may differ by these; lanes know only whether a vehicle carries containers. */
const DEMANDED_BY = carriedKind.options;

type LaneDevice = keyof LaneConfig['devices'];

/** What a lane's device must tell, and which device that is: the first, or another one in its place. */
const TOLD_BY: Partial<
  Record<Condition, { devices: readonly [LaneDevice, ...LaneDevice[]]; kind: DeviceKind }>
> = {
  trailer: { devices: ['rearCamera'], kind: 'plate-camera' },
  container: { devices: ['reader', 'rearReader'], kind: 'container-reader' },
  weight: { devices: ['scale'], kind: 'weighbridge' },
};

/** What no device kind of this release tells: nothing would ever pass, but for officers who look themselves. */
export const UNTOLD: ReadonlySet<Condition> = new Set<Condition>([
  'seal',
  'radiation',
  'emptiness',
  'temperature',
]);

/** Whether the site has said that officers read this themselves, with a photo (`gate act observe`). */
const isTakenByOfficers = ({ substitutes }: Draft, condition: Condition): boolean =>
  substitutes !== undefined && substitutes.perHourMax > 0 && substitutes.conditions.includes(condition);

/** What the gate's invariants rest on (one owner of the border block; nothing leaves the country's control uncleared). */
const DEMANDED: readonly {
  checkpoint: Checkpoint;
  loads: readonly Carried[];
  condition: Condition;
  because: string;
}[] = [
  {
    checkpoint: 'border-out',
    loads: DEMANDED_BY,
    condition: 'line-clear',
    because: 'two vehicles could meet on one track',
  },
  {
    checkpoint: 'border-in',
    loads: DEMANDED_BY,
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

/** Each thing that is asked must be told by a device of the lane. */
function checkLaneDevices(
  draft: Draft,
  { checkpoint, devices }: LaneConfig,
  path: Path,
  carried: Carried,
  report: Report,
): void {
  for (const condition of draft.checkpoints[checkpoint]?.[carried] ?? []) {
    const told = TOLD_BY[condition];
    if (told === undefined || told.devices.some((device) => devices[device] !== undefined)) continue;
    // Few trucks have a trailer that was announced; a container and a weight are on all of them.
    if (condition === 'trailer' && isTakenByOfficers(draft, condition)) continue;
    const [device] = told.devices;
    report(
      [...path, 'devices'],
      `${checkpoint} asks ${carried} vehicles for their ${condition}, and this lane has no ${device}`,
      `add a ${told.kind} as "${device}", or take the condition "${condition}" away`,
    );
  }
}

function checkLanes(draft: Draft, report: Report): void {
  for (const { value, path } of draft.lanes) {
    value.loads.forEach((load, index) => {
      if (value.loads.indexOf(load) !== index)
        report([...path, 'loads', index], `${load} is listed twice`, 'remove one');
      for (const carried of DEMANDED_BY)
        if (laneLoadOf(carried) === load) checkLaneDevices(draft, value, path, carried, report);
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
    for (const load of DEMANDED_BY) {
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
        if (UNTOLD.has(condition) && !isTakenByOfficers(draft, condition))
          report(
            path,
            `no device that this release knows tells the ${condition}, so nobody would ever pass ${checkpoint}`,
            `remove it, or name ${condition} in reconciliation.substitutes.conditions: officers then look at each ` +
              'vehicle themselves. What is seen against a vehicle counts without being asked for',
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

/** Two answers to what may cross would leave it open which one counts. */
function checkFilter({ counterpart }: Draft, report: Report): void {
  if (counterpart?.filter !== undefined && counterpart.share !== undefined)
    report(
      ['counterpart', 'share'],
      'filter says what may cross, and share, its former name, says it once more',
      'name in filter.export.offered what share names, and remove share',
    );
}

/** Conditions against devices, lanes against traffic, acts against people, and what may cross. */
export function checkPolicy(draft: Draft, report: Report): void {
  checkLanes(draft, report);
  checkConditions(draft, report);
  checkFleet(draft, report);
  checkOverrides(draft, report);
  checkFilter(draft, report);
}
