/**
 * `GET /api/events`: the feed as server-sent events (WHATWG HTML §9.2). Each browser has a bounded buffer; one that does
 * not keep up is cut off, and when it comes back `Last-Event-ID` tells what it already has.
 *
 * Events: `overview` (whole, at each change), `journal` (one line, its sequence is the event id), `gap` (lines too many
 * to send), `gate` (whether the control daemon answers), `beat` (every few seconds, so that a browser notices silence).
 */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { ConsoleDoor } from './door.ts';
import { type Feed, type FeedEvent, type JournalLine, journalLine, LINES_KEPT } from './feed.ts';

export interface EventStreams {
  /** Takes over `response`; `lastEventId` is the last journal sequence the browser has, if any. False: no room. */
  add(response: ServerResponse, lastEventId: number | undefined): boolean;
  readonly size: number;
  stop(): void;
}

const STREAMS_MAX = 64;
/** What may wait in one browser's buffer. An overview of a large gate is below 100 kB. */
const WAITING_BYTES_MAX = 1024 * 1024;
const BEAT_MS = 3_000;
/** A browser that was away longer gets the newest lines and a `gap`. */
const RESUME_LINES_MAX = 1_000;

interface Stream {
  response: ServerResponse;
  /** Last journal sequence sent. */
  sent: number;
  /** Still being sent what it missed: live lines wait in the feed's own ring. */
  resuming: boolean;
}

const frame = (event: string, data: unknown, id?: number): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export function eventStreams({
  feed,
  door,
  clock,
  log,
}: {
  feed: Feed;
  door: Pick<ConsoleDoor, 'read'>;
  clock: Clock;
  log: Log;
}): EventStreams {
  const streams = new Set<Stream>();

  function send(stream: Stream, text: string): void {
    const { response } = stream;
    if (response.destroyed) return;
    if (response.writableLength + text.length > WAITING_BYTES_MAX) {
      log.warn('a browser does not keep up and is cut off', { waitingBytes: response.writableLength });
      response.destroy();
      return;
    }
    response.write(text);
  }

  function sendLine(stream: Stream, line: JournalLine): void {
    if (line.seq <= stream.sent) return;
    send(stream, frame('journal', line, line.seq));
    stream.sent = line.seq;
  }

  function tell(event: FeedEvent): void {
    if (event.kind === 'journal') {
      for (const stream of streams) if (!stream.resuming) sendLine(stream, event.line);
      return;
    }
    const text =
      event.kind === 'overview'
        ? frame('overview', event.overview)
        : frame('gate', { connected: event.connected });
    for (const stream of streams) send(stream, text);
  }

  /** Sends what came after `stream.sent`: from the journal while that is older than the feed's lines, then those. */
  async function resume(stream: Stream): Promise<void> {
    const newest = feed.lines.at(-1)?.seq ?? 0;
    if (newest - stream.sent > RESUME_LINES_MAX) {
      const from = newest - RESUME_LINES_MAX + 1;
      send(stream, frame('gap', { from: stream.sent + 1, to: from - 1 }));
      stream.sent = from - 1;
    }
    for (;;) {
      const oldest = feed.lines[0]?.seq ?? 0;
      if (stream.sent + 1 >= oldest || stream.response.destroyed) break;
      const entries = await door.read(stream.sent, LINES_KEPT);
      if (entries.length === 0) break;
      for (const entry of entries) sendLine(stream, journalLine(entry));
    }
    stream.resuming = false;
    for (const line of feed.lines) sendLine(stream, line);
  }

  const unlisten = feed.listen(tell);
  const cancelBeat = clock.every(BEAT_MS, () => {
    const text = frame('beat', { connected: feed.connected });
    for (const stream of streams) send(stream, text);
  });

  return {
    add(response, lastEventId) {
      if (streams.size >= STREAMS_MAX) return false;
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      });
      const newest = feed.lines.at(-1)?.seq ?? 0;
      // An id from beyond the journal's end belongs to another journal: start afresh.
      const known = lastEventId !== undefined && lastEventId <= newest ? lastEventId : undefined;
      const stream: Stream = { response, sent: known ?? 0, resuming: known !== undefined };
      streams.add(stream);
      response.on('close', () => streams.delete(stream));
      response.on('error', (error) => log.info('a browser went away', { why: messageOf(error) }));
      send(stream, frame('gate', { connected: feed.connected }));
      if (feed.overview) send(stream, frame('overview', feed.overview));
      if (known === undefined) for (const line of feed.lines) sendLine(stream, line);
      else
        resume(stream).catch((error: unknown) => {
          log.warn('a browser could not be sent what it missed', { why: messageOf(error) });
          response.destroy();
        });
      return true;
    },
    get size() {
      return streams.size;
    },
    stop() {
      unlisten();
      cancelBeat();
      for (const { response } of streams) response.destroy();
    },
  };
}
