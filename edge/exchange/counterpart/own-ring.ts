/** The keys of our own log as its lines change them: taken with the line, in the same transaction, and so never ahead of the disk. */
import { z } from 'zod';
import type { KeyRing } from '../../../protocols/handover/key-ring.ts';
import { decodeRecord } from '../../../protocols/handover/line.ts';
import {
  mayTellRotation,
  type RotationRecord,
  readRotation,
  rotationIn,
  type TakenRotation,
  takenRotation,
  withRotations,
} from '../../../protocols/handover/rotation.ts';
import { GateError } from '../../platform/errors.ts';
import { type Database, getMeta, type Statements, setMeta } from '../database.ts';

/** Changes of our key that our log tells of, in `exchange.db`. */
export const OWN_ROTATIONS = 'own.rotations';
const rotations = z.array(takenRotation);

export interface OwnRing {
  /** With what the batch under way has told. */
  readonly ring: KeyRing;
  /** As it is on disk. */
  readonly stored: KeyRing;
  /** A batch begins; what one before it told and did not bring to disk is forgotten. */
  begin(): void;
  /** The change of keys that a line tells of, if it does. */
  changeIn(line: number, data: string): { line: number; record: RotationRecord } | undefined;
  /** Takes it; the answer says why it cannot be taken. */
  take(tx: Statements, change: { line: number; record: RotationRecord }): Promise<string | undefined>;
  committed(): void;
}

/** @throws GateError `KEY_WRONG_KIND` if the listed keys do not fit what the log has told. */
export async function createOwnRing(options: {
  gate: string;
  database: Database;
  /** As listed. */
  ring: KeyRing;
}): Promise<OwnRing> {
  const { gate, database } = options;
  const text = await getMeta(database, OWN_ROTATIONS);
  const known = text === undefined ? [] : rotations.parse(JSON.parse(text));
  const made = withRotations(options.ring, known);
  if (!made.ok)
    throw new GateError(
      'KEY_WRONG_KIND',
      `the keys listed for our log do not fit the changes it tells of: ${made.reason}`,
      'Put back the list of keys that belongs to this exchange.db.',
    );
  let stored: { ring: KeyRing; taken: TakenRotation[] } = { ring: made.ring, taken: known };
  let now = stored;

  return {
    get ring() {
      return now.ring;
    },
    get stored() {
      return stored.ring;
    },
    begin() {
      now = stored;
    },
    changeIn(line, data) {
      if (!mayTellRotation(data)) return undefined;
      const decoded = decodeRecord(data);
      const record = decoded.ok ? rotationIn(decoded.record) : undefined;
      return record && { line, record };
    },
    async take(tx, { line, record }) {
      const read = readRotation(record, { gate, line, ring: now.ring });
      if (!read.ok) return read.reason;
      if (read.taken === undefined) return undefined;
      now = { ring: read.ring, taken: [...now.taken, read.taken] };
      await setMeta(tx, OWN_ROTATIONS, JSON.stringify(now.taken));
      return undefined;
    },
    committed() {
      stored = now;
    },
  };
}
