/** Whether a camera has misled its gate: read another plate than the one before it, or told of a reading later than it was made. */
export interface CameraWatch {
  /** The camera has read `text` while `plate` stood before it. */
  made(text: string, plate: string | undefined): void;
  /** A reading has come to the gate. */
  arrived(text: string): void;
  misledWithin(ms: number): boolean;
}

interface Event {
  atMs: number;
  text: string;
}

export function watchCamera(nowMs: () => number): CameraWatch {
  let newest: Event | undefined;
  /** Has come, and was not made at this moment as far as is known yet: who listens first is told first. */
  let unexplained: Event | undefined;
  let misledAtMs = Number.NEGATIVE_INFINITY;

  const isNow = (event: Event | undefined, text: string): boolean =>
    event !== undefined && event.atMs === nowMs() && event.text === text;

  return {
    made(text, plate) {
      if (isNow(unexplained, text)) unexplained = undefined;
      newest = { atMs: nowMs(), text };
      if (plate !== undefined && plate !== text) misledAtMs = nowMs();
    },
    arrived(text) {
      if (unexplained !== undefined) misledAtMs = unexplained.atMs;
      unexplained = isNow(newest, text) ? undefined : { atMs: nowMs(), text };
    },
    misledWithin: (ms) => Math.max(misledAtMs, unexplained?.atMs ?? misledAtMs) >= nowMs() - ms,
  };
}
