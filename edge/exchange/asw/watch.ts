/** The folder where documents of the ASEAN Single Window are put, one a file, each signed; what was taken is moved away (docs/customs.md). */
import type { GateConfig } from '../../../config/schema.ts';
import { readAdvanceText } from '../../../protocols/asw/reading.ts';
import { learnAdvance } from '../customs/advance.ts';
import type { Database } from '../database.ts';
import { type Refusal, watchSignedFolder } from '../signed/folder.ts';
import { loadTrust, signerOf, type TrustedKey } from '../signed/signature.ts';
import type { Worker, WorkerTools } from '../worker.ts';
import { refusalText } from './refusal.ts';

type Asw = NonNullable<GateConfig['asw']>;
type Keys = ReadonlyMap<string, TrustedKey<Asw['trust'][number]>>;

/**
 * Starts watching.
 * @throws GateError `ASW_FOLDER` if the folder cannot be made or read, `KEY_UNREADABLE`, `KEY_WRONG_KIND`.
 */
export async function startAswWatch(
  options: WorkerTools & {
    config: Asw;
    dataDir: string;
    database: Database;
    /** A document waits for control. */
    onQueued(): void;
  },
): Promise<Worker> {
  const { config, dataDir, database } = options;
  const keys = await loadTrust('the ASEAN Single Window', config.trust, dataDir);
  return watchSignedFolder({
    ...options,
    what: 'documents of the ASEAN Single Window',
    member: 'asw.folder',
    code: 'ASW_FOLDER',
    folder: config.folder,
    pollMs: config.pollMs,
    names: /\.(?:json|xml)$/i,
    moves: true,
    take: (bytes, jws, name) => take(database, keys, { bytes, jws, name }),
    refusalText,
  });
}

/** A document that has expired meanwhile is taken: what rests on it is to be told why it does not count. */
async function take(
  database: Database,
  keys: Keys,
  { bytes, jws, name }: { bytes: Uint8Array; jws: string; name: string },
): Promise<'new' | 'known' | Refusal> {
  const signer = await signerOf(bytes, jws, keys);
  if (!signer.ok) return signer;
  const text = textOf(bytes);
  if (text === undefined) return { reason: 'unreadable', detail: 'it is not UTF-8' };
  const read = readAdvanceText(text, /\.xml$/i.test(name) ? 'xml' : 'json');
  if (!read.ok) return { reason: 'unreadable', detail: read.reason };
  const { kind, reference, version, issuer } = read.document;
  const detail = `${kind} ${reference} of ${issuer}, version ${version}`;
  const { issuers } = signer.trust;
  if (issuers !== undefined && !issuers.includes(issuer)) return { reason: 'owner', detail };
  const learned = await database.transaction((tx) => learnAdvance(tx, read.document));
  return learned === 'older' || learned === 'changed' ? { reason: learned, detail } : learned;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
