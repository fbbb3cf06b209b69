import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase, setMeta } from '../../../../edge/exchange/database.ts';
import { REASONS } from '../../../../protocols/handover/custody-move.ts';
import { decodeRecord } from '../../../../protocols/handover/line.ts';
import type { FindingKind } from '../../../../protocols/handover/log-check.ts';
import type { HandoverRecord } from '../../../../protocols/handover/record.ts';
import { newestHead, recordedLog, type ToldLog, tellLog, trustedKey } from '../../../support/log-files.ts';
import { useTempDirs } from '../../../support/temp-dir.ts';

const GATES = ['huu-nghi', 'huu-nghi-quan'] as const;

/** What two gates of version 1 told, told again in version 2 under keys of ours. */
function told(gate: string, key: KeyObject): ToldLog {
  const records = recordedLog(gate).lines.map((text): HandoverRecord => {
    const read = decodeRecord(text);
    assert.ok(read.ok);
    return read.record;
  });
  return tellLog(gate, records, key, { headEvery: 10 });
}

describe('docs/verify.md', () => {
  const newDir = useTempDirs();

  it('shows commands that run as they are written', async () => {
    const dir = await newDir();
    const keys = GATES.map(() => generateKeyPairSync('ed25519').privateKey) as [KeyObject, KeyObject];
    const logs = [told(GATES[0], keys[0]), told(GATES[1], keys[1])] as const;
    for (const [index, gate] of GATES.entries()) {
      const [own, theirs] = index === 0 ? logs : [logs[1], logs[0]];
      const data = join(dir, 'data', gate);
      await mkdir(data, { recursive: true });
      const database = await openDatabase(join(data, 'exchange.db'));
      await database.transaction(async (tx) => {
        for (const [line, text] of own.lines.entries())
          await tx.run('INSERT INTO own_line (line, data) VALUES (?, ?)', line + 1, text);
        for (const [size, jws] of own.heads)
          await tx.run('INSERT INTO own_head (size, root_hash, jws) VALUES (?, ?, ?)', size, '', jws);
        for (const [line, text] of theirs.lines.entries())
          await tx.run('INSERT INTO their_line (line, data) VALUES (?, ?)', line + 1, text);
        await setMeta(tx, 'counterpart.follower', JSON.stringify({ head: newestHead(theirs) }));
      });
      await database.close();
      const trust = { gate, keys: [trustedKey(keys[index] as KeyObject)] };
      await writeFile(join(dir, `${gate}.keys.json`), JSON.stringify(trust));
    }
    const page = await readFile('docs/verify.md', 'utf8');
    const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
      block.trim().split('\n'),
    );
    assert.ok(commands.length >= 8);
    const gate = `gate() { "${process.execPath}" "${join(process.cwd(), 'edge/cli.ts')}" "$@"; }`;
    for (const command of commands) {
      const { status, stderr } = spawnSync('sh', ['-ec', `${gate}; ${command}`], {
        cwd: dir,
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${command}\n${stderr}`);
    }
    assert.match(await readFile(join(dir, 'minutes.html'), 'utf8'), /^<!doctype html>/);
  }).timeout(120_000);

  it('explains every kind of finding, and every status of a move', async () => {
    const page = await readFile('docs/verify.md', 'utf8');
    const kinds: Record<FindingKind, true> = {
      form: true,
      order: true,
      altered: true,
      signature: true,
      fork: true,
      cut: true,
      keys: true,
      witness: true,
      restored: true,
      officer: true,
      stamp: true,
    };
    for (const kind of Object.keys(kinds)) assert.ok(page.includes(`| \`${kind}\` |`), kind);
    for (const [status] of Object.values(REASONS)) assert.ok(page.includes(`| ${status} |`), status);
  });
});
