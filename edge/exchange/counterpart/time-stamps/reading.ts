/** Time stamps on the other gate's log, as they come with its pages: checked against the authorities that we trust, and kept. */
import type { GateConfig } from '../../../../config/schema.ts';
import type { LogFault } from '../../../../protocols/handover/follower.ts';
import { headIn } from '../../../../protocols/handover/head.ts';
import { fulfilFrom, type SlowLogSource } from '../../../../protocols/handover/needs.ts';
import type { Reader } from '../../../../protocols/handover/reader.ts';
import { judgeStamp } from '../../../../protocols/handover/stamped.ts';
import { type LogPage, stampedHead, TIME_STAMPS } from '../../../../protocols/handover/wire.ts';
import type { TimeStampAuthority } from '../../../../protocols/time-stamp/authority.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Database, getMeta, setMeta } from '../../database.ts';
import { keepStamp, newestStamp } from './store.ts';
import type { Troubles } from './troubles.ts';

/** Since when there are lines of the other log that no stamp covers, by our own clock. */
const UNSTAMPED_SINCE = 'counterpart.unstamped-since';

export interface TheirStamps {
  /** Stamps on heads of more lines are asked for; undefined: none. */
  asked(): number | undefined;
  /** Looks at the page whose lines have just been stored. A fault: what is stamped is another history of this log. */
  take(page: LogPage, reader: Reader, source: SlowLogSource): Promise<LogFault | undefined>;
}

export async function readTheirStamps(options: {
  gate: string;
  config: NonNullable<GateConfig['counterpart']['timeStamps']>['theirs'];
  authorities: readonly TimeStampAuthority[];
  database: Database;
  clock: Clock;
  troubles: Troubles;
  /** A stamp is stored. */
  onStamped(): void;
}): Promise<TheirStamps> {
  const { gate, config, authorities, database, clock, troubles } = options;
  let covered = (await newestStamp(database, 'theirs'))?.size ?? 0;
  /** The newest that was looked at, whether or not it held. */
  let judged = covered;
  let since = Number((await getMeta(database, UNSTAMPED_SINCE)) ?? Number.NaN);

  const setSince = async (at: number): Promise<void> => {
    since = at;
    await database.transaction((tx) => setMeta(tx, UNSTAMPED_SINCE, String(at)));
  };

  const watch = async (size: number, head: string): Promise<void> => {
    if (config === undefined || size <= covered) return;
    const now = clock.nowMs();
    // A clock that was set back begins anew.
    if (Number.isNaN(since) || since > now) return setSince(now);
    if (now - since <= config.requiredWithinS * 1_000) return;
    const stamps = headIn(head)?.capabilities.includes(TIME_STAMPS) === true;
    troubles.missing(
      'theirs',
      `the log of ${gate} has had no new time stamp since line ${covered}` +
        (stamps ? '' : '; its heads do not say that it is stamped at all'),
    );
  };

  const judge = async (
    stamp: unknown,
    reader: Reader,
    source: SlowLogSource,
  ): Promise<LogFault | undefined> => {
    const read = stampedHead.safeParse(stamp);
    if (!read.success) {
      judged = reader.size;
      const bytes = Buffer.from(JSON.stringify(stamp).slice(0, 100_000), 'utf8');
      await troubles.bad('theirs', { head: '', bytes, reason: 'what came is no stamped head' });
      return undefined;
    }
    const result = await fulfilFrom(judgeStamp(reader, read.data, authorities), source);
    if (result.kind === 'fault') return result.fault;
    if (result.kind === 'ahead') return undefined;
    judged = Math.max(judged, headIn(read.data.head)?.size ?? reader.size);
    if (result.kind === 'bad') {
      const { head, token } = read.data;
      await troubles.bad('theirs', { head, bytes: Buffer.from(token, 'base64'), reason: result.reason });
      return undefined;
    }
    if (result.stamp.size <= covered) return undefined;
    await keepStamp(database, 'theirs', result.stamp, clock.nowMs());
    covered = result.stamp.size;
    troubles.over('theirs');
    if (covered < reader.size) await setSince(clock.nowMs());
    else if (!Number.isNaN(since)) await setSince(Number.NaN);
    options.onStamped();
    return undefined;
  };

  return {
    asked: () => judged,
    async take(page, reader, source) {
      const fault = page.stamp === undefined ? undefined : await judge(page.stamp, reader, source);
      if (fault === undefined) await watch(reader.size, page.head);
      return fault;
    },
  };
}
