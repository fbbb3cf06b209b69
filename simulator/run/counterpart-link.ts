/**
 * What exchange does between the two gates: each publishes its log and reads the other's with the real sessions, and shows what
 * it sees of now. One direction each; the signature is a test algorithm, its use is not.
 */
import { crc32 } from 'node:zlib';
import { liveView } from '../../edge/core/live.ts';
import type { VerifiedLine } from '../../protocols/handover/follower.ts';
import { createLogHashes } from '../../protocols/handover/hashes.ts';
import type { Signer, Verifier } from '../../protocols/handover/head.ts';
import { createKeyRing, type KeyRing } from '../../protocols/handover/key-ring.ts';
import { leafHash } from '../../protocols/handover/merkle.ts';
import { fulfil, type LogSource, type Signing } from '../../protocols/handover/needs.ts';
import { type LogKey, thumbprint } from '../../protocols/handover/public-key.ts';
import { createPublisher, firstHead } from '../../protocols/handover/publisher.ts';
import { createReader, type Question, READS_VERSION } from '../../protocols/handover/reader.ts';
import type { LogPage } from '../../protocols/handover/wire.ts';
import type { VirtualClock } from '../world/virtual-clock.ts';
import type { VirtualGate } from './virtual-gate.ts';

/** From a line in one gate's log to the other gate. */
const LINK_MS = 40;
/** How old the other side's live view may get before it is asked again. */
const LIVE_MS = 250;
/** Lines admitted before others get their turn, as at the door. */
const LINES_PER_TURN = 32;
const RETRY_MS = 1_000;

/** Quick and of no secrecy: both sides know the key. What is proved here does not rest on it. */
const testSigner = (gate: string): Signer & Verifier => {
  const key = crc32(gate);
  const sign = (bytes: Uint8Array): Uint8Array => {
    const signature = Buffer.alloc(4);
    signature.writeUInt32BE(crc32(bytes, key));
    return signature;
  };
  return {
    alg: 'TEST',
    kid: testKey(gate).kid,
    sign,
    verify: (bytes, signature) => Buffer.from(sign(bytes)).equals(Buffer.from(signature)),
  };
};

const testKey = (gate: string): LogKey => {
  const parts = { kty: 'OKP', crv: 'TEST', x: Buffer.from(gate).toString('base64url') } as const;
  return { ...parts, alg: 'TEST', kid: thumbprint(parts), use: 'sig', fromSize: 0 };
};

/** The one key of a gate. */
function testRing(gate: string): KeyRing {
  const made = createKeyRing([testKey(gate)], { verifierOf: () => testSigner(gate) });
  if (!made.ok) throw new Error(made.reason);
  return made.ring;
}

export interface CounterpartLink {
  /** Fault: the reader does not reach the other side. */
  up: boolean;
  /** Fault: everything comes this much later. */
  delayMs: number;
}

/** A gate's log as its exchange serves it. Lines everybody has taken are not kept, their hashes are. */
export interface ServedLog {
  readonly size: number;
  /** Undefined while it is not published. */
  page(question: Question): LogPage | undefined;
  /** The reader will never ask for these again. */
  taken(upTo: number): void;
  /** The newest head of the reader's own log that this gate has verified: what it shows with its pages. */
  witness(): string | null;
  onLine(listener: () => void): void;
}

export function serveLog(gate: VirtualGate, clock: VirtualClock): ServedLog {
  const { id } = gate.config.gate;
  const signer = testSigner(id);
  const listeners: (() => void)[] = [];
  const hashes = createLogHashes();
  const leaves: string[] = [];
  let lines: string[] = [];
  let dropped = 0;
  const ring = testRing(id);
  const source: LogSource & Signing = {
    signature: (_kid, bytes) => signer.sign(bytes),
    lines: (after, last) => lines.slice(after - dropped, last - dropped),
    leaves: (after, last) => leaves.slice(after, last),
    // Pages are made under the newest.
    head: () => undefined,
  };
  const head = fulfil(firstHead(id, hashes, Math.floor(clock.nowMs()), ring), source);
  if (typeof head === 'string') throw new Error(head);
  const publisher = createPublisher({
    gate: id,
    ring,
    hashes,
    head,
    onFault: ({ kind, reason, heads }) =>
      gate.submit({ type: 'counterpart-fault', log: 'ours', kind, reason, evidence: { heads: [...heads] } }),
  });
  publisher.level();
  gate.onDecision('handover', (body) => {
    const line = { line: Number(body.line), data: String(body.data) };
    // After a crash the last lines may be decided again: the same ones, for they come from the same journal.
    const added = fulfil(publisher.project([line], Math.floor(clock.nowMs())), source);
    for (const { data } of added.lines) {
      lines.push(data);
      leaves.push(leafHash(data));
    }
    publisher.committed();
    if (added.lines.length > 0) for (const listener of listeners) listener();
  });
  const witness = (): string | null => gate.state.witness?.head ?? null;
  return {
    get size() {
      return publisher.size;
    },
    page(question) {
      if (!publisher.publishing) return undefined;
      const page = fulfil(publisher.page({ ...question, reads: READS_VERSION }), source);
      return { ...page, witness: witness() };
    },
    taken(upTo) {
      if (upTo <= dropped) return;
      lines = lines.slice(upTo - dropped);
      dropped = upTo;
    },
    witness,
    onLine: (listener) => listeners.push(listener),
  };
}

/** How a question gets to the other gate, and its answers back: at once, later, several times, never. */
export type Transport = (
  question: Question,
  log: ServedLog,
  deliver: (page: Omit<LogPage, 'witness'>) => void,
) => void;

/** The plain one loses nothing; the time that it takes is in when questions are asked. */
const honest: Transport = (question, log, deliver) => {
  const page = log.page(question);
  if (page !== undefined) deliver(page);
};

/** `gate` reads `peer`. */
export function followPeer(
  gate: VirtualGate,
  peer: VirtualGate,
  log: ServedLog,
  clock: VirtualClock,
  transport: Transport = honest,
): CounterpartLink {
  const peerId = peer.config.gate.id;
  const hashes = createLogHashes();
  const leaves: string[] = [];
  const source: LogSource = {
    lines: () => [],
    leaves: (after, last) => leaves.slice(after, last),
    head: () => undefined,
  };
  const reader = createReader({ gate: peerId, ring: testRing(peerId), hashes });
  const { linkStaleAfterMs } = gate.config.counterpart;
  const link: CounterpartLink = { up: true, delayMs: 0 };
  /** Verified and not yet acknowledged by the gate, in order. */
  let verified: VerifiedLine[] = [];
  let planned = false;
  let livePlanned = false;
  let shown = '';
  let reachedAt = clock.monotonicMs();

  function plan(afterMs: number): void {
    if (planned) return;
    planned = true;
    clock.after(afterMs + link.delayMs, () => {
      planned = false;
      offer();
    });
  }

  /** Takes an answer of the other gate, whatever question it is of. */
  function take(page: Omit<LogPage, 'witness'>): void {
    const answer = fulfil(reader.receive(page), source);
    if (answer.kind === 'fault') {
      const { kind, reason, heads } = answer.fault;
      gate.submit({
        type: 'counterpart-fault',
        log: 'theirs',
        kind,
        reason,
        evidence: { heads: [...heads] },
      });
    }
    if (answer.kind !== 'lines') return reader.committed();
    for (const { leaf } of answer.lines) leaves.push(leaf);
    reader.committed();
    verified = [...verified, ...answer.lines];
    log.taken(reader.size);
  }

  function offer(): void {
    if (reader.fault !== undefined && gate.isUp && gate.state.logFaults.theirs === null) reader.clear();
    if (link.up && reader.fault === undefined && log.size > reader.size)
      transport(reader.question(), log, take);
    for (let offered = 0; offered < LINES_PER_TURN; offered += 1) {
      const seq = (gate.state.sources.counterpart ?? 0) + 1;
      const next = verified.find(({ line }) => line === seq);
      if (next === undefined) return tellWitness();
      const input = { type: 'counterpart-record', line: seq, record: next.record } as const;
      const from = { source: 'counterpart', id: `${peerId}:${seq}`, seq };
      const taken = gate.submit(input, from, () => {
        verified = verified.filter(({ line }) => line > seq);
      });
      if (!taken) return plan(RETRY_MS);
    }
    plan(LINK_MS);
  }

  /** The head of what the gate has taken, after that. */
  function tellWitness(): void {
    const { witness } = reader;
    if (witness === null || !gate.isUp || gate.state.witness?.head === witness.jws) return;
    if (witness.size > (gate.state.sources.counterpart ?? 0)) return;
    const { size, rootHash, jws: head } = witness;
    gate.submit({ type: 'counterpart-head', size, rootHash, head });
  }

  /** Latest values only; asked again when something of it may have changed. */
  function show(): void {
    livePlanned = false;
    if (!link.up || !gate.isUp || !peer.isUp) return;
    const view = liveView(peer.state);
    const text = JSON.stringify(view);
    if (text === shown && gate.state.live !== null) return;
    shown = text;
    gate.submit({ type: 'counterpart-live', fresh: true, ...view });
  }

  /** Every second: whether the other side answers at all. A link is down after it has been silent for long enough. */
  function watch(): void {
    if (link.up && peer.isUp) reachedAt = clock.monotonicMs();
    const up = clock.monotonicMs() - reachedAt < linkStaleAfterMs;
    const { ours, theirs } = gate.state.logFaults;
    const sound = ours === null && theirs === null;
    if (gate.isUp && gate.state.link.up !== (up && sound)) gate.submit({ type: 'counterpart-link', up });
    if (!up) shown = '';
    else if (gate.state.live === null) showSoon();
    if (link.up) plan(LINK_MS);
  }

  function showSoon(): void {
    if (livePlanned) return;
    livePlanned = true;
    clock.after(LIVE_MS + link.delayMs, show);
  }

  log.onLine(() => plan(LINK_MS));
  peer.onChange(showSoon);
  clock.every(1_000, watch);
  gate.onBoot(() => {
    shown = '';
    clock.after(LINK_MS, watch);
  });
  return link;
}
