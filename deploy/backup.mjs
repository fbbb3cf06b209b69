#!/usr/bin/env node
/**
 * Copies a data folder while the gate runs: SQLite files through SQLite's own online backup, so that a copy is a
 * state that really was; everything else as it is. Sockets are left out. Run it with the pinned Node.js:
 *
 *   /opt/gate/node_modules/.bin/node /opt/gate/deploy/backup.mjs /var/lib/gate/control /backup/gate-control
 *
 * The target must not exist. Journal segments that are complete never change: a tool that copies only what is new (rsync,
 * restic) can take the copies further. Keys are copied, too: keep the target as closed as the source.
 */
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

/** Copied with their database, or belonging to a writer that is at work. */
const LEFT_OUT = /\.db-(wal|shm|journal)$|\.db\.new(-journal)?$/;

async function copyDatabase(from, to) {
  const database = new DatabaseSync(from, { readOnly: true, timeout: 10_000 });
  try {
    await backup(database, to);
  } finally {
    database.close();
  }
  const copy = new DatabaseSync(to);
  try {
    const found = copy.prepare('PRAGMA quick_check').all();
    if (found.length !== 1 || found[0].quick_check !== 'ok')
      throw new Error(`the copy of ${from} is not sound`);
  } finally {
    copy.close();
  }
}

async function copyFolder(from, to) {
  await mkdir(to, { mode: 0o700 });
  let files = 0;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) files += await copyFolder(source, target);
    else if (!entry.isFile() || LEFT_OUT.test(entry.name)) continue;
    else {
      if (entry.name.endsWith('.db')) await copyDatabase(source, target);
      else await copyFile(source, target);
      files += 1;
    }
  }
  return files;
}

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  process.stderr.write('BAD_ARGUMENTS: two folders are needed → backup.mjs <data folder> <new folder>\n');
  process.exit(2);
}
const target = resolve(to);
const unfinished = `${target}.unfinished`;
try {
  await rm(unfinished, { recursive: true, force: true });
  const files = await copyFolder(resolve(from), unfinished);
  // Only a whole copy gets the name.
  await rename(unfinished, target);
  process.stdout.write(`${files} files copied to ${target}\n`);
} catch (error) {
  process.stderr.write(
    `BACKUP_FAILED: ${error.message} → nothing was left at ${target}; correct it and try again\n`,
  );
  process.exit(1);
}
