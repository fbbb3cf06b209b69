/** What devices beside cameras and scales have seen of whatever stands in a lane, and what officers have seen in their place. */
import type { ObservationReport } from './input.ts';
import type { Evidence, Observed } from './reconcile/case.ts';
import { alarmReasons } from './reconcile/screening.ts';
import { siteOf } from './site.ts';
import { policyOf } from './site-policy.ts';
import type { Visit } from './state.ts';
import type { Turn } from './turn.ts';

/** Kept for one visit; of one that stands for days the last. */
const OBSERVATIONS_MAX = 32;
const HOUR_MS = 3_600_000;

/** Takes what a device has seen; what it has told already adds nothing. */
export function takeObservation({ state, agenda }: Turn, input: ObservationReport): void {
  const { device, readId, seen, image } = input;
  const lane = siteOf(state).laneOfDevice.get(device);
  const visit = lane === undefined ? null : (state.lanes[lane.id]?.visit ?? null);
  if (lane === undefined || visit === null) return;
  const id = `${device}/${readId}`;
  if (visit.observations.some((known) => known.id === id)) return;
  keep(visit, { ...seen, id, device, at: state.now, ...(image !== undefined && { image }) });
  agenda.lanes.add(lane.id);
}

/** An officer’s own reading. Whether it stands in for a device’s is the policy’s to say; too many an hour are refused. */
export function observe(
  { state, agenda }: Turn,
  laneId: string,
  seen: Observed,
  { person, photo }: { person: string; photo: string },
): string | null {
  const visit = state.lanes[laneId]?.visit ?? null;
  if (visit === null) return `nothing stands in ${laneId}`;
  const { handheldPerHourMax } = policyOf(state);
  const recent = (state.handheld[person] ?? []).filter((at) => state.now - at < HOUR_MS);
  if (recent.length >= handheldPerHourMax)
    return `${person} has observed ${recent.length} times within the hour, which is as often as may be`;
  state.handheld[person] = [...recent, state.now];
  keep(visit, {
    ...seen,
    id: `${person}/${state.now}/${recent.length}`,
    device: person,
    at: state.now,
    by: { person, photo },
  });
  agenda.lanes.add(laneId);
  return null;
}

function keep(visit: Visit, one: Evidence): void {
  const { observations } = visit;
  observations.push(one);
  if (observations.length <= OBSERVATIONS_MAX) return;
  // The oldest goes; an alarm stays as long as anything else can go.
  const at = observations.findIndex((known) => alarmReasons([known]).length === 0);
  observations.splice(Math.max(0, at), 1);
}
