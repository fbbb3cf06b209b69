/** Actions, as they stand in orders and instant actions (VDA 5050 §6.8), and the topic `instantActions` (§6.9). */
import { z } from 'zod';
import { type Parsed, parseJsonMessage } from '../json-message.ts';
import { type Header, header, text } from './header.ts';

const actionParameter = z.object({
  key: text,
  value: z.union([
    z.string().max(1024),
    z.number(),
    z.boolean(),
    z.array(z.unknown()),
    z.record(z.string(), z.unknown()),
  ]),
});

export const action = z.object({
  actionId: text.min(1),
  actionType: text.min(1),
  actionDescription: z.string().optional(),
  /** HARD: the vehicle stands and does nothing else meanwhile (§6.12). */
  blockingType: z.enum(['NONE', 'SOFT', 'HARD']),
  actionParameters: z.array(actionParameter).max(64).optional(),
});
export type Action = z.infer<typeof action>;

/** The text of one parameter; undefined if it is absent or no text. */
export function textParameter(of: Action, key: string): string | undefined {
  const value = of.actionParameters?.find((parameter) => parameter.key === key)?.value;
  return typeof value === 'string' ? value : undefined;
}

export const instantActions = header.extend({ actions: z.array(action).max(64) });
export type InstantActions = z.infer<typeof instantActions>;

/** The predefined instant actions the gate uses (§6.8.1). */
export type InstantActionType =
  | 'startPause'
  | 'stopPause'
  | 'cancelOrder'
  | 'startCharging'
  | 'stopCharging'
  | 'stateRequest';

/** One instant action; `actionId` must never have been used before. */
export const buildInstantAction = (
  head: Header,
  actionId: string,
  actionType: InstantActionType,
): InstantActions => ({
  ...head,
  actions: [{ actionId, actionType, blockingType: 'HARD', actionParameters: [] }],
});

export const parseInstantActions = (bytes: Uint8Array): Parsed<InstantActions> =>
  parseJsonMessage(bytes, instantActions);
