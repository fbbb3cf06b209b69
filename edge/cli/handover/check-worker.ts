/** The thread of `check-thread.ts`. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { BATCHES_AHEAD, type FromThread } from './check-thread.ts';
import { checkLog, type LogToCheck } from './checked-log.ts';

const port = parentPort;
if (port === null) throw new Error('this file is run as a thread');
const say = (message: FromThread): void => port.postMessage(message);

let ahead = 0;
port.on('message', () => {
  ahead -= 1;
});

const pieces = checkLog(workerData as LogToCheck);
try {
  for (;;) {
    const next = await pieces.next();
    if (next.done) {
      say({ kind: 'checked', log: next.value });
      break;
    }
    say({ kind: 'lines', lines: next.value });
    ahead += 1;
    while (ahead >= BATCHES_AHEAD) await once(port, 'message');
  }
} catch (error) {
  say({ kind: 'failed', error });
}
port.close();
