/**
 * I7: a device that is silent for longer than it may be is held against everybody who rests on it (see fresh.ts), and people
 * are called: three seconds after that its alarm is active. After a start every device has fifteen seconds to be heard.
 */
import type { Part, Scene, Watched } from './scene.ts';

/** From stale to the alarm, as the core has it, and from the start. */
const OFFLINE_ALARM_MS = 3_000;
const UNHEARD_ALARM_MS = 15_000;
/** For a clock that drifts, and an alarm that waits for the gate's next input. */
const MARGIN_MS = 2_000;

export function createSilence({ run, book, gates }: Scene): Part {
  const startedMs = new Map<string, number>();
  /** Cuts already found alarmed, by `gate/device`: their beginning. */
  const settled = new Map<string, number>();
  let lookedMs = 0;

  function look({ id, gate, plan, wiring }: Watched, nowMs: number): void {
    for (const [device, sinceMs] of wiring.cut) {
      const key = `${id}/${device}`;
      if (settled.get(key) === sinceMs) continue;
      const silentMs = sinceMs + (plan.staleAfterMs.get(device) ?? 0) + OFFLINE_ALARM_MS;
      const unheardMs = (startedMs.get(id) ?? 0) + UNHEARD_ALARM_MS;
      if (nowMs <= Math.max(silentMs, unheardMs) + MARGIN_MS) continue;
      settled.set(key, sinceMs);
      book.check();
      const alarm = gate.state.alarms[`DEVICE_OFFLINE/${device}`];
      if (alarm !== undefined && alarm.state !== 'returned') continue;
      // Only so many alarms are kept at once; what is dropped is recorded.
      if ((gate.state.counters['alarms-dropped'] ?? 0) > 0) book.note('silence: alarms were dropped');
      else
        book.violate(
          'I7',
          id,
          `${device} is silent for ${Math.round(nowMs - sinceMs)} ms, and nobody is called`,
        );
    }
  }

  return {
    stepped({ id }, input) {
      const nowMs = run.clock.monotonicMs();
      if (input.type === 'boot') startedMs.set(id, nowMs);
      // Once a second is often enough; where nothing is cut it costs nothing.
      if (nowMs - lookedMs < 1_000) return;
      lookedMs = nowMs;
      for (const watched of gates.values())
        if (watched.wiring.cut.size > 0 && watched.gate.isUp) look(watched, nowMs);
    },
    crashed({ id }) {
      for (const key of settled.keys()) if (key.startsWith(`${id}/`)) settled.delete(key);
    },
  };
}
