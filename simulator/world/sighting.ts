import { Subject } from 'rxjs';
import type { WorldContext } from './context.ts';
import { QUALITY_MAX, QUALITY_MIN, SIGHTING_PERIOD_MS } from './durations.ts';
import { drawPicture } from './picture.ts';
import type { Sighting, SightingModel } from './ports.ts';

/** A plate camera or container-code reader. */
export interface SightingDevice extends SightingModel {
  /**
   * Something stands before it: reads `text()` after `delayMs` and again every few seconds, until the returned function
   * is called. No text, no reading.
   */
  watch(text: () => { text: string; country?: string } | undefined, delayMs: number): () => void;
  /** Makes one reading now. */
  see(sighting: Sighting): void;
  /** Fault: what the device makes of a reading; undefined drops it. Unset: reads truly. */
  distort: ((sighting: Sighting) => Sighting | undefined) | undefined;
  /** Fault: sees nothing at all. */
  blind: boolean;
}

export function createSightingDevice(context: WorldContext): SightingDevice {
  const sightings = new Subject<Sighting>();
  let lastText = '';

  const device: SightingDevice = {
    sightings,
    picture: () => drawPicture(lastText),
    distort: undefined,
    blind: false,
    see(sighting) {
      if (device.blind) return;
      const read = device.distort === undefined ? sighting : device.distort(sighting);
      if (read === undefined) return;
      context.say(() => {
        lastText = read.text;
        sightings.next(read);
      });
    },
    watch(look, delayMs) {
      let cancel = context.clock.after(delayMs, read);
      function read(): void {
        cancel = context.clock.after(SIGHTING_PERIOD_MS, read);
        const seen = look();
        if (seen === undefined) return;
        const quality = Math.round(QUALITY_MIN + context.random.next() * (QUALITY_MAX - QUALITY_MIN));
        device.see({ ...seen, quality });
      }
      return () => cancel();
    },
  };
  return device;
}
