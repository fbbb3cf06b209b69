import type { BayConfig } from '../../config/schema.ts';
import type { Carrier } from './carrier.ts';
import type { WorldContext } from './context.ts';
import type { LaneIo } from './lane-io.ts';
import type { Place } from './place.ts';

/** Where a truck or driverless vehicle stands below the crane. */
export interface Bay extends Place {
  readonly config: BayConfig;
  readonly occupant: Carrier | undefined;
  readonly hoistLow: boolean;
  enter(carrier: Carrier): void;
  /** The occupant drives off; doing so below a hoist that is not clear is a violation. */
  leave(): void;
}

export function createBay(context: WorldContext, config: BayConfig, io: LaneIo): Bay {
  let occupant: Carrier | undefined;
  let hoistLow = false;
  return {
    id: config.id,
    config,
    get occupant() {
      return occupant;
    },
    get hoistLow() {
      return hoistLow;
    },
    get container() {
      return occupant?.container;
    },
    get canTake() {
      return occupant !== undefined && occupant.container === undefined;
    },
    put: (container) => occupant?.put(container),
    take: () => occupant?.take(),
    hoist(low) {
      hoistLow = low;
      if (!low) occupant?.hoistCleared();
    },
    enter(carrier) {
      occupant = carrier;
      io.sense({ approach: true });
    },
    leave() {
      if (hoistLow)
        context.mishap(
          'hoistViolations',
          `${occupant?.plate ?? 'nobody'} left ${config.id} below a low hoist`,
        );
      occupant = undefined;
      io.sense({ approach: false });
    },
  };
}
