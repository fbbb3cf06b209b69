/** Reads server-sent events as a browser does. */
import { type ClientRequest, get } from 'node:http';

type Data = Record<string, unknown>;

export class EventReader {
  readonly #events: { name: string; data: Data }[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #request: ClientRequest;
  #closed = false;

  constructor(url: string, headers: Record<string, string> = {}) {
    let rest = '';
    this.#request = get(url, { headers }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const frames = (rest + text).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) this.#take(frame);
        for (const wake of [...this.#waiting]) wake();
      });
      response.on('error', () => this.close());
    });
    this.#request.on('error', () => this.close());
  }

  #take(frame: string): void {
    const field = (name: string): string =>
      frame
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2) ?? '';
    this.#events.push({ name: field('event'), data: JSON.parse(field('data')) as Data });
  }

  /** All events of this name so far. */
  seen(name: string): Data[] {
    return this.#events.filter((event) => event.name === name).map((event) => event.data);
  }

  /** The first event of this name, past or to come, that fits. */
  until(name: string, fits: (data: Data) => boolean = () => true): Promise<Data> {
    return new Promise((resolve, reject) => {
      let looked = 0;
      const wake = (): void => {
        const found = this.#events
          .slice(looked)
          .find((event) => event.name === name && fits(event.data))?.data;
        looked = this.#events.length;
        if (found === undefined && !this.#closed) return;
        this.#waiting.delete(wake);
        if (found) resolve(found);
        else reject(new Error(`the stream ended before the event "${name}"`));
      };
      this.#waiting.add(wake);
      wake();
    });
  }

  close(): void {
    this.#closed = true;
    this.#request.destroy();
    for (const wake of [...this.#waiting]) wake();
  }
}
