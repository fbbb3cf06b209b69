/** What the exactly pinned onvif 0.8.3 does not declare, and `session.ts` stands on. */
import type { UrlWithStringQuery } from 'node:url';

declare module 'onvif' {
  interface Cam {
    /** Of the device service. */
    path: string;
    /** Every request of the library goes through here. `replyTimeout` is set on pulls only. */
    _request(
      options: { service?: string; url?: UrlWithStringQuery; body: string; replyTimeout?: number },
      callback: (error: Error | null, data?: unknown, xml?: string, statusCode?: number) => void,
    ): void;
  }
}
