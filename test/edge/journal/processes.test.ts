import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chainHash } from '../../../edge/journal/journal.ts';
import { openSqliteJournal, openSqliteJournalReadOnly } from '../../../edge/journal/sqlite.ts';
import { verifyJournal } from '../../../edge/journal/verify.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { seededRandom } from '../../../edge/platform/random.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

const CHILD = fileURLToPath(new URL('../../support/journal-child.ts', import.meta.url));
const tempDir = useTempDirs();
const children: ChildProcess[] = [];

type Step = Record<string, string | number | boolean>;

/** Runs a program and collects what it tells; `onStep` sees each line as it comes. */
async function run(
  command: string,
  args: string[],
  options: { uid?: number; onStep?: (step: Step, child: ChildProcess) => void } = {},
): Promise<{ steps: Step[]; stderr: string }> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
  children.push(child);
  const steps: Step[] = [];
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const step = JSON.parse(line) as Step;
    steps.push(step);
    options.onStep?.(step, child);
  });
  await once(child, 'close');
  return { steps, stderr };
}

const runChild = (args: string[], options?: Parameters<typeof run>[2]) =>
  run(process.execPath, [CHILD, ...args], options);

/** Runs the child below a shell that first restricts itself. */
const runRestricted = (shell: string[], script: string, args: string[]) =>
  run(shell[0] ?? 'sh', [...shell.slice(1), '-c', script, 'sh', process.execPath, CHILD, ...args]);

describe('the journal and its process', function () {
  this.timeout(30_000);
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('a writer killed at any moment loses nothing that it acknowledged', async () => {
    const dir = await tempDir();
    const random = seededRandom(20_251_110);
    let acknowledged = { seq: 0, hash: '' };
    for (let round = 0; round < 5; round += 1) {
      let acksLeft = 1 + Math.floor(random.next() * 60);
      const { steps, stderr } = await runChild(['write', dir, '3'], {
        onStep: (step, child) => {
          if (typeof step.seq === 'number') acksLeft -= 1;
          if (acksLeft === 0) child.kill('SIGKILL');
        },
      });
      assert.equal(stderr, '');
      const last = steps.findLast((step) => typeof step.seq === 'number');
      acknowledged = { seq: Number(last?.seq), hash: String(last?.hash) };
      const reader = await openSqliteJournalReadOnly(dir);
      const [entry] = await reader.read(acknowledged.seq - 1, 1);
      assert.equal(entry?.hash, acknowledged.hash);
      await reader.close();
      const verified = await verifyJournal(dir);
      assert.deepEqual(verified.problems, []);
      assert.equal(verified.entries, verified.headSeq);
    }
    assert.ok(
      (await readdir(dir)).filter((name) => name.endsWith('.db')).length > 1,
      'segments were begun meanwhile',
    );
    const journal = await openSqliteJournal({ dir, log: silentLog, reserveBytes: 4_096 });
    assert.ok(journal.head.seq >= acknowledged.seq);
    const [before, last] = await journal.read(journal.head.seq - 2, 2);
    assert.equal(last?.hash, last && before && chainHash(before.hash, last.seq, last));
    await journal.close();
  });

  it('a second process does not get in while the first lives, and gets in once it was killed', async () => {
    const dir = await tempDir();
    let second: Step[] = [];
    let asked = false;
    await runChild(['write', dir, '1000000'], {
      onStep: (step, child) => {
        if (typeof step.seq !== 'number' || asked) return;
        asked = true;
        void runChild(['open', dir]).then(({ steps }) => {
          second = steps;
          child.kill('SIGKILL');
        });
      },
    });
    assert.deepEqual(second, [{ error: 'JOURNAL_LOCKED' }]);
    const { steps } = await runChild(['open', dir]);
    assert.deepEqual(steps, [{ ended: true }]);
  });

  it('a folder that may not be written is told apart from a damaged one', async () => {
    const dir = await tempDir();
    await chmod(dir, 0o555);
    const nobody = 65_534;
    const { steps } = await runChild(['open', dir], process.getuid?.() === 0 ? { uid: nobody } : {});
    await chmod(dir, 0o755);
    assert.deepEqual(steps, [{ error: 'JOURNAL_READ_ONLY' }]);
  });

  it('a full disk is told, everything acknowledged stays readable, and the reserve takes the last entry', async function () {
    const dir = await tempDir();
    const tmpfs = 'mount -t tmpfs -o size=2m tmpfs "$4" && exec "$@"';
    const allowed = await run('unshare', [
      '-U',
      '-r',
      '-m',
      'sh',
      '-c',
      'mount -t tmpfs tmpfs "$0"',
      dir,
    ]).then(
      ({ stderr }) => stderr === '',
      () => false,
    );
    if (!allowed) this.skip();
    const { steps, stderr } = await runRestricted(['unshare', '-U', '-r', '-m', 'sh'], tmpfs, [
      'fill',
      dir,
      '200000',
    ]);
    assert.equal(stderr, '');
    const acknowledged = steps.filter((step) => Object.keys(step).join() === 'seq').at(-1)?.seq;
    assert.ok(Number(acknowledged) > 10);
    assert.deepEqual(steps.slice(-4), [
      { refused: 'JOURNAL_DISK_FULL' },
      { readable: acknowledged },
      { afterReserve: 'stored', seq: Number(acknowledged) + 1 },
      { ended: true },
    ]);
  });

  it('a disk that fails a write is told, and everything acknowledged stays readable', async () => {
    const dir = await tempDir();
    const { steps } = await runRestricted(['sh'], 'ulimit -f 600; exec "$@"', ['fill', dir, '4096']);
    const acknowledged = steps.filter((step) => Object.keys(step).join() === 'seq').at(-1)?.seq;
    assert.deepEqual(steps.slice(-4, -2), [{ refused: 'JOURNAL_IO' }, { readable: acknowledged }]);
    const verified = await verifyJournal(dir);
    assert.deepEqual(verified.problems, []);
    assert.ok(verified.entries >= Number(acknowledged));
  });
});
