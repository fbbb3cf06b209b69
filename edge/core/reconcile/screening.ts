/**
 * What was found on the vehicle: alarms, tests, damage, dangerous goods, temperature, and whether an empty is empty. What is
 * seen against it always counts, whatever the checkpoint demands; no priority lets anybody off.
 */
import { parseUnNumber } from '../../../protocols/un-number.ts';
import { type Reason, reason } from '../reasons.ts';
import { type Evidence, evidenceOf, isFresh, isReading, type Judged, newest, seenOf } from './case.ts';

/** What a device or an officer has found, whoever it is. */
export function alarmReasons(evidence: readonly Evidence[]): Reason[] {
  return evidence.flatMap((one): Reason[] => {
    switch (one.kind) {
      case 'radiation':
        return one.alarm ? [reason('RADIATION_ALARM', '', one.device)] : [];
      case 'test': {
        if (!one.positive) return [];
        const isEmergency = one.substance === 'explosive' || one.substance === 'chemical';
        const detail = [one.substance, one.sample].filter((part) => part !== undefined).join(' ');
        return [reason(isEmergency ? 'EXPLOSIVE_OR_CHEMICAL' : 'TEST_POSITIVE', detail, one.device)];
      }
      case 'damage':
        return one.damaged
          ? [reason('CONTAINER_DAMAGED', [one.container, one.what].filter(Boolean).join(' '), one.device)]
          : [];
      case 'gauge':
        return one.exceeded ? [reason('OUT_OF_GAUGE', one.what, one.device)] : [];
      default:
        return [];
    }
  });
}

/** What was measured of a matched vehicle and its goods. */
export function screeningReasons(the: Judged): Reason[] {
  return [
    ...radiationReasons(the),
    ...emptinessReasons(the),
    ...placardReasons(the),
    ...temperatureReasons(the),
  ];
}

function radiationReasons(the: Judged): Reason[] {
  if (!the.conditions.has('radiation')) return [];
  const [portal] = newest(evidenceOf(the, 'radiation'));
  if (portal === undefined)
    return [reason(isReading(the) ? 'EVIDENCE_PENDING' : 'RADIATION_UNKNOWN', 'radiation')];
  return isFresh(the, portal) ? [] : [reason('EVIDENCE_STALE', 'radiation', portal.device)];
}

function emptinessReasons(the: Judged): Reason[] {
  if (the.crossing.load !== 'empty') return [];
  const full = seenOf(the, 'emptiness').filter(({ empty }) => !empty);
  if (full.length > 0)
    return full.map(({ container, device }) => reason('EMPTY_NOT_EMPTY', container, device));
  if (!the.conditions.has('emptiness')) return [];
  const looks = evidenceOf(the, 'emptiness');
  return the.crossing.containers.flatMap(({ number }) => {
    const [own] = newest(looks.filter(({ container }) => container === undefined || container === number));
    if (own === undefined)
      return [reason('EVIDENCE_PENDING', `${number}: nobody has looked whether it is empty`)];
    return isFresh(the, own) ? [] : [reason('EVIDENCE_STALE', `emptiness of ${number}`, own.device)];
  });
}

/** A placard that no declaration explains, and dangerous goods the road does not take. */
function placardReasons(the: Judged): Reason[] {
  const declared = the.crossing.containers.flatMap(({ dangerousGoods = [] }) => dangerousGoods.map(unNumber));
  const undeclared = seenOf(the, 'placard').filter(({ value }) => !declared.includes(unNumber(value)));
  const taken = the.policy.dangerousGoods.map(unNumber);
  const refused = declared.filter((un) => !taken.includes(un));
  return [
    ...undeclared.map(({ value, device }) =>
      reason('DANGEROUS_GOODS', `placard ${value}, not declared`, device),
    ),
    ...refused.map((un) => reason('DANGEROUS_GOODS', `UN ${un} is not taken on this road`)),
  ];
}

/** One form for `UN 1203` and `1203`; a text that is no UN number stays as it is. */
const unNumber = (text: string): string => parseUnNumber(text) ?? text;

function temperatureReasons(the: Judged): Reason[] {
  const { crossing, conditions } = the;
  return crossing.containers.flatMap(({ number, temperature }) => {
    if (temperature === undefined) return [];
    const isOwn = ({ container }: { container?: string }): boolean =>
      container === undefined || container === number;
    const { minC, maxC } = temperature;
    const outside = newest(seenOf(the, 'temperature').filter(isOwn)).filter(
      ({ celsius }) => !(celsius >= minC && celsius <= maxC),
    );
    const reasons = outside.map(({ celsius, device }) =>
      reason('REEFER_TEMPERATURE', `${number} at ${celsius} °C, ${minC} to ${maxC}`, device),
    );
    if (!conditions.has('temperature')) return reasons;
    const [counted] = newest(evidenceOf(the, 'temperature').filter(isOwn));
    const what = `temperature of ${number}`;
    if (counted === undefined) return [...reasons, reason('EVIDENCE_PENDING', what)];
    return isFresh(the, counted) ? reasons : [...reasons, reason('EVIDENCE_STALE', what, counted.device)];
  });
}
