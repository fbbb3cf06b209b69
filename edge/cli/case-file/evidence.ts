/** What was seen of the vehicle, what people say of it, and what the gate knows of itself. */
import { z } from 'zod';
import { personRole } from '../../../config/schema.ts';
import type { Evidence } from '../../core/reconcile/case.ts';
import { containerNumber, instant, kg, name, position, share, text } from './words.ts';

const quality = share.default(1000);
const container = containerNumber.exactOptional();
const seen = {
  device: name,
  at: instant,
  image: name.exactOptional(),
  by: z.object({ person: name, photo: name.exactOptional() }).exactOptional(),
};
const read = {
  ...seen,
  value: text,
  quality,
  position: position.exactOptional(),
  readId: name.exactOptional(),
};

export const evidence: z.ZodType<Evidence> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plate'), ...read }),
  z.object({ kind: z.literal('trailer'), ...read }),
  z.object({ kind: z.literal('container'), ...read }),
  z.object({ kind: z.literal('rfid'), ...read }),
  z.object({ kind: z.literal('vehicle'), ...read }),
  z.object({ kind: z.literal('booking'), ...read }),
  z.object({
    kind: z.literal('seal'),
    ...seen,
    value: text.exactOptional(),
    state: z.enum(['intact', 'broken', 'missing', 'unreadable']).default('intact'),
    quality,
    container,
  }),
  z.object({
    kind: z.literal('weight'),
    ...seen,
    grossKg: kg,
    tareKg: kg.exactOptional(),
    // Not said to be steady: it is not known to be.
    stable: z.boolean().default(false),
    axlesKg: z.array(kg).max(20).exactOptional(),
    verifiedUntil: instant.exactOptional(),
  }),
  z.object({ kind: z.literal('radiation'), ...seen, alarm: z.boolean() }),
  z.object({ kind: z.literal('emptiness'), ...seen, empty: z.boolean(), container }),
  z.object({
    kind: z.literal('damage'),
    ...seen,
    damaged: z.boolean(),
    container,
    what: text.exactOptional(),
  }),
  z.object({ kind: z.literal('gauge'), ...seen, exceeded: z.boolean(), what: text.exactOptional() }),
  z.object({ kind: z.literal('placard'), ...seen, value: name }),
  z.object({ kind: z.literal('temperature'), ...seen, celsius: z.number(), container }),
  z.object({
    kind: z.literal('test'),
    ...seen,
    positive: z.boolean(),
    substance: z.enum(['drug', 'explosive', 'chemical', 'other']).default('other'),
    sample: text.exactOptional(),
  }),
]);

export const finding = z.object({
  code: name,
  detail: z.string().max(2_000).exactOptional(),
  container,
  person: name,
  role: personRole,
  at: instant,
  reason: text.default(''),
});

export const facts = z.strictObject({
  lineClear: z.boolean().exactOptional(),
  granted: z.boolean().exactOptional(),
  counterpartOpen: z.boolean().exactOptional(),
  sectionClosed: z.boolean().exactOptional(),
  bayFree: z.boolean().exactOptional(),
  laneStopped: z.boolean().exactOptional(),
  laneOpen: z.boolean().exactOptional(),
  gateStopped: z.boolean().exactOptional(),
  driverless: z.boolean().exactOptional(),
  devicesDown: z.array(name).max(100).exactOptional(),
});
