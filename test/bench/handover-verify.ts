/**
 * `npm run bench -- handover-verify`: a year of two gates, 1.8 million records in two logs, checked and joined offline by the command
 * itself in a process of its own: wall time, processor time and peak memory, with a head after every page of 100 lines, and with one
 * after every third line, as a gate writes that signs each commit. A number after the name takes so many lines a log instead.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../edge/platform/clock.ts';
import { trustedKey, trustText } from '../support/log-files.ts';
import { writeYear } from './handover-year.ts';
import { table } from './stats.ts';

const LINES_EACH = 900_000;

export async function run(): Promise<void> {
  const linesEach = Number(process.argv[3] ?? LINES_EACH);
  const rows: string[][] = [];
  for (const headEvery of [100, 3]) rows.push(await verifyYear(linesEach, headEvery));
  const head = [
    'a head after',
    'heads',
    'GB',
    'written in, s',
    'verified in, s',
    'records/s',
    'CPU, s',
    'peak MB',
    'moves',
  ];
  process.stdout.write(
    `\n${(2 * linesEach).toLocaleString('en')} records in two logs, verified and joined\n\n${table([head, ...rows])}\n`,
  );
}

async function verifyYear(linesEach: number, headEvery: number): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'gate-bench-'));
  try {
    const paths = [join(dir, 'a.jsonl'), join(dir, 'b.jsonl')] as const;
    const writtenMs = systemClock.monotonicMs();
    const { gates, keys, bytes, heads } = writeYear(paths, { linesEach, headEvery });
    const startMs = systemClock.monotonicMs();
    const trust = join(dir, 'trust.json');
    await writeFile(
      trust,
      trustText({ [gates[0]]: [trustedKey(keys[0])], [gates[1]]: [trustedKey(keys[1])] }),
    );
    const args = [
      'edge/cli.ts',
      'handover',
      'verify',
      ...paths,
      '--keys',
      trust,
      '--json',
      '--moves',
      'contradictory',
    ];
    // The command tells at its end what it has used; that costs it nothing before.
    const used = join(import.meta.dirname, 'used.mjs');
    const child = spawn(process.execPath, ['--import', used, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, errors] = ['', ''];
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const [code] = await once(child, 'close');
    const wallMs = systemClock.monotonicMs() - startMs;
    if (code !== 0) throw new Error(`exit code ${code}: ${said.slice(0, 2_000)}${errors}`);
    const result = JSON.parse(said.trim().split('\n').at(-1) ?? '') as {
      moves: number;
      byStatus: Record<string, number>;
    };
    const { cpuMs, peakKb } = JSON.parse(errors.trim().split('\n').at(-1) ?? '') as {
      cpuMs: number;
      peakKb: number;
    };
    const statuses = Object.entries(result.byStatus).map(([status, count]) => `${count} ${status}`);
    return [
      `${headEvery} lines`,
      heads.toLocaleString('en'),
      (bytes / 1e9).toFixed(2),
      ((startMs - writtenMs) / 1_000).toFixed(0),
      (wallMs / 1_000).toFixed(1),
      Math.round((2 * linesEach) / (wallMs / 1_000)).toLocaleString('en'),
      (cpuMs / 1_000).toFixed(1),
      (peakKb / 1_024).toFixed(0),
      statuses.join(', '),
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
