/**
 * The exchange daemon of one gate between the two gates, in virtual time: it publishes its gate's log and reads the other's with the
 * real sessions, tells control what it read and what is wrong, and shows what it sees of now. It may die at any moment; what it
 * has on disk stays.
 */

import type { CounterpartFault, LogName } from '../../../edge/core/input.ts';
import { liveView } from '../../../edge/core/live.ts';
import type { Random } from '../../../edge/platform/random.ts';
import type { SignedHead } from '../../../protocols/handover/needs.ts';
import type { LogPage } from '../../../protocols/handover/wire.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { VirtualGate } from '../virtual-gate.ts';
import type { LieKind } from './lies.ts';
import { createLivePolling, tellNothingLive } from './live.ts';
import { createOwnLog, type OwnLog } from './own-log.ts';
import { createExchangeProcess, type ExchangeProcess } from './process.ts';
import { createReading, type FoundFault, type Reading } from './reading.ts';
import { createRestoring } from './restoring.ts';
import { createTelling } from './telling.ts';
import { testKey } from './test-key.ts';
import { type CounterpartLink, createWire, type Reply, type Serve } from './wire.ts';

const BEAT_MS = 1_000;
const SOON_MS = 40;
/** Control takes an exchange that it has not heard for so long for dead. */
const SILENCE_MS_MAX = 2_000;
/** Pages that a liar remembers. */
const TOLD_MAX = 8;

export interface VirtualExchange {
  readonly process: ExchangeProcess;
  /** The line on which it reads the other side, with its faults. */
  readonly link: CounterpartLink;
  readonly ownLog: OwnLog;
  readonly reading: Reading;
  /** Fault: how its server lies about its log. */
  lie: LieKind | null;
  readonly serve: Serve;
  /** What the other side shows of now may have changed. */
  peerChanged(): void;
  /** While it is down, its database is lost; control's journal is still there. */
  loseDatabase(): void;
  /** While both are down, the whole disk of its gate is lost. */
  loseDisk(): void;
}

export function createVirtualExchange(options: {
  gate: VirtualGate;
  /** The other side's server. */
  peer: Serve;
  clock: VirtualClock;
  random: Random;
}): VirtualExchange {
  const { gate, clock } = options;
  const { gate: own, counterpart } = gate.config;
  const key = testKey(own.id);
  const process = createExchangeProcess(clock, start);
  const wire = createWire(clock, options.random, options.peer);
  /** What is wrong with a log, and is not yet on control's disk. */
  const untold = new Map<LogName, Omit<FoundFault, 'kind'> & { kind: CounterpartFault['kind'] }>();
  /** Questions that wait for a line. */
  let held = new Set<() => void>();
  let told: LogPage[] = [];
  /** Control has said what it remembers. */
  let remembers = false;
  let seenMs = Number.NEGATIVE_INFINITY;

  // ---------------------------------------------------------------- the two logs

  function found(log: LogName, fault: FoundFault): void {
    if (!untold.has(log)) untold.set(log, fault);
    beat();
  }

  const ownLog = createOwnLog({ gate, key, clock, process, onFault: (fault) => found('ours', fault) });
  const reading = createReading({
    gate: counterpart.gate,
    ring: testKey(counterpart.gate).ring,
    clock,
    process,
    wire,
    linkStaleAfterMs: counterpart.linkStaleAfterMs,
    onWitness(jws) {
      // On an empty disk it rightly has more of our log than we.
      if (!restoring.settled) return true;
      const lie = ownLog.compare(jws, testKey(counterpart.gate).ring);
      if (lie !== undefined) found('theirs', lie);
      return lie === undefined;
    },
    onSeen() {
      seenMs = clock.monotonicMs();
      tellLink();
    },
    onStored: () => telling.wake(),
    onFault: (fault) => found('theirs', fault),
  });
  const restoring = createRestoring({
    gate,
    key,
    reading,
    telling: () => telling,
    wire,
    process,
    onFault: found,
  });
  const telling = createTelling({ gate, reading, process, mayTell: restoring.mayTell });
  const live = createLivePolling({ gate, clock, process, wire, linkUp: () => gate.state.link.up });

  // ---------------------------------------------------------------- what it tells control

  function start(): void {
    untold.clear();
    held = new Set();
    remembers = false;
    seenMs = Number.NEGATIVE_INFINITY;
    ownLog.start();
    reading.start();
    restoring.start();
    telling.start();
    live.start();
    beat();
  }

  /** What is found, and what is wrong, is told until control has it on disk. */
  function beat(): void {
    if (!process.up) return controlsOwnWatch();
    if (!remembers && gate.isUp) remember();
    for (const [log, { kind, reason, heads }] of untold)
      gate.submit(
        { type: 'counterpart-fault', log, kind, reason, evidence: { heads: [...heads] } },
        undefined,
        process.alive(() => void untold.delete(log)),
      );
    restoring.beat();
    tellLink();
    live.beat();
  }

  function remember(): void {
    remembers = true;
    const { ours, theirs } = gate.state.logFaults;
    if (ours !== null)
      ownLog.fail({
        kind: ours.kind === 'wrong-log' ? 'altered-line' : ours.kind,
        reason: ours.reason,
        heads: ours.evidence?.heads ?? [],
      });
    if (theirs === null) reading.read(rememberedHead());
  }

  function rememberedHead(): SignedHead | null {
    const { witness } = gate.state;
    return witness && { size: witness.size, rootHash: witness.rootHash, jws: witness.head };
  }

  const isSound = (): boolean =>
    ownLog.fault === undefined &&
    reading.fault === undefined &&
    gate.state.logFaults.ours === null &&
    gate.state.logFaults.theirs === null;

  /** Up while the other side answers and nothing is wrong. */
  function tellLink(): void {
    const answers = clock.monotonicMs() - seenMs < counterpart.linkStaleAfterMs;
    const up = answers && restoring.settled && isSound() && untold.size === 0;
    if (!gate.isUp || gate.state.link.up === up) return;
    gate.submit({ type: 'counterpart-link', up });
    if (up) live.beat();
  }

  /** A dead exchange cannot take its last words back: control does. */
  function controlsOwnWatch(): void {
    if (clock.monotonicMs() - (process.downSinceMs ?? 0) < SILENCE_MS_MAX) return;
    tellNothingLive(gate);
    if (gate.isUp && gate.state.link.up) gate.submit({ type: 'counterpart-link', up: false });
  }

  gate.onDecision('log-fault', ({ log }) => {
    // The core itself may have found it.
    if (log === 'theirs') reading.hold();
  });
  gate.onDecision('log-fault-cleared', ({ log }) => {
    if (!process.up || !remembers) return;
    if (log === 'ours') ownLog.clear();
    else reading.read(rememberedHead());
  });
  gate.onBoot(() => {
    if (process.up) telling.wake();
    clock.after(SOON_MS, beat);
  });
  clock.every(BEAT_MS, beat);

  // ---------------------------------------------------------------- what it serves

  ownLog.onGrown(() => {
    const waiting = held;
    held = new Set();
    for (const answer of waiting) answer();
  });

  const page = (after: number, under: number): LogPage => {
    const honest: LogPage = {
      ...ownLog.page({ after, reads: 2, ...(under > 0 && { under }) }),
      witness: reading.witness?.jws ?? null,
    };
    if (honest.lines.length > 0 && exchange.lie === null) told = [...told.slice(1 - TOLD_MAX), honest];
    return (
      exchange.lie?.lie(honest, {
        gate: own.id,
        reader: counterpart.gate,
        key,
        nowMs: Math.floor(clock.nowMs()),
        lines: ownLog.lines.slice(0, ownLog.size),
        after,
        told,
      }) ?? honest
    );
  };

  function serveLog(query: URLSearchParams, reply: (reply: Reply) => void): void {
    const number = (name: string): number => Number(query.get(name) ?? 0);
    const isPublished = (): boolean => remembers && restoring.settled && ownLog.publishing;
    const answer = (): void => {
      held.delete(answer);
      cancel();
      if (!isPublished()) reply({ status: 503, body: { error: 'this log is not published now' } });
      else reply({ status: 200, body: page(number('after'), number('under')) });
    };
    let cancel = (): void => {};
    if (!isPublished() || number('after') < ownLog.size) return answer();
    held.add(answer);
    cancel = process.after(number('waitMs'), answer);
  }

  const serve: Serve = (path, take) => {
    // Nobody listens.
    if (!process.up) return;
    const reply = process.alive((answer: Reply) => take(JSON.stringify(answer)));
    const { pathname, searchParams } = new URL(path, 'https://gate');
    if (pathname === '/log') serveLog(searchParams, reply);
    else if (pathname === '/copy') {
      const page = reading.copy(Number(searchParams.get('after') ?? 0));
      reply(
        page
          ? { status: 200, body: page }
          : { status: 404, body: { error: 'nothing of your log is known here' } },
      );
    } else if (gate.isUp) reply({ status: 200, body: liveView(gate.state) });
    else reply({ status: 503, body: { error: 'no live values now' } });
  };

  const exchange: VirtualExchange = {
    process,
    link: wire.link,
    ownLog,
    reading,
    lie: null,
    serve,
    peerChanged: live.soon,
    loseDatabase() {
      ownLog.lose('database');
      reading.lose();
    },
    loseDisk() {
      ownLog.lose('disk');
      reading.lose();
    },
  };
  return exchange;
}
