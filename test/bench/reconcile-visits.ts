/**
 * The full decision about one visit: who it is among the crossings expected, and everything that speaks against it. Once where every
 * reading is to the letter, and once where one character was misread and everybody expected is held against it.
 */

import type { Case, ClearanceRow, Evidence, ExpectedCrossing } from '../../edge/core/reconcile/case.ts';
import { defaultPolicy } from '../../edge/core/reconcile/policy.ts';
import { reconcile } from '../../edge/core/reconcile.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { seededRandom } from '../../edge/platform/random.ts';
import { checkDigit } from '../../protocols/iso6346.ts';
import { summarise, table } from './stats.ts';

const EXPECTED = 3_000;
const VISITS = 20_000;
const WARM_UP = 2_000;
const AT = Date.UTC(2026, 10, 21, 1);
/** Cross-border e-commerce: every so many containers is under so many declarations. */
const ECOMMERCE_EVERY = 500;
const CONSIGNMENTS = 2_000;

/** Prints microseconds, median and p99. */
export function benchVisits(): void {
  const random = seededRandom(4);
  const draw = (below: number): number => Math.floor(random.next() * below);
  const expected = Array.from({ length: EXPECTED }, (_, index) => crossingOf(index, draw));
  const rows = new Map(expected.map((one, index) => [one.crossingId, rowsOf(one, index)]));
  const measure = (misread: boolean): string[] => {
    const samples: number[] = [];
    let passed = 0;
    for (let visit = 0; visit < WARM_UP + VISITS; visit += 1) {
      const crossing = expected[draw(EXPECTED)] as ExpectedCrossing;
      const the: Case = {
        at: AT,
        checkpoint: 'border-out',
        expected,
        visit: { evidence: evidenceOf(crossing, misread) },
        clearances: { rows: rows.get(crossing.crossingId) ?? [] },
        policy: defaultPolicy,
      };
      const begun = systemClock.monotonicMs();
      const { verdict } = reconcile(the);
      if (visit >= WARM_UP) samples.push((systemClock.monotonicMs() - begun) * 1_000);
      if (verdict === 'pass') passed += 1;
    }
    const { median, p99 } = summarise(samples);
    return [
      misread ? 'one character misread' : 'read to the letter',
      median.toFixed(0),
      p99.toFixed(0),
      `${((passed / (WARM_UP + VISITS)) * 100).toFixed(1)} %`,
    ];
  };
  const head = ['full reconcile of a visit', 'median µs', 'p99 µs', 'passed'];
  process.stdout.write(`\n${table([head, measure(false), measure(true)])}\n`);
  process.stdout.write(`${VISITS} visits each, ${EXPECTED} crossings expected\n`);
}

type Draw = (below: number) => number;

const digits = (draw: Draw, count: number): string => Array.from({ length: count }, () => draw(10)).join('');

function crossingOf(index: number, draw: Draw): ExpectedCrossing {
  const prefix = `MSKU${String(index * 37 + 100_000).padStart(6, '0')}`;
  return {
    crossingId: `x${index}`,
    load: 'laden',
    vehicle: { plate: `12C-${digits(draw, 5)}`, trailer: `12R-${digits(draw, 5)}`, tareKg: 15_200 },
    containers: [{ number: `${prefix}${checkDigit(prefix)}`, seals: [`VN${digits(draw, 6)}`] }],
    declarations: [],
    booked: true,
  };
}

function rowsOf({ containers }: ExpectedCrossing, index: number): ClearanceRow[] {
  const [container] = containers;
  const count = index % ECOMMERCE_EVERY === 0 ? CONSIGNMENTS : 1 + (index % 3);
  return Array.from({ length: count }, (_, at) => ({
    declaration: `3${String(index).padStart(5, '0')}${String(at).padStart(6, '0')}`,
    container: container?.number ?? '',
    kind: 'export',
    channel: 'green',
    status: 'released',
    source: 'VNACCS',
    asOf: AT - 30_000,
    grossKg: 24_000,
    seals: [...(container?.seals ?? [])],
    goods: [{ hs: '08109020' }],
  }));
}

/** A misreading keeps the plate to the letter and takes an 8 of the container for a B, or any last serial digit for a ?. */
function evidenceOf({ vehicle, containers }: ExpectedCrossing, misread: boolean): Evidence[] {
  const [container] = containers;
  const number = container?.number ?? '';
  const seen = misread ? `${number.slice(0, 9)}?${number.slice(10)}` : number;
  const at = AT - 2_000;
  return [
    ...[1, 2, 3].map((n) => read('plate', vehicle.plate ?? '', `p${n}`)),
    ...[1, 2, 3].map((n) => read('trailer', vehicle.trailer ?? '', `t${n}`)),
    ...[1, 2, 3].map((n) => read('container', seen, `c${n}`)),
    { kind: 'seal', device: 'seal-1', value: container?.seals?.[0] ?? '', state: 'intact', quality: 950, at },
    { kind: 'weight', device: 'scale-1', grossKg: 39_250, stable: true, at },
    { kind: 'radiation', device: 'rpm-1', alarm: false, at },
  ];

  function read(kind: 'plate' | 'trailer' | 'container', value: string, readId: string): Evidence {
    return { kind, device: `${kind}-1`, value, quality: 960, readId, at };
  }
}
