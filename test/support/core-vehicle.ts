/** A vehicle as the core hears it: its reports, made as VDA 5050 has a vehicle make them, without a world below it. */
import type { Command, Effect } from '../../edge/core/effect.ts';
import type { VehicleReport } from '../../edge/core/input.ts';
import type { CoreGate } from './core-gate.ts';

type Order = Extract<Command, { kind: 'order' }>;

export interface CoreVehicle {
  /** Its last report. */
  readonly report: VehicleReport;
  /** Tells its state, changed by this. */
  says(change?: Partial<VehicleReport>): Effect[];
  /** Takes the order and drives off, or begins what it is to do where it stands. */
  takes(order: Order): Effect[];
  /** Comes to stand on the last node of its way, and begins what it is to do there. */
  arrives(): Effect[];
  /** Takes the order and is there. */
  drives(order: Order): Effect[];
  /** The crane has set a container on it, or taken it. */
  exchanges(loads: string[]): Effect[];
  /** Refuses what it was last told, with a warning. */
  refuses(errorType: string): Effect[];
}

/** It stands at `node`, fit and fully charged. */
export function coreVehicle(gate: CoreGate, id: string, node: string): CoreVehicle {
  let report: VehicleReport = {
    type: 'vehicle',
    device: id,
    orderId: '',
    orderUpdateId: 0,
    lastNodeId: node,
    lastNodeSequenceId: 0,
    nodesAhead: [],
    driving: false,
    paused: false,
    mode: 'AUTOMATIC',
    loads: [],
    actions: [],
    eStop: 'NONE',
    localized: true,
    batteryPercent: 100,
    charging: false,
    errors: [],
  };
  const says: CoreVehicle['says'] = (change = {}) => {
    report = { ...report, ...change };
    return gate.step(report);
  };
  /** Its actions, those of one status in another. */
  const actions = (from: 'WAITING' | 'RUNNING', to: 'RUNNING' | 'FINISHED') =>
    report.actions.map((action) => (action.status === from ? { ...action, status: to } : action));

  const takes: CoreVehicle['takes'] = ({ orderId, orderUpdateId, nodes }) => {
    const [first, ...ahead] = nodes;
    const fresh = orderId !== report.orderId;
    const status = ahead.length === 0 ? ('RUNNING' as const) : ('WAITING' as const);
    const added = nodes.flatMap(({ action }) =>
      action === undefined ? [] : [{ actionId: action.actionId, actionType: action.actionType, status }],
    );
    return says({
      orderId,
      orderUpdateId,
      ...(fresh && { lastNodeSequenceId: first?.sequenceId ?? 0 }),
      nodesAhead: ahead.map(({ nodeId, sequenceId, released }) => ({ nodeId, sequenceId, released })),
      driving: ahead.length > 0,
      actions: [...(fresh ? [] : report.actions), ...added],
      errors: [],
    });
  };
  const arrives: CoreVehicle['arrives'] = () => {
    const last = report.nodesAhead.at(-1);
    return says({
      ...(last !== undefined && { lastNodeId: last.nodeId, lastNodeSequenceId: last.sequenceId }),
      nodesAhead: [],
      driving: false,
      actions: actions('WAITING', 'RUNNING'),
    });
  };
  return {
    get report() {
      return report;
    },
    says,
    takes,
    arrives,
    drives: (order) => [...takes(order), ...arrives()],
    exchanges: (loads) => says({ loads, actions: actions('RUNNING', 'FINISHED') }),
    refuses: (errorType) => says({ errors: [{ errorType, errorLevel: 'WARNING' }] }),
  };
}
