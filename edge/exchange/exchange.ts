/**
 * `gate exchange`: the daemon that talks to the outside and has no hand on a device. It mirrors customs and reports to it,
 * publishes our signed handover log and reads the counterpart's. Control is reached through its exchange door alone.
 *
 * Everything it must not lose or double is in `exchange.db` or derived from the journal, so it may be killed at any
 * time: stopping only closes connections.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateConfig } from '../../config/schema.ts';
import { LINE_VERSIONS, type LineVersion } from '../../protocols/handover/line.ts';
import { TIME_STAMPS } from '../../protocols/handover/wire.ts';
import type { CounterpartLink, CounterpartLive } from '../core/input.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { sleep } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { startAuditorsDoor } from './counterpart/auditors.ts';
import { type FoundFault, startFaults } from './counterpart/faults.ts';
import { startKeyRotation } from './counterpart/key-rotation.ts';
import { startKeyWatch } from './counterpart/key-watch.ts';
import { createLink } from './counterpart/link.ts';
import { NOTHING_LIVE, startLivePolling } from './counterpart/live.ts';
import { type HandoverLog, openHandoverLog } from './counterpart/log.ts';
import type { CounterpartMemory } from './counterpart/memory.ts';
import { type CounterpartReading, startReading } from './counterpart/reading.ts';
import { startRestoring } from './counterpart/restore.ts';
import { startCounterpartServer } from './counterpart/server.ts';
import { startTelling } from './counterpart/telling.ts';
import { startTimeStamps } from './counterpart/time-stamps/time-stamps.ts';
import { type Customs, startCustoms } from './customs/customs.ts';
import { type Database, getMeta, openDatabase, type Statements, setMeta } from './database.ts';
import { decisionOf, isBoot } from './decisions.ts';
import { abortableDoor, type ControlDoor } from './door.ts';
import { createHttpClient } from './http.ts';
import { startJournalReader } from './journal-reader.ts';
import { type LinkKeys, loadLinkKeys } from './keys.ts';
import { createLatest } from './latest.ts';
import { startRefusalWatch } from './outbox/refusals.ts';
import { startUpstream } from './upstream/upstream.ts';
import type { WorkerTools } from './worker.ts';

/** How long stopping may wait for control to hear that the link is down. */
const FAREWELL_MS_MAX = 500;
/** A page of the counterpart's log at its largest. */
const COUNTERPART_BODY_BYTES_MAX = 64 * 1024 * 1024;

/** How often exchange shows control that it lives. */
const BEAT_MS = 500;

export interface ExchangeOptions extends WorkerTools {
  config: GateConfig;
  /** Where `exchange.db`, keys and evidence lie. */
  dataDir: string;
  door: ControlDoor;
}

export interface Exchange {
  /** Where our log is served; of use when the configured port is 0. */
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts the daemon's work.
 * @throws GateError `KEY_…`, `TOKEN_UNREADABLE`, `EXCHANGE_DB_…`, `LISTEN_FAILED`: what a person has to put right first.
 */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  const stopping = new AbortController();
  const door = abortableDoor(options.door, stopping.signal);
  const keys = await loadLinkKeys({
    config: options.config.counterpart,
    gate: options.config.gate.id,
    dataDir: options.dataDir,
    clock: options.clock,
  });
  await mkdir(options.dataDir, { recursive: true });
  const database = await openDatabase(join(options.dataDir, 'exchange.db'));

  // Stopped in reverse order, then the database closes.
  const stops: (() => void | Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    const [farewell, ...rest] = stops.splice(0).reverse();
    await farewell?.();
    stopping.abort();
    for (const next of rest) await next();
    await database.close();
  };
  try {
    const port = await wire({ ...options, door }, { keys, database, stops });
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function wire(
  { config, dataDir, door, clock, random, log }: ExchangeOptions,
  { keys, database, stops }: { keys: LinkKeys; database: Database; stops: (() => void | Promise<void>)[] },
): Promise<number> {
  const tools = (component: string): WorkerTools => ({ clock, random, log: log.child(component) });
  const { counterpart } = config;

  const linkInput = createLatest<CounterpartLink>({ ...tools('counterpart'), door, source: 'exchange-link' });
  const liveInput = createLatest<CounterpartLive>({ ...tools('counterpart'), door, source: 'exchange-live' });
  const link = createLink({
    clock,
    log: log.child('counterpart'),
    staleAfterMs: counterpart.linkStaleAfterMs,
    onChange: (up) => tellLink(up),
  });
  /** The newest version of the protocol that the other side has said it reads; undefined before it has ever asked. */
  let reads = lineVersionOf(await getMeta(database, READS));
  const tellLink = (up: boolean): void =>
    linkInput.tell({ type: 'counterpart-link', up, ...(reads !== undefined && { reads }) });
  // What it cannot read must not stand in our log, so nothing is written before that is known.
  if (reads === undefined) link.fail('version', 'the other side has not said yet what it reads');
  const onReads = async (told: number): Promise<void> => {
    const version = lineVersionOf(String(told));
    if (version === undefined || version === reads) return;
    await database.transaction((tx) => setMeta(tx, READS, String(version)));
    log.info('the counterpart reads another version of the protocol', { version });
    reads = version;
    link.recover('version');
    tellLink(link.up);
  };
  stops.push(linkInput.stop, liveInput.stop, link.stop);
  link.fail('restore', 'it is not known yet whether our own log is all here');

  /** Found before there is anybody to tell. */
  const early: FoundFault[] = [];
  let tellFault = (fault: FoundFault): void => void early.push(fault);
  const onFault = (fault: FoundFault): void => {
    link.fail(fault.log, `${fault.kind}: ${fault.reason}`);
    tellFault(fault);
  };
  const handoverLog = await openHandoverLog({
    gate: config.gate.id,
    database,
    keys: keys.own,
    clock,
    log: log.child('counterpart'),
    capabilities: counterpart.timeStamps?.ours === undefined ? [] : [TIME_STAMPS],
    onFault: (fault) => onFault({ ...fault, log: 'ours' }),
  });
  const timeStamps = await startTimeStamps({
    ...tools('time-stamps'),
    config: counterpart,
    dataDir,
    database,
    door,
    handoverLog,
  });
  stops.push(timeStamps.stop);

  const upstream = await startUpstream({ ...tools('upstream'), config, dataDir, database });
  stops.push(upstream.stop);
  const customs = await startCustoms({
    ...tools('customs'),
    config,
    dataDir,
    database,
    door,
    onRefused: upstream.refused,
  });
  stops.push(customs.stop);
  const refusals = startRefusalWatch({ ...tools('outbox'), database, door, onChanged: customs.decided });
  stops.push(refusals.stop);

  const client = createHttpClient({
    url: counterpart.url,
    clock,
    // One waits for lines while the other asks for live values.
    connectionsMax: 2,
    bodyBytesMax: COUNTERPART_BODY_BYTES_MAX,
    tls: { ...keys.tls, servername: counterpart.gate },
  });
  stops.push(client.close);
  const reading: CounterpartReading = await startReading({
    ...tools('counterpart'),
    gate: counterpart.gate,
    ring: keys.theirs,
    database,
    client,
    linkStaleAfterMs: counterpart.linkStaleAfterMs,
    onWitness: handoverLog.compare,
    stamps: timeStamps.theirs,
    onSeen: link.seen,
    onKeys(inForce) {
      if (inForce) link.recover('keys');
      else link.fail('keys', 'no key of its log counts any more');
    },
    onStored: (lines) => telling.stored(lines),
    room: () => telling.room(),
    onFault,
  });
  stops.push(reading.stop);
  const telling = startTelling({ ...tools('counterpart'), door, database, witness: reading.witness });
  stops.push(telling.stop);
  const rotation = startKeyRotation({
    ...tools('keys'),
    gate: config.gate.id,
    config: counterpart,
    dataDir,
    keys: keys.own,
    handoverLog,
    door,
  });
  stops.push(rotation.stop);
  let ownRing = keys.own.ring;
  const keyWatch = startKeyWatch({
    ...tools('keys'),
    gate: config.gate.id,
    config: counterpart,
    dataDir,
    database,
    door,
    async onListed({ ours, theirs }) {
      ownRing = ours;
      reading.useKeys(theirs);
      await handoverLog.useKeys(ours);
    },
  });
  stops.push(keyWatch.stop);
  const live = startLivePolling({
    ...tools('counterpart'),
    gate: counterpart.gate,
    client,
    linkUp: () => link.up,
    latest: liveInput,
  });
  stops.push(live.stop);

  // Control takes the link for down when we are not heard at its door; its answer is not needed here.
  const stopBeat = clock.every(BEAT_MS, () => {
    door.live().catch((error: unknown) => log.warn('control does not hear us', { reason: messageOf(error) }));
  });
  stops.push(stopBeat);

  const server = await startCounterpartServer({
    listen: counterpart.listen,
    tls: keys.tls,
    counterpart: counterpart.gate,
    handoverLog,
    witness: () => reading.witness()?.jws ?? null,
    copy: reading.copy,
    stamp: timeStamps.serve,
    onReads,
    door,
    clock,
    log: log.child('counterpart'),
  });
  stops.push(server.stop);
  if (counterpart.auditors !== undefined) {
    const auditors = await startAuditorsDoor({
      config: counterpart.auditors,
      dataDir,
      tls: keys.tls,
      handoverLog,
      witness: () => reading.witness()?.jws ?? null,
      stamp: timeStamps.serve,
      log: log.child('auditors'),
    });
    stops.push(auditors.stop);
  }

  /** Whether the other log may be read: not before it is known whether ours has to be restored. */
  let mayRead = false;
  let remembered: CounterpartMemory | undefined;
  /** What the batch under way asks for, told to the others when it is on disk. */
  let decided: Decided = NOTHING_DECIDED;
  const journal = startJournalReader({
    ...tools('journal'),
    door,
    database,
    handler: {
      async apply(tx, entries) {
        if (entries.some(isBoot)) {
          linkInput.tellAgain();
          liveInput.tellAgain();
          customs.resync();
          refusals.tellAgain();
          telling.resync();
          faults.lookAgain();
          timeStamps.tellAgain();
        }
        decided = await applyDecisions(tx, entries, {
          handoverLog,
          customs,
          log: log.child('journal'),
        });
        const told = await upstream.take(tx, entries);
        return decided.any || told;
      },
      applied() {
        handoverLog.committed();
        if (decided.customs) customs.decided();
        if (decided.faults) faults.lookAgain();
        upstream.taken();
      },
      restarted: () => handoverLog.recheck(),
      level: () => handoverLog.level(),
      mayRemember: () => handoverLog.fault === undefined && !handoverLog.rechecking,
    },
  });
  stops.push(journal.stop);

  const faults = startFaults({
    ...tools('counterpart'),
    door,
    evidenceDir: join(dataDir, 'evidence'),
    early,
    async onMemory(memory) {
      if (memory.faults.ours !== null) link.fail('ours', memory.faults.ours.reason);
      else if (handoverLog.fault !== undefined) {
        link.recover('ours');
        handoverLog.clear();
        journal.fromBeginning();
      }
      handoverLog.remember(memory.faults.ours ?? undefined);
      if (memory.faults.theirs !== null) link.fail('theirs', memory.faults.theirs.reason);
      else link.recover('theirs');
      remembered = memory;
      if (mayRead) await reading.remember(memory);
      linkInput.tellAgain();
    },
  });
  stops.push(faults.stop);
  tellFault = faults.found;
  const restoring = startRestoring({
    ...tools('counterpart'),
    gate: config.gate.id,
    counterpart: counterpart.gate,
    ring: () => ownRing,
    theirs: reading.ring,
    database,
    client,
    door,
    onMayRead() {
      if (mayRead) return;
      mayRead = true;
      if (remembered === undefined) return;
      reading
        .remember(remembered)
        .catch((error: unknown) =>
          log.error('the other log cannot be read on', { reason: messageOf(error) }),
        );
    },
    theirLines: reading.level,
    onFault,
    onOwnKeys: handoverLog.fail,
    onSettled() {
      handoverLog.settle();
      link.recover('restore');
    },
  });
  stops.push(restoring.stop);

  // Stopped first: what control was told last must not outlive us, if control is there to hear it.
  stops.push(async () => {
    link.stop();
    await live.stop();
    linkInput.tell({ type: 'counterpart-link', up: false });
    liveInput.tell(NOTHING_LIVE);
    await Promise.race([Promise.all([linkInput.told(), liveInput.told()]), sleep(clock, FAREWELL_MS_MAX)]);
  });
  return server.port;
}

const READS = 'counterpart.reads';

/** What a reader says it reads, as the newest version that both know; undefined if it has said nothing. */
function lineVersionOf(text: string | undefined): LineVersion | undefined {
  const number = Number(text);
  return LINE_VERSIONS.findLast((version) => version <= number);
}

interface Decided {
  any: boolean;
  customs: boolean;
  /** Something was found wrong with one of the two logs, or cleared. */
  faults: boolean;
}
const NOTHING_DECIDED: Decided = { any: false, customs: false, faults: false };

/** Stores what the decisions among `entries` ask for. */
async function applyDecisions(
  tx: Statements,
  entries: readonly JournalEntry[],
  to: { handoverLog: HandoverLog; customs: Customs; log: WorkerTools['log'] },
): Promise<Decided> {
  const lines: { line: number; data: string }[] = [];
  const decided = { ...NOTHING_DECIDED };
  for (const entry of entries) {
    const decision = decisionOf(entry);
    if (!decision) continue;
    decided.any = true;
    if (decision.type === 'handover') {
      lines.push(decision.body);
    } else if (decision.type === 'log-fault') {
      decided.faults = true;
    } else if (decision.type === 'customs-report') {
      await to.customs.report(tx, decision.body);
      decided.customs = true;
    } else if (decision.type === 'ask-clearance') {
      await to.customs.ask(tx, decision.body.container);
      decided.customs = true;
    } else if (decision.type === 'ask-examination') {
      await to.customs.askExamination(tx, decision.body, entry);
      decided.customs = true;
    } else {
      to.log.error('a decision is unreadable; control and exchange must be of one release', {
        reason: decision.reason,
      });
    }
  }
  await to.handoverLog.project(tx, lines);
  return decided;
}
