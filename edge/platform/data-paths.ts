/** Where things lie below the data folder of a gate. */
import { join } from 'node:path';

export const dataPaths = (dataDir: string) => ({
  journal: join(dataDir, 'journal'),
  keys: join(dataDir, 'keys'),
  quarantine: join(dataDir, 'quarantine'),
  images: join(dataDir, 'images'),
  moduleCache: join(dataDir, 'cache'),
  exchangeDoor: join(dataDir, 'run', 'exchange.sock'),
  consoleDoor: join(dataDir, 'run', 'console.sock'),
});
