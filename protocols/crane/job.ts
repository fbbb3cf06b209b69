/** Jobs of a crane as ISA-95 Job Control V2 carries them (OPC 10031-4 §7.3): orders, states, responses, return codes. */

/** The top-level states of a job order, in the order of their StateNumber, which begins at 1 (§7.2.1). */
const states = ['not-allowed', 'allowed', 'running', 'interrupted', 'ended', 'aborted'] as const;
export type JobState = (typeof states)[number];
const stateTexts = [
  'NotAllowedToStart',
  'AllowedToStart',
  'Running',
  'Interrupted',
  'Ended',
  'Aborted',
] as const;

/** Moving one container from one place to another. */
export interface JobOrder {
  jobId: string;
  container: string;
  from: string;
  to: string;
}
/** One entry of the job list, joined with its response. */
export interface JobStatus {
  jobId: string;
  state: JobState;
  /** What the spreader's reader saw at pick. */
  containerSeen?: string;
  /** The same at set-down. */
  containerSet?: string;
}
export interface Unreadable {
  problem: string;
}

/** IDs of the job order's parameters, each a String. */
const parameterIds = { container: 'Container', from: 'From', to: 'To' } as const;
/** IDs of the response's data with what the spreader's reader saw at pick and at set-down, each a String. */
const containerSeenId = 'ContainerSeen';
const containerSetId = 'ContainerSet';

/** A parameter (ISA95ParameterDataType) whose value a stack has wrapped with its own `string` variant. */
type Wrap = (text: string) => unknown;

/** The members of an ISA95JobOrderDataType. `wrap` makes the stack's variant of a String. */
export const jobOrder = ({ jobId, container, from, to }: JobOrder, wrap: Wrap): Record<string, unknown> => ({
  jobOrderID: jobId,
  jobOrderParameters: [
    { ID: parameterIds.container, value: wrap(container) },
    { ID: parameterIds.from, value: wrap(from) },
    { ID: parameterIds.to, value: wrap(to) },
  ],
});

/** Reads an ISA95JobOrderDataType. */
export function readJobOrder(value: unknown): JobOrder | Unreadable {
  const order = members(value);
  const jobId = order?.jobOrderID;
  if (typeof jobId !== 'string' || jobId === '') return { problem: 'the job order has no JobOrderID' };
  const container = parameter(order?.jobOrderParameters, parameterIds.container);
  const from = parameter(order?.jobOrderParameters, parameterIds.from);
  const to = parameter(order?.jobOrderParameters, parameterIds.to);
  if (container === undefined || from === undefined || to === undefined) {
    return { problem: `job order ${jobId} lacks Container, From or To` };
  }
  return { jobId, container, from, to };
}

/** The members of an ISA95StateDataType array that tells the top-level state alone (§7.3.2). */
export const jobState = (state: JobState): Record<string, unknown>[] => {
  const index = states.indexOf(state);
  return [{ stateText: { text: stateTexts[index] }, stateNumber: index + 1 }];
};

/** The members of an ISA95JobResponseDataType. */
export function jobResponse(
  { jobId, state, containerSeen, containerSet }: JobStatus,
  wrap: Wrap,
): Record<string, unknown> {
  const data: { ID: string; value: unknown }[] = [];
  if (containerSeen !== undefined) data.push({ ID: containerSeenId, value: wrap(containerSeen) });
  if (containerSet !== undefined) data.push({ ID: containerSetId, value: wrap(containerSet) });
  return {
    jobResponseID: jobId,
    jobOrderID: jobId,
    jobState: jobState(state),
    ...(data.length > 0 && { jobResponseData: data }),
  };
}

/**
 * Joins JobOrderList (ISA95JobOrderAndStateDataType[]) with JobOrderResponseList (ISA95JobResponseDataType[]).
 * One unreadable order makes the list unreadable: what is not in the list does not exist, so it must not be shortened.
 */
export function readJobList(orders: unknown, responses: unknown): JobStatus[] | Unreadable {
  const seen = new Map<string, Pick<JobStatus, 'containerSeen' | 'containerSet'>>();
  for (const response of elements(responses)) {
    const fields = members(response);
    if (typeof fields?.jobOrderID !== 'string') continue;
    const containerSeen = parameter(fields.jobResponseData, containerSeenId);
    const containerSet = parameter(fields.jobResponseData, containerSetId);
    seen.set(fields.jobOrderID, {
      ...seen.get(fields.jobOrderID),
      ...(containerSeen !== undefined && { containerSeen }),
      ...(containerSet !== undefined && { containerSet }),
    });
  }
  const jobs: JobStatus[] = [];
  for (const entry of elements(orders)) {
    const jobId = members(members(entry)?.jobOrder)?.jobOrderID;
    if (typeof jobId !== 'string' || jobId === '')
      return { problem: 'an entry of the job list has no JobOrderID' };
    const number = members(elements(members(entry)?.state)[0])?.stateNumber;
    const state = typeof number === 'number' ? states[number - 1] : undefined;
    if (state === undefined) return { problem: `job ${jobId} has the unknown state ${String(number)}` };
    jobs.push({ jobId, state, ...seen.get(jobId) });
  }
  return jobs;
}

/** Bits of the methods' ReturnStatus (Annex B.2). Servers in the field answer success with 1 (bit 0) and with 0. */
const returnBits = [
  [1, 'unknown-job', 'it does not know the job'],
  [3, 'wrong-state', 'the state of the job does not allow it'],
  [4, 'not-accepted', 'it cannot accept the job'],
  [32, 'invalid', 'the request is invalid'],
] as const;
export type JobRefusal = (typeof returnBits)[number][1] | 'other';
export type ReturnStatus = { ok: true } | { ok: false; refusal: JobRefusal; reason: string };

/** Reads a ReturnStatus (UInt64). */
export function readReturnStatus(bits: bigint): ReturnStatus {
  if ((bits & ~1n) === 0n) return { ok: true };
  const known = returnBits.find(([bit]) => (bits & (1n << BigInt(bit))) !== 0n);
  return known
    ? { ok: false, refusal: known[1], reason: known[2] }
    : { ok: false, refusal: 'other', reason: `it answers with status 0x${bits.toString(16)}` };
}

/** The ReturnStatus of an answer. */
export const returnStatus = (answer: 'ok' | Exclude<JobRefusal, 'other'>): bigint => {
  const bit = returnBits.find(([, refusal]) => refusal === answer)?.[0] ?? 0;
  return 1n << BigInt(bit);
};

const members = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
const elements = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The String value of the parameter `id` (ISA95ParameterDataType, §7.3.4); a stack may have wrapped it in a variant. */
function parameter(list: unknown, id: string): string | undefined {
  const found = elements(list)
    .map(members)
    .find((candidate) => candidate?.ID === id || candidate?.iD === id);
  const value = found?.value;
  const plain = members(value)?.value ?? value;
  return typeof plain === 'string' ? plain : undefined;
}
