/** One exported log, read and checked a piece at a time: records to join come out as it goes, what was found at the end. */
import { createReadStream } from 'node:fs';
import type { Disclosure } from '../../../protocols/handover/disclosure.ts';
import { type CheckedLog, createLogCheck } from '../../../protocols/handover/log-check.ts';
import { FILE_LINE_BYTES_MAX } from '../../../protocols/handover/log-file.ts';
import { createOfficerCheck, type OfficerKey } from '../../../protocols/handover/officer-check.ts';
import type { LogKey } from '../../../protocols/handover/public-key.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { createLogKeys } from '../../../protocols/handover/trust.ts';
import type { AuthorityWords } from '../../../protocols/time-stamp/authority.ts';
import { ALGORITHMS } from '../../exchange/algorithms.ts';
import { takeLines } from './byte-lines.ts';

const PIECE_BYTES = 256 * 1024;

/** A record that says something of a move. */
export interface MoveLine {
  line: number;
  /** Milliseconds since 1970 on the writer's clock: by which both logs are read side by side, and nothing else. */
  at: number;
  record: HandoverRecord;
}

/** Plain data, so that it can be given to a thread. */
export interface LogToCheck {
  path: string;
  /** Keys trusted, by gate. */
  keys: Readonly<Record<string, readonly LogKey[]>>;
  /** Whose time stamps count; with none, stamps are not checked. */
  authorities: readonly AuthorityWords[];
  /** Head of this log that the other file quotes. */
  witness?: string | undefined;
  /** Keys of officers, of whatever gates. */
  officers?: readonly OfficerKey[];
  /** What gates have kept back of their logs and show. */
  disclosures?: readonly Disclosure[];
  /** Records that only people ask for must bear their signatures. */
  officersRequired?: boolean;
}

/** Rejects if the file cannot be read. */
export async function* checkLog(log: LogToCheck): AsyncGenerator<MoveLine[], CheckedLog> {
  let lines: MoveLine[] = [];
  // What reads certificates takes memory and time to load: a log without stamps, or without trust in any, needs none of it.
  const stampCheck =
    log.authorities.length > 0
      ? (await import('../../../protocols/time-stamp/trusted.ts')).stampCheckOf(log.authorities)
      : undefined;
  const check = createLogCheck({
    keysOf(gate) {
      const trusted = Object.hasOwn(log.keys, gate) ? log.keys[gate] : undefined;
      return trusted && createLogKeys(gate, trusted, ALGORITHMS);
    },
    officersOf: (gate) =>
      createOfficerCheck(gate, {
        officers: log.officers ?? [],
        algorithms: ALGORITHMS,
        disclosures: log.disclosures ?? [],
        required: log.officersRequired ?? false,
      }),
    witness: log.witness,
    stampCheck,
    onRecord(line, at, record) {
      if ('move' in record || record.kind === 'block-reset') lines.push({ line, at, record });
    },
  });
  const input = createReadStream(log.path, { highWaterMark: PIECE_BYTES });
  const pieces = takeLines(input, FILE_LINE_BYTES_MAX, check.take);
  try {
    for (;;) {
      const { done, value: unended } = await pieces.next();
      if (lines.length > 0) yield lines;
      lines = [];
      if (done) return check.end(unended);
    }
  } finally {
    input.destroy();
  }
}
