/**
 * What all OPC UA drivers do alike: follow the link, attach to the device's nodes after each connection, watch that it
 * lives, and say `online`, `stale` and `offline` with reasons. What a kind of device reads and commands is its `Attach`.
 */
import { defer, Observable, retry, Subject, type Subscription, switchMap } from 'rxjs';
import type { DeviceInput, DeviceStatus } from '../../core/input.ts';
import { messageOf } from '../../platform/errors.ts';
import type { DriverContext } from '../driver.ts';
import { after } from './deadline.ts';
import { createFreshness, type Freshness } from './freshness.ts';
import { type LinkState, type OpcuaLink, opcuaLink } from './link.ts';
import { type OpcuaEndpoint, type OpcuaSession, type OpcuaSubscription, serverSilent } from './session.ts';
import type { OpcuaTiming } from './timing.ts';

export interface OpcuaDevice extends OpcuaEndpoint {
  id: string;
  /** Browse name below Objects/DeviceSet. */
  object: string;
  staleAfterMs: number;
}

/** How an attached device talks to its driver. */
export interface Signals {
  /** Forwards a report at once, whatever the status: for events. */
  report(input: DeviceInput): void;
  /** Forwards a report while online; before, the snapshot will tell it: for state. */
  change(input: DeviceInput): void;
  /** The beat named in `Attachment.beats` moved. */
  beat(name: string): void;
  /** Why what the device says cannot be trusted now; undefined when it can. */
  doubt(reason: string | undefined): void;
  /** The nodes are not what they were; attach anew. */
  lost(reason: string): void;
}

export interface Attachment {
  /** What must keep moving, besides the server's clock, each with its text for people. */
  readonly beats: readonly string[];
  /** The whole present state, told before each `online`. */
  snapshot(): DeviceInput[];
}

/** Resolves nodes and starts watching. Everything it needs is in `session`; nothing of an earlier attachment is valid. */
export type Attach = (
  session: OpcuaSession,
  subscription: OpcuaSubscription,
  signals: Signals,
) => Promise<Attachment>;

export interface OpcuaDeviceDriver {
  readonly reports$: Observable<DeviceInput>;
  readonly status: DeviceStatus['status'] | undefined;
  start(): void;
  stop(): Promise<void>;
}

const serverBeat = serverSilent;

export function createOpcuaDevice(
  device: OpcuaDevice,
  ctx: DriverContext,
  timing: OpcuaTiming,
  attach: Attach,
): OpcuaDeviceDriver {
  const { clock } = ctx;
  const log = ctx.log.child(device.id);
  const reports = new Subject<DeviceInput>();
  let link: OpcuaLink | undefined;
  let running: Subscription | undefined;
  let told: DeviceStatus | undefined;

  const tell = (status: DeviceStatus['status'], reason: string): void => {
    if (told?.status === status && (status !== 'offline' || told.reason === reason)) return;
    told = { type: 'device-status', device: device.id, status, reason };
    if (status === 'online') log.info('online');
    else log.warn(`${status}: ${reason}`);
    reports.next(told);
  };

  /** One attachment; errors when it cannot be made or is lost. */
  const attachment = (session: OpcuaSession): Observable<never> =>
    defer(() => session.subscribe()).pipe(
      switchMap(
        (subscription) =>
          new Observable<never>((subscriber) => {
            let attached: Attachment | undefined;
            let freshness: Freshness | undefined;
            let doubt: string | undefined;
            const serverBeats = session.beat$.subscribe(() => freshness?.beat(serverBeat));

            const judge = (): void => {
              const state = freshness?.state;
              if (!attached || state === undefined || state === 'waiting') return;
              // Still silent after a connection: it is as gone as it was; only who was heard can become stale.
              if (state !== 'fresh') {
                if (told?.status !== 'offline') tell('stale', state.silent);
              } else if (doubt !== undefined) tell('stale', doubt);
              else if (told?.status !== 'online') {
                for (const input of attached.snapshot()) reports.next(input);
                tell('online', 'connected');
              }
            };
            const signals: Signals = {
              report: (input) => reports.next(input),
              change(input) {
                if (told?.status === 'online') reports.next(input);
              },
              beat: (name) => freshness?.beat(name),
              doubt(reason) {
                doubt = reason;
                judge();
              },
              lost: (reason) => subscriber.error(new Error(reason)),
            };

            const begin = async (): Promise<void> => {
              const made = await attach(session, subscription, signals);
              await subscription.start();
              if (subscriber.closed) return;
              attached = made;
              freshness = createFreshness(clock, device.staleAfterMs, [serverBeat, ...made.beats], judge);
            };
            begin().catch((error: unknown) => subscriber.error(error));
            return () => {
              freshness?.stop();
              serverBeats.unsubscribe();
              subscription.close().catch((error: unknown) => log.info(messageOf(error)));
            };
          }),
      ),
      retry({
        delay(error: unknown) {
          tell('offline', messageOf(error));
          return after(clock, timing.backoffMaxMs / 4);
        },
      }),
    );

  return {
    reports$: reports.asObservable(),
    get status() {
      return told?.status;
    },
    start() {
      if (running) return;
      link = opcuaLink(device, ctx, timing);
      running = link.state$
        .pipe(
          switchMap((state: LinkState) => {
            if (state.up) return attachment(state.session);
            tell('offline', state.reason);
            return [];
          }),
        )
        .subscribe();
    },
    async stop() {
      running?.unsubscribe();
      await link?.settled();
      reports.complete();
    },
  };
}
