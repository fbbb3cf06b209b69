/**
 * Checks one exported handover log, line by line as the file is read, without I/O: form, numbering, every record, the Merkle root of
 * every head, every signature of gate and officers, and what the other gate has witnessed of it. It goes on after a fault, to tell as many as it can.
 */
import type { TimeStamp } from '../time-stamp/token.ts';
import type { StampCheck } from '../time-stamp/trusted.ts';
import { PROTOCOL_VERSIONS_READ } from './head.ts';
import { decodeRecord } from './line.ts';
import {
  claimsOf,
  FILE_LINE_BYTES_MAX,
  HEAD_LINE_PREFIX,
  type LogFileHeader,
  readHeaderLine,
  readHeadLine,
  readStampLine,
  STAMP_LINE_PREFIX,
} from './log-file.ts';
import { appendLeaf, leafHash, type MerkleTree, rootHash } from './merkle.ts';
import type { OfficerCheck, OfficerCounts } from './officer-check.ts';
import type { HandoverRecord, RecordOf } from './record.ts';
import type { LogKeys } from './trust.ts';

/**
 * - `form`: the file is not written as it must be (white space, line ends, an unreadable header).
 * - `order`: lines or heads are missing, doubled or in another order.
 * - `altered`: a line is unreadable, or lines do not hash to the root that was signed.
 * - `signature`: a head is not signed by a key that may have signed it.
 * - `fork`: two signed histories of one log.
 * - `cut`: the file ends before it should.
 * - `keys`: a change of keys that does not hold.
 * - `witness`: what the other gate says it has seen was never signed.
 * - `restored`: the log says it was read back from another state than it has.
 * - `officer`: a signature of an officer that is not theirs, or not of this record; or what was disclosed is not what was kept back.
 * - `stamp`: a time stamp that does not hold, or does not stand where it belongs.
 */
export type FindingKind =
  | 'form'
  | 'order'
  | 'altered'
  | 'signature'
  | 'fork'
  | 'cut'
  | 'keys'
  | 'witness'
  | 'restored'
  | 'officer'
  | 'stamp';

export interface Finding {
  kind: FindingKind;
  /** Line of the file, from 1; absent if it is of the file as a whole. */
  fileLine?: number;
  text: string;
}

/** Findings kept; all are counted. */
const FINDINGS_KEPT = 50;
/** Roots of the newest heads that are kept for `restored` records. */
const ROOTS_KEPT = 1_000;

export interface CheckedLog {
  header: LogFileHeader | undefined;
  /** Lines read, whether or not they are right. */
  lines: number;
  heads: number;
  /** All lines up to this one are under a valid head. */
  verified: number;
  /** The newest valid head. */
  newest: { size: number; rootHash: string; at: number; kid: string } | undefined;
  /** Time stamps read. */
  stamps: number;
  /** The newest time stamp that holds, on a valid head of `size` lines: these are no younger than it says. */
  stamped: ({ size: number } & TimeStamp) | undefined;
  findings: Finding[];
  findingsInAll: number;
  /** What is no fault and yet worth knowing. */
  notes: string[];
  /** Undefined if it is not known whose log it is. */
  officers: OfficerCounts | undefined;
}

export interface LogCheck {
  /** The next line of the file, without its line feed. */
  take(bytes: Buffer): void;
  /** @param unended The last line has no line feed. */
  end(unended: boolean): CheckedLog;
}

export interface LogCheckOptions {
  /** The keys trusted for a gate; undefined if it is not known. */
  keysOf(gate: string): LogKeys | undefined;
  /** What checks the signatures of that gate's people. */
  officersOf?(gate: string): OfficerCheck;
  /** Head of this log that the other gate's file quotes. */
  witness?: string | undefined;
  /** Checks a time stamp against the authorities that are trusted; absent: none is. */
  stampCheck?: StampCheck | undefined;
  /** A line that was read, whether or not it is under a valid head yet. */
  onRecord?(line: number, at: number, record: HandoverRecord): void;
}

export function createLogCheck(options: LogCheckOptions): LogCheck {
  const { onRecord } = options;
  const findings: Finding[] = [];
  const notes: string[] = [];
  let findingsInAll = 0;
  let fileLine = 0;
  let header: LogFileHeader | undefined;
  let keys: LogKeys | undefined;
  let officers: OfficerCheck | undefined;
  let tree: MerkleTree = { size: 0, peaks: [] };
  let heads = 0;
  let read = 0;
  /** Number the next line must have. */
  let due = 1;
  let newestSize = -1;
  let newest: (CheckedLog['newest'] & { jws: string }) | undefined;
  let stamps = 0;
  let stamped: CheckedLog['stamped'];
  /** The head that a time stamp in the next line is of. */
  let stampable: string | undefined;
  /** Lines do not hash to what was signed, or are not all there: no later root can fit. */
  let isBroken = false;
  const roots = new Map<number, string>();
  /** Keys, revoked since, that have signed a head; and those whose last trusted head is one of this log. */
  const revoked = new Set<string>();
  const heldAgainst = new Set<string>();
  const witnessedSize = options.witness === undefined ? undefined : claimsOf(options.witness)?.size;
  let rootAtWitness: string | undefined;

  const found = (kind: FindingKind, text: string, isOfLine = true): void => {
    findingsInAll += 1;
    if (findings.length < FINDINGS_KEPT) findings.push({ kind, ...(isOfLine && { fileLine }), text });
  };

  const begin = (text: string): void => {
    const result = readHeaderLine(text);
    if (!result.ok) return found('form', result.reason);
    header = result.header;
    keys = options.keysOf(header.gate);
    officers = options.officersOf?.(header.gate);
    if (keys === undefined) found('signature', `no key of gate ${header.gate} is trusted`);
    tree = { size: header.from - 1, peaks: header.peaks ?? [] };
    due = header.from;
    noteRoot();
  };

  /** Of the present size, where it is asked for later. */
  const noteRoot = (): void => {
    if (isBroken) return;
    if (tree.size === witnessedSize) rootAtWitness = rootHash(tree);
    for (const [kid, trusted] of keys?.lastTrusted ?? []) {
      if (trusted.size !== tree.size) continue;
      heldAgainst.add(kid);
      if (trusted.rootHash !== rootHash(tree))
        found('fork', `another history of ${tree.size} lines was trusted when key ${kid} was revoked`, false);
    }
  };

  const takeHead = (text: string): void => {
    heads += 1;
    const jws = readHeadLine(text);
    if (jws === undefined) return found('form', 'a head that is not in canonical form');
    stampable = jws;
    if (keys === undefined) return;
    const signed = keys.read(jws);
    if (!signed.ok) return found('signature', `head after line ${due - 1}: ${signed.reason}`);
    const { head, kid } = signed;
    if (head.gate !== header?.gate) return found('signature', `a head of gate ${head.gate}`);
    if (!PROTOCOL_VERSIONS_READ.includes(head.version))
      return found('form', `a head of protocol version ${head.version}, which is not known here`);
    if (head.size <= newestSize)
      return found('order', `a head of ${head.size} lines stands after one of ${newestSize}`);
    newestSize = head.size;
    if (isBroken) return;
    if (head.size !== tree.size) {
      isBroken = true;
      return found('order', `a head of ${head.size} lines stands after line ${tree.size}`);
    }
    if (head.rootHash !== rootHash(tree)) {
      isBroken = true;
      return found(
        'altered',
        `lines ${(newest?.size ?? header.from - 1) + 1} to ${tree.size} do not hash to the root signed after them`,
      );
    }
    newest = { size: head.size, rootHash: head.rootHash, at: head.at, kid, jws };
    if (keys.lastTrusted.has(kid)) revoked.add(kid);
    roots.set(head.size, head.rootHash);
    if (roots.size > ROOTS_KEPT) roots.delete(roots.keys().next().value ?? 0);
  };

  const takeStamp = (text: string): void => {
    stamps += 1;
    const token = readStampLine(text);
    if (token === undefined) return found('stamp', 'a time stamp that is altered, or not in canonical form');
    if (stampable === undefined) return found('stamp', 'a time stamp that follows no head');
    const checked = options.stampCheck?.(stampable, token);
    if (checked?.ok === false) return found('stamp', `time stamp after line ${due - 1}: ${checked.reason}`);
    // Of a head that does not hold a time stamp proves nothing.
    if (checked === undefined || newest === undefined || newest.jws !== stampable) return;
    stamped = { size: newest.size, ...checked.stamp };
  };

  const takeLine = (bytes: Buffer, text: string): void => {
    read += 1;
    const decoded = decodeRecord(text);
    if (!decoded.ok) {
      found('altered', `line ${due}: ${decoded.reason}`);
      isBroken = true;
    } else if (decoded.gate !== header?.gate) {
      found('altered', `a line of gate ${decoded.gate}`);
      isBroken = true;
    } else if (decoded.line !== due) {
      found('order', `line ${decoded.line} stands where line ${due} belongs`);
      isBroken = true;
      due = decoded.line;
    }
    if (decoded.ok) {
      if (decoded.record.kind === 'keys-rotated') takeRotation(decoded.record);
      if (decoded.record.kind === 'restored') takeRestored(decoded.record);
      for (const text of officers?.take(decoded) ?? []) found('officer', `line ${decoded.line}: ${text}`);
      onRecord?.(decoded.line, decoded.at, decoded.record);
    }
    tree = appendLeaf(tree, leafHash(bytes));
    due += 1;
    noteRoot();
  };

  const takeRotation = (record: RecordOf<'keys-rotated'>): void => {
    const result = keys?.rotate(record, due);
    if (result?.ok === false) found('keys', `line ${due}: ${result.reason}`);
    else if (result?.idle !== undefined) notes.push(result.idle);
  };

  const takeRestored = ({ size, rootHash: root }: RecordOf<'restored'>): void => {
    if (isBroken) return;
    const had = size === tree.size ? rootHash(tree) : roots.get(size);
    if (size > tree.size || (had !== undefined && had !== root))
      found('restored', `line ${due} says the log was read back as ${size} lines that it does not have`);
    else if (had === undefined)
      notes.push(`line ${due}: it was read back as ${size} lines; not compared with them`);
  };

  /** Whoever has a revoked key can sign another past with it: only the head that was trusted last tells which is the true one. */
  const checkRevoked = (): void => {
    for (const kid of revoked)
      if (!heldAgainst.has(kid) && !isBroken)
        found(
          'signature',
          `heads are signed with key ${kid}, which was revoked, and the file does not reach the last head trusted before ` +
            `(${keys?.lastTrusted.get(kid)?.size} lines): export it up to there`,
          false,
        );
  };

  const checkWitness = (): void => {
    if (options.witness === undefined || keys === undefined || header === undefined) return;
    const signed = keys.read(options.witness);
    if (!signed.ok)
      return found('witness', `the other log quotes a head of this one: ${signed.reason}`, false);
    const { gate, size, rootHash: root } = signed.head;
    if (gate !== header.gate) return found('witness', `the other log quotes a head of ${gate}`, false);
    if (size > tree.size)
      notes.push(`the other gate had seen ${size} lines of it, the file ends at line ${tree.size}`);
    else if (rootAtWitness !== undefined && rootAtWitness !== root)
      found(
        'fork',
        `the other gate has seen another history of its first ${size} lines, signed as this one is`,
        false,
      );
    else if (rootAtWitness === undefined && !isBroken)
      notes.push(`the other gate had seen ${size} lines of it, which lie before this part`);
  };

  return {
    take(bytes) {
      fileLine += 1;
      if (bytes.length > FILE_LINE_BYTES_MAX)
        return found('form', `longer than ${FILE_LINE_BYTES_MAX} bytes`);
      const text = bytes.toString('utf8');
      if (fileLine === 1) return begin(text);
      // Whose log it is, and where it begins, is not known then.
      if (header === undefined) return;
      if (text === '') return found('form', 'an empty line');
      if (text.startsWith(STAMP_LINE_PREFIX)) {
        takeStamp(text);
        stampable = undefined;
        return;
      }
      stampable = undefined;
      if (text.startsWith(HEAD_LINE_PREFIX)) takeHead(text);
      else takeLine(bytes, text);
    },
    end(unended) {
      if (fileLine === 0) found('form', 'the file is empty', false);
      else if (unended) found('cut', 'the last line has no end');
      if (header !== undefined) {
        const last = due - 1;
        if (last < header.to)
          found('cut', `the file ends at line ${last}, its header tells of ${header.to}`, false);
        if (last > header.to)
          found('order', `the file has line ${last}, its header tells of ${header.to}`, false);
        if (heads !== header.heads)
          found(
            heads < header.heads ? 'cut' : 'order',
            `the file has ${heads} heads, its header tells of ${header.heads}`,
            false,
          );
        const told = header.stamps ?? 0;
        if (stamps !== told)
          found(
            stamps < told ? 'cut' : 'order',
            `the file has ${stamps} time stamps, its header tells of ${told}`,
            false,
          );
        if (newestSize < last)
          found(
            'cut',
            `lines ${Math.max(newestSize + 1, header.from)} to ${last} are under no signed head`,
            false,
          );
      }
      checkRevoked();
      checkWitness();
      if (stamps > 0 && options.stampCheck === undefined)
        notes.push(`its ${stamps} time stamps are not checked: no authority is trusted`);
      const verified = newest?.size ?? 0;
      notes.push(...(officers?.notes() ?? []));
      return {
        ...{ header, lines: read, heads, verified, stamps, stamped, findings, findingsInAll, notes },
        newest: newest && { size: newest.size, rootHash: newest.rootHash, at: newest.at, kid: newest.kid },
        officers: officers?.counts,
      };
    },
  };
}
