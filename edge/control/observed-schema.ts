/** The shape of what an officer may say they have seen, see `Observed`. */
import { z } from 'zod';

const text = z.string().max(200);
const name = text.min(1);
const kg = z.int().min(0).max(1_000_000);
const quality = z.int().min(0).max(1000);
const container = name.exactOptional();

const identifying = <Kind extends 'plate' | 'trailer' | 'container' | 'rfid' | 'vehicle' | 'booking'>(
  kind: Kind,
) =>
  z.strictObject({
    kind: z.literal(kind),
    value: name,
    quality,
    readId: name.exactOptional(),
    position: z.enum(['front', 'rear']).exactOptional(),
  });

export const observed = z.discriminatedUnion('kind', [
  identifying('plate'),
  identifying('trailer'),
  identifying('container'),
  identifying('rfid'),
  identifying('vehicle'),
  identifying('booking'),
  z.strictObject({
    kind: z.literal('seal'),
    value: name.exactOptional(),
    state: z.enum(['intact', 'broken', 'missing', 'unreadable']),
    quality,
    container,
  }),
  z.strictObject({
    kind: z.literal('weight'),
    grossKg: kg,
    tareKg: kg.exactOptional(),
    stable: z.boolean(),
    axlesKg: z.array(kg).max(20).readonly().exactOptional(),
    verifiedUntil: z.int().min(0).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('radiation'), alarm: z.boolean() }),
  z.strictObject({ kind: z.literal('emptiness'), empty: z.boolean(), container }),
  z.strictObject({ kind: z.literal('damage'), damaged: z.boolean(), container, what: text.exactOptional() }),
  z.strictObject({ kind: z.literal('gauge'), exceeded: z.boolean(), what: text.exactOptional() }),
  z.strictObject({ kind: z.literal('placard'), value: name }),
  z.strictObject({ kind: z.literal('temperature'), celsius: z.number(), container }),
  z.strictObject({
    kind: z.literal('test'),
    positive: z.boolean(),
    substance: z.enum(['drug', 'explosive', 'chemical', 'other']),
    sample: text.exactOptional(),
  }),
]);
