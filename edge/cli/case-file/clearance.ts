/** What customs says, declaration by declaration, and what examiners have found. */
import { z } from 'zod';
import { REQUIREMENTS } from '../../../protocols/clearance/words.ts';
import type { ClearanceRow, ExpectedCrossing } from '../../core/reconcile/case.ts';
import {
  CHANNELS,
  REQUIREMENT_STATES,
  SEAL_RULES,
  STATUSES,
  stricter,
  strictestRequirements,
} from '../../core/reconcile/clearance.ts';
import { LOOSE } from '../../core/reconcile/rows.ts';
import { claim } from './advance.ts';
import { completeness, containerNumber, declarationNumber, instant, kg, name, text, texts } from './words.ts';

const requirement = z.enum(REQUIREMENT_STATES).exactOptional();
/** Of the container alone, where it says so itself. */
const claims = z.array(claim).max(100);
const quantity = z.object({ packages: z.int().min(0).exactOptional(), kg: kg.exactOptional() });

/** What may be stated for the declaration, and stricter for one of its containers. */
const word = {
  channel: z.enum(CHANNELS),
  status: z.enum(STATUSES),
  validUntil: instant.exactOptional(),
  grossKg: kg.exactOptional(),
  /** A word that nobody knows here tells as little as none would, and is not taken for one that is known. */
  grossBasis: z
    .enum(['cargo', 'cargo+container', 'unknown'])
    .or(z.string().transform(() => 'unknown' as const))
    .exactOptional(),
  sealRule: z.enum(SEAL_RULES).exactOptional(),
  conditions: z
    .object(
      Object.fromEntries(REQUIREMENTS.map((one) => [one, requirement])) as Record<
        (typeof REQUIREMENTS)[number],
        typeof requirement
      >,
    )
    .exactOptional(),
  goods: z
    .array(
      z.object({
        hs: name,
        origin: name.exactOptional(),
        product: name.exactOptional(),
        licence: name.exactOptional(),
      }),
    )
    .max(10_000)
    .exactOptional(),
};

const clearedContainer = z.object({
  ...word,
  number: containerNumber,
  channel: word.channel.exactOptional(),
  status: word.status.exactOptional(),
  complete: completeness.exactOptional(),
  seals: texts.exactOptional(),
  /** Of the box, where whoever announced it says nothing. */
  sizeType: name.exactOptional(),
  tareKg: kg.exactOptional(),
  allotment: quantity.exactOptional(),
  usedBy: name.exactOptional(),
  claims: claims.exactOptional(),
});

export const clearance = z.object({
  ...word,
  declaration: declarationNumber,
  kind: z.enum(['export', 'import', 'transit']),
  asOf: instant.exactOptional(),
  source: text.default(''),
  /** Absent: complete. */
  complete: completeness.default(true),
  containers: z.array(clearedContainer).max(10_000).exactOptional(),
  parties: z
    .array(
      z.object({
        role: z.enum(['declarant', 'consignor', 'consignee', 'carrier', 'producer']),
        id: name,
        name: name.exactOptional(),
      }),
    )
    .max(100)
    .exactOptional(),
  aeo: z.boolean().exactOptional(),
  mrn: name.exactOptional(),
  returnBy: instant.exactOptional(),
  remaining: quantity.exactOptional(),
  claims: claims.exactOptional(),
});

export const examination = z.object({
  examinationId: name.default('examination'),
  container: containerNumber,
  requirement: z.enum(REQUIREMENTS),
  state: z.enum(['required', 'passed', 'failed']),
  source: text.default(''),
  officer: name.exactOptional(),
  reference: name.exactOptional(),
  examinedAt: instant.default(0),
});

type Stated = z.infer<typeof clearance>;
type StatedContainer = z.infer<typeof clearedContainer>;

/** One row for each container of each declaration, as the core takes them. */
export function rowsOf(stated: readonly Stated[], expected: readonly ExpectedCrossing[]): ClearanceRow[] {
  const announced = announcedUnder(expected);
  return stated.flatMap((one) => rowsOfOne(one, announced));
}

function rowsOfOne(stated: Stated, announced: ReadonlyMap<string, ReadonlySet<string>>): ClearanceRow[] {
  const { containers, conditions, grossKg, ...common } = stated;
  const row = { ...common, requirements: strictestRequirements(conditions) };
  const loose: ClearanceRow = { ...row, container: LOOSE, ...(grossKg !== undefined && { grossKg }) };
  if (containers === undefined) {
    // It does not say which containers it covers: those announced under it may be among them.
    const numbers = [...(announced.get(stated.declaration) ?? [])];
    return [loose, ...numbers.map((container) => ({ ...row, container, complete: false }))];
  }
  const only = containers.length === 1 && grossKg !== undefined ? { grossKg } : {};
  return containers.length === 0 ? [loose] : containers.map((one) => rowOf({ ...row, ...only }, one));
}

/** What is said of the container counts where it is stricter. */
function rowOf(row: Omit<ClearanceRow, 'container'>, stated: StatedContainer): ClearanceRow {
  const { number, channel, status, complete, validUntil, sealRule, conditions, sizeType, tareKg, ...own } =
    stated;
  return {
    ...row,
    ...own,
    container: number,
    channel: stricter(CHANNELS, row.channel, channel ?? row.channel),
    status: stricter(STATUSES, row.status, status ?? row.status),
    complete: row.complete !== false && complete !== false,
    requirements: strictestRequirements(row.requirements, conditions),
    ...earlierOf(row.validUntil, validUntil),
    ...(sealRule !== undefined && { sealRule: stricter(SEAL_RULES, row.sealRule ?? 'none', sealRule) }),
  };
}

/** Those expected, with what is declared of the boxes themselves where nobody has announced it. Two words of one box are none. */
export function withBoxes(
  expected: readonly ExpectedCrossing[],
  stated: readonly Stated[],
): ExpectedCrossing[] {
  const boxes = stated.flatMap(({ containers = [] }) => containers);
  const only = <Word>(words: readonly (Word | undefined)[]): Word | undefined => {
    const distinct = new Set(words.filter((word) => word !== undefined));
    return distinct.size === 1 ? [...distinct][0] : undefined;
  };
  const described = new Map(
    [...Map.groupBy(boxes, ({ number }) => number)].map(([number, of]) => {
      const sizeType = only(of.map((one) => one.sizeType));
      const tareKg = only(of.map((one) => one.tareKg));
      return [
        number,
        { ...(sizeType !== undefined && { sizeType }), ...(tareKg !== undefined && { tareKg }) },
      ] as const;
    }),
  );
  return expected.map((one) => ({
    ...one,
    containers: one.containers.map((box) => ({ ...described.get(box.number), ...box })),
  }));
}

function earlierOf(a: number | undefined, b: number | undefined): { validUntil?: number } {
  const given = [a, b].filter((one) => one !== undefined);
  return given.length === 0 ? {} : { validUntil: Math.min(...given) };
}

/** The containers that are announced under each declaration. */
function announcedUnder(expected: readonly ExpectedCrossing[]): ReadonlyMap<string, ReadonlySet<string>> {
  const under = new Map<string, Set<string>>();
  for (const { declarations, containers } of expected)
    for (const { number, declarations: own = [] } of containers)
      for (const declaration of [...declarations, ...own]) {
        const numbers = under.get(declaration) ?? new Set();
        under.set(declaration, numbers.add(number));
      }
  return under;
}
