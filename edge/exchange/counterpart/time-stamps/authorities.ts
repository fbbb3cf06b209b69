/** The authorities whose time stamps count, as the configuration names them. */
import { resolve } from 'node:path';
import type { GateConfig } from '../../../../config/schema.ts';
import { readAuthority, type TimeStampAuthority } from '../../../../protocols/time-stamp/authority.ts';
import { GateError } from '../../../platform/errors.ts';
import { readPem } from '../../key-store.ts';

/** @throws GateError `KEY_UNREADABLE`, `KEY_WRONG_KIND`, each naming the file. */
export async function readAuthorities(
  config: GateConfig['counterpart']['timeStamps'],
  dataDir: string,
): Promise<TimeStampAuthority[]> {
  const authorities: TimeStampAuthority[] = [];
  for (const { name, certificatesFile, policy } of config?.authorities ?? []) {
    const path = resolve(dataDir, certificatesFile);
    const certificates = await readPem(
      `certificate of the time-stamp authority ${name}`,
      path,
      'Put the certificate there that its stamps lead to, or take it out of counterpart.timeStamps.authorities.',
    );
    const read = readAuthority({ name, certificates, policy });
    if (!read.ok)
      throw new GateError(
        'KEY_WRONG_KIND',
        `${path}: ${read.reason}`,
        'Put certificates in PEM there, each between BEGIN CERTIFICATE and END CERTIFICATE.',
      );
    authorities.push(read.authority);
  }
  return authorities;
}
