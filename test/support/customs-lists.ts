/** Customs' side of the drop folder: lists as files, signed. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FlattenedSign } from 'jose';

export interface ListSigner {
  /** For `customs.listKeyFile`, PEM. */
  publicPem: string;
  /** The signature that goes beside a file. */
  sign(bytes: Buffer): Promise<string>;
}

export function createListSigner(alg: 'EdDSA' | 'ES256' = 'EdDSA', unencoded = false): ListSigner {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } =
    alg === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    async sign(bytes) {
      const header = unencoded ? { alg, b64: false, crit: ['b64'] } : { alg };
      const jws = await new FlattenedSign(bytes).setProtectedHeader(header).sign(privateKey);
      return `${jws.protected}..${jws.signature}`;
    },
  };
}

export interface ListOptions {
  number?: string;
  /** As written in `ThoiDiem`. */
  asOf?: string;
  count?: number;
  kind?: string;
  columns?: readonly string[];
}

/** A line in the order of {@link COLUMNS}. */
export const line = (
  container: string,
  version: number,
  status = 'TQ',
  declaration = '308044805740',
): string[] => [declaration, 'XK', '1', status, `${version}`, container];
export const COLUMNS = [
  'SoToKhai',
  'LoaiHinh',
  'LuongToKhai',
  'MaTrangThaiToKhai',
  'PhienBan',
  'SoContainer',
];

/** A list as text of CSV. */
export function csvList(
  lines: readonly (readonly string[])[],
  options: ListOptions = {},
  separator = ';',
): string {
  const { number = '2026-0001', asOf = '22/11/2026 08:30', count = lines.length, kind = 'ToanBo' } = options;
  return [
    ['SoDanhSach', number],
    ['ThoiDiem', asOf],
    ['SoDong', `${count}`],
    ['LoaiDanhSach', kind],
    options.columns ?? COLUMNS,
    ...lines,
  ]
    .map((cells) => `${cells.join(separator)}\r\n`)
    .join('');
}

/** Puts a list with its signature into a folder. */
export async function drop(
  folder: string,
  name: string,
  content: string | Buffer,
  signer?: ListSigner,
): Promise<void> {
  const bytes = Buffer.from(content);
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  // Time runs fast in these tests: what is written for a moment would be taken for what stays so.
  const whole = async (to: string, what: string | Buffer): Promise<void> => {
    const beside = `${folder}.writing`;
    await writeFile(beside, what);
    await rename(beside, to);
  };
  if (signer) await whole(`${path}.jws`, await signer.sign(bytes));
  await whole(path, bytes);
}
