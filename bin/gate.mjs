#!/usr/bin/env node
/**
 * `gate …` from any folder: starts the Node.js that this project pins (whatever starts this file may be older) and hands
 * over arguments, signals and exit code. Plain JavaScript for any Node.js 20 or newer.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const node = at(`../node_modules/node-linux-${process.arch}/bin/node`);

if (!existsSync(node)) {
  process.stderr.write(
    `NODE_NOT_INSTALLED: ${node} is missing → run "npm ci" in ${at('..')} on Linux, x64 or arm64\n`,
  );
  process.exit(1);
}

const child = spawn(node, [at('../edge/cli.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) {
  process.on(signal, () => {
    child.kill(signal);
  });
}
child.on('error', (error) => {
  process.stderr.write(`NODE_NOT_STARTED: ${error.message} → check that ${node} may be executed\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
});
