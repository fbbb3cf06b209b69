/** The crane's nodes on its server, and what their values say. */
import type { DataValue, NodeId } from 'node-opcua-client';
import { type JobStatus, readJobList } from '../../../protocols/crane/job.ts';
import {
  CRANE_URI,
  craneNames,
  JOB_CONTROL_URI,
  jobControlNames,
  jobControlNodes,
} from '../../../protocols/crane/profile.ts';
import {
  type CraneStatus,
  type CraneValues,
  craneStatusNames,
  readCraneStatus,
} from '../../../protocols/crane/status.ts';
import type { CraneJobReport, CraneReport, DeviceInput } from '../../core/input.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Attachment, Signals } from '../opcua/device.ts';
import type { BrowseName, OpcuaSession, OpcuaSubscription } from '../opcua/session.ts';
import type { KeepUnreadable } from '../opcua/unreadable.ts';

/** Where commands go. Valid for the session they were resolved in. */
export interface CraneNodes {
  session: OpcuaSession;
  jobs: NodeId;
  jobOrderList: NodeId;
  jobOrderType: NodeId;
  storeAndStart: NodeId;
  pause: NodeId;
  /** Takes back a start that has not begun; a crane may do without. */
  revokeStart: NodeId | undefined;
}

/** Its state is read as a whole after so many heartbeats. */
const BEATS_A_READING = 5;
const notMoving = 'its heartbeat does not move';
const crane = (...names: string[]): BrowseName[] => names.map((name) => ({ uri: CRANE_URI, name }));
const jobControl = (name: string): BrowseName[] => [{ uri: JOB_CONTROL_URI, name }];

/** Resolves the nodes, hands those for commands to `onNodes` and reports what changes. */
export async function attachCrane(
  device: { id: string; object: string },
  keepUnreadable: KeepUnreadable,
  session: OpcuaSession,
  subscription: OpcuaSubscription,
  signals: Signals,
  onNodes: (nodes: CraneNodes) => void,
): Promise<Attachment> {
  const object = await session.device(device.object);
  const jobs = await session.demand(object, crane(craneNames.jobs));
  const results = await session.demand(object, crane(craneNames.results));
  const jobOrderList = await session.demand(jobs, jobControl(jobControlNames.jobOrderList));
  const responseList = await session.demand(results, jobControl(jobControlNames.jobResponseList));
  const jobOrderType = session.typeId(JOB_CONTROL_URI, jobControlNodes.jobOrderDataType);
  await session.learn(session.typeId(JOB_CONTROL_URI, jobControlNodes.jobOrderAndStateDataType));
  await session.learn(session.typeId(JOB_CONTROL_URI, jobControlNodes.jobResponseDataType));
  onNodes({
    session,
    jobs,
    jobOrderList,
    jobOrderType,
    storeAndStart: await session.demand(jobs, jobControl(jobControlNames.storeAndStart)),
    pause: await session.demand(jobs, jobControl(jobControlNames.pause)),
    revokeStart: await session.find(jobs, jobControl(jobControlNames.revokeStart)),
  });

  const picture = createPicture(device.id, keepUnreadable, signals);
  const statusIds: NodeId[] = [];
  for (const name of craneStatusNames) {
    const path = name in spreaderNames ? crane(craneNames.spreader, name) : crane(name);
    const id = await session.demand(object, path);
    statusIds.push(id);
    await subscription.watch(id, picture.take(name), { queueSize: 1 });
  }
  /** One change that got lost would leave the crane standing for good. */
  const readAnew = async (): Promise<void> => {
    const values = await session.readAll(statusIds);
    for (const [index, name] of craneStatusNames.entries()) {
      const value = values[index];
      if (value !== undefined) picture.take(name)(value);
    }
  };
  await subscription.watch(responseList, picture.take('responses'), { queueSize: 1 });
  await subscription.watch(jobOrderList, picture.take('orders'), { queueSize: 1 });

  let beats = 0;
  await subscription.watch(await session.demand(object, crane(craneNames.heartbeat)), ({ statusCode }) => {
    // The first value proves nothing: a frozen controller has one too.
    if (!statusCode.isGood() || ++beats === 1) return;
    signals.beat(notMoving);
    if (beats % BEATS_A_READING === 0)
      readAnew().catch((error: unknown) => signals.lost(`its state cannot be read: ${messageOf(error)}`));
  });
  return { beats: [notMoving], snapshot: picture.snapshot };
}

const spreaderNames = { Landed: true, Locked: true, Unlocked: true, Loaded: true };
type Name = keyof CraneValues | 'orders' | 'responses';

/** The picture that the latest values make, told whole or by what changed. */
function createPicture(device: string, keepUnreadable: KeepUnreadable, signals: Signals) {
  const values = new Map<Name, unknown>();
  const bad = new Map<Name, string>();
  let told: { status: CraneStatus; jobs: readonly JobStatus[] } | undefined;
  let scheduled = false;
  signals.doubt('its state has not been read yet');

  const craneReport = (status: CraneStatus): CraneReport => ({ type: 'crane', device, ...status });
  const listReport = (jobs: readonly JobStatus[]): DeviceInput => ({
    type: 'crane-jobs',
    device,
    jobs: [...jobs],
  });

  const unreadable = (channel: string, problem: string, value: unknown): void => {
    signals.doubt(`what it says cannot be read: ${problem}`);
    const malformed = keepUnreadable(channel, problem, value);
    if (malformed) signals.report(malformed);
  };

  const look = (): void => {
    scheduled = false;
    const [unknown] = bad;
    if (unknown) signals.doubt(`its ${unknown[0]} is ${unknown[1]}`);
    else if (values.size === craneStatusNames.length + 2) compare();
  };

  const compare = (): void => {
    const plain = Object.fromEntries(craneStatusNames.map((name) => [name, values.get(name)])) as CraneValues;
    const status = readCraneStatus(plain);
    const jobs = readJobList(values.get('orders'), values.get('responses'));
    if ('problem' in status) unreadable('Status', status.problem, plain);
    else if ('problem' in jobs) unreadable('JobOrderList', jobs.problem, values.get('orders'));
    else {
      const before = told;
      told = { status, jobs };
      if (before) {
        for (const change of changedJobs(device, before.jobs, jobs) ?? [listReport(jobs)])
          signals.change(change);
        if (JSON.stringify(before.status) !== JSON.stringify(status)) signals.change(craneReport(status));
      }
      signals.doubt(undefined);
    }
  };

  /** A value has come; the values of one publish are one picture. */
  const take = (name: Name, { statusCode, value }: DataValue): void => {
    if (/^BadNodeId/.test(statusCode.name)) signals.lost(`its ${name} is ${statusCode.name}`);
    if (statusCode.isGood()) {
      bad.delete(name);
      values.set(name, value?.value);
    } else bad.set(name, statusCode.name);
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(look);
  };

  return {
    take: (name: Name) => (value: DataValue) => take(name, value),
    snapshot: (): DeviceInput[] => (told ? [listReport(told.jobs), craneReport(told.status)] : []),
  };
}

/** A report for each job that is new or changed; undefined if one is gone, for then only the whole list tells it. */
function changedJobs(
  device: string,
  before: readonly JobStatus[],
  after: readonly JobStatus[],
): CraneJobReport[] | undefined {
  const now = new Map(after.map((job) => [job.jobId, job]));
  if (before.some(({ jobId }) => !now.has(jobId))) return undefined;
  const known = new Map(before.map((job) => [job.jobId, job]));
  return after
    .filter(({ jobId, state, containerSeen, containerSet }) => {
      const old = known.get(jobId);
      return old?.state !== state || old.containerSeen !== containerSeen || old.containerSet !== containerSet;
    })
    .map((job) => ({ type: 'crane-job', device, ...job }));
}
