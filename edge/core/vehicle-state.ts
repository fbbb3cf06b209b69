/** What the gate knows of one of its own vehicles and wants of it: part of the state (state.ts). */
import type { VehicleReport } from './input.ts';

/** What we want of one of our own vehicles: stand at `node`, doing `action` there. */
export interface VehicleGoal {
  node: string;
  action?: { actionType: 'pick' | 'drop'; loadId: string; stationName: string };
}

export interface VehicleView {
  report: Omit<VehicleReport, 'type' | 'device'> | null;
  /** The export it serves. */
  crossing: string | null;
  /** The import crossing of its own way home, empty. */
  homeward: string | null;
  goal: VehicleGoal | null;
  /** Our newest order to it, taken or not; null: the next one begins anew. */
  order: { orderId: string; orderUpdateId: number } | null;
  /** The nodes of that order: it was sent nowhere else. Empty: it should be at home. */
  way: readonly string[];
  /** Where the other gate has allowed us to go next. */
  authority: { ask: string; from: string; to: string; granted: boolean } | null;
  pausedByUs: boolean;
  /** Not withdrawn by a person. */
  inService: boolean;
  /** Its battery was low and is not charged yet. */
  low: boolean;
}
