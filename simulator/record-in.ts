/** What a gate has written into its own log, for whoever looks over its shoulder. */
import { decodeRecord } from '../protocols/handover/line.ts';
import type { HandoverRecord, RecordKind, RecordOf } from '../protocols/handover/record.ts';

/** The record in the text of a line. */
export function recordIn(data: string): HandoverRecord {
  const line = decodeRecord(data);
  if (!line.ok) throw new Error(`a gate wrote a line nobody can read: ${line.reason}\n${data}`);
  return line.record;
}

/** The same where the kind is known. */
export const recordOf = <K extends RecordKind>(data: string): RecordOf<K> => recordIn(data) as RecordOf<K>;
