/**
 * What exchange does between the two gates: each serves its log under signed heads and reads the other's with the real
 * follower, and shows what it sees of now. One direction each; the signature is a test algorithm, its use is not.
 */
import { crc32 } from 'node:zlib';
import { liveView } from '../../edge/core/live.ts';
import { createFollower, type VerifiedLine } from '../../protocols/handover/follower.ts';
import { PROTOCOL_VERSION, type Signer, signHead, type Verifier } from '../../protocols/handover/head.ts';
import { createKeyRing, type KeyRing } from '../../protocols/handover/key-ring.ts';
import {
  appendLeaf,
  EMPTY_TREE,
  leafHash,
  type MerkleTree,
  rootHash,
} from '../../protocols/handover/merkle.ts';
import { type LogKey, thumbprint } from '../../protocols/handover/public-key.ts';
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

/** A gate's log as its exchange serves it. Lines everybody has taken are not kept. */
export interface ServedLog {
  readonly size: number;
  /** Lines after `after`, and a head that covers all of them. */
  read(after: number): { lines: string[]; head: string };
  /** The reader will never ask for these again. */
  taken(upTo: number): void;
  onLine(listener: () => void): void;
}

export function serveLog(gate: VirtualGate, clock: VirtualClock): ServedLog {
  const signer = testSigner(gate.config.gate.id);
  const listeners: (() => void)[] = [];
  let tree: MerkleTree = EMPTY_TREE;
  let lines: string[] = [];
  let dropped = 0;
  gate.onDecision('handover', (body) => {
    const line = Number(body.line);
    const data = String(body.data);
    // After a crash the last lines may be decided again: the same ones, for they come from the same journal.
    if (line <= tree.size) return;
    if (line !== tree.size + 1)
      throw new Error(`line ${line} of ${gate.config.gate.id} follows line ${tree.size}`);
    tree = appendLeaf(tree, leafHash(data));
    lines.push(data);
    for (const listener of listeners) listener();
  });
  return {
    get size() {
      return tree.size;
    },
    read(after) {
      const head = {
        gate: gate.config.gate.id,
        version: PROTOCOL_VERSION,
        size: tree.size,
        rootHash: rootHash(tree),
        at: Math.floor(clock.nowMs()),
      };
      return { lines: lines.slice(after - dropped), head: signHead(head, signer) };
    },
    taken(upTo) {
      if (upTo <= dropped) return;
      lines = lines.slice(upTo - dropped);
      dropped = upTo;
    },
    onLine: (listener) => listeners.push(listener),
  };
}

/** `gate` reads `peer`. */
export function followPeer(
  gate: VirtualGate,
  peer: VirtualGate,
  log: ServedLog,
  clock: VirtualClock,
): CounterpartLink {
  const peerId = peer.config.gate.id;
  const follower = createFollower({ gate: peerId, ring: testRing(peerId) });
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

  function offer(): void {
    if (link.up && log.size > follower.size) {
      const answer = follower.receive(log.read(follower.size));
      if (!answer.ok)
        throw new Error(`${gate.config.gate.id} cannot follow ${peerId}: ${answer.fault.reason}`);
      verified = [...verified, ...answer.lines];
      log.taken(follower.size);
    }
    for (let offered = 0; offered < LINES_PER_TURN; offered += 1) {
      const seq = (gate.state.sources.counterpart ?? 0) + 1;
      const next = verified.find(({ line }) => line === seq);
      if (next === undefined) return;
      const input = { type: 'counterpart-record', line: seq, record: next.record } as const;
      const from = { source: 'counterpart', id: `${peerId}:${seq}`, seq };
      const taken = gate.submit(input, from, () => {
        verified = verified.filter(({ line }) => line > seq);
      });
      if (!taken) return plan(RETRY_MS);
    }
    plan(LINK_MS);
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
    if (gate.isUp && gate.state.link.up !== up) gate.submit({ type: 'counterpart-link', up });
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
