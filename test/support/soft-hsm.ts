/** A real PKCS#11 token in software: SoftHSM, spoken to by OpenSC's pkcs11-tool and the script that the project ships. */
import { execFileSync } from 'node:child_process';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireTool } from './tools.ts';

const SCRIPT = fileURLToPath(new URL('../../deploy/pkcs11/sign.sh', import.meta.url));
const LIBRARIES = [
  '/usr/lib/softhsm',
  '/usr/lib/x86_64-linux-gnu/softhsm',
  '/usr/lib/aarch64-linux-gnu/softhsm',
];

export interface SoftHsm {
  /** For `counterpart.signCommand`. */
  command: string[];
  /** Makes a P-256 key in the token, which it never leaves. */
  makeKey(id: string): KeyObject;
  /** Gives it the id by which it is asked for. */
  rename(id: string, to: string): void;
}

export function createSoftHsm(test: Mocha.Context, folder: string): SoftHsm {
  const softhsm = requireTool(test, 'softhsm2-util');
  const tool = requireTool(test, 'pkcs11-tool');
  requireTool(test, 'openssl');
  const library = LIBRARIES.flatMap((path) => {
    try {
      return readdirSync(path).includes('libsofthsm2.so') ? [join(path, 'libsofthsm2.so')] : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  })[0];
  if (library === undefined) throw new Error(`no libsofthsm2.so in ${LIBRARIES.join(', ')}`);
  const conf = join(folder, 'softhsm2.conf');
  const pin = join(folder, 'token.pin');
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(conf, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`);
  writeFileSync(pin, '5678', { mode: 0o600 });
  const run = (program: string, words: string[]): void => {
    execFileSync(program, words, { env: { ...process.env, SOFTHSM2_CONF: conf }, stdio: 'pipe' });
  };
  const token = (...words: string[]): void =>
    run(tool, ['--module', library, '--token-label', 'gate', '--login', '--pin', '5678', ...words]);
  run(softhsm, ['--init-token', '--free', '--label', 'gate', '--so-pin', '1234', '--pin', '5678']);
  return {
    command: ['env', `SOFTHSM2_CONF=${conf}`, SCRIPT, library, 'gate', pin, '{id}'],
    makeKey(id) {
      token('--keypairgen', '--key-type', 'EC:prime256v1', '--label', `gate-${id}`, '--id', id);
      const file = join(folder, `${id}.der`);
      token('--read-object', '--type', 'pubkey', '--id', id, '--output-file', file);
      return createPublicKey({ key: readFileSync(file), format: 'der', type: 'spki' });
    },
    rename(id, to) {
      for (const type of ['privkey', 'pubkey']) token('--type', type, '--id', id, '--set-id', to);
    },
  };
}
