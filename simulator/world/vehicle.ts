import { Subject } from 'rxjs';
import type { VehicleConfig } from '../../config/schema.ts';
import { createBattery } from './battery.ts';
import type { Visitor } from './carrier.ts';
import type { Container } from './container.ts';
import type { WorldContext } from './context.ts';
import { BLOCKED_GAP_M, VEHICLE_SPEED_MPS, VEHICLE_TARE_KG } from './durations.ts';
import type { Lane } from './lane.ts';
import { type Motion, startMotion } from './motion.ts';
import type { Country } from './plates.ts';
import type { VehicleModel, VehicleOrder, VehicleState } from './ports.ts';
import type { Road, RoadUser } from './road.ts';
import { judgeOrder, type OrderEdge, type OrderNode } from './vehicle-order.ts';
import { createTroubles, type VehicleError, type VehicleFaults } from './vehicle-troubles.ts';

type ActionState = VehicleState['actionStates'][number];

/**
 * A driverless vehicle after VDA 5050 2.1. It drives to the last released node and no further, whatever happens to its
 * link. Before a lane's barrier it waits, released or not, until the barrier is physically up. `pick` and `drop` are
 * HARD: it does not drive while one is unfinished, and they finish when a crane has set the load down or taken it.
 */
export interface Vehicle extends VehicleModel, Visitor, RoadUser, VehicleFaults {
  /** Id in the configuration of its home gate. */
  readonly deviceId: string;
  /** The node it stands on or passed last, and the one it is on its way to. */
  readonly place: { at: string; towards: string | undefined };
  /** Fault: standing at a parking place, it reports another one for a moment, with a warning. False anywhere else. */
  wander(): boolean;
  /** People carry it to its park, where it is whole again; false unless it is empty, on its way, and its park is free. */
  tow(): boolean;
  /** Its battery is drained by a fault, or changed by a person. */
  setCharge(percent: number): void;
}

/** Finished instant actions are reported until a new order comes, but no more than these. */
const INSTANT_ACTIONS_MAX = 16;
const START_PERCENT = 90;

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
  /** Of orders and instant actions, until the next order is taken. */
  let errors: VehicleError[] = [];
  const troubles = createTroubles(context, { halt, resume, tell: announce });
  const battery = createBattery(clock, START_PERCENT, announce);
  let cancelling: string | undefined;
  /** On the way to `nodes[0]`. */
  let motion: Motion | undefined;
  /** At the end of the way, before a node that is taken or behind another vehicle. */
  let blocked = false;
  let wayM = 0;
  /** It carries a container out that customs has not released. */
  let uncleared = false;
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

  function coveredM(): number {
    const [node] = nodes;
    if (node === undefined || !onTheWay()) return 0;
    const ownM = blocked ? wayM - BLOCKED_GAP_M : wayM * (motion?.fraction() ?? 0);
    const ahead = road.ahead(vehicle, last.nodeId, node.nodeId);
    return Math.max(0, ahead === undefined ? ownM : Math.min(ownM, ahead.coveredM() - BLOCKED_GAP_M));
  }

  function position(): VehicleState['position'] {
    const from = road.node(last.nodeId) ?? { x: 0, y: 0 };
    const to = (onTheWay() && nodes[0] && road.node(nodes[0].nodeId)) || from;
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const share = wayM === 0 ? 0 : coveredM() / wayM;
    return { x: from.x + dx * share, y: from.y + dy * share, theta: Math.atan2(dy, dx), mapId: road.mapId };
  }

  function snapshot(): VehicleState {
    const ahead = released().length;
    return {
      orderId,
      orderUpdateId,
      lastNodeId: troubles.mistakenNode ?? last.nodeId,
      lastNodeSequenceId: last.sequenceId,
      nodeStates: nodes.map(({ nodeId, sequenceId, released }) => ({ nodeId, sequenceId, released })),
      edgeStates: edges.map(({ edgeId, sequenceId, released }) => ({ edgeId, sequenceId, released })),
      actionStates: [...actions.map((action) => action.state), ...instantActions],
      driving: motion !== undefined && !troubles.halted,
      paused: troubles.paused,
      newBaseRequest: nodes.length > ahead && ahead <= 1,
      loads: container === undefined ? [] : [{ loadId, loadType: 'container' }],
      position: position(),
      batteryPercent: battery.percent,
      charging: battery.charging,
      mode: troubles.mode,
      eStop: troubles.eStopped,
      localized: troubles.localized,
      errors: [...errors, ...troubles.defects],
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
    !onTheWay() && !troubles.halted && nodes[0]?.released === true && due() === undefined;

  function drive(): void {
    if (!mayDrive()) return;
    const lane = road.lane(last.nodeId);
    if (lane === undefined) setOut();
    else lane.reconsider();
  }

  function setOut(): void {
    const [node] = nodes;
    const [edge] = edges;
    if (node === undefined) return;
    const from = road.node(last.nodeId);
    const to = road.node(node.nodeId);
    wayM = from && to ? Math.hypot(to.x - from.x, to.y - from.y) : 0;
    const speedMps = Math.min(edge?.maxSpeedMps ?? VEHICLE_SPEED_MPS, VEHICLE_SPEED_MPS);
    battery.charge(false);
    road.bay(last.nodeId)?.leave();
    lanePassed = road.lane(last.nodeId) ?? lanePassed;
    motion = startMotion(clock, (wayM / speedMps) * 1_000, () => arriveBefore(node));
    announce();
    road.setOut(
      vehicle,
      last.nodeId,
      nodes.map(({ nodeId }) => nodeId),
    );
  }

  /** The way is done; the node may still be taken. */
  function arriveBefore(node: OrderNode): void {
    motion = undefined;
    blocked = true;
    battery.drive(wayM);
    announce();
    road.arrive(vehicle, last.nodeId, node.nodeId, () => reach(node));
  }

  function reach(node: OrderNode): void {
    blocked = false;
    announce();
    nodes.shift();
    edges.shift();
    last = { nodeId: node.nodeId, sequenceId: node.sequenceId };
    if (uncleared && road.node(node.nodeId)?.role === 'km0') {
      uncleared = false;
      context.mishap(
        'unclearedOut',
        `${config.id} took ${container?.number ?? 'nothing'} over ${node.nodeId}`,
      );
    }
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

  function halt(): void {
    motion?.halt();
    lanePassed?.halt(vehicle);
  }

  function resume(): void {
    motion?.resume();
    lanePassed?.resume(vehicle);
    if (blocked && nodes[0] !== undefined) road.reconsider(last.nodeId, nodes[0].nodeId);
    drive();
  }

  function startCharging(actionId: string): void {
    if (onTheWay() || road.node(last.nodeId)?.charger !== true)
      return finishInstant(actionId, 'FAILED', `no charger at ${last.nodeId}`);
    battery.charge(true);
    finishInstant(actionId, 'FINISHED');
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

  function tow(): boolean {
    const other = road.occupant(config.homeNode);
    if (container !== undefined || lanePassed !== undefined || (other !== undefined && other !== vehicle))
      return false;
    motion?.halt();
    motion = undefined;
    blocked = false;
    for (const { state } of actions) if (unfinished(state)) setStatus(state.actionId, 'FAILED');
    nodes = [];
    edges = [];
    cancelled = true;
    if (cancelling !== undefined) completeCancel(cancelling);
    road.takeOff(vehicle);
    last = { nodeId: config.homeNode, sequenceId: 0 };
    road.settle(vehicle, config.homeNode);
    arrive();
    troubles.breakDown(false);
    announce();
    return true;
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
    if (troubles.mode !== 'AUTOMATIC') {
      report('orderError', `in mode ${troubles.mode} no orders are taken`);
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
      edges = [...order.edges];
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
      troubles.pause(actionType === 'startPause');
      finishInstant(actionId, 'FINISHED');
    } else if (actionType === 'startCharging') startCharging(actionId);
    else if (actionType === 'stopCharging') {
      battery.charge(false);
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
    drivesOff(departure) {
      uncleared = departure.uncleared;
      setOut();
    },
    passed() {
      lanePassed = undefined;
    },

    get halted() {
      return troubles.halted;
    },
    coveredM,
    get place() {
      return { at: last.nodeId, towards: onTheWay() ? nodes[0]?.nodeId : undefined };
    },
    breakDown: troubles.breakDown,
    eStop: troubles.eStop,
    delocalize: troubles.delocalize,
    setMode: troubles.setMode,
    wander: () =>
      context.act(() => {
        const other = road.withRole('park').find(({ id }) => id !== last.nodeId);
        if (onTheWay() || other === undefined || road.node(last.nodeId)?.role !== 'park') return false;
        troubles.mistake(other.id);
        return true;
      }),
    tow: () => context.act(tow),
    setCharge: (percent) => context.act(() => battery.set(percent)),
  };

  road.settle(vehicle, last.nodeId);
  arrive();
  return vehicle;
}
