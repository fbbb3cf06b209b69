/** A real Mosquitto with the configuration that the project ships, on a free port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from './mqtt-bench.ts';

const shipped = new URL('../../deploy/mosquitto/mosquitto.conf', import.meta.url);

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts `program` and resolves with its port when it listens. */
export async function startMosquitto(program: string, cleanup: Cleanup): Promise<number> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'gate-mosquitto-'));
  cleanup.add(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, readFileSync(shipped, 'utf8').replace('listener 1883 ', `listener ${port} `));
  const broker = spawn(program, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(broker, 'exit');
  cleanup.add(async () => {
    broker.kill();
    await ended;
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    broker.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('running')) resolve();
    });
    ended.then(() => reject(new Error(`mosquitto ended: ${said}`)), reject);
  });
  return port;
}
