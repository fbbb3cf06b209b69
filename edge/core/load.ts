/** What a vehicle carries, and what follows from it wherever goods, empties, returns and nothing are not alike. */
import type { Carried } from '../../config/schema.ts';
import type { Booking } from './input.ts';
import { type Reason, reason } from './reasons.ts';
import type { CargoContainer, Crossing } from './state.ts';

/** Whether there is something to lift off it: an empty box is handled as any other. */
export const hasContainers = ({ load }: { load: Carried }): boolean => load !== 'bobtail';

/** The container that was booked. */
export const bookedContainer = ({
  container: number,
  seals,
  grossKg,
  declarations,
  sizeType,
}: Omit<Booking, 'type'>): CargoContainer => ({
  number,
  seals,
  grossKg,
  declarations,
  ...(sizeType !== undefined && { sizeType }),
});

/**
 * What crossed the border is what the other gate has handed over. A booking that says otherwise of it is looked into, for who
 * carries goods is judged more strictly.
 */
export function contradictionOf(
  { load, returnOf }: Pick<Crossing, 'load' | 'returnOf'>,
  { container, load: booked, declarations, returnOf: bookedOf }: Omit<Booking, 'type'>,
): Reason | undefined {
  if (load === 'empty' && ((booked ?? 'empty') !== 'empty' || declarations.length > 0))
    return reason('EMPTY_NOT_EMPTY', `${container} was handed over as empty and is booked with goods`);
  if (load === 'return' && (booked ?? 'return') !== 'return')
    return reason('RETURN_UNLINKED', `${container} was handed over as a return and is booked as ${booked}`);
  if (load === 'return' && (bookedOf ?? returnOf)?.move !== returnOf?.move)
    return reason(
      'RETURN_UNLINKED',
      `${container} was handed over as the return of ${returnOf?.move} and is booked as that of ${bookedOf?.move}`,
    );
  return undefined;
}
