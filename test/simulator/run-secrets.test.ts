import assert from 'node:assert/strict';
import fc from 'fast-check';
import { filterOf, type GateConfig } from '../../config/schema.ts';
import type { Input, InputSource } from '../../edge/core/input.ts';
import { startVirtualRun, type VirtualGate, type VirtualRun } from '../../simulator/run.ts';
import { referenceConfigs } from '../support/simulated-site.ts';
import { crossingIn, endUnharmed, untilIn } from '../support/virtual-run.ts';

const [VN, CN] = ['huu-nghi', 'huu-nghi-quan'] as const;
/** What must be found in no line of either log. */
const MARK = 'SECRET';

/** A word that nobody may hear; told apart by where it came in, so that a leak names its source. */
type Secret = (field: string) => string;

/** The input with everything marked that is free text, a name, or no business of the other side. */
function marked(input: Input, secret: Secret): Input {
  switch (input.type) {
    case 'booking':
      return { ...input, bookingId: secret('booking'), declarations: input.declarations };
    case 'clearance':
      return {
        ...input,
        source: secret('system'),
        aeo: true,
        goods: [{ hs: '08109094', origin: 'VN', product: secret('product'), licence: secret('licence') }],
        parties: [
          { role: 'consignor', id: secret('tax-code'), name: secret('trader') },
          { role: 'carrier', id: secret('carrier') },
        ],
      };
    default:
      return input;
  }
}

/** Everything a gate is told goes through here, but for what its devices see. */
function listenIn(gate: VirtualGate, secret: Secret): void {
  const submit = gate.submit;
  gate.submit = (input: Input, from?: InputSource, acknowledge?: () => void) =>
    submit(marked(input, secret), from, acknowledge);
}

/** What people and authorities add on their own. */
function tellMore(run: VirtualRun, gate: VirtualGate, container: string, secret: Secret): void {
  const at = gate.state.now;
  gate.submit({
    type: 'list',
    list: {
      id: `${MARK.toLowerCase()}-list`,
      version: 1,
      name: secret('list'),
      owner: 'customs',
      legalBasis: secret('list-basis'),
      from: 0,
      until: at + 86_400_000,
      entries: [
        { kind: 'party', value: secret('listed-party') },
        { kind: 'container', value: container },
      ],
    },
  });
  gate.submit({
    type: 'examination',
    examinationId: secret('examination'),
    container,
    requirement: 'scan',
    state: 'passed',
    version: 1,
    source: secret('scanner'),
    officer: secret('officer'),
    reference: secret('image'),
    examinedAt: at,
  });
  for (const { id, devices } of gate.config.lanes) {
    const seen = [
      { kind: 'test', positive: false, substance: 'drug', sample: secret('sample') },
      { kind: 'damage', damaged: false, what: secret('damage') },
    ] as const;
    for (const [index, one] of seen.entries())
      gate.submit({ type: 'observation', device: devices.io, readId: `${at}-${index}`, seen: one });
    for (const kind of ['stop-lane', 'resume-lane'] as const)
      gate.submit({
        type: 'operator-act',
        person: secret('person'),
        role: 'supervisor',
        act: { kind, lane: id },
        reason: secret('reason'),
      });
  }
  run.clock.advance(1);
}

interface Crossed {
  run: VirtualRun;
  /** Of both logs. */
  lines: readonly string[];
}

/** Both ways, with a hit on a list, a recall and an empty; ends when all that can cross has crossed. */
function crossWith(configs: readonly GateConfig[], seed: number, secret: Secret): Crossed {
  const run = startVirtualRun(configs, { seed });
  const gates = [VN, CN].map((id) => run.gate(id));
  const lines: string[] = [];
  const kinds = new Set<unknown>();
  for (const gate of gates) {
    listenIn(gate, secret);
    gate.onDecision('handover', ({ record, data }) => {
      kinds.add(record);
      lines.push(String(data));
    });
  }
  run.clock.advance(1_000);
  const recalled = run.world.export(VN);
  run.world.export(CN);
  run.world.export(VN, { load: 'empty' });
  const isOnSection = (): boolean => {
    const { stage, lanes } = crossingIn(run, VN, recalled) ?? {};
    return stage === 'departed' && lanes?.vehicle === undefined;
  };
  untilIn(run, isOnSection, 'on the section');
  run.world.setClearance(VN, recalled, 'withdrawn');
  for (const gate of gates) tellMore(run, gate, run.world.export(gate.config.gate.id), secret);
  untilIn(run, () => ['recalled', 'received', 'closed'].every((kind) => kinds.has(kind)), 'all kinds');
  run.clock.advance(10 * 60_000);
  return { run, lines };
}

const smallest = (): GateConfig[] =>
  structuredClone(referenceConfigs).map((config) => {
    delete config.counterpart.filter;
    return config;
  });
const widest = (): GateConfig[] =>
  structuredClone(referenceConfigs).map((config) => {
    const filter = filterOf(config.counterpart);
    const offered: typeof filter.export.offered = ['seals', 'grossKg', 'declarations', 'sizeType'];
    config.counterpart.filter = { ...filter, export: { ...filter.export, offered } };
    return config;
  });

describe('what is nobody’s business over there', () => {
  it('is in no line of either log, whatever of bookings, clearances, lists, observations and people it is', function () {
    this.timeout(120_000);
    const word = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), word, fc.boolean(), (seed, tail, isWide) => {
        const { run, lines } = crossWith(
          isWide ? widest() : smallest(),
          seed,
          (field) => `${MARK}-${field}-${tail}`,
        );
        assert.ok(lines.length > 10);
        for (const line of lines) assert.equal(line.toUpperCase().includes(MARK), false, line);
        for (const id of [VN, CN])
          assert.ok(
            run
              .gate(id)
              .journal()
              .some(({ body }) => body.includes(`${MARK}-tax-code`)),
            'it was told of us',
          );
        endUnharmed(run);
      }),
      { numRuns: 5 },
    );
  });

  it('nor are seals, weights, declarations, trucks and bookings, where the site lets only the smallest set cross', () => {
    const { run, lines } = crossWith(smallest(), 1, (field) => `${MARK}-${field}`);
    const told = [VN, CN].flatMap((id) =>
      run
        .gate(id)
        .journal()
        .flatMap(({ type, body }) =>
          type === 'booking'
            ? [
                JSON.parse(body) as {
                  truckPlate: string;
                  declarations: string[];
                  seals: string[];
                  grossKg: number;
                },
              ]
            : [],
        ),
    );
    assert.ok(told.length > 3);
    for (const { truckPlate, declarations, seals, grossKg } of told)
      for (const value of [truckPlate, ...declarations, ...seals, `"grossKg":${grossKg}`])
        for (const line of lines) assert.equal(line.includes(value), false, `${value} in ${line}`);
    endUnharmed(run);
  });
});
