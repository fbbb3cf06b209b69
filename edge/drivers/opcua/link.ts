/** The way to one server: opened again and again with back-off, and shared by all devices behind the same endpoint. */
import { Observable, ReplaySubject, repeat, share } from 'rxjs';
import { messageOf } from '../../platform/errors.ts';
import type { DriverContext } from '../driver.ts';
import { after } from './deadline.ts';
import { type OpcuaEndpoint, type OpcuaSession, openSession } from './session.ts';
import { quietStack } from './stack-log.ts';
import type { OpcuaTiming } from './timing.ts';

export type LinkState = { up: true; session: OpcuaSession } | { up: false; reason: string };

export interface OpcuaLink {
  /** Never errors or completes. The first subscriber opens it, the last one closes it. */
  readonly state$: Observable<LinkState>;
  /** Resolves when nothing that was left is still being closed. */
  settled(): Promise<void>;
}

/** By endpoint, security and keys. A session costs the server and us; five devices of one server need one. */
const links = new Map<string, OpcuaLink>();

/** The link to `endpoint`, made if nobody uses it yet. */
export function opcuaLink(
  endpoint: OpcuaEndpoint,
  ctx: Pick<DriverContext, 'clock' | 'random' | 'log' | 'keysDir'>,
  timing: OpcuaTiming,
): OpcuaLink {
  const key = JSON.stringify([endpoint.endpointUrl, endpoint.security, ctx.keysDir]);
  const known = links.get(key);
  if (known) return known;
  const link = createLink(endpoint, ctx, timing, () => links.delete(key));
  links.set(key, link);
  return link;
}

function createLink(
  endpoint: OpcuaEndpoint,
  ctx: Pick<DriverContext, 'clock' | 'random' | 'log' | 'keysDir'>,
  timing: OpcuaTiming,
  onUnused: () => void,
): OpcuaLink {
  quietStack(ctx.log);
  const leaving = new Set<Promise<void>>();
  const leave = (work: Promise<void>): void => {
    leaving.add(work);
    void work.finally(() => leaving.delete(work));
  };
  let failures = 0;

  const attempt$ = new Observable<LinkState>((subscriber) => {
    let session: OpcuaSession | undefined;
    let wanted = true;
    const down = (reason: string): void => {
      subscriber.next({ up: false, reason });
      subscriber.complete();
    };
    const opening = openSession(endpoint, ctx, timing).then(
      async (opened) => {
        if (!wanted) return opened.close();
        session = opened;
        // Only a server that lives proves the connection good; a frozen one is not asked more and more often.
        opened.beat$.subscribe(() => {
          failures = 0;
        });
        subscriber.next({ up: true, session: opened });
        void opened.ended.then(down);
      },
      (error: unknown) => down(reasonOf(error)),
    );
    return () => {
      wanted = false;
      leave(session ? session.close() : opening);
    };
  });

  const pause = (): Observable<void> => {
    const longestMs = Math.min(timing.backoffMaxMs, timing.backoffMinMs * 2 ** Math.min(failures, 16));
    failures += 1;
    // Jitter, so that a restarted server does not meet all its clients at once.
    return after(ctx.clock, longestMs * (0.5 + ctx.random.next() / 2));
  };

  const state$ = new Observable<LinkState>((subscriber) => {
    const running = attempt$.pipe(repeat({ delay: pause })).subscribe(subscriber);
    return () => {
      running.unsubscribe();
      onUnused();
    };
  }).pipe(share({ connector: () => new ReplaySubject<LinkState>(1), resetOnRefCountZero: true }));

  return {
    state$,
    async settled() {
      while (leaving.size > 0) await Promise.all(leaving);
    },
  };
}

/** What a person needs to know of a failed connection. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error).replace(/\s+/g, ' ').trim();
  const verdict = /server Certificate verification failed with err (\w+)/i.exec(message)?.[1];
  if (verdict !== undefined)
    return `the certificate of the server is refused (${verdict}); ${certificateRemedy(verdict)}`;
  if (/BadSecurityChecksFailed|BadCertificate\w+|Sender Certificate Error/.test(message)) {
    return `the server refuses our certificate (${message}); make it trust the one in opcua/own/certs`;
  }
  if (/Cannot find an Endpoint matching/.test(message))
    return 'the server does not offer the configured security';
  return message;
}

const certificateRemedy = (verdict: string): string =>
  verdict === 'BadCertificateUntrusted'
    ? 'after comparing its thumbprint, move it from opcua/rejected to opcua/trusted/certs'
    : 'it needs a new one';
