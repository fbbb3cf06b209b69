import assert from 'node:assert/strict';
import { z } from 'zod';
import { FILTERED, type FilterDirection, type GateConfig } from '../../../config/schema.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import { CORE_VERSION, step } from '../../../edge/core/gate.ts';
import type { HandoverRecord } from '../../../edge/core/input.ts';
import { initialState } from '../../../edge/core/state.ts';
import {
  againstDisclosure,
  disclosuresOf,
  filterDigest,
  type Salted,
} from '../../../protocols/handover/disclosure.ts';
import { decodeRecord } from '../../../protocols/handover/line.ts';
import { handoverRecord } from '../../../protocols/handover/record.ts';
import { planSite } from '../../../simulator/plan.ts';
import { bootBorder, box, type CoreBorder, lettingCross, linesOf } from '../../support/core-border.ts';

const LANE = 'border-out-1';
const SMALLEST = ({ counterpart }: GateConfig): void => {
  delete counterpart.filter;
};

describe('what crosses the border', () => {
  const offeredBy = (border: CoreBorder) => border.written.filter(({ kind }) => kind === 'offered');
  const offer = (border: CoreBorder): Extract<HandoverRecord, { kind: 'offered' }> => {
    border.waits('xe-1', LANE, box(1));
    const [one] = offeredBy(border);
    return one?.kind === 'offered' ? one : assert.fail('nothing was offered');
  };
  const filtersIn = (effects: readonly Effect[]) =>
    linesOf(effects).filter((line) => line.kind === 'filter-in-force');

  describe('of a laden container', () => {
    it('is its number alone, unless the site lets more cross', () => {
      const { containers, withheld = {} } = offer(bootBorder({}, SMALLEST));
      assert.deepEqual(containers, [{ number: box(1) }]);
      assert.deepEqual(Object.keys(withheld), [
        '/containers/0/declarations',
        '/containers/0/grossKg',
        '/containers/0/seals',
      ]);
    });

    it('is what the site lets cross, and the rest leaves digests', () => {
      const { containers, withheld = {} } = offer(bootBorder({}, lettingCross('grossKg')));
      assert.deepEqual(containers, [{ number: box(1), grossKg: 24_000 }]);
      assert.deepEqual(Object.keys(withheld), ['/containers/0/declarations', '/containers/0/seals']);
    });

    it('is still what the former share named, where there is no filter', () => {
      const border = bootBorder({}, ({ counterpart }) => {
        delete counterpart.filter;
        counterpart.share = ['seals', 'goods', 'evidenceDigests'];
      });
      assert.deepEqual(offer(border).containers, [{ number: box(1), seals: ['S1'] }]);
    });
  });

  it('of an empty container is its type, too: the other gate weighs it by that', () => {
    const border = bootBorder({}, SMALLEST);
    const container = { number: box(1), seals: [], declarations: [], grossKg: 2_200, sizeType: '22G1' };
    border.waits('xe-1', LANE, box(1), { load: 'empty', containers: [container] });
    const [one] = offeredBy(border);
    assert.deepEqual(one?.kind === 'offered' && one.containers, [{ number: box(1), sizeType: '22G1' }]);
  });

  it('what does not is kept in our journal with its salt, and proves itself later', () => {
    const border = bootBorder({}, SMALLEST);
    border.link(false);
    border.waits('xe-1', LANE, box(1));
    const [body = assert.fail('nothing was offered')] = border
      .link(true)
      .flatMap((effect) => (effect.kind === 'decide' && effect.type === 'handover' ? [effect.body] : []));
    const salted = body.withheld as Salted[];
    assert.deepEqual(
      salted.map(({ pointer, value }) => [pointer, value]),
      [
        ['/containers/0/seals', ['S1']],
        ['/containers/0/grossKg', 24_000],
        ['/containers/0/declarations', ['308044805740']],
      ],
    );
    const read = decodeRecord(String(body.data));
    assert.ok(read.ok);
    for (const one of disclosuresOf(read, salted)) assert.equal(againstDisclosure(one, read), undefined);
  });

  it('to a gate of version 1 goes filtered all the same, without digests it could not read', () => {
    const border = bootBorder({}, SMALLEST);
    border.link(false);
    border.step({ type: 'counterpart-link', up: true, reads: 1 });
    const { containers, withheld } = offer(border);
    assert.deepEqual([containers, withheld], [[{ number: box(1) }], undefined]);
  });

  describe('a seal that the sender has kept back', () => {
    it('is not taken for none: whatever is read on the doors speaks against nothing', () => {
      const border = bootBorder();
      border.offered('m1', box(1));
      assert.equal(border.moved('m1').containers[0]?.seals, undefined);
      border.offered('m2', box(2), { containers: [{ number: box(2), seals: [] }] });
      assert.deepEqual(border.moved('m2').containers[0]?.seals, []);
    });
  });

  describe('the filter in force', () => {
    it('is told when the link comes up for the first time, before anything that it governs, and once', () => {
      const border = bootBorder();
      assert.deepEqual(
        border.log.map(({ kind }) => kind),
        ['filter-in-force'],
      );
      offer(border);
      border.link(false);
      border.link(true);
      border.restarts();
      assert.equal(border.log.filter(({ kind }) => kind === 'filter-in-force').length, 1);
    });

    it('names every member that crosses, by direction and kind, under its digest', () => {
      const [line] = bootBorder({}, SMALLEST).log;
      assert.ok(line?.kind === 'filter-in-force');
      assert.equal(line.filter, filterDigest(line.members));
      assert.deepEqual(line.members['export/offered'], ['sizeType']);
      assert.deepEqual(line.members['import/received'], []);
      const kinds = Object.entries(FILTERED).flatMap(([direction, of]) =>
        Object.keys(of).map((kind) => `${direction}/${kind}`),
      );
      assert.deepEqual(Object.keys(line.members).toSorted(), kinds.toSorted());
    });

    it('is told anew when the configuration lets something else cross, before the next record that it governs', () => {
      const border = bootBorder();
      border.link(false);
      const config = structuredClone(border.gate.config);
      lettingCross('declarations')(config);
      const { state } = border.gate;
      const effects = step(state, {
        type: 'boot',
        coreVersion: CORE_VERSION,
        config,
        configDigest: '',
        saltSeed: '00'.repeat(32),
        at: state.now,
      });
      assert.deepEqual(filtersIn(effects), []);
      const [told, ...more] = filtersIn(step(state, { type: 'counterpart-link', up: true, at: state.now }));
      assert.deepEqual(told?.members['export/offered'], ['declarations']);
      assert.deepEqual(more, []);
    });

    it('is not told to a gate that reads version 1, and told once it reads more', () => {
      const [config] = planSite();
      const state = initialState();
      const at = Date.UTC(2026, 2, 2);
      step(state, { type: 'boot', coreVersion: CORE_VERSION, config, configDigest: '', at });
      const told = (reads: 1 | 2) =>
        linesOf(step(state, { type: 'counterpart-link', up: true, reads, at })).map(({ kind }) => kind);
      assert.deepEqual([told(1), told(1), told(2), told(2)], [[], [], ['filter-in-force'], []]);
    });

    it('of the other side is known as its log has told it last', () => {
      const border = bootBorder();
      assert.equal(border.gate.state.filter.theirs, null);
      const members = { 'export/offered': ['seals'] };
      border.read({ kind: 'filter-in-force', filter: filterDigest(members), members });
      assert.deepEqual(border.gate.state.filter.theirs, { filter: filterDigest(members), members });
    });
  });

  it('in a journal of before there were salts is filtered as share had it, and leaves no digest', () => {
    const border = bootBorder({}, ({ counterpart }) => {
      delete counterpart.filter;
      counterpart.share = ['seals', 'grossKg'];
    });
    const { state } = border.gate;
    step(state, {
      type: 'boot',
      coreVersion: '5',
      config: border.gate.config,
      configDigest: '',
      at: state.now,
    });
    assert.equal(state.filter.saltSeed, '');
    border.restarts();
    const { containers } = offer(border);
    assert.deepEqual(containers, [{ number: box(1), seals: ['S1'], grossKg: 24_000 }]);
  });
});

describe('the members a filter may name', () => {
  const members = Object.entries(FILTERED).flatMap(([direction, kinds]) =>
    Object.entries<Record<string, string>>(kinds).flatMap(([kind, pointers]) =>
      Object.entries(pointers).map(([name, pointer]) => ({
        direction: direction as FilterDirection,
        kind,
        name,
        pointer,
      })),
    ),
  );
  const inner = (schema: z.core.$ZodType): z.core.$ZodType =>
    schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional
      ? inner(schema.def.innerType)
      : schema;
  const isOptional = (schema: z.core.$ZodType): boolean => schema !== inner(schema);
  const schemaOf = (kind: string) =>
    handoverRecord.options.find((one) => one.shape.kind.value === kind) ?? assert.fail(`no record ${kind}`);
  /** The schema at a pointer, from that of the record. */
  const at = (kind: string, pointer: string): z.core.$ZodType =>
    pointer
      .split('/')
      .slice(1)
      .reduce<z.core.$ZodType>((schema, key) => {
        const here = inner(schema);
        if (here instanceof z.ZodArray && key === '*') return here.element;
        if (here instanceof z.ZodObject && here.shape[key] !== undefined) return here.shape[key];
        return assert.fail(`${kind} has no ${pointer}`);
      }, schemaOf(kind));

  it('stand in the record where the filter looks for them, and it can be read without them', () => {
    for (const { kind, pointer } of members) assert.ok(isOptional(at(kind, pointer)), `${kind} ${pointer}`);
  });

  it('leave out only what both sides must have wherever it is told', () => {
    const ALWAYS = new Set([
      'withheld',
      'custodyPoint',
      // The way and the right to drive it.
      'bayNode',
      'hotline',
      'returnOf',
      // Numbers of containers stand in the offer already.
      'containers',
      // Both sides act on it: whether a difference is over, and until when the section is closed.
      'discrepancy',
      'outcome',
      'to',
    ]);
    const named = new Set(members.map(({ kind, pointer }) => `${kind}${pointer}`));
    const open = handoverRecord.options.flatMap(({ shape }) =>
      Object.entries(shape).flatMap(([member, schema]) => {
        const key = `${shape.kind.value}/${member}`;
        return isOptional(schema) && !ALWAYS.has(member) && !named.has(key) ? [key] : [];
      }),
    );
    assert.deepEqual(open, []);
  });
});
