/** A crane as its server shows it: our profile of ISA-95 Job Control (protocols/crane/README.md). */
import {
  type AddressSpace,
  DataType,
  type ExtensionObject,
  type Namespace,
  StatusCodes,
  type UAMethod,
  type UAObject,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import type { Clock } from '../../edge/platform/clock.ts';
import { jobOrder, jobResponse, jobState, readJobOrder, returnStatus } from '../../protocols/crane/job.ts';
import { craneNames, JOB_CONTROL_URI, jobControlNodes } from '../../protocols/crane/profile.ts';
import { type CraneValues, craneValues } from '../../protocols/crane/status.ts';
import type { CraneJob, CraneModel } from '../world/ports.ts';
import { deviceSetOf, typesOf } from './opcua-nodes.ts';

/** Finished jobs that stay in the list, and stored ones that may wait in it. */
const jobsKeptMax = 50;
type Answer = Parameters<typeof returnStatus>[0];
const isFinished = ({ state }: CraneJob): boolean => state === 'ended' || state === 'aborted';

export interface SimulatedCrane {
  /** Writes the present state; to be called when silence ends. */
  publish(): void;
  /** Lets the next `count` StoreAndStart calls run, but answers none of them. */
  loseAnswers(count: number): void;
  stop(): void;
}

export function addCrane(
  addressSpace: AddressSpace,
  namespace: Namespace,
  name: string,
  model: CraneModel,
  options: { clock: Clock; heartbeatMs: number; isSilent: () => boolean },
): SimulatedCrane {
  const types = typesOf(addressSpace, JOB_CONTROL_URI);
  const crane = namespace.addObject({ browseName: name, componentOf: deviceSetOf(addressSpace) });
  const spreader = namespace.addObject({ browseName: craneNames.spreader, componentOf: crane });
  const variable = (
    browseName: string,
    dataType: 'Boolean' | 'Int32' | 'UInt32' | 'String',
    parent: UAObject = crane,
  ): UAVariable => namespace.addVariable({ browseName, componentOf: parent, dataType });
  const receiver = types.objectType(jobControlNodes.jobOrderReceiverType).instantiate({
    namespace,
    browseName: craneNames.jobs,
    componentOf: crane,
    optionals: ['Store', 'Start', 'StoreAndStart', 'Pause', 'RevokeStart', 'Cancel', 'Clear'],
  }) as UAObject & { jobOrderList: UAVariable; maxDownloadableJobOrders: UAVariable };
  const results = types.objectType(jobControlNodes.jobResponseProviderType).instantiate({
    namespace,
    browseName: craneNames.results,
    componentOf: crane,
    optionals: ['JobOrderResponseList'],
  }) as UAObject & { jobOrderResponseList: UAVariable };
  receiver.maxDownloadableJobOrders.setValueFromSource({ dataType: DataType.UInt16, value: jobsKeptMax });

  const status: Record<keyof CraneValues, { variable: UAVariable; dataType: DataType }> = {
    Mode: { variable: variable(craneNames.mode, 'Int32'), dataType: DataType.Int32 },
    Position: { variable: variable(craneNames.position, 'String'), dataType: DataType.String },
    HoistClear: { variable: variable(craneNames.hoistClear, 'Boolean'), dataType: DataType.Boolean },
    Landed: { variable: variable(craneNames.landed, 'Boolean', spreader), dataType: DataType.Boolean },
    Locked: { variable: variable(craneNames.locked, 'Boolean', spreader), dataType: DataType.Boolean },
    Unlocked: { variable: variable(craneNames.unlocked, 'Boolean', spreader), dataType: DataType.Boolean },
    Loaded: { variable: variable(craneNames.loaded, 'Boolean', spreader), dataType: DataType.Boolean },
  };
  const heartbeat = variable(craneNames.heartbeat, 'UInt32');

  /** Stored, not started: known to the server alone. */
  const stored = new Map<string, CraneJob>();
  /** Finished jobs that a client has cleared. */
  const cleared = new Set<string>();
  let answersToLose = 0;

  const text = (value: string): Variant => new Variant({ dataType: DataType.String, value });
  const structures = (values: ExtensionObject[]) => ({
    dataType: DataType.ExtensionObject,
    arrayType: VariantArrayType.Array,
    value: values,
  });
  const listed = (): CraneJob[] => {
    const finished = model.jobs
      .filter((job) => isFinished(job) && !cleared.has(job.jobId))
      .slice(-jobsKeptMax);
    return [...finished, ...model.jobs.filter((job) => !isFinished(job)), ...stored.values()];
  };
  const publishJobs = (): void => {
    if (options.isSilent()) return;
    const orderType = types.dataType(jobControlNodes.jobOrderAndStateDataType);
    const responseType = types.dataType(jobControlNodes.jobResponseDataType);
    const jobs = listed();
    // First the responses: whoever sees a job's new state must find what belongs to it.
    results.jobOrderResponseList.setValueFromSource(
      structures(
        jobs.map((job) => addressSpace.constructExtensionObject(responseType, jobResponse(job, text))),
      ),
    );
    receiver.jobOrderList.setValueFromSource(
      structures(
        jobs.map((job) =>
          addressSpace.constructExtensionObject(orderType, {
            jobOrder: jobOrder(job, text),
            state: jobState(job.state),
          }),
        ),
      ),
    );
  };
  const publishStatus = (): void => {
    if (options.isSilent()) return;
    const values = craneValues(model.state);
    for (const key of Object.keys(status) as (keyof CraneValues)[]) {
      status[key].variable.setValueFromSource({ dataType: status[key].dataType, value: values[key] });
    }
  };
  const publish = (): void => {
    publishStatus();
    publishJobs();
  };

  const findJob = (jobId: string): CraneJob | undefined => listed().find((job) => job.jobId === jobId);
  const start = (job: Pick<CraneJob, 'jobId' | 'container' | 'from' | 'to'>): Answer =>
    model.start(job) === 'accepted' ? 'ok' : 'not-accepted';
  const methods: Record<string, (argument: unknown) => Answer> = {
    Store(argument) {
      const order = readJobOrder(argument);
      if ('problem' in order) return 'invalid';
      if (findJob(order.jobId) || stored.size >= jobsKeptMax) return 'not-accepted';
      stored.set(order.jobId, { ...order, state: 'not-allowed' });
      return 'ok';
    },
    StoreAndStart(argument) {
      const order = readJobOrder(argument);
      if ('problem' in order) return 'invalid';
      return findJob(order.jobId) ? 'not-accepted' : start(order);
    },
    Start(argument) {
      const job = stored.get(String(argument));
      if (!job) return findJob(String(argument)) ? 'wrong-state' : 'unknown-job';
      stored.delete(job.jobId);
      return start({ jobId: job.jobId, container: job.container, from: job.from, to: job.to });
    },
    Pause(argument) {
      const job = findJob(String(argument));
      if (!job) return 'unknown-job';
      return job.state === 'running' && model.stop(job.jobId) ? 'ok' : 'wrong-state';
    },
    RevokeStart(argument) {
      const job = findJob(String(argument));
      if (!job) return 'unknown-job';
      return job.state === 'allowed' && model.stop(job.jobId) ? 'ok' : 'wrong-state';
    },
    Cancel(argument) {
      if (stored.delete(String(argument))) return 'ok';
      return findJob(String(argument)) ? 'wrong-state' : 'unknown-job';
    },
    Clear(argument) {
      const job = findJob(String(argument));
      if (!job) return 'unknown-job';
      if (!isFinished(job)) return 'wrong-state';
      for (const jobId of cleared)
        if (!model.jobs.some((known) => known.jobId === jobId)) cleared.delete(jobId);
      cleared.add(job.jobId);
      return 'ok';
    },
  };
  for (const [browseName, run] of Object.entries(methods)) {
    const method = receiver.getMethodByName(browseName) as UAMethod;
    method.bindMethod((inputs, _context, callback) => {
      const answer = run(inputs[0]?.value);
      publishJobs();
      if (browseName === 'StoreAndStart' && answersToLose > 0) {
        answersToLose -= 1;
        return;
      }
      const status = returnStatus(answer);
      const bits = [Number(status >> 32n), Number(status & 0xffff_ffffn)];
      callback(null, {
        // Annex B.2: with a Bad code there would be no ReturnStatus.
        statusCode: answer === 'ok' ? StatusCodes.Good : StatusCodes.Uncertain,
        outputArguments: [{ dataType: DataType.UInt64, arrayType: VariantArrayType.Scalar, value: bits }],
      });
    });
  }

  publish();
  let beats = 0;
  const beat = (): void => {
    if (options.isSilent()) return;
    beats = (beats + 1) >>> 0;
    heartbeat.setValueFromSource({ dataType: DataType.UInt32, value: beats });
  };
  beat();
  const cancelBeat = options.clock.every(options.heartbeatMs, beat);
  const subscription = model.changes.subscribe(publishStatus);
  subscription.add(model.jobChanges.subscribe(publishJobs));
  return {
    publish,
    loseAnswers(count) {
      answersToLose = count;
    },
    stop() {
      cancelBeat();
      subscription.unsubscribe();
    },
  };
}
