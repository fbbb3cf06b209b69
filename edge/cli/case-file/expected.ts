/** Who is expected, and where its containers are known to be. */
import { z } from 'zod';
import type { ExpectedCrossing } from '../../core/reconcile/case.ts';
import { containerNumber, declarationNumbers, instant, kg, name, position, text, texts } from './words.ts';

const sealEvent = z.object({
  action: z.enum(['applied', 'removed', 'replaced']),
  number: name,
  replaces: name.exactOptional(),
  issuer: text.default(''),
  officer: text.default(''),
  reason: text.default(''),
  at: instant,
});

const container = z.object({
  number: containerNumber,
  position: position.exactOptional(),
  seals: texts.exactOptional(),
  sealHistory: z.array(sealEvent).max(1_000).exactOptional(),
  sizeType: name.exactOptional(),
  tareKg: kg.exactOptional(),
  grossKg: kg.exactOptional(),
  weighed: z.object({ kg, at: instant }).exactOptional(),
  hs: texts.exactOptional(),
  dangerousGoods: texts.exactOptional(),
  temperature: z.object({ minC: z.number(), maxC: z.number() }).exactOptional(),
  declarations: declarationNumbers.exactOptional(),
});

export const expectedCrossing = z
  .object({
    crossingId: name,
    load: z.enum(['laden', 'empty', 'bobtail', 'return']).exactOptional(),
    vehicle: z
      .object({
        plate: name.exactOptional(),
        trailer: name.exactOptional(),
        serial: name.exactOptional(),
        rfid: z.union([name.transform((one) => [one]), z.array(name).max(20)]).exactOptional(),
        tareKg: kg.exactOptional(),
      })
      .default({}),
    containers: z.array(container).max(10).default([]),
    declarations: declarationNumbers.default([]),
    bookingId: name.exactOptional(),
    booked: z.boolean().default(true),
    passedAt: instant.exactOptional(),
    mrn: name.exactOptional(),
    visit: z.object({ enteredAt: instant, bothWays: z.boolean().default(false) }).exactOptional(),
    returnOf: z.object({ move: name, refusal: name }).exactOptional(),
  })
  .transform(
    ({ load, ...rest }): ExpectedCrossing => ({
      ...rest,
      load: load ?? (rest.containers.length > 0 || rest.declarations.length > 0 ? 'laden' : 'bobtail'),
    }),
  );

export const sighting = z.object({
  container: containerNumber,
  place: name,
  at: instant,
  crossingId: name.exactOptional(),
  now: z.boolean().default(false),
});
