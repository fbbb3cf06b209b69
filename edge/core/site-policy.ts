/**
 * What the site demands now: its configuration over the defaults, the signed lists it holds, and the outage regime in force.
 * Derived and kept beside the state, never in it.
 */
import { type Checkpoint, type Condition, checkpointName, type GateConfig } from '../../config/schema.ts';
import { outageInForce } from './outage-regime.ts';
import type { Load, Policy, Regime, RiskRule } from './reconcile/case.ts';
import { defaultPolicy } from './reconcile/policy.ts';
import { configOf } from './site.ts';
import type { GateState } from './state.ts';

type Reconciliation = NonNullable<GateConfig['reconciliation']>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const ofConfig = new WeakMap<GateConfig, Policy>();
/** Lists and regime are replaced, never changed in place: the same objects mean the same policy. */
let latest: { base: Policy; lists: GateState['lists']; outage: Policy['outage']; policy: Policy } | undefined;

/** What is demanded as things stand; the same object until something of it changes. */
export function policyOf(state: GateState): Policy {
  const base = configured(configOf(state));
  const { lists } = state;
  const outage = outageInForce(state);
  if (outage === undefined && isEmpty(lists)) return base;
  if (latest?.base === base && latest.lists === lists && latest.outage === outage) return latest.policy;
  const policy: Policy = { ...base, lists: Object.values(lists), ...(outage !== undefined && { outage }) };
  latest = { base, lists, outage, policy };
  return policy;
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}

/** What the configuration alone demands. */
function configured(config: GateConfig): Policy {
  const known = ofConfig.get(config);
  if (known !== undefined) return known;
  const { evidence, customs, gate, reconciliation = {} } = config;
  const {
    weight,
    dwell,
    advanceHours,
    substitutes,
    identification,
    rules = [],
    regimes = [],
    basis = {},
  } = reconciliation;
  const policy: Policy = {
    ...defaultPolicy,
    ...pick(reconciliation, ['travelMsMin', 'mixedCargo', 'dangerousGoods']),
    conditions: Object.fromEntries(
      checkpointName.options.map((checkpoint) => [checkpoint, conditionsAt(config, checkpoint)]),
    ) as Policy['conditions'],
    basis: { ...defaultPolicy.basis, ...datesOf(basis, gate.utcOffset) },
    identify: { ...defaultPolicy.identify, ...identification },
    evidenceAgeMsMax: evidence.ageMsMax,
    clearanceAgeMsMax: customs.clearanceAgeMsMax,
    weight: {
      ...defaultPolicy.weight,
      ...weight,
      tolerance: { percent: evidence.weightTolerancePercent, kg: evidence.weightToleranceKg },
    },
    ...(substitutes !== undefined && {
      substitutes: substitutes.conditions,
      handheldPerHourMax: substitutes.perHourMax,
    }),
    ...(advanceHours !== undefined && { advanceAgeMsMax: advanceHours * HOUR_MS }),
    ...(dwell !== undefined && {
      dwell: { oneWayMs: dwell.oneWayHours * HOUR_MS, bothWaysMs: dwell.bothWaysHours * HOUR_MS },
    }),
    rules: [
      ...defaultPolicy.rules.filter(({ id }) => rules.every((own) => own.id !== id)),
      ...rules.map((rule) => ruleOf(rule, gate.utcOffset)),
    ],
    regimes: regimes.map((regime) => regimeOf(regime, gate.utcOffset)),
  };
  ofConfig.set(config, policy);
  return policy;
}

const pick = <T extends object, Key extends keyof T>(from: T, keys: readonly Key[]): Pick<T, Key> =>
  Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]])) as Pick<T, Key>;

// ---------------------------------------------------------------- dates of the law

type Days = { from?: string; until?: string };

/** From the beginning of the first day to the end of the last, by the gate’s own clock. */
function instantsOf({ from, until }: Days, utcOffset: string): { from?: number; until?: number } {
  const beginning = (day: string): number => Date.parse(`${day}T00:00:00${utcOffset}`);
  return {
    ...(from !== undefined && { from: beginning(from) }),
    ...(until !== undefined && { until: beginning(until) + DAY_MS }),
  };
}

const datesOf = (basis: NonNullable<Reconciliation['basis']>, utcOffset: string): Policy['basis'] =>
  Object.fromEntries(
    Object.entries(basis).map(([condition, { legalBasis, ...days }]) => [
      condition,
      { legalBasis, ...instantsOf(days, utcOffset) },
    ]),
  );

function ruleOf(rule: NonNullable<Reconciliation['rules']>[number], utcOffset: string): RiskRule {
  const { from: _from, until: _until, ...rest } = rule;
  return { ...rest, from: 0, ...instantsOf(rule, utcOffset) };
}

function regimeOf(regime: NonNullable<Reconciliation['regimes']>[number], utcOffset: string): Regime {
  const { from = 0, until = 0 } = instantsOf(regime, utcOffset);
  return { ...regime, from, until };
}

// ---------------------------------------------------------------- conditions

/** What the gate itself must know wherever containers pass, whatever is in them. */
const OF_THE_GATE: readonly Condition[] = ['line-clear', 'grant', 'bay'];

/** What of the usual demands a site without its own word on them gets: what the lanes there have devices for. */
function conditionsAt(
  { checkpoints, lanes }: GateConfig,
  checkpoint: Checkpoint,
): Readonly<Record<Load, readonly Condition[]>> {
  const { laden, bobtail, ...own } = checkpoints[checkpoint];
  const here = lanes.filter((lane) => lane.checkpoint === checkpoint && lane.loads.includes('laden'));
  const isTold: Partial<Record<Condition, boolean>> = {
    container: here.every(({ devices }) => devices.reader !== undefined || devices.rearReader !== undefined),
    weight: here.every(({ devices }) => devices.scale !== undefined),
    trailer: here.every(({ devices }) => devices.rearCamera !== undefined),
    seal: false,
    radiation: false,
    emptiness: false,
    temperature: false,
  };
  const usual = (load: 'empty' | 'return'): readonly Condition[] => [
    ...defaultPolicy.conditions[checkpoint][load].filter((condition) => isTold[condition] !== false),
    ...OF_THE_GATE.filter((condition) => laden.includes(condition)),
  ];
  return { laden, bobtail, empty: own.empty ?? usual('empty'), return: own.return ?? usual('return') };
}
