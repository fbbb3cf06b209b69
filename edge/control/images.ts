/** Pictures as files named by their digest, on disk before the journal names them (DESIGN §6). */
import type { ImageStore } from '../drivers/driver.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import { digestOf, openBoundedStore } from './bounded-store.ts';

/** Pictures that may wait for the disk. A camera sends a few a vehicle. */
const WAITING_MAX = 64;

export interface ImageStoreOptions {
  dir: string;
  /** All pictures together; the oldest go first. */
  bytesMax: number;
}

/**
 * Opens the store. `save` rejects with `GateError`: `IMAGE_TOO_LARGE`, `IMAGES_WAITING` (too many wait for the disk),
 * `IMAGE_NOT_STORED` (the disk refused); the reading then goes without its picture.
 */
export async function openImageStore({ dir, bytesMax }: ImageStoreOptions): Promise<ImageStore> {
  const store = await openBoundedStore(dir, bytesMax).catch((error: unknown) =>
    Promise.reject(notStored(dir, error)),
  );
  let waiting = 0;
  return {
    async save(bytes) {
      if (waiting >= WAITING_MAX) {
        throw new GateError(
          'IMAGES_WAITING',
          `${waiting} pictures wait for the disk.`,
          'Check the disk of the data folder.',
        );
      }
      waiting += 1;
      try {
        const sha256 = digestOf(bytes);
        if (await store.store(sha256, bytes)) return sha256;
      } catch (error) {
        throw notStored(dir, error);
      } finally {
        waiting -= 1;
      }
      throw new GateError(
        'IMAGE_TOO_LARGE',
        `A picture of ${bytes.length} bytes exceeds the whole store of ${bytesMax}.`,
        'Raise limits.imageBytesMax, or lower the camera’s resolution.',
      );
    },
  };
}

const notStored = (dir: string, error: unknown): GateError =>
  new GateError(
    'IMAGE_NOT_STORED',
    `Pictures cannot be stored in ${dir}: ${messageOf(error)}.`,
    'Check the disk of the data folder.',
    {
      cause: error,
    },
  );
