import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openImageStore } from '../../../edge/control/images.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the store of pictures', () => {
  const tempDir = useTempDirs();

  it('names a picture by its digest, and it is on disk by then', async () => {
    const dir = await tempDir();
    const images = await openImageStore({ dir, bytesMax: 10_000 });
    const picture = randomBytes(500);
    const name = await images.save(picture);
    assert.equal(name, sha256(picture));
    assert.deepEqual(await readFile(join(dir, name)), picture);
  });

  it('keeps the same picture once, and again if somebody removed it', async () => {
    const dir = await tempDir();
    const images = await openImageStore({ dir, bytesMax: 1_000 });
    const picture = randomBytes(500);
    const names = await Promise.all([images.save(picture), images.save(picture)]);
    assert.deepEqual(await readdir(dir), [names[0]]);
    await rm(join(dir, sha256(picture)));
    await images.save(picture);
    assert.deepEqual(await readdir(dir), [names[0]]);
  });

  it('lets the oldest pictures go first, also after a restart', async () => {
    const dir = await tempDir();
    const pictures = Array.from({ length: 4 }, () => randomBytes(400));
    const names = pictures.map(sha256);
    const before = await openImageStore({ dir, bytesMax: 1_000 });
    for (const picture of pictures.slice(0, 3)) await before.save(picture);
    assert.deepEqual((await readdir(dir)).sort(), names.slice(1, 3).sort());
    for (const [age, name] of names.slice(1, 3).entries())
      await utimes(join(dir, name), 1_000 + age, 1_000 + age);
    const after = await openImageStore({ dir, bytesMax: 1_000 });
    await after.save(pictures[3] ?? assert.fail());
    assert.deepEqual((await readdir(dir)).sort(), names.slice(2).sort());
    await openImageStore({ dir, bytesMax: 500 });
    assert.deepEqual(await readdir(dir), names.slice(3));
  });

  it('clears away a picture that a crash left half written, and touches nothing else', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, `${'a'.repeat(64)}.tmp`), 'half');
    await writeFile(join(dir, 'README'), 'notes');
    await openImageStore({ dir, bytesMax: 1 });
    assert.deepEqual(await readdir(dir), ['README']);
  });

  it('refuses a picture larger than the store, keeping the others', async () => {
    const dir = await tempDir();
    const images = await openImageStore({ dir, bytesMax: 1_000 });
    const name = await images.save(randomBytes(500));
    await assert.rejects(images.save(randomBytes(1_001)), { code: 'IMAGE_TOO_LARGE' });
    assert.deepEqual(await readdir(dir), [name]);
  });

  it('refuses a flood of pictures, and takes them again when the disk has caught up', async () => {
    const images = await openImageStore({ dir: await tempDir(), bytesMax: 100_000 });
    const saves = await Promise.allSettled(Array.from({ length: 70 }, () => images.save(randomBytes(10))));
    const refused = saves.filter((save) => save.status === 'rejected');
    assert.equal(refused.length, 6);
    assert.ok(refused.every(({ reason }) => reason instanceof GateError && reason.code === 'IMAGES_WAITING'));
    await images.save(randomBytes(10));
  });

  it('says so when the disk refuses, and leaves nothing half written', async () => {
    const dir = await tempDir();
    const images = await openImageStore({ dir, bytesMax: 1_000 });
    await rm(dir, { recursive: true });
    await assert.rejects(images.save(randomBytes(10)), { code: 'IMAGE_NOT_STORED' });
    await writeFile(dir, 'no folder');
    await assert.rejects(openImageStore({ dir, bytesMax: 1_000 }), {
      code: 'IMAGE_NOT_STORED',
    });
  });
});
