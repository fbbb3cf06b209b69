/** Loaded before a command: when it ends, it tells on standard error what the process has used. */
import { isMainThread } from 'node:worker_threads';

if (isMainThread)
  process.once('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    process.stderr.write(
      `${JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1_000, peakKb: maxRSS })}\n`,
    );
  });
