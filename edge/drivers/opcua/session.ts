/**
 * One connection to one OPC UA server, from handshake to end. It never repairs itself: whatever breaks ends it whole, and
 * `link.ts` opens a new one. So there is one way to recover, the same for a restart, a cut cable, a lost subscription or
 * a server that refuses to hand subscriptions over; and node ids, types and subscription ids of before are never used.
 */
import {
  AttributeIds,
  BrowseDirection,
  type CallMethodResult,
  type ClientSession,
  type ClientSubscription,
  constructEventFilter,
  DataTypeExtractStrategy,
  type DataValue,
  MessageSecurityMode,
  makeNodeId,
  type NodeId,
  ObjectIds,
  OPCUAClient,
  ofType,
  resolveNodeId,
  SecurityPolicy,
  TimestampsToReturn,
  VariableIds,
  type Variant,
} from 'node-opcua-client';
import { type Observable, Subject } from 'rxjs';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { DriverContext } from '../driver.ts';
import { within } from './deadline.ts';
import type { OpcuaTiming } from './timing.ts';
import { opcuaKeysDir, openOpcuaKeys } from './trust.ts';

export interface OpcuaEndpoint {
  endpointUrl: string;
  security: 'none' | 'sign' | 'sign-and-encrypt';
}

/** A browse name: namespaces have different indexes at different servers, so they are named by URI. */
export interface BrowseName {
  uri: string;
  name: string;
}

export interface OpcuaSession {
  /** Resolves once, with the reason, when the connection is no longer usable. */
  readonly ended: Promise<string>;
  /** Each time the server's clock was seen to move. */
  readonly beat$: Observable<void>;
  /** A node that a companion specification numbers, such as a type. */
  typeId(uri: string, identifier: number): NodeId;
  /** The object below Objects/DeviceSet whose browse name is `name`, in whichever namespace. */
  device(name: string): Promise<NodeId>;
  /** Follows browse names from `start`; `undefined` if there is no such node. */
  find(start: NodeId, path: readonly BrowseName[]): Promise<NodeId | undefined>;
  /** As `find`; throws `OPCUA_NO_NODE`. */
  demand(start: NodeId, path: readonly BrowseName[]): Promise<NodeId>;
  /** Learns the structure `typeId` from the server, so that values of it arrive decoded. */
  learn(typeId: NodeId): Promise<void>;
  /** A structure to send. */
  build(typeId: NodeId, members: Record<string, unknown>): Promise<object>;
  subscribe(): Promise<OpcuaSubscription>;
  read(nodeId: NodeId): Promise<DataValue>;
  /** All in one request, in the same order. */
  readAll(nodeIds: readonly NodeId[]): Promise<DataValue[]>;
  /** Throws `OPCUA_TIMEOUT` or `OPCUA_LOST` when the call may have run, `OPCUA_REFUSED` when the server refused it. */
  call(objectId: NodeId, methodId: NodeId, inputs: Variant[]): Promise<CallMethodResult>;
  close(): Promise<void>;
}

export interface OpcuaSubscription {
  /** Lets values and events flow; before it, none does, so that none meets a watch half made. */
  start(): Promise<void>;
  /** `onValue` must not throw: the stack would swallow it. The value at the time of subscribing comes first. */
  watch(
    nodeId: NodeId,
    onValue: (value: DataValue) => void,
    options?: { samplingMs?: number; queueSize?: number },
  ): Promise<void>;
  /** Events of `eventType` and its subtypes raised by `nodeId`, from now on, with these fields. */
  watchEvents(
    nodeId: NodeId,
    eventType: NodeId,
    fields: readonly BrowseName[],
    onEvent: (values: Variant[]) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

const securityModes = {
  none: MessageSecurityMode.None,
  sign: MessageSecurityMode.Sign,
  'sign-and-encrypt': MessageSecurityMode.SignAndEncrypt,
} as const;

const UA_URI = 'http://opcfoundation.org/UA/';
const DI_URI = 'http://opcfoundation.org/UA/DI/';
const serverClock = resolveNodeId(VariableIds.Server_ServerStatus_CurrentTime);
/** Events that may wait at the server for one publish; the newest win. */
const eventsQueuedMax = 100;
/** How long the server keeps an abandoned session; after a crash of ours these add up. */
const sessionTimeoutMs = 30_000;

/** Connects; throws when it cannot. Costs nothing that `close` does not give back. */
export async function openSession(
  endpoint: OpcuaEndpoint,
  ctx: Pick<DriverContext, 'clock' | 'random' | 'log' | 'keysDir'>,
  timing: OpcuaTiming,
): Promise<OpcuaSession> {
  const { clock, log } = ctx;
  const { manager, certificateFile, applicationUri } = await openOpcuaKeys(
    opcuaKeysDir(ctx.keysDir),
    clock,
    ctx.random,
  );
  const client = OPCUAClient.create({
    applicationName: 'Lang Son gate',
    applicationUri,
    clientCertificateManager: manager,
    certificateFile,
    securityMode: securityModes[endpoint.security],
    securityPolicy: endpoint.security === 'none' ? SecurityPolicy.None : SecurityPolicy.Basic256Sha256,
    // A server behind a name or a forwarded port calls itself otherwise than we call it; its certificate tells who it is.
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
    transportTimeout: timing.requestMs,
    defaultTransactionTimeout: timing.requestMs,
    requestedSessionTimeout: sessionTimeoutMs,
    dataTypeExtractStrategy: DataTypeExtractStrategy.Lazy,
  });

  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const disconnect = (): Promise<void> =>
    within(clock, timing.requestMs, 'closing the connection', client.disconnect());
  let raw: ClientSession;
  let broken = false;
  try {
    await within(clock, timing.requestMs * 2, 'connecting', client.connect(endpoint.endpointUrl));
    client.on('connection_lost', () => {
      broken = true;
      end('the connection broke');
    });
    client.on('close', () => {
      broken = true;
      end('the connection was closed');
    });
    raw = await within(clock, timing.requestMs, 'opening a session', client.createSession());
    raw.on('session_closed', (status) => end(`the server closed the session (${status.name})`));
  } catch (error) {
    await disconnect().catch((late: unknown) => log.info(`after a failed connection: ${messageOf(late)}`));
    throw error;
  }

  const beats = new Subject<void>();
  const subscriptions = new Set<ClientSubscription>();
  let cancelSilence = (): void => {};
  const listen = (): void => {
    cancelSilence();
    cancelSilence = clock.after(timing.serverSilentMs, () => end(serverSilent));
  };
  const ask = <T>(what: string, answer: Promise<T>): Promise<T> =>
    within(clock, timing.requestMs, what, answer);
  /** Calls under way, each with the way to tell it that its connection is gone. */
  const calls = new Set<(error: GateError) => void>();
  void ended.then((reason) => {
    for (const reject of calls) reject(lostCall(reason));
  });
  const learnt = new Map<string, Promise<void>>();
  let learning: Promise<unknown> = Promise.resolve();
  let namespaces: string[] = [];
  const indexOf = (uri: string): number | undefined => {
    const index = namespaces.indexOf(uri);
    return index < 0 ? undefined : index;
  };

  const session: OpcuaSession = {
    ended,
    beat$: beats.asObservable(),
    typeId(uri, identifier) {
      const index = indexOf(uri);
      if (index === undefined) throw noNode(`the server does not know the namespace ${uri}`);
      return makeNodeId(identifier, index);
    },
    async device(name) {
      const deviceSet = await session.demand(resolveNodeId(ObjectIds.ObjectsFolder), [
        { uri: DI_URI, name: 'DeviceSet' },
      ]);
      const found: NodeId[] = [];
      const browse = {
        nodeId: deviceSet,
        browseDirection: BrowseDirection.Forward,
        referenceTypeId: 'HierarchicalReferences',
        includeSubtypes: true,
        resultMask: 0x3f,
      };
      let page = await ask('browsing DeviceSet', raw.browse(browse));
      for (;;) {
        for (const reference of page.references ?? [])
          if (reference.browseName.name === name) found.push(reference.nodeId);
        if (!page.continuationPoint || page.continuationPoint.length === 0) break;
        page = await ask('browsing DeviceSet', raw.browseNext(page.continuationPoint, false));
      }
      const [only] = found;
      if (only === undefined) throw noNode(`the server has no object ${name} below Objects/DeviceSet`);
      if (found.length > 1)
        throw noNode(`the server has ${found.length} objects ${name} below Objects/DeviceSet`);
      return only;
    },
    async find(start, path) {
      const elements = [];
      for (const { uri, name } of path) {
        const index = indexOf(uri);
        if (index === undefined) return undefined;
        elements.push({
          referenceTypeId: resolveNodeId('HierarchicalReferences'),
          isInverse: false,
          includeSubtypes: true,
          targetName: { namespaceIndex: index, name },
        });
      }
      const result = await ask(
        'resolving a browse path',
        raw.translateBrowsePath({ startingNode: start, relativePath: { elements } }),
      );
      return result.statusCode.isGood() ? result.targets?.[0]?.targetId : undefined;
    },
    async demand(start, path) {
      const found = await session.find(start, path);
      if (found === undefined)
        throw noNode(`the server has no ${path.map(({ name }) => name).join('/')} below ${start.toString()}`);
      return found;
    },
    learn(typeId) {
      // One after another and each once: asked at the same time by two devices, the stack may never answer one of them.
      const key = typeId.toString();
      const known = learnt.get(key);
      if (known) return known;
      const next = learning.then(async () => {
        await ask('reading a structure', raw.constructExtensionObject(typeId, {}));
      });
      learning = next.catch(() => learnt.delete(key));
      learnt.set(key, next);
      return next;
    },
    async build(typeId, members) {
      await session.learn(typeId);
      return ask('building a structure', raw.constructExtensionObject(typeId, members));
    },
    async subscribe() {
      const subscription = await ask(
        'subscribing',
        raw.createSubscription2({
          requestedPublishingInterval: timing.publishMs,
          requestedMaxKeepAliveCount: Math.max(1, Math.round(1_000 / timing.publishMs)),
          requestedLifetimeCount: Math.max(3, Math.round(sessionTimeoutMs / timing.publishMs)),
          maxNotificationsPerPublish: 0,
          publishingEnabled: false,
          priority: 0,
        }),
      );
      subscriptions.add(subscription);
      subscription.on('terminated', () => {
        if (subscriptions.has(subscription)) end('the server ended a subscription');
      });
      subscription.on('status_changed', (status) => end(`a subscription changed to ${status.name}`));
      // Emitted for each failed publish too; the connection's own events tell when it is really over.
      subscription.on('internal_error', (error) => log.info(`subscription: ${error.message}`));
      subscription.on('error', (error) => end(`a subscription failed: ${error.message}`));
      return wrapSubscription(subscription, timing, indexOf, ask, async () => {
        subscriptions.delete(subscription);
        await ask('ending a subscription', subscription.terminate());
      });
    },
    read: (nodeId) => ask('reading', raw.read({ nodeId, attributeId: AttributeIds.Value })),
    readAll: (nodeIds) =>
      ask('reading', raw.read(nodeIds.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })))),
    async call(objectId, methodId, inputs) {
      const { promise: lost, reject } = Promise.withResolvers<never>();
      calls.add(reject);
      let result: CallMethodResult;
      try {
        const answer = raw.call({ objectId, methodId, inputArguments: inputs });
        result = await ask('calling a method', Promise.race([answer, lost]));
      } finally {
        calls.delete(reject);
      }
      if (result.statusCode.isBad()) {
        throw new GateError(
          'OPCUA_REFUSED',
          `The server refused the call: ${result.statusCode.name}`,
          'Check that the device offers the method and that the gate may call it.',
        );
      }
      return result;
    },
    async close() {
      cancelSilence();
      subscriptions.clear();
      end('closed by the gate');
      beats.complete();
      try {
        // Over a broken connection nobody would answer; the server drops the session by itself.
        if (!broken) await ask('closing the session', raw.close(true));
      } catch (error) {
        log.info(`while closing the session: ${messageOf(error)}`);
      }
      try {
        await disconnect();
      } catch (error) {
        log.info(`while closing the connection: ${messageOf(error)}`);
      }
    },
  };

  try {
    namespaces = await ask('reading the namespaces', raw.readNamespaceArray());
    const own = await session.subscribe();
    let last: number | undefined;
    listen();
    await own.watch(
      serverClock,
      (value) => {
        const time = value.value?.value instanceof Date ? value.value.value.getTime() : undefined;
        // The first value proves nothing: a frozen server has one too.
        if (time === undefined || time === last) return;
        if (last !== undefined) {
          listen();
          beats.next();
        }
        last = time;
      },
      { samplingMs: Math.min(500, timing.serverSilentMs / 4) },
    );
    await own.start();
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

/** Why a session ended whose server was there, but said nothing. */
export const serverSilent = 'the server is connected, but its clock does not move';

function wrapSubscription(
  subscription: ClientSubscription,
  timing: OpcuaTiming,
  indexOf: (uri: string) => number | undefined,
  ask: <T>(what: string, answer: Promise<T>) => Promise<T>,
  close: () => Promise<void>,
): OpcuaSubscription {
  return {
    async start() {
      const status = await ask('starting a subscription', subscription.setPublishingMode(true));
      if (status.isBad()) throw noNode(`the server does not start a subscription: ${status.name}`);
    },
    async watch(nodeId, onValue, { samplingMs = timing.publishMs, queueSize = 10 } = {}) {
      const item = await ask(
        'watching a value',
        subscription.monitor(
          { nodeId, attributeId: AttributeIds.Value },
          { samplingInterval: samplingMs, queueSize, discardOldest: true },
          TimestampsToReturn.Source,
        ),
      );
      if (item.statusCode.isBad())
        throw noNode(`the server does not let us watch ${nodeId.toString()}: ${item.statusCode.name}`);
      item.on('changed', onValue);
    },
    async watchEvents(nodeId, eventType, fields, onEvent) {
      const names = fields.map(({ uri, name }) => ({
        namespaceIndex: uri === UA_URI ? 0 : (indexOf(uri) ?? 0),
        name,
      }));
      const item = await ask(
        'watching events',
        subscription.monitor(
          { nodeId, attributeId: AttributeIds.EventNotifier },
          {
            samplingInterval: 0,
            queueSize: eventsQueuedMax,
            discardOldest: true,
            filter: constructEventFilter(names, ofType(eventType)),
          },
          TimestampsToReturn.Neither,
        ),
      );
      if (item.statusCode.isBad())
        throw noNode(`${nodeId.toString()} raises no events: ${item.statusCode.name}`);
      item.on('changed', onEvent);
    },
    close,
  };
}

const lostCall = (reason: string): GateError =>
  new GateError(
    'OPCUA_LOST',
    `The connection ended during a call: ${reason}`,
    'Read the state of the device before trying again.',
  );

const noNode = (what: string): GateError =>
  new GateError(
    'OPCUA_NO_NODE',
    what,
    'Compare the configuration with the address space of the server, and the profile with what the device offers.',
  );
