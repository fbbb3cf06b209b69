/**
 * The probe: traffic alone never wishes most of what the interlock forbids, so it would not show that a condition is missing.
 * Here the interlock is asked for what nobody wished, and its answer is judged. The probe sends nothing and changes nothing.
 */
import type { Part, Scene } from './invariants/scene.ts';
import { createCustomsWords } from './probe/customs-words.ts';
import { createForgedLines } from './probe/forged-lines.ts';
import { createForgedReports } from './probe/forged-reports.ts';
import { createMadeUp } from './probe/made-up.ts';
import { createOneThingDifferent } from './probe/one-thing-different.ts';
import { createRefugeProbe } from './probe/refuges.ts';
import { createReleaseProbe } from './probe/releases.ts';
import { createToldTwice } from './probe/told-twice.ts';

export function createProbe(scene: Scene): Part {
  const different = createOneThingDifferent(scene);
  const madeUp = createMadeUp(scene);
  const releases = createReleaseProbe(scene);
  const refuges = createRefugeProbe(scene);
  const lines = createForgedLines(scene);
  const reports = createForgedReports(scene);
  const words = createCustomsWords(scene);
  const twice = createToldTwice(scene);
  return {
    stepped(watched, input) {
      releases.stepped?.(watched, input);
      refuges.stepped?.(watched, input);
      // While the two logs are read as history nothing of them is judged.
      if (watched.gate.state.log.restoring === null) lines.stepped?.(watched, input);
      reports.stepped?.(watched, input);
      words.stepped?.(watched, input);
      twice.stepped?.(watched, input);
      madeUp.stepped?.(watched, input);
    },
    sent(watched, command) {
      different.sent?.(watched, command);
      madeUp.sent?.(watched, command);
    },
    crashed(watched) {
      releases.crashed?.(watched);
    },
  };
}
