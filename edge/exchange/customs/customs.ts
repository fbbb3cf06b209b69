/**
 * Everything that brings customs' word, and takes ours to customs: the service itself, the feeds of other authorities, the drop folder.
 * All of it ends in one mirror, and goes to control as the one source `customs`.
 */
import type { GateConfig } from '../../../config/schema.ts';
import { readAdvance } from '../../../protocols/asw/reading.ts';
import { readMovement } from '../../../protocols/clearance/acts.ts';
import { readExamination } from '../../../protocols/clearance/examinations.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { Database, Statements } from '../database.ts';
import type { AskExamination, ReportDecision } from '../decisions.ts';
import type { ControlDoor } from '../door.ts';
import { createLists } from '../lists/store.ts';
import { startListWatch } from '../lists/watch.ts';
import { queueExaminationAsk, startAsking } from '../outbox/examination-asks.ts';
import { createOutbox } from '../outbox/outbox.ts';
import type { SenderOptions } from '../outbox/sender.ts';
import { loadTrust } from '../signed/signature.ts';
import type { Worker, WorkerTools } from '../worker.ts';
import { useAllotments } from './allotments.ts';
import { createAsks } from './asks.ts';
import { startConversation } from './conversation.ts';
import { feedBackoff, startFeed } from './delta-feed.ts';
import { createMirror, type RecordReader } from './mirror.ts';
import { createCustomsSender, queueReport } from './outgoing.ts';
import { authorizationOf, openService } from './service.ts';
import { startCustomsSubmitter } from './submitter.ts';

export interface Customs {
  /** Stores a report that control decided. */
  report(tx: Statements, report: ReportDecision): Promise<void>;
  /** Stores an ask for an examination, for each examiner that can be asked. */
  askExamination(tx: Statements, ask: AskExamination, entry: JournalEntry): Promise<void>;
  /** Control asked for a container. */
  ask(tx: Statements, container: string): Promise<void>;
  /** What was stored by these is durable. */
  decided(): void;
  /** Control has restarted. */
  resync(): void;
  stop(): Promise<void>;
}

/** A record of the feed `asw` is one document. */
const readAdvanceRecord: RecordReader = (value) => {
  const read = readAdvance(value);
  return read.ok ? { ok: true, changes: [{ type: 'advance-document', ...read.document }] } : read;
};

const READERS: Readonly<Record<GateConfig['customs']['feeds'][number]['kind'], RecordReader>> = {
  acts: readMovement,
  examinations: readExamination,
  asw: readAdvanceRecord,
};

/** @throws GateError `TOKEN_UNREADABLE`, `KEY_UNREADABLE`, `KEY_WRONG_KIND`, `DROP_FOLDER_UNUSABLE`, `ASW_FOLDER`, `LISTS_FOLDER`: what a person has to put right first. */
export async function startCustoms(
  options: WorkerTools & {
    config: GateConfig;
    dataDir: string;
    database: Database;
    door: ControlDoor;
    /** Stored with a refusal. */
    onRefused: NonNullable<SenderOptions['onRefused']>;
  },
): Promise<Customs> {
  const { config, dataDir, database, clock, log, onRefused } = options;
  const { customs } = config;
  const mirror = createMirror(database);
  const outbox = createOutbox(database);
  const examiners = customs.feeds.filter(
    ({ kind, askUrl }) => kind === 'examinations' && askUrl !== undefined,
  );
  const askers: Worker[] = [];
  const asks = customs.pointQuery ? createAsks(database) : undefined;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const next of stops.splice(0).reverse()) await next();
  };
  const submitter = startCustomsSubmitter({ ...options, mirror });
  stops.push(submitter.stop);
  const onQueued = submitter.wake;

  try {
    const service = await openService({ name: 'customs', ...customs, dataDir, clock });
    const sender = await createCustomsSender({
      ...options,
      config: customs,
      outbox,
      backoff: feedBackoff(customs.pollMs),
      post: service.post,
    });
    const conversation = startConversation({
      ...options,
      service,
      pollMs: customs.pollMs,
      mirror,
      sender,
      asks,
      onQueued,
    });
    stops.push(conversation.stop);
    for (const feed of customs.feeds) {
      const service = await openService({ name: feed.id, ...feed, dataDir, clock });
      const reading = startFeed({
        ...options,
        name: feed.id,
        service,
        mirror: mirror.feed(feed.id, READERS[feed.kind]),
        pollMs: feed.pollMs,
        onQueued,
      });
      stops.push(reading.stop);
      if (feed.kind !== 'examinations' || feed.askUrl === undefined) continue;
      const examiner = {
        id: feed.id,
        askUrl: feed.askUrl,
        headers: await authorizationOf({ name: feed.id, ...feed, dataDir }),
      };
      const asker = startAsking({
        ...options,
        examiner,
        outbox,
        backoff: feedBackoff(feed.pollMs),
        onRefused,
      });
      askers.push(asker);
      stops.push(asker.stop);
    }
    if (customs.dropFolder !== undefined) {
      // Its readers cost memory that most gates need not spend.
      const { startDropFolder } = await import('./drop-folder/drop-folder.ts');
      const folder = await startDropFolder({
        ...options,
        folder: customs.dropFolder,
        listKeyFile: customs.listKeyFile,
        utcOffset: config.gate.utcOffset,
        onQueued,
      });
      stops.push(folder.stop);
    }
    if (config.asw !== undefined) {
      const { startAswWatch } = await import('../asw/watch.ts');
      const watch = await startAswWatch({ ...options, config: config.asw, onQueued });
      stops.push(watch.stop);
    }
    if (config.lists !== undefined) {
      const keys = await loadTrust('signed lists', config.lists.trust, dataDir);
      const watch = await startListWatch({
        ...options,
        config: config.lists,
        lists: createLists(database, mirror, keys),
        onQueued,
      });
      stops.push(watch.stop);
    }
    return {
      async report(tx, report) {
        if (await useAllotments(tx, report)) onQueued();
        if (await queueReport(tx, outbox, report, config.upstream.transit)) return;
        log.error('another report of this id was told before; this one is kept and not sent', {
          report: report.reportId,
        });
      },
      askExamination: (tx, ask, entry) =>
        queueExaminationAsk(tx, outbox, examiners, ask, { entry, gate: config.gate }),
      async ask(tx, container) {
        await mirror.ask(tx, container);
        await asks?.decide(tx, container);
      },
      decided() {
        conversation.errandWaiting();
        for (const asker of askers) asker.wake();
        submitter.wake();
      },
      resync: submitter.resync,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
