/** Runs asynchronous tasks one after another, in the order asked; a failed one does not stop the next. */
export function createSerial(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    // The failure belongs to who asked for the task; the queue only needs to know that it ended.
    last = result.catch(() => undefined);
    return result;
  };
}
