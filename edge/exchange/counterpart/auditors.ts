/**
 * What auditors may ask over a door of their own: heads of our log and proofs about it, and no line, no copy, nothing live. Whose client
 * may enter is decided by an authority of theirs, which counts at no other door.
 */

import { resolve } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { GateConfig } from '../../../config/schema.ts';
import type { StampedHead } from '../../../protocols/handover/wire.ts';
import type { Log } from '../../platform/log.ts';
import { type LinkKeys, readAuthority } from '../keys.ts';
import type { HandoverLog } from './log.ts';
import { createProofs } from './proofs.ts';
import { openTlsDoor, refusal, type TlsDoor } from './tls-door.ts';

/** Certificates that are told in the log, each once. */
const SEEN_MAX = 100;

/** @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`, `LISTEN_FAILED` */
export async function startAuditorsDoor(options: {
  config: NonNullable<GateConfig['counterpart']['auditors']>;
  dataDir: string;
  tls: LinkKeys['tls'];
  handoverLog: HandoverLog;
  witness(): string | null;
  /** As {@link createProofs} asks for it. */
  stamp(after: number, upTo: number): Promise<StampedHead | undefined>;
  log: Log;
}): Promise<TlsDoor> {
  const { config, dataDir, tls, log } = options;
  const seen = new Set<string>();
  const proofs = createProofs(options);
  const ca = await readAuthority('auditors’ certificate authority', resolve(dataDir, config.trustFile));
  return openTlsDoor({
    listen: config.listen,
    member: 'counterpart.auditors.listen',
    whom: 'auditors',
    tls: { ...tls, ca },
    answer({ method, url, socket }) {
      if (method !== 'GET') return refusal(405, 'this log can only be read');
      const asked = new URL(url ?? '/', 'https://gate');
      const certificate = (socket as TLSSocket).getPeerCertificate().fingerprint256;
      if (!seen.has(certificate) && seen.size < SEEN_MAX) {
        seen.add(certificate);
        log.info('an auditor asks for the first time', { certificate });
      }
      return proofs(asked) ?? refusal(404, 'there are /head, /consistency and /inclusion');
    },
    log,
  });
}
