/** The folder where authorities’ signed lists are put: what counts stays there (docs/lists.md). */
import type { GateConfig } from '../../../config/schema.ts';
import { watchSignedFolder } from '../signed/folder.ts';
import type { Worker, WorkerTools } from '../worker.ts';
import { refusalText } from './refusal.ts';
import type { Lists } from './store.ts';

/**
 * Starts watching.
 * @throws GateError `LISTS_FOLDER` if the folder cannot be made or read.
 */
export const startListWatch = (
  options: WorkerTools & {
    config: NonNullable<GateConfig['lists']>;
    dataDir: string;
    lists: Lists;
    /** A list waits for control. */
    onQueued(): void;
  },
): Promise<Worker> =>
  watchSignedFolder({
    ...options,
    what: 'signed lists',
    member: 'lists.folder',
    code: 'LISTS_FOLDER',
    folder: options.config.folder,
    pollMs: options.config.pollMs,
    names: /\.json$/,
    moves: false,
    take: (bytes, jws) => options.lists.take(bytes, jws, options.clock.nowMs()),
    refusalText,
  });
