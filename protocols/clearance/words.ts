/** What customs and the province’s platform tell a gate, and a gate tells customs, in the words of this project. */

/** A visit announced on the province's platform: who will bring or fetch which container. */
export interface Booking {
  type: 'booking';
  bookingId: string;
  direction: 'export' | 'import';
  container: string;
  /** Plate of the domestic truck. */
  truckPlate: string;
  declarations: string[];
  /** Declared gross of container and goods. */
  grossKg: number;
  seals: string[];
}

/** What customs says of one container under one declaration; the newest `version` counts. */
export interface ClearanceReport {
  type: 'clearance';
  declaration: string;
  container: string;
  kind: 'export' | 'import';
  channel: 'green' | 'yellow' | 'red';
  status: 'registered' | 'inspected' | 'released' | 'withdrawn';
  /** Raised by customs at each change. */
  version: number;
  /** Which system said so: VNACCS, Ecus6, … */
  source: string;
}

/** One change of the customs list. */
export type ListedChange = Booking | ClearanceReport;

/** A container entered or left the supervision area (VASSCM get-in, get-out). */
export interface AreaReport {
  /** Idempotency key: the same report told twice is one report. */
  reportId: string;
  kind: 'get-in' | 'get-out';
  container: string;
  declarations: string[];
  /** ISO 8601 with offset: when it truly happened. */
  eventTime: string;
}
