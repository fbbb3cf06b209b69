import { Observable } from 'rxjs';
import type { Clock } from '../../platform/clock.ts';
import { GateError } from '../../platform/errors.ts';

/** `answer`, or `OPCUA_TIMEOUT` after `timeoutMs`; a late answer is dropped. */
export async function within<T>(
  clock: Clock,
  timeoutMs: number,
  what: string,
  answer: Promise<T>,
): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(timeoutMs, () =>
    reject(
      new GateError(
        'OPCUA_TIMEOUT',
        `No answer within ${timeoutMs} ms while ${what}`,
        'Check the device and the network to it.',
      ),
    ),
  );
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    cancel();
  }
}

/** Emits once after `delayMs` of `clock`'s time. */
export const after = (clock: Clock, delayMs: number): Observable<void> =>
  new Observable((subscriber) =>
    clock.after(delayMs, () => {
      subscriber.next();
      subscriber.complete();
    }),
  );
