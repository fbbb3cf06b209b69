/** The other end of a door: what the exchange and console daemons and the command line know of control. */
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { defer, Observable, retry, tap, throwError } from 'rxjs';
import type { Input, InputSource } from '../core/input.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Clock } from './clock.ts';
import { GateError, messageOf } from './errors.ts';
import { createLineSplitter } from './lines.ts';

/** How long an answer may take: the disk may be slow, the door is local. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Back-off between attempts to follow: 100 ms, doubling, at most 5 s. */
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
/** A snapshot of a large yard is a few MB of JSON. */
const LINE_CHARS_MAX = 64 * 1024 * 1024;
const CONNECTIONS_MAX = 8;

export interface SubmitAnswer {
  seq: number;
  /** It had been admitted before, with this sequence. */
  repeated: boolean;
}

/**
 * Every rejection is a `GateError`: the door's own (`DOOR_FULL`, `GAP`, `INPUT_…`, `ACT_…`, `JOURNAL_…`), or
 * `DOOR_UNREACHABLE` (it certainly did not arrive), `DOOR_BROKEN` and `DOOR_TIMEOUT` (it may have: send it again under the
 * same id, repeats are recognised).
 */
export interface DoorClient {
  /** Submits one input; resolves when it is durable. */
  submit(input: Input, from: InputSource): Promise<SubmitAnswer>;
  /**
   * Submits many in order. Resolves with an answer or an error for each that was tried; inputs beyond the answers, and those
   * with an error, are sent again.
   */
  submitAll(batch: readonly { input: Input; from: InputSource }[]): Promise<(SubmitAnswer | GateError)[]>;
  /** Submits a person's signed act (console door). */
  submitJws(jws: string): Promise<SubmitAnswer>;
  state(): Promise<unknown>;
  live(): Promise<unknown>;
  /** Durable entries after `after`, at most `limit`; `inputs` as in the journal's own `read`. */
  read(after: number, limit: number, inputs?: readonly string[]): Promise<JournalEntry[]>;
  /**
   * Durable entries after `after` and each new one, without gap or repeat; reconnects by itself, with back-off, and errors
   * only if the door refuses the question. It does not wait for slow subscribers: they use `read`.
   */
  follow(after: number, inputs?: readonly string[]): Observable<JournalEntry>;
}

/** A client of the door at `socketPath`; connects when asked something. */
export function createDoorClient(socketPath: string, clock: Clock): DoorClient {
  // No keep-alive: a local connection costs nothing, and one that control has just closed cannot be taken by mistake.
  const agent = new Agent({ keepAlive: false, maxSockets: CONNECTIONS_MAX });

  const unreachable = (error: NodeJS.ErrnoException): GateError => {
    const notThere = error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'EACCES';
    return new GateError(
      notThere ? 'DOOR_UNREACHABLE' : 'DOOR_BROKEN',
      `The control daemon cannot be reached at ${socketPath}: ${messageOf(error)}.`,
      'See whether “gate control” runs on this data folder and whether this user may use its socket.',
      { cause: error },
    );
  };

  /** One request, its answer read whole. */
  const ask = (options: RequestOptions, body?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ ...options, socketPath, agent }, (response) => {
        readAll(response).then(
          (text) =>
            settle(() =>
              response.statusCode === 200 ? resolve(text) : reject(refusal(response.statusCode, text)),
            ),
          (error: NodeJS.ErrnoException) => settle(() => reject(unreachable(error))),
        );
      });
      const cancelTimeout = clock.after(ANSWER_TIMEOUT_MS, () => {
        settle(() => reject(timeout(socketPath)));
        request.destroy();
      });
      const settle = (how: () => void): void => {
        cancelTimeout();
        how();
      };
      request.on('error', (error) => settle(() => reject(unreachable(error))));
      request.end(body);
    });

  const get = async (path: string): Promise<unknown> => parse(await ask({ path }));
  const post = (body: string, type = 'application/json'): Promise<string> =>
    ask(
      {
        path: '/inputs',
        method: 'POST',
        headers: { 'content-type': type, 'content-length': Buffer.byteLength(body) },
      },
      body,
    );

  const followOnce = (path: string): Observable<JournalEntry> =>
    new Observable((subscriber) => {
      const request = httpRequest({ path, socketPath, agent: false }, (response) => {
        if (response.statusCode !== 200) {
          readAll(response).then(
            (text) => subscriber.error(refusal(response.statusCode, text)),
            (error: NodeJS.ErrnoException) => subscriber.error(unreachable(error)),
          );
          return;
        }
        const splitter = createLineSplitter(LINE_CHARS_MAX, (line) =>
          subscriber.next(parse(line) as JournalEntry),
        );
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          try {
            splitter.push(text);
          } catch (error) {
            subscriber.error(error);
          }
        });
        response.on('end', () => subscriber.error(unreachable(new Error('the stream ended'))));
        response.on('error', (error) => subscriber.error(unreachable(error)));
      });
      request.on('error', (error) => subscriber.error(unreachable(error)));
      request.end();
      return () => request.destroy();
    });

  return {
    submit: async (input, from) => parse(await post(JSON.stringify({ input, from }))) as SubmitAnswer,
    async submitAll(batch) {
      const body = batch.map((item) => JSON.stringify(item)).join('\n');
      const answer = await post(body, 'application/x-ndjson');
      return answer
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const item = parse(line) as SubmitAnswer | { error: Refusal };
          return 'error' in item ? gateErrorOf(item.error) : item;
        });
    },
    submitJws: async (jws) => parse(await post(JSON.stringify({ jws }))) as SubmitAnswer,
    state: () => get('/state'),
    live: () => get('/live'),
    async read(after, limit, inputs) {
      const entries: JournalEntry[] = [];
      const splitter = createLineSplitter(LINE_CHARS_MAX, (line) =>
        entries.push(parse(line) as JournalEntry),
      );
      splitter.push(await ask({ path: `${journalPath(after, inputs)}&limit=${limit}&follow=false` }));
      return entries;
    },
    follow: (after, inputs) =>
      defer(() => {
        let cursor = after;
        return defer(() => followOnce(journalPath(cursor, inputs))).pipe(
          tap((entry) => {
            cursor = entry.seq;
          }),
          retry({
            delay: (error: unknown, attempt) =>
              isFinal(error) ? throwError(() => error) : pause(clock, backOffMs(attempt)),
            resetOnSuccess: true,
          }),
        );
      }),
  };
}

const journalPath = (after: number, inputs?: readonly string[]): string =>
  `/journal?after=${after}${inputs === undefined ? '' : `&inputs=${inputs.join(',')}`}`;

async function readAll(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const piece of response as AsyncIterable<string>) {
    text += piece;
    if (text.length > LINE_CHARS_MAX) throw new Error(`the answer exceeds ${LINE_CHARS_MAX} characters`);
  }
  return text;
}

interface Refusal {
  code: string;
  message: string;
  remedy: string;
}

const gateErrorOf = ({ code, message, remedy }: Refusal): GateError => new GateError(code, message, remedy);

/** The door's own error, as it was thrown behind it. */
function refusal(status: number | undefined, text: string): GateError {
  const answer = parse(text) as Partial<Refusal>;
  const {
    code = 'DOOR_BROKEN',
    message = `The door answered ${status ?? 'nothing'}.`,
    remedy = 'See the log of the control daemon.',
  } = answer;
  return gateErrorOf({ code, message, remedy });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new GateError(
      'DOOR_BROKEN',
      `The door’s answer is not JSON: ${text.slice(0, 80)}`,
      'See the log of the control daemon.',
      {
        cause: error,
      },
    );
  }
}

const timeout = (socketPath: string): GateError =>
  new GateError(
    'DOOR_TIMEOUT',
    `The control daemon did not answer at ${socketPath} within ${ANSWER_TIMEOUT_MS} ms.`,
    'Send it again under the same id; see the log of the control daemon, its disk may be stalled.',
  );

/** Refusals that asking again does not mend. */
const FINAL: readonly string[] = ['QUERY_MALFORMED', 'NOT_FOUND', 'METHOD_NOT_ALLOWED'];
const isFinal = (error: unknown): boolean => error instanceof GateError && FINAL.includes(error.code);

const backOffMs = (attempt: number): number => Math.min(RETRY_FIRST_MS * 2 ** (attempt - 1), RETRY_MAX_MS);

const pause = (clock: Clock, delayMs: number): Observable<void> =>
  new Observable((subscriber) => clock.after(delayMs, () => subscriber.next()));
