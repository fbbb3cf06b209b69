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
  | { kind: 'head'; atMost: number };

type Given = readonly string[] | SignedHead | undefined;

/** Something being worked out that may need what is stored. */
export type Asking<T> = Generator<Need, T, Given>;

/** What a log's owner, or its reader, has on disk. */
export interface LogSource {
  lines(after: number, last: number): readonly string[];
  leaves(after: number, last: number): readonly string[];
  head(atMost: number): SignedHead | undefined;
}

/** The same, of a disk that one waits for. */
export type SlowLogSource = {
  [Name in keyof LogSource]: (...asked: Parameters<LogSource[Name]>) => Promise<ReturnType<LogSource[Name]>>;
};

export function* askLines(after: number, last: number): Asking<readonly string[]> {
  return (yield { kind: 'lines', after, last }) as readonly string[];
}

export function* askLeaves(after: number, last: number): Asking<readonly string[]> {
  return (yield { kind: 'leaves', after, last }) as readonly string[];
}

export function* askHead(atMost: number): Asking<SignedHead | undefined> {
  return (yield { kind: 'head', atMost }) as SignedHead | undefined;
}

/** Works it out with what is in memory. */
export function fulfil<T>(asking: Asking<T>, source: LogSource): T {
  let next = asking.next();
  while (!next.done) {
    const need = next.value;
    next = asking.next(
      need.kind === 'head' ? source.head(need.atMost) : source[need.kind](need.after, need.last),
    );
  }
  return next.value;
}

/** Works it out, waiting for what is on disk. */
export async function fulfilFrom<T>(asking: Asking<T>, source: SlowLogSource): Promise<T> {
  let next = asking.next();
  while (!next.done) {
    const need = next.value;
    const given = await (need.kind === 'head'
      ? source.head(need.atMost)
      : source[need.kind](need.after, need.last));
    next = asking.next(given);
  }
  return next.value;
}
