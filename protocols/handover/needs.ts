/**
 * How a session of this folder gets at what lies on disk, without doing I/O: it is a generator that asks for what it needs
 * and goes on with what it is given. Exchange answers from SQLite, the simulator from memory.
 */

/** A signed head of a log. */
export interface SignedHead {
  /** Number of lines it covers. */
  size: number;
  /** RFC 9162 root over them, hex. */
  rootHash: string;
  /** As signed: a compact JWS. */
  jws: string;
}

export type Need =
  /** Texts of the lines after `after` up to `last`. */
  | { kind: 'lines'; after: number; last: number }
  /** Leaf hashes of these lines. */
  | { kind: 'leaves'; after: number; last: number }
  /** The largest stored head that covers at most so many lines. */
  | { kind: 'head'; atMost: number }
  /** The signature of these bytes by this key of ours. */
  | { kind: 'signature'; kid: string; bytes: Uint8Array };

type Given = readonly string[] | SignedHead | Uint8Array | undefined;

/** Something being worked out that may need what is stored. */
export type Asking<T> = Generator<Need, T, Given>;

/** What a log's owner, or its reader, has on disk. */
export interface LogSource {
  lines(after: number, last: number): readonly string[];
  leaves(after: number, last: number): readonly string[];
  head(atMost: number): SignedHead | undefined;
}

/** What makes signatures, for whoever publishes. */
export interface Signing {
  signature(kid: string, bytes: Uint8Array): Uint8Array;
}

/** The same, of a disk that one waits for. */
export type SlowLogSource = {
  [Name in keyof LogSource]: (...asked: Parameters<LogSource[Name]>) => Promise<ReturnType<LogSource[Name]>>;
};
export interface SlowSigning {
  signature(kid: string, bytes: Uint8Array): Promise<Uint8Array>;
}

export function* askLines(after: number, last: number): Asking<readonly string[]> {
  return (yield { kind: 'lines', after, last }) as readonly string[];
}

export function* askLeaves(after: number, last: number): Asking<readonly string[]> {
  return (yield { kind: 'leaves', after, last }) as readonly string[];
}

export function* askHead(atMost: number): Asking<SignedHead | undefined> {
  return (yield { kind: 'head', atMost }) as SignedHead | undefined;
}

export function* askSignature(kid: string, bytes: Uint8Array): Asking<Uint8Array> {
  return (yield { kind: 'signature', kid, bytes }) as Uint8Array;
}

/** Works it out with what is in memory. */
export function fulfil<T>(asking: Asking<T>, source: LogSource & Partial<Signing>): T {
  let next = asking.next();
  while (!next.done) next = asking.next(given(next.value, source));
  return next.value;
}

/** Works it out, waiting for what is on disk. Rejects as the signer does. */
export async function fulfilFrom<T>(
  asking: Asking<T>,
  source: SlowLogSource & Partial<SlowSigning>,
): Promise<T> {
  let next = asking.next();
  while (!next.done) next = asking.next(await slowlyGiven(next.value, source));
  return next.value;
}

function given(need: Need, source: LogSource & Partial<Signing>): Given {
  if (need.kind === 'head') return source.head(need.atMost);
  if (need.kind !== 'signature') return source[need.kind](need.after, need.last);
  if (source.signature === undefined) throw NOTHING_SIGNS;
  return source.signature(need.kid, need.bytes);
}

function slowlyGiven(need: Need, source: SlowLogSource & Partial<SlowSigning>): Promise<Given> {
  if (need.kind === 'head') return source.head(need.atMost);
  if (need.kind !== 'signature') return source[need.kind](need.after, need.last);
  if (source.signature === undefined) throw NOTHING_SIGNS;
  return source.signature(need.kid, need.bytes);
}

const NOTHING_SIGNS = new Error('a signature was asked for of a source that has no keys');
