/** What the gate tells people in a yard trial: each alarm that must be, and none for nothing. */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';
import type { Crossing, GateState } from '../../edge/core/state.ts';

/** From something to be told of until it must have been. */
const TELL_MS = 3_500;

/** What has happened may be noticed here so much later than by the gate. */
export const LOOKED_MS = 2_000;

export interface Told {
  /** Something has happened that must be told soon, as this or as one of the others. */
  mustTell(code: AlarmCode, ...or: AlarmCode[]): void;
  /** From now on it is no wonder. */
  mayTell(code: AlarmCode): void;
  /** The alarm must stand while this is so, and not when it is not. */
  watch(code: AlarmCode, subject: string, isSo: boolean): void;
  /** A decision on an alarm has become durable. */
  heard(decision: { alarm: string; state: string }): void;
  look(): void;
  /** An alarm that stays, or null. */
  standing(): string | null;
  /** What holds a crossing, for people. */
  why(crossing: Crossing): string;
}

export interface ToldOptions {
  blinded: boolean;
  may: ReadonlySet<AlarmCode>;
  now(): number;
  alarms(): GateState['alarms'];
  violate(what: string): void;
}

/** What people bring about by seeing to things, and what is only about the trial's being so short. */
const ALWAYS: ReadonlySet<AlarmCode> = new Set<AlarmCode>(['SECOND_PERSON', 'LINK_DOWN', 'ALARM_FLOOD']);
/** Those of the yard: when all is well again none of them stands. */
const OF_THE_YARD: ReadonlySet<AlarmCode> = new Set<AlarmCode>([
  'BAY_OCCUPIED',
  'CONTAINER_MISMATCH',
  'DEVICE_OFFLINE',
  'JOB_FAILED',
  'JOB_LOST',
  'JOB_STUCK',
  'SPREADER_CONTRADICTS',
]);

export function createTold({ blinded, may, now, alarms, violate }: ToldOptions): Told {
  let due: { codes: readonly AlarmCode[]; sinceMs: number }[] = [];
  const justified = new Set<AlarmCode>();
  const raisedAt = new Map<AlarmCode, number>();
  const watched = new Map<string, { isSo: boolean; sinceMs: number }>();

  const isStanding = (id: string): boolean => (alarms()[id]?.state ?? 'returned') !== 'returned';
  const stands = (code: AlarmCode): boolean =>
    Object.values(alarms()).some((alarm) => alarm.code === code && alarm.state !== 'returned');

  return {
    mustTell(...codes) {
      for (const code of codes) justified.add(code);
      if (!blinded && !codes.some(stands)) due.push({ codes, sinceMs: now() });
    },
    mayTell(code) {
      justified.add(code);
    },
    watch(code, subject, isSo) {
      const id = `${code}/${subject}`;
      if (isSo) justified.add(code);
      if (watched.get(id)?.isSo !== isSo) watched.set(id, { isSo, sinceMs: now() });
    },
    heard({ alarm, state }) {
      const code = alarm.split('/')[0] as AlarmCode;
      if (state !== 'raised') return;
      raisedAt.set(code, now());
      if (!blinded && !may.has(code) && !justified.has(code) && !ALWAYS.has(code))
        violate(`${alarm} is raised for nothing`);
    },
    look() {
      due = due.filter(
        ({ codes, sinceMs }) =>
          !codes.some(
            (code) => stands(code) || (raisedAt.get(code) ?? Number.NEGATIVE_INFINITY) >= sinceMs - LOOKED_MS,
          ),
      );
      const late = due.find(({ sinceMs }) => sinceMs + TELL_MS < now());
      if (late !== undefined) violate(`nobody is told ${late.codes.join(' or ')}`);
      if (blinded) return;
      for (const [id, { isSo, sinceMs }] of watched)
        if (sinceMs + TELL_MS < now() && isStanding(id) !== isSo)
          violate(isSo ? `nobody is told ${id}` : `${id} stays raised`);
    },
    standing() {
      const one = Object.values(alarms()).find(
        ({ state, code }) => state !== 'returned' && OF_THE_YARD.has(code),
      );
      return one === undefined ? null : `${one.id} stays raised`;
    },
    why: ({ stage, job, findings, reasons }) =>
      JSON.stringify({
        stage,
        job,
        findings: findings.map(({ code }) => code),
        reasons: reasons.map(({ code }) => code),
      }),
  };
}
