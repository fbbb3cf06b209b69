/**
 * What one gate tells the other, one record a line of its log: line clear, movement authority, custody.
 * The limits bound a hostile line; they are those of control's door, so that a line that verifies is also admitted.
 */
import { z } from 'zod';
import { refusal } from '../refusal.ts';

const name = z.string().min(1).max(120);
const eventTime = z.iso.datetime({ offset: true }).max(40);
const load = z.enum(['laden', 'empty', 'bobtail', 'return']);
const containerNumber = z.string().min(1).max(20);

const container = z.strictObject({
  number: containerNumber,
  seals: z.array(name).max(50).exactOptional(),
  /** Container and goods, whole kilograms. */
  grossKg: z.int().min(0).max(1_000_000).exactOptional(),
  /** Cross-border e-commerce puts thousands of consignments into one container. */
  declarations: z.array(name).max(10_000).exactOptional(),
  /** Of an empty one, ISO 6346 size and type: the receiver weighs it, too. */
  sizeType: z.string().min(1).max(20).exactOptional(),
});

/**
 * One record as it may come from the other side; unknown members are refused.
 *
 * `move` is the sender's name for one vehicle crossing the line once, `grant` the one-time number of a permission,
 * `homeGate` the gate that commands the vehicle, `holdNode` where the vehicle may drive to and stand (the receiver's hold
 * point before `border-in`), `token` the right to send on an alternating track, handed over by whoever holds it when the
 * track is empty, `bayNode` the map node of the bay reserved for unloading; none for a vehicle without containers.
 * `returnOf` names the move that had brought the container of a return.
 */
export const handoverRecord = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('offer'),
    move: name,
    load,
    track: name,
    vehicle: name,
    homeGate: name,
    plate: name,
    containers: z.array(container).max(2),
    returnOf: refusal.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('offer-withdrawn'), move: name }),
  z.strictObject({
    kind: z.literal('grant'),
    move: name,
    grant: name,
    track: name,
    holdNode: name,
    bayNode: name.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('grant-refused'), move: name, reason: z.string().max(1_000) }),
  z.strictObject({ kind: z.literal('grant-returned'), move: name, grant: name }),
  z.strictObject({ kind: z.literal('departed'), move: name, grant: name, eventTime }),
  z.strictObject({ kind: z.literal('recalled'), move: name, reason: z.string().max(1_000) }),
  z.strictObject({ kind: z.literal('arrived'), move: name, eventTime }),
  z.strictObject({
    kind: z.literal('received'),
    move: name,
    eventTime,
    containers: z.array(containerNumber).max(2),
  }),
  z.strictObject({ kind: z.literal('closed'), move: name, eventTime }),
  z.strictObject({ kind: z.literal('authority-ask'), ask: name, vehicle: name, from: name, to: name }),
  z.strictObject({ kind: z.literal('authority'), ask: name, vehicle: name, from: name, to: name }),
  z.strictObject({ kind: z.literal('token-ask'), track: name }),
  z.strictObject({ kind: z.literal('token'), track: name }),
]);

export type HandoverRecord = z.infer<typeof handoverRecord>;
