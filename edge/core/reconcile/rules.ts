/**
 * Local risk rules by goods, origin, party and route: origin fraud, illegal transhipment, waste, forced labour. Each names its
 * legal basis and the dates between which it holds.
 */
import type { Goods } from '../../../protocols/clearance/words.ts';
import { normaliseHsCode, wasteOf } from '../../../protocols/hs-code.ts';
import { ownedBy, type Reason, reason } from '../reasons.ts';
import type { ClearanceRow, Judged, RiskRule } from './case.ts';
import { plainText } from './lists.ts';
import { cleared, rowsOf } from './rows.ts';

/** Goods a rule can speak of, in comparable form: what customs states, else what was announced. */
export interface Cargo {
  container: string;
  /** Absent: only announced. */
  declaration?: string;
  kind?: ClearanceRow['kind'];
  parties: readonly string[];
  goods: readonly { code: string; origin: string; isLicensed: boolean; isWaste: boolean }[];
}

export function ruleReasons(the: Judged): Reason[] {
  const { at, checkpoint, policy } = the;
  const inForce = policy.rules.filter(
    ({ from, until, when: { checkpoints } }) =>
      at >= from &&
      (until === undefined || at < until) &&
      (checkpoints === undefined || checkpoints.includes(checkpoint)),
  );
  if (inForce.length === 0) return [];
  const cargo = cargoOf(the);
  return inForce.flatMap(({ id, name, owner, legalBasis, when }) => {
    const byContainer = Map.groupBy(cargo.filter(hits(when)), ({ container }) => container);
    // Container by container: what is found of one says nothing of the other.
    return [...byContainer.values()].map((hit) =>
      ownedBy(owner, reason('RISK_RULE_HIT', `${name}: ${nameOf(hit)}`, `${id} (${legalBasis})`)),
    );
  });
}

/** Of thousands of consignments in one container so many are told. */
const DECLARATIONS_TOLD_MAX = 10;

/** A container and the declarations that are hit. */
function nameOf(hit: readonly Cargo[]): string {
  const declarations = [...new Set(hit.flatMap(({ declaration }) => declaration ?? []))].sort();
  const more = declarations.length - DECLARATIONS_TOLD_MAX;
  const told = declarations.slice(0, DECLARATIONS_TOLD_MAX).join(', ');
  const under = told === '' ? 'as announced' : `under ${told}${more > 0 ? ` and ${more} more` : ''}`;
  return `${hit[0]?.container} ${under}`.trim();
}

/** What is on a vehicle, container by container. */
export function cargoOf(the: Pick<Judged, 'crossing' | 'clearances' | 'checkpoint'>): Cargo[] {
  const { load, containers } = the.crossing;
  if (load === 'bobtail') return [];
  const announced = new Map(containers.map(({ number, hs = [] }) => [number, hs]));
  return cleared(the.crossing).flatMap(({ number }): Cargo[] => {
    const rows = rowsOf(the, number);
    const stated = rows.map(({ declaration, kind, goods = [], parties = [] }) => ({
      container: number,
      declaration,
      kind,
      parties: parties.map(({ id }) => plainText(id)),
      goods: goods.map(comparable),
    }));
    if (stated.some(({ goods }) => goods.length > 0)) return stated;
    const goods = (announced.get(number) ?? []).map((hs) => comparable({ hs }));
    return [...stated, { container: number, parties: [], goods }];
  });
}

function comparable({ hs, origin = '', licence }: Goods): Cargo['goods'][number] {
  const code = normaliseHsCode(hs);
  return {
    code,
    origin: plainText(origin),
    isLicensed: licence !== undefined,
    isWaste: wasteOf(code) !== undefined,
  };
}

/** Whether it asks anything of goods, their papers or parties at all. */
export const asksForGoods = ({ checkpoints: _, ...goods }: RiskRule['when']): boolean =>
  Object.keys(goods).length > 0;

/** Whether all that a rule asks for holds of some goods. */
export function hits({
  kinds,
  hs,
  origins,
  parties,
  unlicensed,
  waste,
}: RiskRule['when']): (cargo: Cargo) => boolean {
  const beginnings = hs?.map(normaliseHsCode);
  const fromThere = origins === undefined ? undefined : new Set(origins.map(plainText));
  const ofThem = parties === undefined ? undefined : new Set(parties.map(plainText));
  const asksGoods = hs !== undefined || origins !== undefined || unlicensed === true || waste === true;
  return ({ kind, parties: involved, goods }) => {
    if (kinds !== undefined && (kind === undefined || !kinds.includes(kind))) return false;
    if (ofThem !== undefined && !involved.some((id) => ofThem.has(id))) return false;
    if (!asksGoods) return kind !== undefined;
    return goods.some(
      ({ code, origin, isLicensed, isWaste }) =>
        (beginnings === undefined || beginnings.some((beginning) => code.startsWith(beginning))) &&
        (fromThere === undefined || fromThere.has(origin)) &&
        (unlicensed !== true || !isLicensed) &&
        (waste !== true || isWaste),
    );
  };
}
