/** The words a configuration is written in: names, places, times, and what can be demanded of whom. */
import { z } from 'zod';

export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens, such as border-out-1')
  .max(40);
export const text3 = z
  .strictObject({ vi: z.string().min(1), en: z.string().min(1), zh: z.string().min(1) })
  .describe('The same text in Vietnamese, English and Chinese');
export const host = z.string().min(1).describe('Host name or address');
export const port = z.int().min(1).max(65_535);
export const address = z.strictObject({ host, port });
export const utcOffset = z.string().regex(/^[+-]\d{2}:\d{2}$/, 'use an offset such as +07:00');
export const durationMs = z.int().min(1).max(86_400_000);
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM, such as 06:30');
export const path = z.string().min(1).describe('A file path; relative paths start at the data folder');

/** Where the road is barred until conditions hold (DESIGN §7). */
export const checkpointName = z.enum(['yard-in', 'yard-out', 'border-out', 'border-in']);
/** What lanes and tracks tell apart: vehicles with containers, and without. */
export const loadKind = z.enum(['laden', 'bobtail']);
/** What a vehicle carries: goods, empty containers, nothing, or goods the other side has refused. What is demanded differs by it. */
export const carriedKind = z.enum(['laden', 'empty', 'bobtail', 'return']);

/** The lanes and tracks it uses. */
export const laneLoadOf = (carried: z.infer<typeof carriedKind>): z.infer<typeof loadKind> =>
  carried === 'bobtail' ? 'bobtail' : 'laden';
/** What can be demanded before a barrier opens. */
export const conditionName = z
  .enum([
    'booking',
    'plate',
    'trailer',
    'container',
    'seal',
    'weight',
    'radiation',
    'emptiness',
    'temperature',
    'clearance',
    'line-clear',
    'grant',
    'bay',
  ])
  .describe(
    'booking: announced beforehand · plate, trailer, container, seal: what was read is what is expected · ' +
      'weight: a stable weight within tolerance of the declared one · radiation: the portal has measured, and is silent · ' +
      'emptiness: somebody has looked into an empty container · temperature: of a reefer, within its range · ' +
      'clearance: every declaration of the container released, what customs demands met, and the list fresh · ' +
      'line-clear: the counterpart has granted track, slot and unloading capacity · grant: we have granted line clear for this arrival · bay: a bay is free and reserved',
  );

/** Where the goods pass from the sender’s custody into the receiver’s. */
export const custodyPoint = z
  .enum(['km0', 'border-in', 'set-down'])
  .describe(
    'km0: at the border line · border-in: at the receiver’s checkpoint · set-down: when the receiver’s crane has set the container down',
  );

export const personRole = z.enum([
  'operator',
  'supervisor',
  'customs-officer',
  'border-guard',
  'quarantine-officer',
  'customs-leader',
]);
