/** One line a message on standard error: readable by a person, kept by journald. The journal, not the log, is the record. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** The same log, its lines marked with one more component name. */
  child(component: string): Log;
}

/** Writes `LEVEL component: message key=value …` to standard error. */
export function createLog(
  component: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const line =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      const tail = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join('');
      write(`${level} ${component}: ${message}${tail}\n`);
    };
  return {
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
    child: (name) => createLog(`${component}/${name}`, write),
  };
}

/** Discards everything; for tests that do not look at the log. */
export const silentLog: Log = { info() {}, warn() {}, error() {}, child: () => silentLog };
