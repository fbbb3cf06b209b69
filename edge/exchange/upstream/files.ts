/** Files that survive a power cut: whole or not there, and appended at a known place or not at all. */
import { type FileHandle, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GateError } from '../../platform/errors.ts';

/**
 * Writes a whole file: beside it first, synced, then renamed, then its folder synced. One that is there with the same bytes is
 * left alone.
 * @throws GateError `UPSTREAM_FILE_DIFFERS` if one is there with other bytes: it is never overwritten.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const known = await readIfThere(path);
  if (known !== undefined) {
    if (known.equals(bytes)) return;
    throw new GateError(
      'UPSTREAM_FILE_DIFFERS',
      `${path} is there already with other bytes`,
      'exchange.db is older than the folder, or another gate writes there. Restore exchange.db, or move the file away once its reader knows.',
    );
  }
  await mkdir(dirname(path), { recursive: true });
  const beside = join(dirname(path), `.${basename(path)}.part`);
  await withFile(beside, 'w', async (file) => {
    await file.writeFile(bytes);
    await file.sync();
  });
  await rename(beside, path);
  await syncFolder(dirname(path));
}

/**
 * Writes `bytes` at exactly `offset` of a file that is made if need be. Doing it again with the same bytes changes nothing,
 * so a write that was cut short is repeated whole.
 */
export async function writeAt(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const isNew = (await sizeOf(path)) === undefined;
  await withFile(path, isNew ? 'wx+' : 'r+', async (file) => {
    for (let done = 0; done < bytes.length; )
      done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
    await file.datasync();
  });
  if (isNew) await syncFolder(dirname(path));
}

/** Undefined if it is not there. */
export const sizeOf = async (path: string): Promise<number | undefined> =>
  stat(path).then(({ size }) => size, notThere);

const readIfThere = (path: string): Promise<Buffer | undefined> => readFile(path).catch(notThere);

function notThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function withFile(
  path: string,
  flags: string,
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o640);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

const syncFolder = (folder: string): Promise<void> => withFile(folder, 'r', (file) => file.sync());
