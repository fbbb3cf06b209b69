/** The trust files that whoever checks a log names. */
import { readFile } from 'node:fs/promises';
import { type ReadTrust, readTrust } from '../../../protocols/handover/trust.ts';
import { GateError, messageOf } from '../../platform/errors.ts';

/** @throws GateError `TRUST_UNREADABLE` */
export async function readTrustFiles(
  paths: readonly string[],
): Promise<Omit<Extract<ReadTrust, { ok: true }>, 'ok'>> {
  const unreadable = (reason: string, cause?: unknown): GateError =>
    new GateError(
      'TRUST_UNREADABLE',
      `${paths.join(', ')}: ${reason}`,
      'Name the files with the public keys of both gates, as `gate keys show --public` prints them, and certificates of time-stamp authorities in PEM.',
      { cause },
    );
  let texts: string[];
  try {
    texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  } catch (cause) {
    throw unreadable(messageOf(cause), cause);
  }
  const read = readTrust(texts);
  if (!read.ok) throw unreadable(read.reason);
  const { trust, officers, authorities } = read;
  return { trust, officers, authorities };
}
