/** The floor of the latency bench, in a process of its own as control is: each ping is written, synced, and answered. */
import { fdatasync, openSync, write } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'mqtt';

const [url = '', file = ''] = process.argv.slice(2);
const fd = openSync(file, 'a');
const client = connect(url, { protocolVersion: 4 });
client.on('connect', () => {
  (client.stream as unknown as Socket).setNoDelay(true);
  client.subscribe('bench/ping', { qos: 1 }, () => process.stdout.write('ready\n'));
});
client.on('message', (_topic, payload) => {
  write(fd, payload, () => fdatasync(fd, () => client.publish('bench/pong', payload, { qos: 1 })));
});
process.stdin.resume().once('end', () => process.exit(0));
