/** A folder of files named by the SHA-256 of their content, bounded in bytes; the oldest go first. */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSerial } from '../platform/serial.ts';

export interface BoundedStore {
  /**
   * Stores `bytes` under their digest: file and folder are on disk when it resolves. False if they are larger than the whole
   * store, which then keeps what it has. Rejects with the file system's error.
   */
  store(sha256: string, bytes: Uint8Array): Promise<boolean>;
}

const DIGEST = /^[0-9a-f]{64}$/;
const UNFINISHED = '.tmp';

/** SHA-256 of `bytes`, hex. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Opens the store in `dir`, creating it if missing; files beyond `bytesMax` are removed at once. */
export async function openBoundedStore(dir: string, bytesMax: number): Promise<BoundedStore> {
  await mkdir(dir, { recursive: true, mode: 0o750 });
  const serially = createSerial();
  const sizes = await scan(dir);
  let bytesUsed = [...sizes.values()].reduce((sum, size) => sum + size, 0);

  const makeRoom = async (bytes: number): Promise<void> => {
    for (const [name, size] of sizes) {
      if (bytesUsed + bytes <= bytesMax) return;
      await rm(join(dir, name), { force: true });
      sizes.delete(name);
      bytesUsed -= size;
    }
  };
  await makeRoom(0);

  /** Whether it is really still there: a person may have cleaned up. */
  const present = async (name: string): Promise<boolean> => {
    const size = sizes.get(name);
    if (size === undefined) return false;
    const found = await stat(join(dir, name)).catch(() => undefined);
    if (found?.size === size) return true;
    sizes.delete(name);
    bytesUsed -= size;
    return false;
  };

  return {
    store: (sha256, bytes) =>
      serially(async () => {
        if (await present(sha256)) return true;
        if (bytes.length > bytesMax) return false;
        await makeRoom(bytes.length);
        await writeDurably(dir, sha256, bytes);
        sizes.set(sha256, bytes.length);
        bytesUsed += bytes.length;
        return true;
      }),
  };
}

/** Sizes by name, oldest first; what a crash left half written is removed. */
async function scan(dir: string): Promise<Map<string, number>> {
  const found: { name: string; size: number; writtenMs: number }[] = [];
  for (const name of await readdir(dir)) {
    if (name.endsWith(UNFINISHED)) await rm(join(dir, name), { force: true });
    if (!DIGEST.test(name)) continue;
    const { size, mtimeMs } = await stat(join(dir, name));
    found.push({ name, size, writtenMs: mtimeMs });
  }
  found.sort((a, b) => a.writtenMs - b.writtenMs);
  return new Map(found.map(({ name, size }) => [name, size]));
}

/** A file by its final name is complete and survives a power cut: synced first, then renamed, then the folder synced. */
async function writeDurably(dir: string, name: string, bytes: Uint8Array): Promise<void> {
  const unfinished = join(dir, `${name}${UNFINISHED}`);
  try {
    const file = await open(unfinished, 'w', 0o640);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(dir, name));
    const folder = await open(dir, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
