/**
 * The topic `connection` (VDA 5050 §6.14): QoS 1, retained, with a last will. It tells that a vehicle left, not that it is
 * well: for that only the age of its state counts.
 */
import { z } from 'zod';
import { type Parsed, parseJsonMessage } from '../json-message.ts';
import { header } from './header.ts';

export const connection = header.extend({
  connectionState: z.enum(['ONLINE', 'OFFLINE', 'CONNECTIONBROKEN']),
});
export type Connection = z.infer<typeof connection>;

export const parseConnection = (bytes: Uint8Array): Parsed<Connection> => parseJsonMessage(bytes, connection);
