/**
 * Time stamps (RFC 3161) on the heads of the two logs: what an authority has said of them stands in our journal, and people are called
 * where a stamp does not hold or does not come. Nothing else follows from one: no clock of an authority decides anything here.
 */
import { raiseAlarm, returnAlarm } from './alarms.ts';
import type { LogName } from './input.ts';
import { gateOf } from './log-faults.ts';
import type { Turn } from './turn.ts';

/** A time stamp on a signed head of a log, checked by exchange against the authorities that this gate trusts. */
export interface TimeStampTaken {
  type: 'time-stamp';
  log: LogName;
  /** Number of lines under that head. */
  size: number;
  /** RFC 9162 root over them, hex. */
  rootHash: string;
  /** As signed: a compact JWS, whose bytes are what is stamped. */
  head: string;
  /** The stamp as it came: DER, base64. */
  token: string;
  /** Name under which the authority is trusted, and whose certificate signed. */
  authority: string;
  signer: string;
  /** OID. */
  policy: string;
  /** The authority's number of it, hex. */
  serial: string;
  /** The authority's time, milliseconds since 1970. */
  genTimeMs: number;
}

const KINDS = { bad: 'TIME_STAMP_BAD', missing: 'TIME_STAMP_MISSING' } as const;

/** `bad`: a stamp came that does not hold. `missing`: none has come for longer than the configuration allows. */
export interface TimeStampTrouble {
  log: LogName;
  kind: keyof typeof KINDS;
  /** What was found, for a person. */
  reason: string;
  /** The file that exchange has kept, by its SHA-256, hex. */
  evidence?: { file: string; sha256: string };
}

/** All that is wrong with time stamps now; told when it changes, and again after a start. */
export interface TimeStampWatch {
  type: 'time-stamp-watch';
  troubles: TimeStampTrouble[];
}

export type TimeStampInput = TimeStampTaken | TimeStampWatch;

/** Up to where a log is stamped, by whom, and when by their clock. */
export type StampedLog = Pick<TimeStampTaken, 'size' | 'rootHash' | 'authority' | 'genTimeMs'>;

export function takeTimeStamp({ state }: Turn, stamp: TimeStampTaken): void {
  const { log, size, rootHash, authority, genTimeMs } = stamp;
  if (size < (state.timeStamps[log]?.size ?? 0)) return;
  state.timeStamps[log] = { size, rootHash, authority, genTimeMs };
}

export function takeTimeStampWatch(turn: Turn, { troubles }: TimeStampWatch): void {
  for (const log of ['ours', 'theirs'] as const)
    for (const kind of ['bad', 'missing'] as const) {
      const code = KINDS[kind];
      const gate = gateOf(turn.state, log);
      const stands = troubles.some((trouble) => trouble.log === log && trouble.kind === kind);
      if (!stands) returnAlarm(turn, code, gate);
      else if (!isRaised(turn, `${code}/${gate}`)) raiseAlarm(turn, code, gate);
    }
}

/** Told again it is no new occurrence. */
const isRaised = ({ state }: Turn, id: string): boolean => {
  const alarm = state.alarms[id];
  return alarm !== undefined && alarm.state !== 'returned';
};
