/** Starting and stopping jobs. A start runs at most once; a stop is never kept from the wire by anything but a lost connection. */
import { DataType, type NodeId, Variant, VariantArrayType } from 'node-opcua-client';
import {
  type JobOrder,
  type JobStatus,
  jobOrder,
  type ReturnStatus,
  readJobList,
  readReturnStatus,
} from '../../../protocols/crane/job.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { CraneNodes } from './nodes.ts';

interface Start {
  /** Settles, never rejects, when the start is over. */
  done: Promise<unknown>;
  /** A stop of the same job came while the start was under way. */
  stopped: boolean;
}

export interface CraneCommands {
  start(command: JobOrder & { commandId: string }, online: boolean): Promise<void>;
  stop(command: { jobId: string; commandId: string }): Promise<void>;
}

/** `nodes` tells where commands go now; undefined while there is no connection. */
export function createCraneCommands(craneId: string, nodes: () => CraneNodes | undefined): CraneCommands {
  const starts = new Map<string, Start & { result: Promise<void> }>();

  const reach = (): CraneNodes => {
    const reached = nodes();
    if (reached) return reached;
    throw new GateError(
      'CRANE_OFFLINE',
      `The crane ${craneId} is not connected; nothing was sent`,
      'Wait until it is online.',
    );
  };

  async function runStart(order: JobOrder & { commandId: string }, start: Start): Promise<void> {
    const at = reach();
    const known = await findJob(at, order.jobId);
    if (known) return;
    const body = await at.session.build(at.jobOrderType, jobOrder(order, text));
    if (start.stopped) {
      throw new GateError(
        'CRANE_JOB_STOPPED',
        `Job ${order.jobId} was stopped before it was sent`,
        'Decide it anew.',
      );
    }
    let answer: ReturnStatus;
    try {
      const inputs = [
        new Variant({ dataType: DataType.ExtensionObject, value: body }),
        comment(order.commandId),
      ];
      answer = await call(at, at.storeAndStart, inputs);
    } catch (error) {
      if (error instanceof GateError && error.code === 'OPCUA_REFUSED')
        throw refused(craneId, order.jobId, error.message, error);
      // It may have run: only the list can tell.
      const listed = await findJob(at, order.jobId).catch(() => undefined);
      if (listed) return;
      throw new GateError(
        'CRANE_JOB_UNCERTAIN',
        `The crane ${craneId} did not say whether it took job ${order.jobId}: ${messageOf(error)}`,
        'Wait for its job list; the job is possibly running until then.',
        { cause: error },
      );
    }
    if (answer.ok || (await findJob(at, order.jobId))) return;
    throw refused(craneId, order.jobId, answer.reason);
  }

  /** Pauses what runs, revokes what has not begun; a job that is neither needs no stop. */
  async function halt(jobId: string, commandId: string): Promise<void> {
    const at = reach();
    const inputs = [text(jobId), comment(commandId)];
    const paused = await call(at, at.pause, inputs);
    if (paused.ok || paused.refusal === 'unknown-job') return;
    if (at.revokeStart && (await call(at, at.revokeStart, inputs)).ok) return;
    const state = (await findJob(at, jobId))?.state;
    if (state !== 'running' && state !== 'allowed') return;
    throw new GateError(
      'CRANE_STOP_REFUSED',
      `The crane ${craneId} does not stop job ${jobId}: ${paused.reason}`,
      'Stop the crane at its own controls.',
    );
  }

  return {
    async start(order, online) {
      const running = starts.get(order.jobId);
      if (running) return running.result;
      if (!online) {
        throw new GateError(
          'CRANE_OFFLINE',
          `The crane ${craneId} is not online; job ${order.jobId} was not sent`,
          'Wait until it is online.',
        );
      }
      const start: Start = { done: Promise.resolve(), stopped: false };
      const result = runStart(order, start);
      start.done = result.then(
        () => starts.delete(order.jobId),
        () => starts.delete(order.jobId),
      );
      starts.set(order.jobId, Object.assign(start, { result }));
      return result;
    },

    async stop({ jobId, commandId }) {
      const start = starts.get(jobId);
      if (!start) return halt(jobId, commandId);
      start.stopped = true;
      // At once, for the job may be there already; and again when the start is over, for it may not have been.
      await Promise.allSettled([halt(jobId, commandId), start.done]);
      await halt(jobId, commandId);
    },
  };
}

/** The job in the list as the crane has it now. Without a readable list nothing may be started: the job could be in it. */
async function findJob(at: CraneNodes, jobId: string): Promise<JobStatus | undefined> {
  let jobs: ReturnType<typeof readJobList>;
  try {
    const { statusCode, value } = await at.session.read(at.jobOrderList);
    jobs = statusCode.isGood() ? readJobList(value.value, []) : { problem: statusCode.name };
  } catch (error) {
    jobs = { problem: messageOf(error) };
  }
  if (!('problem' in jobs)) return jobs.find((job) => job.jobId === jobId);
  throw new GateError(
    'CRANE_LIST',
    `The job list, in which job ${jobId} could be, cannot be read: ${jobs.problem}`,
    'Check the connection to the crane, and its server against the profile.',
  );
}

async function call(at: CraneNodes, method: NodeId, inputs: Variant[]): Promise<ReturnStatus> {
  const { outputArguments } = await at.session.call(at.jobs, method, inputs);
  const status: unknown = outputArguments?.[0]?.value;
  if (!Array.isArray(status))
    return { ok: false, refusal: 'other', reason: 'it answers without a ReturnStatus' };
  const [high, low] = status as [number, number];
  return readReturnStatus((BigInt(high) << 32n) | BigInt(low));
}

const text = (value: string): Variant => new Variant({ dataType: DataType.String, value });
const comment = (commandId: string): Variant =>
  new Variant({
    dataType: DataType.LocalizedText,
    arrayType: VariantArrayType.Array,
    value: [{ text: `command ${commandId}` }],
  });

const refused = (craneId: string, jobId: string, reason: string, cause?: unknown): GateError =>
  new GateError(
    'CRANE_JOB_REFUSED',
    `The crane ${craneId} refuses job ${jobId}: ${reason}`,
    'Look at the crane’s state, then decide anew.',
    { cause },
  );
