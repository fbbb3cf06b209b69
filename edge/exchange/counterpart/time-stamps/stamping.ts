/**
 * Has our own log stamped: at times its newest head goes to an authority, and what comes back is checked, kept and served. A head
 * is signed, stored and served without waiting for it; an authority that is slow, away or wrong costs a warning and nothing else.
 */
import type { GateConfig } from '../../../../config/schema.ts';
import { headIn } from '../../../../protocols/handover/head.ts';
import { judgeOwnStamp } from '../../../../protocols/handover/stamped.ts';
import { type TimeStampAuthority, TOKEN_BYTES_MAX } from '../../../../protocols/time-stamp/authority.ts';
import {
  NONCE_BYTES,
  QUERY_TYPE,
  REPLY_TYPE,
  timeStampRequest,
} from '../../../../protocols/time-stamp/request.ts';
import { readTimeStampResponse } from '../../../../protocols/time-stamp/response.ts';
import { GateError, messageOf } from '../../../platform/errors.ts';
import type { Database } from '../../database.ts';
import { type HttpClient, refusedWith } from '../../http.ts';
import { startWorker, type Turn, type WorkerTools } from '../../worker.ts';
import type { HandoverLog } from '../log.ts';
import { keepStamp, newestStamp } from './store.ts';
import type { Troubles } from './troubles.ts';

/** An answer with its token, and words around it. */
export const ANSWER_BYTES_MAX = 2 * TOKEN_BYTES_MAX;
const BACKOFF_MIN_MS = 5_000;
const BACKOFF_MAX_MS = 15 * 60_000;
/** How often it is looked whether our log is published again. */
const LOOK_MS = 5_000;

export interface Stamping {
  stop(): Promise<void>;
}

export function startStamping(
  options: WorkerTools & {
    config: NonNullable<NonNullable<GateConfig['counterpart']['timeStamps']>['ours']>;
    authorities: readonly TimeStampAuthority[];
    database: Database;
    handoverLog: Pick<HandoverLog, 'head' | 'publishing' | 'grown'>;
    client: HttpClient;
    troubles: Troubles;
    /** A stamp is stored. */
    onStamped(): void;
  },
): Stamping {
  const { config, authorities, database, handoverLog, client, troubles, clock, random } = options;
  const { url, policy, timeoutMs } = config;
  const everyMs = config.everyS * 1_000;
  const alarmAfterMs = config.alarmAfterS * 1_000;

  const askFor = async (head: string, signal: AbortSignal): Promise<void> => {
    const nonce = random.bytes(NONCE_BYTES);
    const { status, body, bytes } = await client.request({
      method: 'POST',
      path: '',
      headers: { 'content-type': QUERY_TYPE, accept: REPLY_TYPE },
      body: timeStampRequest({ text: head, nonce, policy }),
      timeoutMs,
      signal,
    });
    if (status !== 200) throw refusedWith(status, `the time-stamp authority ${url}`, body);
    const answer = readTimeStampResponse(bytes);
    if (answer.kind === 'refused')
      throw new GateError(
        'TIME_STAMP_REFUSED',
        `${url}: ${answer.reason}`,
        'Ask the authority why; the policy that is asked for is in counterpart.timeStamps.ours.',
      );
    const judged =
      answer.kind === 'unreadable'
        ? { kind: 'bad' as const, reason: answer.reason }
        : judgeOwnStamp({ head, token: Buffer.from(answer.token).toString('base64') }, nonce, authorities);
    if (judged.kind === 'bad') {
      await troubles.bad('ours', { head, bytes, reason: judged.reason });
      throw new GateError(
        'TIME_STAMP_BAD',
        `${url} answers with a stamp that does not hold: ${judged.reason}`,
        'Compare the certificate of the authority with counterpart.timeStamps.authorities; the bytes lie in evidence/.',
      );
    }
    await keepStamp(database, 'ours', judged.stamp, clock.nowMs());
    troubles.over('ours');
    options.onStamped();
  };

  /** Since when there are heads that no stamp covers, by the time in the first of them; undefined: there are none. */
  const unstampedSince = async (after: number): Promise<number | undefined> => {
    const first = await database.get<{ jws: string }>(
      'SELECT jws FROM own_head WHERE size > ? ORDER BY size LIMIT 1',
      after,
    );
    return first && headIn(first.jws)?.at;
  };

  const turn = async (signal: AbortSignal): Promise<Turn> => {
    const last = await newestStamp(database, 'ours');
    const covered = last?.size ?? 0;
    await handoverLog.grown(covered, signal);
    if (signal.aborted) return 'done';
    if (!handoverLog.publishing) return LOOK_MS;
    // A clock that was set back must not keep the next one away for longer than the rate asks.
    const dueMs = last === undefined ? 0 : Math.min(everyMs, last.at + everyMs - clock.nowMs());
    if (dueMs > 0) return dueMs;
    try {
      await askFor(handoverLog.head, signal);
      return 0;
    } catch (error) {
      const since = await unstampedSince(covered);
      if (!signal.aborted && since !== undefined && clock.nowMs() - since > alarmAfterMs)
        troubles.missing('ours', `no stamp on our log since line ${covered}: ${messageOf(error)}`);
      throw error;
    }
  };

  return startWorker({
    ...options,
    name: `have our log stamped by ${url}`,
    backoff: { minMs: Math.min(BACKOFF_MIN_MS, everyMs), maxMs: Math.min(BACKOFF_MAX_MS, everyMs) },
    turn,
  });
}
