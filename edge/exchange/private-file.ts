/** Files in the data folder, among them those that only the daemon's own user may read: private keys. */
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GateError, messageOf } from '../platform/errors.ts';

/** Whoever is in the group, or anybody. */
const OTHERS = 0o077;

/**
 * Refuses a private key that others can read, or that another user could exchange for one of theirs.
 * @throws GateError `KEY_UNREADABLE`, `KEY_EXPOSED`
 */
export async function refuseExposed(
  what: string,
  path: string,
  user: number | undefined = process.getuid?.(),
): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new GateError(
      'KEY_UNREADABLE',
      `the ${what} ${path} cannot be read: ${messageOf(cause)}`,
      'Put the file there, readable by the exchange daemon only.',
      { cause },
    );
  });
  const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
  if ((found.mode & OTHERS) !== 0)
    throw new GateError(
      'KEY_EXPOSED',
      `the ${what} ${path} can be used by others than its owner (mode ${mode})`,
      'Take it for known to others: change to a new key (docs/keys.md). If nobody can have read it, chmod 0600 is enough.',
    );
  if (user !== undefined && found.uid !== user)
    throw new GateError(
      'KEY_EXPOSED',
      `the ${what} ${path} belongs to user ${found.uid}, not to the one that runs this (${user})`,
      'Give the file to the user of the exchange daemon, or run the command as that user.',
    );
}

/**
 * Refuses to keep keys in the folder of another user: its daemon could not read them.
 * @throws GateError `KEY_WRONG_USER`
 */
export async function refuseOtherUser(
  dataDir: string,
  user: number | undefined = process.getuid?.(),
): Promise<void> {
  const owner = (await stat(dataDir).catch(() => undefined))?.uid;
  if (owner === undefined || user === undefined || owner === user) return;
  throw new GateError(
    'KEY_WRONG_USER',
    `the data folder ${dataDir} belongs to user ${owner}, this runs as ${user}`,
    `Run it as the user of the exchange daemon: sudo -u '#${owner}' gate keys …`,
  );
}

/** Whether there is a file of that name. */
export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

/** The whole file or none, on disk when this resolves; its mode holds from the first byte on. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text.endsWith('\n') ? text : `${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** A new name is on disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
