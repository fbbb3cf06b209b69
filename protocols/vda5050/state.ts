/** The topic `state` (VDA 5050 §6.10): what the vehicle is, does and carries; and its reduction to what decisions need. */
import { z } from 'zod';
import { type Parsed, parseJsonMessage } from '../json-message.ts';
import { header, text } from './header.ts';

/** No list of a state may be longer: what is reported of it goes to the journal. */
const listMax = 256;
const sequenceId = z.int().min(0);

/** `PAUSED` stands in the text of 2.1 (§6.11), but is missing in its JSON schema. */
export const actionStatus = z.enum(['WAITING', 'INITIALIZING', 'RUNNING', 'PAUSED', 'FINISHED', 'FAILED']);

/**
 * Fields that no decision depends on (velocity, maps, information, …) are neither checked nor kept: a vehicle with an
 * odd one of those is still a vehicle whose state we know.
 */
export const state = header.extend({
  orderId: text,
  orderUpdateId: z.int().min(0),
  lastNodeId: text,
  lastNodeSequenceId: sequenceId,
  driving: z.boolean(),
  paused: z.boolean().optional(),
  newBaseRequest: z.boolean().optional(),
  operatingMode: z.enum(['AUTOMATIC', 'SEMIAUTOMATIC', 'MANUAL', 'SERVICE', 'TEACHIN']),
  nodeStates: z.array(z.object({ nodeId: text, sequenceId, released: z.boolean() })).max(listMax),
  edgeStates: z.array(z.object({ edgeId: text, sequenceId, released: z.boolean() })).max(listMax),
  agvPosition: z
    .object({
      x: z.number(),
      y: z.number(),
      theta: z.number(),
      mapId: text,
      positionInitialized: z.boolean(),
    })
    .optional(),
  loads: z
    .array(z.object({ loadId: text.optional(), loadType: text.optional() }))
    .max(listMax)
    .optional(),
  actionStates: z
    .array(
      z.object({
        actionId: text,
        actionType: text.optional(),
        actionStatus,
        resultDescription: z.string().optional(),
      }),
    )
    .max(listMax),
  batteryState: z.object({ batteryCharge: z.number(), charging: z.boolean() }),
  errors: z
    .array(
      z.object({
        errorType: text,
        errorLevel: z.enum(['WARNING', 'FATAL']),
        errorDescription: z.string().optional(),
      }),
    )
    .max(listMax),
  safetyState: z.object({
    eStop: z.enum(['AUTOACK', 'MANUAL', 'REMOTE', 'NONE']),
    fieldViolation: z.boolean(),
  }),
});
export type State = z.infer<typeof state>;

export const parseState = (bytes: Uint8Array): Parsed<State> => parseJsonMessage(bytes, state);

/** A state without header, position and all that only people look at. */
export interface VehicleFacts {
  orderId: string;
  orderUpdateId: number;
  lastNodeId: string;
  lastNodeSequenceId: number;
  nodesAhead: { nodeId: string; sequenceId: number; released: boolean }[];
  driving: boolean;
  paused: boolean;
  mode: State['operatingMode'];
  loads: string[];
  actions: { actionId: string; actionType: string; status: z.infer<typeof actionStatus> }[];
  eStop: State['safetyState']['eStop'];
  localized: boolean;
  batteryPercent: number;
  charging: boolean;
  errors: { errorType: string; errorLevel: 'WARNING' | 'FATAL' }[];
}

/**
 * What a decision can depend on. Where the vehicle says nothing, the cautious reading holds: without a position it is
 * not localized, and a vehicle that cannot tell its load (§6.10.6) carries one unknown load, not none.
 */
export function reduceState(from: State): VehicleFacts {
  const nodesAhead = from.nodeStates.toSorted((a, b) => a.sequenceId - b.sequenceId);
  return {
    orderId: from.orderId,
    orderUpdateId: from.orderUpdateId,
    lastNodeId: from.lastNodeId,
    lastNodeSequenceId: from.lastNodeSequenceId,
    nodesAhead,
    driving: from.driving,
    paused: from.paused ?? false,
    mode: from.operatingMode,
    loads: from.loads ? from.loads.map((load) => load.loadId ?? '') : [''],
    actions: from.actionStates.map(({ actionId, actionType, actionStatus: status }) => ({
      actionId,
      actionType: actionType ?? '',
      status,
    })),
    eStop: from.safetyState.eStop,
    localized: from.agvPosition?.positionInitialized ?? false,
    batteryPercent: Math.round(Math.min(100, Math.max(0, from.batteryState.batteryCharge))),
    charging: from.batteryState.charging,
    errors: from.errors.map(({ errorType, errorLevel }) => ({ errorType, errorLevel })),
  };
}
