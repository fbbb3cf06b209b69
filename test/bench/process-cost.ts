/** What a process has cost so far, as the kernel counts it. */
import { readFile } from 'node:fs/promises';

/** Resident memory of a process, MB; what it shares with other processes counts whole. */
export interface Resident {
  now: number;
  /** Its highest so far, as the kernel keeps it. */
  peak: number;
}

export async function residentMb(pid: number | undefined): Promise<Resident> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1_024;
  return { now: mb('VmRSS'), peak: mb('VmHWM') };
}

/** User and system time of a process; the kernel counts in hundredths of a second. */
export async function cpuSeconds(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
