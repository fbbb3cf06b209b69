import { Subject } from 'rxjs';
import type { VehicleConfig } from '../../config/schema.ts';
import type { Visitor } from './carrier.ts';
import type { Container } from './container.ts';
import type { WorldContext } from './context.ts';
import { BLOCKED_GAP_M, VEHICLE_SPEED_MPS, VEHICLE_TARE_KG } from './durations.ts';
import type { Lane } from './lane.ts';
import { type Motion, startMotion } from './motion.ts';
import type { Country } from './plates.ts';
import type { VehicleModel, VehicleOrder, VehicleState } from './ports.ts';
import type { Road } from './road.ts';
import { judgeOrder, type OrderEdge, type OrderNode } from './vehicle-order.ts';

type ActionState = VehicleState['actionStates'][number];

/**
 * A driverless vehicle after VDA 5050 2.1. It drives to the last released node and no further, whatever happens to its
 * link. Before a lane's barrier it waits, released or not, until the barrier is physically up. `pick` and `drop` are
 * HARD: it does not drive while one is unfinished, and they finish when a crane has set the load down or taken it.
 */
export interface Vehicle extends VehicleModel, Visitor {
  /** Id in the configuration of its home gate. */
  readonly deviceId: string;
}

/** Finished instant actions are reported until a new order comes, but no more than these. */
const INSTANT_ACTIONS_MAX = 16;
const BATTERY_PERCENT = 90;

export function createVehicle(
  context: WorldContext,
  road: Road,
  config: VehicleConfig,
  country: Country,
): Vehicle {
  const { clock } = context;
  const changes = new Subject<VehicleState>();

  let container: Container | undefined;
  let loadId = '';
  let orderId = '';
  let orderUpdateId = 0;
  let cancelled = false;
  /** Last node reached; the vehicle stands on it unless it is on its way. */
  let last = { nodeId: config.homeNode, sequenceId: 0 };
  /** Base and horizon ahead; edge i leads to node i. */
  let nodes: OrderNode[] = [];
  let edges: OrderEdge[] = [];
  /** Actions of nodes reached or ahead, with the node's sequence id. */
  let actions: { state: ActionState; at: number; loadId: string }[] = [];
  let instantActions: ActionState[] = [];
  let errors: VehicleState['errors'] = [];
  let paused = false;
  let cancelling: string | undefined;
  /** On the way to `nodes[0]`. */
  let motion: Motion | undefined;
  /** At the end of the way, before a node that is taken. */
  let blocked = false;
  let lanePassed: Lane | undefined;
  let announced = false;

  const onTheWay = (): boolean => motion !== undefined || blocked;
  const released = (): OrderNode[] => nodes.filter((node) => node.released);
  const decisionPoint = (): { nodeId: string; sequenceId: number } => released().at(-1) ?? last;
  const unfinished = ({ actionStatus }: ActionState): boolean =>
    actionStatus !== 'FINISHED' && actionStatus !== 'FAILED';
  const busy = (): boolean => actions.some(({ state }) => unfinished(state));
  /** First unfinished action of the nodes reached. */
  const due = () => actions.find(({ state, at }) => at <= last.sequenceId && unfinished(state));

  // ------------------------------------------------------------ what it says of itself

  function position(): VehicleState['position'] {
    const from = road.node(last.nodeId) ?? { x: 0, y: 0 };
    const to = (onTheWay() && nodes[0] && road.node(nodes[0].nodeId)) || from;
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const way = Math.hypot(dx, dy);
    const share = blocked ? Math.max(0, 1 - BLOCKED_GAP_M / way) : (motion?.fraction() ?? 0);
    return { x: from.x + dx * share, y: from.y + dy * share, theta: Math.atan2(dy, dx), mapId: road.mapId };
  }

  function snapshot(): VehicleState {
    const ahead = released().length;
    return {
      orderId,
      orderUpdateId,
      lastNodeId: last.nodeId,
      lastNodeSequenceId: last.sequenceId,
      nodeStates: nodes.map(({ nodeId, sequenceId, released }) => ({ nodeId, sequenceId, released })),
      edgeStates: edges.map(({ edgeId, sequenceId, released }) => ({ edgeId, sequenceId, released })),
      actionStates: [...actions.map((action) => action.state), ...instantActions],
      driving: motion !== undefined && !paused,
      paused,
      newBaseRequest: nodes.length > ahead && ahead <= 1,
      loads: container === undefined ? [] : [{ loadId, loadType: 'container' }],
      position: position(),
      batteryPercent: BATTERY_PERCENT,
      errors,
    };
  }

  /** Tells the state at the end of the event under way, once however much of it changed. */
  function announce(): void {
    if (announced) return;
    announced = true;
    context.say(() => {
      announced = false;
      changes.next(snapshot());
    });
  }

  function report(errorType: string, errorDescription: string): void {
    errors = [
      ...errors.filter((error) => error.errorType !== errorType),
      { errorType, errorLevel: 'WARNING', errorDescription },
    ];
  }

  // ------------------------------------------------------------ driving

  const mayDrive = (): boolean =>
    !onTheWay() && !paused && nodes[0]?.released === true && due() === undefined;

  function drive(): void {
    if (!mayDrive()) return;
    const lane = road.lane(last.nodeId);
    if (lane === undefined) drivesOff();
    else lane.reconsider();
  }

  function drivesOff(): void {
    const [node] = nodes;
    const [edge] = edges;
    if (node === undefined) return;
    const from = road.node(last.nodeId);
    const to = road.node(node.nodeId);
    const wayM = from && to ? Math.hypot(to.x - from.x, to.y - from.y) : 0;
    const speedMps = Math.min(edge?.maxSpeedMps ?? VEHICLE_SPEED_MPS, VEHICLE_SPEED_MPS);
    road.bay(last.nodeId)?.leave();
    lanePassed = road.lane(last.nodeId) ?? lanePassed;
    road.leave(last.nodeId);
    motion = startMotion(clock, (wayM / speedMps) * 1_000, () => reach(node));
    announce();
  }

  function reach(node: OrderNode): void {
    motion = undefined;
    blocked = !road.enter(node.nodeId, vehicle, () => {
      blocked = false;
      motion = startMotion(clock, 0, () => reach(node));
      if (paused) motion.halt();
    });
    announce();
    if (blocked) return;
    nodes.shift();
    edges.shift();
    last = { nodeId: node.nodeId, sequenceId: node.sequenceId };
    if (cancelling !== undefined) completeCancel(cancelling);
    arrive();
    act();
    drive();
  }

  /** Stands on the node: sensors of what is there see it. */
  function arrive(): void {
    road.bay(last.nodeId)?.enter(vehicle);
    road.lane(last.nodeId)?.stand(vehicle);
  }

  // ------------------------------------------------------------ actions

  function setStatus(actionId: string, actionStatus: ActionState['actionStatus']): void {
    actions = actions.map((action) =>
      action.state.actionId === actionId ? { ...action, state: { ...action.state, actionStatus } } : action,
    );
    announce();
  }

  /** Begins the first unfinished action of the node it stands on, and ends it if what it waits for is there. */
  function act(): void {
    const action = onTheWay() ? undefined : due();
    if (action === undefined) return;
    const { actionId, actionType, actionStatus } = action.state;
    if (actionStatus === 'WAITING') setStatus(actionId, 'RUNNING');
    if ((actionType === 'pick') !== (container !== undefined)) return;
    // The vehicle feels a load and believes its order as to which one.
    if (actionType === 'pick') loadId = action.loadId;
    setStatus(actionId, 'FINISHED');
    act();
  }

  function finishInstant(
    actionId: string,
    actionStatus: ActionState['actionStatus'],
    resultDescription?: string,
  ): void {
    instantActions = instantActions.map((action) =>
      action.actionId === actionId
        ? { ...action, actionStatus, ...(resultDescription === undefined ? {} : { resultDescription }) }
        : action,
    );
  }

  function pause(next: boolean): void {
    paused = next;
    if (paused) {
      motion?.halt();
      lanePassed?.halt(vehicle);
    } else {
      motion?.resume();
      lanePassed?.resume(vehicle);
      drive();
    }
  }

  /** §6.6.3: drops everything ahead; on its way it goes on to the next node, for it can stand only there. */
  function cancel(actionId: string): void {
    if (orderId === '' || cancelled || (nodes.length === 0 && !busy())) {
      report('noOrderToCancel', 'there is no order to cancel');
      finishInstant(actionId, 'FAILED', 'no order to cancel');
      return;
    }
    cancelled = true;
    for (const { state } of actions) if (unfinished(state)) setStatus(state.actionId, 'FAILED');
    nodes = onTheWay() ? nodes.slice(0, 1) : [];
    edges = onTheWay() ? edges.slice(0, 1) : [];
    if (onTheWay()) cancelling = actionId;
    else completeCancel(actionId);
  }

  function completeCancel(actionId: string): void {
    cancelling = undefined;
    finishInstant(actionId, 'FINISHED');
  }

  // ------------------------------------------------------------ orders

  function take(order: VehicleOrder): void {
    const verdict = judgeOrder(order, {
      orderId,
      orderUpdateId,
      cancelled,
      executing: onTheWay() || nodes.length > 0 || busy(),
      lastNode: last,
      decisionPoint: decisionPoint(),
      joins: (from, to) => road.joins(from, to),
      canDo: (actionType, nodeId) =>
        (actionType === 'pick' || actionType === 'drop') && road.bay(nodeId) !== undefined,
    });
    if (verdict === 'known') return;
    announce();
    if (typeof verdict === 'object') {
      report(verdict.errorType, verdict.errorDescription);
      return;
    }

    const [first, ...ahead] = order.nodes;
    if (first === undefined) return;
    if (verdict === 'new') {
      actions = [];
      instantActions = instantActions.filter(unfinished);
      cancelled = false;
      last = { nodeId: first.nodeId, sequenceId: first.sequenceId };
      nodes = ahead;
      edges = order.edges;
    } else {
      const base = released();
      const point = decisionPoint();
      nodes = [...base, ...ahead];
      edges = [...edges.slice(0, base.length), ...order.edges];
      actions = actions.filter((action) => action.at <= point.sequenceId);
    }
    errors = [];
    orderId = order.orderId;
    orderUpdateId = order.orderUpdateId;
    const known = new Set(actions.map(({ state }) => state.actionId));
    for (const node of order.nodes) {
      for (const { actionId, actionType, loadId: wanted } of node.actions) {
        // The stitching node comes again with the actions it had.
        if (known.has(actionId)) continue;
        const state: ActionState = { actionId, actionType, actionStatus: 'WAITING' };
        actions.push({ state, at: node.sequenceId, loadId: wanted ?? '' });
      }
    }
    act();
    drive();
  }

  function takeInstant({ actionId, actionType }: { actionId: string; actionType: string }): void {
    // Commands are sent again when their answer was lost: an actionId counts once.
    if (instantActions.some((action) => action.actionId === actionId)) return;
    instantActions = [...instantActions, { actionId, actionType, actionStatus: 'RUNNING' as const }].slice(
      -INSTANT_ACTIONS_MAX,
    );
    announce();
    if (actionType === 'cancelOrder') cancel(actionId);
    else if (actionType === 'startPause' || actionType === 'stopPause') {
      pause(actionType === 'startPause');
      finishInstant(actionId, 'FINISHED');
    } else if (actionType === 'stateRequest') finishInstant(actionId, 'FINISHED');
    else {
      report('instantActionError', `unknown instant action ${actionType}`);
      finishInstant(actionId, 'FAILED', `unknown action ${actionType}`);
    }
  }

  const vehicle: Vehicle = {
    deviceId: config.id,
    plate: config.plate,
    country,
    tareKg: VEHICLE_TARE_KG,
    get state() {
      return snapshot();
    },
    changes,
    order: (order) => context.act(() => take(order)),
    instantAction: (action) => context.act(() => takeInstant(action)),

    get container() {
      return container;
    },
    put(box) {
      container = box;
      loadId = '';
      announce();
      act();
      drive();
    },
    take() {
      const box = container;
      container = undefined;
      announce();
      act();
      drive();
      return box;
    },
    hoistCleared() {},

    ready: mayDrive,
    drivesOff,
    passed() {
      lanePassed = undefined;
    },
  };

  road.enter(last.nodeId, vehicle, () => {});
  arrive();
  return vehicle;
}
