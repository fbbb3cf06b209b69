/**
 * Everything the core can want, as data. `decide` is only written to the journal (others read it there); `command`
 * is written and sent to a device, when its class allows it (DESIGN §2.3).
 */

/**
 * - `permissive`: needs the interlock and its record on disk (open, green, release a node, lift).
 * - `restrictive`: leaves at once and is never refused (red, pause, stop).
 * - `securing`: is motion; does not wait for the disk, but passes the interlock (lower a barrier).
 */
export type CommandClass = 'permissive' | 'restrictive' | 'securing';

export interface OrderNode {
  nodeId: string;
  /** Even, shared count with edges (VDA 5050 §6.6). */
  sequenceId: number;
  released: boolean;
  x: number;
  y: number;
  /** What the vehicle does there before it goes on. */
  action?: { actionId: string; actionType: 'pick' | 'drop'; loadId: string; stationName: string };
}

export type DeviceCommand =
  | {
      kind: 'barrier';
      device: string;
      to: 'raise' | 'lower';
      /** Shown to the driver with the opening: the bay to drive to. */
      sign?: string;
    }
  | { kind: 'light'; device: string; to: 'red' | 'green' }
  | {
      kind: 'order';
      device: string;
      orderId: string;
      orderUpdateId: number;
      mapId: string;
      /** From the last node of the previous base on; edges join neighbours, an edge is released if its end is. */
      nodes: (OrderNode & { speedMaxMps?: number })[];
    }
  | { kind: 'pause'; device: string }
  | { kind: 'unpause'; device: string }
  /** Drops what was not begun of its order; it comes to stand on the next node (VDA 5050 §6.6.3). */
  | { kind: 'cancel-order'; device: string }
  | { kind: 'charge'; device: string; on: boolean }
  | { kind: 'job'; device: string; jobId: string; container: string; from: string; to: string }
  | { kind: 'job-stop'; device: string; jobId: string };

/** A command on its way to a device. */
export type Command = DeviceCommand & {
  /** Unique for the life of the journal; devices that can, echo it. */
  commandId: string;
  class: CommandClass;
  /** When it was decided, on the journal's clock. */
  decidedAt: number;
  /** Why, for people: the crossing it serves. */
  crossing?: string;
};

export type Effect =
  | { kind: 'decide'; type: string; body: Record<string, unknown> }
  | { kind: 'command'; command: Command };
