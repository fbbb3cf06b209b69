/** Containers that were delivered: a release taken back afterwards moves nothing any more, and is a case for customs. */
import type { CustodyPoint } from '../../protocols/handover/record.ts';
import { areFull, openCase } from './cases.ts';
import type { ClearanceReport } from './input.ts';
import { reason } from './reasons.ts';
import type { Crossing } from './state.ts';
import type { Turn } from './turn.ts';

/** Remembered, the oldest forgotten first: two days of the busiest gate. */
const DELIVERED_MAX = 5_000;

export interface Delivered {
  crossing: string;
  direction: Crossing['direction'];
  at: number;
  /** Absent: laden. */
  load?: Crossing['load'];
  /** By which it went over the border: what a return names. */
  move?: string;
  /** Where custody of that move passed. Absent: at set-down. */
  custodyPoint?: CustodyPoint;
  /** Told anew, it announces nobody. */
  booking?: string;
}

export function rememberDelivered(
  { state }: Turn,
  { id, direction, containers, load, lineClear, inbound }: Crossing,
): void {
  const move = lineClear?.move ?? inbound?.move;
  const { custodyPoint } = lineClear ?? inbound ?? {};
  for (const { number } of containers) {
    const booking = state.bookings[number];
    // Behind those that came before it.
    delete state.delivered[number];
    state.delivered[number] = {
      crossing: id,
      direction,
      at: state.now,
      ...(load !== 'laden' && { load }),
      ...(move !== undefined && { move }),
      ...(custodyPoint !== undefined && { custodyPoint }),
      ...(booking?.direction === direction && { booking: booking.bookingId }),
    };
  }
  const remembered = Object.keys(state.delivered);
  for (const oldest of remembered.slice(0, Math.max(0, remembered.length - DELIVERED_MAX)))
    delete state.delivered[oldest];
}

/** Customs has spoken of a container; told once, however many of its declarations are withdrawn. */
export function noteWithdrawn(turn: Turn, clearance: Omit<ClearanceReport, 'type'>): void {
  const { state } = turn;
  const { container, declaration, kind, status, source } = clearance;
  const delivered = state.delivered[container];
  if (status !== 'withdrawn' || delivered === undefined || areFull(state)) return;
  // It is here again, and its new crossing is judged by what customs says now.
  const here = state.containers[container];
  if (here !== undefined && here !== delivered.crossing) return;
  // Released under an outage, it is held against the whole list when that is back.
  if (state.outages.passed[delivered.crossing] !== undefined) return;
  if ((delivered.load ?? 'laden') !== 'laden') return;
  if (kind !== delivered.direction && kind !== 'transit') return;
  delete state.delivered[container];
  const { crossing, at } = delivered;
  const withdrawn = reason('CLEARANCE_WITHDRAWN', `${container} under ${declaration}`, source);
  openCase(turn, { crossing, containers: [container], passedAt: at, reasons: [withdrawn] });
}
