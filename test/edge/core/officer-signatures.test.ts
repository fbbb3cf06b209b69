import assert from 'node:assert/strict';
import { filterOf, type GateConfig, type PersonRole } from '../../../config/schema.ts';
import type { Effect } from '../../../edge/core/effect.ts';
import type { Act } from '../../../edge/core/input.ts';
import { ALGORITHMS } from '../../../edge/exchange/algorithms.ts';
import { disclosuresOf, type Salted } from '../../../protocols/handover/disclosure.ts';
import { decodeRecord, type HandoverLine } from '../../../protocols/handover/line.ts';
import { createOfficerCheck } from '../../../protocols/handover/officer-check.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { box, type CoreBorder } from '../../support/core-border.ts';
import { newOfficer, type Officer } from '../../support/officers.ts';
import { bootTwo, refusalIn, type TwoBorders } from '../../support/two-borders.ts';

const LANE = 'border-out-1';
const PEOPLE = [
  newOfficer('dung'),
  newOfficer('thao'),
  newOfficer('wei', 'huu-nghi-quan'),
  newOfficer('li', 'huu-nghi-quan'),
] as const;
const [DUNG, THAO, WEI, LI] = PEOPLE;

/** Officers sign, and the filter lets their signatures cross. */
function signing({ counterpart }: GateConfig): void {
  counterpart.officerSignatures = true;
  counterpart.hotline = true;
  counterpart.hotlineOfficers = [
    { gate: 'huu-nghi', id: 'dung', name: 'Nguyễn Dũng' },
    { gate: 'huu-nghi-quan', id: 'wei', name: '韦伟' },
  ];
}
function crossing(config: GateConfig): void {
  signing(config);
  const filter = filterOf(config.counterpart);
  const shown: readonly 'officerSignatures'[] = ['officerSignatures'];
  config.counterpart.filter = {
    export: { ...filter.export, departed: [...shown], closed: [...shown], 'joint-inspection': [...shown] },
    import: {
      ...filter.import,
      granted: [...shown],
      disputed: ['officerSignatures', 'differences.text', 'evidence'],
      'joint-inspection': [...shown],
      closed: [...shown],
    },
    section: {
      'block-reset': [...shown],
      'section-closing': ['officerSignatures', 'text'],
      'section-reopening': [...shown],
    },
  };
}

describe('the record that a person’s act gives rise to', () => {
  let two: TwoBorders;
  const boot = (change: (config: GateConfig) => void): void => {
    two = bootTwo({}, change);
  };
  async function act(
    side: CoreBorder,
    officer: Officer,
    what: Act,
    role: PersonRole = 'supervisor',
  ): Promise<Effect[]> {
    const signed = await officer.signs(what, { atMs: side.gate.state.now, reason: 'bão số 3' });
    return side.step({
      type: 'operator-act',
      person: officer.id,
      role,
      act: what,
      reason: 'bão số 3',
      signed,
    });
  }
  /** Proposed by one, confirmed by the other as the console shows it. */
  async function byTwo(side: CoreBorder, first: Officer, second: Officer, what: Act): Promise<Effect[]> {
    await act(side, first, what);
    const { id: proposal, signed } =
      Object.values(side.gate.state.proposals)[0] ?? assert.fail('nothing was proposed');
    return act(side, second, { kind: 'confirm', proposal, of: signed?.id ?? '' });
  }
  const writtenIn = (effects: readonly Effect[]): { line: HandoverLine; withheld: Salted[] }[] =>
    effects.flatMap((one) => {
      if (one.kind !== 'decide' || one.type !== 'handover') return [];
      const line = decodeRecord(String(one.body.data));
      assert.ok(line.ok);
      return [{ line, withheld: (one.body.withheld ?? []) as Salted[] }];
    });
  const the = <K extends HandoverRecord['kind']>(effects: readonly Effect[], kind: K) =>
    writtenIn(effects).find(({ line }) => line.record.kind === kind) ??
    assert.fail(refusalIn(effects) ?? `no ${kind}`);
  /** As whoever checks the log counts it. */
  function judged({ line, withheld }: { line: HandoverLine; withheld: Salted[] }) {
    const check = createOfficerCheck(line.gate, {
      officers: PEOPLE.map(({ key }) => key),
      algorithms: ALGORITHMS,
      disclosures: disclosuresOf(line, withheld),
    });
    const wrong = check.take(line);
    return wrong.length > 0 ? wrong : check.counts;
  }
  const GOOD = { good: 1, unknown: 0, bad: 0, keptBack: 0, unsigned: 0 };

  for (const [how, change] of [
    ['which the other gate reads', crossing],
    ['which stays here until it is disclosed', signing],
  ] as const)
    describe(`carries that act as it was signed, ${how}:`, () => {
      beforeEach(() => boot(change));

      it('a closure of the section, planned or at once, and its reopening by two', async () => {
        const { ours } = two;
        const { now } = ours.gate.state;
        const planned = await act(ours, DUNG, {
          kind: 'close-section',
          tracks: ['north'],
          code: 'WEATHER',
          text: { lang: 'vi', text: 'Bão số 3' },
          fromAt: now + 172_800_000,
          toAt: now + 200_000_000,
        });
        assert.deepEqual(judged(the(planned, 'section-closing')), GOOD);
        const late: Act = { kind: 'close-section', tracks: [], code: 'EMERGENCY', fromAt: now - 60_000 };
        assert.deepEqual(judged(the(await act(ours, DUNG, late), 'section-closing')), GOOD);
        const reopened = await byTwo(ours, DUNG, THAO, {
          kind: 'reopen-section',
          closure: 'huu-nghi-s2',
        });
        assert.deepEqual(judged(the(reopened, 'section-reopening')), GOOD);
      });

      it('a block reset, by both who have been out on the track', async () => {
        const { ours } = two;
        await act(ours, DUNG, { kind: 'close-section', tracks: [], code: 'INSPECTION' });
        const moves = ['huu-nghi-quan-m9'];
        const reset = await byTwo(ours, DUNG, THAO, { kind: 'reset-block', track: 'north', moves });
        assert.deepEqual(judged(the(reset, 'block-reset')), GOOD);
      });

      it('a grant by telephone and the departure on it, a difference, the inspection of both, and how each ends it', async () => {
        const { ours, theirs } = two;
        two.link(false);
        ours.waits('xe-1', LANE, box(1));
        await act(ours, DUNG, { kind: 'hotline-offer', lane: LANE });
        const { lineClear } = Object.values(ours.gate.state.crossings)[0] ?? assert.fail();
        const move = lineClear?.move ?? assert.fail('it was not announced');
        const granted = the(
          await act(theirs, WEI, {
            kind: 'hotline-grant',
            move,
            track: 'north',
            vehicle: 'xe-1',
            plate: '12C-223.01',
            load: 'laden',
            containers: [box(1)],
            officer: 'dung',
            salt: '482913',
          }),
          'granted',
        );
        assert.deepEqual(judged(granted), GOOD);
        const { record } = granted.line;
        assert.ok(record.kind === 'granted');
        const sent = await act(ours, DUNG, {
          kind: 'hotline-use',
          number: record.grant,
          move,
          hold: record.holdNode,
          officer: 'wei',
        });
        assert.deepEqual(judged(the(sent, 'departed')), GOOD);
        ours.goesThrough(LANE, 'xe-1');
        two.link(true);
        two.readAll();

        const disputed = await act(theirs, WEI, {
          kind: 'dispute',
          move,
          code: 'SEAL_BROKEN',
          container: box(1),
          text: { lang: 'zh', text: '封志破损' },
          photo: 'ab'.repeat(32),
        });
        assert.deepEqual(judged(the(disputed, 'disputed')), GOOD);
        two.readAll();
        const discrepancy = 'huu-nghi-quan-d1';
        const looked = await act(ours, DUNG, {
          kind: 'joint-inspection',
          discrepancy,
          outcome: 'confirmed',
          inspectors: ['Hoa', 'Wei'],
        });
        assert.deepEqual(judged(the(looked, 'joint-inspection')), GOOD);
        for (const [side, officer] of [
          [ours, DUNG],
          [theirs, LI],
        ] as const) {
          const closed = await act(side, officer, {
            kind: 'close-discrepancy',
            discrepancy,
            outcome: 'as-found',
          });
          assert.deepEqual(judged(the(closed, 'closed')), GOOD);
        }
      });
    });

  it('leaves a digest of the signature by default, and names nobody', async () => {
    boot(signing);
    const { line } = the(
      await act(two.ours, DUNG, { kind: 'close-section', tracks: [], code: 'WEATHER' }),
      'section-closing',
    );
    assert.match(line.record.withheld?.['/officerSignatures'] ?? '', /^[0-9a-f]{64}$/);
    assert.equal(JSON.stringify(line).includes('eyJ'), false);
    const read = createOfficerCheck('huu-nghi', { officers: [], algorithms: ALGORITHMS, required: true });
    assert.deepEqual(read.take(line), []);
    assert.deepEqual(read.counts, { ...GOOD, good: 0, keptBack: 1 });
  });

  it('carries none unless the site wants it', async () => {
    boot(() => {});
    const effects = await act(two.ours, DUNG, { kind: 'close-section', tracks: [], code: 'WEATHER' });
    const { line } = the(effects, 'section-closing');
    assert.equal(line.record.withheld?.['/officerSignatures'], undefined);
    assert.deepEqual(judged(the(effects, 'section-closing')), { ...GOOD, good: 0, unsigned: 1 });
  });

  it('carries none that the gate writes by itself: that the section is closed, or open again at its hour', async () => {
    boot(crossing);
    const { ours } = two;
    const toAt = ours.gate.state.now + 3_600_000;
    const effects = await act(ours, DUNG, { kind: 'close-section', tracks: [], code: 'WEATHER', toAt });
    for (const { line } of [the(effects, 'section-closed'), the(ours.wait(3_700_000), 'section-reopening')])
      assert.equal('officerSignatures' in line.record, false, line.record.kind);
  });

  it('is told with its signature when the other gate can read it, however much later', async () => {
    boot(crossing);
    const { ours } = two;
    ours.step({ type: 'counterpart-link', up: true, reads: 1 });
    const effects = await act(ours, DUNG, { kind: 'close-section', tracks: [], code: 'WEATHER' });
    assert.deepEqual(writtenIn(effects), []);
    const told = ours.step({ type: 'counterpart-link', up: true, reads: 2 });
    assert.deepEqual(judged(the(told, 'section-closing')), GOOD);
  });

  describe('on the word of a second person', () => {
    const REOPEN: Act = { kind: 'reopen-section', closure: 'huu-nghi-s1' };
    beforeEach(async () => {
      boot(crossing);
      await act(two.ours, DUNG, { kind: 'close-section', tracks: [], code: 'WEATHER' });
      await act(two.ours, DUNG, REOPEN);
    });
    const confirm = (more: object) =>
      act(two.ours, THAO, { kind: 'confirm', proposal: 'huu-nghi-p1', ...more });

    it('is not written when they do not say which act they stand by', async () => {
      assert.match(refusalIn(await confirm({})) ?? '', /does not name the act that it confirms/);
    });

    it('is not written when they stand by another act, whatever was shown to them', async () => {
      assert.match(refusalIn(await confirm({ of: 'another-act' })) ?? '', /confirms another act/);
      assert.equal(Object.keys(two.ours.gate.state.proposals).length, 1);
    });
  });
});
